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
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a worker that closed its pipe may take to end by itself.
const GRACE: Timespec = Timespec { tv_sec: 2, tv_nsec: 0 };

/// What the guard is told.
enum Order {
    /// End the worker unless the next order comes in time.
    Watch(Duration),
    /// Stop watching.
    Rest,
    /// End it now.
    Kill,
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
    orders: Option<std::sync::mpsc::Sender<Order>>,
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
        let (orders, inbox) = channel();
        let (started, pipes) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("worker-guard".to_owned())
            .spawn(move || stand(start, &inbox, &started))?;
        let guard = Self { orders: Some(orders), thread: Some(thread) };
        let lost = |_| io::Error::other("the guard thread ended");
        let pipes = pipes.recv().map_err(lost)??;
        Ok((guard, pipes))
    }

    /// Ends the worker after this time, unless [`Guard::rest`] comes first.
    pub fn watch(&self, time: Duration) {
        self.tell(Order::Watch(time));
    }

    /// The request was answered in time.
    pub fn rest(&self) {
        self.tell(Order::Rest);
    }

    /// Ends the worker and tells how it ended; `now` leaves it no time to end by itself.
    pub fn end(&mut self, now: bool) -> Ending {
        if now {
            self.tell(Order::Kill);
        }
        self.orders = None;
        let nothing = Ending { status: None, expired: false };
        self.thread.take().and_then(|thread| thread.join().ok()).unwrap_or(nothing)
    }

    fn tell(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // A guard that is gone has nothing left to watch.
            let _told = orders.send(order);
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.end(true);
    }
}

fn stand<P>(
    start: impl FnOnce() -> io::Result<(Child, P)>,
    orders: &Receiver<Order>,
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
    let mut expired = false;
    let mut next = orders.recv().ok();
    while let Some(order) = next {
        next = match order {
            Order::Rest => orders.recv().ok(),
            Order::Kill => {
                let _sent = child.kill();
                orders.recv().ok()
            }
            Order::Watch(time) => match orders.recv_timeout(time) {
                Ok(order) => Some(order),
                Err(RecvTimeoutError::Disconnected) => None,
                Err(RecvTimeoutError::Timeout) => {
                    expired = true;
                    Some(Order::Kill)
                }
            },
        };
    }
    Ending { status: bury(&mut child), expired }
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
