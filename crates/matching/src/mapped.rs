//! Files as byte slices, and hints to the processor: the only unsafe lines of this crate.
#![expect(unsafe_code, reason = "a mapped file and a prefetch need it; nothing else does")]

use memmap2::{Advice, Mmap, MmapMut, UncheckedAdvice};
use std::fs::File;
use std::io;
use std::ops::Deref;

/// Bytes that do not change while they are held.
pub(crate) enum Bytes {
    /// Pages of a file, shared with every process that maps it.
    Mapped(Mmap),
    /// Made in memory: tests, benches, small callers.
    Owned(Vec<u8>),
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Owned(bytes) => bytes,
        }
    }
}

impl Bytes {
    /// Lets go of the pages read so far: they stay in the system's cache and no longer count as
    /// this process's memory. For passes over files that are larger than memory.
    pub(crate) fn let_go(&self) {
        if let Self::Mapped(map) = self {
            // SAFETY: the mapping is shared, read-only and of a file that nobody writes to; a page
            // that is read again comes back with the same bytes. Refusal changes nothing.
            let _refused = unsafe { map.unchecked_advise(UncheckedAdvice::DontNeed) };
        }
    }
}

/// Maps a finished file for reading.
pub(crate) fn map(file: &File) -> io::Result<Bytes> {
    if file.metadata()?.len() == 0 {
        return Ok(Bytes::Owned(Vec::new()));
    }
    // SAFETY: compiled lists and indexes are published under their final name when they are
    // complete, and no function of this project writes to such a file again; they are replaced by
    // rename and removed by unlink, which leave the mapped pages as they are.
    let map = unsafe { Mmap::map(file)? };
    ask_for_large_pages(map.advise(Advice::HugePage));
    Ok(Bytes::Mapped(map))
}

/// Maps a scratch file for building. Its whole length must have been written before, so that a
/// full disk is an error there and not a signal here.
pub(crate) fn map_for_building(file: &File) -> io::Result<MmapMut> {
    // SAFETY: the file was created by this process under a name that nobody else opens, and it is
    // mapped once.
    let map = unsafe { MmapMut::map_mut(file)? };
    ask_for_large_pages(map.advise(Advice::HugePage));
    Ok(map)
}

/// Random reads over gigabytes are several times faster when the kernel maps large pages; one that
/// cannot says so, and nothing else changes.
fn ask_for_large_pages(_answer: io::Result<()>) {}

/// Asks for the cache line at `at`; beyond the end it does nothing.
#[inline]
pub(crate) fn prefetch(bytes: &[u8], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(byte) = bytes.get(at) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the address lies inside a live slice, and a prefetch changes nothing anyway.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(byte).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (bytes, at);
}

/// Copies `from` to the place `at` of `to`; false when it does not fit.
#[must_use]
pub(crate) fn put_at(to: &mut [u8], at: usize, from: &[u8]) -> bool {
    let range = at..at.saturating_add(from.len());
    to.get_mut(range).map(|place| place.copy_from_slice(from)).is_some()
}

/// A bit for each of the first 48 bytes that is `byte`.
#[inline]
pub(crate) fn equal_bytes(bytes: &[u8; 64], byte: u8) -> u64 {
    let sixteens = bytes.as_chunks::<16>().0.iter().take(3).enumerate();
    sixteens.fold(0, |bits, (at, sixteen)| bits | u64::from(equal_in(*sixteen, byte)) << (16 * at))
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn equal_in(sixteen: [u8; 16], byte: u8) -> u16 {
    use std::arch::x86_64::{_mm_cmpeq_epi8, _mm_movemask_epi8, _mm_set_epi64x, _mm_set1_epi8};
    let word = u128::from_le_bytes(sixteen).cast_signed();
    // SAFETY: every x86-64 processor has SSE2, and no memory is touched.
    let bits = unsafe {
        let found = _mm_set_epi64x((word >> 64) as i64, word as i64);
        _mm_movemask_epi8(_mm_cmpeq_epi8(found, _mm_set1_epi8(byte.cast_signed())))
    };
    bits as u16
}

#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn equal_in(sixteen: [u8; 16], byte: u8) -> u16 {
    let bytes = sixteen.iter().enumerate();
    bytes.fold(0, |bits, (at, found)| bits | u16::from(*found == byte) << at)
}

/// Work that gains from wide registers. `run` has to be `#[inline(always)]`, and so have the
/// functions that it spends its time in: only what is inlined is compiled for them.
pub(crate) trait Wide {
    /// What it gives.
    type Result;

    /// Does it.
    fn run(self) -> Self::Result;
}

/// Runs `work` compiled for AVX2 and POPCNT where the processor has them, and as usual elsewhere.
pub(crate) fn widest<W: Wide>(work: W) -> W::Result {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2,popcnt")]
        fn wide<W: Wide>(work: W) -> W::Result {
            work.run()
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
            // SAFETY: both features were just found.
            return unsafe { wide(work) };
        }
    }
    work.run()
}
