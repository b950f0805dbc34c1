//! What the two file systems of Apple share: pieces of metadata kept in memory, the bytes that
//! extents give, and files that the file system compressed.

pub mod cached;
pub mod decmpfs;
pub mod extents;

/// `UF_COMPRESSED` of `sys/stat.h`: the data lie in the attribute `com.apple.decmpfs`.
pub const COMPRESSED: u32 = 0x20;

/// What BSD calls the kind of a file, the upper bits of its mode.
pub mod mode {
    use crate::found::Kind;

    /// The bits that say which kind.
    pub const MASK: u16 = 0xF000;
    const FOLDER: u16 = 0x4000;
    const FILE: u16 = 0x8000;

    /// The kind of an entry with this mode. A mode of 0 was never set: older systems left it so.
    pub fn kind(mode: u16) -> Kind {
        match mode & MASK {
            FILE | 0 => Kind::File,
            FOLDER => Kind::Folder,
            _ => Kind::Other,
        }
    }
}
