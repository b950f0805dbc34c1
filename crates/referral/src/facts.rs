//! From facts to a draft: everything that evidence already answers is filled in, everything that
//! only a person can answer comes as `Answers`, and what is still missing the gate names.

use crate::draft::{
    Addressee, Ask, Asks, Basis, ChildProtection, Confidence, DoNotAlert, Draft, EvidenceStatus,
    Grading, Handling, HandlingCode, Header, Preservation, RuleUse, Sender, Signers, Statement,
    Times, Urgency,
};
use crate::findings::{
    Child, Extract, LocationBelief, MediaSummary, NetworkLink, Novelties, TechnicalEvent, Victims,
};
use crate::ledger::{LedgerRow, Party};
use amparo_model::{
    Alarm, Authorisation, Band, Case, EvidenceItem, Novelty, NoveltyStatement, Reason, ReferralId,
    Sha256, TipRevision, UrgencyClass, UtcMillis,
};
use amparo_text::{Lang, Text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A tip that led here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TipFacts {
    /// The bytes that arrived.
    pub object: Sha256,
    /// Which revision of the tip.
    pub revision: u32,
    /// When this unit imported it.
    pub imported_at: UtcMillis,
    /// Its content.
    pub tip: TipRevision,
}

/// All that a draft is made from. Collected by the caller from the store.
#[derive(Debug, Clone)]
pub struct DraftFacts {
    /// Immutable id of the referral.
    pub id: ReferralId,
    /// When, by the clock in force.
    pub at: UtcMillis,
    /// When the files were last held against the lists.
    pub compared_at: UtcMillis,
    /// Minutes east of UTC at the sender.
    pub local_offset_minutes: i32,
    /// Where the clock comes from (`system clock`, `demo clock`).
    pub clock_source: String,
    /// Languages of the documents, main one first.
    pub languages: Vec<Lang>,
    /// Who sends.
    pub sender: Sender,
    /// Who is to receive.
    pub addressee: Addressee,
    /// Who drafts.
    pub drafted_by: String,
    /// The case.
    pub case: Case,
    /// The orders under which evidence was read.
    pub authorisations: Vec<Authorisation>,
    /// The exhibits concerned.
    pub exhibits: Vec<EvidenceItem>,
    /// Why: the alarm about the counterpart.
    pub alarm: Alarm,
    /// The accounts of the owner.
    pub owner: Party,
    /// The counterpart's accounts and identifiers.
    pub counterpart: Party,
    /// The tips.
    pub tips: Vec<TipFacts>,
    /// Transfers between the two.
    pub ledger: Vec<LedgerRow>,
    /// Novelty of the files in the ledger.
    pub novelty: Vec<NoveltyStatement>,
    /// IP events of the counterpart.
    pub events: Vec<TechnicalEvent>,
    /// Messages worth quoting.
    pub extracts: Vec<Extract>,
    /// Program and version.
    pub software: String,
    /// What only a person can say.
    pub answers: Answers,
}

/// What only a person can say; absent means not answered yet. Also the form in which an officer
/// edits a draft that is not approved.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Answers {
    /// Field 5: class.
    pub urgency: Option<UrgencyClass>,
    /// Field 5: reason.
    pub reason: Option<String>,
    /// Field 5: act by.
    pub act_by: Option<UtcMillis>,
    /// Field 7: codes.
    pub codes: Option<Vec<HandlingCode>>,
    /// Field 7: words of H3.
    pub other_handling: Option<String>,
    /// Field 7: purpose.
    pub purpose: Option<String>,
    /// Field 7: legal basis.
    pub legal_basis: Option<String>,
    /// Field 7: permitted use.
    pub permitted_use: Option<String>,
    /// Field 8.
    pub grading: Option<Grading>,
    /// Field 11.
    pub locations: Option<Vec<LocationBelief>>,
    /// Field 12.
    pub victims: Option<Victims>,
    /// Field 13: where the files can be obtained.
    pub obtainable_from: Option<String>,
    /// Field 15.
    pub extracts: Option<Vec<Extract>>,
    /// Field 16.
    pub network: Option<Vec<NetworkLink>>,
    /// Field 17.
    pub asks: Option<Vec<Ask>>,
    /// Field 17: free text.
    pub other_ask: Option<String>,
    /// Field 18.
    pub do_not_alert: Option<DoNotAlert>,
    /// Field 19.
    pub preservation: Option<Vec<Preservation>>,
    /// Field 20.
    pub evidence_status: Option<EvidenceStatus>,
    /// Field 21.
    pub child_protection: Option<ChildProtection>,
}

