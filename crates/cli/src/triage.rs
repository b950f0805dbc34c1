//! Keeps the line of every tip: which tips belong together, how urgent each is, whose it is.
//!
//! Lines are made when tips arrive and again when anything they rest on changes: a revision, a tip
//! that shares a key, a decision, a list of known hashes, or time. Work that is owed survives: a
//! tip without a line is found by the next command that asks.

mod closure;
mod kept;
mod lines;

pub use kept::{Kept, Link, Override};

use crate::{error::CliError, files, known::known, session::Session};
use amparo_assess::routing::Routing;
use amparo_assess::territory::{IpTable, Names};
use amparo_assess::tips::TipRules;
use amparo_matching::KnownIndex;
use amparo_model::{TipId, TipRevision, UtcMillis};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Tips looked at together. Their closure may hold more.
const BATCH: usize = 200;

/// What triage needs beside the tips themselves; made once for many batches.
pub struct Desk {
    known: KnownIndex,
    rules: TipRules,
    routing: Routing,
    now: UtcMillis,
}

impl Desk {
    /// Opens the lists of known hashes and reads the rules.
    ///
    /// # Errors
    /// [`CliError`] when database or disk do not answer.
    pub async fn open(session: &Session) -> Result<Self, CliError> {
        let known = known(session).await?;
        let routing = routing(session)?;
        let rules = match places(session).await? {
            Some(table) => TipRules::bundled().with_places(Arc::new(table)),
            None => TipRules::bundled(),
        };
        Ok(Self { known, rules, routing, now: session.clock.now() })
    }

    /// Names of countries and divisions, as the rules have them.
    #[must_use]
    pub fn places(&self) -> &Names {
        self.rules.names()
    }

    /// Brings the lines of these tips, and of all that belong to them, up to date.
    ///
    /// # Errors
    /// [`CliError`] when the database does not answer.
    pub async fn triage(&self, session: &mut Session, tips: Vec<TipId>) -> Result<(), CliError> {
        let closure = closure::gather(session, self, tips).await?;
        lines::write(session, self, closure).await
    }
}

/// The table of IP places in use, read from the object that it was kept as.
///
/// # Errors
/// [`CliError`] when the object is missing or damaged.
pub async fn places(session: &Session) -> Result<Option<IpTable>, CliError> {
    let Some(stored) = session.store.places().await? else { return Ok(None) };
    let damaged = |why: String| CliError::storage("the table of IP places", why);
    let bytes = session.objects.read(&stored.object).map_err(|error| damaged(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| damaged(error.to_string()))?;
    Ok(Some(IpTable::parse(&text).map_err(|error| damaged(error.to_string()))?))
}

/// File of the units in the data folder.
const UNITS: &str = "units.toml";

/// The units that tips are routed to; without a file, the unit itself takes its country.
fn routing(session: &Session) -> Result<Routing, CliError> {
    let path = session.folder.join(UNITS);
    let text = match path.exists() {
        true => files::read_text(&path, 1 << 20)?,
        false => format!(
            "[[unit]]\nid = \"national\"\nname = \"national\"\nkind = \"national\"\n\
             country = \"{}\"\n",
            session.config.country
        ),
    };
    Routing::from_toml(&text).map_err(|error| CliError::bad(path.display(), error))
}

/// How far triage has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refreshed {
    /// Tips looked at in this run.
    pub done: usize,
    /// Whether others still wait.
    pub more: bool,
}

/// Brings lines up to date, at most those of `most` tips: first the tips without one, then those
/// whose time has come.
///
/// # Errors
/// [`CliError`] when the database does not answer.
pub async fn refresh(session: &mut Session, most: usize) -> Result<Refreshed, CliError> {
    let mut desk = None;
    let mut done = 0;
    loop {
        let tips = owed(session).await?;
        if tips.is_empty() || done >= most {
            return Ok(Refreshed { done, more: !tips.is_empty() });
        }
        done += tips.len();
        let desk = match &desk {
            Some(desk) => desk,
            None => desk.insert(Desk::open(session).await?),
        };
        desk.triage(session, tips).await?;
    }
}

/// Makes the lines that are missing, as after a run that was cut off.
///
/// # Errors
/// [`CliError`] when the database does not answer.
pub async fn complete(session: &mut Session, desk: &Desk) -> Result<(), CliError> {
    loop {
        let tips = session.store.untriaged(BATCH).await?;
        if tips.is_empty() {
            return Ok(());
        }
        desk.triage(session, tips).await?;
    }
}

/// Brings the lines of these tips up to date, owed or not.
///
/// # Errors
/// [`CliError`] when the database does not answer.
pub async fn again(session: &mut Session, tips: Vec<TipId>) -> Result<(), CliError> {
    Desk::open(session).await?.triage(session, tips).await
}

/// Brings the line of one tip up to date where it is owed.
///
/// # Errors
/// [`CliError`] when the database does not answer.
pub async fn current(session: &mut Session, tip: &TipId) -> Result<(), CliError> {
    let lines = session.store.lines_of(std::slice::from_ref(tip)).await?;
    let now = session.clock.now();
    let good = |line: &amparo_store::TipLine| line.valid_until.is_none_or(|until| until > now);
    let revision = session.store.tips_of(std::slice::from_ref(tip)).await?;
    let stored = revision.first().map(|stored| stored.revision);
    let kept = lines.first().filter(|line| good(line));
    let kept = kept.and_then(|line| serde_json::from_str::<Kept>(&line.body).ok());
    if stored.is_some() && kept.map(|kept| kept.revision) == stored {
        return Ok(());
    }
    Desk::open(session).await?.triage(session, vec![tip.clone()]).await
}

async fn owed(session: &Session) -> Result<Vec<TipId>, CliError> {
    let tips = session.store.untriaged(BATCH).await?;
    if !tips.is_empty() {
        return Ok(tips);
    }
    Ok(session.store.stale_lines(session.clock.now(), BATCH).await?)
}

/// These tips as they stand after all their revisions, without those that are not known.
///
/// # Errors
/// [`CliError`] when the database does not answer.
pub async fn standing_of(
    session: &Session,
    tips: &[TipId],
) -> Result<BTreeMap<TipId, TipRevision>, CliError> {
    let mut standing = BTreeMap::new();
    for stored in session.store.tips_of(tips).await? {
        let tip = closure::standing(session, stored).await?.tip;
        standing.insert(tip.tip.clone(), tip);
    }
    Ok(standing)
}
