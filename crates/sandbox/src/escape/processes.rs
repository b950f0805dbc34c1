//! Reaching for other programs and processes, the host above all.
#![expect(clippy::disallowed_methods, reason = "opens what must not open")]

use super::{Attempt, also, call, needs_more, path, works};
use std::ffi::c_long;
use std::fs::File;
use std::process::Command;

/// Other programs.
pub const EXEC: &[Attempt] = &[
    needs_more("become a program", "any code", |_| {
        call(libc::SYS_execve, [path(c"/bin/true"), 0, 0, 0])
    }),
    needs_more("become a program by descriptor", "any code", |_| call(libc::SYS_execveat, [0; 4])),
    needs_more("become this program again", "a fresh start, unconfined", |_| {
        call(libc::SYS_execve, [path(c"/proc/self/exe"), 0, 0, 0])
    }),
    works("run a program", "any code", |_| Command::new("/bin/true").status().map(drop)),
    works("run a shell", "any command", |_| {
        Command::new("/bin/sh").args(["-c", "exit 0"]).status().map(drop)
    }),
];

/// Other processes and threads.
pub const FORK: &[Attempt] = &[
    needs_more("fork", "a process that outlives the worker", |_| {
        call(libc::SYS_clone, [c_long::from(libc::SIGCHLD), 0, 0, 0])
    }),
    #[cfg(target_arch = "x86_64")]
    needs_more("fork the old way", "a process that outlives the worker", |_| {
        call(libc::SYS_fork, [0; 4])
    }),
    needs_more("make a process that shares memory", "a second hand", |_| {
        let flags = c_long::from(libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD);
        call(libc::SYS_clone, [flags, 0, 0, 0])
    }),
    needs_more("make a process with hidden flags", "a process in another world", |_| {
        let request = [0u64; 11];
        call(libc::SYS_clone3, [request.as_ptr() as c_long, 88, 0, 0]).map_err(also(libc::ENOSYS))
    }),
    works("start a thread", "work beside the worker's own", |_| {
        std::thread::Builder::new().spawn(|| ()).map(drop)
    }),
    #[cfg(target_arch = "x86_64")]
    needs_more("vfork", "a process that shares memory", |_| call(libc::SYS_vfork, [0; 4])),
];

/// What the kernel tells of processes.
pub const PROC: &[Attempt] = &[
    works("list processes", "what runs here", |_| std::fs::read_dir("/proc").map(drop)),
    needs_more("open the host's memory", "keys and evidence", |parent| {
        File::open(format!("/proc/{parent}/mem")).map(drop)
    }),
    works("read own memory map", "where code lies", |_| File::open("/proc/self/maps").map(drop)),
    works("read the host's command line", "case names", |parent| {
        File::open(format!("/proc/{parent}/cmdline")).map(drop)
    }),
    works("read the host's descriptors", "the evidence", |parent| {
        std::fs::read_dir(format!("/proc/{parent}/fd")).map(drop)
    }),
    works("read the host's environment", "secrets", |parent| {
        File::open(format!("/proc/{parent}/environ")).map(drop)
    }),
    works("read the kernel's version", "which fault to use", |_| {
        File::open("/proc/version").map(drop)
    }),
    works("read the machine's name", "where it is", |_| {
        let mut names = [0u8; 512];
        call(libc::SYS_uname, [names.as_mut_ptr() as c_long, 0, 0, 0])
    }),
    needs_more("write to own memory by its file", "code changed past all checks", |_| {
        std::fs::OpenOptions::new().write(true).open("/proc/self/mem").map(drop)
    }),
];

/// Other processes' memory and state.
pub const PTRACE: &[Attempt] = &[
    needs_more("ask to be traced", "a friend outside", |_| call(libc::SYS_ptrace, [0; 4])),
    works("compare with the host", "where the kernel keeps things", |parent| {
        const FILES: c_long = 2;
        call(libc::SYS_kcmp, [parent.into(), parent.into(), FILES, 0]).map_err(also(libc::ENOSYS))
    }),
    works("hold on to the host", "signals and descriptors of the host", |parent| {
        call(libc::SYS_pidfd_open, [parent.into(), 0, 0, 0])
    }),
    needs_more("read the host's memory", "keys and evidence", |parent| {
        call(libc::SYS_process_vm_readv, [parent.into(), 0, 0, 0])
    }),
    needs_more("seize the host", "the host's hand", |parent| {
        let seize = c_long::from(libc::PTRACE_SEIZE);
        call(libc::SYS_ptrace, [seize, parent.into(), 0, 0])
    }),
    needs_more("take a descriptor of the host", "the evidence", |_| {
        call(libc::SYS_pidfd_getfd, [0; 4])
    }),
    needs_more("trace the host", "the host's hand", |parent| {
        let attach = c_long::from(libc::PTRACE_ATTACH);
        call(libc::SYS_ptrace, [attach, parent.into(), 0, 0])
    }),
    needs_more("write the host's memory", "the host's hand", |parent| {
        call(libc::SYS_process_vm_writev, [parent.into(), 0, 0, 0])
    }),
];

/// Signals to others. All are the signal 0, which asks for the permission and does nothing.
pub const SIGNALS: &[Attempt] = &[
    works("ask for a signal to the host", "the host misled", |parent| {
        call(libc::SYS_kill, [parent.into(), 0, 0, 0])
    }),
    works("ask for signals to everybody", "the unit stands still", |_| {
        call(libc::SYS_kill, [-1, 0, 0, 0])
    }),
    needs_more("queue a signal to the host", "the host misled", |host| {
        call(libc::SYS_rt_sigqueueinfo, [host.into(), libc::SIGUSR1.into(), 0, 0])
    }),
    works("signal its own group", "neighbours", |_| call(libc::SYS_kill, [0; 4])),
    works("signal one thread of the host", "the host misled", |parent| {
        call(libc::SYS_tgkill, [parent.into(), parent.into(), 0, 0])
    }),
    needs_more("signal the first process", "the whole machine", |_| {
        call(libc::SYS_kill, [1, 0, 0, 0])
    }),
    needs_more("signal through a held process", "the host misled", |_| {
        call(libc::SYS_pidfd_send_signal, [0; 4])
    }),
    works("wish to survive the host", "life after the host", |_| {
        call(libc::SYS_prctl, [libc::PR_SET_PDEATHSIG.into(), 0, 0, 0])
    }),
];