/// Hours within which a referral of a class is hoped to be acted on. Source: the acknowledgement
/// norm of Directive 2013/40/EU art. 13 (8 hours); the shorter one is this project's choice.
const ACT_WITHIN_HOURS: [(UrgencyClass, i64); 3] = [
    (UrgencyClass::Life, 2),
    (UrgencyClass::ChildInDanger, 8),
    (UrgencyClass::EvidencePerishing, 24),
];

/// Makes the draft. Sentences are written in the first of the languages.
#[must_use]
pub fn draft(facts: &DraftFacts) -> Draft {
    let text = Text::new(facts.languages.first().copied().unwrap_or(Lang::En));
    let (signals, counter_signals) = signals(&facts.alarm, &text);
    let mut draft = Draft {
        header: header(facts),
        sender: facts.sender.clone(),
        addressee: facts.addressee.clone(),
        times: Times {
            created_at: facts.at,
            local_offset_minutes: facts.local_offset_minutes,
            clock_source: facts.clock_source.clone(),
        },
        urgency: urgency(facts, &text),
        signals,
        counter_signals,
        handling: handling(&text),
        grading: Grading {
            scheme: "4x4".to_owned(),
            source: "X".to_owned(),
            information: "4".to_owned(),
        },
        subjects: vec![facts.counterpart.clone()],
        events: facts.events.clone(),
        locations: Vec::new(),
        victims: unknown_child(),
        media: media(facts, &text),
        novelty: novelties(facts),
        extracts: facts.extracts.clone(),
        network: Vec::new(),
        asks: Asks { list: asks(facts), other: None },
        do_not_alert: None,
        preservation: preservation(&facts.counterpart),
        evidence_status: None,
        child_protection: None,
        attachments: Vec::new(),
        signers: Signers {
            drafted_by: facts.drafted_by.clone(),
            approved_by: None,
            approved_at: None,
        },
        case: facts.case.clone(),
        authorisations: facts.authorisations.clone(),
        exhibits: facts.exhibits.clone(),
        owners: vec![facts.owner.clone()],
        tips: facts.tips.clone(),
        ledger: facts.ledger.clone(),
        software: facts.software.clone(),
    };
    draft.answer(&facts.answers);
    draft
}

impl Draft {
    /// Writes a person's answers into the draft; what they leave open stays. Any change takes an
    /// earlier approval away.
    pub fn answer(&mut self, answers: &Answers) {
        let a = answers.clone();
        put(&mut self.urgency.class, a.urgency);
        put(&mut self.urgency.reason, a.reason);
        put_some(&mut self.urgency.act_by, a.act_by);
        put(&mut self.handling.codes, a.codes.map(sorted));
        put_some(&mut self.handling.other, a.other_handling);
        put(&mut self.handling.purpose, a.purpose);
        put(&mut self.handling.legal_basis, a.legal_basis);
        put(&mut self.handling.permitted_use, a.permitted_use);
        put(&mut self.grading, a.grading);
        put(&mut self.locations, a.locations);
        put(&mut self.victims, a.victims);
        put(&mut self.media.obtainable_from, a.obtainable_from);
        put(&mut self.extracts, a.extracts);
        put(&mut self.network, a.network);
        put(&mut self.asks.list, a.asks);
        put_some(&mut self.asks.other, a.other_ask);
        put_some(&mut self.do_not_alert, a.do_not_alert);
        put(&mut self.preservation, a.preservation);
        put_some(&mut self.evidence_status, a.evidence_status);
        put_some(&mut self.child_protection, a.child_protection);
        self.signers.approved_by = None;
        self.signers.approved_at = None;
    }
}

