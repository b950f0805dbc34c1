//! Reaching for code in memory, and for more than the limits give.

use super::{Attempt, also, ask, at_cwd, call, needs_more, path, works};
use std::ffi::c_long;
use std::io::{self, Error};

/// Memory that can be run, and memory of others.
pub const MEMORY: &[Attempt] = &[
    works("map a file", "a file's contents as memory", |_| {
        // Where none can be opened, what is open already.
        let file = ask(libc::SYS_openat, [at_cwd(), path(c"/etc/passwd"), 0, 0]).unwrap_or(0);
        map(libc::PROT_READ, libc::MAP_PRIVATE, file).map(drop)
    }),
    works("map memory as code", "code of its own", |_| {
        private(libc::PROT_READ | libc::PROT_EXEC).map(drop)
    }),
    works("map memory to write and run", "code of its own, changed at will", |_| {
        private(libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC).map(drop)
    }),
    works("run what it wrote", "code of its own", |_| {
        let page = private(libc::PROT_READ | libc::PROT_WRITE)?;
        protect(page, libc::PROT_READ | libc::PROT_EXEC)
    }),
    needs_more("share memory by a file in memory", "a channel to others", |_| {
        call(libc::SYS_memfd_secret, [0; 4]).map_err(also(libc::ENOSYS))
    }),
    works("turn memory into code", "code of its own", |_| {
        protect(private(libc::PROT_READ | libc::PROT_WRITE)?, libc::PROT_EXEC)
    }),
    works("turn memory into code by its key", "code of its own, by another door", |_| {
        let page = private(libc::PROT_READ | libc::PROT_WRITE)?;
        let code = c_long::from(libc::PROT_READ | libc::PROT_EXEC);
        call(libc::SYS_pkey_mprotect, [page, 4096, code, -1])
    }),
];

/// The limits themselves, and going beyond them.
pub const LIMITS: &[Attempt] = &[
    works("lift the limit on core files", "its memory on the disk", |_| {
        let limit = [u64::MAX; 2];
        let from = limit.as_ptr() as c_long;
        call(libc::SYS_prlimit64, [0, libc::RLIMIT_CORE.into(), from, 0])
    }),
    works("lift the limit on memory", "the machine's memory", |_| {
        let limit = [u64::MAX; 2];
        let from = limit.as_ptr() as c_long;
        call(libc::SYS_prlimit64, [0, libc::RLIMIT_AS.into(), from, 0])
    }),
    works("lock memory", "the machine's memory", |_| {
        let page = private(libc::PROT_READ | libc::PROT_WRITE)?;
        call(libc::SYS_mlock, [page, 4096, 0, 0])
    }),
    works("read its limits", "how far it may go", |_| {
        let mut limit = [0u64; 2];
        let to = limit.as_mut_ptr() as c_long;
        call(libc::SYS_prlimit64, [0, libc::RLIMIT_AS.into(), 0, to])
    }),
    works("read the host's limits", "how far the host may go", |parent| {
        let mut limit = [0u64; 2];
        let to = limit.as_mut_ptr() as c_long;
        call(libc::SYS_prlimit64, [parent.into(), libc::RLIMIT_CORE.into(), 0, to])
    }),
    works("set its limits the old way", "limits of its own", |_| {
        let limit = [u64::MAX; 2];
        let from = limit.as_ptr() as c_long;
        call(libc::SYS_setrlimit, [libc::RLIMIT_CORE.into(), from, 0, 0])
    }),
    works("take more memory than its limit", "the machine's memory", |_| {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        let wanted = map_bytes(BEYOND_MEMORY, libc::PROT_READ, flags, -1);
        wanted.map(drop).map_err(also(libc::ENOMEM))
    }),
    needs_more("use the processor without end", "the machine's time", |_| {
        // The suite's workers have a second of processor time. A machine that does not end this
        // one has it end itself, after some minutes at most, and the attempt worked.
        let steps =
            (0..100_000_000_000_u64).fold(0_u64, |sum, step| std::hint::black_box(sum ^ step));
        std::hint::black_box(steps);
        Ok(())
    }),
    works("wish for a higher priority", "the machine's time", |_| {
        call(libc::SYS_setpriority, [0; 4])
    }),
];

/// More than [`crate::Confinement::default`] gives, in bytes.
const BEYOND_MEMORY: usize = 3 << 30;

fn private(protection: i32) -> io::Result<c_long> {
    map(protection, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1)
}

fn map(protection: i32, flags: i32, file: c_long) -> io::Result<c_long> {
    map_bytes(4096, protection, flags, file)
}

#[expect(unsafe_code, reason = "asks the kernel for things that safe code does not offer")]
fn map_bytes(bytes: usize, protection: i32, flags: i32, file: c_long) -> io::Result<c_long> {
    let file = i32::try_from(file).unwrap_or(-1);
    // SAFETY: a fresh private mapping at a place of the kernel's choice; nothing refers to it.
    let page = unsafe { libc::mmap(std::ptr::null_mut(), bytes, protection, flags, file, 0) };
    if page == libc::MAP_FAILED { Err(Error::last_os_error()) } else { Ok(page as c_long) }
}

fn protect(page: c_long, protection: i32) -> io::Result<()> {
    call(libc::SYS_mprotect, [page, 4096, protection.into(), 0])
}
