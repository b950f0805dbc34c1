//! Deleted files whose record is still whole.
//!
//! Deleting a record moves those behind it forward, and what was last keeps its bytes behind the
//! end. So most of what is found there is an old copy of a live record; what is listed has a number
//! that no live record has.

use super::btree::Node;
use super::catalog::{File, Key, Record, Role};
use super::fork::{Fork, Which};
use super::list::Listing;
use super::volume::{Place, Volume};
use crate::bytes::{be16, be32};
use crate::found::{Go, Report};

/// The first number of a file of the user's.
const FIRST_USER: u32 = 16;

/// Lists the deleted files that the room behind a leaf's records still names.
pub fn list(
    listing: &mut Listing<'_>,
    volume: &Volume,
    node: &Node,
    report: &mut Report<'_>,
) -> Go {
    let Some((start, end)) = node.slack() else { return Go::On };
    let mut at = start;
    while at < end {
        let Some((key, file, length)) = plausible(volume, node, at, end) else {
            at += 2;
            continue;
        };
        if !is_live(volume, node, &key, &file) && listing.named.insert(file.id) {
            let place = Place { node: node.number, at, which: Which::Data };
            if listing.plain(&key, &file, place, true, report) == Go::Stop {
                return Go::Stop;
            }
        }
        at = at.saturating_add(length);
    }
    Go::On
}

/// A record of a file at this place, if every part of it makes sense; and its length.
fn plausible(volume: &Volume, node: &Node, at: u16, end: u16) -> Option<(Key, File, u16)> {
    let raw = node.record(at, end)?;
    let letters = usize::from(be16(raw.key, 4));
    if letters == 0 || letters > 255 || raw.key.len() != 6 + letters * 2 {
        return None;
    }
    let Some(Record::File(file)) = Record::parse(raw.data) else { return None };
    let key = Key::parse(raw.key)?;
    let named = key.parent > 1 && file.id >= FIRST_USER && file.role == Role::Plain;
    // Zeros that TN1150 prescribes, and a time of making.
    let zeros = be32(raw.data, 4) == 0 && be32(raw.data, 12) != 0;
    let sound = lies_inside(volume, &file.data) && lies_inside(volume, &file.resource);
    let length =
        u16::try_from((2 + raw.key.len()).next_multiple_of(2) + super::catalog::FILE_BYTES);
    (named && zeros && sound).then_some((key, *file, length.ok()?))
}

fn lies_inside(volume: &Volume, fork: &Fork) -> bool {
    let (blocks, block_bytes) = volume.blocks();
    let whole = u64::from(fork.blocks) * u64::from(block_bytes);
    let inside = |(at, count): &(u32, u32)| at.checked_add(*count).is_some_and(|end| end <= blocks);
    fork.length <= whole && fork.blocks <= blocks && fork.extents.iter().all(inside)
}

/// Whether a live record has this number: by the thread that every file has today, or by a record
/// of the same name in this node.
fn is_live(volume: &Volume, node: &Node, key: &Key, file: &File) -> bool {
    let thread = |other: &[u8]| be32(other, 0).cmp(&file.id).then_with(|| be16(other, 4).cmp(&0));
    let same = node.records().any(|raw| Key::parse(raw.key).as_ref() == Some(key));
    // An index that cannot be followed proves nothing: then the entry counts as live.
    same || !matches!(volume.catalog.find(&thread), Ok(None))
}
