//! `hashset show`: one list with all its editions, what was rejected, and rows of a hash.

use crate::commands::evidence_status::{Staged, show_problems};
use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_matching::ListFile;
use amparo_model::{HashSetHeader, HashSetId, KnownHash, Place, Problem, Sha256, UtcMillis};
use amparo_store::StoredHashSet;
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "hashset show",
    about: "Show a list: its editions, what was rejected, and the rows with a given hash",
    examples: &[
        "amparo hashset show national",
        "amparo hashset show national --hash d41d8cd98f00b204e9800998ecf8427f --json",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The list
    pub id: HashSetId,
    /// Show the rows of the current edition that hold this MD5, SHA-1, SHA-256 or PDQ
    #[arg(long)]
    pub hash: Option<String>,
}

/// A list with its history.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// The list.
    pub id: HashSetId,
    /// Oldest first.
    pub editions: Vec<Edition>,
    /// Rejected rows of the newest edition, up to ten thousand.
    pub problems: Vec<Problem>,
    /// Rows with the hash asked for.
    pub rows: Vec<Row>,
}

/// One edition.
#[derive(Debug, Serialize)]
pub struct Edition {
    /// 1 for the first.
    pub edition: u32,
    /// What it says of itself.
    pub header: HashSetHeader,
    /// The file it came from.
    pub object: Sha256,
    /// Which importer read it, with its version.
    pub parser: String,
    /// Rows in use.
    pub stored: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// When it was imported.
    pub imported_at: UtcMillis,
    /// By whom.
    pub imported_by: String,
    /// When, by whom and why it ceased to count.
    pub retired: Option<(UtcMillis, String, String)>,
}

/// One row of the list.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Where it lies in the file.
    pub place: Place,
    /// What it says.
    pub known: KnownHash,
}

impl Outcome for Shown {
    fn show(&self, page: &mut Page<'_>) {
        for edition in &self.editions {
            show_edition(edition, page);
        }
        let staged =
            |problem: &Problem| Staged { stage: self.id.to_string(), problem: problem.clone() };
        let problems: Vec<Staged> = self.problems.iter().map(staged).collect();
        show_problems(&problems, page);
        let row = |row: &Row| {
            let known = &row.known;
            vec![
                row.place.to_string(),
                known.md5.map(|hash| hash.to_string()).unwrap_or_default(),
                known.code.clone().unwrap_or_default(),
                known.series.clone().unwrap_or_default(),
            ]
        };
        if !self.rows.is_empty() {
            let heads = ["cli-head-place", "cli-head-hash", "cli-head-code", "cli-head-series"];
            page.table(&heads, self.rows.iter().map(row).collect());
        }
    }
}

fn show_edition(edition: &Edition, page: &mut Page<'_>) {
    let header = &edition.header;
    let numbers = [u64::from(edition.edition), edition.stored, edition.rejected];
    let [number, stored, rejected] = numbers.map(|n| n.to_string());
    let (scheme, at) = (header.scheme.to_string(), edition.imported_at.to_string());
    let purpose = page.say().word("purpose", header.purpose.as_str());
    let args = [
        ("edition", number.as_str()),
        ("title", header.title.as_str()),
        ("dated", header.dated.as_str()),
        ("version", header.version.as_deref().unwrap_or("–")),
        ("source", header.source.as_str()),
        ("licence", header.licence.as_deref().unwrap_or("–")),
        ("purpose", purpose.as_str()),
        ("scheme", scheme.as_str()),
        ("stored", stored.as_str()),
        ("rejected", rejected.as_str()),
        ("at", at.as_str()),
        ("by", edition.imported_by.as_str()),
        ("parser", edition.parser.as_str()),
    ];
    page.say_line("cli-hash-set-edition", &args);
    if let Some((at, by, why)) = &edition.retired {
        let at = at.to_string();
        let args = [("at", at.as_str()), ("by", by.as_str()), ("why", why.as_str())];
        page.say_line("cli-hash-set-retired", &args);
    }
}

/// Shows it.
///
/// # Errors
/// [`CliError`] when refused, when there never was such a list, or when its rows are damaged.
pub async fn run(session: &mut Session, args: Args) -> Result<Shown, CliError> {
    let deed = Deed::on(Action::ListHashSets, Object::HashSet(&args.id), args.id.as_str());
    session.act(&deed).await?;
    let editions = session.store.hash_set_editions(&args.id).await?;
    let newest = editions.last().ok_or_else(|| CliError::unknown("hash set", &args.id))?;
    let problems = session.store.hash_set_problems(&args.id, newest.edition).await?;
    let rows = match &args.hash {
        Some(hash) => rows(session, newest, &hash.trim().to_ascii_lowercase())?,
        None => Vec::new(),
    };
    let editions = editions.into_iter().map(Edition::from).collect();
    Ok(Shown { id: args.id, editions, problems, rows })
}

/// Reads all rows, so that a hash in any column is found, whether it can be looked up or not.
fn rows(session: &Session, set: &StoredHashSet, hash: &str) -> Result<Vec<Row>, CliError> {
    let damaged = |error| CliError::storage(&set.header.id, error);
    let file = ListFile::open(&session.objects.path(&set.rows_object)).map_err(damaged)?;
    let mut found = Vec::new();
    for row in file.rows() {
        let (place, known) = row.map_err(damaged)?;
        if holds(&known, hash) {
            found.push(Row { place, known });
        }
    }
    Ok(found)
}

fn holds(known: &KnownHash, hash: &str) -> bool {
    let is = |text: Option<String>| text.is_some_and(|text| text == hash);
    is(known.md5.map(String::from))
        || is(known.sha1.map(String::from))
        || is(known.sha256.map(String::from))
        || is(known.pdq.map(|pdq| pdq.bits.to_string()))
}

impl From<StoredHashSet> for Edition {
    fn from(set: StoredHashSet) -> Self {
        Self {
            edition: set.edition,
            header: set.header,
            object: set.object,
            parser: format!("{} {}", set.parser.0, set.parser.1),
            stored: set.stored,
            rejected: set.rejected,
            imported_at: set.imported_at,
            imported_by: set.imported_by,
            retired: set.retired,
        }
    }
}
