//! From a closure of tips to their lines: linked, folded, assessed, in order.

use super::closure::{Closure, Standing, hashes};
use super::{Desk, Kept, Link, Override};
use crate::error::CliError;
use crate::session::{Deed, Session};
use amparo_assess::tips::{TipAssessment, TipContext, danger_sign, urgency};
use amparo_assess::{Territory, losses};
use amparo_authz::{Action, Object};
use amparo_model::{Match, RecordedHash, TipId};
use amparo_network::{LinkReason, TipGroup, fold_key, link_tips_with};
use amparo_store::{TipLine, TipLoss};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A tip with what was made of it, on its way to its line.
struct Assessed {
    tip: TipId,
    assessment: TipAssessment,
    danger: i64,
    fold: Option<String>,
    kept: Kept,
    files: BTreeSet<RecordedHash>,
    losses: Vec<TipLoss>,
}

pub(super) async fn write(
    session: &mut Session,
    desk: &Desk,
    mut closure: Closure,
) -> Result<(), CliError> {
    let names: Vec<TipId> = closure.tips.keys().cloned().collect();
    let overrides = overrides(session, &names).await?;
    relate(&mut closure);
    let linking = link_tips_with(&closure.nodes, &closure.rules);
    let mut groups = Vec::with_capacity(linking.groups.len());
    for group in linking.groups {
        let assess = |tip: &TipId| {
            let standing = closure.tips.get(tip)?;
            Some(assess(desk, &closure, standing, group.tips.len(), overrides.get(tip)))
        };
        let mut tips: Vec<Assessed> = group.tips.iter().filter_map(assess).collect();
        tips.sort_by_cached_key(rank);
        groups.push((group, tips));
    }
    let before = lines_before(session, &names).await?;
    log_new_links(session, &groups, &before).await?;
    let heads = fold_heads(session, &groups).await?;
    let (lines, losses) = lines(desk, groups, heads);
    let orphans = orphans(&before, &lines);
    session.store.put_lines(&lines, &losses).await?;
    if !orphans.is_empty() {
        session.store.untriage_under(&orphans).await?;
    }
    Ok(())
}

/// An officer's word that two tips are one person counts like a report that names the other.
fn relate(closure: &mut Closure) {
    for (a, b) in &closure.same {
        for node in &mut closure.nodes {
            if node.tip == *a && !node.related.contains(b) {
                node.related.push(b.clone());
            }
        }
    }
}

async fn overrides(
    session: &Session,
    names: &[TipId],
) -> Result<BTreeMap<TipId, Override>, CliError> {
    let all = session.store.overrides::<Override>(names).await?;
    let signed = |decided: amparo_store::Decided<Override>| {
        let what = Override { by: decided.by, at: Some(decided.at), ..decided.what };
        (decided.tip, what)
    };
    // Oldest first, so the last one stays.
    Ok(all.into_iter().map(signed).collect())
}

fn assess(
    desk: &Desk,
    closure: &Closure,
    standing: &Standing,
    group_size: usize,
    overridden: Option<&Override>,
) -> Assessed {
    let tip = &standing.tip;
    let context = context(desk, closure, standing, group_size);
    let assessment = urgency(tip, &context, &desk.rules, desk.now);
    let territory = &assessment.territory;
    let viral = |hash: &RecordedHash| closure.viral(desk, hash);
    let fold = fold_key(tip, &viral).filter(|_| !danger_sign(&assessment) && overridden.is_none());
    let danger = overridden.map_or(assessment.danger_points, |set| set.danger_points);
    let country = territory.country.as_deref();
    let losses = losses(tip, country, &desk.rules, desk.now).into_iter().filter_map(|loss| {
        let body = serde_json::to_string(&loss).ok().filter(|_| !loss.passed)?;
        let lost_at = loss.lost_from.unwrap_or(TipLoss::ANY_DAY);
        Some(TipLoss { tip: tip.tip.clone(), lost_at, body })
    });
    Assessed {
        tip: tip.tip.clone(),
        danger: i64::from(danger),
        fold: fold.and_then(|key| digest(&key)),
        files: hashes(standing).cloned().collect(),
        losses: losses.collect(),
        kept: Kept {
            revision: standing.revision,
            provider: tip.provider.clone(),
            originator_level: tip.originator_level.clone(),
            danger_points: assessment.danger_points,
            perishability_points: assessment.perishability.points,
            division_name: territory.division_name.clone(),
            conflict: territory.conflict,
            suspected_minor: assessment.suspected_minor,
            reasons: Kept::reasons(&assessment),
            problem_count: standing.problems,
            rules_version: assessment.rules_version.clone(),
            assessed_at: desk.now,
            links: Vec::new(),
            overridden: overridden.cloned(),
        },
        assessment,
    }
}

