//! `authorisation add`: a court order with its scope; evidence is read under one or not at all.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::{Authorisation, AuthorisationId, CaseId, DataCategory, UtcMillis};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "authorisation add",
    about: "Record a court order or other authorisation with its scope",
    examples: &["amparo authorisation add JI4-ALC-2026-17 --case ALC-2026-0001 \
         --authority \"Juzgado de Instrucción 4 de Alicante\" --from 2026-03-01T00:00:00Z \
         --until 2026-06-01T00:00:00Z --covers communications,media"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Number of the order
    pub id: AuthorisationId,
    /// The case it belongs to
    #[arg(long)]
    pub case: CaseId,
    /// Who gave it
    #[arg(long)]
    pub authority: String,
    /// Valid from, with zone
    #[arg(long, value_name = "RFC3339", value_parser = UtcMillis::parse)]
    pub from: UtcMillis,
    /// Valid until, with zone
    #[arg(long, value_name = "RFC3339", value_parser = UtcMillis::parse)]
    pub until: UtcMillis,
    /// What may be read: communications, media, cloud
    #[arg(long, required = true, value_delimiter = ',', value_parser = category)]
    pub covers: Vec<DataCategory>,
    /// Only these exhibits, by label; without it, every exhibit of the case
    #[arg(long, value_name = "LABEL")]
    pub exhibit: Vec<String>,
    /// Only data dated from here on, with zone
    #[arg(long, value_name = "RFC3339", value_parser = UtcMillis::parse)]
    pub data_from: Option<UtcMillis>,
    /// Only data dated until here, with zone
    #[arg(long, value_name = "RFC3339", value_parser = UtcMillis::parse)]
    pub data_until: Option<UtcMillis>,
}

/// What happened.
#[derive(Debug, Serialize)]
pub struct Added {
    /// The authorisation.
    pub authorisation: Authorisation,
}

impl Outcome for Added {
    fn show(&self, page: &mut Page<'_>) {
        let Authorisation { id, case, valid_until, .. } = &self.authorisation;
        let until = valid_until.to_string();
        let args = [("id", id.as_str()), ("case", case.as_str()), ("until", until.as_str())];
        page.say_line("cli-authorisation-added", &args);
    }
}

/// Records it.
///
/// # Errors
/// [`CliError`] when refused, when the case does not exist or the validity makes no sense.
pub async fn run(session: &mut Session, args: Args) -> Result<Added, CliError> {
    session.case(&args.case).await?;
    if args.until <= args.from {
        let why = format!("ends before it begins ({})", args.from);
        return Err(CliError::bad(format!("--until {}", args.until), why));
    }
    if let (Some(from), Some(until)) = (args.data_from, args.data_until)
        && until < from
    {
        let why = format!("ends before it begins ({from})");
        return Err(CliError::bad(format!("--data-until {until}"), why));
    }
    let authorisation = Authorisation {
        id: args.id,
        case: args.case,
        authority: args.authority,
        valid_from: args.from,
        valid_until: args.until,
        categories: args.covers,
        exhibits: args.exhibit,
        data_from: args.data_from,
        data_until: args.data_until,
    };
    let deed = Deed::on(
        Action::AddAuthorisation,
        Object::Case(&authorisation.case),
        authorisation.id.as_str(),
    )
    .detail(serde_json::json!({ "covers": authorisation.categories }));
    session.act(&deed).await?;
    session.store.add_authorisation(&authorisation).await?;
    Ok(Added { authorisation })
}

fn category(text: &str) -> Result<DataCategory, String> {
    DataCategory::ALL
        .into_iter()
        .find(|category| category.as_str() == text)
        .ok_or_else(|| format!("{text:?} is no category; use communications, media or cloud"))
}
