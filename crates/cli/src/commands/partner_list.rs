//! `partner list`: the units whose cards are trusted here.

use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use crate::{
    partners,
    session::{Deed, Session},
};
use amparo_authz::{Action, Object};
use amparo_referral::UnitCard;
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "partner list",
    about: "List the units whose cards are trusted here",
    examples: &["amparo partner list", "amparo partner list --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

/// All partners.
#[derive(Debug, Serialize)]
pub struct Partners {
    /// By name.
    pub partners: Vec<Partner>,
}

/// One partner.
#[derive(Debug, Serialize)]
pub struct Partner {
    /// Short name, for `--to`.
    pub name: String,
    /// To be compared by telephone.
    pub fingerprint: String,
    /// The card.
    #[serde(flatten)]
    pub card: UnitCard,
}

impl Outcome for Partners {
    fn show(&self, page: &mut Page<'_>) {
        if self.partners.is_empty() {
            return page.say_line("cli-none-partners", &[]);
        }
        let row = |partner: &Partner| {
            vec![
                partner.name.clone(),
                partner.card.unit.clone(),
                partner.card.country.clone(),
                partner.card.phone_24_7.clone(),
                partner.fingerprint.clone(),
            ]
        };
        let heads = [
            "cli-head-name",
            "cli-head-unit",
            "cli-head-country",
            "cli-head-contact",
            "cli-head-fingerprint",
        ];
        page.table(&heads, self.partners.iter().map(row).collect());
    }
}

/// Lists them.
///
/// # Errors
/// [`CliError`] when refused or when a card cannot be read.
pub async fn run(session: &mut Session, _: Args) -> Result<Partners, CliError> {
    session.act(&Deed::on(Action::ReadPartners, Object::Unit, "partners")).await?;
    let partner =
        |card: UnitCard| Partner { name: card.principal(), fingerprint: card.fingerprint(), card };
    Ok(Partners { partners: partners::all(&session.folder)?.into_iter().map(partner).collect() })
}
