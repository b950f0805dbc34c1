//! The index over all loaded lists, and how a row becomes a match.

use crate::exact::ExactTable;
use crate::near::NearTable;
use crate::novelty::{Compared, answer};
use amparo_model::{
    Basis, Category, HashAlgorithm, HashSetHeader, HashSetId, Hashes, KnownHash, Match, MatchBasis,
    Md5, NoveltyStatement, Pdq, Purpose, RecordedHash, Sha1, Sha256,
};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The distance up to which two PDQ hashes are taken as the same picture, as Meta recommends
/// (`hashing/hashing.pdf` in facebook/ThreatExchange, 2019).
pub const DEFAULT_THRESHOLD: u32 = 31;

/// All loaded lists, ready to be asked.
pub struct KnownIndex {
    sets: Vec<HashSetHeader>,
    /// Rows of each list, in the order of `sets`.
    counts: Vec<usize>,
    rows: Vec<Row>,
    md5: ExactTable<16>,
    sha1: ExactTable<20>,
    sha256: ExactTable<32>,
    near: NearTable,
    near_alert: usize,
    threshold: u32,
}

/// What a row says, without its hashes.
struct Row {
    set: usize,
    code: Option<String>,
    series: Option<String>,
    is_distributed: Option<bool>,
}

impl KnownIndex {
    /// Builds the index. The order of the lists does not matter; nothing is dropped except the
    /// hashes of the empty file, which real lists contain and which would match everywhere.
    #[must_use]
    pub fn build(mut sets: Vec<(HashSetHeader, Vec<KnownHash>)>, threshold: u32) -> Self {
        sets.sort_by(|a, b| a.0.cmp(&b.0));
        let mut index = Tables::default();
        let mut headers = Vec::with_capacity(sets.len());
        let counts = sets.iter().map(|(_, rows)| rows.len()).collect();
        for (at, (header, rows)) in sets.into_iter().enumerate() {
            let alert = header.purpose == Purpose::Alert;
            headers.push(header);
            for known in rows {
                index.insert(at, alert, known);
            }
        }
        Self {
            sets: headers,
            counts,
            rows: index.rows,
            md5: ExactTable::build(index.md5),
            sha1: ExactTable::build(index.sha1),
            sha256: ExactTable::build(index.sha256),
            near: index.near,
            near_alert: index.near_alert,
            threshold,
        }
    }

    /// Every row that holds one of these hashes; a row hit by several names the strongest.
    #[must_use]
    pub fn exact(&self, hashes: &Hashes) -> Vec<Match> {
        let mut best = BTreeMap::new();
        best.extend(self.md5.rows(&hashes.md5.0).map(|row| (row, HashAlgorithm::Md5)));
        best.extend(self.sha1.rows(&hashes.sha1.0).map(|row| (row, HashAlgorithm::Sha1)));
        best.extend(self.sha256.rows(&hashes.sha256.0).map(|row| (row, HashAlgorithm::Sha256)));
        let basis = |algorithm| MatchBasis::Exact { algorithm, recorded_by_app: false };
        self.matches(best.into_iter().map(|(row, algorithm)| (row, basis(algorithm))))
    }

    /// Every row that holds the hash an app recorded. A recorded value that is no hash of its
    /// algorithm, and any recorded PDQ, gives nothing: apps record only cryptographic hashes.
    #[must_use]
    pub fn recorded(&self, hash: &RecordedHash) -> Vec<Match> {
        let rows: Vec<u32> = match hash.algorithm {
            HashAlgorithm::Md5 => parsed::<Md5>(hash, |h| self.md5.rows(&h.0).collect()),
            HashAlgorithm::Sha1 => parsed::<Sha1>(hash, |h| self.sha1.rows(&h.0).collect()),
            HashAlgorithm::Sha256 => parsed::<Sha256>(hash, |h| self.sha256.rows(&h.0).collect()),
            HashAlgorithm::Pdq => Vec::new(),
        };
        let basis = MatchBasis::Exact { algorithm: hash.algorithm, recorded_by_app: true };
        self.matches(rows.into_iter().map(|row| (row, basis)))
    }

