//! The completeness gate: what a draft lacks before it may be approved and sealed.
//!
//! A gap that blocks holds the referral; a gap that warns is shown and may be accepted. To add a
//! rule: a line in the function of its field, its sentence under the Fluent id in three languages,
//! and a case in the tests.

use crate::draft::{Attachment, Draft, HandlingCode};
use crate::findings::TechnicalEvent;
use amparo_model::{UrgencyClass, UtcMillis};
use std::net::IpAddr;

/// Shortest reason for urgency, in characters.
pub const REASON_MIN_CHARS: usize = 30;

/// Whether a gap holds the referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is sealed before it is closed.
    Blocks,
    /// Shown; a person may accept it.
    Warns,
}

/// Something that a draft lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Number of the field.
    pub field: u8,
    /// Whether it holds the referral.
    pub severity: Severity,
    /// Fluent id of the sentence.
    pub message: &'static str,
    /// Values of the sentence.
    pub args: Vec<(&'static str, String)>,
}

impl Gap {
    /// The sentence in a language.
    #[must_use]
    pub fn sentence(&self, text: &amparo_text::Text) -> String {
        let args: Vec<(&str, &str)> = self.args.iter().map(|(k, v)| (*k, v.as_str())).collect();
        text.get(self.message, &args)
    }
}

/// All gaps of a draft, by field. Empty when it is complete.
#[must_use]
pub fn check(draft: &Draft) -> Vec<Gap> {
    let mut gaps = Gaps::default();
    identity(draft, &mut gaps);
    urgency(draft, &mut gaps);
    signals(draft, &mut gaps);
    handling(draft, &mut gaps);
    subjects(draft, &mut gaps);
    draft.events.iter().for_each(|event| technical_event(event, &mut gaps));
    victims(draft, &mut gaps);
    novelty(draft, &mut gaps);
    extracts(draft, &mut gaps);
    action(draft, &mut gaps);
    recommended(draft, &mut gaps);
    imagery(draft, &mut gaps);
    signers(draft, &mut gaps);
    gaps.0.sort_by_key(|gap| (gap.field, gap.severity));
    gaps.0
}

/// Whether any gap holds the referral.
#[must_use]
pub fn blocked(gaps: &[Gap]) -> bool {
    gaps.iter().any(|gap| gap.severity == Severity::Blocks)
}

/// The draft still has gaps that hold it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the referral is incomplete in field {}; run `amparo referral check` for details",
    fields(.0))]
pub struct Incomplete(pub Vec<Gap>);

fn fields(gaps: &[Gap]) -> String {
    let blocking = gaps.iter().filter(|gap| gap.severity == Severity::Blocks);
    let mut numbers: Vec<u8> = blocking.map(|gap| gap.field).collect();
    numbers.dedup();
    numbers.iter().map(u8::to_string).collect::<Vec<_>>().join(", ")
}

/// Records the approval of a complete draft. Whether this person may approve is decided by `authz`.
///
/// # Errors
/// [`Incomplete`] with every gap when something mandatory is missing; the draft stays unapproved.
pub fn approve(draft: &mut Draft, by: &str, at: UtcMillis) -> Result<(), Incomplete> {
    let before = draft.signers.clone();
    draft.signers.approved_by = Some(by.to_owned());
    draft.signers.approved_at = Some(at);
    let gaps = check(draft);
    if blocked(&gaps) {
        draft.signers = before;
        return Err(Incomplete(gaps));
    }
    Ok(())
}

#[derive(Default)]
struct Gaps(Vec<Gap>);

impl Gaps {
    fn block(&mut self, field: u8, when: bool, message: &'static str) {
        self.push(field, Severity::Blocks, when, message, Vec::new());
    }

    fn warn(&mut self, field: u8, when: bool, message: &'static str) {
        self.push(field, Severity::Warns, when, message, Vec::new());
    }

