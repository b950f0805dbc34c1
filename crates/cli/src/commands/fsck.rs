//! `fsck`: whether everything that was acknowledged is still there, byte for byte.

use crate::{
    command::Command, error::CliError, exit::Exit, in_folder, outcome::Outcome, page::Page,
};
use crate::{
    progress::Meter,
    referrals,
    session::{Deed, Session},
};
use amparo_authz::{Action, Object};
use amparo_model::Sha256;
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "fsck",
    about: "Check every object, the database's references to them, and the audit log",
    examples: &["amparo fsck", "amparo fsck --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

/// What was found.
#[derive(Debug, Default, Serialize)]
pub struct Checked {
    /// Objects read in full and compared with their name.
    pub objects: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Objects that are not their names, with what was found.
    pub damaged: Vec<String>,
    /// Leftovers of interrupted work; harmless.
    pub strays: Vec<String>,
    /// Objects that the database names and nobody has.
    pub missing: Vec<Sha256>,
    /// Entries of the log, all read and compared with its tiles.
    pub log_entries: u64,
    /// What is wrong with the log.
    pub log_damage: Option<String>,
    /// No damage anywhere.
    pub clean: bool,
}

impl Outcome for Checked {
    fn show(&self, page: &mut Page<'_>) {
        let (objects, entries) = (self.objects.to_string(), self.log_entries.to_string());
        page.say_line("cli-fsck-checked", &[("objects", &objects), ("entries", &entries)]);
        for damage in &self.damaged {
            page.say_line("cli-fsck-damaged", &[("what", damage)]);
        }
        for object in &self.missing {
            page.say_line("cli-fsck-missing", &[("object", &object.to_string())]);
        }
        if let Some(damage) = &self.log_damage {
            page.say_line("cli-fsck-log", &[("what", damage)]);
        }
        if !self.strays.is_empty() {
            page.say_line("cli-fsck-strays", &[("count", &self.strays.len().to_string())]);
        }
        page.say_line(if self.clean { "cli-fsck-clean" } else { "cli-fsck-not-clean" }, &[]);
    }

    fn exit(&self) -> Exit {
        if self.clean { Exit::Ok } else { Exit::SaysNo }
    }
}

/// Checks it.
///
/// # Errors
/// [`CliError`] when refused, or when the database does not answer.
pub async fn run(session: &mut Session, _: Args) -> Result<Checked, CliError> {
    session.act(&Deed::on(Action::RunFsck, Object::Unit, "objects")).await?;
    let mut checked = objects(session);
    checked.missing = missing(session).await?;
    log(session, &mut checked);
    checked.clean =
        checked.damaged.is_empty() && checked.missing.is_empty() && checked.log_damage.is_none();
    Ok(checked)
}

fn objects(session: &Session) -> Checked {
    let mut meter = Meter::new(0);
    let sentence = session.say.just("cli-progress-fsck");
    let report = session.objects.fsck(&mut |step| meter.at(step.checked, &sentence));
    let named =
        |damage: &amparo_evidence::Damage| format!("{}: {}", damage.path.display(), damage.why);
    Checked {
        objects: report.checked,
        bytes: report.bytes,
        damaged: report.damaged.iter().map(named).collect(),
        strays: report.strays.iter().map(|path| path.display().to_string()).collect(),
        ..Checked::default()
    }
}

/// Objects that tips, lists, app stores and received referrals were read from; each must be there.
async fn missing(session: &Session) -> Result<Vec<Sha256>, CliError> {
    let mut named = session.store.named_objects().await?;
    named.extend(referrals::received(session).await?);
    named.retain(|object| !session.objects.contains(object));
    Ok(named.into_iter().collect())
}

fn log(session: &Session, checked: &mut Checked) {
    let read = || {
        let size = session.log.size()?;
        session.log.entries(0..size).map(|entries| entries.len() as u64)
    };
    match read() {
        Ok(entries) => checked.log_entries = entries,
        Err(error) => checked.log_damage = Some(error.to_string()),
    }
}
