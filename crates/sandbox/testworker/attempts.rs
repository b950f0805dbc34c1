//! Ways out that a worker taken over by hostile bytes might try, one a row.
//!
//! A row counts as denied only when the kernel ends the process for it (SIGSYS) or answers "not
//! permitted"; any other error could mean that the attempt itself was wrong. Rows marked `works`
//! are also run unconfined, where they must succeed: that proves the attempt.
#![expect(unsafe_code, reason = "asks the kernel for things that safe code does not offer")]

use std::ffi::{CStr, c_long};
use std::fs::{self, File};
use std::io::{self, Error};
use std::net::UdpSocket;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::process::ExitCode;

/// Exit codes that `escape.rs` reads.
pub const GOT_OUT: u8 = 0;
pub const DENIED: u8 = 10;
pub const UNCLEAR: u8 = 11;
const NOT_CONFINED: u8 = 97;

/// One way out.
pub struct Attempt {
    /// Names the test case.
    pub name: &'static str,
    /// Succeeds without confinement on any machine, root or not.
    pub works: bool,
    /// Tries it.
    pub act: fn(parent: i32) -> io::Result<()>,
}

/// Tries one, confined or free.
pub fn run(name: &str, confined: bool) -> ExitCode {
    let Some(attempt) = ATTEMPTS.iter().find(|attempt| attempt.name == name) else {
        return ExitCode::from(99);
    };
    if !confined && !attempt.works {
        return ExitCode::from(GOT_OUT);
    }
    // Asked for before: afterwards the answer would be -1, which means "everybody" to `kill`.
    let parent = std::os::unix::process::parent_id().cast_signed();
    if confined && amparo_sandbox::confine(&amparo_sandbox::Confinement::default()).is_err() {
        return ExitCode::from(NOT_CONFINED);
    }
    match (attempt.act)(parent) {
        Ok(()) => ExitCode::from(GOT_OUT),
        Err(error) if is_denial(&error) => ExitCode::from(DENIED),
        Err(_) => ExitCode::from(UNCLEAR),
    }
}

pub fn is_denial(error: &Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EPERM | libc::EACCES))
}

const fn row(name: &'static str, act: fn(i32) -> io::Result<()>) -> Attempt {
    Attempt { name, works: true, act }
}

/// For what needs privileges, a peer or a configuration to succeed, or would do harm if it did.
pub const fn only_confined(name: &'static str, act: fn(i32) -> io::Result<()>) -> Attempt {
    Attempt { name, works: false, act }
}

