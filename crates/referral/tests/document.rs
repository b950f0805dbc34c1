//! The document: conforms, repeats, says what it must, and accuses nobody.
#![expect(clippy::unwrap_used, reason = "a helper that cannot go on ends its test")]

mod support;

use amparo_model::Sha256;
use amparo_referral::{Draft, draft, pdf};
use amparo_text::Lang;

fn document(draft: &Draft, lang: Lang) -> Vec<u8> {
    pdf::write(draft, lang, &Sha256([0xab; 32])).unwrap()
}

fn contains(bytes: &[u8], part: &str) -> bool {
    bytes.windows(part.len()).any(|window| window == part.as_bytes())
}

#[test]
fn it_declares_pdf_a_and_carries_no_picture() {
    let draft = draft(&support::facts());
    for lang in Lang::ALL {
        let bytes = document(&draft, lang);
        assert!(bytes.starts_with(b"%PDF-1."), "{lang}");
        assert!(contains(&bytes, "<pdfaid:part>2</pdfaid:part>"), "{lang}");
        assert!(contains(&bytes, "<pdfaid:conformance>U</pdfaid:conformance>"), "{lang}");
        assert!(!contains(&bytes, "/Subtype /Image") && !contains(&bytes, "/Subtype/Image"));
        assert!(bytes.len() < 200_000, "{lang}: {} bytes", bytes.len());
    }
}

#[test]
fn the_same_draft_gives_the_same_bytes_and_another_language_others() {
    let draft = draft(&support::facts());
    assert_eq!(document(&draft, Lang::Es), document(&draft, Lang::Es));
    assert_ne!(document(&draft, Lang::Es), document(&draft, Lang::Pt));
}

#[test]
fn what_is_new_was_new_when_it_was_compared_and_not_when_it_was_drafted() {
    let mut facts = support::facts();
    facts.compared_at = facts.at.plus_ms(-86_400_000);
    let draft = draft(&facts);
    assert_eq!(draft.novelty.compared_at, facts.compared_at);
}

#[test]
fn hostile_names_neither_break_nor_vanish() {
    let mut facts = support::facts();
    let long = "x".repeat(5_000);
    facts.extracts.first_mut().unwrap().quote = format!("\u{202e}\u{0}🌙 العربية {long}\n\n\t");
    facts.ledger.clear();
    facts.tips.clear();
    assert!(document(&draft(&facts), Lang::En).len() > 10_000);
}
