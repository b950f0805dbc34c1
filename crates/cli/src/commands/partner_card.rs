//! `partner card`: this unit's own card, to hand to other units.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, files, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_referral::UnitCard;
use serde::Serialize;
use std::path::PathBuf;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "partner card",
    about: "Write this unit's own card, to hand to other units; it holds public keys only",
    examples: &["amparo partner card alicante.card.json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Where to write it; without it, it is only shown
    pub file: Option<PathBuf>,
}

/// The card.
#[derive(Debug, Serialize)]
pub struct Own {
    /// What others may know.
    pub card: UnitCard,
    /// To be compared by telephone.
    pub fingerprint: String,
    /// A line for the allowed-signers file of `ssh-keygen -Y verify`.
    pub allowed_signers_line: String,
    /// Where it was written.
    pub file: Option<PathBuf>,
}

impl Outcome for Own {
    fn show(&self, page: &mut Page<'_>) {
        page.line(&self.card.unit);
        page.line(self.allowed_signers_line.trim_end());
        page.line(&self.card.age_recipient);
        page.say_line("cli-init-card", &[("fingerprint", &self.fingerprint)]);
        if let Some(file) = &self.file {
            page.say_line("cli-written", &[("file", &file.display().to_string())]);
        }
    }
}

/// Writes it.
///
/// # Errors
/// [`CliError`] when refused, or when the file exists already.
pub async fn run(session: &mut Session, args: Args) -> Result<Own, CliError> {
    session.act(&Deed::on(Action::ReadPartners, Object::Unit, "own card")).await?;
    let card = session.keys.card(&session.config)?;
    if let Some(file) = &args.file {
        let bytes = card.to_json().map_err(|error| CliError::storage("card", error))?;
        files::write(file, &bytes)?;
    }
    Ok(Own {
        fingerprint: card.fingerprint(),
        allowed_signers_line: card.allowed_signers_line(),
        card,
        file: args.file,
    })
}