/// All attempts.
pub const ATTEMPTS: &[Attempt] = &[
    // Files.
    row("read a file", |_| File::open("/etc/passwd").map(drop)),
    row("list the root folder", |_| fs::read_dir("/").map(drop)),
    row("ask whether a file exists", |_| fs::metadata("/etc/passwd").map(drop)),
    row("read a link", |_| fs::read_link("/proc/self/exe").map(drop)),
    row("read own memory map", |_| File::open("/proc/self/maps").map(drop)),
    row("list own descriptors", |_| fs::read_dir("/proc/self/fd").map(drop)),
    row("read the host's command line", |parent| {
        File::open(format!("/proc/{parent}/cmdline")).map(drop)
    }),
    only_confined("open the host's memory", |parent| {
        File::open(format!("/proc/{parent}/mem")).map(drop)
    }),
    row("create a file", |_| {
        let path = std::env::temp_dir().join(format!("amparo-escape-{}", std::process::id()));
        File::create(&path).and_then(|_| fs::remove_file(&path))
    }),
    only_confined("create a folder", |_| fs::create_dir("/tmp/amparo-escape")),
    only_confined("remove a file", |_| fs::remove_file("/tmp/amparo-escape")),
    only_confined("rename a file", |_| fs::rename("/tmp/amparo-escape", "/tmp/amparo-escaped")),
    only_confined("make a link", |_| std::os::unix::fs::symlink("/", "/tmp/amparo-escape")),
    only_confined("change a mode", |_| call(libc::SYS_fchmodat, [at_cwd(), path(c"/tmp"), 0, 0])),
    only_confined("open by handle", |_| call(libc::SYS_open_by_handle_at, [at_cwd(), 0, 0, 0])),
    row("open with openat2", |_| {
        let how = [0u64; 3];
        let how_at = how.as_ptr() as c_long;
        call(libc::SYS_openat2, [at_cwd(), path(c"/etc/passwd"), how_at, 24])
    }),
    row("make a file in memory", |_| call(libc::SYS_memfd_create, [path(c"x"), 0, 0, 0])),
    row("watch a folder", |_| call(libc::SYS_inotify_init1, [0; 4])),
    row("duplicate a descriptor", |_| call(libc::SYS_dup, [0; 4])),
    row("change the working folder", |_| std::env::set_current_dir("/")),
    only_confined("change the root", |_| call(libc::SYS_chroot, [path(c"/"), 0, 0, 0])),
    only_confined("mount", |_| call(libc::SYS_mount, [0; 4])),
    // The network and other channels.
    row("reach out over IPv4", |_| {
        UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.connect("127.0.0.1:9"))
    }),
    only_confined("reach out over IPv6", |_| {
        UdpSocket::bind("[::1]:0").and_then(|socket| socket.connect("[::1]:9"))
    }),
    only_confined("connect over TCP", |_| call(libc::SYS_connect, [0; 4])),
    row("make a local socket", |_| UnixDatagram::unbound().map(drop)),
    row("make a socket pair", |_| UnixStream::pair().map(drop)),
    row("bind an abstract address", |_| {
        use std::os::linux::net::SocketAddrExt;
        let name = format!("amparo-escape-{}", std::process::id());
        let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
        UnixDatagram::bind_addr(&address).map(drop)
    }),
    row("ask the kernel's route table", |_| {
        let (family, kind) = (c_long::from(libc::AF_NETLINK), c_long::from(libc::SOCK_RAW));
        call(libc::SYS_socket, [family, kind, 0, 0])
    }),
    only_confined("listen to all packets", |_| {
        let (family, kind) = (c_long::from(libc::AF_PACKET), c_long::from(libc::SOCK_RAW));
        call(libc::SYS_socket, [family, kind, 0, 0])
    }),
    row("make a pipe", |_| io::pipe().map(drop)),
    row("make a message queue", |_| call(libc::SYS_msgget, [0, 0o600, 0, 0])),
    row("share memory", |_| call(libc::SYS_shmget, [0, 4096, 0o600, 0])),
    // Other programs and processes.
    row("run a program", |_| std::process::Command::new("/bin/true").status().map(drop)),
    only_confined("become a program", |_| call(libc::SYS_execve, [path(c"/bin/true"), 0, 0, 0])),
    only_confined("become a program by descriptor", |_| call(libc::SYS_execveat, [0; 4])),
    only_confined("fork", |_| call(libc::SYS_clone, [c_long::from(libc::SIGCHLD), 0, 0, 0])),
    row("start a thread", |_| std::thread::Builder::new().spawn(|| ()).map(drop)),
    row("signal the host", |parent| call(libc::SYS_kill, [parent.into(), 0, 0, 0])),
    row("signal one thread of the host", |parent| {
        call(libc::SYS_tgkill, [parent.into(), parent.into(), 0, 0])
    }),
    only_confined("trace the host", |parent| {
        let attach = c_long::from(libc::PTRACE_ATTACH);
        call(libc::SYS_ptrace, [attach, parent.into(), 0, 0])
    }),
    only_confined("ask to be traced", |_| call(libc::SYS_ptrace, [0; 4])),
    only_confined("read the host's memory", |parent| {
        call(libc::SYS_process_vm_readv, [parent.into(), 0, 0, 0])
    }),
    only_confined("write the host's memory", |parent| {
        call(libc::SYS_process_vm_writev, [parent.into(), 0, 0, 0])
    }),
    row("hold on to the host", |parent| call(libc::SYS_pidfd_open, [parent.into(), 0, 0, 0])),
    only_confined("take a descriptor of the host", |_| call(libc::SYS_pidfd_getfd, [0; 4])),
    row("change the host's limits", |parent| {
        call(libc::SYS_prlimit64, [parent.into(), libc::RLIMIT_CORE.into(), 0, 0])
    }),
    // Own memory and limits.
    row("map memory as code", |_| map(libc::PROT_READ | libc::PROT_EXEC)),
    row("turn memory into code", |_| {
        let page = map_at(libc::PROT_READ | libc::PROT_WRITE)?;
        call(libc::SYS_mprotect, [page, 4096, c_long::from(libc::PROT_EXEC), 0])
    }),
    row("read its limits", |_| {
        let mut limit = [0u64; 2];
        let to = limit.as_mut_ptr() as c_long;
        call(libc::SYS_prlimit64, [0, libc::RLIMIT_AS.into(), 0, to])
    }),
    row("set its limits", |_| {
        let limit = [u64::MAX; 2];
        let from = limit.as_ptr() as c_long;
        call(libc::SYS_setrlimit, [libc::RLIMIT_CORE.into(), from, 0, 0])
    }),
    row("change its personality", |_| call(libc::SYS_personality, [0xffff_ffff, 0, 0, 0])),
    row("ask about its attributes", |_| {
        call(libc::SYS_prctl, [libc::PR_GET_DUMPABLE.into(), 0, 0, 0])
    }),
    // Other rights and other parts of the kernel.
    row("become who it is", |_| {
        let uid = c_long::from(rustix::process::getuid().as_raw());
        call(libc::SYS_setuid, [uid, 0, 0, 0])
    }),
    only_confined("become root", |_| call(libc::SYS_setresuid, [0; 4])),
    only_confined("take capabilities", |_| call(libc::SYS_capset, [0; 4])),
    only_confined("make a user namespace", |_| {
        call(libc::SYS_unshare, [c_long::from(libc::CLONE_NEWUSER), 0, 0, 0])
    }),
    only_confined("enter another namespace", |_| call(libc::SYS_setns, [0; 4])),
    only_confined("use io_uring", |_| call(libc::SYS_io_uring_setup, [1, 0, 0, 0])),
    only_confined("load a kernel program", |_| call(libc::SYS_bpf, [0; 4])),
    only_confined("measure the kernel", |_| call(libc::SYS_perf_event_open, [0; 4])),
    only_confined("serve page faults", |_| call(libc::SYS_userfaultfd, [0; 4])),
    only_confined("read the key ring", |_| call(libc::SYS_keyctl, [0; 4])),
    only_confined("add a key", |_| call(libc::SYS_add_key, [0; 4])),
    only_confined("load a module", |_| call(libc::SYS_finit_module, [-1, 0, 0, 0])),
    only_confined("type into a terminal", |_| {
        call(libc::SYS_ioctl, [0, libc::TIOCSTI as c_long, 0, 0])
    }),
    only_confined("install a filter of its own", |_| call(libc::SYS_seccomp, [0; 4])),
    #[cfg(target_arch = "x86_64")]
    only_confined("use the x32 convention", |_| {
        const X32: c_long = 0x4000_0000;
        let opened = call(X32 | libc::SYS_openat, [at_cwd(), path(c"/etc/passwd"), 0, 0]);
        // Most kernels do not have it at all, which is as good.
        opened.map_err(|error| match error.raw_os_error() {
            Some(libc::ENOSYS) => Error::from_raw_os_error(libc::EPERM),
            _ => error,
        })
    }),
    // Left behind by the host.
    only_confined("read a descriptor that the host left open", |_| {
        let read = call(libc::SYS_lseek, [50, 0, libc::SEEK_CUR.into(), 0]);
        read.map_err(|error| match error.raw_os_error() {
            Some(libc::EBADF) => Error::from_raw_os_error(libc::EPERM),
            _ => error,
        })
    }),
];

pub fn call(number: c_long, [a, b, c, d]: [c_long; 4]) -> io::Result<()> {
    // SAFETY: not safe in general, which is the point; every pointer given is valid or null, and
    // the process ends right after.
    let result = unsafe { libc::syscall(number, a, b, c, d, 0, 0) };
    if result < 0 { Err(Error::last_os_error()) } else { Ok(()) }
}

fn map(protection: i32) -> io::Result<()> {
    map_at(protection).map(drop)
}

fn map_at(protection: i32) -> io::Result<c_long> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a fresh private page; nothing else refers to it.
    let page = unsafe { libc::mmap(std::ptr::null_mut(), 4096, protection, flags, -1, 0) };
    if page == libc::MAP_FAILED { Err(Error::last_os_error()) } else { Ok(page as c_long) }
}

pub fn path(path: &'static CStr) -> c_long {
    path.as_ptr() as c_long
}

pub fn at_cwd() -> c_long {
    c_long::from(libc::AT_FDCWD)
}
