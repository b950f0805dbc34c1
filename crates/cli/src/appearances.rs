//! Accounts that a tip names and an exhibit holds: the combination, seen from either side.
//!
//! Only exhibits that this person may read take part, and nothing tells of others: no count, no
//! gap. Every combination that is shown is in the log first, as a reading of the exhibit and as a
//! combination of data. An officer's word that the two are not the same takes it out of view.

use crate::session::{Deed, Session};
use crate::{error::CliError, page::Page, triage};
use amparo_authz::{Action, Object};
use amparo_model::{
    CaseId, DataCategory, EvidenceId, EvidenceItem, IdentifierKind, Locator, PartyRole, Stated,
    TipId, TipRevision,
};
use amparo_network::{JOINING, Sought, Strength, sought};
use amparo_store::{AccountNamed, AccountRole, Decided, SameAccount};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Accounts and address books are what was communicated with.
const READS: &[DataCategory] = &[DataCategory::Communications];

/// A name that more accounts than this have, among those that may be read, hints at nobody.
const MOST_OF_A_NAME: usize = 20;

/// One account of a tip on one exhibit.
#[derive(Debug, Serialize)]
pub struct Appearance {
    /// The tip.
    pub tip: TipId,
    /// The exhibit's case.
    pub case: CaseId,
    /// The exhibit.
    pub evidence: EvidenceId,
    /// The account, as `tips decide --account` takes it.
    pub account: String,
    /// Names that it shows or that the owner of the store gave it.
    pub names: Vec<String>,
    /// What it is to the store.
    pub roles: BTreeSet<AccountRole>,
    /// What part it has in the tip.
    pub party: PartyRole,
    /// What both name.
    pub kind: IdentifierKind,
    /// Its value as compared.
    pub value: String,
    /// Whether the tip's provider says that it verified it.
    pub verified: Stated,
    /// `strong`, or `weak` for a hint that proves nothing.
    pub strength: &'static str,
    /// Why the two stand together, in words.
    pub reason: String,
    /// Where it was read on the exhibit.
    pub at: Locator,
    /// An officer's word that they are the same.
    pub confirmed: Option<Decided<SameAccount>>,
}

/// Something that a tip names, and who of it.
struct Wanted {
    party: PartyRole,
    verified: Stated,
    sought: Sought,
}

/// What a tip names that may find accounts. Who reported is the provider's own staff.
fn wanted(tip: &TipRevision) -> Vec<Wanted> {
    let parties = tip.parties.iter().filter(|party| party.role != PartyRole::Reporter);
    let of_party = parties.flat_map(|party| {
        party.identifiers.iter().filter_map(|identifier| {
            let (party, verified) = (party.role, identifier.verified);
            Some(Wanted { party, verified, sought: sought(identifier)? })
        })
    });
    of_party.collect()
}

/// The exhibits on which accounts of a tip appear, those that join before those that hint.
///
/// # Errors
/// [`CliError`] when database or log do not answer.
pub async fn of_tip(session: &mut Session, tip: &TipId) -> Result<Vec<Appearance>, CliError> {
    let standing = triage::standing_of(session, std::slice::from_ref(tip)).await?.remove(tip);
    let wanted = standing.as_ref().map(wanted).unwrap_or_default();
    let mut by_kind: BTreeMap<IdentifierKind, BTreeSet<String>> = BTreeMap::new();
    for one in &wanted {
        by_kind.entry(one.sought.kind).or_default().insert(one.sought.value.clone());
    }
    let mut held = Vec::new();
    for (kind, values) in by_kind {
        let values: Vec<String> = values.into_iter().collect();
        held.extend(session.store.accounts_named(kind, &values).await?);
    }
    let evidence: BTreeSet<EvidenceId> =
        held.iter().map(|(evidence, _)| evidence.clone()).collect();
    let items = readable(session, evidence).await?;
    let mut found = Found::default();
    for (evidence, account) in &held {
        let Some(item) = items.get(evidence) else { continue };
        found.add(session, item, tip, &wanted, account);
    }
    let found = decided(session, found.into_hints_last()).await?;
    log(session, &items, &found).await?;
    Ok(found)
}

