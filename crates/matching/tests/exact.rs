//! What was inserted is found, by every algorithm, however the hashes lie.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use amparo_matching::{HashBatch, KnownIndex};
use amparo_model::{Hashes, KnownHash, Md5, Purpose, Sha1, Sha256};
use common::header;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How the hashes of a list lie.
#[derive(Debug, Clone, Copy)]
enum Lie {
    Evenly,
    /// All behind the same prefix, as no cryptographic hash does and a hostile list may.
    SamePrefix(usize),
    /// All but the last bytes equal.
    SameEnd,
}

fn bytes<const N: usize>(lie: Lie, rng: &mut ChaCha8Rng) -> [u8; N] {
    let mut bytes: [u8; N] = std::array::from_fn(|_| rng.random());
    match lie {
        Lie::Evenly => {}
        Lie::SamePrefix(length) => bytes[..length].fill(0xab),
        Lie::SameEnd => bytes[2..].fill(7),
    }
    bytes
}

fn hashes(lie: Lie, rng: &mut ChaCha8Rng) -> Hashes {
    let (md5, sha1) = (Md5(bytes(lie, rng)), Sha1(bytes(lie, rng)));
    Hashes { size: 1, md5, sha1, sha256: Sha256(bytes(lie, rng)) }
}

fn row(hashes: &Hashes, which: usize, code: usize) -> KnownHash {
    KnownHash {
        md5: (which & 1 != 0).then_some(hashes.md5),
        sha1: (which & 2 != 0).then_some(hashes.sha1),
        sha256: (which & 4 != 0).then_some(hashes.sha256),
        code: Some(code.to_string()),
        ..KnownHash::default()
    }
}

fn index(rows: Vec<KnownHash>) -> KnownIndex {
    KnownIndex::build(vec![(header("a", "US", Purpose::Alert), rows)], 31)
}

#[test]
fn everything_inserted_is_found_with_its_verdict_and_nothing_else_is() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for (lie, count) in [
        (Lie::Evenly, 0),
        (Lie::Evenly, 1),
        (Lie::Evenly, 33),
        (Lie::Evenly, 30_000),
        (Lie::SamePrefix(1), 3_000),
        (Lie::SamePrefix(3), 3_000),
        (Lie::SamePrefix(12), 3_000),
        (Lie::SameEnd, 3_000),
    ] {
        let all: Vec<Hashes> = (0..count).map(|_| hashes(lie, &mut rng)).collect();
        let which = |at: usize| 1 + at % 7;
        let rows = all.iter().enumerate().map(|(at, one)| row(one, which(at), at));
        let index = index(rows.collect());
        let found = index.exact_many(&all);
        for (at, matches) in found.iter().enumerate() {
            let code = at.to_string();
            let own = |m: &amparo_model::Match| m.category.as_ref().unwrap().code == code;
            assert!(matches.iter().any(own), "{lie:?} {count}: {at}");
        }
        let absent: Vec<Hashes> = (0..count).map(|_| hashes(Lie::Evenly, &mut rng)).collect();
        let false_hits = index.exact_many(&absent).iter().flatten().count();
        assert_eq!(false_hits, 0, "{lie:?} {count}");
    }
}

#[test]
fn a_batch_says_of_each_hash_what_a_list_has() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let all: Vec<Hashes> = (0..20_000).map(|_| hashes(Lie::Evenly, &mut rng)).collect();
    let index = index(all.iter().step_by(2).map(|one| row(one, 7, 1)).collect());
    let expect: Vec<bool> = (0..all.len()).map(|at| at % 2 == 0).collect();
    let md5: Vec<Md5> = all.iter().map(|one| one.md5).collect();
    let sha1: Vec<Sha1> = all.iter().map(|one| one.sha1).collect();
    let sha256: Vec<Sha256> = all.iter().map(|one| one.sha256).collect();
    assert_eq!(index.listed(HashBatch::Md5(&md5)), expect);
    assert_eq!(index.listed(HashBatch::Sha1(&sha1)), expect);
    assert_eq!(index.listed(HashBatch::Sha256(&sha256)), expect);
}

#[test]
fn a_hash_that_differs_in_any_single_bit_is_another() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let known = hashes(Lie::Evenly, &mut rng);
    let index = index(vec![row(&known, 7, 1)]);
    let mut near = Vec::new();
    for bit in 0..256 {
        let mut one = hashes(Lie::Evenly, &mut rng);
        (one.md5, one.sha1, one.sha256) = (known.md5, known.sha1, known.sha256);
        one.md5.0[bit / 8 % 16] ^= 1 << (bit % 8);
        one.sha1.0[bit / 8 % 20] ^= 1 << (bit % 8);
        one.sha256.0[bit / 8] ^= 1 << (bit % 8);
        near.push(one);
    }
    assert_eq!(index.exact_many(&near).iter().flatten().count(), 0);
    assert_eq!(index.exact(&known).len(), 1);
}

#[test]
fn one_hash_in_many_rows_and_lists_keeps_every_verdict() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let known = hashes(Lie::Evenly, &mut rng);
    let rows: Vec<KnownHash> = (0..500).map(|code| row(&known, 7, code)).collect();
    let set = |id| (header(id, "US", Purpose::Series), rows.clone());
    let index = KnownIndex::build(vec![set("a"), set("b")], 31);
    let found = index.exact(&known);
    assert_eq!(found.len(), 1000);
    assert!(found.iter().all(|found| found.alert && found.version.as_deref() == Some("2026.1")));
}
