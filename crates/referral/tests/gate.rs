//! The completeness gate, rule by rule: each change to a complete draft opens the gap named.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper ends its test")]

mod support;

use amparo_model::{ReferralState, Sha256, UrgencyClass, UtcMillis};
use amparo_referral::{
    Answers, Attachment, Basis, Draft, FIELDS, HandlingCode, Requirement, Severity, approve,
    blocked, check, draft,
};
use amparo_text::{Lang, Text};

fn complete() -> Draft {
    draft(&support::facts())
}

/// Applies one change and expects one message, blocking or warning, in one field.
fn expect(field: u8, severity: Severity, message: &str, change: impl Fn(&mut Draft)) {
    let mut draft = complete();
    change(&mut draft);
    let gaps = check(&draft);
    let found = gaps.iter().find(|gap| gap.message == message);
    let gap = found.unwrap_or_else(|| panic!("{message} not among {gaps:?}"));
    assert_eq!((gap.field, gap.severity), (field, severity), "{message}");
    for lang in Lang::ALL {
        let sentence = gap.sentence(&Text::new(lang));
        assert!(!sentence.contains('⟦') && !sentence.contains("{$"), "{lang}: {sentence}");
    }
}

use Severity::{Blocks, Warns};

#[test]
fn the_complete_draft_has_no_gap() {
    assert_eq!(check(&complete()), []);
}

#[test]
fn a_draft_without_answers_is_held_by_what_only_a_person_can_say() {
    let mut facts = support::facts();
    facts.answers = Answers::default();
    let gaps = check(&draft(&facts));
    let of = |severity| gaps.iter().filter(|g| g.severity == severity).map(|g| g.field).collect();
    let (blocking, warning): (Vec<u8>, Vec<u8>) = (of(Blocks), of(Warns));
    assert_eq!(blocking, [7, 18]);
    assert_eq!(warning, [8, 11, 20, 21]);
}

#[test]
fn identity_and_addressee() {
    expect(1, Blocks, "referral-gap-version", |d| d.header.version = 0);
    expect(1, Blocks, "referral-gap-language", |d| d.header.languages.clear());
    expect(1, Blocks, "referral-gap-language", |d| d.header.languages.push("xx".to_owned()));
    expect(2, Blocks, "referral-gap-sender", |d| d.sender.officer.clear());
    expect(2, Blocks, "referral-gap-phone", |d| d.sender.authority.phone_24_7 = " ".to_owned());
    expect(2, Blocks, "referral-gap-mailbox", |d| d.sender.authority.mailbox.clear());
    expect(3, Blocks, "referral-gap-addressee", |d| d.addressee.authority.unit.clear());
    expect(3, Blocks, "referral-gap-channel", |d| d.addressee.channel.clear());
    expect(3, Blocks, "referral-gap-recipient", |d| d.addressee.age_recipient.clear());
    expect(3, Blocks, "referral-gap-same-unit", |d| {
        d.addressee.authority.unit.clone_from(&d.sender.authority.unit);
    });
    expect(4, Blocks, "referral-gap-time", |d| d.times.created_at = UtcMillis(0));
    expect(4, Blocks, "referral-gap-clock", |d| d.times.clock_source.clear());
}

#[test]
fn urgency_and_signals() {
    expect(5, Blocks, "referral-gap-reason", |d| d.urgency.reason = "x".repeat(29));
    expect(5, Blocks, "referral-gap-act-by", |d| d.urgency.act_by = None);
    expect(6, Blocks, "referral-gap-no-signal", |d| d.signals.clear());
    expect(6, Blocks, "referral-gap-signal-text", |d| d.signals[0].text.clear());
    expect(6, Blocks, "referral-gap-signal-evidence", |d| d.signals[0].evidence.clear());
    let mut draft = complete();
    draft.urgency.reason = "ñ".repeat(30);
    draft.signals[0].evidence.clear();
    draft.signals[0].basis = Basis::Inferred;
    assert_eq!(check(&draft), []);
}

#[test]
fn handling_and_grading() {
    expect(7, Blocks, "referral-gap-handling-code", |d| d.handling.codes.clear());
    expect(7, Blocks, "referral-gap-h3", |d| d.handling.codes.push(HandlingCode::H3));
    expect(7, Blocks, "referral-gap-purpose", |d| d.handling.purpose.clear());
    expect(7, Blocks, "referral-gap-legal-basis", |d| d.handling.legal_basis.clear());
    expect(7, Blocks, "referral-gap-permitted-use", |d| d.handling.permitted_use.clear());
    expect(8, Blocks, "referral-gap-grading", |d| d.grading.source.clear());
    expect(8, Warns, "referral-gap-not-graded", |d| {
        d.grading.source = "X".to_owned();
        d.grading.information = "4".to_owned();
    });
}

#[test]
fn subjects_and_events() {
    expect(9, Blocks, "referral-gap-no-subject", |d| d.subjects.clear());
    expect(9, Blocks, "referral-gap-blank-identifier", |d| {
        d.subjects[0].identifiers[0].norm.clear();
    });
    expect(10, Blocks, "referral-gap-not-an-ip", |d| d.events[0].ip = "203.0.113".to_owned());
    expect(10, Blocks, "referral-gap-ip-without-time", |d| d.events[0].at = None);
    expect(10, Warns, "referral-gap-ip-without-port", |d| d.events[0].port = None);
}

