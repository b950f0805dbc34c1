//! What a worker gives up before it reads its first foreign byte. Every step is required; none can
//! be taken back. The order matters: namespaces need rights that the change of user takes away, and
//! both undo the binding to the host, which comes after them.
//!
//! 1. one thread only, or the rest would confine the wrong one;
//! 2. no descriptor but the pipe (0 and 1) and `/dev/null` (2);
//! 3. namespaces of its own where the machine's policy allows them, the one step that may give less
//!    than asked for; root becomes nobody, without groups and capabilities; the worker
//!    goes on alone in a world of processes (`own_world.rs`);
//! 4. death with the host, no core dump, no tracing by others, no new privileges;
//! 5. Landlock: no file, no network port, no signal or abstract socket to others;
//! 6. resource limits: memory, processor time, no new descriptors, no file growth, no processes;
//! 7. seccomp: the few system calls of `syscalls.rs`.
//!
//! Steps 5 and 7 overlap on purpose: a mistake in one is held by the other.
//! A program found on the machine gives up nearly the same before it starts: `program/launch.rs`.

pub(crate) mod limits;
pub(crate) mod namespaces;
mod own_world;
pub(crate) mod syscalls;

pub use namespaces::Namespaces;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetStatus,
    Scope,
};
use rustix::io::Errno;
use rustix::process::{DumpableBehavior, Gid, Signal, Uid};
use rustix::thread::{CapabilitySet, CapabilitySets};
use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// What one worker may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// Address space, in bytes, the program itself included.
    pub memory_bytes: u64,
    /// Processor time over the worker's whole life, in seconds.
    pub cpu_seconds: u64,
}

impl Default for Confinement {
    /// Enough for the largest picture that the decoders accept.
    fn default() -> Self {
        Self { memory_bytes: 2 << 30, cpu_seconds: 6 * 3_600 }
    }
}

/// The kernel does not offer what is needed, so nothing may be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{step}: {why}; Linux 5.13 or later with Landlock and seccomp is needed")]
pub struct CannotConfine {
    step: &'static str,
    why: String,
}

/// The user and group that own nothing, by the kernel's own default for unmappable ids.
pub(crate) const NOBODY: u32 = 65_534;

/// Confines the calling process for good, and tells which namespaces of its own it got. In one of
/// processes it goes on as another process; this one stays behind and ends as that ends.
///
/// # Errors
/// [`CannotConfine`]: the process must end without touching foreign bytes.
pub fn confine(confinement: &Confinement) -> Result<Namespaces, CannotConfine> {
    one_thread()?;
    limits::close_others().map_err(step("closing descriptors"))?;
    let namespaces = leave_the_machine()?;
    bind_to_host().map_err(step("binding to the host"))?;
    landlock()?;
    limits::set(confinement).map_err(step("setting limits"))?;
    syscalls::filter().map_err(step("seccomp"))?;
    Ok(namespaces)
}

/// Gives up root and enters namespaces; from here on this is another process, if one of processes
/// could be had.
pub(crate) fn leave_the_machine() -> Result<Namespaces, CannotConfine> {
    let namespaces = namespaces::leave().map_err(step("giving up root"))?;
    if namespaces == namespaces.but_processes() || own_world::enter().is_ok() {
        return Ok(namespaces);
    }
    Ok(namespaces.but_processes())
}

pub(crate) fn one_thread() -> Result<(), CannotConfine> {
    let tasks = std::fs::read_dir("/proc/self/task").map_err(step("counting threads in /proc"))?;
    match tasks.count() {
        1 => Ok(()),
        count => Err(step("threads")(format!("{count} instead of one"))),
    }
}

pub(crate) fn become_nobody() -> rustix::io::Result<()> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    match change_user() {
        // Root of a world of users in which nobody is not known: outside it is an ordinary user,
        // and what makes it root here goes with the capabilities.
        Err(Errno::PERM | Errno::INVAL) => Ok(()),
        changed => changed,
    }
}

fn change_user() -> rustix::io::Result<()> {
    let (uid, gid) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
    rustix::thread::set_thread_groups(&[])?;
    rustix::thread::set_thread_res_gid(gid, gid, gid)?;
    rustix::thread::set_thread_res_uid(uid, uid, uid)
}

/// Of root and of a world of users alike.
fn drop_capabilities() -> rustix::io::Result<()> {
    let none = CapabilitySet::empty();
    let sets = CapabilitySets { effective: none, permitted: none, inheritable: none };
    rustix::thread::set_capabilities(None, sets)
}

/// After the change of user, which would undo it.
pub(crate) fn bind_to_host() -> rustix::io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    rustix::thread::set_no_new_privs(true)
}

/// Denies everything that this kernel's Landlock knows. The first version, which covers reading,
/// writing, listing and executing, is required; later ones are taken where they exist, and what
/// they would cover is denied by seccomp as well.
fn landlock() -> Result<(), CannotConfine> {
    let denied = || {
        Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_all(ABI::V1))?
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(ABI::V5))?
            .handle_access(AccessNet::from_all(ABI::V4))?
            .scope(Scope::from_all(ABI::V6))?
            .create()?
            .restrict_self()
    };
    let status = denied().map_err(step("Landlock"))?;
    if status.ruleset == RulesetStatus::NotEnforced || !status.no_new_privs {
        return Err(step("Landlock")("not enforced"));
    }
    Ok(())
}

pub(crate) fn step<E: Display>(step: &'static str) -> impl FnOnce(E) -> CannotConfine {
    move |why| CannotConfine { step, why: why.to_string() }
}
