//! Folding: thousands of reports of one meme are one line, and a child in danger is another.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use amparo_model::{HashAlgorithm, RecordedHash, TipFile, TipId, TipRevision};
use amparo_network::{fold_key, folded};

fn tip(number: usize) -> TipRevision {
    TipRevision {
        provider: Some("Example Cloud".to_owned()),
        incident_type: Some("Example type".to_owned()),
        files: vec![file("5a", &["Potential Meme"])],
        ..TipRevision::new(TipId::new(format!("ncmec/9{number:08}")).unwrap())
    }
}

fn file(byte: &str, tags: &[&str]) -> TipFile {
    let hash = RecordedHash { algorithm: HashAlgorithm::Md5, value: byte.repeat(16) };
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    TipFile { hashes: vec![hash], tags, ..TipFile::default() }
}

#[test]
fn ten_thousand_reports_of_one_meme_are_one_line_and_level_one_stands_alone_on_top() {
    let rows = (0..10_000).map(|number| {
        let tip = tip(number);
        let urgent = number == 5_000;
        let rank = if urgent { 100 } else { 1 };
        (tip.tip.clone(), fold_key(&tip, &|_| false), urgent, rank)
    });
    let lines = folded(rows);
    assert_eq!(lines.len(), 2);
    assert_eq!((lines[0].tip.as_str(), lines[0].folded.len()), ("ncmec/900005000", 0));
    assert_eq!((lines[1].tip.as_str(), lines[1].folded.len()), ("ncmec/900000000", 9_998));
    assert!(lines[0].key.is_none() && lines[1].key.is_some());
}

#[test]
fn the_representative_is_the_highest_and_nothing_is_lost() {
    let lines = folded((0..50).map(|n| (tip(n).tip, fold_key(&tip(n), &|_| false), false, n % 7)));
    assert_eq!((lines.len(), lines[0].rank, lines[0].folded.len()), (1, 6, 49));
    assert_eq!(lines[0].tip.as_str(), "ncmec/900000006");
}

#[test]
fn only_what_is_surely_the_same_and_widely_copied_folds() {
    let key = |change: &dyn Fn(&mut TipRevision)| {
        let mut tip = tip(1);
        change(&mut tip);
        fold_key(&tip, &|hash| hash.value.starts_with("ee"))
    };
    assert!(key(&|_| {}).is_some());
    assert!(key(&|tip| tip.files = vec![file("ee", &[])]).is_some());
    assert!(key(&|tip| tip.files = vec![file("5a", &[])]).is_none());
    assert!(key(&|tip| tip.files.push(file("77", &[]))).is_none());
    assert!(key(&|tip| tip.files.push(TipFile::default())).is_none());
    assert!(key(&|tip| tip.files.clear()).is_none());
    let bundled = key(&|tip| {
        tip.files = vec![file("77", &[])];
        tip.bundled = Some("VIRAL_POTENTIAL_MEME".to_owned());
    });
    assert!(bundled.is_some() && bundled != key(&|_| {}));
    assert_ne!(key(&|tip| tip.provider = Some("Other".to_owned())), key(&|_| {}));
}
