//! `hashset export`: the unit's own verdicts of a case as VICS 2.0, as a hash set or as a case.

use crate::session::{Deed, Session};
use crate::{command::Command, error::CliError, files, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::{CaseId, Pdq, Scheme, Sha256};
use amparo_referral::vics::{VicsCase, VicsFile, VicsMedia, write_cases, write_media};
use amparo_store::{StoredFingerprint, StoredVerdict, VideoFact};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "hashset export",
    about: "Write the unit's own verdicts of a case as VICS 2.0: a hash set or a case",
    examples: &[
        "amparo hashset export --case ALC-2026-0001 --out verdicts.vics.json",
        "amparo hashset export --case ALC-2026-0001 --form cases --realm US --out case.vics.json",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// Name of the scheme that this form can carry.
const SCHEME: &str = "VICS";

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The case whose verdicts are written
    #[arg(long)]
    pub case: CaseId,
    /// The file to write
    #[arg(long)]
    pub out: PathBuf,
    /// A hash set, or the case with where each file lies
    #[arg(long, value_enum, default_value = "media")]
    pub form: Form,
    /// Whose categories, where the verdicts follow several realms
    #[arg(long)]
    pub realm: Option<String>,
}

/// The two documents of VICS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// `#Media`
    Media,
    /// `#Cases`
    Cases,
}

/// What was written.
#[derive(Debug, Serialize)]
pub struct Exported {
    /// The file.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: Sha256,
    /// Which document.
    pub form: Form,
    /// Whose categories.
    pub realm: String,
    /// Files with a verdict in it.
    pub media: u64,
    /// Files whose verdicts have no place in it, with the reason.
    pub left_out: Vec<LeftOut>,
}

/// A verdict that stays here.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The file.
    pub object: Sha256,
    /// Whose scheme the verdict follows.
    pub scheme: Scheme,
    /// Why, in a fixed word: `other_scheme`, `other_realm`, `code_is_no_number`.
    pub why: &'static str,
}

impl Outcome for Exported {
    fn show(&self, page: &mut Page<'_>) {
        let media = self.media.to_string();
        let args = [("media", media.as_str()), ("realm", self.realm.as_str())];
        page.say_line("cli-written", &[("file", self.file.as_str())]);
        page.say_line("cli-verdicts-exported", &args);
        for left in &self.left_out {
            let (object, scheme) = (left.object.to_string(), left.scheme.to_string());
            let why = page.say().word("left-out", left.why);
            let args =
                [("object", object.as_str()), ("scheme", scheme.as_str()), ("why", why.as_str())];
            page.say_line("cli-verdict-left-out", &args);
        }
    }
}

/// Writes it. A number of another scheme is never converted: it stays here, and is named.
///
/// # Errors
/// [`CliError`] when refused, when no verdict can be written, or when a realm has to be chosen.
pub async fn run(session: &mut Session, args: Args) -> Result<Exported, CliError> {
    session.case(&args.case).await?;
    let deed = Deed::on(Action::ExportVerdicts, Object::Case(&args.case), args.case.as_str())
        .detail(serde_json::json!({ "form": args.form, "realm": args.realm }));
    session.act(&deed).await?;
    let verdicts = latest(session.store.verdicts(&args.case).await?);
    let realm = realm(&args, &verdicts)?;
    let prints = places(session.store.fingerprints(&args.case).await?);
    let (mut media, mut left_out) = (Vec::new(), Vec::new());
    for said in verdicts {
        match one(&realm, &said, prints.get(&said.verdict.object)) {
            Ok(row) => media.extend(row),
            Err(why) => left_out.push(LeftOut {
                object: said.verdict.object,
                scheme: said.verdict.scheme,
                why,
            }),
        }
    }
    let mut bytes = Vec::new();
    let written = match args.form {
        Form::Media => write_media(&realm, &media, &mut bytes),
        Form::Cases => write_cases(&realm, &case(session, &args.case), &media, &mut bytes),
    };
    written.map_err(|error| CliError::storage("vics", error))?;
    files::write(&args.out, &bytes)?;
    Ok(Exported {
        file: args.out.display().to_string(),
        sha256: amparo_evidence::sha256(&bytes),
        form: args.form,
        realm,
        media: media.len() as u64,
        left_out,
    })
}