    /// Every row whose PDQ lies within the threshold; none when the query's quality is below 50.
    #[must_use]
    pub fn near(&self, pdq: &Pdq) -> Vec<Match> {
        let threshold = self.threshold;
        let basis = |distance| MatchBasis::Near { distance, threshold };
        let found = self.near.within(pdq, threshold);
        self.matches(found.into_iter().map(|(row, distance)| (row, basis(distance))))
    }

    /// What may be said about one file: from its own hashes, from the hash an app recorded of it,
    /// from its appearance. `hashes` is `None` as long as no byte was read; `pdq` is `None` when
    /// the bytes were not read or are no picture.
    #[must_use]
    pub fn novelty(
        &self,
        object: Sha256,
        hashes: Option<&Hashes>,
        recorded: Option<&RecordedHash>,
        pdq: Option<&Pdq>,
    ) -> NoveltyStatement {
        let matches = self.all_matches(hashes, recorded, pdq);
        let compared = Compared {
            has_alert_list: self.sets.iter().any(|set| set.purpose == Purpose::Alert),
            has_perceptual_list: self.near_alert > 0,
            has_hashes: hashes.is_some(),
            has_recorded: recorded.is_some(),
            pdq,
        };
        let (novelty, because) = answer(&matches, &compared);
        NoveltyStatement {
            object,
            novelty,
            against: self.against(),
            threshold: self.threshold,
            unsure_because: because.map(|word| word.as_str().to_owned()),
            matches,
        }
    }

    /// The lists asked, with their dates, sorted.
    #[must_use]
    pub fn against(&self) -> Vec<(HashSetId, String)> {
        self.sets.iter().map(|set| (set.id.clone(), set.dated.clone())).collect()
    }

    /// Names the loaded lists and the threshold: equal versions give equal statements, because a
    /// list of one id never changes (another object under the same id is a conflict in the store).
    #[must_use]
    pub fn version(&self) -> String {
        let mut version = format!("pdq<={}", self.threshold);
        for (set, count) in self.sets.iter().zip(&self.counts) {
            let purpose = set.purpose.as_str();
            // Writing to a String cannot fail.
            let _ = write!(version, ";{}@{}:{purpose}:{count}", set.id, set.dated);
        }
        version
    }

    fn all_matches(
        &self,
        hashes: Option<&Hashes>,
        recorded: Option<&RecordedHash>,
        pdq: Option<&Pdq>,
    ) -> Vec<Match> {
        let mut all = hashes.map(|hashes| self.exact(hashes)).unwrap_or_default();
        all.extend(recorded.map(|hash| self.recorded(hash)).unwrap_or_default());
        all.extend(pdq.map(|pdq| self.near(pdq)).unwrap_or_default());
        in_order(all)
    }

    fn matches(&self, rows: impl Iterator<Item = (u32, MatchBasis)>) -> Vec<Match> {
        in_order(rows.filter_map(|(row, basis)| self.to_match(row, basis)).collect())
    }

    fn to_match(&self, row: u32, basis: MatchBasis) -> Option<Match> {
        let row = self.rows.get(usize::try_from(row).ok()?)?;
        let set = self.sets.get(row.set)?;
        Some(Match {
            hash_set: set.id.clone(),
            dated: set.dated.clone(),
            version: set.version.clone(),
            row: amparo_model::Place::Whole,
            basis,
            category: row.code.as_ref().map(|code| category(set, code)),
            series: row.series.clone(),
            is_distributed: row.is_distributed,
            alert: set.purpose == Purpose::Alert,
        })
    }
}

impl std::fmt::Debug for KnownIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the hashes: a log line must not carry what the lists hold.
        write!(f, "KnownIndex({} lists, {} rows)", self.sets.len(), self.rows.len())
    }
}

