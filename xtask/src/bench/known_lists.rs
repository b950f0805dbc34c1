//! What the benchmarks of known hashes share: a list written row by row, its index on the disk.

use super::Workbench;
use amparo_matching::{KnownIndex, ListWriter, MatchSettings};
use amparo_model::{HashSetHeader, HashSetId, KnownHash, Place, Purpose, Scheme};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// How many hashes: the goal's number, or what the environment variable `name` says.
pub fn size(name: &str, goal: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(goal)
}

/// Number `number` of an endless row of 32 random-looking bytes that needs no memory. SplitMix64,
/// Steele, Lea and Flood, 2014.
pub fn random_bytes(number: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (at, word) in (0_u64..).zip(bytes.as_chunks_mut::<8>().0) {
        let mut z = (number * 4 + at).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        *word = (z ^ (z >> 31)).to_le_bytes();
    }
    bytes
}

/// Compiles a list of these rows, builds its index on the disk, and opens it.
pub fn index(
    bench: &Workbench,
    name: &str,
    rows: impl Iterator<Item = KnownHash>,
) -> Result<KnownIndex, String> {
    let folder = bench.scratch.path().join(name);
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let path = folder.join("list");
    let file = File::create(&path).map_err(|error| error.to_string())?;
    let mut writer = ListWriter::new(BufWriter::new(file));
    for row in rows {
        writer.push(&Place::Whole, &row).map_err(|error| error.to_string())?;
    }
    writer.finish().map_err(|error| error.to_string())?;
    let settings = MatchSettings::default();
    let opened = KnownIndex::open(&folder.join("index"), vec![(header()?, path)], &settings);
    opened.map(|(index, _)| index).map_err(|error| error.to_string())
}

/// Bytes of the index file of this table (`sha1`, `pdq`).
pub fn index_bytes(bench: &Workbench, name: &str, table: &str) -> Option<u64> {
    let folder: &Path = &bench.scratch.path().join(name).join("index");
    let entries = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let ending = format!(".{table}.index");
    let mut found = entries.filter(|entry| entry.file_name().to_string_lossy().ends_with(&ending));
    found.next()?.metadata().ok().map(|metadata| metadata.len())
}

fn header() -> Result<HashSetHeader, String> {
    let scheme = Scheme { name: "VICS".into(), realm: "CUSTOM".into(), version: "2.0".into() };
    Ok(HashSetHeader {
        id: HashSetId::new("bench").map_err(|error| error.to_string())?,
        title: "bench".into(),
        scheme,
        dated: "2026-01-01".into(),
        source: "generated".into(),
        version: None,
        licence: None,
        purpose: Purpose::Alert,
    })
}
