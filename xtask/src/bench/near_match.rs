//! Near match: all hashes within 31 bits of a query among one million random ones, full recall.

use super::{Bench, Figures, Workbench, peers, seconds};
use amparo_matching::KnownIndex;
use amparo_model::{Bits256, HashSetHeader, HashSetId, KnownHash, Pdq, Purpose, Scheme};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub const BENCH: Bench = Bench {
    name: "near_match",
    peer: "faiss IndexBinaryFlat, one thread",
    unit: "queries/s",
    more_is_better: true,
    goal: Some(100.0),
    run,
};

const HASHES: usize = 1_000_000;
const QUERIES: usize = 200;

const PEER: &str = r#"
import faiss, numpy, sys, time
faiss.omp_set_num_threads(1)
rng = numpy.random.default_rng(7)
base = rng.integers(0, 256, (int(sys.argv[1]), 32), dtype=numpy.uint8)
queries = rng.integers(0, 256, (int(sys.argv[2]), 32), dtype=numpy.uint8)
index = faiss.IndexBinaryFlat(256)
index.add(base)
start = time.perf_counter()
index.range_search(queries, 32)
print(len(queries) / (time.perf_counter() - start))
"#;

fn run(bench: &Workbench) -> Result<Figures, String> {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut random = || {
        let mut bits = [0; 32];
        rng.fill_bytes(&mut bits);
        Pdq { bits: Bits256(bits), quality: 100 }
    };
    let rows: Vec<KnownHash> = (0..HASHES).map(|_| row(random())).collect();
    let queries: Vec<Pdq> = (0..QUERIES).map(|_| random()).collect();
    let index = KnownIndex::build(vec![(header()?, rows)], 31);
    let mut found = 0;
    let spent = seconds(|| found = queries.iter().map(|q| index.near(q).len()).sum());
    std::hint::black_box(found);
    let args = [HASHES.to_string(), QUERIES.to_string()];
    let peer = peers::python_figure(bench.python.as_ref(), PEER, &[&args[0], &args[1]]);
    Ok(Figures { ours: QUERIES as f64 / spent, peer })
}

fn row(pdq: Pdq) -> KnownHash {
    KnownHash { pdq: Some(pdq), ..super::exact_match::empty_row() }
}

/// A header for lists made here.
pub fn header() -> Result<HashSetHeader, String> {
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
