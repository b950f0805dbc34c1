//! `places show`: the table of IP places in use, and where it says that an address is.

use crate::commands::places_import::show;
use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page, triage};
use amparo_assess::territory::IpPlaces;
use amparo_authz::{Action, Object};
use amparo_store::StoredPlaces;
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "places show",
    about: "Show the table of IP places in use with its date and licence; ask it for an address",
    examples: &["amparo places show", "amparo places show --ip 192.0.2.7"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// An address to look up in it
    #[arg(long)]
    pub ip: Option<std::net::IpAddr>,
}

/// What is in use.
#[derive(Debug, Serialize)]
pub struct InUse {
    /// The table, if one was loaded.
    pub places: Option<StoredPlaces>,
    /// The address that was asked for.
    pub ip: Option<std::net::IpAddr>,
    /// Its country.
    pub country: Option<String>,
    /// Its division, where the table has one.
    pub division: Option<String>,
}

impl Outcome for InUse {
    fn show(&self, page: &mut Page<'_>) {
        match &self.places {
            Some(places) => show(places, page),
            None => page.say_line("cli-places-none", &[]),
        }
        let Some(ip) = self.ip.map(|ip| ip.to_string()) else { return };
        match self.division.as_ref().or(self.country.as_ref()) {
            Some(place) => page.say_line("cli-place-of", &[("ip", &ip), ("place", place)]),
            None => page.say_line("cli-place-unknown", &[("ip", &ip)]),
        }
    }
}

/// Shows it.
///
/// # Errors
/// [`CliError`] when refused, or when the kept table is damaged.
pub async fn run(session: &mut Session, args: Args) -> Result<InUse, CliError> {
    session.act(&Deed::on(Action::ReadTips, Object::Unit, "places")).await?;
    let places = session.store.places().await?;
    let table = match args.ip {
        Some(_) => triage::places(session).await?,
        None => None,
    };
    let found = args.ip.and_then(|ip| table.as_ref()?.country(&ip.to_string()));
    let (country, division) = found.map_or((None, None), |at| (Some(at.country), at.division));
    Ok(InUse { places, ip: args.ip, country, division })
}
