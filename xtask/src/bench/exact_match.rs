//! Exact match: look-ups of SHA-1 among one million known ones, half of them present.

use super::{Bench, Figures, Workbench, near_match::header, seconds};
use amparo_matching::KnownIndex;
use amparo_model::{HashAlgorithm, KnownHash, RecordedHash, Sha1};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rusqlite::{Connection, params};

pub const BENCH: Bench = Bench {
    name: "exact_match",
    peer: "SQLite, indexed BLOB, prepared statement",
    unit: "million look-ups/s",
    more_is_better: true,
    goal: None,
    run,
};

const HASHES: usize = 1_000_000;

fn run(_: &Workbench) -> Result<Figures, String> {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut random = || {
        let mut bytes = [0; 20];
        rng.fill_bytes(&mut bytes);
        Sha1(bytes)
    };
    let known: Vec<Sha1> = (0..HASHES).map(|_| random()).collect();
    let mut queries: Vec<Sha1> = known.iter().step_by(2).copied().collect();
    queries.extend((0..HASHES / 2).map(|_| random()));
    Ok(Figures { ours: ours(&known, &queries)?, peer: Some(sqlite(&known, &queries)?) })
}

fn ours(known: &[Sha1], queries: &[Sha1]) -> Result<f64, String> {
    let row = |hash: &Sha1| KnownHash { sha1: Some(*hash), ..empty_row() };
    let index = KnownIndex::build(vec![(header()?, known.iter().map(row).collect())], 31);
    let algorithm = HashAlgorithm::Sha1;
    // What a parser hands over is text, so reading it is part of the look-up.
    let recorded: Vec<RecordedHash> =
        queries.iter().map(|hash| RecordedHash { algorithm, value: hash.to_string() }).collect();
    let mut found = 0;
    let spent = seconds(|| found = recorded.iter().map(|hash| index.recorded(hash).len()).sum());
    check(found, queries.len())?;
    Ok(queries.len() as f64 / spent / 1e6)
}

fn sqlite(known: &[Sha1], queries: &[Sha1]) -> Result<f64, String> {
    let error = |error: rusqlite::Error| error.to_string();
    let mut database = Connection::open_in_memory().map_err(error)?;
    database
        .execute_batch("CREATE TABLE known(sha1 BLOB PRIMARY KEY) WITHOUT ROWID")
        .map_err(error)?;
    let fill = database.transaction().map_err(error)?;
    for hash in known {
        fill.execute("INSERT INTO known VALUES (?1)", params![&hash.0[..]]).map_err(error)?;
    }
    fill.commit().map_err(error)?;
    let mut find = database.prepare("SELECT 1 FROM known WHERE sha1 = ?1").map_err(error)?;
    let mut found = 0;
    let spent = seconds(|| {
        for hash in queries {
            found += usize::from(find.exists(params![&hash.0[..]]).unwrap_or(false));
        }
    });
    check(found, queries.len())?;
    Ok(queries.len() as f64 / spent / 1e6)
}

fn check(found: usize, queries: usize) -> Result<(), String> {
    if found == queries / 2 { Ok(()) } else { Err(format!("found {found} of {}", queries / 2)) }
}

/// A row of a list with no hash yet.
pub fn empty_row() -> KnownHash {
    KnownHash { code: Some("1".into()), ..KnownHash::default() }
}
