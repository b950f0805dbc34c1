//! The near index against comparing everything with everything: not one hash may be missed.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use amparo_matching::{KnownIndex, MatchSettings, NearRow};
use amparo_model::{Bits256, KnownHash, Pdq, Purpose};
use common::{header, pdq, turned};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Enough hashes for the bands to be used.
const MANY: usize = 70_000;

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

fn index(hashes: &[Pdq], near_threshold: u32) -> KnownIndex {
    let rows = hashes.iter().map(|pdq| KnownHash { pdq: Some(*pdq), ..KnownHash::default() });
    let lists = vec![(header("a", "US", Purpose::Alert), rows.collect())];
    let settings = MatchSettings { near_threshold, ..MatchSettings::default() };
    KnownIndex::build_in_memory(lists, &settings).unwrap()
}

fn check(hashes: &[Pdq], queries: &[Pdq], radii: &[u32]) {
    for radius in radii {
        let found = index(hashes, *radius).near_rows(queries);
        for (query, found) in queries.iter().zip(found) {
            let all = (0_u32..).zip(hashes).map(|(row, known)| (known.distance(query), row));
            let near = all.filter(|(distance, _)| distance <= radius);
            let mut expect: Vec<_> =
                near.map(|(distance, row)| NearRow { distance, row }).collect();
            expect.sort_unstable();
            assert_eq!(found, expect, "radius {radius}");
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
    let queries = queries(&hashes, 60, &mut rng);
    let radii: Vec<u32> = (0..=34).chain([47, 64, 256]).collect();
    check(&hashes, &queries[..20], &[256]);
    check(&hashes, &queries, &radii[..radii.len() - 1]);
}

#[test]
fn skewed_hashes_at_every_kind_of_radius() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let hashes = skewed(MANY, &mut rng);
    let queries = queries(&hashes, 60, &mut rng);
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
    let found = index(&hashes, 31).near_rows(&queries);
    for (at, found) in (0_u32..).zip(found) {
        let expect = if at % 3 == 1 { vec![] } else { vec![NearRow { distance: 0, row: at }] };
        assert_eq!(found, expect);
    }
}
