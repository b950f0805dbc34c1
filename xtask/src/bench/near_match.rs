//! Near match: all of 10 million hashes within 31 bits of a query, none missed, one core.
//! `NEAR_MATCH_HASHES` sets another size.
//!
//! The peer is the faster of the two faiss indexes that miss nothing, over the same hashes and
//! queries. `near_match_skewed` uses hashes as real pictures have them: most are variants of
//! others, and their bits are not even.

use super::{Bench, Figures, Workbench, known_lists, peers, seconds};
use amparo_matching::KnownIndex;
use amparo_model::{Bits256, KnownHash, Pdq};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

pub const BENCH: Bench = Bench {
    name: "near_match",
    peer: "the faster of faiss IndexBinaryFlat and IndexBinaryMultiHash 16x16 flip 1, one thread",
    unit: "queries/s",
    more_is_better: true,
    goal: Some(100.0),
    run: |bench| run(bench, "near_match", random),
};

pub const SKEWED: Bench = Bench {
    name: "near_match_skewed",
    run: |bench| run(bench, "near_match_skewed", skewed),
    ..BENCH
};

const HASHES: usize = 10_000_000;
const QUERIES: usize = 20_000;
/// The peer needs some ten milliseconds for each.
const PEER_QUERIES: usize = 400;
const RADIUS: u32 = 31;

const PEER: &str = r#"
import faiss, numpy, sys, time
faiss.omp_set_num_threads(1)
base = numpy.fromfile(sys.argv[1], dtype=numpy.uint8).reshape(-1, 32)
queries = numpy.fromfile(sys.argv[2], dtype=numpy.uint8).reshape(-1, 32)
def rate(index, queries):
    start = time.perf_counter()
    index.range_search(queries, 32)
    return len(queries) / (time.perf_counter() - start)
flat = faiss.IndexBinaryFlat(256)
flat.add(base)
flat_rate = rate(flat, queries)
del flat
multi = faiss.IndexBinaryMultiHash(256, 16, 16)
multi.nflip = 1
multi.add(base)
multi_rate = rate(multi, queries)
sys.stderr.write("flat %.1f multi %.1f\n" % (flat_rate, multi_rate))
print(max(flat_rate, multi_rate))
"#;

type Bits = [u8; 32];

/// Number `at` of the hashes.
type Make = fn(u64) -> Bits;

fn random(at: u64) -> Bits {
    known_lists::random_bytes(at)
}

/// One of 200,000 pictures of uneven bits, each some 50 times with up to 40 bits changed by crops
/// and edits.
fn skewed(at: u64) -> Bits {
    const PICTURES: u64 = 200_000;
    // Far from the numbers of the variants.
    let mut bits = uneven((1 << 50) + at % PICTURES);
    let mut rng = ChaCha8Rng::seed_from_u64(at);
    for _ in 0..rng.random_range(0..=40) {
        flip(&mut bits, rng.random_range(0..256));
    }
    bits
}

/// Low frequencies of pictures are not as often above the median as below: from one bit in five
/// to four in five, by place.
fn uneven(number: u64) -> Bits {
    let mut rng = ChaCha8Rng::seed_from_u64(number);
    let mut bits = [0; 32];
    for bit in 0..256 {
        let share = 0.2 + 0.6 * f64::from((bit * 37 % 256) as u32) / 255.0;
        if rng.random_bool(share) {
            flip(&mut bits, bit);
        }
    }
    bits
}

fn flip(bits: &mut Bits, bit: usize) {
    if let Some(byte) = bits.get_mut(bit / 8) {
        *byte ^= 1 << (bit % 8);
    }
}

/// Every second one lies within the radius of a known hash, whose number comes with it.
fn queries(make: Make, hashes: u64) -> Vec<(Bits, Option<u32>)> {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut query = |at: usize| {
        if at % 2 == 1 {
            return (make((1 << 40) + at as u64), None);
        }
        let row = rng.random_range(0..hashes);
        let mut bits = make(row);
        for _ in 0..rng.random_range(0..=RADIUS) {
            flip(&mut bits, rng.random_range(0..256));
        }
        (bits, u32::try_from(row).ok())
    };
    (0..QUERIES).map(&mut query).collect()
}

fn run(bench: &Workbench, name: &str, make: Make) -> Result<Figures, String> {
    let hashes = known_lists::size("NEAR_MATCH_HASHES", HASHES) as u64;
    let row = |at| KnownHash { pdq: Some(pdq(make(at))), ..KnownHash::default() };
    let mut index = Err("not built".to_owned());
    let built = seconds(|| index = known_lists::index(bench, name, (0..hashes).map(row)));
    let index = index?;
    let queries = queries(make, hashes);
    let ours = ours(&index, &queries)?;
    let bytes = known_lists::index_bytes(bench, name, "pdq").unwrap_or_default();
    println!(
        "  {hashes} hashes, {:.1} bytes each on the disk, list and index made in {built:.0} s",
        bytes as f64 / hashes as f64
    );
    drop(index);
    Ok(Figures { ours, peer: peer(bench, (0..hashes).map(make), &queries) })
}

fn ours(index: &KnownIndex, queries: &[(Bits, Option<u32>)]) -> Result<f64, String> {
    let pdqs: Vec<Pdq> = queries.iter().map(|(bits, _)| pdq(*bits)).collect();
    let mut found = index.near_rows(&pdqs);
    let spent = seconds(|| found = index.near_rows(&pdqs));
    for (rows, (_, planted)) in found.iter().zip(queries) {
        if planted.is_some_and(|row| !rows.iter().any(|near| near.row == row)) {
            return Err("a planted hash was not found".to_owned());
        }
    }
    let rows: usize = found.iter().map(Vec::len).sum();
    println!("  {:.1} hashes found for each query", rows as f64 / queries.len() as f64);
    Ok(queries.len() as f64 / spent)
}

fn pdq(bits: Bits) -> Pdq {
    Pdq { bits: Bits256(bits), quality: 100 }
}

fn peer(
    bench: &Workbench,
    base: impl Iterator<Item = Bits>,
    queries: &[(Bits, Option<u32>)],
) -> Option<f64> {
    let paths = ["base", "queries"].map(|name| bench.scratch.path().join(name));
    let [base_path, queries_path] = &paths;
    write(base_path, base)?;
    write(queries_path, queries.iter().take(PEER_QUERIES).map(|(bits, _)| *bits))?;
    let args = [base_path.to_str()?, queries_path.to_str()?];
    peers::python_figure(bench.python.as_ref(), PEER, &args)
}

fn write(path: &Path, mut bits: impl Iterator<Item = Bits>) -> Option<()> {
    let mut file = BufWriter::new(File::create(path).ok()?);
    bits.try_for_each(|bits| file.write_all(&bits).ok())?;
    file.flush().ok()
}