    fn push(
        &mut self,
        field: u8,
        severity: Severity,
        when: bool,
        message: &'static str,
        args: Vec<(&'static str, String)>,
    ) {
        if when {
            self.0.push(Gap { field, severity, message, args });
        }
    }
}

fn blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// Fields 1 to 4.
fn identity(draft: &Draft, gaps: &mut Gaps) {
    let header = &draft.header;
    gaps.block(1, header.version == 0, "referral-gap-version");
    let known = |code: &String| code.parse::<amparo_text::Lang>().is_ok();
    let languages = !header.languages.is_empty() && header.languages.iter().all(known);
    gaps.block(1, !languages, "referral-gap-language");
    let sender = &draft.sender.authority;
    gaps.block(2, blank(&sender.unit) || blank(&draft.sender.officer), "referral-gap-sender");
    gaps.block(2, blank(&sender.phone_24_7), "referral-gap-phone");
    gaps.block(2, blank(&sender.mailbox), "referral-gap-mailbox");
    let addressee = &draft.addressee;
    gaps.block(3, blank(&addressee.authority.unit), "referral-gap-addressee");
    gaps.block(3, blank(&addressee.channel), "referral-gap-channel");
    gaps.block(3, blank(&addressee.age_recipient), "referral-gap-recipient");
    gaps.block(3, addressee.authority.unit == sender.unit, "referral-gap-same-unit");
    gaps.block(4, draft.times.created_at.0 <= 0, "referral-gap-time");
    gaps.block(4, blank(&draft.times.clock_source), "referral-gap-clock");
}

fn urgency(draft: &Draft, gaps: &mut Gaps) {
    let chars = draft.urgency.reason.trim().chars().count();
    let args = vec![("chars", chars.to_string()), ("least", REASON_MIN_CHARS.to_string())];
    let short = chars < REASON_MIN_CHARS;
    gaps.push(5, Severity::Blocks, short, "referral-gap-reason", args);
    let urgent = draft.urgency.class != UrgencyClass::Ordinary;
    gaps.block(5, urgent && draft.urgency.act_by.is_none(), "referral-gap-act-by");
}

fn signals(draft: &Draft, gaps: &mut Gaps) {
    gaps.block(6, draft.signals.is_empty(), "referral-gap-no-signal");
    let all = || draft.signals.iter().chain(&draft.counter_signals);
    gaps.block(6, all().any(|s| blank(&s.text)), "referral-gap-signal-text");
    let unproven =
        |s: &crate::Statement| s.basis != crate::Basis::Inferred && s.evidence.is_empty();
    gaps.block(6, all().any(unproven), "referral-gap-signal-evidence");
}

/// Fields 7 and 8.
fn handling(draft: &Draft, gaps: &mut Gaps) {
    let handling = &draft.handling;
    gaps.block(7, handling.codes.is_empty(), "referral-gap-handling-code");
    let h3 = handling.codes.contains(&HandlingCode::H3);
    let words = handling.other.as_deref().is_some_and(|text| !blank(text));
    gaps.block(7, h3 && !words, "referral-gap-h3");
    gaps.block(7, blank(&handling.purpose), "referral-gap-purpose");
    gaps.block(7, blank(&handling.legal_basis), "referral-gap-legal-basis");
    gaps.block(7, blank(&handling.permitted_use), "referral-gap-permitted-use");
    let grading = &draft.grading;
    let graded = [&grading.scheme, &grading.source, &grading.information];
    gaps.block(8, graded.iter().any(|part| blank(part)), "referral-gap-grading");
    let unassessed = grading.scheme == "4x4" && grading.source == "X" && grading.information == "4";
    gaps.warn(8, unassessed, "referral-gap-not-graded");
}

fn subjects(draft: &Draft, gaps: &mut Gaps) {
    let named = draft.subjects.iter().any(|s| !s.accounts.is_empty() || !s.identifiers.is_empty());
    gaps.block(9, !named, "referral-gap-no-subject");
    let blank_id = |party: &crate::Party| {
        party.accounts.iter().any(|a| blank(&a.record().key.id))
            || party.identifiers.iter().any(|i| blank(&i.raw) || blank(&i.norm))
    };
    gaps.block(9, draft.subjects.iter().any(blank_id), "referral-gap-blank-identifier");
}

/// Field 10. An address without its time names whoever had it at any time: it is refused.
fn technical_event(event: &TechnicalEvent, gaps: &mut Gaps) {
    let args = || vec![("ip", event.ip.clone())];
    let no_ip = event.ip.parse::<IpAddr>().is_err();
    gaps.push(10, Severity::Blocks, no_ip, "referral-gap-not-an-ip", args());
    gaps.push(10, Severity::Blocks, event.at.is_none(), "referral-gap-ip-without-time", args());
    let no_port = event.port.is_none();
    gaps.push(10, Severity::Warns, no_port, "referral-gap-ip-without-port", args());
}

fn victims(draft: &Draft, gaps: &mut Gaps) {
    let children = &draft.victims.children;
    gaps.block(12, children.is_empty(), "referral-gap-no-child");
    gaps.block(12, children.iter().any(|c| blank(&c.age_band)), "referral-gap-age-band");
    let named = children.iter().any(|child| !is_pseudonym(&child.pseudonym));
    gaps.block(12, named, "referral-gap-pseudonym");
}

/// A capital, a hyphen and digits: nothing that a name could look like.
fn is_pseudonym(text: &str) -> bool {
    text.split_once('-').is_some_and(|(letter, digits)| {
        letter.len() == 1
            && letter.chars().all(|c| c.is_ascii_uppercase())
            && !digits.is_empty()
            && digits.chars().all(|c| c.is_ascii_digit())
    })
}

/// Field 14: "new" is relative to lists, dates, algorithm, threshold and whoever compared.
fn novelty(draft: &Draft, gaps: &mut Gaps) {
    let unseen_rows =
        draft.ledger.iter().filter(|row| row.novelty == Some(amparo_model::Novelty::Unseen));
    let claimed = draft.media.unseen > 0 || unseen_rows.clone().next().is_some();
    if !claimed {
        return;
    }
    let novelty = &draft.novelty;
    let based = !novelty.against.is_empty()
        && !blank(&novelty.algorithm)
        && novelty.threshold > 0
        && !blank(&novelty.compared_by);
    gaps.block(14, !based, "referral-gap-novelty-basis");
    let stated = |row: &crate::LedgerRow| {
        let hash = row.sha256();
        novelty.statements.iter().any(|s| Some(s.object) == hash)
    };
    let missing = unseen_rows.filter(|row| !stated(row)).count();
    let args = vec![("count", missing.to_string())];
    gaps.push(14, Severity::Blocks, missing > 0, "referral-gap-novelty-file", args);
}

fn extracts(draft: &Draft, gaps: &mut Gaps) {
    let anonymous =
        |e: &crate::Extract| e.translation.is_some() && e.translator.as_deref().is_none_or(blank);
    gaps.block(15, draft.extracts.iter().any(anonymous), "referral-gap-translator");
    let unplaced = draft.extracts.iter().any(|e| blank(&e.evidence));
    gaps.block(15, unplaced, "referral-gap-extract-evidence");
}

/// Fields 17 to 19.
fn action(draft: &Draft, gaps: &mut Gaps) {
    let asked = !draft.asks.list.is_empty();
    gaps.block(17, !asked, "referral-gap-no-ask");
    let answered = draft.do_not_alert.as_ref().is_some_and(|answer| !blank(&answer.notes));
    gaps.block(18, !answered, "referral-gap-do-not-alert");
    gaps.block(19, draft.preservation.is_empty(), "referral-gap-preservation");
    let unreferenced = |p: &crate::Preservation| p.made && p.reference.as_deref().is_none_or(blank);
    gaps.warn(19, draft.preservation.iter().any(unreferenced), "referral-gap-preservation-ref");
}

fn recommended(draft: &Draft, gaps: &mut Gaps) {
    gaps.warn(11, draft.locations.is_empty(), "referral-gap-location");
    gaps.warn(13, draft.ledger.is_empty(), "referral-gap-no-ledger");
    gaps.warn(20, draft.evidence_status.is_none(), "referral-gap-evidence-status");
    gaps.warn(21, draft.child_protection.is_none(), "referral-gap-child-protection");
}

/// Field 22: no imagery, neither as an attachment nor as text that encodes it.
fn imagery(draft: &Draft, gaps: &mut Gaps) {
    for attachment in draft.attachments.iter().filter(|attachment| is_imagery(attachment)) {
        let args = vec![("name", attachment.name.clone())];
        gaps.push(22, Severity::Blocks, true, "referral-gap-imagery", args);
    }
    let text = serde_json::to_string(draft).unwrap_or_default();
    let embedded = ENCODED_IMAGERY.iter().any(|mark| encoded_after(&text, mark));
    gaps.block(22, embedded, "referral-gap-embedded-imagery");
}

/// Whether the mark is followed by enough base64 to be more than a coincidence in a path or a key.
fn encoded_after(text: &str, mark: &str) -> bool {
    const LEAST_CHARS: usize = 100;
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || b"+/=;,".contains(b);
    text.match_indices(mark).any(|(at, _)| {
        text.bytes().skip(at).take(LEAST_CHARS).filter(base64).count() >= LEAST_CHARS
    })
}

/// How pictures and video begin when they are written into text: data URLs, and the base64 of the
/// first bytes of MP4, JPEG, PNG, GIF and WebP.
const ENCODED_IMAGERY: [&str; 6] =
    [";base64,", "AAAAIGZ0eXA", "/9j/4", "iVBORw0KGgo", "R0lGODlh", "UklGR"];

fn is_imagery(attachment: &Attachment) -> bool {
    const EXTENSIONS: [&str; 16] = [
        "jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "avif", "bmp", "tif", "tiff", "mp4",
        "mov", "avi", "mkv", "webm",
    ];
    let mime = attachment.mime.to_ascii_lowercase();
    let name = attachment.name.to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    mime.starts_with("image/") || mime.starts_with("video/") || EXTENSIONS.contains(&extension)
}

/// Field 23: two persons, unless life is at risk.
fn signers(draft: &Draft, gaps: &mut Gaps) {
    let signers = &draft.signers;
    gaps.block(23, blank(&signers.drafted_by), "referral-gap-drafter");
    let same = signers.approved_by.as_deref() == Some(signers.drafted_by.as_str());
    let life = draft.urgency.class == UrgencyClass::Life;
    gaps.block(23, same && !life, "referral-gap-same-person");
    gaps.warn(23, same && life, "referral-gap-same-person-life");
}