/// The latest verdict of each file and scheme.
fn latest(all: Vec<StoredVerdict>) -> Vec<StoredVerdict> {
    let mut last = BTreeMap::new();
    for said in all {
        last.insert((said.verdict.object, said.verdict.scheme.clone()), said);
    }
    last.into_values().collect()
}

fn realm(args: &Args, verdicts: &[StoredVerdict]) -> Result<String, CliError> {
    let vics = verdicts.iter().filter(|said| said.verdict.scheme.name == SCHEME);
    let realms: BTreeSet<&str> = vics.map(|said| said.verdict.scheme.realm.as_str()).collect();
    let all = || realms.iter().copied().collect::<Vec<_>>().join(", ");
    match (&args.realm, realms.len()) {
        (Some(realm), _) if realms.contains(realm.as_str()) => Ok(realm.clone()),
        (None, 1) => Ok(all()),
        (_, 0) => {
            let why = "has no verdict of a VICS scheme, so there is nothing that this form could \
                       carry; record verdicts with `amparo verdict add`";
            Err(CliError::bad(&args.case, why))
        }
        (Some(realm), _) => Err(CliError::Usage(format!(
            "--realm {realm}: no verdict follows it; there are {}",
            all()
        ))),
        (None, _) => Err(CliError::Usage(format!(
            "the verdicts follow several realms; choose one with --realm: {}",
            all()
        ))),
    }
}

type Places = BTreeMap<Sha256, (StoredFingerprint, Vec<VicsFile>)>;

fn places(prints: Vec<StoredFingerprint>) -> Places {
    let mut places: Places = BTreeMap::new();
    for print in prints {
        let source = print.evidence.to_string();
        let file = VicsFile { source, path: print.path.clone() };
        places.entry(print.hashes.sha256).or_insert_with(|| (print, Vec::new())).1.push(file);
    }
    places
}

/// The row of one verdict; none when the file itself is no longer among those read.
fn one(
    realm: &str,
    said: &StoredVerdict,
    file: Option<&(StoredFingerprint, Vec<VicsFile>)>,
) -> Result<Option<VicsMedia>, &'static str> {
    let verdict = &said.verdict;
    if verdict.scheme.name != SCHEME {
        return Err("other_scheme");
    }
    if verdict.scheme.realm != realm {
        return Err("other_realm");
    }
    let Ok(category) = verdict.code.parse() else { return Err("code_is_no_number") };
    Ok(file.map(|(print, files)| VicsMedia {
        hashes: print.hashes,
        pdq: print.picture.as_ref().and_then(|picture| picture.pdq),
        frames: print.frames.iter().flat_map(frames).collect(),
        category,
        series: verdict.series.clone(),
        victim_identified: verdict.victim_identified,
        is_distributed: verdict.is_distributed,
        comments: verdict.note.clone(),
        mime_type: mime_type(print),
        updated: said.at.to_string(),
        files: files.clone(),
    }))
}

fn frames(video: &VideoFact) -> impl Iterator<Item = (Pdq, u64)> + '_ {
    video.frames.iter().map(|frame| (frame.pdq, frame.at_ms.unwrap_or_default()))
}

fn mime_type(print: &StoredFingerprint) -> Option<String> {
    let picture = print.picture.as_ref().map(|picture| format!("image/{}", picture.format));
    picture.or_else(|| print.frames.as_ref().map(|video| format!("video/{}", video.container)))
}

fn case(session: &Session, case: &CaseId) -> VicsCase {
    let name = format!("{}\n{case}", session.config.unit);
    VicsCase {
        id: uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes()).to_string(),
        number: case.to_string(),
        organization: session.config.unit.clone(),
        software_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}
