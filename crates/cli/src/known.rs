//! The lists in use, mapped and ready for look-ups.

use crate::{error::CliError, session::Session};
use amparo_matching::{IndexError, KnownIndex, MatchSettings, Opened};
use std::path::PathBuf;

/// Folder of the index files in the data folder. All of it can be made again from the lists.
const FOLDER: &str = "index";

/// Opens the index over all lists in use. Where it is missing, or its files are damaged, it is
/// built from the lists' rows.
///
/// # Errors
/// [`CliError::Storage`] when database or disk do not answer, or when the rows of a list are
/// missing or damaged.
pub async fn known(session: &Session) -> Result<KnownIndex, CliError> {
    open(session).await.map(|(index, _)| index)
}

/// [`known`], and what had to be built.
///
/// # Errors
/// As [`known`].
pub async fn open(session: &Session) -> Result<(KnownIndex, Opened), CliError> {
    let sets = session.store.hash_sets().await?;
    let lists: Vec<(_, PathBuf)> =
        sets.into_iter().map(|set| (set.header, session.objects.path(&set.rows_object))).collect();
    let settings = MatchSettings {
        near_threshold: session.config.near_threshold,
        frames_min_percent: session.config.frames_min_percent,
        turned: session.config.turned,
    };
    KnownIndex::open(&session.folder.join(FOLDER), lists, &settings).map_err(failed)
}

fn failed(error: IndexError) -> CliError {
    let remedy = match &error {
        IndexError::List { id, .. } => format!("; load it again with `hashset update`: {id}"),
        _ => String::new(),
    };
    CliError::storage("index", format!("{error}{remedy}"))
}
