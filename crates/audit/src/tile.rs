//! Names and bytes of tiles and entry bundles (c2sp.org/tlog-tiles).

use crate::{AuditError, Hash};

/// Hashes in a full tile, entries in a full bundle.
pub(crate) const FULL: u64 = 256;

/// Path of a hash tile inside the log folder; `width` 1 to 256.
pub(crate) fn tile_path(level: u32, index: u64, width: u64) -> String {
    format!("tile/{level}/{}", numbered(index, width))
}

/// Path of an entry bundle.
pub(crate) fn bundle_path(index: u64, width: u64) -> String {
    format!("tile/entries/{}", numbered(index, width))
}

/// How many complete subtrees of `256^level` leaves a tree of `size` leaves has.
pub(crate) fn count_at(size: u64, level: u32) -> u64 {
    size.checked_shr(8 * level).unwrap_or(0)
}

/// Width of the tile at `index` in a tree with `count` hashes at that level; 0 if there is none.
pub(crate) fn width_of(count: u64, index: u64) -> u64 {
    count.saturating_sub(index.saturating_mul(FULL)).min(FULL)
}

/// The bytes of a tile.
pub(crate) fn encode_tile(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// Reads a tile of exactly `width` hashes.
pub(crate) fn decode_tile(file: &str, bytes: &[u8], width: u64) -> Result<Vec<Hash>, AuditError> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if hashes.len() as u64 == width && rest.is_empty() {
        return Ok(hashes.to_vec());
    }
    let why = format!("has {} bytes instead of {}", bytes.len(), width * 32);
    Err(AuditError::damaged(file, why))
}

/// The bytes of a bundle: each entry after its length in two bytes, most significant first.
pub(crate) fn encode_bundle(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        // Longer entries were refused when the act was encoded.
        let length = u16::try_from(entry.len()).unwrap_or(u16::MAX);
        out.extend(length.to_be_bytes());
        out.extend(entry);
    }
    out
}

/// Reads a bundle of exactly `width` entries.
pub(crate) fn decode_bundle(
    file: &str,
    bytes: &[u8],
    width: u64,
) -> Result<Vec<Vec<u8>>, AuditError> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let Some((entry, after)) = split_entry(rest) else {
            return Err(AuditError::damaged(file, "ends inside an entry"));
        };
        entries.push(entry.to_vec());
        rest = after;
    }
    if entries.len() as u64 == width {
        return Ok(entries);
    }
    let why = format!("has {} entries instead of {width}", entries.len());
    Err(AuditError::damaged(file, why))
}

fn split_entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// `1234067` becomes `x001/x234/067`, and a partial tile of width 8 `x001/x234/067.p/8`.
fn numbered(index: u64, width: u64) -> String {
    let mut name = format!("{:03}", index % 1000);
    let mut above = index / 1000;
    while above > 0 {
        name = format!("x{:03}/{name}", above % 1000);
        above /= 1000;
    }
    if width < FULL { format!("{name}.p/{width}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_specification() {
        let check = |index, width, name| assert_eq!(tile_path(3, index, width), name);
        check(0, 256, "tile/3/000");
        check(999, 256, "tile/3/999");
        check(1000, 256, "tile/3/x001/000");
        check(1_234_067, 256, "tile/3/x001/x234/067");
        check(1_234_067, 8, "tile/3/x001/x234/067.p/8");
        assert_eq!(bundle_path(5, 1), "tile/entries/005.p/1");
    }

    #[test]
    fn bundles_and_tiles_of_another_length_are_refused() {
        let entries = vec![b"one".to_vec(), Vec::new()];
        let bytes = encode_bundle(&entries);
        assert_eq!(bytes, b"\x00\x03one\x00\x00");
        assert_eq!(decode_bundle("x", &bytes, 2).expect("a bundle"), entries);
        assert!(decode_bundle("x", &bytes, 3).is_err());
        assert!(decode_bundle("x", &bytes[..4], 1).is_err());
        assert!(decode_tile("x", &[0; 63], 2).is_err());
        assert_eq!(decode_tile("x", &[7; 64], 2).expect("a tile"), [[7; 32]; 2]);
    }

    #[test]
    fn widths_count_what_a_tree_has() {
        assert_eq!(width_of(count_at(600, 0), 2), 88);
        assert_eq!(width_of(count_at(600, 0), 1), 256);
        assert_eq!(width_of(count_at(600, 1), 0), 2);
        assert_eq!(width_of(count_at(600, 2), 0), 0);
        assert_eq!(count_at(u64::MAX, 9), 0);
    }
}