fn put<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn put_some<T>(place: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *place = value;
    }
}

fn sorted(mut codes: Vec<HandlingCode>) -> Vec<HandlingCode> {
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn header(facts: &DraftFacts) -> Header {
    let languages = facts.languages.iter().map(ToString::to_string).collect();
    Header { id: facts.id.clone(), version: 1, supersedes: None, languages }
}

fn urgency(facts: &DraftFacts, text: &Text) -> Urgency {
    let class = match facts.alarm.band {
        Band::Top => UrgencyClass::ChildInDanger,
        _ => UrgencyClass::Ordinary,
    };
    let unseen = count(facts, Novelty::Unseen).to_string();
    let counterpart = facts.alarm.counterpart.to_string();
    let args = [("unseen", unseen.as_str()), ("counterpart", counterpart.as_str())];
    let id = match class {
        UrgencyClass::ChildInDanger => "referral-reason-child-in-danger",
        _ => "referral-reason-ordinary",
    };
    let hours = ACT_WITHIN_HOURS.iter().find(|(c, _)| *c == class).map(|(_, hours)| hours);
    let act_by = hours.map(|hours| facts.at.plus_ms(hours * 3_600_000));
    Urgency { class, reason: text.get(id, &args), act_by }
}

/// Signals and what speaks against them, both as the alarm gives them.
fn signals(alarm: &Alarm, text: &Text) -> (Vec<Statement>, Vec<Statement>) {
    let (against, for_it): (Vec<_>, Vec<_>) =
        alarm.reasons.iter().partition(|reason| reason.points < 0);
    let made = |reasons: Vec<&Reason>| {
        reasons.into_iter().map(|r| statement(r, &alarm.rules_version, text)).collect()
    };
    (made(for_it), made(against))
}

fn statement(reason: &Reason, version: &str, text: &Text) -> Statement {
    let basis = basis_of(reason);
    let rule =
        RuleUse { id: reason.rule.clone(), args: reason.args.clone(), version: version.to_owned() };
    Statement {
        text: rule_sentence(&rule, text).unwrap_or_else(|| reason.rule.clone()),
        rule: Some(rule),
        basis,
        confidence: match basis {
            Basis::Seen => Confidence::High,
            Basis::Stated => Confidence::Medium,
            Basis::Inferred => Confidence::Low,
        },
        evidence: reason.evidence.clone(),
    }
}

/// The sentence of a rule in a language, if the rule's author wrote one.
pub(crate) fn rule_sentence(rule: &RuleUse, text: &Text) -> Option<String> {
    let args: Vec<(&str, &str)> =
        rule.args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let prefixed = format!("alarm-{}", rule.id.replace('_', "-"));
    let id = [rule.id.as_str(), prefixed.as_str()].into_iter().find(|id| text.has(id))?;
    Some(text.get(id, &args))
}

/// Rules about words rest on what somebody states; others on what stands in evidence; a reason
/// without a place in evidence is a conclusion, and so is a floor, which joins several of them.
fn basis_of(reason: &Reason) -> Basis {
    const ABOUT_WORDS: [&str; 9] =
        ["claim", "state", "says", "phrase", "offer", "request", "secrecy", "promise", "talk"];
    if reason.evidence.is_empty() || reason.rule.starts_with("floor_") {
        Basis::Inferred
    } else if ABOUT_WORDS.iter().any(|word| reason.rule.contains(word)) {
        Basis::Stated
    } else {
        Basis::Seen
    }
}

/// Originator control is the default: not in court, not passed on, unless the sender agrees.
fn handling(text: &Text) -> Handling {
    Handling {
        codes: vec![HandlingCode::H1, HandlingCode::H2],
        other: None,
        purpose: text.get("referral-default-purpose", &[]),
        legal_basis: String::new(),
        permitted_use: text.get("referral-default-permitted-use", &[]),
    }
}

fn unknown_child() -> Victims {
    let unknown = || "unknown".to_owned();
    let child = Child {
        pseudonym: "V-0001".to_owned(),
        age_band: unknown(),
        sex: unknown(),
        relation_claimed: None,
        identity_lead: None,
    };
    Victims { count: None, children: vec![child], special_handling: true }
}

fn media(facts: &DraftFacts, text: &Text) -> MediaSummary {
    let times = || facts.ledger.iter().filter_map(|r| r.transfer.record().at.as_ref()?.utc);
    let cameras: BTreeSet<String> =
        facts.ledger.iter().filter_map(|row| row.exchanged()?.camera.clone()).collect();
    MediaSummary {
        known: count(facts, Novelty::Known),
        near_known: count(facts, Novelty::NearKnown),
        unsure: count(facts, Novelty::Unsure),
        unseen: count(facts, Novelty::Unseen),
        first_at: times().min(),
        last_at: times().max(),
        cameras: cameras.into_iter().collect(),
        obtainable_from: text
            .get("referral-default-obtainable", &[("unit", &facts.sender.authority.unit)]),
    }
}

/// Files of the ledger with this answer; a file that was sent twice counts once.
fn count(facts: &DraftFacts, novelty: Novelty) -> u32 {
    let rows = facts.ledger.iter().filter(|row| row.novelty == Some(novelty));
    let files: BTreeSet<String> =
        rows.map(|row| row.sha256().map_or_else(|| row.reference(), |h| h.to_string())).collect();
    u32::try_from(files.len()).unwrap_or(u32::MAX)
}

fn novelties(facts: &DraftFacts) -> Novelties {
    let against: BTreeSet<_> =
        facts.novelty.iter().flat_map(|statement| statement.against.iter().cloned()).collect();
    Novelties {
        statements: facts.novelty.clone(),
        against: against.into_iter().collect(),
        algorithm: "MD5, SHA-1, SHA-256; PDQ".to_owned(),
        threshold: facts.novelty.iter().map(|s| s.threshold).max().unwrap_or(0),
        compared_by: format!("{}, {}", facts.software, facts.sender.authority.unit),
        compared_at: facts.compared_at,
    }
}

fn asks(facts: &DraftFacts) -> Vec<Ask> {
    match facts.alarm.band {
        Band::Top => Ask::ALL.to_vec(),
        _ => vec![Ask::Identify, Ask::Preserve, Ask::Deconflict],
    }
}

/// Until somebody says that it was made, preservation is needed wherever the subject has an
/// account.
fn preservation(counterpart: &Party) -> Vec<Preservation> {
    let needed = |provider: &str, target: &str| Preservation {
        provider: provider.to_owned(),
        target: target.to_owned(),
        made: false,
        reference: None,
        expires_at: None,
    };
    let keys = counterpart.accounts.iter().map(|account| &account.record().key);
    keys.map(|key| needed(&key.app, &key.id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(rule: &str, evidence: &[&str]) -> Reason {
        let args = [("version".to_owned(), "7".to_owned())].into();
        let evidence = evidence.iter().map(|place| (*place).to_owned()).collect();
        Reason { rule: rule.to_owned(), points: 1, args, evidence }
    }

    #[test]
    fn a_statement_says_on_what_it_rests() {
        let check = |rule, evidence: &[&str], expect| {
            assert_eq!(basis_of(&reason(rule, evidence)), expect, "{rule}");
        };
        check("unlisted_received", &["x message#1"], Basis::Seen);
        check("claims_access", &["x message#1"], Basis::Stated);
        check("unlisted_received", &[], Basis::Inferred);
        check("floor_top", &["x message#1"], Basis::Inferred);
    }

    #[test]
    fn a_rule_speaks_the_language_of_the_document() {
        let check = |lang, expect: &str| {
            let made = statement(&reason("referral-version", &["x"]), "1", &Text::new(lang));
            assert_eq!(made.text, expect);
        };
        check(Lang::Es, "Versión 7");
        check(Lang::Pt, "Versão 7");
        let unknown = statement(&reason("no_such_rule", &["x"]), "1", &Text::new(Lang::En));
        assert_eq!(unknown.text, "no_such_rule");
    }
}
