//! Exact match: look-ups of SHA-1 among 100 million known ones, half of them present, in batches
//! on one core. `EXACT_MATCH_HASHES` sets another size.
//!
//! The peers look among one million, which favours them: more do not fit into the time.

use super::{Bench, Figures, Workbench, known_lists, peers, seconds};
use amparo_matching::HashBatch;
use amparo_model::{KnownHash, Sha1};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rusqlite::{Connection, params};
use std::path::Path;
use std::sync::OnceLock;

pub const BENCH: Bench = Bench {
    name: "exact_match",
    peer: "SQLite, indexed BLOB, prepared statement, 1 million hashes in memory",
    unit: "million look-ups/s",
    more_is_better: true,
    goal: None,
    run: |bench| Ok(Figures { ours: ours(bench)?, peer: Some(sqlite()?) }),
};

pub const HFIND: Bench = Bench {
    name: "exact_match_hfind",
    peer: "hfind of The Sleuth Kit, indexed md5sum list of 1 million",
    run: |bench| Ok(Figures { ours: ours(bench)?, peer: hfind(bench) }),
    ..BENCH
};

const HASHES: usize = 100_000_000;
const QUERIES: usize = 8_000_000;
const BATCH: usize = 4096;
const PEER_HASHES: u64 = 1_000_000;
/// Numbers from here on are in no list.
const ABSENT: u64 = 1 << 40;

fn sha1(number: u64) -> Sha1 {
    Sha1(known_lists::random_bytes(number).first_chunk().copied().unwrap_or_default())
}

/// Half of them among the first `hashes`, half of them absent, in no order.
fn queries(hashes: u64, count: usize) -> Vec<Sha1> {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let number =
        |at: usize| rng.random_range(0..hashes) + if at.is_multiple_of(2) { 0 } else { ABSENT };
    (0..count).map(number).map(sha1).collect()
}

/// Measured once for both peers.
fn ours(bench: &Workbench) -> Result<f64, String> {
    static MEASURED: OnceLock<Result<f64, String>> = OnceLock::new();
    MEASURED.get_or_init(|| measure(bench)).clone()
}

fn measure(bench: &Workbench) -> Result<f64, String> {
    let hashes = known_lists::size("EXACT_MATCH_HASHES", HASHES);
    let row = |number: u64| KnownHash { sha1: Some(sha1(number)), ..known_row() };
    let mut index = Err("not built".to_owned());
    let built = seconds(|| {
        index = known_lists::index(bench, "exact_match", (0..hashes as u64).map(row));
    });
    let index = index?;
    let queries = queries(hashes as u64, QUERIES);
    let mut found = 0;
    let mut look = || {
        let batches = queries.chunks(BATCH).map(|batch| index.listed(HashBatch::Sha1(batch)));
        found = batches.flatten().filter(|listed| *listed).count();
    };
    look();
    let spent = seconds(look);
    check(found, queries.len())?;
    let bytes = known_lists::index_bytes(bench, "exact_match", "sha1").unwrap_or_default();
    println!(
        "  {hashes} hashes, {:.2} bytes each on the disk, list and index made in {built:.0} s",
        bytes as f64 / hashes as f64
    );
    Ok(queries.len() as f64 / spent / 1e6)
}

fn sqlite() -> Result<f64, String> {
    let error = |error: rusqlite::Error| error.to_string();
    let mut database = Connection::open_in_memory().map_err(error)?;
    database
        .execute_batch("CREATE TABLE known(sha1 BLOB PRIMARY KEY) WITHOUT ROWID")
        .map_err(error)?;
    let fill = database.transaction().map_err(error)?;
    for hash in (0..PEER_HASHES).map(sha1) {
        fill.execute("INSERT INTO known VALUES (?1)", params![&hash.0[..]]).map_err(error)?;
    }
    fill.commit().map_err(error)?;
    let mut find = database.prepare("SELECT 1 FROM known WHERE sha1 = ?1").map_err(error)?;
    let queries = queries(PEER_HASHES, PEER_HASHES as usize);
    let mut found = 0;
    let spent = seconds(|| {
        for hash in &queries {
            found += usize::from(find.exists(params![&hash.0[..]]).unwrap_or(false));
        }
    });
    check(found, queries.len())?;
    Ok(queries.len() as f64 / spent / 1e6)
}

/// `hfind` reads md5sum's format, and SHA-1 only from another; the width changes little. Its quick
/// mode stops at the first hit, so it is asked for every name.
fn hfind(bench: &Workbench) -> Option<f64> {
    const QUERIES: usize = 100_000;
    let md5 = |hash: &Sha1| hash.to_string().get(..32).unwrap_or_default().to_owned();
    let folder = bench.scratch.path();
    let (list, asked) = (folder.join("known.md5"), folder.join("asked"));
    let lines: String =
        (0..PEER_HASHES).map(|at| format!("{}  file-{at}\n", md5(&sha1(at)))).collect();
    std::fs::write(&list, lines).ok()?;
    let lines: String = queries(PEER_HASHES, QUERIES).iter().map(|hash| md5(hash) + "\n").collect();
    std::fs::write(&asked, lines).ok()?;
    let (list, asked) = (list.to_str()?, asked.to_str()?);
    let hfind = Path::new("hfind");
    if !peers::ok(hfind, &["-i", "md5sum", list]) {
        return None;
    }
    let mut done = false;
    let spent = seconds(|| done = peers::ok(hfind, &["-f", asked, list]));
    done.then_some(QUERIES as f64 / spent / 1e6)
}

fn check(found: usize, queries: usize) -> Result<(), String> {
    if found == queries / 2 { Ok(()) } else { Err(format!("found {found} of {}", queries / 2)) }
}

/// A row of a list with no hash yet.
fn known_row() -> KnownHash {
    KnownHash { code: Some("1".into()), ..KnownHash::default() }
}
