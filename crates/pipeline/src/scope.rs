//! What the authorisation lets us read: categories, cloud folders, dates, and until when. What lies
//! outside is listed as a problem of its own kind and not read.

use amparo_model::{
    Authorisation, DataCategory, Entry, Located, Moment, Problem, ProblemKind, Record, UtcMillis,
};
use std::collections::BTreeMap;

/// Folder names, in lower case, under which programs keep copies of what lies in remote services.
/// From the programs' own documentation; reviewed 2026-11.
const CLOUD_FOLDERS: &[&str] = &[
    "box sync",
    "cloudstorage",
    "com.box.android",
    "com.dropbox.android",
    "com.google.android.apps.docs",
    "com.google.android.apps.photos",
    "com.microsoft.skydrive",
    "com~apple~clouddocs",
    "dropbox",
    "google drive",
    "icloud drive",
    "iclouddrive",
    "mega.privacy.android.app",
    "mobile documents",
    "onedrive",
];

/// What may be read, as the stages ask it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    categories: Vec<DataCategory>,
    data_from: Option<UtcMillis>,
    data_until: Option<UtcMillis>,
    expires_at: UtcMillis,
}

impl Scope {
    /// The scope of an order.
    #[must_use]
    pub fn of(order: &Authorisation) -> Self {
        Self {
            categories: order.categories.clone(),
            data_from: order.data_from,
            data_until: order.data_until,
            expires_at: order.valid_until,
        }
    }

    /// Nothing may be read: for work on what was read before.
    #[must_use]
    pub fn nothing() -> Self {
        let (categories, expires_at) = (Vec::new(), UtcMillis(i64::MIN));
        Self { categories, data_from: None, data_until: None, expires_at }
    }

    /// Whether data of this kind may be read.
    #[must_use]
    pub fn covers(&self, category: DataCategory) -> bool {
        self.categories.contains(&category)
    }

    /// Whether nothing may be read any more.
    #[must_use]
    pub fn has_expired(&self, now: UtcMillis) -> bool {
        now > self.expires_at
    }

    /// Why an entry may not be read, in words; `None` when it may. A file without a date of its own
    /// may be: nothing says that it lies outside.
    #[must_use]
    pub fn excludes(&self, entry: &Entry) -> Option<String> {
        if !self.covers(DataCategory::Cloud) && in_cloud_folder(&entry.path) {
            return Some(not_covered(DataCategory::Cloud));
        }
        let outside = entry.modified_at.is_some_and(|at| !self.covers_time(at));
        outside.then(|| format!("dated outside {}; not read", self.dates()))
    }

    /// Why a store of an app may not be read. Its own date says nothing of its oldest message, so
    /// it is read and its records are sorted out ([`Scope::keep`]).
    #[must_use]
    pub fn excludes_store(&self, path: &str) -> Option<String> {
        if !self.covers(DataCategory::Communications) {
            return Some(not_covered(DataCategory::Communications));
        }
        let cloud = !self.covers(DataCategory::Cloud) && in_cloud_folder(path);
        cloud.then(|| not_covered(DataCategory::Cloud))
    }

    /// Takes out the records dated outside the order and says how many there were. Records without
    /// a date stay.
    #[must_use]
    pub fn keep(&self, records: &mut Vec<Located<Record>>, store: &str) -> Option<Problem> {
        if !self.is_dated() {
            return None;
        }
        let before = records.len();
        records.retain(|record| instant(record.record()).is_none_or(|at| self.covers_time(at)));
        let left_out = before - records.len();
        let detail = format!("{left_out} records dated outside {}; left out", self.dates());
        (left_out > 0).then(|| problem(store, detail))
    }

    /// Distinguishes facts made under dates from those made without.
    #[must_use]
    pub fn dates_key(&self) -> Option<String> {
        self.is_dated().then(|| self.dates())
    }

    fn is_dated(&self) -> bool {
        self.data_from.is_some() || self.data_until.is_some()
    }

    fn covers_time(&self, at: UtcMillis) -> bool {
        self.data_from.is_none_or(|from| at >= from)
            && self.data_until.is_none_or(|until| at <= until)
    }

