//! Golden files: the fixed referral must give exactly these bytes. A difference is written over the
//! golden file and fails once, so that the change shows in the diff and is committed on purpose.
#![expect(clippy::disallowed_methods, reason = "tests read and rewrite their golden files")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that cannot go on ends its test")]

mod support;

use amparo_model::{AccountKey, EvidenceId, HashAlgorithm, Located, Moment, TipId};
use amparo_referral::{DraftFacts, LedgerRow, draft, jsonld, to_json};
use std::path::Path;

#[test]
fn the_record_is_as_expected() {
    golden("referral.json", &to_json(&draft(&support::facts())).unwrap());
}

#[test]
fn the_graph_is_as_expected() {
    golden("referral.jsonld", &jsonld::write(&draft(&support::facts())).unwrap());
}

/// Half of everything missing or unusual: no order, no comparison, a message without sender, time
/// or file, IPv6 without port, an exhibit that gave nothing, a tip whose file is in the ledger too.
#[test]
fn the_graph_of_thin_facts_is_as_expected() {
    golden("thin.jsonld", &jsonld::write(&draft(&thin())).unwrap());
}

fn thin() -> DraftFacts {
    let mut facts = support::facts();
    facts.authorisations.clear();
    facts.novelty.clear();
    let rows = std::mem::take(&mut facts.ledger).into_iter();
    facts.ledger = rows.take(4).enumerate().map(|(n, row)| unusual(n, row)).collect();
    let mut empty = facts.exhibits.first().unwrap().clone();
    empty.id = EvidenceId::new("EV-0002").unwrap();
    facts.exhibits.push(empty);
    let event = facts.events.first_mut().unwrap();
    event.ip = "2001:db8::1".to_owned();
    event.port = None;
    let mut tip = facts.tips.first().unwrap().clone();
    tip.tip.tip = TipId::new("ncmec/900000003").unwrap();
    tip.tip.received_at = None;
    tip.tip.provider = None;
    let hash = tip.tip.files.first_mut().unwrap().hashes.first_mut().unwrap();
    hash.algorithm = HashAlgorithm::Sha256;
    hash.value = facts.ledger.get(2).and_then(LedgerRow::sha256).unwrap().to_string();
    facts.tips.push(tip);
    facts
}

fn unusual(n: usize, mut row: LedgerRow) -> LedgerRow {
    let (mut transfer, at) = row.transfer.into_parts();
    match n {
        0 => {
            transfer.from = None;
            transfer.to.clear();
            transfer.at = None;
            transfer.mime = None;
            transfer.path = None;
        }
        1 => {
            row.file = None;
            transfer.at = Some(Moment::from_iso("2026-01-01T00:00:00"));
        }
        2 => {
            transfer.mime = Some("application/pdf".to_owned());
            transfer.to.push(AccountKey::new("telegram", "user1"));
        }
        _ => transfer.mime = Some("video/mp4".to_owned()),
    }
    row.transfer = Located::new(transfer, at);
    row
}

fn golden(name: &str, actual: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let expected = std::fs::read(&path).unwrap_or_default();
    if expected != actual {
        std::fs::write(&path, actual).unwrap();
        panic!("{name} differed and was rewritten; review the diff and run again");
    }
}
