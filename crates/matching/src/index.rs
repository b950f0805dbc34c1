//! All loaded lists, ready to be asked, and how a row becomes a match.

use crate::crosswalk::Crosswalk;
use crate::exact::{ExactIndex, Key};
use crate::list_file::{ListFile, ListWriter};
use crate::lists::{List, Lists, key};
use crate::near::{FRAME, mix};
use crate::open::{IndexError, Opened, Tables};
use crate::order::in_order;
use crate::settings::MatchSettings;
use amparo_model::{
    Basis, Category, HashAlgorithm, HashSetHeader, HashSetId, Hashes, KnownHash, Look, Match,
    MatchBasis, Md5, Pdq, Place, RecordedHash, Sha1, Sha256,
};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// All loaded lists, ready to be asked. It may be shared by threads.
pub struct KnownIndex {
    pub(crate) lists: Lists,
    pub(crate) tables: Tables,
    pub(crate) settings: MatchSettings,
    crosswalk: Crosswalk,
}

/// Many hashes of one algorithm, to be looked up together.
#[derive(Debug, Clone, Copy)]
pub enum HashBatch<'a> {
    /// MD5.
    Md5(&'a [Md5]),
    /// SHA-1.
    Sha1(&'a [Sha1]),
    /// SHA-256.
    Sha256(&'a [Sha256]),
}

/// A row within the threshold of a picture, not yet read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NearRow {
    /// Differing bits.
    pub distance: u32,
    /// The row's number over all lists of this index.
    pub row: u32,
}

impl KnownIndex {
    /// Maps the compiled lists and their index files, which are shared with every process that
    /// does the same. An index file in `folder` that is missing or damaged is built, once even
    /// where several processes ask at a time; files of other lists are removed then. The order of
    /// the lists does not matter.
    ///
    /// # Errors
    /// [`IndexError`], whose variants say what to do.
    pub fn open(
        folder: &Path,
        lists: Vec<(HashSetHeader, PathBuf)>,
        settings: &MatchSettings,
    ) -> Result<(Self, Opened), IndexError> {
        let open = |(header, path): (HashSetHeader, PathBuf)| {
            let file = ListFile::open(&path).map_err(|error| IndexError::list(&header, error))?;
            Ok((header, file))
        };
        let lists = Lists::new(lists.into_iter().map(open).collect::<Result<_, IndexError>>()?)?;
        let (tables, opened) = Tables::open(folder, &lists)?;
        Ok((Self::new(lists, tables, settings), opened))
    }

    /// The same without any file, for lists that fit into memory twice.
    ///
    /// # Errors
    /// [`IndexError::TooManyRows`].
    pub fn build_in_memory(
        lists: Vec<(HashSetHeader, Vec<KnownHash>)>,
        settings: &MatchSettings,
    ) -> Result<Self, IndexError> {
        let compile = |(header, rows): (HashSetHeader, Vec<KnownHash>)| {
            let file = compiled(&rows).map_err(|error| IndexError::list(&header, error))?;
            Ok((header, file))
        };
        let lists = Lists::new(lists.into_iter().map(compile).collect::<Result<_, IndexError>>()?)?;
        let tables = Tables::in_memory(&lists)?;
        Ok(Self::new(lists, tables, settings))
    }

    /// [`KnownIndex::build_in_memory`] with the other settings as they are by default.
    #[must_use]
    pub fn build(lists: Vec<(HashSetHeader, Vec<KnownHash>)>, threshold: u32) -> Self {
        let settings = MatchSettings { near_threshold: threshold, ..MatchSettings::default() };
        match Self::build_in_memory(lists, &settings) {
            Ok(index) => index,
            Err(error) => unreachable!("2^31 rows do not fit into memory: {error}"),
        }
    }

    fn new(lists: Lists, tables: Tables, settings: &MatchSettings) -> Self {
        Self { lists, tables, settings: *settings, crosswalk: Crosswalk::bundled() }
    }

    /// Every row that holds one of these hashes; a row hit by several names the strongest. Rows of
    /// one list with the same verdict are named once, by the first.
    #[must_use]
    pub fn exact(&self, hashes: &Hashes) -> Vec<Match> {
        self.exact_many(std::slice::from_ref(hashes)).pop().unwrap_or_default()
    }

    /// [`KnownIndex::exact`] for many files at once, several times faster than one by one.
    #[must_use]
    pub fn exact_many(&self, hashes: &[Hashes]) -> Vec<Vec<Match>> {
        let mut best: Vec<BTreeMap<u32, HashAlgorithm>> = vec![BTreeMap::new(); hashes.len()];
        let mut note = |algorithm: HashAlgorithm, keys: Vec<Key>| {
            self.table(algorithm).find(&keys, &mut |at, row| {
                best.get_mut(at).map(|best| best.insert(row, algorithm));
            });
        };
        note(HashAlgorithm::Md5, hashes.iter().map(|one| key(&one.md5.0)).collect());
        note(HashAlgorithm::Sha1, hashes.iter().map(|one| key(&one.sha1.0)).collect());
        let keys: Vec<Key> = hashes.iter().map(|one| key(&one.sha256.0)).collect();
        self.tables.sha256.find(&keys, &mut |at, row| {
            let sha256 = hashes.get(at).map(|one| one.sha256);
            if sha256.is_some_and(|hash| self.has_sha256(row, &hash)) {
                best.get_mut(at).map(|best| best.insert(row, HashAlgorithm::Sha256));
            }
        });
        let basis = |algorithm| MatchBasis::Exact { algorithm, recorded_by_app: false };
        let matches = |best: BTreeMap<u32, HashAlgorithm>| {
            self.matches(best.into_iter().map(|(row, algorithm)| (row, basis(algorithm))))
        };
        best.into_iter().map(matches).collect()
    }

    /// Whether any list has them, known-good lists included, in their order. The fastest question.
    #[must_use]
    pub fn listed(&self, hashes: HashBatch<'_>) -> Vec<bool> {
        let (algorithm, keys): (_, Vec<Key>) = match hashes {
            HashBatch::Md5(all) => (HashAlgorithm::Md5, all.iter().map(|h| key(&h.0)).collect()),
            HashBatch::Sha1(all) => (HashAlgorithm::Sha1, all.iter().map(|h| h.0).collect()),
            HashBatch::Sha256(all) => {
                (HashAlgorithm::Sha256, all.iter().map(|h| key(&h.0)).collect())
            }
        };
        let mut listed = vec![false; keys.len()];
        self.table(algorithm).find(&keys, &mut |at, row| {
            let whole = match hashes {
                HashBatch::Sha256(all) => all.get(at).is_some_and(|h| self.has_sha256(row, h)),
                _ => true,
            };
            if whole && let Some(listed) = listed.get_mut(at) {
                *listed = true;
            }
        });
        listed
    }

    /// Every row that holds the hash an app recorded. A recorded value that is no hash of its
    /// algorithm, and any recorded PDQ, gives nothing: apps record only cryptographic hashes.
    #[must_use]
    pub fn recorded(&self, hash: &RecordedHash) -> Vec<Match> {
        let value = &hash.value;
        let key = match hash.algorithm {
            HashAlgorithm::Md5 => value.parse().ok().map(|hash: Md5| key(&hash.0)),
            HashAlgorithm::Sha1 => value.parse().ok().map(|hash: Sha1| key(&hash.0)),
            HashAlgorithm::Sha256 => value.parse().ok().map(|hash: Sha256| key(&hash.0)),
            HashAlgorithm::Pdq => None,
        };
        let mut rows = Vec::new();
        if let Some(key) = key {
            self.table(hash.algorithm).find(&[key], &mut |_, row| rows.push(row));
        }
        if hash.algorithm == HashAlgorithm::Sha256 {
            let whole = value.parse().ok();
            rows.retain(|row| whole.is_some_and(|hash| self.has_sha256(*row, &hash)));
        }
        let basis = MatchBasis::Exact { algorithm: hash.algorithm, recorded_by_app: true };
        self.matches(rows.into_iter().map(|row| (row, basis)))
    }

    /// Every row whose PDQ lies within the threshold; none when the query's quality is below 50.
    /// Rows of one list with the same verdict and distance are named once, by the first.
    #[must_use]
    pub fn near(&self, pdq: &Pdq) -> Vec<Match> {
        self.near_many(std::slice::from_ref(pdq)).pop().unwrap_or_default()
    }

    /// [`KnownIndex::near`] for many pictures.
    #[must_use]
    pub fn near_many(&self, pdqs: &[Pdq]) -> Vec<Vec<Match>> {
        let threshold = self.settings.near_threshold;
        let look = Look::AsShown;
        let basis = |distance| MatchBasis::Near { distance, threshold, look };
        let matches = |rows: Vec<NearRow>| {
            self.matches(rows.into_iter().map(|near| (near.row, basis(near.distance))))
        };
        self.near_rows(pdqs).into_iter().map(matches).collect()
    }

    /// What [`KnownIndex::near_many`] goes by: the rows within the threshold, closest first,
    /// without reading them. [`KnownIndex::row`] reads one.
    #[must_use]
    pub fn near_rows(&self, pdqs: &[Pdq]) -> Vec<Vec<NearRow>> {
        let mut rows = vec![Vec::new(); pdqs.len()];
        let (numbers, queries): (Vec<usize>, Vec<_>) = (0..)
            .zip(pdqs)
            .filter(|(_, q)| q.matchable())
            .map(|(at, q)| (at, mix(&q.bits)))
            .unzip();
        for found in self.tables.near.within(&queries, self.settings.near_threshold) {
            let row = self.tables.near.row(found.hash).filter(|row| row & FRAME == 0);
            let rows = numbers.get(found.query as usize).and_then(|at| rows.get_mut(*at));
            if let (Some(row), Some(rows)) = (row, rows) {
                rows.push(NearRow { distance: found.distance, row });
            }
        }
        rows.iter_mut().for_each(|rows| rows.sort_unstable());
        rows
    }

    /// A row of [`KnownIndex::near_rows`]: its list, its place there, all that it says.
    #[must_use]
    pub fn row(&self, number: u32) -> Option<(&HashSetHeader, Place, KnownHash)> {
        self.lists.row(number).map(|(list, place, known)| (&list.header, place, known))
    }

    /// The lists asked, with their dates, sorted.
    #[must_use]
    pub fn against(&self) -> Vec<(HashSetId, String)> {
        let named = |list: &List| (list.header.id.clone(), list.header.dated.clone());
        self.lists.iter().map(named).collect()
    }

    /// Names the loaded lists and the thresholds: equal versions give equal statements, because a
    /// list of one id never changes (another object under the same id is a conflict in the store).
    #[must_use]
    pub fn version(&self) -> String {
        let MatchSettings { near_threshold, frames_min_percent, turned } = self.settings;
        let mut version =
            format!("pdq<={near_threshold};turned={turned};frames>={frames_min_percent}%");
        for list in self.lists.iter() {
            let (set, count) = (&list.header, list.file.len());
            let purpose = set.purpose.as_str();
            // Writing to a String cannot fail.
            let _ = write!(version, ";{}@{}:{purpose}:{count}", set.id, set.dated);
        }
        version
    }

    fn table(&self, algorithm: HashAlgorithm) -> &ExactIndex {
        match algorithm {
            HashAlgorithm::Md5 => &self.tables.md5,
            HashAlgorithm::Sha1 => &self.tables.sha1,
            // No hash of the other two ever reaches here.
            HashAlgorithm::Sha256 | HashAlgorithm::Pdq => &self.tables.sha256,
        }
    }

    /// The index keeps 20 bytes of a SHA-256; the row has all 32.
    fn has_sha256(&self, row: u32, hash: &Sha256) -> bool {
        self.lists.row(row).is_some_and(|(_, _, known)| known.sha256 == Some(*hash))
    }

    /// Matches of these rows, in order.
    pub(crate) fn matches(&self, rows: impl Iterator<Item = (u32, MatchBasis)>) -> Vec<Match> {
        self.in_order(rows.filter_map(|(row, basis)| self.to_match(row, basis)).collect())
    }

    pub(crate) fn in_order(&self, matches: Vec<Match>) -> Vec<Match> {
        in_order(matches, &self.crosswalk)
    }

    fn to_match(&self, row: u32, basis: MatchBasis) -> Option<Match> {
        let (list, place, known) = self.lists.row(row)?;
        let set = &list.header;
        Some(Match {
            hash_set: set.id.clone(),
            dated: set.dated.clone(),
            version: set.version.clone(),
            row: place,
            basis,
            category: known.code.map(|code| category(set, code)),
            series: known.series,
            is_distributed: known.is_distributed,
            alert: set.purpose.alerts(),
        })
    }
}

impl std::fmt::Debug for KnownIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the hashes: a log line must not carry what the lists hold.
        write!(f, "KnownIndex({} lists, {} rows)", self.lists.iter().count(), self.lists.rows())
    }
}

fn category(set: &HashSetHeader, code: String) -> Category {
    Category { scheme: set.scheme.clone(), code, by: set.source.clone(), basis: Basis::List }
}

fn compiled(rows: &[KnownHash]) -> Result<ListFile, crate::ListError> {
    let mut writer = ListWriter::new(Vec::new());
    rows.iter().try_for_each(|row| writer.push(&Place::Whole, row))?;
    ListFile::from_bytes(writer.finish()?.0)
}
