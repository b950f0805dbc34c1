//! The system calls of a worker: a short list that works, a list that ends the worker at once, and
//! a plain "not permitted" for everything else.
//!
//! Ending is for what no decoder ever asks for by accident. Opening a file is only refused, because
//! well-behaved libraries try it and go on without (SQLite looks for `/dev/urandom`, the C library
//! for the number of processors).
//!
//! Two filters are stacked; of two verdicts the kernel takes the stricter. Both end a worker that
//! uses another processor's calling convention.

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter,
};
use std::collections::BTreeMap;

/// Calls allowed whatever their arguments.
const ALLOWED: &[libc::c_long] = &[
    // The pipe.
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_lseek,
    // Memory.
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_brk,
    libc::SYS_madvise,
    // Locks without contention, and the end.
    libc::SYS_futex,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_restart_syscall,
    // Panics and stack overflow.
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    // Harmless questions.
    libc::SYS_clock_gettime,
    libc::SYS_gettimeofday,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getrandom,
    libc::SYS_sched_yield,
];

/// Calls that end the worker: they serve only to get out.
pub const ENDING: &[libc::c_long] = &[
    // Other programs and processes.
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_clone,
    libc::SYS_clone3,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    // The network.
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_sendmsg,
    libc::SYS_recvmsg,
    // Other rights and other worlds.
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_by_handle_at,
    libc::SYS_setuid,
    libc::SYS_setresuid,
    libc::SYS_capset,
    libc::SYS_personality,
    // Parts of the kernel with a history.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_memfd_create,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
];

/// Those of them that only older tables of system calls have.
#[cfg(target_arch = "x86_64")]
pub const ENDING_OLD: &[libc::c_long] = &[libc::SYS_fork, libc::SYS_vfork];
#[cfg(not(target_arch = "x86_64"))]
pub const ENDING_OLD: &[libc::c_long] = &[];

/// Why no filter could be set.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    #[error("{0}")]
    Build(#[from] seccompiler::BackendError),
    #[error("{0}")]
    Apply(#[from] seccompiler::Error),
}

/// Conditions under which a call matches, by the call's number.
pub type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Installs both filters for good.
pub fn filter() -> Result<(), FilterError> {
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    let program = |rules, otherwise, matched| -> Result<BpfProgram, FilterError> {
        Ok(SeccompFilter::new(rules, otherwise, matched, arch)?.try_into()?)
    };
    let ending: Rules = ENDING.iter().chain(ENDING_OLD).map(|call| (*call, Vec::new())).collect();
    let ending = program(ending, SeccompAction::Allow, SeccompAction::KillProcess)?;
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let allowed = program(allowed()?, refused, SeccompAction::Allow)?;
    apply_filter(&ending)?;
    apply_filter(&allowed)?;
    Ok(())
}

fn allowed() -> Result<Rules, FilterError> {
    let mut rules: Rules = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
    let no_code = || zero(2, libc::PROT_EXEC);
    let own_memory = has(3, libc::MAP_ANONYMOUS)?;
    rules.insert(libc::SYS_mmap, vec![SeccompRule::new(vec![no_code()?, own_memory])?]);
    rules.insert(libc::SYS_mprotect, vec![SeccompRule::new(vec![no_code()?])?]);
    // Only to abort itself, so that the host sees an abort and not something stranger.
    let own = is(0, u64::from(std::process::id()))?;
    let abort = is(2, u64::from(libc::SIGABRT.unsigned_abs()))?;
    rules.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![own, abort])?]);
    Ok(rules)
}

pub fn is(argument: u8, value: u64) -> Result<SeccompCondition, FilterError> {
    Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)?)
}

pub fn zero(argument: u8, mask: libc::c_int) -> Result<SeccompCondition, FilterError> {
    masked(argument, mask, 0)
}

pub fn has(argument: u8, mask: libc::c_int) -> Result<SeccompCondition, FilterError> {
    masked(argument, mask, u64::from(mask.unsigned_abs()))
}

pub fn masked(
    argument: u8,
    mask: libc::c_int,
    value: u64,
) -> Result<SeccompCondition, FilterError> {
    let operator = SeccompCmpOp::MaskedEq(u64::from(mask.unsigned_abs()));
    Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_list_is_short_and_the_lists_do_not_overlap() {
        let allowed: BTreeSet<_> = allowed().unwrap().into_keys().collect();
        assert!(allowed.len() <= 40, "{}", allowed.len());
        let ending: BTreeSet<_> = ENDING.iter().chain(ENDING_OLD).copied().collect();
        assert_eq!(ending.len(), ENDING.len() + ENDING_OLD.len());
        assert!(allowed.is_disjoint(&ending));
    }
}
