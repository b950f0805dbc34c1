//! A synthetic, harmless world from a seed number, for demo, tests and benchmarks.
//!
//! [`build`] writes tips, a hash set and two devices into a folder and tells the ground truth. The
//! same parameters give the same bytes. Everything is invented: pictures are abstract scenes, texts
//! are small talk, numbers, addresses and domains come from ranges kept for documentation.
//!
//! The world is planned first (`plan`: people, chats, every picture and its place), then made
//! (`make`: pictures on all cores), then written (`tips`, `vics`, `whatsapp`, `telegram`, `noise`).
//!
//! To add an app: plan its chats and events in `plan.rs`, write its store in a file of its own,
//! call it in `write_all`, and say in [`Truth`] what is to be found.

#![expect(
    clippy::disallowed_methods,
    reason = "this crate writes a made-up world to the disk; nothing in it is evidence"
)]

mod calendar;
mod chats;
mod disk;
mod error;
mod events;
mod exif;
mod make;
mod noise;
mod pdf;
mod people;
mod phrases;
mod pictures;
mod plan;
mod progress;
mod rng;
mod scenes;
mod script;
mod suspect;
mod telegram;
mod timeline;
mod tips;
mod truth;
mod vics;
mod wal;
mod whatsapp;
mod whatsapp_contacts;
mod whatsapp_rows;

pub use calendar::NOW;
pub use error::ScenarioError;
pub use truth::{
    DecoyKind, DecoyTruth, IdentifierTruth, MediaTruth, SourceTruth, SuspectTruth, Truth,
};

#[cfg(test)]
mod tests;

use amparo_model::AccountKey;
use make::joined;
use people::{OWNER_PHONE, OWNER_TELEGRAM, Part, Person};
use pictures::{Made, Standing};
use plan::Plan;
use std::path::Path;
use std::thread;

/// Which world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Params {
    /// Any number; another number is another world with the same story.
    pub seed: u64,
    /// 1.0 gives 400 tips, some 5,000 messages and 1,000 files; 0.01 to 1000.
    pub scale: f64,
}

/// What is being made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Pictures.
    Pictures,
    /// Messages of both apps.
    Messages,
    /// Tips.
    Tips,
    /// Records of the hash set.
    HashSet,
}

/// How far one kind of work is. Several kinds run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Which work.
    pub step: Step,
    /// Steps done.
    pub done: u64,
    /// Steps in all, as estimated.
    pub total: u64,
}

/// Makes a world in the new or empty folder `out`: `tips/`, `hashset/known.vics.json`,
/// `devices/phone/`, `devices/computer/` and, beside them, `truth.json`.
///
/// # Errors
/// [`ScenarioError`]; what was written until then is of no use.
pub fn build(
    params: &Params,
    out: &Path,
    tell: &mut dyn FnMut(Progress),
) -> Result<Truth, ScenarioError> {
    if !(0.01..=1000.0).contains(&params.scale) {
        return Err(ScenarioError::Scale { scale: params.scale });
    }
    disk::empty_folder(out)?;
    let plan = Plan::new(params);
    let made = make::pictures(&plan, out, tell)?;
    let written = write_all(&plan, &made, out, tell)?;
    let truth = truth_of(params, &plan, &made, &written, disk::settle(&out.join("devices"), NOW)?);
    let text = serde_json::to_string_pretty(&truth)
        .map_err(|error| ScenarioError::Defect { what: format!("the truth: {error}") })?;
    disk::write(&out.join("truth.json"), format!("{text}\n").as_bytes())?;
    Ok(truth)
}

struct Written {
    whatsapp: whatsapp::Stored,
    telegram: u64,
    listed: vics::Listed,
}

/// Writes everything but the pictures, each kind on a thread of its own.
fn write_all(
    plan: &Plan,
    made: &[Made],
    out: &Path,
    tell: &mut dyn FnMut(Progress),
) -> Result<Written, ScenarioError> {
    let sizes = &plan.sizes;
    let desk = progress::Desk::new();
    let whatsapp = desk.reporter(Step::Messages, sizes.whatsapp_talk);
    let telegram = desk.reporter(Step::Messages, sizes.telegram_talk);
    let tips = desk.reporter(Step::Tips, sizes.tips);
    let list = desk.reporter(Step::HashSet, sizes.listed + sizes.list_extra);
    thread::scope(|scope| {
        let whatsapp = scope.spawn(move || {
            whatsapp_contacts::write(plan, out)?;
            whatsapp::write(plan, made, out, &whatsapp)
        });
        let telegram = scope.spawn(move || telegram::write(plan, made, out, &telegram));
        let others = scope.spawn(move || {
            tips::write(plan, made, out, &tips)?;
            noise::write(plan, out)?;
            vics::write(plan, made, out, &list)
        });
        desk.pass_on(tell);
        Ok(Written {
            whatsapp: joined(whatsapp.join())??,
            telegram: joined(telegram.join())??,
            listed: joined(others.join())??,
        })
    })
}

fn truth_of(params: &Params, plan: &Plan, made: &[Made], written: &Written, files: u64) -> Truth {
    let stored = &written.whatsapp;
    Truth {
        now: NOW,
        seed: params.seed,
        scale: params.scale,
        tips: plan.sizes.tips,
        suspect: suspect::truth(plan.sizes.tips),
        owner_accounts: vec![
            AccountKey::new("whatsapp", people::jid(OWNER_PHONE)),
            AccountKey::new("telegram", format!("user{OWNER_TELEGRAM}")),
        ],
        source: source_of(plan, made),
        decoys: plan.people.iter().filter_map(decoy).collect(),
        media: MediaTruth {
            files,
            known_exact: plan.library.copies(Standing::Listed),
            known_reencoded: plan.library.copies(Standing::Recoded),
            unseen: plan.library.copies(Standing::Unseen),
            gone: plan.gone,
        },
        messages: stored.messages + written.telegram,
        whatsapp_messages: stored.messages,
        telegram_messages: written.telegram,
        wal_only_messages: stored.wal_only,
        main_only_messages: stored.main_only,
        replaced_messages: stored.replaced,
        hash_set_records: written.listed.usable,
        hash_set_unusable_records: written.listed.unusable,
    }
}

fn source_of(plan: &Plan, made: &[Made]) -> SourceTruth {
    let person = plan.people.iter().find(|person| person.part == Part::Source);
    let jid = person.map(Person::jid).unwrap_or_default();
    SourceTruth {
        account: AccountKey::new("whatsapp", jid.clone()),
        name: person.map(Person::name).unwrap_or_default(),
        country: person.map_or("", |person| person.country).to_owned(),
        province: "Buenos Aires".to_owned(),
        chat: jid,
        pictures: plan.series.iter().filter_map(|id| Some(made.get(*id)?.sha256)).collect(),
    }
}

fn decoy(person: &Person) -> Option<DecoyTruth> {
    let kind = match person.part {
        Part::Forwarder => DecoyKind::Forwarder,
        Part::Teenager => DecoyKind::Teenager,
        Part::Boaster => DecoyKind::Boaster,
        Part::Relative => DecoyKind::Relative,
        Part::Source | Part::Friend => return None,
    };
    Some(DecoyTruth { account: person.account(), name: person.name(), kind })
}