#[derive(Default)]
struct Tables {
    rows: Vec<Row>,
    md5: Vec<([u8; 16], u32)>,
    sha1: Vec<([u8; 20], u32)>,
    sha256: Vec<([u8; 32], u32)>,
    near: NearTable,
    near_alert: usize,
}

impl Tables {
    fn insert(&mut self, set: usize, alert: bool, known: KnownHash) {
        // Row numbers have 32 bits: four thousand million rows do not fit into memory anyway.
        let Ok(row) = u32::try_from(self.rows.len()) else { return };
        self.md5.extend(known.md5.filter(|h| *h != Md5::EMPTY_FILE).map(|h| (h.0, row)));
        self.sha1.extend(known.sha1.filter(|h| *h != EMPTY_SHA1).map(|h| (h.0, row)));
        self.sha256.extend(known.sha256.filter(|h| *h != EMPTY_SHA256).map(|h| (h.0, row)));
        if let Some(pdq) = known.pdq {
            let before = self.near.len();
            self.near.push(&pdq, row);
            self.near_alert += usize::from(alert) * (self.near.len() - before);
        }
        self.rows.push(Row {
            set,
            code: known.code,
            series: known.series,
            is_distributed: known.is_distributed,
        });
    }
}

const EMPTY_SHA1: Sha1 = Sha1([
    0xda, 0x39, 0xa3, 0xee, 0x5e, 0x6b, 0x4b, 0x0d, 0x32, 0x55, 0xbf, 0xef, 0x95, 0x60, 0x18, 0x90,
    0xaf, 0xd8, 0x07, 0x09,
]);

const EMPTY_SHA256: Sha256 = Sha256([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

fn category(set: &HashSetHeader, code: &str) -> Category {
    Category {
        scheme: set.scheme.clone(),
        code: code.to_owned(),
        by: set.source.clone(),
        basis: Basis::List,
    }
}

fn parsed<H: std::str::FromStr>(hash: &RecordedHash, rows: impl Fn(H) -> Vec<u32>) -> Vec<u32> {
    hash.value.parse().map(rows).unwrap_or_default()
}

/// Best first: alert before known-good, exact before near, read before recorded, strong before
/// weak, close before far; then list and verdict, so that equal input gives equal output. Of
/// matches that differ only in how exactly they hit, the best stays.
fn in_order(mut matches: Vec<Match>) -> Vec<Match> {
    matches.sort_by(|a, b| {
        (!a.alert, rank(a.basis)).cmp(&(!b.alert, rank(b.basis))).then_with(|| a.cmp(b))
    });
    let mut seen = std::collections::BTreeSet::new();
    matches.retain(|found| seen.insert(identity(found)));
    matches
}

fn rank(basis: MatchBasis) -> (u8, u32) {
    match basis {
        MatchBasis::Exact { algorithm, recorded_by_app } => {
            let strength = match algorithm {
                HashAlgorithm::Sha256 => 0,
                HashAlgorithm::Sha1 => 1,
                HashAlgorithm::Md5 => 2,
                HashAlgorithm::Pdq => 3,
            };
            (u8::from(recorded_by_app), strength)
        }
        MatchBasis::Near { distance, .. } => (2, distance),
        MatchBasis::Frames { query_percent, .. } => (3, u32::from(100 - query_percent.min(100))),
    }
}

type Identity = (HashSetId, bool, u32, Option<Category>, Option<String>, Option<bool>);

fn identity(found: &Match) -> Identity {
    let (near, distance) = match found.basis {
        MatchBasis::Exact { .. } => (false, 0),
        MatchBasis::Near { distance, .. } => (true, distance),
        MatchBasis::Frames { query_percent, .. } => (true, u32::from(query_percent)),
    };
    let list = found.hash_set.clone();
    let verdict = (found.category.clone(), found.series.clone(), found.is_distributed);
    (list, near, distance, verdict.0, verdict.1, verdict.2)
}
