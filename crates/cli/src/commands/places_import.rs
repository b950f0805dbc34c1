//! `places import`: a table of where IP addresses are, for the territory of tips. It is read on
//! this machine and no address leaves it; every statement that rests on it names source and date.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, files, in_folder, outcome::Outcome, page::Page};
use amparo_assess::territory::IpTable;
use amparo_authz::{Action, Object};
use amparo_evidence::sha256;
use amparo_store::StoredPlaces;
use serde::Serialize;
use std::path::PathBuf;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "places import",
    about: "Load a table of IP places: start,end,country[,division] a line, as registries give it",
    examples: &["amparo places import ip.csv --source \"registry extract\" --licence public \
         --dated 2026-02-01"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// Largest table; that of all registries together is a tenth of it.
const BYTES_MAX: u64 = 512 << 20;

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The table
    pub file: PathBuf,
    /// Where it comes from; every reason that rests on it says so
    #[arg(long)]
    pub source: String,
    /// Under which terms it may be used
    #[arg(long)]
    pub licence: String,
    /// Of when it is, as YYYY-MM-DD
    #[arg(long)]
    pub dated: String,
}

/// What is in use now.
#[derive(Debug, Serialize)]
pub struct Loaded {
    /// The table.
    pub places: StoredPlaces,
}

impl Outcome for Loaded {
    fn show(&self, page: &mut Page<'_>) {
        show(&self.places, page);
        page.say_line("cli-tips-refreshing", &[]);
    }
}

/// Where the table comes from, of when it is and under which terms.
pub fn show(places: &StoredPlaces, page: &mut Page<'_>) {
    let (ranges, at) = (places.ranges.to_string(), places.imported_at.to_string());
    let args = [
        ("source", places.source.as_str()),
        ("dated", &places.dated),
        ("licence", &places.licence),
        ("ranges", &ranges),
        ("at", &at),
        ("by", &places.imported_by),
    ];
    page.say_line("cli-places", &args);
}

/// Loads it; every tip is assessed again when it is next asked for.
///
/// # Errors
/// [`CliError`] when refused, or when a line is no range; then the earlier table stays in use.
pub async fn run(session: &mut Session, args: Args) -> Result<Loaded, CliError> {
    let text = files::read_text(&args.file, BYTES_MAX)?;
    let head = head(&args)?;
    let whole = format!("{head}{}", text.trim_start_matches('\u{feff}'));
    let object = sha256(whole.as_bytes());
    let deed = Deed::on(Action::ImportPlaces, Object::Unit, "places").detail(serde_json::json!({
        "object": object, "source": args.source, "dated": args.dated, "licence": args.licence,
    }));
    session.act(&deed).await?;
    let table =
        IpTable::parse(&whole).map_err(|error| CliError::bad(args.file.display(), error))?;
    let stored = session.objects.publish(whole.as_bytes());
    let places = StoredPlaces {
        object: stored.map_err(|error| CliError::storage("objects", error))?,
        source: args.source.trim().to_owned(),
        licence: args.licence.trim().to_owned(),
        dated: args.dated.trim().to_owned(),
        ranges: table.len() as u64,
        imported_at: session.clock.now(),
        imported_by: session.actor.name.clone(),
    };
    session.store.use_places(&places).await?;
    Ok(Loaded { places })
}

/// The head of the kept table: three lines without which no result could name its source. What the
/// operator says comes first and stands.
fn head(args: &Args) -> Result<String, CliError> {
    let mut head = String::new();
    for (name, value) in
        [("source", &args.source), ("licence", &args.licence), ("dated", &args.dated)]
    {
        let value = value.trim();
        if value.is_empty() || value.contains(['\n', '\r']) {
            return Err(CliError::bad(format!("--{name}"), "is no single line of text"));
        }
        head.push_str(&format!("# {name}: {value}\n"));
    }
    let dated = args.dated.trim();
    match amparo_model::UtcMillis::parse(&format!("{dated}T00:00:00Z")) {
        Ok(_) => Ok(head),
        Err(_) => Err(CliError::bad("--dated", "is no day; write YYYY-MM-DD")),
    }
}
