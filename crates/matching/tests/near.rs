//! The near index against comparing everything with everything: not one hash may be missed.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use amparo_matching::{KnownIndex, MatchSettings, NearRow};
use amparo_model::{Bits256, KnownHash, Pdq, Purpose};
use common::{header, pdq, turned, write_list};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::path::PathBuf;

/// Enough hashes for the bands to be used.
const MANY: usize = 66_000;

fn random(count: usize, rng: &mut ChaCha8Rng) -> Vec<Pdq> {
    (0..count).map(|_| pdq(rng)).collect()
}

/// Variants of few pictures whose bits are mostly zero: buckets of very different sizes.
fn skewed(count: usize, rng: &mut ChaCha8Rng) -> Vec<Pdq> {
    let picture = |rng: &mut ChaCha8Rng| {
        let bits: [u8; 32] = std::array::from_fn(|_| rng.random::<u8>() & rng.random::<u8>());
        Pdq { bits: Bits256(bits), quality: 50 }
    };
    let pictures: Vec<Pdq> = (0..200).map(|_| picture(rng)).collect();
    let variant = |at: usize| {
        let most = rng.random_range(0..30);
        turned(&pictures[at % pictures.len()], most, rng)
    };
    (0..count).map(variant).collect()
}

/// One list on the disk, to be opened with one radius after another.
struct Listed {
    folder: tempfile::TempDir,
    list: PathBuf,
}

impl Listed {
    fn new(hashes: &[Pdq]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let row = |pdq: &Pdq| KnownHash { pdq: Some(*pdq), ..KnownHash::default() };
        let rows: Vec<KnownHash> = hashes.iter().map(row).collect();
        let list = write_list(folder.path(), "list", &rows);
        Self { folder, list }
    }

    fn index(&self, near_threshold: u32) -> KnownIndex {
        let lists = vec![(header("a", "US", Purpose::Alert), self.list.clone())];
        let settings = MatchSettings { near_threshold, ..MatchSettings::default() };
        KnownIndex::open(&self.folder.path().join("index"), lists, &settings).unwrap().0
    }
}

fn check(hashes: &[Pdq], queries: &[Pdq], radii: &[u32]) {
    let listed = Listed::new(hashes);
    let sorted = |query: &Pdq| {
        let all = (0_u32..).zip(hashes);
        let near = all.map(|(row, known)| NearRow { distance: known.distance(query), row });
        let mut near: Vec<NearRow> = near.collect();
        near.sort_unstable();
        near
    };
    let all: Vec<Vec<NearRow>> = queries.iter().map(sorted).collect();
    for radius in radii {
        for (found, all) in listed.index(*radius).near_rows(queries).iter().zip(&all) {
            let within = all.partition_point(|near| near.distance <= *radius);
            assert!(found[..] == all[..within], "radius {radius}: {} of {within}", found.len());
        }
    }
}

fn queries(hashes: &[Pdq], count: usize, rng: &mut ChaCha8Rng) -> Vec<Pdq> {
    let query = |_| {
        let known = hashes[rng.random_range(0..hashes.len())];
        let most = rng.random_range(0..50);
        turned(&known, most, rng)
    };
    (0..count).map(query).collect()
}

#[test]
fn random_hashes_at_every_radius_and_beyond() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let hashes = random(MANY, &mut rng);
    let queries = queries(&hashes, 12, &mut rng);
    let radii: Vec<u32> = (0..=34).chain([47, 64, 256]).collect();
    check(&hashes, &queries, &radii);
}

#[test]
fn skewed_hashes_at_every_kind_of_radius() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let hashes = skewed(MANY, &mut rng);
    let queries = queries(&hashes, 12, &mut rng);
    check(&hashes, &queries, &[0, 7, 8, 15, 16, 17, 23, 24, 30, 31, 32]);
}

#[test]
fn equal_and_opposite_hashes_and_few_of_them() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let (one, zero) = (Bits256([0xff; 32]), Bits256([0; 32]));
    let extreme = [one, zero].map(|bits| Pdq { bits, quality: 100 });
    let mut hashes = extreme.repeat(500);
    hashes.extend(random(100, &mut rng));
    check(&hashes, &extreme, &[0, 31, 255, 256]);
    check(&extreme.repeat(MANY / 2), &extreme, &[31]);
    check(&[], &extreme, &[31, 256]);
}

#[test]
fn more_queries_than_one_batch_and_poor_ones_between_keep_their_places() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let hashes = random(MANY, &mut rng);
    let poor = |pdq: &Pdq| Pdq { quality: 49, ..*pdq };
    let queries: Vec<Pdq> = hashes[..12_000]
        .iter()
        .enumerate()
        .map(|(at, p)| if at % 3 == 1 { poor(p) } else { *p })
        .collect();
    let found = Listed::new(&hashes).index(31).near_rows(&queries);
    for (at, found) in (0_u32..).zip(found) {
        let expect = if at % 3 == 1 { vec![] } else { vec![NearRow { distance: 0, row: at }] };
        assert_eq!(found, expect);
    }
}