/// The tips that name accounts of an exhibit, over what joins; hints are the tip's own matter.
///
/// # Errors
/// [`CliError`] when database or log do not answer.
pub async fn of_exhibit(
    session: &mut Session,
    item: &EvidenceItem,
) -> Result<Vec<Appearance>, CliError> {
    let tips = Deed::on(Action::ReadTips, Object::Unit, "tips");
    let items = readable(session, BTreeSet::from([item.id.clone()])).await?;
    if !session.judge(&tips).await?.is_allowed() || items.is_empty() {
        return Ok(Vec::new());
    }
    let held = session.store.tips_of_accounts(&item.id, &JOINING).await?;
    let names: BTreeSet<TipId> = held.iter().map(|(tip, _)| tip.clone()).collect();
    let names: Vec<TipId> = names.into_iter().collect();
    let standing = triage::standing_of(session, &names).await?;
    let wanted: BTreeMap<&TipId, Vec<Wanted>> =
        standing.iter().map(|(tip, revision)| (tip, wanted(revision))).collect();
    let mut found = Found::default();
    for (tip, account) in &held {
        let Some(wanted) = wanted.get(tip) else { continue };
        found.add(session, item, tip, wanted, account);
    }
    let found = decided(session, found.into_hints_last()).await?;
    log(session, &items, &found).await?;
    Ok(found)
}

/// Those of these exhibits whose accounts this person may read. Nobody asked for the others, so
/// their refusal is no act.
async fn readable(
    session: &Session,
    evidence: BTreeSet<EvidenceId>,
) -> Result<BTreeMap<EvidenceId, EvidenceItem>, CliError> {
    let mut allowed = BTreeMap::new();
    for id in evidence {
        let Some(item) = session.store.evidence(&id).await? else { continue };
        let order = session.store.authorisation(&item.authorisation).await?;
        let object = Object::Evidence { case: &item.case, label: &item.label };
        let deed = Deed::on(Action::ReadEvidence, object, item.id.as_str());
        if session.judge(&deed.under(order.as_ref(), READS)).await?.is_allowed() {
            allowed.insert(id, item);
        }
    }
    Ok(allowed)
}

type Pair = (TipId, EvidenceId, String);

/// Appearances by exhibit, account and what joins them.
#[derive(Default)]
struct Found(BTreeMap<(Pair, IdentifierKind, String, PartyRole), Appearance>);

impl Found {
    fn add(
        &mut self,
        session: &Session,
        item: &EvidenceItem,
        tip: &TipId,
        wanted: &[Wanted],
        account: &AccountNamed,
    ) {
        let same =
            |one: &&Wanted| (one.sought.kind, &one.sought.value) == (account.kind, &account.norm);
        for one in wanted.iter().filter(same) {
            let pair = (tip.clone(), item.id.clone(), account.account.clone());
            let key = (pair, account.kind, account.norm.clone(), one.party);
            let appearance =
                self.0.entry(key).or_insert_with(|| appearance(session, item, tip, one, account));
            appearance.roles.insert(account.role);
            for name in &account.names {
                if !appearance.names.contains(name) {
                    appearance.names.push(name.clone());
                }
            }
        }
    }

    /// Those that join first. A hint is left out where the account is joined anyhow, and where so
    /// many have the name that it hints at nobody.
    fn into_hints_last(self) -> Vec<Appearance> {
        let (strong, weak): (Vec<_>, Vec<_>) =
            self.0.into_iter().partition(|(_, one)| one.strength == "strong");
        let joined: BTreeSet<Pair> = strong.iter().map(|((pair, ..), _)| pair.clone()).collect();
        let mut having: BTreeMap<(IdentifierKind, String), usize> = BTreeMap::new();
        for ((_, kind, value, _), _) in &weak {
            *having.entry((*kind, value.clone())).or_default() += 1;
        }
        let mut found: Vec<Appearance> = strong.into_iter().map(|(_, one)| one).collect();
        for ((pair, kind, value, _), one) in weak {
            let many = having.get(&(kind, value)).is_some_and(|count| *count > MOST_OF_A_NAME);
            if !many && !joined.contains(&pair) {
                found.push(one);
            }
        }
        found
    }
}

