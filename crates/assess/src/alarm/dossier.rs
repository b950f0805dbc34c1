//! Everything about one counterpart in one place, before it is weighed.
//!
//! A transfer belongs to its sender; one that the owner sent belongs to the other side of a direct
//! chat, and to nobody in a group. A phrase belongs to its writer; the owner's own phrase belongs
//! to the other side of a direct chat.

use super::facts::{AlarmFacts, SavedContact, SignalFact, Standing, TransferFact};
use amparo_model::{AccountKey, ChatKind, Direction, UtcMillis};
use std::collections::{BTreeMap, BTreeSet};

/// One counterpart of one owner.
pub(super) struct Dossier<'a> {
    pub(super) owner: &'a AccountKey,
    pub(super) counterpart: &'a AccountKey,
    pub(super) names: Vec<String>,
    pub(super) saved_as: Option<&'a SavedContact>,
    /// Each file received from the counterpart once, in order of time.
    pub(super) received: Vec<Seen<'a>>,
    /// Files of listed material in the direct chat, both directions.
    pub(super) listed_in_chat: Vec<&'a TransferFact>,
    /// Phrases the counterpart wrote.
    pub(super) said: Vec<&'a SignalFact>,
    /// Phrases the owner wrote to him alone.
    pub(super) owner_said: Vec<&'a SignalFact>,
    /// When the two were last in contact, and the reference of the record that shows it.
    pub(super) last_contact: Option<(UtcMillis, &'a str)>,
}

/// A transfer with what the lists say and whether a group saw it too.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) fact: &'a TransferFact,
    pub(super) standing: Standing,
    pub(super) in_group: bool,
}

type Key<'a> = (&'a AccountKey, &'a AccountKey);

/// Gathers a dossier for every counterpart, ordered by owner and counterpart.
pub(super) fn gather(facts: &AlarmFacts) -> Vec<Dossier<'_>> {
    let owners: BTreeSet<&AccountKey> = facts.owners.iter().collect();
    let others = other_sides(facts, &owners);
    let mut dossiers: BTreeMap<Key<'_>, Dossier<'_>> = BTreeMap::new();
    for fact in &facts.transfers {
        if let Some(counterpart) = of_transfer(facts, fact, &others, &owners) {
            let group = in_group(facts, &fact.owner, &fact.chat, fact.to.len());
            add_transfer(open(&mut dossiers, facts, &fact.owner, counterpart), fact, group);
        }
    }
    for fact in &facts.signals {
        let Some(owner) = &fact.owner else { continue };
        if let Some(counterpart) = of_signal(owner, fact, &others, &owners) {
            add_signal(open(&mut dossiers, facts, owner, counterpart), fact);
        }
    }
    let mut all: Vec<Dossier<'_>> = dossiers.into_values().collect();
    all.iter_mut().for_each(settle);
    all
}

impl<'a> Dossier<'a> {
    /// Files received of one standing.
    pub(super) fn received(&self, standing: Standing) -> impl Iterator<Item = Seen<'a>> + '_ {
        self.received.iter().copied().filter(move |seen| seen.standing == standing)
    }

    /// Pictures received that no list knows, compared or not yet.
    pub(super) fn unlisted(&self) -> impl Iterator<Item = Seen<'a>> + '_ {
        let unlisted =
            |seen: &Seen<'a>| matches!(seen.standing, Standing::Unlisted | Standing::Provisional);
        self.received.iter().copied().filter(unlisted)
    }

    /// What the counterpart said under a rule.
    pub(super) fn said(&self, rule: &str) -> Vec<&'a SignalFact> {
        self.said.iter().copied().filter(|fact| fact.rule == rule).collect()
    }

    /// What either side said under a rule.
    pub(super) fn either_said(&self, rule: &str) -> Vec<&'a SignalFact> {
        let both = self.said.iter().chain(&self.owner_said);
        both.copied().filter(|fact| fact.rule == rule).collect()
    }

    /// Listed material in the direct chat, or an offer, request or promise.
    pub(super) fn has_exchange_context(&self) -> bool {
        !self.listed_in_chat.is_empty()
            || !self.either_said("offers_or_requests").is_empty()
            || !self.said("promises_more").is_empty()
    }
}

fn open<'m, 'a>(
    dossiers: &'m mut BTreeMap<Key<'a>, Dossier<'a>>,
    facts: &'a AlarmFacts,
    owner: &'a AccountKey,
    counterpart: &'a AccountKey,
) -> &'m mut Dossier<'a> {
    dossiers.entry((owner, counterpart)).or_insert_with(|| Dossier {
        owner,
        counterpart,
        names: facts.names.get(counterpart).cloned().unwrap_or_default(),
        saved_as: facts.contacts.get(counterpart),
        received: Vec::new(),
        listed_in_chat: Vec::new(),
        said: Vec::new(),
        owner_said: Vec::new(),
        last_contact: facts
            .last_contact
            .get(&(owner.clone(), counterpart.clone()))
            .map(|last| (last.at, last.evidence.as_str())),
    })
}

