//! The step between this program and one found on the machine: gives up everything that the other
//! does not need, then becomes it.
//!
//! 1. one thread, and no descriptor but the input (0), the output (1) and the words (2);
//! 2. namespaces as a worker has them; root becomes nobody; death with the host, no new privileges;
//! 3. the input must be openable by name, because programs seek in what they open; a file that
//!    this user may not open again is copied into sealed memory;
//! 4. Landlock: read the libraries and the input, execute the program and the system's loader;
//!    nothing else, nowhere a right to write, no network, no signals to others;
//! 5. limits: memory, processor time, 64 descriptors, no growth of any file, no core;
//! 6. seccomp (`calls.rs`): a short list, threads but no processes, one `execveat`.
//!
//! The one `execveat` names a descriptor above the limit of step 5. It closes as the program
//! starts, and no descriptor can ever get that number again, so that nothing else can be executed.
//!
//! "Not dumpable" does not outlast the start of another program, by the kernel's rules. What stays
//! are the missing core, and Landlock and seccomp, which deny tracing from inside.

use super::calls;
use crate::confine::{
    CannotConfine, NOBODY, bind_to_host, leave_the_machine, limits, one_thread, step,
};
use crate::error::SandboxError;
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset,
    RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetStatus, Scope,
};
use rustix::fs::{FileType, MemfdFlags, Mode, OFlags, SealFlags};
use rustix::process::{Gid, Resource, Rlimit, Uid, setrlimit};
use serde::{Deserialize, Serialize};
use std::ffi::CString;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

/// The name under which a program finds its input.
pub const INPUT: &str = "/proc/self/fd/0";

/// What the launcher says on the output before it becomes the program.
pub const CONFINED: u8 = b'+';
/// What it says when it cannot; the reason follows.
pub const REFUSED: u8 = b'-';

/// Folders of libraries, to be read.
const LIBRARIES: &[&str] = &["/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/lib"];
const LIBRARIES_OLD: &[&str] = &["/lib32", "/lib64", "/etc/ld.so.cache"];
/// Loaders that a program may name as its interpreter.
const LOADERS: &[&str] = &[
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
];
/// How many descriptors the program may have; [`calls::PROGRAM`] lies above.
const DESCRIPTORS: u64 = 64;
/// Largest input that is copied into memory when it cannot be opened again, in bytes.
const COPY_BYTES_MAX: u64 = 512 << 20;

/// What is to be started, and how much it may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramRequest {
    /// Path of the program, an ELF file.
    pub program: String,
    /// Its arguments, without its own name. The input is called [`INPUT`].
    pub args: Vec<String>,
    /// Address space, in bytes.
    pub memory_bytes: u64,
    /// Processor time, in seconds.
    pub cpu_seconds: u64,
    /// Whether it opens its output pipe by a name and so asks to open for writing. Landlock and the
    /// limit on file sizes still leave nothing on a disk that it could write.
    pub names_output: bool,
}

/// Confines this process and becomes the program; returns only when it cannot. Must be called
/// before the process has any second thread. `request` is the JSON of a [`ProgramRequest`].
///
/// # Errors
/// [`SandboxError`], which the host has been told on the output.
pub fn launch(request: &str) -> SandboxError {
    let error = match prepare(request) {
        Ok(ready) => return ready.start(),
        Err(error) => error,
    };
    let mut out = io::stdout().lock();
    let told = out.write_all(&[REFUSED]).and_then(|()| out.write_all(error.to_string().as_bytes()));
    // A host that is gone needs no telling.
    drop(told.and_then(|()| out.flush()));
    SandboxError::CannotConfine { why: error.to_string() }
}

/// A confined process, and what it is to become.
struct Ready {
    program: OwnedFd,
    name: String,
    args: Vec<CString>,
}

fn prepare(request: &str) -> Result<Ready, CannotConfine> {
    one_thread()?;
    limits::close_others().map_err(step("closing descriptors"))?;
    let request: ProgramRequest = serde_json::from_str(request).map_err(step("request"))?;
    let words = std::iter::once(&request.program).chain(&request.args);
    let args: Result<_, _> = words.map(|word| CString::new(word.as_bytes())).collect();
    let args = args.map_err(step("arguments"))?;
    let program = open_program(&request.program).map_err(step("opening the program"))?;
    if request.names_output {
        give_output_away().map_err(step("giving the output away"))?;
    }
    leave_the_machine()?;
    bind_to_host().map_err(step("binding to the host"))?;
    let copied = make_openable().map_err(step("input"))?;
    landlock(&program, copied)?;
    set_limits(&request).map_err(step("setting limits"))?;
    calls::filter(request.names_output).map_err(step("seccomp"))?;
    Ok(Ready { program, name: request.program, args })
}

/// Under the number that the system-call filter knows.
fn open_program(path: &str) -> rustix::io::Result<OwnedFd> {
    let found = rustix::fs::open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
    let program = rustix::io::fcntl_dupfd_cloexec(&found, calls::PROGRAM)?;
    let right_number = program.as_raw_fd() == calls::PROGRAM;
    if right_number { Ok(program) } else { Err(rustix::io::Errno::MFILE) }
}

