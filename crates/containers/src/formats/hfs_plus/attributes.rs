//! The attribute by which a file is known as compressed (`hfs_format.h`, `HFSPlusAttrKey`).

use super::btree::BTree;
use super::fork::{Fork, Ground, Which};
use crate::bytes::{be16, be32, vec_at};
use crate::fault::Fault;
use crate::formats::apple::decmpfs;

/// The attribute's value lies in its record, or in a fork of its own.
const INLINE: u32 = 0x10;
const IN_FORK: u32 = 0x20;
/// Longest value: what HFS+ allows of one attribute in a record is far below.
const VALUE_MAX: u64 = 256 << 10;

/// The value of `com.apple.decmpfs` of this file; `None` when it has none.
///
/// # Errors
/// [`Fault`] when the tree cannot be followed.
pub fn decmpfs(tree: &BTree, file: u32, ground: &Ground) -> Result<Option<Vec<u8>>, Fault> {
    let wanted: Vec<u16> = decmpfs::NAME.encode_utf16().collect();
    let order = |key: &[u8]| {
        let length = usize::from(be16(key, 10)) * 2;
        let name = key.get(12..).map_or(&[][..], |name| name.get(..length).unwrap_or(name));
        let name = name.chunks_exact(2).map(|unit| be16(unit, 0));
        let by_name = be32(key, 2).cmp(&file).then_with(|| name.cmp(wanted.iter().copied()));
        by_name.then(be32(key, 6).cmp(&0))
    };
    let Some(data) = tree.get(&order)? else { return Ok(None) };
    match be32(&data, 0) {
        INLINE => {
            let length = usize::try_from(be32(&data, 12)).unwrap_or(usize::MAX);
            let value = data.get(16..).and_then(|value| value.get(..length));
            let short = || Fault::damaged(0, "an attribute that is longer than its record");
            value.map(|value| Some(value.to_vec())).ok_or_else(short)
        }
        IN_FORK => {
            let fork = Fork::parse(data.get(8..).unwrap_or_default());
            let bytes = fork.bytes(ground, (file, Which::Data), None)?;
            vec_at(&bytes, 0, fork.length, VALUE_MAX).map(Some)
        }
        _ => Err(Fault::unsupported("a kind of attribute")),
    }
}
