//! The step into a new world of processes. It begins with the children of whoever made it: the
//! worker goes on in a child, which is alone there, and what was the worker before waits outside
//! and ends as that ends, so that the host sees one process.
//!
//! The one outside has no descriptor, no rights and nothing to read; it dies with the host, and the
//! one inside dies with it.

use super::{bind_to_host, limits};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io;

/// Returns in the child, which may use so much processor time, in seconds; the caller itself never
/// comes back. Must be called while there is one
/// thread, after a new world of processes was made.
///
/// # Errors
/// The operating system's error; the caller is then where it was.
#[expect(unsafe_code, reason = "no safe interface copies a process")]
pub fn enter(cpu_seconds: u64) -> io::Result<()> {
    // SAFETY: the process has one thread, as `confine` has checked, so that no lock is held by
    // another and the child has all that this one had.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(()),
        child => end_as(&wait(child, cpu_seconds)),
    }
}

/// How the child ended.
enum End {
    Code(i32),
    Signal(i32),
}

#[expect(unsafe_code, reason = "only `wait4` tells how much processor time was used")]
fn wait(child: libc::pid_t, cpu_seconds: u64) -> End {
    // Whatever fails here takes nothing from the confinement of the child.
    let _bound = bind_to_host();
    let _closed = limits::close_all();
    let _coreless = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let mut status = 0;
    // SAFETY: all bytes zero are a valid value of this structure of integers.
    let mut used: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to values that outlive the call.
    while unsafe { libc::wait4(child, &raw mut status, 0, &raw mut used) } != child {
        if io::Error::last_os_error().kind() != io::ErrorKind::Interrupted {
            return End::Code(1);
        }
    }
    if libc::WIFEXITED(status) {
        return End::Code(libc::WEXITSTATUS(status));
    }
    // The first process of a world is spared the signal that names the reason, not the last one.
    let seconds = used.ru_utime.tv_sec.saturating_add(used.ru_stime.tv_sec);
    let spent = u64::try_from(seconds).is_ok_and(|seconds| seconds >= cpu_seconds);
    match libc::WTERMSIG(status) {
        libc::SIGKILL if spent => End::Signal(libc::SIGXCPU),
        signal => End::Signal(signal),
    }
}

#[expect(unsafe_code, reason = "ends the process without the leftovers of what it was before")]
fn end_as(end: &End) -> ! {
    let code = match *end {
        End::Code(code) => code,
        End::Signal(signal) => {
            // SAFETY: plain integers; the default action needs no handler to live.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
            // SAFETY: a signal to this process itself.
            unsafe { libc::raise(signal) };
            128 + signal
        }
    };
    // SAFETY: never returns, and runs nothing of this process.
    unsafe { libc::_exit(code) }
}