fn context(desk: &Desk, closure: &Closure, standing: &Standing, group_size: usize) -> TipContext {
    let mut context = TipContext { group_size, ..TipContext::default() };
    let loaded = !desk.known.against().is_empty();
    for hash in hashes(standing).collect::<BTreeSet<_>>() {
        let hits: Vec<Match> =
            desk.known.recorded(hash).into_iter().filter(|hit| hit.alert).collect();
        context.files_looked_up += usize::from(loaded);
        context.known_files += usize::from(!hits.is_empty());
        context.viral_files += usize::from(closure.viral(desk, hash));
    }
    context
}

/// A fold key in a form that may be compared and indexed.
fn digest(key: &amparo_network::FoldKey) -> Option<String> {
    let text = serde_json::to_string(&(&key.files, &key.provider, &key.incident_type)).ok()?;
    Some(amparo_evidence::sha256(text.as_bytes()).to_string())
}

type Rank = (Reverse<i64>, Reverse<i32>, TipId);

fn rank(tip: &Assessed) -> Rank {
    (Reverse(tip.danger), Reverse(tip.assessment.perishability.points), tip.tip.clone())
}

async fn lines_before(
    session: &Session,
    names: &[TipId],
) -> Result<BTreeMap<TipId, TipId>, CliError> {
    let lines = session.store.lines_of(names).await?;
    Ok(lines.into_iter().map(|line| (line.tip, line.line)).collect())
}

/// That tips stand together now and did not before is a combination of data, and logged as one.
async fn log_new_links(
    session: &mut Session,
    groups: &[(TipGroup, Vec<Assessed>)],
    before: &BTreeMap<TipId, TipId>,
) -> Result<(), CliError> {
    let news = |group: &TipGroup| {
        let lines: BTreeSet<Option<&TipId>> = group.tips.iter().map(|t| before.get(t)).collect();
        group.tips.len() > 1 && (lines.len() > 1 || lines.contains(&None))
    };
    let kinds = |group: &TipGroup| -> Vec<&str> {
        group
            .reasons
            .iter()
            .map(|reason| reason.kind)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    };
    let new: Vec<serde_json::Value> = groups
        .iter()
        .filter(|(group, _)| news(group))
        .map(|(group, _)| serde_json::json!({ "tips": group.tips, "over": kinds(group) }))
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    let deed = Deed::on(Action::LinkTips, Object::Unit, "tips")
        .detail(serde_json::json!({ "groups": new }));
    session.act(&deed).await
}

/// The tips under which folded ones go: those that stand there already.
async fn fold_heads(
    session: &Session,
    groups: &[(TipGroup, Vec<Assessed>)],
) -> Result<BTreeMap<String, TipId>, CliError> {
    let alone = groups.iter().filter(|(group, _)| group.tips.len() == 1);
    let keys: BTreeSet<String> =
        alone.flat_map(|(_, tips)| tips).filter_map(|tip| tip.fold.clone()).collect();
    let keys: Vec<String> = keys.into_iter().collect();
    let mut heads = session.store.fold_heads(&keys).await?;
    // A head that is looked at right now and folds no longer is none any more.
    for (_, tips) in groups {
        for tip in tips {
            heads.retain(|key, head| *head != tip.tip || tip.fold.as_ref() == Some(key));
        }
    }
    Ok(heads)
}

