//! `referral open`: a referral that another unit sealed for this one.

use crate::{command::Command, error::CliError, files, in_folder, outcome::Outcome, page::Page};
use crate::{
    partners, referrals,
    session::{Deed, Session},
};
use amparo_authz::{Action, Object};
use amparo_model::{ReferralId, ReferralState};
use amparo_referral::{Draft, OpenError, Opened, Opening, UnitCard, open};
use amparo_store::StoredReferral;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "referral open",
    about: "Open a referral that another unit sealed for this one, check it and keep its facts",
    examples: &[
        "amparo referral open referral.age",
        "amparo referral open referral.age --documents incoming/",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// No referral is longer; it holds no imagery.
const BYTES_MAX: u64 = 64 << 20;

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The file as it arrived
    pub file: PathBuf,
    /// Also write the files of the package here
    #[arg(long, value_name = "DIR")]
    pub documents: Option<PathBuf>,
}

/// The opened referral.
#[derive(Debug, Serialize)]
pub struct Received {
    /// The referral.
    pub referral: ReferralId,
    /// Its version.
    pub version: u32,
    /// Who signed it; the signature holds.
    pub sender: UnitCard,
    /// The same facts that the sender saw.
    pub draft: Draft,
    /// Files written from the package.
    pub documents: Vec<PathBuf>,
}

impl Outcome for Received {
    fn show(&self, page: &mut Page<'_>) {
        let version = self.version.to_string();
        let args = [
            ("referral", self.referral.as_str()),
            ("version", version.as_str()),
            ("unit", self.sender.unit.as_str()),
            ("phone", self.sender.phone_24_7.as_str()),
        ];
        page.heading("cli-referral-opened", &args);
        super::referral_status::show_draft(&self.draft, page);
        for document in &self.documents {
            page.say_line("cli-written", &[("file", &document.display().to_string())]);
        }
        page.say_line("cli-referral-next-acknowledge", &[("referral", self.referral.as_str())]);
    }
}

/// Opens it. Nothing is kept unless every check passed.
///
/// # Errors
/// [`CliError`] when refused, or naming the file and why it is not believed.
pub async fn run(session: &mut Session, args: Args) -> Result<Received, CliError> {
    let bytes = files::read(&args.file, BYTES_MAX)?;
    let deed = Deed::on(Action::OpenReferral, Object::Referral { case: None }, "incoming")
        .detail(serde_json::json!({ "size": bytes.len() }));
    session.act(&deed).await?;
    let opened = opened(session, &bytes, &args.file)?;
    let draft = &opened.draft;
    let known = session.store.referral(&draft.header.id).await?;
    if let Some(known) = &known {
        same_sender(known, &opened.sender, &args.file)?;
    }
    if known.is_none_or(|known| known.version < draft.header.version) {
        keep(session, &opened, &bytes).await?;
    }
    let documents = match &args.documents {
        Some(folder) => write_files(folder, &opened)?,
        None => Vec::new(),
    };
    Ok(Received {
        referral: draft.header.id.clone(),
        version: draft.header.version,
        sender: opened.sender.clone(),
        documents,
        draft: opened.draft,
    })
}

/// A unit may send a later version of its own referral; it can never replace one that this unit or
/// a third one wrote.
fn same_sender(known: &StoredReferral, sender: &UnitCard, file: &Path) -> Result<(), CliError> {
    let wrote = known.body.pointer("/sender/authority/unit").and_then(serde_json::Value::as_str);
    if known.case.is_none() && wrote == Some(sender.unit.as_str()) {
        return Ok(());
    }
    let why = "bears the number of a referral that another unit wrote; call its sender";
    Err(CliError::bad(file.display(), why))
}

fn opened(session: &Session, bytes: &[u8], file: &Path) -> Result<Opened, CliError> {
    let opening = Opening {
        bytes,
        age_identity: &session.keys.unit.age_identity,
        allowed: &partners::all(&session.folder)?,
    };
    open(&opening).map_err(|error| match error {
        OpenError::Key(_) => CliError::storage("keys", error),
        error => CliError::bad(file.display(), error),
    })
}

/// The file first: what is acknowledged is durable, and its text points to what was signed.
async fn keep(session: &Session, opened: &Opened, bytes: &[u8]) -> Result<(), CliError> {
    let header = &opened.draft.header;
    let (at, by) = (session.clock.now(), &session.actor.name);
    let (state, body) = (ReferralState::Read, referrals::body(&opened.draft)?);
    referrals::keep_sealed(session, &header.id, header.version, bytes).await?;
    referrals::remember_manifest(session, &opened.draft, &opened.manifest_sha256).await?;
    Ok(session.store.put_referral(&header.id, None, header.version, state, &body, at, by).await?)
}

/// The names were checked to be plain ones when the package was read.
fn write_files(folder: &Path, opened: &Opened) -> Result<Vec<PathBuf>, CliError> {
    files::make_folder(folder)?;
    let mut written = Vec::new();
    for (name, bytes) in &opened.files {
        let path = folder.join(name);
        files::write(&path, bytes)?;
        written.push(path);
    }
    Ok(written)
}
