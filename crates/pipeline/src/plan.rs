//! From a listing to jobs in first-look order. Pure: paths and first bytes in, jobs out.
//!
//! App stores come first because what was exchanged tells most about a child in danger; camera
//! folders come before the rest because what was made on the device is most often unseen.

use amparo_model::{Entry, EvidenceId, Wave};
use amparo_parsers::{CompanionTest, Family, PARSERS, Parser, Spec, claiming, may_accompany};
use amparo_store::NewJob;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// Work of one job: little enough to stop quickly, enough to share one commit, as files of which
/// only the hashes are computed. One that is named like a picture or video, and so is decoded,
/// counts as many of them, and so does a megabyte.
const COST_PER_JOB: u64 = 8_192;
const DECODED_COST: u64 = 256;
const MEGABYTE_COST: u64 = 8;

/// Ends of names, in lower case, of what decoders look at.
const DECODED: &[&str] = &[
    ".3gp", ".avi", ".avif", ".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".m4v", ".mkv",
    ".mov", ".mp4", ".mpg", ".png", ".tif", ".tiff", ".webm", ".webp", ".wmv",
];

/// Folder names, in lower case, that phones and computers give to pictures made by their owner.
const CAMERA_FOLDERS: &[&str] = &["dcim", "camera", "camera roll", "100andro", "100apple"];

/// Folder names, in lower case, on the way to where phones and computers keep what apps store.
const APP_FOLDERS: &[&str] = &[
    "0",
    "android",
    "appdata",
    "appgroup",
    "application",
    "application support",
    "applications",
    "apps",
    "containers",
    "data",
    "databases",
    "documents",
    "files",
    "home",
    "library",
    "local",
    "media",
    "mobile",
    "private",
    "roaming",
    "shared",
    "user",
    "user_de",
    "users",
    "var",
];

/// Folder names, in lower case, that a listing walks before all others: those that parsers name in
/// their claims, and those on the way there.
#[must_use]
pub fn first_folders() -> BTreeSet<String> {
    let apps = PARSERS.iter().filter(|parser| parser.spec().family == Family::App);
    let claims = apps.flat_map(|parser| parser.spec().claims);
    let named = claims.flat_map(|claim| folder_of(claim).split('/'));
    let plain = named.filter(|name| !name.is_empty() && !name.contains(['*', '?', '[', '{']));
    let known = APP_FOLDERS.iter().copied();
    plain.chain(known).map(str::to_lowercase).collect()
}

/// What an app-store job needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppStoreJob {
    /// Parser id.
    pub parser: String,
    /// Path of the main file.
    pub main: String,
    /// Paths of the companion files that exist.
    pub companions: Vec<String>,
}

impl AppStoreJob {
    /// All files of the store, the main one first.
    pub(crate) fn files(self) -> impl Iterator<Item = String> {
        std::iter::once(self.main).chain(self.companions)
    }
}

/// What a fingerprint job needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FingerprintJob {
    /// Paths of the files.
    pub paths: Vec<String>,
}

/// The parser that claims this path and recognises its first bytes.
#[must_use]
pub fn parser_for(path: &str, head: &[u8]) -> Option<&'static Spec> {
    claiming(path).find(|parser| parser.probe(head)).map(Parser::spec)
}

/// Whether a parser claims this path by its name, whatever it holds.
#[must_use]
pub fn is_claimed(path: &str) -> bool {
    claiming(path).next().is_some()
}

/// Whether the path may be one of an app store: its main file, or a companion.
#[must_use]
pub fn may_belong(path: &str) -> bool {
    may_accompany(path) || is_claimed(path)
}

/// App stores that were met, waiting for their companions: paths are offered one by one, in any
/// order, so that a listing of any length needs no more memory than its stores.
#[derive(Default)]
pub struct Stores {
    mains: Vec<Main>,
    /// Folders in which companions of these may lie.
    beside: HashMap<String, Vec<usize>>,
}

struct Main {
    spec: &'static Spec,
    path: String,
    test: CompanionTest,
    companions: BTreeSet<String>,
}

impl Stores {
    /// One more store.
    pub fn add(&mut self, spec: &'static Spec, path: &str) {
        for folder in folders_beside(spec, path) {
            self.beside.entry(folder).or_default().push(self.mains.len());
        }
        let (test, path) = (spec.companions_of(path), path.to_owned());
        self.mains.push(Main { spec, path, test, companions: BTreeSet::new() });
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.mains.is_empty()
    }

    /// A listed path, which may be a companion of some.
    pub fn offer(&mut self, path: &str) {
        for at in self.beside.get(folder_of(path)).into_iter().flatten() {
            if let Some(main) = self.mains.get_mut(*at)
                && path != main.path
                && main.test.matches(path)
            {
                main.companions.insert(path.to_owned());
            }
        }
    }

    /// The jobs that read them.
    #[must_use]
    pub fn jobs(self, evidence: &EvidenceId) -> Vec<NewJob> {
        self.mains.into_iter().map(|main| app_store_job(evidence, main)).collect()
    }
}

