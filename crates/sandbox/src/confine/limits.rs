//! Descriptors and resource limits.

use super::Confinement;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io;

/// Closes every descriptor from 3 upwards, whatever the host may have left open by mistake.
pub fn close_others() -> io::Result<()> {
    #[expect(unsafe_code, reason = "no safe interface closes descriptors that nobody owns")]
    // SAFETY: the process is at its start with one thread, and no value in it owns a descriptor
    // above 2; nothing can use one of these numbers afterwards. Arguments are plain integers.
    let result = unsafe { libc::syscall(libc::SYS_close_range, 3u32, u32::MAX, 0u32) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Soft and hard limits at once, so that nothing can be raised again. Only that on processor time
/// is in two steps: the first is a signal that names the reason, the second, soon after, the end
/// for a worker that does not heed it.
pub fn set(confinement: &Confinement) -> rustix::io::Result<()> {
    let set = |resource, value| {
        setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })
    };
    set(Resource::As, confinement.memory_bytes)?;
    let last = confinement.cpu_seconds.saturating_add(2);
    let cpu = Rlimit { current: Some(confinement.cpu_seconds), maximum: Some(last) };
    setrlimit(Resource::Cpu, cpu)?;
    set(Resource::Core, 0)?;
    set(Resource::Fsize, 0)?;
    set(Resource::Memlock, 0)?;
    set(Resource::Msgqueue, 0)?;
    set(Resource::Nproc, 0)?;
    // Open ones stay usable; no new one can come to be.
    set(Resource::Nofile, 0)
}
