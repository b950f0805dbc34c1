//! `hashset import`: a dated list of known hashes, all of it or nothing, and everything held
//! compared with it.

use crate::commands::evidence_status::{Staged, show_problems};
use crate::lists::{self, ListArgs};
use crate::rechecking::{self, show_rechecked};
use crate::session::{Deed, Session};
use crate::{
    command::Command, error::CliError, exit::Exit, in_folder, outcome::Outcome, page::Page,
};
use amparo_authz::{Action, Object};
use amparo_model::{HashSetHeader, Problem, Sha256};
use amparo_pipeline::Rechecked;
use amparo_store::{Kept, NewHashSet};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "hashset import",
    about: "Load a list of known hashes, all of it or nothing, and compare all that is held",
    examples: &[
        "amparo hashset import known.vics.json --id national --dated 2026-03-01 \
         --source \"National database\"",
        "amparo hashset import NSRLFile.txt --id nsrl --dated 2026-06-01 --source NIST \
         --known-good",
        "amparo hashset import own.csv --id own --dated 2026-03-01 --source \"This unit\" \
         --scheme VICS/US/2.0 --format csv_header",
    ],
    hidden: false,
    args: <ListArgs as clap::Args>::augment_args,
    run: in_folder!(run, ListArgs),
};

/// What was loaded.
#[derive(Debug, Serialize)]
pub struct Loaded {
    /// The list as it is known from now on.
    pub header: HashSetHeader,
    /// 1 for the first list under this id.
    pub edition: u32,
    /// False when this very list was loaded before.
    pub is_new: bool,
    /// Which importer read it, with its version.
    pub parser: String,
    /// The file, as an object.
    pub object: Sha256,
    /// Rows in the file: those in use and those that were rejected.
    pub rows: u64,
    /// Rows in use.
    pub stored: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// Why not, row by row, up to ten thousand.
    pub problems: Vec<Problem>,
    /// What changed in the holdings.
    pub rechecked: Rechecked,
}

impl Outcome for Loaded {
    fn show(&self, page: &mut Page<'_>) {
        let numbers = [self.stored, self.rejected, u64::from(self.edition)];
        let [stored, rejected, edition] = numbers.map(|n| n.to_string());
        let scheme = self.header.scheme.to_string();
        let args = [
            ("id", self.header.id.as_str()),
            ("edition", edition.as_str()),
            ("stored", stored.as_str()),
            ("rejected", rejected.as_str()),
            ("scheme", scheme.as_str()),
            ("parser", self.parser.as_str()),
        ];
        page.say_line("cli-hash-set-loaded", &args);
        if !self.is_new {
            page.say_line("cli-hash-set-same", &[]);
        }
        let staged = |problem: &Problem| Staged {
            stage: self.header.id.to_string(),
            problem: problem.clone(),
        };
        let problems: Vec<Staged> = self.problems.iter().map(staged).collect();
        show_problems(&problems, page);
        show_rechecked(&self.rechecked, page);
    }

    fn exit(&self) -> Exit {
        rechecking::exit(&self.rechecked)
    }
}

/// Loads it.
///
/// # Errors
/// [`CliError::BadInput`] when the list is cut, is none, contradicts its stated purpose, or its id
/// belongs to another list; then nothing of it is loaded.
pub async fn run(session: &mut Session, args: ListArgs) -> Result<Loaded, CliError> {
    let list = take_in(session, &args).await?;
    let (at, by) = (session.clock.now(), session.actor.name.clone());
    let kept = session.store.store_hash_set(&list, at, &by).await?;
    loaded(session, list, kept).await
}

/// Decides, logs, reads the list, and notes that a comparison will be owed.
///
/// # Errors
/// As [`run`].
pub async fn take_in(session: &mut Session, args: &ListArgs) -> Result<NewHashSet, CliError> {
    let deed = Deed::on(Action::ImportHashSet, Object::HashSet(&args.id), args.id.as_str())
        .detail(serde_json::json!({ "known_good": args.known_good, "series": args.series }));
    session.act(&deed).await?;
    let list = lists::take_in(session, args)?;
    rechecking::owe(session).await?;
    Ok(list)
}

/// What is reported of a list that is stored now.
///
/// # Errors
/// [`CliError::Storage`] when index or comparison fail; the list is in use all the same.
pub async fn loaded(session: &Session, list: NewHashSet, kept: Kept) -> Result<Loaded, CliError> {
    let rechecked = rechecking::recheck(session).await?;
    Ok(Loaded {
        edition: kept.edition,
        is_new: kept.is_new,
        parser: format!("{} {}", list.parser.0, list.parser.1),
        object: list.object,
        rows: list.totals.rows,
        stored: list.totals.stored,
        rejected: list.totals.rejected,
        problems: list.problems,
        header: list.header,
        rechecked,
    })
}