#[test]
fn children_are_pseudonyms() {
    expect(12, Blocks, "referral-gap-no-child", |d| d.victims.children.clear());
    expect(12, Blocks, "referral-gap-age-band", |d| d.victims.children[0].age_band.clear());
    for name in ["Ana", "V-", "V0001", "V-0001 Ana", "v-1"] {
        expect(12, Blocks, "referral-gap-pseudonym", |d| {
            d.victims.children[0].pseudonym = name.to_owned();
        });
    }
}

#[test]
fn new_is_never_claimed_without_its_ground() {
    expect(14, Blocks, "referral-gap-novelty-basis", |d| d.novelty.against.clear());
    expect(14, Blocks, "referral-gap-novelty-basis", |d| d.novelty.threshold = 0);
    expect(14, Blocks, "referral-gap-novelty-basis", |d| d.novelty.compared_by.clear());
    expect(14, Blocks, "referral-gap-novelty-file", |d| d.novelty.statements.clear());
    let mut draft = complete();
    draft.novelty.against.clear();
    draft.novelty.statements.clear();
    draft.media.unseen = 0;
    draft.ledger.retain(|row| row.novelty != Some(amparo_model::Novelty::Unseen));
    assert_eq!(check(&draft), []);
}

#[test]
fn extracts_asks_and_answers() {
    expect(15, Blocks, "referral-gap-translator", |d| d.extracts[0].translator = None);
    expect(15, Blocks, "referral-gap-extract-evidence", |d| d.extracts[0].evidence.clear());
    expect(17, Blocks, "referral-gap-no-ask", |d| d.asks.list.clear());
    expect(18, Blocks, "referral-gap-do-not-alert", |d| d.do_not_alert = None);
    expect(19, Blocks, "referral-gap-preservation", |d| d.preservation.clear());
    expect(19, Warns, "referral-gap-preservation-ref", |d| d.preservation[0].made = true);
    expect(11, Warns, "referral-gap-location", |d| d.locations.clear());
    expect(13, Warns, "referral-gap-no-ledger", |d| d.ledger.clear());
    expect(20, Warns, "referral-gap-evidence-status", |d| d.evidence_status = None);
    expect(21, Warns, "referral-gap-child-protection", |d| d.child_protection = None);
}

#[test]
fn imagery_is_refused_in_every_form() {
    let attached = |name: &str, mime: &str| Attachment {
        name: name.to_owned(),
        mime: mime.to_owned(),
        sha256: Sha256([0; 32]),
        size: 9,
    };
    for (name, mime) in [("a.JPG", ""), ("a", "image/png"), ("a", "Video/mp4"), ("b.heic", "x/y")] {
        expect(22, Blocks, "referral-gap-imagery", |d| d.attachments.push(attached(name, mime)));
    }
    let base64 = format!("/9j/4AAQSkZJRg{}", "A".repeat(200));
    expect(22, Blocks, "referral-gap-embedded-imagery", |d| {
        d.extracts[0].quote.clone_from(&base64);
    });
    let url = format!("data:image/png;base64,{}", "A".repeat(200));
    expect(22, Blocks, "referral-gap-embedded-imagery", |d| d.asks.other = Some(url.clone()));
    let mut draft = complete();
    draft.attachments.push(attached("order.pdf", "application/pdf"));
    draft.asks.other = Some("the folder /9j/4 and the word UklGR".to_owned());
    assert_eq!(check(&draft), []);
}

#[test]
fn two_persons_sign_unless_life_is_at_risk() {
    let mut draft = complete();
    assert!(approve(&mut draft, "lia", support::now()).is_err());
    assert_eq!(draft.signers.approved_by, None);
    approve(&mut draft, "sol", support::now()).unwrap();
    assert_eq!(draft.signers.approved_by.as_deref(), Some("sol"));
    draft.answer(&Answers { urgency: Some(UrgencyClass::Life), ..Answers::default() });
    assert_eq!(draft.signers.approved_by, None, "an edit takes the approval away");
    approve(&mut draft, "lia", support::now()).unwrap();
    expect(23, Warns, "referral-gap-same-person-life", |d| {
        d.urgency.class = UrgencyClass::Life;
        d.signers.approved_by = Some(d.signers.drafted_by.clone());
    });
    expect(23, Blocks, "referral-gap-drafter", |d| d.signers.drafted_by.clear());
}

#[test]
fn an_incomplete_draft_is_not_approved_and_names_its_fields() {
    let mut draft = complete();
    draft.do_not_alert = None;
    draft.signals.clear();
    let error = approve(&mut draft, "sol", support::now()).unwrap_err();
    assert!(blocked(&error.0));
    assert!(error.to_string().contains("field 6, 18"), "{error}");
    assert_eq!(draft.signers.approved_by, None);
}

#[test]
fn a_new_version_names_the_one_it_replaces_and_needs_approval_again() {
    let mut first = complete();
    approve(&mut first, "sol", support::now()).unwrap();
    let second = first.revised("lia", support::now().plus_ms(1));
    assert_eq!((second.header.version, second.header.supersedes), (2, Some(1)));
    assert_eq!(second.signers.approved_by, None);
    assert_eq!(first.header.version, 1);
    assert_ne!(first.file_stem(), second.file_stem());
}

#[test]
fn mandatory_fields_are_all_guarded() {
    let guarded: Vec<u8> = vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 17, 18, 19, 22, 23];
    let mandatory = FIELDS.iter().filter(|f| f.requirement == Requirement::Mandatory);
    assert_eq!(mandatory.map(|f| f.number).collect::<Vec<_>>(), guarded);
    assert_eq!(ReferralState::Drafted.as_str(), "drafted");
}
