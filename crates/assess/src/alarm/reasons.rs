//! The conditions of the rules that carry points, each a few lines over one dossier.
//!
//! A rule holds or holds not; how much it weighs stands in `data/alarm.toml`. Danger signs only
//! ever add, so that one more of them never lowers anybody.

use super::dossier::{Dossier, Seen};
use super::facts::{SignalFact, Standing};
use super::rules::{Limits, Rules};
use crate::rule::Found;
use amparo_model::{Reason, UtcMillis};
use std::collections::BTreeMap;

/// A wall-clock time whose zone nobody stated lies up to so far from UTC.
const ZONE_MS: i64 = 14 * 3_600_000;

/// Every reason that holds, for and against.
pub(super) fn weigh(dossier: &Dossier<'_>, rules: &Rules, now: UtcMillis) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut add = |id: &str, count: u32, found: Found| {
        reasons.extend(rules.reason(id, count, found));
    };
    phrases(dossier, &mut add);
    pictures(dossier, rules.limits(), &mut add);
    series(dossier, rules.limits(), &mut add);
    contact(dossier, rules.limits(), now, &mut add);
    counter_evidence(dossier, &mut add);
    reasons
}

/// What decides first, then the heaviest for or against, then by rule.
pub(super) fn order(reasons: &mut [Reason]) {
    let deciding = |reason: &Reason| !super::band::DECIDING.contains(&reason.rule.as_str());
    reasons.sort_by(|a, b| {
        (deciding(a), b.points.abs(), &a.rule).cmp(&(deciding(b), a.points.abs(), &b.rule))
    });
}

/// Pictures counted with the weight of groups, rounded down.
pub(super) fn weighted<'a>(seen: impl Iterator<Item = Seen<'a>>, limits: &Limits) -> u32 {
    let percent = |seen: Seen<'a>| if seen.in_group { limits.group_percent } else { 100 };
    seen.map(percent).fold(0_u32, u32::saturating_add) / 100
}

/// The phrase quoted first, with how many there are and since when.
pub(super) fn quoted(facts: &[&SignalFact]) -> Found {
    let first = facts.first();
    let args = [
        ("count", facts.len().to_string()),
        ("excerpt", first.map(|fact| fact.excerpt.clone()).unwrap_or_default()),
        ("date", date(first.and_then(|fact| fact.at))),
    ];
    Found::new(&args).at(facts.iter().map(|fact| fact.evidence.as_str()))
}

/// The day in UTC, or a dash when no time is known.
pub(super) fn date(at: Option<UtcMillis>) -> String {
    let text = at.map(|at| at.to_string()).unwrap_or_default();
    text.get(..10).filter(|_| text.contains('T')).unwrap_or("—").to_owned()
}

/// Receives a rule id, the number of items and what was found.
type Add<'a> = &'a mut dyn FnMut(&str, u32, Found);

fn phrases(dossier: &Dossier<'_>, add: Add<'_>) {
    for rule in ["claims_access", "promises_more", "secrecy"] {
        let said = dossier.said(rule);
        if !said.is_empty() {
            add(rule, 1, quoted(&said));
        }
    }
    let offers = dossier.either_said("offers_or_requests");
    if !offers.is_empty() {
        add("offers_or_requests", 1, quoted(&offers));
    }
}

fn pictures(dossier: &Dossier<'_>, limits: &Limits, add: Add<'_>) {
    let kinds = [
        (Standing::Unlisted, "unlisted_received"),
        (Standing::Provisional, "unlisted_provisional"),
        (Standing::NotLookedUp, "not_looked_up"),
    ];
    for (standing, rule) in kinds {
        let seen: Vec<Seen<'_>> = dossier.received(standing).collect();
        if !seen.is_empty() {
            add(rule, weighted(seen.iter().copied(), limits), counted(&seen));
        }
    }
    let listed = &dossier.listed_in_chat;
    if !listed.is_empty() {
        let sent = listed.iter().filter(|f| f.from.as_ref() == Some(dossier.counterpart)).count();
        let args = [("count", listed.len().to_string()), ("from_counterpart", sent.to_string())];
        let evidence = listed.iter().map(|fact| fact.evidence.as_str());
        add("listed_in_chat", 1, Found::new(&args).at(evidence));
    }
}

