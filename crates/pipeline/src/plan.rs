//! From a listing to jobs in first-look order. Pure: paths and first bytes in, jobs out.
//!
//! App stores come first because what was exchanged tells most about a child in danger; camera
//! folders come before the rest because what was made on the device is most often unseen.

use amparo_model::{EvidenceId, Wave};
use amparo_parsers::{Family, PARSERS, Parser, Spec};
use amparo_store::NewJob;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Work of one job: little enough to stop quickly, enough to share one commit. A file costs one,
/// one that is named like a picture or video, and so is decoded, sixteen.
pub const COST_PER_JOB: usize = 512;
const DECODED_COST: usize = 16;

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

/// What a fingerprint job needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FingerprintJob {
    /// Paths of the files.
    pub paths: Vec<String>,
}

/// Decides which listed paths are app stores and which companions they bring.
pub struct Planner {
    claims: Vec<(&'static dyn Parser, GlobSet)>,
}

impl Planner {
    /// Compiles the claims of all app parsers. A claim that is no valid glob claims nothing; the
    /// parsers' tree-wide tests refuse such a claim.
    #[must_use]
    pub fn new() -> Self {
        let apps = PARSERS.iter().copied().filter(|p| p.spec().family == Family::App);
        Self { claims: apps.map(|parser| (parser, globs(parser.spec()))).collect() }
    }

    /// The parser that claims this path and recognises its first bytes.
    #[must_use]
    pub fn parser_for(&self, path: &str, head: &[u8]) -> Option<&'static dyn Parser> {
        let claims = |set: &GlobSet| set.is_match(path);
        self.claims.iter().find(|(p, set)| claims(set) && p.probe(head)).map(|(p, _)| *p)
    }

    /// Parsers that claim this path by its name, whatever it holds.
    #[must_use]
    pub fn claimed_by(&self, path: &str) -> Vec<&'static Spec> {
        let hit = self.claims.iter().filter(|(_, set)| set.is_match(path));
        hit.map(|(parser, _)| parser.spec()).collect()
    }
}

impl Default for Planner {
    fn default() -> Self {
        Self::new()
    }
}

/// Listed paths by folder, so that a store finds its companions without asking every path: a
/// listing may hold thousands of files named like a store.
pub struct Folders<'p> {
    paths: BTreeMap<&'p str, Vec<&'p str>>,
}

impl<'p> Folders<'p> {
    /// Indexes the listed paths.
    #[must_use]
    pub fn new(listed: impl Iterator<Item = &'p str>) -> Self {
        let mut paths: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in listed {
            paths.entry(folder_of(path)).or_default().push(path);
        }
        Self { paths }
    }

    /// The companions of a main file that are listed, sorted.
    #[must_use]
    pub fn companions(&self, spec: &Spec, main: &str) -> Vec<String> {
        let test = spec.companions_of(main);
        let folders = folders_beside(spec, main);
        let listed = folders.iter().filter_map(|folder| self.paths.get(folder.as_str())).flatten();
        let mut found: Vec<String> = listed
            .filter(|path| **path != main && test.matches(path))
            .map(|path| (*path).to_owned())
            .collect();
        found.sort();
        found
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

/// The job that reads one app store.
#[must_use]
pub fn app_store_job(
    evidence: &EvidenceId,
    spec: &Spec,
    main: &str,
    folders: &Folders<'_>,
) -> NewJob {
    let companions = folders.companions(spec, main);
    let job = AppStoreJob { parser: spec.id.to_owned(), main: main.to_owned(), companions };
    NewJob {
        kind: crate::stage::APP_STORE.id.to_owned(),
        evidence: evidence.clone(),
        wave: Wave::AppStores.number(),
        key: format!("{}:{main}", spec.id),
        payload: serde_json::to_value(job).unwrap_or_default(),
    }
}

/// Jobs that fingerprint `paths` in `wave`. The key is the first path, so that planning the same
/// files again enqueues nothing.
#[must_use]
pub fn fingerprint_jobs(evidence: &EvidenceId, wave: Wave, paths: &[String]) -> Vec<NewJob> {
    let job = |paths: &[String]| NewJob {
        kind: crate::stage::FINGERPRINT.id.to_owned(),
        evidence: evidence.clone(),
        wave: wave.number(),
        key: format!("{}:{}", wave.number(), paths.first().map_or("", String::as_str)),
        payload: serde_json::to_value(FingerprintJob { paths: paths.to_vec() }).unwrap_or_default(),
    };
    let mut jobs = Vec::new();
    let (mut from, mut cost) = (0, 0);
    for (at, path) in paths.iter().enumerate() {
        if cost >= COST_PER_JOB {
            jobs.extend(paths.get(from..at).map(job));
            (from, cost) = (at, 0);
        }
        cost += cost_of(path);
    }
    jobs.extend(paths.get(from..).filter(|rest| !rest.is_empty()).map(job));
    jobs
}

fn cost_of(path: &str) -> usize {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    if DECODED.iter().any(|end| name.ends_with(end)) { DECODED_COST } else { 1 }
}

/// Splits all listed paths into camera and rest; exchanged media is known only after the stores.
#[must_use]
pub fn by_wave<'p>(paths: impl Iterator<Item = &'p str>) -> BTreeMap<Wave, Vec<String>> {
    let mut waves: BTreeMap<Wave, Vec<String>> = BTreeMap::new();
    for path in paths {
        let wave = if in_camera_folder(path) { Wave::Camera } else { Wave::Rest };
        waves.entry(wave).or_default().push(path.to_owned());
    }
    waves
}

fn in_camera_folder(path: &str) -> bool {
    folder_of(path)
        .split('/')
        .any(|folder| CAMERA_FOLDERS.contains(&folder.to_lowercase().as_str()))
}

fn globs(spec: &Spec) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for claim in spec.claims {
        if let Ok(glob) =
            GlobBuilder::new(claim).case_insensitive(true).literal_separator(true).build()
        {
            set.add(glob);
        }
    }
    set.build().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn camera_folders_come_before_the_rest() {
        let paths = ["sdcard/DCIM/Camera/a.jpg", "sdcard/Download/b.jpg", "DCIM.txt"];
        let waves = by_wave(paths.into_iter());
        assert_eq!(waves[&Wave::Camera], ["sdcard/DCIM/Camera/a.jpg"]);
        assert_eq!(waves[&Wave::Rest], ["sdcard/Download/b.jpg", "DCIM.txt"]);
    }

    #[test]
    fn a_store_brings_the_companions_of_its_own_folders_only() {
        let paths = [
            "a/databases/msgstore.db",
            "a/databases/msgstore.db-wal",
            "a/databases/wa.db",
            "b/databases/wa.db",
        ];
        let spec = amparo_parsers::by_id("whatsapp_android").unwrap().spec();
        let found = Folders::new(paths.into_iter()).companions(spec, paths[0]);
        assert_eq!(found, [paths[1], paths[2]]);
    }

    #[test]
    fn planning_twice_gives_the_same_keys() {
        let evidence = EvidenceId::new("E-1").unwrap();
        let paths: Vec<String> = (0..70).map(|n| format!("f{n:03}.jpg")).collect();
        let keys = |jobs: Vec<NewJob>| jobs.into_iter().map(|job| job.key).collect::<Vec<_>>();
        let first = keys(fingerprint_jobs(&evidence, Wave::Rest, &paths));
        assert_eq!(first, ["4:f000.jpg", "4:f032.jpg", "4:f064.jpg"]);
        assert_eq!(first, keys(fingerprint_jobs(&evidence, Wave::Rest, &paths)));
    }
}