/// The folders in which a store's companions lie.
#[must_use]
pub fn folders_beside(spec: &Spec, main: &str) -> BTreeSet<String> {
    spec.companions.iter().map(|companion| beside(main, companion.path)).collect()
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folder in which a companion lies: `../prefs/*.xml` beside `a/db/main` is in `a/prefs`.
fn beside(main: &str, companion: &str) -> String {
    let (mut folder, mut rest) = (folder_of(main), companion);
    while let Some(below) = rest.strip_prefix("../") {
        folder = folder_of(folder);
        rest = below;
    }
    match (folder, folder_of(rest)) {
        (folder, "") => folder.to_owned(),
        ("", below) => below.to_owned(),
        (folder, below) => format!("{folder}/{below}"),
    }
}

fn app_store_job(evidence: &EvidenceId, main: Main) -> NewJob {
    let Main { spec, path: main, companions, .. } = main;
    let key = format!("{}:{main}", spec.id);
    let companions = companions.into_iter().collect();
    let job = AppStoreJob { parser: spec.id.to_owned(), main, companions };
    NewJob {
        kind: crate::stage::APP_STORE.id.to_owned(),
        evidence: evidence.clone(),
        wave: Wave::AppStores.number(),
        key,
        payload: serde_json::to_value(job).unwrap_or_default(),
    }
}

/// Gathers files into jobs that fingerprint them. A job's key is its first path, so that planning
/// the same files again enqueues nothing.
pub struct Chunks {
    evidence: EvidenceId,
    wave: Wave,
    paths: Vec<String>,
    cost: u64,
}

impl Chunks {
    /// None gathered yet.
    #[must_use]
    pub fn new(evidence: &EvidenceId, wave: Wave) -> Self {
        Self { evidence: evidence.clone(), wave, paths: Vec::new(), cost: 0 }
    }

    /// One more file; the job of those before, when they are enough for one.
    pub fn add(&mut self, path: &str, size: u64) -> Option<NewJob> {
        let full = if self.cost >= COST_PER_JOB { self.end() } else { None };
        let of_size = (size >> 20).saturating_mul(MEGABYTE_COST);
        self.cost = self.cost.saturating_add(cost_of(path)).saturating_add(of_size);
        self.paths.push(path.to_owned());
        full
    }

    /// The job of those that are left.
    pub fn end(&mut self) -> Option<NewJob> {
        self.cost = 0;
        let paths = std::mem::take(&mut self.paths);
        let first = paths.first()?;
        Some(NewJob {
            kind: crate::stage::FINGERPRINT.id.to_owned(),
            evidence: self.evidence.clone(),
            wave: self.wave.number(),
            key: format!("{}:{first}", self.wave.number()),
            payload: serde_json::to_value(FingerprintJob { paths }).unwrap_or_default(),
        })
    }
}

/// Jobs that fingerprint these entries in `wave`.
#[must_use]
pub fn fingerprint_jobs<'e>(
    evidence: &EvidenceId,
    wave: Wave,
    entries: impl IntoIterator<Item = &'e Entry>,
) -> Vec<NewJob> {
    let mut chunks = Chunks::new(evidence, wave);
    let mut jobs: Vec<NewJob> =
        entries.into_iter().filter_map(|entry| chunks.add(&entry.path, entry.size)).collect();
    jobs.extend(chunks.end());
    jobs
}

fn cost_of(path: &str) -> u64 {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    if DECODED.iter().any(|end| name.ends_with(end)) { DECODED_COST } else { 1 }
}

/// Camera or rest; what was exchanged is known only after the stores.
#[must_use]
pub fn wave_of(path: &str) -> Wave {
    if in_camera_folder(path) { Wave::Camera } else { Wave::Rest }
}

fn in_camera_folder(path: &str) -> bool {
    folder_of(path)
        .split('/')
        .any(|folder| CAMERA_FOLDERS.contains(&folder.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn camera_folders_come_before_the_rest() {
        let check = |path, wave| assert_eq!(wave_of(path), wave, "{path}");
        check("sdcard/DCIM/Camera/a.jpg", Wave::Camera);
        check("sdcard/Download/b.jpg", Wave::Rest);
        check("DCIM.txt", Wave::Rest);
    }

    #[test]
    fn a_store_brings_the_companions_of_its_own_folders_only() {
        let paths = [
            "a/databases/msgstore.db",
            "a/databases/wa.db",
            "a/databases/msgstore.db-wal",
            "b/databases/wa.db",
        ];
        let spec = amparo_parsers::by_id("whatsapp_android").unwrap().spec();
        let mut stores = Stores::default();
        stores.add(spec, paths[0]);
        paths.iter().for_each(|path| stores.offer(path));
        let jobs = stores.jobs(&EvidenceId::new("E-1").unwrap());
        let job: AppStoreJob = serde_json::from_value(jobs[0].payload.clone()).unwrap();
        assert_eq!(job.main, paths[0]);
        assert_eq!(job.companions, [paths[2], paths[1]]);
    }

    #[test]
    fn what_may_belong_to_a_store_is_known_by_its_name() {
        let may = ["a/databases/msgstore.db", "a/databases/MSGSTORE.db-wal", "b/c/wa.db"];
        may.iter().for_each(|path| assert!(may_belong(path), "{path}"));
        assert!(!may_belong("a/databases/holiday.jpg"));
    }

    #[test]
    fn planning_twice_gives_the_same_keys() {
        let evidence = EvidenceId::new("E-1").unwrap();
        let entry = |n: u64, size| Entry {
            path: format!("f{n:03}.jpg"),
            size,
            modified_at: None,
            hashes: None,
            place: Vec::new(),
            deleted: false,
        };
        let keys = |size: u64| {
            let entries: Vec<Entry> = (0..70).map(|n| entry(n, size)).collect();
            let jobs = fingerprint_jobs(&evidence, Wave::Rest, &entries);
            jobs.into_iter().map(|job| job.key).collect::<Vec<_>>()
        };
        assert_eq!(keys(10), ["4:f000.jpg", "4:f032.jpg", "4:f064.jpg"]);
        assert_eq!(keys(10), keys(10));
        assert_eq!(keys(u64::MAX).len(), 70, "a job for each giant");
    }
}
