//! The system calls of a program found on the machine: those of its loader, of threads, of reading
//! and of writing to what is open. Everything else is "not permitted", and what serves only to get
//! out ends the program at once, as in a worker.
//!
//! Three filters are stacked; of several verdicts the kernel takes the strictest. `clone3` hides
//! its flags in memory, where no filter can look, so it is answered with "no such call": C
//! libraries then use `clone`, whose flags are checked to make a thread.

use crate::confine::syscalls::{ENDING, ENDING_OLD, FilterError, Rules, has, is, masked, zero};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, SeccompRule, TargetArch};

/// The number under which the launcher opens the program; above the limit on descriptors.
pub const PROGRAM: i32 = 200;

/// Calls allowed whatever their arguments.
const ALLOWED: &[libc::c_long] = &[
    // What is open, and what Landlock lets be opened.
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_dup,
    libc::SYS_fcntl,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    // Memory; code is mapped from libraries.
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_brk,
    libc::SYS_madvise,
    // Threads. `clone3` is here to be answered by the filter before this one.
    libc::SYS_clone3,
    libc::SYS_set_tid_address,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_futex,
    libc::SYS_membarrier,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_restart_syscall,
    // Signals to itself.
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    // Harmless questions.
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_times,
    libc::SYS_getrusage,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getrandom,
    libc::SYS_sysinfo,
    libc::SYS_uname,
];

#[cfg(target_arch = "x86_64")]
const ALLOWED_OLD: &[libc::c_long] = &[
    libc::SYS_access,
    libc::SYS_arch_prctl,
    libc::SYS_poll,
    libc::SYS_select,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_readlink,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_OLD: &[libc::c_long] = &[];

/// Ways to open that could change something.
const WRITING: libc::c_int =
    libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC | libc::O_APPEND;
/// What makes a thread and not a process, and what must not come with it.
const THREAD: libc::c_int =
    libc::CLONE_VM | libc::CLONE_FS | libc::CLONE_FILES | libc::CLONE_SIGHAND | libc::CLONE_THREAD;
const WORLDS: libc::c_int = libc::CLONE_NEWNS
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_PTRACE
    | libc::CLONE_VFORK;

/// Installs the filters for good. `may_open_to_write` is for a program that opens its output pipe
/// by name.
pub fn filter(may_open_to_write: bool) -> Result<(), FilterError> {
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    let program = |rules, otherwise, matched| -> Result<BpfProgram, FilterError> {
        Ok(SeccompFilter::new(rules, otherwise, matched, arch)?.try_into()?)
    };
    let every = |calls: &mut dyn Iterator<Item = libc::c_long>| -> Rules {
        calls.map(|call| (call, Vec::new())).collect()
    };
    let ending = every(&mut ending());
    let ending = program(ending, SeccompAction::Allow, SeccompAction::KillProcess)?;
    let unknown = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let hidden = every(&mut std::iter::once(libc::SYS_clone3));
    let hidden = program(hidden, SeccompAction::Allow, unknown)?;
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let allowed = program(allowed(may_open_to_write)?, refused, SeccompAction::Allow)?;
    [ending, hidden, allowed].iter().try_for_each(|filter| seccompiler::apply_filter(filter))?;
    Ok(())
}

/// What ends a worker ends a program, but for the start of itself and of its threads.
fn ending() -> impl Iterator<Item = libc::c_long> {
    const NEEDED: [libc::c_long; 3] = [libc::SYS_execveat, libc::SYS_clone, libc::SYS_clone3];
    ENDING.iter().chain(ENDING_OLD).copied().filter(|call| !NEEDED.contains(call))
}

fn allowed(may_open_to_write: bool) -> Result<Rules, FilterError> {
    let calls = ALLOWED.iter().chain(ALLOWED_OLD);
    let mut rules: Rules = calls.map(|call| (*call, Vec::new())).collect();
    let mut only = |call, conditions| -> Result<(), FilterError> {
        rules.entry(call).or_default().push(SeccompRule::new(conditions)?);
        Ok(())
    };
    let number = |value: libc::c_int| u64::from(value.unsigned_abs());
    only(libc::SYS_execveat, vec![is(0, number(PROGRAM))?, is(4, number(libc::AT_EMPTY_PATH))?])?;
    let thread = masked(0, THREAD | WORLDS, number(THREAD))?;
    only(libc::SYS_clone, vec![thread])?;
    let opening = if may_open_to_write { has(2, 0)? } else { zero(2, WRITING)? };
    only(libc::SYS_openat, vec![opening])?;
    only(libc::SYS_tgkill, vec![is(0, u64::from(std::process::id()))?])?;
    // Its own limits, to be read.
    only(libc::SYS_prlimit64, vec![is(0, 0)?, absent(2)?])?;
    only(libc::SYS_prctl, vec![is(0, number(libc::PR_SET_NAME))?])?;
    only(libc::SYS_prctl, vec![is(0, number(libc::PR_CAPBSET_READ))?])?;
    // Whether something is a terminal.
    only(libc::SYS_ioctl, vec![is(1, libc::TCGETS)?])?;
    Ok(rules)
}

/// A pointer that is null.
fn absent(argument: u8) -> Result<seccompiler::SeccompCondition, FilterError> {
    use seccompiler::{SeccompCmpArgLen, SeccompCmpOp, SeccompCondition};
    Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, 0)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_lists_do_not_overlap_and_nothing_that_leads_out_is_free() {
        let allowed: BTreeSet<_> = allowed(false).unwrap().into_keys().collect();
        let ending: BTreeSet<_> = ending().collect();
        assert!(allowed.is_disjoint(&ending));
        assert!(allowed.len() < 80, "{}", allowed.len());
        for call in [libc::SYS_socket, libc::SYS_connect, libc::SYS_execve, libc::SYS_kill] {
            assert!(ending.contains(&call));
        }
    }
}