fn appearance(
    session: &Session,
    item: &EvidenceItem,
    tip: &TipId,
    one: &Wanted,
    account: &AccountNamed,
) -> Appearance {
    let sentence = format!("network-{}", one.sought.rule.replace('_', "-"));
    Appearance {
        tip: tip.clone(),
        case: item.case.clone(),
        evidence: item.id.clone(),
        account: account.account.clone(),
        names: Vec::new(),
        roles: BTreeSet::new(),
        party: one.party,
        kind: account.kind,
        value: account.norm.clone(),
        verified: one.verified,
        strength: if one.sought.strength == Strength::Strong { "strong" } else { "weak" },
        reason: session.say.get(&sentence, &[("value", &account.norm)]),
        at: account.at.clone(),
        confirmed: None,
    }
}

/// Without what an officer said is not the same; with the word of who said it is.
async fn decided(
    session: &Session,
    mut found: Vec<Appearance>,
) -> Result<Vec<Appearance>, CliError> {
    let tips: BTreeSet<TipId> = found.iter().map(|one| one.tip.clone()).collect();
    let tips: Vec<TipId> = tips.into_iter().collect();
    let words = session.store.account_decisions(&tips).await?;
    let word = |one: &Appearance| {
        words.iter().find(|word| word.tip == one.tip && word.what.account == one.account)
    };
    found.retain(|one| word(one).is_none_or(|word| word.what.same));
    for one in &mut found {
        one.confirmed = word(one).cloned();
    }
    Ok(found)
}

/// One reading of each exhibit, and one combination of all of them.
async fn log(
    session: &mut Session,
    items: &BTreeMap<EvidenceId, EvidenceItem>,
    found: &[Appearance],
) -> Result<(), CliError> {
    let Some(first) = found.first() else { return Ok(()) };
    let tips: BTreeSet<&TipId> = found.iter().map(|one| &one.tip).collect();
    let evidence: BTreeSet<&EvidenceId> = found.iter().map(|one| &one.evidence).collect();
    let over: BTreeSet<&str> = found.iter().map(|one| one.kind.as_str()).collect();
    for item in evidence.iter().filter_map(|id| items.get(*id)) {
        let order = session.store.authorisation(&item.authorisation).await?;
        let object = Object::Evidence { case: &item.case, label: &item.label };
        let deed = Deed::on(Action::ReadEvidence, object, item.id.as_str())
            .under(order.as_ref(), READS)
            .detail(serde_json::json!({ "accounts_of": tips }));
        session.act(&deed).await?;
    }
    let name = if tips.len() == 1 { first.tip.as_str() } else { "tips" };
    let detail = serde_json::json!({ "tips": tips, "exhibits": evidence, "over": over });
    session.act(&Deed::on(Action::LinkTips, Object::Unit, name).detail(detail)).await
}

/// A table of them under a heading; nothing where there are none.
pub fn show(heading: &str, found: &[Appearance], page: &mut Page<'_>) {
    if found.is_empty() {
        return;
    }
    page.gap();
    page.heading(heading, &[]);
    let rows = found.iter().map(|one| row(one, page)).collect();
    let heads = [
        "cli-head-tip",
        "cli-head-evidence",
        "cli-head-account",
        "cli-head-on-exhibit",
        "cli-head-in-tip",
        "cli-head-strength",
        "cli-head-reason",
    ];
    page.table(&heads, rows);
}

fn row(one: &Appearance, page: &Page<'_>) -> Vec<String> {
    let say = page.say();
    let account = match one.names.is_empty() {
        true => one.account.clone(),
        false => format!("{} ({})", one.account, one.names.join(", ")),
    };
    let roles: Vec<String> =
        one.roles.iter().map(|role| say.word("account", role.as_str())).collect();
    let party = match serde_json::to_value(one.party) {
        Ok(serde_json::Value::String(word)) => say.word("party", &word),
        _ => String::new(),
    };
    let open = one.strength == "strong" && one.verified != Stated::Yes;
    let told = matches!(one.kind, IdentifierKind::Email | IdentifierKind::Phone);
    let doubt = (open && told).then(|| say.just("cli-not-verified"));
    let word = one
        .confirmed
        .as_ref()
        .map(|word| say.get("cli-account-confirmed", &[("by", &word.by), ("why", &word.what.why)]));
    let reason: Vec<String> =
        [Some(one.reason.clone()), doubt, word].into_iter().flatten().collect();
    vec![
        one.tip.to_string(),
        one.evidence.to_string(),
        account,
        roles.join(", "),
        party,
        say.word("strength", one.strength),
        reason.join(" "),
    ]
}
