//! The comparison that a change of the lists owes to everything held: run, shown, and its exit.

use crate::commands::evidence_add::{context, failed};
use crate::{error::CliError, exit::Exit, page::Page, progress::Meter, session::Session};
use amparo_pipeline::{Change, Rechecked, Scope, owe_recheck};

/// Changes shown to people; the JSON form has all of them.
const SHOWN_MAX: usize = 50;

/// Notes that a comparison is owed, before the lists change.
///
/// # Errors
/// [`CliError::Storage`] when the database does not answer.
pub async fn owe(session: &Session) -> Result<(), CliError> {
    owe_recheck(&session.store).await.map_err(failed)
}

/// Compares everything held with the lists in use, which are indexed first where they are not.
///
/// # Errors
/// [`CliError::Storage`] when database or lists cannot be read; running again goes on.
pub async fn recheck(session: &Session) -> Result<Rechecked, CliError> {
    let mut meter = Meter::new(0);
    meter.at(0, &session.say.just("cli-progress-list-index"));
    let context = context(session, Scope::nothing()).await?;
    let words = session.say.just("cli-progress-recheck");
    amparo_pipeline::recheck(&context, &mut |done| meter.at(done, &words)).await.map_err(failed)
}

/// Says what changed.
pub fn show_rechecked(rechecked: &Rechecked, page: &mut Page<'_>) {
    let (compared, changed) = (rechecked.compared.to_string(), rechecked.changed.len().to_string());
    let args = [("compared", compared.as_str()), ("changed", changed.as_str())];
    page.say_line("cli-rechecked", &args);
    let row = |change: &Change| {
        let word = |novelty: amparo_model::Novelty| page.say().word("novelty", novelty.as_str());
        vec![change.object.to_string(), word(change.before), word(change.after)]
    };
    let rows: Vec<_> = rechecked.changed.iter().take(SHOWN_MAX).map(row).collect();
    if !rows.is_empty() {
        page.table(&["cli-head-sha256", "cli-head-before", "cli-head-now"], rows);
    }
    if rechecked.changed.len() > SHOWN_MAX {
        let more = (rechecked.changed.len() - SHOWN_MAX).to_string();
        page.say_line("cli-rechecked-more", &[("count", &more)]);
    }
    for case in &rechecked.cases {
        page.say_line("cli-rechecked-case", &[("case", case.as_str())]);
    }
    if rechecked.interrupted {
        page.say_line("cli-rechecked-interrupted", &[]);
    }
}

/// The exit code of a command that ends with a comparison.
#[must_use]
pub fn exit(rechecked: &Rechecked) -> Exit {
    if rechecked.interrupted { Exit::Interrupted } else { Exit::Ok }
}
