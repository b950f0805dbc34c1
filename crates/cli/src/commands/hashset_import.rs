//! `hashset import`: a dated list of known hashes, all of it or nothing.

use crate::commands::evidence_status::{Staged, show_problems};
use crate::{command::Command, error::CliError, files, in_folder, outcome::Outcome, page::Page};
use crate::{
    session::{Deed, Session},
    worker,
};
use amparo_authz::{Action, Object};
use amparo_model::{HashSetHeader, HashSetId, KnownHash, Problem, Purpose, Record, Scheme, Sha256};
use amparo_parsers::{Family, hashsets::vics_2};
use serde::Serialize;
use std::path::PathBuf;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "hashset import",
    about: "Load a list of known hashes (VICS 2.0), all of it or nothing",
    examples: &["amparo hashset import known.vics.json --id national-2026-03 --dated 2026-03-01 \
         --source \"National database\""],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// Largest list read in one piece.
const FILE_BYTES_MAX: u64 = 16 << 30;

/// Codes that no VICS realm uses for illegal material: 0 and 5 are "non-pertinent" or
/// "uncategorised", depending on the edition. Every other code may be illegal somewhere.
const HARMLESS_CODES: [&str; 2] = ["0", "5"];

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The list
    pub file: PathBuf,
    /// A short name for this edition of the list
    #[arg(long)]
    pub id: HashSetId,
    /// The list's own date
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub dated: String,
    /// Who issued it
    #[arg(long)]
    pub source: String,
    /// A title for people [default: the id]
    #[arg(long)]
    pub title: Option<String>,
    /// A list of harmless files: a match needs no second look
    #[arg(long)]
    pub known_good: bool,
}

/// What was loaded.
#[derive(Debug, Serialize)]
pub struct Loaded {
    /// The list as it is known from now on.
    pub header: HashSetHeader,
    /// The file, as an object.
    pub object: Sha256,
    /// Rows in use.
    pub stored: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// Why not, row by row.
    pub problems: Vec<Problem>,
}

impl Outcome for Loaded {
    fn show(&self, page: &mut Page<'_>) {
        let (stored, rejected) = (self.stored.to_string(), self.rejected.to_string());
        let scheme = self.header.scheme.to_string();
        let args = [
            ("id", self.header.id.as_str()),
            ("stored", stored.as_str()),
            ("rejected", rejected.as_str()),
            ("scheme", scheme.as_str()),
        ];
        page.say_line("cli-hash-set-loaded", &args);
        let staged = |problem: &Problem| Staged {
            stage: self.header.id.to_string(),
            problem: problem.clone(),
        };
        let problems: Vec<Staged> = self.problems.iter().map(staged).collect();
        show_problems(&problems, page);
    }
}

/// Loads it.
///
/// # Errors
/// [`CliError::BadInput`] when the list is cut, is none, contradicts its stated purpose, or its id
/// belongs to another list; then nothing of it is loaded.
pub async fn run(session: &mut Session, args: Args) -> Result<Loaded, CliError> {
    let path = args.file.display().to_string();
    let name = files::base(&path).to_owned();
    let bytes = files::read(&args.file, FILE_BYTES_MAX)?;
    let deed = Deed::on(Action::ImportHashSet, Object::HashSet(&args.id), args.id.as_str())
        .detail(serde_json::json!({ "size": bytes.len(), "known_good": args.known_good }));
    session.act(&deed).await?;
    let object =
        session.objects.publish(&bytes).map_err(|error| CliError::storage("objects", error))?;
    let (rows, problems, scheme) = read(session, &name, object, &bytes)?;
    let purpose = purpose(&args, &name, &rows)?;
    let header = HashSetHeader {
        title: args.title.unwrap_or_else(|| args.id.to_string()),
        id: args.id,
        scheme,
        dated: args.dated,
        source: args.source,
        version: None,
        licence: None,
        purpose,
    };
    let (at, by) = (session.clock.now(), session.actor.name.clone());
    let totals = session.store.store_hash_set(&header, object, &rows, &problems, at, &by).await?;
    Ok(Loaded { header, object, stored: totals.stored, rejected: totals.rejected, problems })
}

type List = (Vec<KnownHash>, Vec<Problem>, Scheme);

fn read(session: &Session, name: &str, object: Sha256, bytes: &[u8]) -> Result<List, CliError> {
    let Some(spec) = worker::parser_for(Family::HashSet, name, bytes) else {
        return Err(CliError::bad(name, "is no list in a form that this version reads"));
    };
    let pool = worker::pool(&session.worker_program, 1)?;
    let parsed = worker::parse(&pool, spec, name, object, bytes)?;
    if parsed.cut_short || vics_2::incomplete(&parsed.problems) {
        let why = parsed.problems.last().map(|problem| problem.detail.clone());
        return Err(CliError::bad(name, why.unwrap_or_default()));
    }
    let row = |record| match record {
        Record::KnownHash(row) => Some(row),
        _ => None,
    };
    let rows = parsed.records.into_iter().filter_map(|record| row(record.into_parts().0)).collect();
    // The same pure function has just walked the same bytes to their end inside the confined
    // worker, so that doing it once more out here meets nothing new.
    let scheme = vics_2::header(bytes).map_err(|error| CliError::bad(name, error))?;
    Ok((rows, parsed.problems, scheme))
}

/// A list that gives categories of illegal material is no list of harmless files, whatever somebody
/// types: loaded as such it would silence every alarm.
fn purpose(args: &Args, name: &str, rows: &[KnownHash]) -> Result<Purpose, CliError> {
    if !args.known_good {
        return Ok(Purpose::Alert);
    }
    let harmless = |code: &str| HARMLESS_CODES.contains(&code);
    let illegal = |row: &&KnownHash| row.code.as_deref().is_some_and(|code| !harmless(code));
    match rows.iter().filter(illegal).count() {
        0 => Ok(Purpose::KnownGood),
        count => {
            let why = format!(
                "gives a category to {count} files; it is no list of harmless files, import it \
                 without --known-good"
            );
            Err(CliError::bad(name, why))
        }
    }
}

fn date(text: &str) -> Result<String, String> {
    let parsed: Result<jiff::civil::Date, _> = text.parse();
    parsed
        .map(|date| date.to_string())
        .map_err(|_| format!("{text:?} is no date; write 2026-03-01"))
}