fn add_transfer<'a>(dossier: &mut Dossier<'a>, fact: &'a TransferFact, in_group: bool) {
    let standing = fact.standing();
    if standing == Standing::Listed && !in_group {
        dossier.listed_in_chat.push(fact);
    }
    let by_him = match &fact.from {
        Some(from) => from == dossier.counterpart,
        None => fact.direction == Direction::Received,
    };
    if by_him {
        dossier.received.push(Seen { fact, standing, in_group });
    }
    add_contact(dossier, fact.at, &fact.evidence);
}

fn add_signal<'a>(dossier: &mut Dossier<'a>, fact: &'a SignalFact) {
    if fact.from_owner { &mut dossier.owner_said } else { &mut dossier.said }.push(fact);
    add_contact(dossier, fact.at, &fact.evidence);
}

/// Of equal times the greater reference, so that the order of input does not show.
fn add_contact<'a>(dossier: &mut Dossier<'a>, at: Option<UtcMillis>, evidence: &'a str) {
    dossier.last_contact = dossier.last_contact.max(at.map(|at| (at, evidence)));
}

/// Keeps each file once, direct before group, and orders by time: the same picture sent three times
/// is one picture.
fn settle(dossier: &mut Dossier<'_>) {
    let mut objects = BTreeSet::new();
    dossier.received.sort_by(|a, b| (a.in_group, order(a)).cmp(&(b.in_group, order(b))));
    dossier.received.retain(|seen| seen.fact.object.is_none_or(|object| objects.insert(object)));
    dossier.received.sort_by(|a, b| order(a).cmp(&order(b)));
    dossier.said.sort_by(|a, b| (a.at, &a.evidence).cmp(&(b.at, &b.evidence)));
    dossier.owner_said.sort_by(|a, b| (a.at, &a.evidence).cmp(&(b.at, &b.evidence)));
}

fn order<'s>(seen: &'s Seen<'_>) -> (Option<UtcMillis>, &'s str, &'s str) {
    (seen.fact.at, &seen.fact.evidence, &seen.fact.message)
}

fn in_group(facts: &AlarmFacts, owner: &AccountKey, chat: &str, recipients: usize) -> bool {
    // Cloning the key is the price of a map keyed by owned pairs; chats are few.
    match facts.chat_kinds.get(&(owner.clone(), chat.to_owned())) {
        Some(ChatKind::Direct) => false,
        Some(ChatKind::Unknown) | None => recipients > 1,
        Some(_) => true,
    }
}

/// The one other side of each direct chat, as far as transfers and phrases show it.
fn other_sides<'a>(
    facts: &'a AlarmFacts,
    owners: &BTreeSet<&AccountKey>,
) -> BTreeMap<(&'a AccountKey, &'a str), &'a AccountKey> {
    let mut seen: BTreeMap<(&AccountKey, &str), BTreeSet<&AccountKey>> = BTreeMap::new();
    for fact in &facts.transfers {
        if !in_group(facts, &fact.owner, &fact.chat, fact.to.len()) {
            let sides = seen.entry((&fact.owner, &fact.chat)).or_default();
            sides.extend(fact.from.iter().chain(&fact.to));
        }
    }
    for fact in &facts.signals {
        let (Some(owner), Some(account)) = (&fact.owner, &fact.account) else { continue };
        if !in_group(facts, owner, &fact.chat, 1) {
            seen.entry((owner, &fact.chat)).or_default().insert(account);
        }
    }
    let only = |sides: BTreeSet<&'a AccountKey>| {
        let mut others = sides.into_iter().filter(|side| !owners.contains(side));
        others.next().filter(|_| others.next().is_none())
    };
    seen.into_iter().filter_map(|(chat, sides)| Some((chat, only(sides)?))).collect()
}

fn of_transfer<'a>(
    facts: &AlarmFacts,
    fact: &'a TransferFact,
    others: &BTreeMap<(&'a AccountKey, &'a str), &'a AccountKey>,
    owners: &BTreeSet<&AccountKey>,
) -> Option<&'a AccountKey> {
    let sender = fact.from.as_ref().filter(|from| !owners.contains(from));
    if sender.is_some() && fact.direction != Direction::Sent {
        return sender;
    }
    if in_group(facts, &fact.owner, &fact.chat, fact.to.len()) {
        return None;
    }
    others.get(&(&fact.owner, fact.chat.as_str())).copied()
}

fn of_signal<'a>(
    owner: &'a AccountKey,
    fact: &'a SignalFact,
    others: &BTreeMap<(&'a AccountKey, &'a str), &'a AccountKey>,
    owners: &BTreeSet<&AccountKey>,
) -> Option<&'a AccountKey> {
    let writer = fact.account.as_ref().filter(|account| !owners.contains(account));
    if writer.is_some() && !fact.from_owner {
        return writer;
    }
    others.get(&(owner, fact.chat.as_str())).copied()
}
