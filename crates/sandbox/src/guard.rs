//! The thread that starts a worker process, watches its time, and buries it.
//!
//! One thread for each worker, living exactly as long: the kernel ends the worker when the thread
//! that started it ends, so that a host that dies leaves nothing behind. Only this thread waits for
//! the process, so a signal can never reach another one that got its number.

use crate::worker::WorkerCommand;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a worker that closed its pipe may take to end by itself.
const GRACE: Timespec = Timespec { tv_sec: 2, tv_nsec: 0 };

/// What the guard is told. A worker that is asked thousands of things a second is watched as often,
/// so telling must not wake the thread: it wakes when the time that it last saw is over, and looks.
#[derive(Default)]
struct Orders {
    told: Mutex<Told>,
    changed: Condvar,
}

#[derive(Default)]
struct Told {
    /// End the worker then.
    deadline: Option<Instant>,
    /// When the thread will look by itself.
    looks_at: Option<Instant>,
    /// End it now.
    kill: bool,
    /// Nothing more will be told.
    over: bool,
}

/// How a worker ended.
#[derive(Debug, Clone, Copy)]
pub struct Ending {
    /// Signal or exit code; `None` when even that could not be learnt.
    pub status: Option<ExitStatus>,
    /// It was ended because its time was over.
    pub expired: bool,
}

impl Ending {
    /// The signal that ended it.
    pub fn signal(&self) -> Option<i32> {
        self.status.and_then(|status| status.signal())
    }
}

/// The host's hand on the thread.
pub struct Guard {
    orders: Arc<Orders>,
    thread: Option<JoinHandle<Ending>>,
}

impl Guard {
    /// Starts the process: no environment, two pipes, a process group of its own.
    pub fn start(command: &WorkerCommand) -> io::Result<(Self, ChildStdin, ChildStdout)> {
        let command = command.clone();
        let (guard, (stdin, stdout)) = Self::over(move || spawn(&command))?;
        Ok((guard, stdin, stdout))
    }

    /// Guards what `start` starts on the guard's own thread; its pipes are handed through.
    pub fn over<P: Send + 'static>(
        start: impl FnOnce() -> io::Result<(Child, P)> + Send + 'static,
    ) -> io::Result<(Self, P)> {
        let orders = Arc::<Orders>::default();
        let (started, pipes) = sync_channel(1);
        let followed = Arc::clone(&orders);
        let thread = std::thread::Builder::new()
            .name("worker-guard".to_owned())
            .spawn(move || stand(start, &followed, &started))?;
        let guard = Self { orders, thread: Some(thread) };
        let lost = |_| io::Error::other("the guard thread ended");
        let pipes = pipes.recv().map_err(lost)??;
        Ok((guard, pipes))
    }

    /// Ends the worker after this time, unless [`Guard::rest`] comes first.
    pub fn watch(&self, time: Duration) {
        let deadline = now().checked_add(time);
        self.orders.tell(|told| {
            told.deadline = deadline;
            // Without a deadline, time without end is meant.
            deadline.is_some() && told.looks_at.is_none_or(|looks_at| deadline < Some(looks_at))
        });
    }

    /// The request was answered in time.
    pub fn rest(&self) {
        self.orders.tell(|told| {
            told.deadline = None;
            false
        });
    }

    /// Ends the worker and tells how it ended; `now` leaves it no time to end by itself.
    pub fn end(&mut self, now: bool) -> Ending {
        self.orders.tell(|told| {
            told.kill |= now;
            told.over = true;
            true
        });
        let nothing = Ending { status: None, expired: false };
        self.thread.take().and_then(|thread| thread.join().ok()).unwrap_or(nothing)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.end(true);
    }
}

impl Orders {
    /// `change` answers whether the thread must look at once.
    fn tell(&self, change: impl FnOnce(&mut Told) -> bool) {
        if change(&mut self.told()) {
            self.changed.notify_one();
        }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the worker is to be ended (`Some`, whether its time was over) or nothing more
    /// will be told.
    fn wait(&self) -> Option<bool> {
        let mut told = self.told();
        loop {
            let expired = told.deadline.is_some_and(|deadline| deadline <= now());
            if told.kill || expired {
                (told.kill, told.deadline) = (false, None);
                return Some(expired);
            }
            if told.over {
                return None;
            }
            told.looks_at = told.deadline;
            told = match told.deadline {
                None => self.changed.wait(told).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(now());
                    let waited = self.changed.wait_timeout(told, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a watchdog; no result depends on the time")]
fn now() -> Instant {
    Instant::now()
}

fn stand<P>(
    start: impl FnOnce() -> io::Result<(Child, P)>,
    orders: &Orders,
    started: &SyncSender<io::Result<P>>,
) -> Ending {
    let mut child = match start() {
        Ok((child, pipes)) => {
            let _told = started.send(Ok(pipes));
            child
        }
        Err(error) => {
            let _told = started.send(Err(error));
            return Ending { status: None, expired: false };
        }
    };
    let mut ending = Ending { status: None, expired: false };
    while let Some(expired) = orders.wait() {
        ending.expired |= expired;
        let _sent = child.kill();
    }
    Ending { status: bury(&mut child), ..ending }
}

/// Waits a moment for an end of its own, whose signal tells more than ours would.
fn bury(child: &mut Child) -> Option<ExitStatus> {
    if let Ok(pidfd) = pidfd_open(Pid::from_child(child), PidfdFlags::empty()) {
        let mut ended = [PollFd::new(&pidfd, PollFlags::IN)];
        let _waited = poll(&mut ended, Some(&GRACE));
    }
    let _sent = child.kill();
    child.wait().ok()
}

/// Fewer turns for the same bytes; a kernel that has no room for more leaves the pipe as it is.
fn widen(pipe: impl AsFd) {
    const BYTES: usize = 512 << 10;
    let _widened = rustix::pipe::fcntl_setpipe_size(pipe, BYTES);
}

fn spawn(command: &WorkerCommand) -> io::Result<(Child, (ChildStdin, ChildStdout))> {
    let mut child = Command::new(&command.program)
        .args(&command.args)
        .env_clear()
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    match (child.stdin.take(), child.stdout.take()) {
        (Some(stdin), Some(stdout)) => {
            widen(&stdin);
            widen(&stdout);
            Ok((child, (stdin, stdout)))
        }
        _ => Err(io::Error::other("no pipes")),
    }
}
