//! `tips refresh`: assesses again what is owed, or everything; goes on where it was stopped.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page, triage};
use amparo_authz::{Action, Object};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips refresh",
    about: "Assess again what changed or whose time has come; with --all, every tip",
    examples: &["amparo tips refresh", "amparo tips refresh --all"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// Tips between two looks at the meter.
const STEP: usize = 1_000;

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Every tip, as after a change of rules or lists
    #[arg(long)]
    pub all: bool,
}

/// What was done.
#[derive(Debug, Serialize)]
pub struct Done {
    /// Tips assessed.
    pub assessed: usize,
}

impl Outcome for Done {
    fn show(&self, page: &mut Page<'_>) {
        page.say_line("cli-tips-assessed", &[("count", &self.assessed.to_string())]);
    }
}

/// Does it.
///
/// # Errors
/// [`CliError`] when refused or when the database fails; what was done stays done.
pub async fn run(session: &mut Session, args: Args) -> Result<Done, CliError> {
    session.act(&Deed::on(Action::ReadTips, Object::Unit, "tips")).await?;
    if args.all {
        session.store.mark_all_untriaged().await?;
    }
    let mut meter = crate::progress::Meter::new(0);
    let sentence = session.say.just("cli-progress-tips");
    let mut assessed = 0;
    loop {
        let step = triage::refresh(session, STEP).await?;
        assessed += step.done;
        meter.at(assessed as u64, &sentence);
        if !step.more {
            return Ok(Done { assessed });
        }
    }
}
