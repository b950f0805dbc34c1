//! All tips in the order in which they should be worked: groups of linked tips, most danger first,
//! perishability breaking ties.

use crate::{error::CliError, known::known, session::Session};
use amparo_assess::tips::{TipAssessment, TipContext, TipRules, urgency};
use amparo_matching::KnownIndex;
use amparo_model::{Match, PartyRole, RecordedHash, TipId};
use amparo_network::{DEFAULT_MOST_SHARED, LinkReason, Linking, TipNode, link_tips_with};
use amparo_store::StoredTip;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A tip with what was made of it.
#[derive(Debug, Clone)]
pub struct Assessed {
    /// The current revision.
    pub stored: StoredTip,
    /// How urgent, how perishable, whose.
    pub assessment: TipAssessment,
}

/// Tips that concern the same person or device, most urgent first.
#[derive(Debug, Clone)]
pub struct Group {
    /// The tips.
    pub tips: Vec<Assessed>,
    /// Why they belong together.
    pub reasons: Vec<LinkReason>,
}

/// Everything, in working order.
#[derive(Debug, Clone)]
pub struct Triage {
    /// Most urgent first.
    pub groups: Vec<Group>,
    /// What was shared by too many tips to link any, and shared addresses.
    pub linking: Linking,
}

/// Links and assesses all current tips.
///
/// # Errors
/// [`CliError`] when the database does not answer.
pub async fn triage(session: &Session) -> Result<Triage, CliError> {
    let tips = session.store.current_tips().await?;
    let known = known(session).await?;
    let nodes: Vec<TipNode> = tips.iter().map(node).collect();
    let linking = link_tips_with(&nodes, DEFAULT_MOST_SHARED);
    let spread = spread(&tips);
    let rules = TipRules::bundled();
    let now = session.clock.now();
    let mut by_id: BTreeMap<TipId, StoredTip> =
        tips.into_iter().map(|tip| (tip.tip.record().tip.clone(), tip)).collect();
    let mut groups = Vec::new();
    for linked in &linking.groups {
        let size = linked.tips.len();
        let assess = |stored: StoredTip| {
            let context = context(&stored, size, &known, &spread);
            let assessment = urgency(stored.tip.record(), &context, &rules, now);
            Assessed { stored, assessment }
        };
        let mut tips: Vec<Assessed> =
            linked.tips.iter().filter_map(|tip| by_id.remove(tip)).map(assess).collect();
        tips.sort_by_key(rank);
        groups.push(Group { tips, reasons: linked.reasons.clone() });
    }
    groups.sort_by_key(|group| group.tips.first().map(rank));
    Ok(Triage { groups, linking })
}

type Rank = (std::cmp::Reverse<i32>, std::cmp::Reverse<i32>, TipId);

fn rank(tip: &Assessed) -> Rank {
    let assessment = &tip.assessment;
    (
        std::cmp::Reverse(assessment.danger_points),
        std::cmp::Reverse(assessment.perishability.points),
        tip.stored.tip.record().tip.clone(),
    )
}

/// Only what the tip says of the persons reported may link it to another.
fn node(stored: &StoredTip) -> TipNode {
    let tip = stored.tip.record();
    let suspects = || tip.parties.iter().filter(|party| party.role == PartyRole::Suspect);
    TipNode {
        tip: tip.tip.clone(),
        identifiers: suspects().flat_map(|party| party.identifiers.clone()).collect(),
        captures: suspects().flat_map(|party| party.captures.clone()).collect(),
    }
}

/// In how many tips each stated hash occurs.
fn spread(tips: &[StoredTip]) -> HashMap<RecordedHash, usize> {
    let mut spread = HashMap::new();
    for tip in tips {
        for hash in hashes(tip) {
            *spread.entry(hash.clone()).or_insert(0) += 1;
        }
    }
    spread
}

fn hashes(tip: &StoredTip) -> BTreeSet<&RecordedHash> {
    tip.tip.record().files.iter().flat_map(|file| &file.hashes).collect()
}

fn context(
    stored: &StoredTip,
    group_size: usize,
    known: &KnownIndex,
    spread: &HashMap<RecordedHash, usize>,
) -> TipContext {
    let mut context = TipContext { group_size, ..TipContext::default() };
    let loaded = !known.against().is_empty();
    for hash in hashes(stored) {
        let hits: Vec<Match> = known.recorded(hash).into_iter().filter(|hit| hit.alert).collect();
        let everywhere = spread.get(hash).is_some_and(|tips| *tips > DEFAULT_MOST_SHARED);
        let distributed = hits.iter().any(|hit| hit.is_distributed == Some(true));
        context.files_looked_up += usize::from(loaded);
        context.known_files += usize::from(!hits.is_empty());
        context.viral_files += usize::from(everywhere || distributed);
    }
    context
}
