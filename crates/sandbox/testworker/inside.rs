//! Ways out that a program found on the machine might try once a hostile file has taken it over.
//! This very binary is started as that program, in the confinement that FFmpeg gets.
//!
//! All attempts of a worker are made, but for those that a program is allowed, and some that only a
//! program can make: it was started by an execution, it has a file as its input, it has threads.
#![expect(unsafe_code, reason = "asks the kernel for things that safe code does not offer")]

use crate::attempts::{
    ATTEMPTS, Attempt, DENIED, GOT_OUT, UNCLEAR, at_cwd, call, is_denial, only_confined, path,
};
use std::ffi::c_long;
use std::fs::{File, OpenOptions};
use std::io::{self, Error};
use std::process::ExitCode;

/// What a worker may not and a program may, each with what holds instead.
const ALLOWED: &[&str] = &[
    // Tells that a name exists, not what is behind it; libraries are looked for that way.
    "ask whether a file exists",
    "read a link",
    // Within 64 descriptors.
    "duplicate a descriptor",
    // Within the address space and the processor time.
    "start a thread",
    // Libraries are code; what is mapped can still do nothing but what this list tries.
    "map memory as code",
    "turn memory into code",
    "read its limits",
];

/// The names of all attempts that must be denied.
pub fn names() -> impl Iterator<Item = &'static str> {
    all().map(|attempt| attempt.name)
}

fn all() -> impl Iterator<Item = &'static Attempt> {
    let of_worker = ATTEMPTS.iter().filter(|attempt| !ALLOWED.contains(&attempt.name));
    of_worker.chain(OWN)
}

/// Tries one. The host's process id is given, because a program may not ask for it.
pub fn run(name: &str, host: Option<String>) -> ExitCode {
    let host = host.and_then(|text| text.parse().ok());
    let attempt = all().find(|attempt| attempt.name == name);
    let (Some(attempt), Some(host)) = (attempt, host) else { return ExitCode::from(99) };
    match (attempt.act)(host) {
        Ok(()) => ExitCode::from(GOT_OUT),
        Err(error) if is_denial(&error) => ExitCode::from(DENIED),
        Err(_) => ExitCode::from(UNCLEAR),
    }
}

/// A descriptor that was never open, or is one for reading only, is as good as "not permitted".
fn no_such_descriptor(error: Error) -> Error {
    match error.raw_os_error() {
        Some(libc::EBADF) => Error::from_raw_os_error(libc::EPERM),
        _ => error,
    }
}

