//! `referral seal`: one file, signed by this unit and encrypted to the addressee.

use crate::{command::Command, error::CliError, files, in_folder, outcome::Outcome, page::Page};
use crate::{partners, referrals, session::Session};
use amparo_authz::Action;
use amparo_model::{ReferralId, ReferralState, Sha256};
use amparo_referral::{SealError, Sealed, Sealing, seal};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "referral seal",
    about: "Sign an approved referral and encrypt it to its addressee, as one file",
    examples: &[
        "amparo referral seal 6f0c2f5e-6d4b-5a43-9d52-0a6c1c1f7b11 referral.age",
        "amparo referral seal 6f0c2f5e-6d4b-5a43-9d52-0a6c1c1f7b11 referral.age --documents own/",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The referral
    pub id: ReferralId,
    /// The file to hand over
    pub file: PathBuf,
    /// Also write the readable documents and the JSON-LD here, for this unit's own files
    #[arg(long, value_name = "DIR")]
    pub documents: Option<PathBuf>,
}

/// What was sealed.
#[derive(Debug, Serialize)]
pub struct Done {
    /// The referral.
    pub referral: ReferralId,
    /// Its version.
    pub version: u32,
    /// The file to hand over.
    pub file: PathBuf,
    /// The addressee.
    pub addressee: String,
    /// SHA-256 of what was signed; receipts repeat it.
    pub manifest_sha256: Sha256,
    /// Documents written for this unit's own files.
    pub documents: Vec<PathBuf>,
}

impl Outcome for Done {
    fn show(&self, page: &mut Page<'_>) {
        let (file, manifest) = (self.file.display().to_string(), self.manifest_sha256.to_string());
        let args = [
            ("referral", self.referral.as_str()),
            ("file", file.as_str()),
            ("unit", self.addressee.as_str()),
            ("manifest", manifest.as_str()),
        ];
        page.say_line("cli-referral-sealed", &args);
        for document in &self.documents {
            page.say_line("cli-written", &[("file", &document.display().to_string())]);
        }
    }
}

/// Seals it. The file is written whole or not at all, and never over another.
///
/// # Errors
/// [`CliError`] when refused, when the referral is not approved, or when the file exists.
pub async fn run(session: &mut Session, args: Args) -> Result<Done, CliError> {
    let (stored, draft) = referrals::load(session, &args.id).await?;
    referrals::act(session, Action::SealReferral, &stored, &draft).await?;
    let named = || format!("referral {}", args.id);
    if stored.state != ReferralState::Approved {
        let why = format!("is {}; only an approved one is sealed", stored.state.as_str());
        return Err(CliError::bad(named(), why));
    }
    if args.file.exists() {
        return Err(CliError::bad(args.file.display(), "exists; nothing is overwritten"));
    }
    let sealed = sealed(session, &draft, &named())?;
    let documents = match &args.documents {
        Some(folder) => write_documents(folder, &sealed)?,
        None => Vec::new(),
    };
    // Before the file exists: a receipt for it can then always be held against what was signed.
    referrals::remember_manifest(session, &draft, &sealed.manifest_sha256).await?;
    files::write(&args.file, &sealed.bytes)?;
    let (from, to) = (ReferralState::Approved, ReferralState::Sealed);
    let (at, by) = (session.clock.now(), session.actor.name.clone());
    session.store.move_referral(&args.id, from, to, at, &by, "").await?;
    Ok(Done {
        referral: args.id,
        version: draft.header.version,
        file: args.file,
        addressee: sealed.manifest.addressee.unit,
        manifest_sha256: sealed.manifest_sha256,
        documents,
    })
}

fn sealed(
    session: &Session,
    draft: &amparo_referral::Draft,
    named: &str,
) -> Result<Sealed, CliError> {
    let sealing = Sealing {
        draft,
        signing_key_pem: &session.keys.unit.signing_key_pem,
        sender: &session.keys.card(&session.config)?,
        addressee: &partners::find(session, &draft.addressee.authority.unit)?,
        at: session.clock.now(),
    };
    seal(&sealing).map_err(|error| match error {
        SealError::Document { .. } => CliError::storage(named, error),
        error => CliError::bad(named, error),
    })
}

fn write_documents(folder: &Path, sealed: &Sealed) -> Result<Vec<PathBuf>, CliError> {
    files::make_folder(folder)?;
    let jsonld = ("referral.jsonld".to_owned(), sealed.jsonld.clone());
    let mut written = Vec::new();
    for (name, bytes) in sealed.documents.iter().chain([&jsonld]) {
        let path = folder.join(name);
        files::write(&path, bytes)?;
        written.push(path);
    }
    Ok(written)
}
