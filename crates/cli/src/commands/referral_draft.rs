//! `referral draft`: an urgent referral about one counterpart, drafted from facts; or the answers
//! that only a person can give, written into one.

use crate::session::{Deed, Session};
use crate::{
    command::Command,
    draft_facts::{self, Wanted},
    error::CliError,
    files, in_folder,
};
use crate::{
    outcome::Outcome,
    page::Page,
    partners,
    referrals::{self, ShownGap},
    rows,
};
use amparo_authz::{Action, Object};
use amparo_model::{AccountKey, CaseId, DataCategory, ReferralId, ReferralState, TipId};
use amparo_referral::{Answers, Draft};
use amparo_text::Lang;
use serde::Serialize;
use std::path::PathBuf;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "referral draft",
    about: "Draft a referral about one counterpart, or answer what is still open in one",
    examples: &[
        "amparo referral draft --case ALC-2026-0001 --counterpart telegram:user7 \
         --to buenos-aires --tip ncmec/900000001",
        "amparo referral draft --edit 6f0c2f5e-6d4b-5a43-9d52-0a6c1c1f7b11 \
         --set legal_basis=\"Art. 588 sexies LECrim\" --set do_not_alert='{\"notes\":\"none\"}'",
        "amparo referral draft --edit 6f0c2f5e-6d4b-5a43-9d52-0a6c1c1f7b11 --from answers.json",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// No file of answers is longer.
const ANSWERS_BYTES_MAX: u64 = 4 << 20;

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The case
    #[arg(long, required_unless_present = "edit", conflicts_with = "edit")]
    pub case: Option<CaseId>,
    /// About whom, as app:id
    #[arg(long, value_parser = rows::account, required_unless_present = "edit")]
    pub counterpart: Option<AccountKey>,
    /// To which partner, by short name
    #[arg(long, required_unless_present = "edit")]
    pub to: Option<String>,
    /// By which channel the file travels
    #[arg(long, default_value = "liaison officer")]
    pub channel: String,
    /// The officer in charge; a role account is enough [default: who acts]
    #[arg(long)]
    pub officer: Option<String>,
    /// Languages of the documents, main one first [default: the language in force]
    #[arg(long, value_delimiter = ',')]
    pub languages: Vec<Lang>,
    /// Minutes east of UTC where the officer sits
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    pub local_offset_minutes: i32,
    /// A tip that led here
    #[arg(long, value_name = "TIP")]
    pub tip: Vec<TipId>,
    /// Answer a field of a referral that exists already
    #[arg(long, value_name = "REFERRAL")]
    pub edit: Option<ReferralId>,
    /// One answer: name=text, or name=JSON
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Answers as a JSON object
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Also write the draft as JSON, to be read
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// The draft as it now stands.
#[derive(Debug, Serialize)]
pub struct Drafted {
    /// Its id.
    pub referral: ReferralId,
    /// Its version.
    pub version: u32,
    /// What it still lacks.
    pub gaps: Vec<ShownGap>,
    /// The whole draft.
    pub draft: Draft,
}

impl Outcome for Drafted {
    fn show(&self, page: &mut Page<'_>) {
        let version = self.version.to_string();
        let unit = &self.draft.addressee.authority.unit;
        let args =
            [("referral", self.referral.as_str()), ("version", &version), ("unit", unit.as_str())];
        page.say_line("cli-referral-drafted", &args);
        super::referral_check::show_gaps(&self.gaps, page);
        page.say_line("cli-referral-next-check", &[("referral", self.referral.as_str())]);
    }
}

/// Drafts it, or writes answers into it. A draft that was approved becomes a new version.
///
/// # Errors
/// [`CliError`] when refused, when an answer names no field, or when a named thing does not exist.
pub async fn run(session: &mut Session, args: Args) -> Result<Drafted, CliError> {
    let answers = answers(&args)?;
    let draft = match (&args.edit, &args.case, &args.counterpart, &args.to) {
        (Some(id), ..) => edit(session, id, &answers).await?,
        (None, Some(case), Some(counterpart), Some(to)) => {
            create(session, &args, (case, counterpart, to), answers).await?
        }
        _ => {
            return Err(CliError::Usage(
                "give --case, --counterpart and --to, or --edit".to_owned(),
            ));
        }
    };
    if let Some(file) = &args.out {
        let bytes = amparo_referral::to_json(&draft)
            .map_err(|error| CliError::storage("referral", error))?;
        files::write(file, &bytes)?;
    }
    Ok(Drafted {
        referral: draft.header.id.clone(),
        version: draft.header.version,
        gaps: referrals::gaps(session, &draft),
        draft,
    })
}

async fn create(
    session: &mut Session,
    args: &Args,
    (case, counterpart, to): (&CaseId, &AccountKey, &str),
    answers: Answers,
) -> Result<Draft, CliError> {
    let case = session.case(case).await?;
    // What goes out is what was read from exhibits: whoever drafts must be allowed to read it.
    let needed = [DataCategory::Communications];
    session.every_exhibit(&case.id, Action::ReadAlarms, &needed).await?;
    let wanted = Wanted {
        addressee: partners::find(session, to)?,
        counterpart: counterpart.clone(),
        channel: args.channel.clone(),
        officer: args.officer.clone().unwrap_or_else(|| session.actor.name.clone()),
        languages: if args.languages.is_empty() {
            vec![session.say.lang()]
        } else {
            args.languages.clone()
        },
        local_offset_minutes: args.local_offset_minutes,
        tips: args.tip.clone(),
        answers,
        case,
    };
    let id = referral_id(session, &wanted)?;
    if session.store.referral(&id).await?.is_some() {
        let why = "exists already; change it with --edit";
        return Err(CliError::bad(format!("referral {id}"), why));
    }
    let case = wanted.case.id.clone();
    let deed = Deed::on(Action::DraftReferral, Object::Case(&case), id.as_str());
    session.act(&deed).await?;
    let draft = amparo_referral::draft(&draft_facts::gather(session, wanted).await?);
    store(session, Some(&case), &draft).await?;
    Ok(draft)
}

async fn edit(
    session: &mut Session,
    id: &ReferralId,
    answers: &Answers,
) -> Result<Draft, CliError> {
    let (stored, mut draft) = referrals::load(session, id).await?;
    referrals::act(session, Action::DraftReferral, &stored, &draft).await?;
    if stored.case.is_none() {
        let why = "came from another unit; only its sender can change it";
        return Err(CliError::bad(format!("referral {id}"), why));
    }
    if stored.state != ReferralState::Drafted {
        draft = draft.revised(&session.actor.name, session.clock.now());
    }
    draft.answer(answers);
    store(session, stored.case.as_ref(), &draft).await?;
    Ok(draft)
}

async fn store(session: &Session, case: Option<&CaseId>, draft: &Draft) -> Result<(), CliError> {
    let (header, at) = (&draft.header, session.clock.now());
    let (state, body) = (ReferralState::Drafted, referrals::body(draft)?);
    let by = &session.actor.name;
    Ok(session.store.put_referral(&header.id, case, header.version, state, &body, at, by).await?)
}

/// The same unit, case, counterpart and addressee is the same referral: drafted twice by mistake,
/// it is found again instead of being sent twice.
///
/// # Errors
/// None in practice: a UUID is always usable as an id.
pub fn referral_id(session: &Session, wanted: &Wanted) -> Result<ReferralId, CliError> {
    let name = format!(
        "amparo-referral\n{}\n{}\n{}\n{}",
        session.config.unit, wanted.case.id, wanted.counterpart, wanted.addressee.unit
    );
    let uuid = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes());
    ReferralId::new(uuid.to_string()).map_err(|error| CliError::bad("referral", error))
}

/// The answers of `--from` and then of each `--set`.
fn answers(args: &Args) -> Result<Answers, CliError> {
    let mut object = match &args.from {
        None => serde_json::Map::new(),
        Some(path) => serde_json::from_slice(&files::read(path, ANSWERS_BYTES_MAX)?)
            .map_err(|error| CliError::bad(path.display(), error))?,
    };
    for pair in &args.set {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| CliError::Usage(format!("--set {pair}: write it as name=value")))?;
        let parsed = serde_json::from_str(value);
        let value = parsed.unwrap_or_else(|_| serde_json::Value::String(value.to_owned()));
        object.insert(name.trim().to_owned(), value);
    }
    serde_json::from_value(serde_json::Value::Object(object))
        .map_err(|error| CliError::bad("answers", error))
}