/// How many files, from when to when, how many of them in groups.
pub(super) fn counted(seen: &[Seen<'_>]) -> Found {
    let times = || seen.iter().filter_map(|seen| seen.fact.at);
    let args = [
        ("count", seen.len().to_string()),
        ("in_groups", seen.iter().filter(|seen| seen.in_group).count().to_string()),
        ("first", date(times().min())),
        ("last", date(times().max())),
    ];
    Found::new(&args).at(seen.iter().map(|seen| seen.fact.evidence.as_str()))
}

fn series(dossier: &Dossier<'_>, limits: &Limits, add: Add<'_>) {
    let least = usize::try_from(limits.series_pictures).unwrap_or(usize::MAX).max(1);
    let close = close_in_time(dossier, limits);
    if close.len() >= least {
        add("series_in_time", 1, counted(&close));
    }
    let mut cameras: BTreeMap<&str, Vec<Seen<'_>>> = BTreeMap::new();
    for seen in dossier.unlisted() {
        if let Some(camera) = seen.fact.camera.as_deref() {
            cameras.entry(camera).or_default().push(seen);
        }
    }
    let most = cameras.into_iter().max_by_key(|(_, seen)| seen.len());
    if let Some((camera, seen)) = most.filter(|(_, seen)| seen.len() >= least) {
        let args = [("count", seen.len().to_string()), ("camera", camera.to_owned())];
        let evidence = seen.iter().map(|seen| seen.fact.evidence.as_str());
        add("series_same_camera", 1, Found::new(&args).at(evidence));
    }
    recent_creation(dossier, limits, add);
}

/// The largest run of pictures of one chat within the hours of a series.
fn close_in_time<'a>(dossier: &Dossier<'a>, limits: &Limits) -> Vec<Seen<'a>> {
    let span = limits.series_hours.saturating_mul(3_600_000);
    let mut chats: BTreeMap<&str, Vec<(UtcMillis, Seen<'a>)>> = BTreeMap::new();
    for seen in dossier.unlisted() {
        if let Some(at) = seen.fact.at {
            chats.entry(&seen.fact.chat).or_default().push((at, seen));
        }
    }
    let mut best: Vec<Seen<'a>> = Vec::new();
    for timed in chats.values() {
        let mut from = 0;
        for (upto, (at, _)) in timed.iter().enumerate() {
            while timed.get(from).is_some_and(|(first, _)| at.0.saturating_sub(first.0) > span) {
                from += 1;
            }
            if upto + 1 - from > best.len() {
                let run = timed.get(from..=upto).unwrap_or_default();
                best = run.iter().map(|(_, seen)| *seen).collect();
            }
        }
    }
    best
}

fn recent_creation(dossier: &Dossier<'_>, limits: &Limits, add: Add<'_>) {
    let most = limits.recent_creation_days.saturating_mul(UtcMillis::DAY_MS);
    let recent = |seen: &Seen<'_>| match (seen.fact.taken_at, seen.fact.at) {
        (Some(taken), Some(sent)) => {
            // Taken after it was sent, beyond what a zone explains, is a wrong clock, not a sign.
            (-ZONE_MS..=most.saturating_add(ZONE_MS)).contains(&sent.0.saturating_sub(taken.0))
        }
        _ => false,
    };
    let seen: Vec<Seen<'_>> = dossier.unlisted().filter(recent).collect();
    if !seen.is_empty() {
        add("recent_creation", 1, counted(&seen));
    }
}

fn contact(dossier: &Dossier<'_>, limits: &Limits, now: UtcMillis, add: Add<'_>) {
    match dossier.last_contact {
        Some((at, evidence)) if recent_contact(dossier, limits, now) => {
            let found = Found::new(&[("date", date(Some(at)))]);
            add("recent_contact", 1, found.at([evidence].into_iter()));
        }
        Some(_) => {}
        None => add("contact_date_unknown", 1, Found::default()),
    }
}

/// Whether the last contact lies within the days of the floor. A time after now is a wrong clock
/// and does not make a contact old.
pub(super) fn recent_contact(dossier: &Dossier<'_>, limits: &Limits, now: UtcMillis) -> bool {
    let most = limits.floor_contact_days.saturating_mul(UtcMillis::DAY_MS);
    dossier.last_contact.is_some_and(|(at, _)| now.0.saturating_sub(at.0) <= most)
}

fn counter_evidence(dossier: &Dossier<'_>, add: Add<'_>) {
    if only_listed(dossier) {
        let listed = &dossier.listed_in_chat;
        let args = [
            ("count", listed.len().to_string()),
            ("first", date(listed.iter().filter_map(|fact| fact.at).min())),
            ("last", date(listed.iter().filter_map(|fact| fact.at).max())),
        ];
        let evidence = listed.iter().map(|fact| fact.evidence.as_str());
        add("only_listed", 1, Found::new(&args).at(evidence));
    }
    let distributed: Vec<Seen<'_>> =
        dossier.received.iter().copied().filter(|seen| seen.fact.is_distributed).collect();
    if !distributed.is_empty() {
        add("widely_distributed", 1, counted(&distributed));
    }
    let forwarded: Vec<Seen<'_>> =
        dossier.received.iter().copied().filter(|seen| seen.fact.forwarded).collect();
    if !forwarded.is_empty() {
        add("forwarded", u32::try_from(forwarded.len()).unwrap_or(u32::MAX), counted(&forwarded));
    }
    if !dossier.has_exchange_context() {
        add("no_exchange_context", 1, Found::default());
    }
    if let Some(saved) = dossier.saved_as {
        let found = Found::new(&[("name", saved.name.clone())]);
        add("saved_contact", 1, found.at([saved.evidence.as_str()].into_iter()));
    }
    let family = dossier.either_said("family_talk");
    if !family.is_empty() {
        add("family_talk", 1, quoted(&family));
    }
}

/// Listed material went through the direct chat, and the counterpart sent no picture that no list
/// knows. Takes back what `listed_in_chat` gave, no more: one more listed file lowers nobody.
fn only_listed(dossier: &Dossier<'_>) -> bool {
    let open = |seen: &Seen<'_>| {
        let open = [Standing::Unlisted, Standing::Provisional, Standing::NotLookedUp];
        open.contains(&seen.standing)
    };
    !dossier.listed_in_chat.is_empty() && !dossier.received.iter().any(open)
}
