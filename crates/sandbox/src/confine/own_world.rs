//! The step into a new world of processes. It begins with the children of whoever made it: the
//! worker goes on in a child, and what was the worker before waits outside and ends as that ends,
//! so that the host sees one process.
//!
//! The kernel spares the first process of a world most signals, those among them that tell why a
//! worker ended. So the first one only holds the world open, and the worker is the second.
//!
//! Neither of the two others has rights or anything to read. The one outside dies with the host;
//! the first one ends when the pipe between them breaks, and with it the kernel ends its world.

use super::bind_to_host;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io;
use std::os::fd::{AsFd, OwnedFd};

/// Returns in the child; the caller itself never comes back. Must be called while there is one
/// thread, after a new world of processes was made.
///
/// # Errors
/// The operating system's error; the caller is then where it was.
pub fn enter() -> io::Result<()> {
    let (broken, whole) = pipe_with(PipeFlags::CLOEXEC)?;
    let Some(first) = fork()? else {
        drop(whole);
        hold_open(&broken)
    };
    drop(broken);
    let Some(worker) = fork()? else { return Ok(()) };
    idle();
    let status = wait(worker);
    drop(whole);
    wait(first);
    end_as(status)
}

/// The child's number, or nothing in the child.
#[expect(unsafe_code, reason = "no safe interface copies a process")]
fn fork() -> io::Result<Option<libc::pid_t>> {
    // SAFETY: the process has one thread, as `confine` has checked, so that no lock is held by
    // another and the child has all that this one had.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(None),
        child => Ok(Some(child)),
    }
}

/// Whatever fails here takes nothing from the confinement of the worker.
fn idle() {
    let _bound = bind_to_host();
    let _coreless = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    close_standard();
}

/// The worker alone holds its pipes, so that the host sees their end.
#[expect(unsafe_code, reason = "nobody owns these descriptors")]
fn close_standard() {
    for number in 0..=2 {
        // SAFETY: nothing in this process reads or writes any more. A plain integer.
        unsafe { libc::close(number) };
    }
}

/// Until the other end of the pipe is closed, which the death of the one outside does.
fn hold_open(broken: &OwnedFd) -> ! {
    idle();
    while rustix::io::read(broken.as_fd(), &mut [0_u8]) == Err(rustix::io::Errno::INTR) {}
    exit(0)
}

/// The status with which the child ended, as the kernel writes it.
#[expect(unsafe_code, reason = "a process that was not started by the library")]
fn wait(child: libc::pid_t) -> libc::c_int {
    let mut status = 0;
    // SAFETY: the pointer is to a value that outlives the call.
    while unsafe { libc::waitpid(child, &raw mut status, 0) } != child {
        if io::Error::last_os_error().kind() != io::ErrorKind::Interrupted {
            break;
        }
    }
    status
}

#[expect(unsafe_code, reason = "only a signal tells what a signal told")]
fn end_as(status: libc::c_int) -> ! {
    let signal = libc::WTERMSIG(status);
    if libc::WIFSIGNALED(status) {
        // SAFETY: plain integers; the default action needs no handler to live.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
        // SAFETY: a signal to this process itself.
        unsafe { libc::raise(signal) };
    }
    exit(if libc::WIFEXITED(status) { libc::WEXITSTATUS(status) } else { 128 + signal })
}

#[expect(unsafe_code, reason = "ends the process without the leftovers of what it was before")]
fn exit(code: i32) -> ! {
    // SAFETY: never returns, and runs nothing of this process.
    unsafe { libc::_exit(code) }
}
