//! Ways out that a worker taken over by hostile bytes might try, each tried in a worker of its own.
//!
//! The tests and `amparo verify-install` run the same list: [`try_all`] starts this program once
//! for each attempt, the started process confines itself exactly as a worker does ([`attempt`]) and
//! then tries that one thing. It can be told nothing but a name of this list, and it is confined
//! before it looks the name up, so that the command gives nobody anything.
//!
//! An attempt is denied only when the kernel ends the process for it or answers with an error that
//! says "no": any other error could mean that the attempt itself was wrong. Those that need nothing
//! special also run unconfined in the tests ([`attempt_free`]), where they must succeed: that
//! proves the attempt.
//!
//! To add one: a row in the table of its group, in order of names. A group's file is named after
//! what is reached for.

mod files;
mod kernel;
mod memory;
mod network;
mod processes;
mod run;

pub use run::{Escape, Tried, attempt, attempt_free, try_all};

use std::ffi::{CStr, c_long};
use std::io::{self, Error};

/// One way out.
pub struct Attempt {
    /// Names it; no two are alike.
    pub name: &'static str,
    /// What whoever is inside would have if it worked.
    pub gain: &'static str,
    /// Whether it succeeds without confinement on any machine, root or not. The others need rights,
    /// a peer or a rare kernel, or would do harm.
    pub works: bool,
    /// Tries it. The number is the host's process.
    pub act: fn(parent: i32) -> io::Result<()>,
}

/// Attempts that reach for the same thing.
pub struct Group {
    /// What that is, one word.
    pub name: &'static str,
    /// By name.
    pub attempts: &'static [Attempt],
}

/// All groups, by name.
pub const GROUPS: &[Group] = &[
    Group { name: "connect", attempts: network::CONNECT },
    Group { name: "exec", attempts: processes::EXEC },
    Group { name: "fork", attempts: processes::FORK },
    Group { name: "kernel", attempts: kernel::KERNEL },
    Group { name: "limits", attempts: memory::LIMITS },
    Group { name: "list", attempts: files::LIST },
    Group { name: "memory", attempts: memory::MEMORY },
    Group { name: "open", attempts: files::OPEN },
    Group { name: "proc", attempts: processes::PROC },
    Group { name: "ptrace", attempts: processes::PTRACE },
    Group { name: "rights", attempts: kernel::RIGHTS },
    Group { name: "signals", attempts: processes::SIGNALS },
];

/// All attempts with the name of their group.
pub fn attempts() -> impl Iterator<Item = (&'static str, &'static Attempt)> {
    GROUPS.iter().flat_map(|group| group.attempts.iter().map(|attempt| (group.name, attempt)))
}

type Act = fn(i32) -> io::Result<()>;

const fn works(name: &'static str, gain: &'static str, act: Act) -> Attempt {
    Attempt { name, gain, works: true, act }
}

const fn needs_more(name: &'static str, gain: &'static str, act: Act) -> Attempt {
    Attempt { name, gain, works: false, act }
}

/// Errors by which the kernel says "no".
fn is_denial(error: &Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EPERM | libc::EACCES))
}

/// For the few attempts to which another answer is a "no" as well.
fn also(denial: i32) -> impl Fn(Error) -> Error {
    move |error| match error.raw_os_error() {
        Some(code) if code == denial => Error::from_raw_os_error(libc::EPERM),
        _ => error,
    }
}

/// Asks the kernel directly.
fn call(number: c_long, [a, b, c, d]: [c_long; 4]) -> io::Result<()> {
    ask(number, [a, b, c, d]).map(drop)
}

#[expect(unsafe_code, reason = "asks the kernel for things that safe code does not offer")]
fn ask(number: c_long, [a, b, c, d]: [c_long; 4]) -> io::Result<c_long> {
    // SAFETY: every pointer that an attempt gives is valid or null, and the process, which exists
    // for this one call, ends right after it. Nothing outside this folder can call this.
    let result = unsafe { libc::syscall(number, a, b, c, d, 0, 0) };
    if result < 0 { Err(Error::last_os_error()) } else { Ok(result) }
}

fn path(path: &'static CStr) -> c_long {
    path.as_ptr() as c_long
}

fn at_cwd() -> c_long {
    c_long::from(libc::AT_FDCWD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_enough_attempts_sorted_and_each_with_a_name_of_its_own() {
        assert!(attempts().count() >= 100, "{}", attempts().count());
        assert!(GROUPS.is_sorted_by_key(|group| group.name));
        for group in GROUPS {
            let sorted = group.attempts.is_sorted_by_key(|attempt| attempt.name);
            assert!(sorted && group.attempts.len() >= 3, "{}", group.name);
            assert!(group.attempts.iter().all(|attempt| !attempt.gain.is_empty()));
        }
        let names: BTreeSet<&str> = attempts().map(|(_, attempt)| attempt.name).collect();
        assert_eq!(names.len(), attempts().count());
        assert!(attempts().filter(|(_, attempt)| attempt.works).count() >= 40);
    }
}