/// A pipe can be opened by name by its owner alone, who is root when the host is. Nothing but a
/// pipe changes hands.
fn give_output_away() -> rustix::io::Result<()> {
    let out = rustix::stdio::stdout();
    let kind = FileType::from_raw_mode(rustix::fs::fstat(out)?.st_mode);
    if !rustix::process::geteuid().is_root() || kind != FileType::Fifo {
        return Ok(());
    }
    rustix::fs::fchown(out, Some(Uid::from_raw(NOBODY)), Some(Gid::from_raw(NOBODY)))
}

/// Whether the input had to be copied for that.
fn make_openable() -> io::Result<bool> {
    let mut input = File::from(rustix::io::dup(rustix::stdio::stdin())?);
    let kind = input.metadata()?;
    if !kind.is_file() {
        return Err(io::Error::other("not a plain file"));
    }
    if rustix::fs::open(INPUT, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).is_ok() {
        return Ok(rustix::fs::fcntl_get_seals(&input).is_ok_and(|seals| !seals.is_empty()));
    }
    if kind.len() > COPY_BYTES_MAX {
        let why = "may be read by another user only, and is too large to be copied into memory";
        return Err(io::Error::other(why));
    }
    input.rewind()?;
    let copy = in_memory(&mut input.take(COPY_BYTES_MAX))?;
    rustix::stdio::dup2_stdin(&copy)?;
    Ok(true)
}

/// A file in memory that nobody can change any more.
pub fn in_memory(from: &mut impl Read) -> io::Result<File> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut copy = File::from(rustix::fs::memfd_create("input", flags)?);
    io::copy(from, &mut copy)?;
    let seals = SealFlags::SEAL | SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK;
    rustix::fs::fcntl_add_seals(&copy, seals)?;
    copy.rewind()?;
    Ok(copy)
}

/// A file in memory lies on no file system, so that Landlock neither knows it nor forbids it.
fn landlock(program: &OwnedFd, input_in_memory: bool) -> Result<(), CannotConfine> {
    let run = AccessFs::Execute | AccessFs::ReadFile;
    let look = AccessFs::ReadFile | AccessFs::ReadDir;
    let restricted = || {
        let mut rules = ruleset()?.add_rule(PathBeneath::new(program.as_fd(), run))?;
        for loader in LOADERS.iter().filter_map(|path| PathFd::new(path).ok()) {
            rules = rules.add_rule(PathBeneath::new(loader, run))?;
        }
        for path in LIBRARIES.iter().chain(LIBRARIES_OLD) {
            let Ok(place) = PathFd::new(path) else { continue };
            let folder = std::path::Path::new(path).is_dir();
            let rights = if folder { look } else { AccessFs::ReadFile.into() };
            rules = rules.add_rule(PathBeneath::new(place, rights))?;
        }
        if !input_in_memory {
            rules = rules.add_rule(PathBeneath::new(io::stdin(), AccessFs::ReadFile))?;
        }
        rules.restrict_self()
    };
    let status = restricted().map_err(step("Landlock"))?;
    if status.ruleset == RulesetStatus::NotEnforced || !status.no_new_privs {
        return Err(step("Landlock")("not enforced"));
    }
    Ok(())
}

fn ruleset() -> Result<RulesetCreated, landlock::RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V4))?
        .scope(Scope::from_all(ABI::V6))?
        .create()
}

/// The number of processes is left alone: it counts everything that the user runs, while seccomp
/// lets this one start threads only, whose stacks the address space bounds.
fn set_limits(request: &ProgramRequest) -> rustix::io::Result<()> {
    let set = |resource, value| {
        setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })
    };
    set(Resource::As, request.memory_bytes)?;
    // The first limit is a signal that names the reason; the second, soon after, is the end.
    let last = request.cpu_seconds.saturating_add(2);
    let cpu = Rlimit { current: Some(request.cpu_seconds), maximum: Some(last) };
    setrlimit(Resource::Cpu, cpu)?;
    set(Resource::Core, 0)?;
    set(Resource::Fsize, 0)?;
    set(Resource::Memlock, 0)?;
    set(Resource::Msgqueue, 0)?;
    set(Resource::Nofile, DESCRIPTORS)
}

impl Ready {
    /// Becomes the program, with no environment.
    fn start(self) -> SandboxError {
        let mut out = io::stdout().lock();
        if let Err(error) = out.write_all(&[CONFINED]).and_then(|()| out.flush()) {
            return SandboxError::CannotStart { program: self.name, why: error.to_string() };
        }
        let mut args: Vec<*const libc::c_char> = self.args.iter().map(|arg| arg.as_ptr()).collect();
        args.push(std::ptr::null());
        let environment: [*const libc::c_char; 1] = [std::ptr::null()];
        #[expect(unsafe_code, reason = "no safe interface starts a program by its descriptor")]
        // SAFETY: both arrays end in a null pointer and live, with the texts they point to, until
        // the call returns, which it does only when it failed.
        unsafe {
            libc::syscall(
                libc::SYS_execveat,
                libc::c_long::from(self.program.as_raw_fd()),
                c"".as_ptr(),
                args.as_ptr(),
                environment.as_ptr(),
                libc::c_long::from(libc::AT_EMPTY_PATH),
            )
        };
        let why = io::Error::last_os_error().to_string();
        SandboxError::CannotStart { program: self.name, why }
    }
}
