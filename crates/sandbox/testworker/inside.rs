//! Ways out that a program found on the machine might try once a hostile file has taken it over.
//! This very binary is started as that program, in the confinement that FFmpeg gets.
//!
//! All attempts of a worker are made, but for those that a program is allowed, and some that only a
//! program can make: it was started by an execution, it has a file as its input, it has threads.
#![expect(unsafe_code, reason = "asks the kernel for things that safe code does not offer")]

use amparo_sandbox::escape::attempts;
use std::ffi::{CStr, c_long};
use std::fs::OpenOptions;
use std::io::{self, Error};
use std::process::ExitCode;

/// Exit codes that `escape_program.rs` reads.
const GOT_OUT: u8 = 0;
const DENIED: u8 = 10;
const UNCLEAR: u8 = 11;

/// A name, and what it does. The number is the host's process.
type Attempt = (&'static str, fn(i32) -> io::Result<()>);

/// What a worker may not and a program may, each with what holds instead.
const ALLOWED: &[&str] = &[
    // Tells that a name exists, not what is behind it; libraries are looked for that way.
    "ask whether a file exists",
    "ask with faccessat",
    "read a link",
    // Within 64 descriptors.
    "duplicate a descriptor",
    // Within the address space and the processor time.
    "start a thread",
    // Libraries are code; what is mapped can still do nothing but what this list tries.
    "map a file",
    "map memory as code",
    "map memory to write and run",
    "run what it wrote",
    "turn memory into code",
    "read its limits",
    "read the machine's name",
    // Within its processor time, which a test of its own uses up.
    "use the processor without end",
];

/// The names of all attempts that must be denied.
pub fn names() -> impl Iterator<Item = &'static str> {
    all().map(|(name, _)| name)
}

fn all() -> impl Iterator<Item = Attempt> {
    let of_worker = attempts().map(|(_, attempt)| (attempt.name, attempt.act));
    of_worker.filter(|(name, _)| !ALLOWED.contains(name)).chain(OWN.iter().copied())
}

/// Tries one. The host's process id is given, because a program may not ask for it.
pub fn run(name: &str, host: Option<String>) -> ExitCode {
    let host = host.and_then(|text| text.parse().ok());
    let attempt = all().find(|(known, _)| *known == name);
    let (Some((_, act)), Some(host)) = (attempt, host) else { return ExitCode::from(99) };
    match act(host) {
        Ok(()) => ExitCode::from(GOT_OUT),
        Err(error) if matches!(error.raw_os_error(), Some(libc::EPERM | libc::EACCES)) => {
            ExitCode::from(DENIED)
        }
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
    ("open the evidence for writing", |_| {
        OpenOptions::new().write(true).open("/proc/self/fd/0").map(drop)
    }),
    ("open the evidence for reading and writing", |_| {
        OpenOptions::new().read(true).write(true).open("/proc/self/fd/0").map(drop)
    }),
    ("open the evidence for appending", |_| {
        OpenOptions::new().append(true).open("/proc/self/fd/0").map(drop)
    }),
    ("empty the evidence by its name", |_| {
        call(libc::SYS_truncate, [path(c"/proc/self/fd/0"), 0, 0, 0])
    }),
    ("empty the evidence", |_| call(libc::SYS_ftruncate, [0; 4])),
    ("write into the evidence", |_| {
        call(libc::SYS_write, [0, path(c"x"), 1, 0]).map_err(no_such_descriptor)
    }),
    ("change the evidence's mode", |_| call(libc::SYS_fchmod, [0, 0o777, 0, 0])),
    ("change the evidence's owner", |_| call(libc::SYS_fchown, [0; 4])),
    ("change the evidence's times", |_| call(libc::SYS_utimensat, [0; 4])),
    ("mark the evidence", |_| call(libc::SYS_fsetxattr, [0, path(c"user.x"), path(c"x"), 1])),
    // Other files.
    ("list the homes", |_| std::fs::read_dir("/home").map(drop)),
    ("list the home of root", |_| std::fs::read_dir("/root").map(drop)),
    ("list the host's descriptors", |host| std::fs::read_dir(format!("/proc/{host}/fd")).map(drop)),
    ("overwrite a library", |_| OpenOptions::new().write(true).open("/etc/ld.so.cache").map(drop)),
    ("make a file without a name", |_| {
        let flags = c_long::from(libc::O_TMPFILE | libc::O_WRONLY);
        call(libc::SYS_openat, [at_cwd(), path(c"/tmp"), flags, 0o600])
    }),
    // Other programs.
    ("execute a shell", |_| execute(c"/bin/sh")),
    ("execute this program again", |_| execute(c"/proc/self/exe")),
    ("execute the loader", |_| execute(c"/lib64/ld-linux-x86-64.so.2")),
    ("execute by a folder's descriptor", |_| {
        call(libc::SYS_execveat, [at_cwd(), path(c"/bin/sh"), 0, 0])
    }),
    ("execute the descriptor that started it", |_| {
        execute_descriptor(200).map_err(no_such_descriptor)
    }),
    ("give a shell that descriptor's number", |_| {
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
    ("duplicate to that number", |_| {
        let from = c_long::from(libc::F_DUPFD);
        call(libc::SYS_fcntl, [0, from, 200, 0]).map_err(|error| match error.raw_os_error() {
            Some(libc::EINVAL) => Error::from_raw_os_error(libc::EPERM),
            _ => error,
        })
    }),
    ("raise the number of descriptors", |_| {
        let limit = [4_096u64; 2];
        let from = limit.as_ptr() as c_long;
        call(libc::SYS_prlimit64, [0, libc::RLIMIT_NOFILE.into(), from, 0])
    }),
    // Sockets of the system.
    ("connect to a host", |_| {
        std::net::UdpSocket::bind("0.0.0.0:0").and_then(|s| s.connect("192.0.2.1:80"))
    }),
    ("open a tree", |_| call(libc::SYS_open_tree, [at_cwd(), path(c"/"), 0, 0])),
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

fn call(number: c_long, [a, b, c, d]: [c_long; 4]) -> io::Result<()> {
    // SAFETY: not safe in general, which is the point; every pointer given is valid or null, and
    // the process ends right after.
    let result = unsafe { libc::syscall(number, a, b, c, d, 0, 0) };
    if result < 0 { Err(Error::last_os_error()) } else { Ok(()) }
}

fn path(path: &'static CStr) -> c_long {
    path.as_ptr() as c_long
}

fn at_cwd() -> c_long {
    c_long::from(libc::AT_FDCWD)
}