    fn dates(&self) -> String {
        let words = |at: Option<UtcMillis>| at.map_or("...".to_owned(), |at| at.to_string());
        format!("{} to {}", words(self.data_from), words(self.data_until))
    }
}

/// What lies outside, counted by folder: an exhibit may hold a million files.
#[derive(Debug, Default)]
pub struct Excluded(BTreeMap<(String, String), u64>);

impl Excluded {
    /// One more file.
    pub fn add(&mut self, path: &str, why: String) {
        let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned();
        *self.0.entry((folder, why)).or_default() += 1;
    }

    /// One problem for each folder and reason.
    #[must_use]
    pub fn problems(self) -> Vec<Problem> {
        let line = |((folder, why), count): ((String, String), u64)| {
            problem(&folder, format!("{count} files: {why}"))
        };
        self.0.into_iter().map(line).collect()
    }
}

/// The words for a category that is not covered.
#[must_use]
pub fn not_covered(category: DataCategory) -> String {
    format!("the authorisation does not cover {}; not read", category.as_str())
}

/// Something outside the authorisation.
#[must_use]
pub fn problem(subject: &str, detail: String) -> Problem {
    Problem { kind: ProblemKind::OutOfScope, at: None, subject: subject.to_owned(), detail }
}

fn in_cloud_folder(path: &str) -> bool {
    let folders = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_lowercase();
    folders.split('/').any(|folder| CLOUD_FOLDERS.contains(&folder))
}

fn instant(record: &Record) -> Option<UtcMillis> {
    let at: Option<&Moment> = match record {
        Record::Message(message) => message.at.as_ref(),
        Record::Transfer(transfer) => transfer.at.as_ref(),
        Record::Receipt(receipt) => receipt.delivered_at.as_ref().or(receipt.read_at.as_ref()),
        Record::Call(call) => call.at.as_ref(),
        _ => None,
    };
    at?.utc
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(categories: &[DataCategory]) -> Scope {
        Scope {
            categories: categories.to_vec(),
            data_from: Some(UtcMillis(1_000)),
            data_until: Some(UtcMillis(2_000)),
            expires_at: UtcMillis(9_000),
        }
    }

    #[test]
    fn what_lies_outside_is_named_with_its_reason() {
        let all = scope(&DataCategory::ALL);
        let phone = scope(&[DataCategory::Communications, DataCategory::Media]);
        let check = |scope: &Scope, path: &str, at: Option<i64>, expect: Option<&str>| {
            let entry = Entry {
                path: path.to_owned(),
                size: 1,
                modified_at: at.map(UtcMillis),
                hashes: None,
                place: Vec::new(),
                deleted: false,
            };
            let why = scope.excludes(&entry);
            let fits = match (&why, expect) {
                (Some(why), Some(expect)) => why.contains(expect),
                (None, None) => true,
                _ => false,
            };
            assert!(fits, "{path} {at:?}: {why:?}");
        };
        check(&all, "a/b.jpg", Some(1_000), None);
        check(&all, "a/b.jpg", Some(2_001), Some("outside"));
        check(&all, "a/b.jpg", Some(999), Some("outside"));
        check(&all, "a/b.jpg", None, None);
        check(&all, "Dropbox/b.jpg", Some(1_500), None);
        check(&phone, "Users/a/Dropbox/b.jpg", Some(1_500), Some("cloud"));
        check(&phone, "Users/a/My Dropbox.jpg", Some(1_500), None);
        assert!(all.has_expired(UtcMillis(9_001)) && !all.has_expired(UtcMillis(9_000)));
    }

    #[test]
    fn files_outside_are_counted_by_folder() {
        let mut excluded = Excluded::default();
        for path in ["a/1", "a/2", "b/1"] {
            excluded.add(path, "late".to_owned());
        }
        let words: Vec<String> = excluded.problems().into_iter().map(|p| p.detail).collect();
        assert_eq!(words, ["2 files: late", "1 files: late"]);
    }
}
