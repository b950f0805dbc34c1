//! A place for tests to make the disk fail: every step that can fail asks here first.
//!
//! A crash after a step is the same as a failure of the next one, so failing each step in turn
//! covers both. Production passes [`NoFaults`], which compiles to nothing.

use std::io;
use std::path::Path;

/// One thing that the operating system is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Make a folder.
    CreateFolder,
    /// Create a scratch file.
    Create,
    /// Write its bytes.
    Write,
    /// Flush a file to the medium.
    SyncFile,
    /// Give a finished file its final name.
    Rename,
    /// Flush a folder, so that names in it survive a power cut.
    SyncFolder,
    /// Remove a scratch file.
    Remove,
}

/// Decides whether a step fails.
pub trait Faults: Send + Sync {
    /// Called before each step; an error is returned as if the operating system had given it.
    ///
    /// # Errors
    /// Whatever the test wants the step to fail with.
    fn before(&self, step: Step, path: &Path) -> io::Result<()>;
}

/// Nothing fails but what really fails.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFaults;

impl Faults for NoFaults {
    fn before(&self, _step: Step, _path: &Path) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! The fault that tests inject: the n-th step fails.

    use super::{Faults, Step};
    use std::io;
    use std::path::Path;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Fails the n-th step, counted from 1, and no other.
    pub struct FailNth {
        nth: u32,
        seen: AtomicU32,
    }

    impl FailNth {
        pub fn new(nth: u32) -> Self {
            Self { nth, seen: AtomicU32::new(0) }
        }
    }

    impl Faults for FailNth {
        fn before(&self, step: Step, path: &Path) -> io::Result<()> {
            if self.seen.fetch_add(1, Ordering::SeqCst) + 1 == self.nth {
                let why = format!("injected at {step:?} of {}", path.display());
                return Err(io::Error::new(io::ErrorKind::StorageFull, why));
            }
            Ok(())
        }
    }
}
