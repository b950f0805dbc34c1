//! Arrivals beside what is known of the same tips: what stands now, what changed, what somebody
//! must look at again.

use super::Taken;
use crate::tip_diff::{self, AlertOn, Change};
use crate::{error::CliError, session::Session, tip_words::words_of, triage};
use amparo_assess::territory::Names;
use amparo_model::{TipId, TipRevision};
use amparo_network::{Strength, TipNode, keys};
use amparo_store::{Accepted, Outcome, TipArrival, TipKey};
use serde::{Deserialize, Serialize};

/// A revision that is new work.
#[derive(Debug, Clone, Serialize)]
pub struct RevisionAlert {
    /// Which tip.
    pub tip: TipId,
    /// Which of its revisions.
    pub revision: u32,
    /// What changed.
    #[serde(flatten)]
    pub what: Changed,
}

/// What a revision changed, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Changed {
    /// Why it is shown.
    pub on: Vec<AlertOn>,
    /// Every difference.
    pub changes: Vec<Change>,
}

/// Stores a batch, with what is looked up and shown taken from what stands after each arrival.
pub(super) async fn accept(
    session: &mut Session,
    places: &Names,
    batch: &mut [TipArrival],
    taken: &mut Taken,
) -> Result<(), CliError> {
    let tips: Vec<TipId> = batch.iter().map(|arrival| arrival.tip.record().tip.clone()).collect();
    let mut standing = triage::standing_of(session, &tips).await?;
    let mut pairs = Vec::with_capacity(batch.len());
    for arrival in &mut *batch {
        let now = arrival.tip.record().clone();
        let before = standing.get(&now.tip).cloned();
        let after = before.iter().fold(now, |now, before| now.after(before));
        arrival.keys = keys_of(&after);
        arrival.words = words_of(&after);
        standing.insert(after.tip.clone(), after.clone());
        pairs.push((before, after));
    }
    let accepted = session.store.accept_tips(batch).await?;
    for (accepted, (before, after)) in accepted.iter().zip(&pairs) {
        if let Some(before) = before.as_ref().filter(|_| accepted.outcome == Outcome::Revised) {
            taken.alerts.extend(alert(session, accepted, before, after, places).await?);
        }
    }
    taken.accepted.extend(accepted);
    Ok(())
}

fn keys_of(tip: &TipRevision) -> Vec<TipKey> {
    let node = TipNode::of(tip, &|_| false);
    let key = |(kind, value, strength): (&str, String, Strength)| TipKey {
        kind: kind.to_owned(),
        value,
        joins: strength > Strength::Weak,
    };
    keys(&node).into_iter().map(key).collect()
}

async fn alert(
    session: &Session,
    accepted: &Accepted,
    before: &TipRevision,
    after: &TipRevision,
    places: &Names,
) -> Result<Option<RevisionAlert>, CliError> {
    let on = tip_diff::alerts(before, after, places);
    if on.is_empty() {
        return Ok(None);
    }
    let what = Changed { on, changes: tip_diff::changes(before, after) };
    let (tip, revision) = (accepted.tip.clone(), accepted.revision);
    session.store.alert_revision(&tip, revision, session.clock.now(), &what).await?;
    Ok(Some(RevisionAlert { tip, revision, what }))
}
