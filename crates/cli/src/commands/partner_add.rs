//! `partner add`: the card of another unit, after its fingerprint was compared by telephone.

use crate::{command::Command, error::CliError, files, in_folder, outcome::Outcome, page::Page};
use crate::{
    partners,
    session::{Deed, Session},
};
use amparo_authz::{Action, Object};
use amparo_referral::UnitCard;
use serde::Serialize;
use std::path::PathBuf;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "partner add",
    about: "Trust another unit's card, after comparing its fingerprint by telephone",
    examples: &["amparo partner add buenos-aires.card.json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The card as the unit sent it
    pub card: PathBuf,
    /// Replace the card that is there; receipts under the old key are then no longer believed
    #[arg(long)]
    pub replace: bool,
}

/// What happened.
#[derive(Debug, Serialize)]
pub struct Added {
    /// The card.
    pub card: UnitCard,
    /// To be compared by telephone.
    pub fingerprint: String,
}

impl Outcome for Added {
    fn show(&self, page: &mut Page<'_>) {
        let args = [("unit", self.card.unit.as_str()), ("fingerprint", &self.fingerprint)];
        page.say_line("cli-partner-added", &args);
    }
}

/// Adds it.
///
/// # Errors
/// [`CliError`] when refused, when the card is damaged, or when another one has its name.
pub async fn run(session: &mut Session, args: Args) -> Result<Added, CliError> {
    let card = partners::read(&args.card)?;
    let path = partners::path(&session.folder, &card);
    let bytes = card.to_json().map_err(|error| CliError::bad(args.card.display(), error))?;
    if !args.replace && path.exists() && files::read(&path, partners::CARD_BYTES_MAX)? != bytes {
        let why = format!(
            "{} has another card here; compare by telephone, then use --replace",
            card.unit
        );
        return Err(CliError::bad(args.card.display(), why));
    }
    let fingerprint = card.fingerprint();
    let deed = Deed::on(Action::ManageUsers, Object::Unit, &card.principal())
        .detail(serde_json::json!({ "fingerprint": fingerprint }));
    session.act(&deed).await?;
    files::write(&path, &bytes)?;
    Ok(Added { card, fingerprint })
}