fn lines(
    desk: &Desk,
    groups: Vec<(TipGroup, Vec<Assessed>)>,
    mut heads: BTreeMap<String, TipId>,
) -> (Vec<TipLine>, Vec<TipLoss>) {
    let (mut lines, mut losses) = (Vec::new(), Vec::new());
    let mut groups = groups;
    // The most urgent of those that are new becomes the head of its fold.
    groups.sort_by_cached_key(|(_, tips)| tips.first().map(rank));
    for (group, mut tips) in groups {
        let linked = tips.len() > 1;
        let of_all = territory_of(&tips);
        let Some(first) = tips.first_mut() else { continue };
        first.kept.links = group.reasons.iter().map(link).collect();
        if let Some(territory) = of_all.filter(|_| linked) {
            first.kept.division_name = territory.division_name.clone();
            first.assessment.territory = territory;
        }
        let head = match first.fold.clone().filter(|_| !linked) {
            Some(key) => heads.entry(key).or_insert_with(|| first.tip.clone()).clone(),
            None => first.tip.clone(),
        };
        let files: BTreeSet<&RecordedHash> = tips.iter().flat_map(|tip| &tip.files).collect();
        let of_line = files.len();
        for tip in &tips {
            let files = if tip.tip == head { of_line } else { tip.files.len() };
            lines.push(line(desk, tip, &head, linked, files));
        }
        losses.extend(tips.into_iter().flat_map(|tip| tip.losses));
    }
    (lines, losses)
}

/// Where a person's tips belong who is reported several times: what the most urgent one says, and
/// what it leaves open, by the next that says it.
fn territory_of(tips: &[Assessed]) -> Option<Territory> {
    let stated = || tips.iter().map(|tip| &tip.assessment.territory);
    let country = stated().find(|territory| territory.country.is_some())?;
    let same = stated().filter(|territory| territory.country == country.country);
    let mut found = country.clone();
    if let Some(closer) = same.clone().find(|territory| territory.division.is_some()) {
        found.division = closer.division.clone();
        found.division_name = closer.division_name.clone();
    }
    found.conflict |=
        stated().any(|other| other.country.is_some() && other.country != found.country);
    Some(found)
}

fn line(desk: &Desk, tip: &Assessed, head: &TipId, linked: bool, files: usize) -> TipLine {
    let territory = &tip.assessment.territory;
    let why = match (linked, tip.tip == *head) {
        (true, _) => "linked",
        (false, true) => "alone",
        (false, false) => "folded",
    };
    TipLine {
        tip: tip.tip.clone(),
        line: head.clone(),
        why: why.to_owned(),
        danger: tip.danger,
        perishability: i64::from(tip.assessment.perishability.points),
        act_by: tip.assessment.perishability.act_by,
        country: territory.country.clone().unwrap_or_default(),
        division: territory.division.clone().unwrap_or_default(),
        unit: match tip.kept.suspected_minor {
            true => PROTECTION.to_owned(),
            false => queue(desk, territory),
        },
        files: i64::try_from(files).unwrap_or(i64::MAX),
        fold_key: tip.fold.clone().filter(|_| !linked),
        valid_until: tip.assessment.valid_until,
        // A value of strings and numbers always has a text.
        body: serde_json::to_string(&tip.kept).unwrap_or_default(),
    }
}

/// Queue of tips whose person reported may be a minor: another path, other people, other law.
const PROTECTION: &str = "protection";

/// The unit's id, or the queue of those that no unit takes.
fn queue(desk: &Desk, territory: &Territory) -> String {
    let routed = desk.routing.unit_for(territory);
    routed.unit.unwrap_or_else(|| routed.queue.to_string())
}

fn link(reason: &LinkReason) -> Link {
    Link { kind: reason.kind.to_owned(), value: reason.value.clone(), tips: reason.tips.clone() }
}

/// Heads that are heads no longer, under which other tips may still stand.
fn orphans(before: &BTreeMap<TipId, TipId>, lines: &[TipLine]) -> Vec<TipId> {
    let was_head = |tip: &TipId| before.get(tip) == Some(tip);
    let now = lines.iter().filter(|line| was_head(&line.tip));
    now.filter(|line| line.line != line.tip || line.fold_key.is_none())
        .map(|line| line.tip.clone())
        .collect()
}
