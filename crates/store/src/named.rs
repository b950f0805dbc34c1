//! Which objects the database speaks of, so that it can be told whether one is missing.
//!
//! Every object here was made durable before the database was told of it. The files that
//! fingerprints name are not here: they stay in their exhibit and are never copied.
//!
//! To add a source of objects: a column in [`COLUMNS`], or a function beside [`app_store_files`].

use crate::sql::{Session, key, values};
use crate::{Result, Store, StoredPlaces, facts, places};
use amparo_model::{Problem, Sha256};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Tables whose column `object` names bytes that were kept: all revisions of tips, lists, files of
/// which nothing could be read, and the stores that records were read from.
const COLUMNS: &[&str] = &[
    "tip_revisions",
    "hash_sets",
    "import_problems",
    "accounts",
    "contacts",
    "chats",
    "messages",
    "transfers",
    "receipts",
    "calls",
    "signals",
];

/// Kind of the jobs that read an app's store.
const APP_STORE: &str = "app_store";

/// The part of such a job that names the files it kept.
#[derive(Deserialize)]
struct StoreFiles {
    main: String,
    #[serde(default)]
    companions: Vec<String>,
}

impl Store {
    /// Every object that the database names and that was therefore once durable.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn named_objects(&self) -> Result<BTreeSet<Sha256>> {
        let mut session = self.read().await?;
        let mut named = BTreeSet::new();
        let mut columns: Vec<String> =
            COLUMNS.iter().map(|table| format!("SELECT object FROM {table}")).collect();
        columns.push("SELECT rows_object FROM hash_sets".to_owned());
        for row in session.rows(&columns.join(" UNION "), vec![]).await? {
            named.insert(row.parsed(0)?);
        }
        let sql = "SELECT value FROM settings WHERE name = $1";
        for row in session.rows(sql, values![places::SETTING]).await? {
            named.insert(row.json::<StoredPlaces>(0)?.object);
        }
        named.extend(of_problems(&mut session).await?);
        named.extend(app_store_files(&mut session).await?);
        Ok(named)
    }
}

/// A store of which nothing but problems could be read still has a place to point to.
async fn of_problems(session: &mut Session<'_>) -> Result<Vec<Sha256>> {
    let sql = "SELECT p.body FROM fact_problems p JOIN facts f ON f.id = p.fact \
               WHERE f.body_kind = $1";
    let mut found = Vec::new();
    for row in session.rows(sql, values![facts::RECORDS]).await? {
        found.extend(row.json::<Problem>(0)?.at.map(|at| at.object));
    }
    Ok(found)
}

/// Main file and companions of the stores that were read; no record need lie in a companion.
async fn app_store_files(session: &mut Session<'_>) -> Result<Vec<Sha256>> {
    let sql = "SELECT evidence, payload FROM jobs WHERE kind = $1 AND state = 'done'";
    let mut found = Vec::new();
    for row in session.rows(sql, values![APP_STORE]).await? {
        let files: StoreFiles = row.json(1)?;
        let paths: Vec<String> =
            std::iter::once(&files.main).chain(&files.companions).map(|path| key(path)).collect();
        let sql = "SELECT sha256 FROM entries WHERE evidence = $1 AND path_key IN";
        for entry in session.rows_in(sql, values![row.text(0)?], &paths).await? {
            found.extend(entry.opt_parsed::<Sha256>(0)?);
        }
    }
    Ok(found)
}
