//! What a parser says about itself as data: help, lists, limits and tests are derived from it.
//!
//! To add a field: add it to [`Spec`], fill it in every unit, and let a tree-wide test read it.

use amparo_model::RecordKind;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// The declaration of one parser.
#[derive(Debug)]
pub struct Spec {
    /// Equal to the stem of the unit's file.
    pub id: &'static str,
    /// One sentence for people, without a claim beyond what is read.
    pub title: &'static str,
    /// Which family the unit belongs to; names its folder.
    pub family: Family,
    /// Package or bundle names of the apps that write the format.
    pub apps: &'static [&'static str],
    /// Path globs of the main file, compared without regard to case.
    pub claims: &'static [&'static str],
    /// Files beside the main one that the parser reads when they are there.
    pub companions: &'static [Companion],
    /// Which kinds of record it may emit.
    pub emits: &'static [RecordKind],
    /// Grows whenever the output for the same bytes changes.
    pub version: u32,
    /// How well the format facts are founded.
    pub tier: Tier,
    /// What it was tried on: sample, app version, rows.
    pub tested_on: &'static [&'static str],
    /// What it does not read or cannot know. Never empty.
    pub gaps: &'static [&'static str],
    /// Where the format facts come from.
    pub references: &'static [&'static str],
    /// How times are stored and what is known of their zone.
    pub time: &'static str,
    /// Ceilings beyond which it stops and says so.
    pub limits: Limits,
}

/// Which folder a unit lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Tips as clearing houses send them.
    Tip,
    /// Stores and exports of apps.
    App,
    /// Lists of known hashes.
    HashSet,
}

impl Family {
    /// The folder's name.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Tip => "tips",
            Self::App => "apps",
            Self::HashSet => "hashsets",
        }
    }
}

/// How well the format facts of a unit are founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Tried on a store that the app wrote.
    Proven,
    /// Taken from a source that reads or writes the format; not tried on a file of the app.
    FromVendorSource,
    /// Written, never run on anything but its own fixture.
    Unexercised,
}

/// A file that a parser reads beside its main file.
#[derive(Debug)]
pub struct Companion {
    /// Path glob relative to the folder of the main file. `{main}` stands for the main file's name,
    /// a leading `../` for the folder above.
    pub path: &'static str,
    /// What it adds.
    pub adds: &'static str,
}

/// Ceilings of one parse.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Size of each input, in bytes.
    pub input_bytes: u64,
    /// Records handed out.
    pub records: u64,
    /// Nesting of brackets or the like.
    pub nesting: usize,
    /// Wall time for each megabyte of input, in milliseconds; the sandbox enforces it.
    pub wall_ms_per_mb: u64,
    /// Memory of the worker process, in bytes; the sandbox enforces it.
    pub memory_bytes: u64,
}

impl Spec {
    /// Whether the path looks like a main file of this parser.
    #[must_use]
    pub fn claims_path(&self, path: &str) -> bool {
        globs(self.claims.iter().map(|glob| (*glob).to_owned())).is_match(path)
    }

    /// A test for the companions of one main file, for use on many paths.
    #[must_use]
    pub fn companions_of(&self, main: &str) -> CompanionTest {
        CompanionTest { set: globs(self.companions.iter().map(|c| resolve(c.path, main))) }
    }
}

/// Tells the companions of one main file among other paths.
#[derive(Debug)]
pub struct CompanionTest {
    set: GlobSet,
}

impl CompanionTest {
    /// Whether the path is a companion.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.set.is_match(path)
    }
}

/// Globs that do not compile match nothing; a tree-wide test finds them.
pub(crate) fn globs(patterns: impl Iterator<Item = String>) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let mut builder = GlobBuilder::new(&pattern);
        if let Ok(glob) = builder.case_insensitive(true).literal_separator(true).build() {
            set.add(glob);
        }
    }
    set.build().unwrap_or_default()
}

pub(crate) fn name_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

fn resolve(companion: &str, main: &str) -> String {
    let (mut folder, name) = main.rsplit_once('/').unwrap_or(("", main));
    let mut rest = companion;
    while let Some(below) = rest.strip_prefix("../") {
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        rest = below;
    }
    let rest = rest.replace("{main}", &escape(name));
    if folder.is_empty() { rest } else { format!("{}/{rest}", escape(folder)) }
}

/// Paths in evidence may hold the characters that globs use.
fn escape(text: &str) -> String {
    globset::escape(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn companions_are_found_beside_and_above_the_main_file() {
        let check = |companion, main, path| {
            let set = globs(std::iter::once(resolve(companion, main)));
            assert!(set.is_match(path), "{companion} of {main} should match {path}");
        };
        check("{main}-wal", "a/b/store.db", "a/b/store.db-wal");
        check("{main}-wal", "store.db", "store.db-wal");
        check("../prefs/app*.xml", "a[1]/db/store.db", "a[1]/prefs/app_light.xml");
    }

    #[test]
    fn a_companion_lies_in_one_folder_only() {
        let set = globs(std::iter::once(resolve("wa.db", "a/db/msgstore.db")));
        assert!(!set.is_match("b/db/wa.db"));
        assert!(!set.is_match("a/db/deep/wa.db"));
    }
}
