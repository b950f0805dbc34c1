//! What a hostile container may cost.

/// Upper bounds; what lies above is a problem of its place, and the rest goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Containers inside containers.
    pub depth: u32,
    /// Entries of one container.
    pub entries: u64,
    /// Folders inside folders of one container, which also ends a loop.
    pub folders_deep: u32,
    /// Longest path inside one container, in bytes.
    pub path_bytes: usize,
    /// What may be held in memory of one inner container that cannot be read at any place.
    pub held_bytes: u64,
    /// How often larger than its compressed form an inner container may be before it is not opened.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 5,
            entries: 20_000_000,
            folders_deep: 200,
            path_bytes: 4_096,
            held_bytes: 256 << 20,
            ratio: 1_000,
        }
    }
}
