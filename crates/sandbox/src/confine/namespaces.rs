//! Worlds of the worker's own: in them it sees no network, no mounts, no names and no processes of
//! the machine's. A second wall, since Landlock and seccomp keep it from all of these anyway.
//!
//! A machine's policy may refuse any of them, so each is taken where it can be had and none is
//! required; the worker tells which it got. Root may make all but the first before it becomes
//! nobody. Anybody else gains the right to the others with the first, the world of users, in which
//! the process has every right over worlds that hold nothing; these rights are given up too.
//!
//! A new world of processes begins with the children, so that the worker has to become its own
//! child (`own_world.rs`). Until then no thread can start.

use super::{become_nobody, drop_capabilities};
use rustix::thread::UnshareFlags;

/// Each with its name, in the order in which they are told.
const KINDS: [(UnshareFlags, &str); 7] = [
    (UnshareFlags::NEWUSER, "user"),
    (UnshareFlags::NEWNET, "network"),
    (UnshareFlags::NEWNS, "mount"),
    (UnshareFlags::NEWIPC, "ipc"),
    (UnshareFlags::NEWUTS, "uts"),
    (UnshareFlags::NEWCGROUP, "cgroup"),
    (UnshareFlags::NEWPID, "process"),
];

/// Which namespaces a process got for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Namespaces(u8);

impl Namespaces {
    /// Every kind that is asked for.
    pub const ALL: Self = Self(0x7f);

    /// Their names.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let had = KINDS.iter().enumerate().filter(|(bit, _)| self.has(*bit));
        had.map(|(_, (_, name))| *name).collect()
    }

    /// Those that both have.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn to_byte(self) -> u8 {
        self.0
    }

    pub(crate) fn from_byte(byte: u8) -> Self {
        Self(byte).and(Self::ALL)
    }

    pub(super) fn but_processes(self) -> Self {
        self.and(Self(0x3f))
    }

    fn has(self, bit: usize) -> bool {
        self.0 & (1 << bit) != 0
    }

    /// Enters those that are wanted and not yet had, each alone: one refusal costs no other.
    fn enter(&mut self, wanted: Self) {
        for (bit, (kind, _)) in KINDS.iter().enumerate() {
            if wanted.has(bit) && !self.has(bit) && unshare(*kind) {
                self.0 |= 1 << bit;
            }
        }
    }
}

/// Gives up root, capabilities, and the worlds of the machine as far as its policy allows.
pub(crate) fn leave() -> rustix::io::Result<Namespaces> {
    let (mut had, wanted) = (Namespaces::default(), Namespaces::ALL);
    // Before root is given up: all that root may make. The world of users comes after, because in
    // one where nobody has a number nobody can become nobody.
    had.enter(wanted.and(Namespaces(!1)));
    become_nobody()?;
    had.enter(wanted);
    drop_capabilities()?;
    Ok(had)
}

#[expect(unsafe_code, reason = "the interface covers the one kind that is not safe")]
fn unshare(kind: UnshareFlags) -> bool {
    // SAFETY: unsafe only for the table of descriptors, which is none of the kinds asked for.
    unsafe { rustix::thread::unshare_unsafe(kind) }.is_ok()
}