const OWN: &[Attempt] = &[
    // The evidence.
    only_confined("open the evidence for writing", |_| {
        OpenOptions::new().write(true).open("/proc/self/fd/0").map(drop)
    }),
    only_confined("open the evidence for reading and writing", |_| {
        OpenOptions::new().read(true).write(true).open("/proc/self/fd/0").map(drop)
    }),
    only_confined("open the evidence for appending", |_| {
        OpenOptions::new().append(true).open("/proc/self/fd/0").map(drop)
    }),
    only_confined("empty the evidence by its name", |_| {
        call(libc::SYS_truncate, [path(c"/proc/self/fd/0"), 0, 0, 0])
    }),
    only_confined("empty the evidence", |_| call(libc::SYS_ftruncate, [0; 4])),
    only_confined("write into the evidence", |_| {
        call(libc::SYS_write, [0, path(c"x"), 1, 0]).map_err(no_such_descriptor)
    }),
    only_confined("change the evidence's mode", |_| call(libc::SYS_fchmod, [0, 0o777, 0, 0])),
    only_confined("change the evidence's owner", |_| call(libc::SYS_fchown, [0; 4])),
    only_confined("change the evidence's times", |_| call(libc::SYS_utimensat, [0; 4])),
    only_confined("mark the evidence", |_| {
        call(libc::SYS_fsetxattr, [0, path(c"user.x"), path(c"x"), 1])
    }),
    // Other files.
    only_confined("read the passwords", |_| File::open("/etc/shadow").map(drop)),
    only_confined("list the homes", |_| std::fs::read_dir("/home").map(drop)),
    only_confined("list the home of root", |_| std::fs::read_dir("/root").map(drop)),
    only_confined("read the host's environment", |host| {
        File::open(format!("/proc/{host}/environ")).map(drop)
    }),
    only_confined("list the host's descriptors", |host| {
        std::fs::read_dir(format!("/proc/{host}/fd")).map(drop)
    }),
    only_confined("overwrite a library", |_| {
        OpenOptions::new().write(true).open("/etc/ld.so.cache").map(drop)
    }),
    only_confined("make a file without a name", |_| {
        let flags = c_long::from(libc::O_TMPFILE | libc::O_WRONLY);
        call(libc::SYS_openat, [at_cwd(), path(c"/tmp"), flags, 0o600])
    }),
    // Other programs.
    only_confined("execute a shell", |_| execute(c"/bin/sh")),
    only_confined("execute this program again", |_| execute(c"/proc/self/exe")),
    only_confined("execute the loader", |_| execute(c"/lib64/ld-linux-x86-64.so.2")),
    only_confined("execute by a folder's descriptor", |_| {
        call(libc::SYS_execveat, [at_cwd(), path(c"/bin/sh"), 0, 0])
    }),
    only_confined("execute the descriptor that started it", |_| {
        execute_descriptor(200).map_err(no_such_descriptor)
    }),
    only_confined("give a shell that descriptor's number", |_| {
        let flags = c_long::from(libc::O_CLOEXEC);
        // SAFETY: as for `call`; what is opened is a library, the only kind that may be.
        let open = unsafe {
            libc::syscall(libc::SYS_openat, libc::AT_FDCWD, path(c"/etc/ld.so.cache"), flags)
        };
        if open < 0 {
            return Err(Error::other("the library's list must be readable"));
        }
        call(libc::SYS_dup3, [open, 200, 0, 0])?;
        execute_descriptor(200)
    }),
    only_confined("duplicate to that number", |_| {
        let from = c_long::from(libc::F_DUPFD);
        call(libc::SYS_fcntl, [0, from, 200, 0]).map_err(|error| match error.raw_os_error() {
            Some(libc::EINVAL) => Error::from_raw_os_error(libc::EPERM),
            _ => error,
        })
    }),
    only_confined("raise the number of descriptors", |_| {
        let limit = [4_096u64; 2];
        let from = limit.as_ptr() as c_long;
        call(libc::SYS_prlimit64, [0, libc::RLIMIT_NOFILE.into(), from, 0])
    }),
    // Processes.
    only_confined("make a process that shares memory", |_| {
        let flags = c_long::from(libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD);
        call(libc::SYS_clone, [flags, 0, 0, 0])
    }),
    only_confined("make a process with hidden flags", |_| {
        let request = [0u64; 8];
        let made = call(libc::SYS_clone3, [request.as_ptr() as c_long, 64, 0, 0]);
        made.map_err(|error| match error.raw_os_error() {
            Some(libc::ENOSYS) => Error::from_raw_os_error(libc::EPERM),
            _ => error,
        })
    }),
    only_confined("kill the host", |host| call(libc::SYS_kill, [host.into(), 9, 0, 0])),
    only_confined("kill everybody", |_| call(libc::SYS_kill, [-1, 9, 0, 0])),
    // Sockets of the system.
    only_confined("ask the system's bus", |_| {
        std::os::unix::net::UnixStream::connect("/run/dbus/system_bus_socket").map(drop)
    }),
    only_confined("connect to a host", |_| {
        std::net::UdpSocket::bind("0.0.0.0:0").and_then(|s| s.connect("192.0.2.1:80"))
    }),
    only_confined("load a library of the kernel's choice", |_| {
        call(libc::SYS_open_tree, [at_cwd(), path(c"/"), 0, 0])
    }),
];

fn execute(program: &'static std::ffi::CStr) -> io::Result<()> {
    call(libc::SYS_execve, [path(program), 0, 0, 0])
}

fn execute_descriptor(number: c_long) -> io::Result<()> {
    // SAFETY: as for `call`; an empty path and no arguments.
    let result =
        unsafe { libc::syscall(libc::SYS_execveat, number, path(c""), 0, 0, libc::AT_EMPTY_PATH) };
    if result < 0 { Err(Error::last_os_error()) } else { Ok(()) }
}
