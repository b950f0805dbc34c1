//! Trying the attempts, on the host's side and inside.

use super::{Attempt, attempts, is_denial};
use crate::confine::{Confinement, Namespaces, confine};
use crate::error::SandboxError;
use crate::guard::{Ending, Guard};
use crate::worker::WorkerCommand;
use std::io::{Read, Write};
use std::time::Duration;

/// Exit codes of a process that tried.
const GOT_OUT: u8 = 0;
const DENIED: u8 = 10;
const UNCLEAR: u8 = 11;
const NOT_CONFINED: u8 = 97;
const NO_SUCH: u8 = 99;

/// Processor time of a worker that tries something, in seconds: little, because one attempt is to
/// use it up.
const CPU_SECONDS: u64 = 1;
/// Longer than any attempt takes on a busy machine.
const TIME: Duration = Duration::from_secs(60);

/// How one attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Its group.
    pub group: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What success would have meant.
    pub gain: &'static str,
    /// The process was confined; otherwise nothing was tried.
    pub confined: bool,
    /// The kernel said no.
    pub denied: bool,
    /// How the process ended, in words.
    pub how: String,
}

/// How all attempts ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escape {
    /// In the order of [`super::GROUPS`].
    pub tried: Vec<Tried>,
    /// The namespaces that every one of the workers had.
    pub namespaces: Namespaces,
}

/// Tries everything, each in a process that is started with the command and the attempt's name as
/// one more argument, and that calls [`attempt`].
///
/// # Errors
/// [`SandboxError`] when a process cannot be started.
pub fn try_all(command: &WorkerCommand) -> Result<Escape, SandboxError> {
    let mut escape = Escape { tried: Vec::new(), namespaces: Namespaces::ALL };
    for (group, one) in attempts() {
        let (ending, said) = try_one(command, one.name)?;
        let namespaces = said.first().copied().map(Namespaces::from_byte);
        escape.namespaces = escape.namespaces.and(namespaces.unwrap_or_default());
        let confined = namespaces.is_some();
        let (denied, how) = judge(&ending, confined);
        let (name, gain) = (one.name, one.gain);
        escape.tried.push(Tried { group, name, gain, confined, denied, how });
    }
    Ok(escape)
}

/// The byte that the process says is written after its confinement: without it nothing was tried.
fn judge(ending: &Ending, confined: bool) -> (bool, String) {
    let code = ending.status.and_then(|status| status.code());
    let by_kernel = matches!(ending.signal(), Some(libc::SIGSYS | libc::SIGXCPU));
    let how = match code {
        _ if !confined => "not confined".to_owned(),
        _ if ending.expired => "still running".to_owned(),
        Some(code) if code == i32::from(GOT_OUT) => "got out".to_owned(),
        Some(code) if code == i32::from(DENIED) => "refused".to_owned(),
        _ if by_kernel => "ended by the kernel".to_owned(),
        _ => ending.status.map_or_else(|| "no trace".to_owned(), |status| status.to_string()),
    };
    (confined && !ending.expired && (code == Some(i32::from(DENIED)) || by_kernel), how)
}

/// Standard input and output are pipes and standard error is nowhere, as for a worker at work.
fn try_one(command: &WorkerCommand, name: &str) -> Result<(Ending, Vec<u8>), SandboxError> {
    let mut command = command.clone();
    command.args.push(name.to_owned());
    let failed = |error: std::io::Error| SandboxError::CannotStart {
        program: command.program.display().to_string(),
        why: error.to_string(),
    };
    let (mut guard, input, output) = Guard::start(&command).map_err(failed)?;
    guard.watch(TIME);
    let mut said = Vec::new();
    // Ends with the process, which holds the other end. One that died has said what it could.
    let _read = output.take(64).read_to_end(&mut said);
    let ending = guard.end(false);
    drop(input);
    Ok((ending, said))
}

/// Confines this process for good, then tries the attempt of that name; the exit code to end with.
/// Must be called before the process has any second thread.
#[must_use]
pub fn attempt(name: &str) -> u8 {
    // Asked for before: afterwards the answer would be -1, which means "everybody" to `kill`.
    let parent = std::os::unix::process::parent_id().cast_signed();
    let confinement = Confinement { cpu_seconds: CPU_SECONDS, ..Confinement::default() };
    let Ok(namespaces) = confine(&confinement) else { return NOT_CONFINED };
    let mut out = std::io::stdout();
    if out.write_all(&[namespaces.to_byte()]).and_then(|()| out.flush()).is_err() {
        return NOT_CONFINED;
    }
    find(name).map_or(NO_SUCH, |attempt| end(attempt, parent))
}

/// Tries without confinement what succeeds on any machine then; for the tests. The exit code.
#[must_use]
pub fn attempt_free(name: &str) -> u8 {
    let parent = std::os::unix::process::parent_id().cast_signed();
    match find(name) {
        Some(attempt) if attempt.works => end(attempt, parent),
        Some(_) => GOT_OUT,
        None => NO_SUCH,
    }
}

fn find(name: &str) -> Option<&'static Attempt> {
    attempts().map(|(_, attempt)| attempt).find(|attempt| attempt.name == name)
}

fn end(attempt: &Attempt, parent: i32) -> u8 {
    match (attempt.act)(parent) {
        Ok(()) => GOT_OUT,
        Err(error) if is_denial(&error) => DENIED,
        Err(_) => UNCLEAR,
    }
}
