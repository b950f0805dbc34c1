//! Reaching for other rights, other worlds, and parts of the kernel with a history.

use super::{Attempt, also, at_cwd, call, needs_more, path, works};
use std::ffi::c_long;

/// Rights and namespaces.
pub const RIGHTS: &[Attempt] = &[
    needs_more("become root", "all rights", |_| call(libc::SYS_setresuid, [0; 4])),
    needs_more("become root's group", "its files", |_| call(libc::SYS_setresgid, [0; 4])),
    works("become who it is", "a way to test for rights", |_| {
        let uid = c_long::from(rustix::process::getuid().as_raw());
        call(libc::SYS_setuid, [uid, 0, 0, 0])
    }),
    works("change its personality", "older and weaker rules", |_| {
        call(libc::SYS_personality, [0xffff_ffff, 0, 0, 0])
    }),
    needs_more("change the root", "files outside", |_| {
        call(libc::SYS_chroot, [path(c"/"), 0, 0, 0])
    }),
    needs_more("enter another namespace", "another world", |_| call(libc::SYS_setns, [0; 4])),
    needs_more("make a user namespace", "root in a world of its own", |_| {
        call(libc::SYS_unshare, [c_long::from(libc::CLONE_NEWUSER), 0, 0, 0])
    }),
    needs_more("mount", "other files", |_| call(libc::SYS_mount, [0; 4])),
    needs_more("mount the newer way", "other files", |_| {
        call(libc::SYS_open_tree, [at_cwd(), path(c"/"), 0, 0])
    }),
    works("read its capabilities", "what is left to use", |_| {
        let header: [u32; 2] = [0x2008_0522, 0];
        let mut sets = [0u32; 6];
        let (head, to) = (header.as_ptr() as c_long, sets.as_mut_ptr() as c_long);
        call(libc::SYS_capget, [head, to, 0, 0])
    }),
    needs_more("set the machine's name", "confusion", |_| {
        call(libc::SYS_sethostname, [path(c"x"), 1, 0, 0])
    }),
    needs_more("swap the root", "other files", |_| call(libc::SYS_pivot_root, [0; 4])),
    needs_more("take capabilities", "rights of root", |_| call(libc::SYS_capset, [0; 4])),
    works("turn dumping on again", "its memory open to others", |_| {
        call(libc::SYS_prctl, [libc::PR_SET_DUMPABLE.into(), 1, 0, 0])
    }),
];

/// The kernel.
pub const KERNEL: &[Attempt] = &[
    needs_more("add a key", "memory of the kernel", |_| call(libc::SYS_add_key, [0; 4])),
    works("ask about its attributes", "how it is confined", |_| {
        call(libc::SYS_prctl, [libc::PR_GET_DUMPABLE.into(), 0, 0, 0])
    }),
    needs_more("install a filter of its own", "other answers of the kernel", |_| {
        call(libc::SYS_seccomp, [0; 4])
    }),
    needs_more("load a kernel program", "code in the kernel", |_| call(libc::SYS_bpf, [0; 4])),
    needs_more("load a module", "code in the kernel", |_| {
        call(libc::SYS_finit_module, [-1, 0, 0, 0])
    }),
    needs_more("measure the kernel", "where the kernel keeps things", |_| {
        call(libc::SYS_perf_event_open, [0; 4])
    }),
    needs_more("read the kernel's log", "where the kernel keeps things", |_| {
        const SIZE_BUFFER: c_long = 10;
        call(libc::SYS_syslog, [SIZE_BUFFER, 0, 0, 0])
    }),
    needs_more("read the key ring", "keys", |_| call(libc::SYS_keyctl, [0; 4])),
    needs_more("restart the machine", "the unit stands still", |_| call(libc::SYS_reboot, [0; 4])),
    needs_more("serve page faults", "the kernel held in the middle", |_| {
        call(libc::SYS_userfaultfd, [0; 4])
    }),
    needs_more("set the clock", "false times in the log", |_| {
        call(libc::SYS_clock_settime, [0; 4])
    }),
    needs_more("start another kernel", "everything", |_| call(libc::SYS_kexec_load, [0; 4])),
    needs_more("type into a terminal", "commands of the operator", |_| {
        call(libc::SYS_ioctl, [0, libc::TIOCSTI as c_long, 0, 0])
    }),
    needs_more("use io_uring", "calls past the filter", |_| {
        call(libc::SYS_io_uring_setup, [1, 0, 0, 0])
    }),
    #[cfg(target_arch = "x86_64")]
    needs_more("use the x32 convention", "calls past the filter", |_| {
        const X32: c_long = 0x4000_0000;
        let opened = call(X32 | libc::SYS_openat, [at_cwd(), path(c"/etc/passwd"), 0, 0]);
        // Most kernels do not have it at all, which is as good.
        opened.map_err(also(libc::ENOSYS))
    }),
    needs_more("watch all files", "what others read", |_| call(libc::SYS_fanotify_init, [0; 4])),
];
