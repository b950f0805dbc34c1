//! Answers that are looked at again when lists change.

use crate::bench::Bench;
use crate::samples::*;
use amparo_model::{HashAlgorithm, HashSetId, Novelty, NoveltyStatement, Record, RecordedHash};
use amparo_store::NoveltyChange;

fn statement(n: u8, novelty: Novelty) -> NoveltyStatement {
    NoveltyStatement {
        object: sha(n),
        novelty,
        against: vec![(HashSetId::new("list").unwrap(), "2026-02-01".to_owned())],
        threshold: 31,
        unsure_because: None,
        matches: Vec::new(),
    }
}

pub async fn compared_objects_come_in_pages(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let media = vec![fingerprint("DCIM/1.jpg", 2)];
    store.record_facts(&batch(&evidence, media)).await.unwrap();
    let all = [1, 2, 3].map(|n| statement(n, Novelty::Unsure));
    store.put_novelty(&all).await.unwrap();
    let first = store.compared(None, 2).await.unwrap();
    assert_eq!(first.iter().map(|one| one.statement.object).collect::<Vec<_>>(), [sha(1), sha(2)]);
    assert_eq!((first[0].hashes, first[1].hashes), (None, Some(hashes(2))));
    let rest = store.compared(Some(sha(2)), 2).await.unwrap();
    assert_eq!(rest.iter().map(|one| one.statement.object).collect::<Vec<_>>(), [sha(3)]);
    assert_eq!(store.compared(Some(sha(3)), 2).await.unwrap(), []);
}

pub async fn changes_are_kept_and_equal_answers_are_not(bench: &Bench) {
    let store = &bench.store;
    let before = [statement(1, Novelty::Unsure), statement(2, Novelty::Unseen)];
    store.put_novelty(&before).await.unwrap();
    assert_eq!(store.latest_novelty_change().await.unwrap(), 0);
    let changed = [
        (statement(1, Novelty::Known), Novelty::Unsure),
        (NoveltyStatement { threshold: 20, ..statement(2, Novelty::Unseen) }, Novelty::Unseen),
    ];
    store.record_recheck(&changed, at(5)).await.unwrap();
    let back = [(statement(1, Novelty::Unsure), Novelty::Known)];
    store.record_recheck(&back, at(7)).await.unwrap();
    let change = |number, ms, before, after| {
        let (object, at) = (sha(1), at(ms));
        NoveltyChange { number, object, at, before, after }
    };
    let first = change(1, 5, Novelty::Unsure, Novelty::Known);
    let second = change(2, 7, Novelty::Known, Novelty::Unsure);
    assert_eq!(store.novelty_changes(0).await.unwrap(), [first, second]);
    assert_eq!(store.novelty_changes(1).await.unwrap(), [second]);
    assert_eq!(store.latest_novelty_change().await.unwrap(), 2);
    let now = store.novelty(&[sha(1), sha(2)]).await.unwrap();
    assert_eq!((now[0].novelty, now[1].threshold), (Novelty::Unsure, 20));
}

pub async fn holders_are_found_by_file_and_by_exchange(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let recorded = sha(50);
    let value = recorded.to_string();
    let mut sent = transfer(1, &owner(), &account("b"), 1);
    sent.recorded_hash = Some(RecordedHash { algorithm: HashAlgorithm::Sha256, value });
    let facts = vec![store_fact(1, 1, vec![Record::Transfer(sent)]), fingerprint("DCIM/1.jpg", 9)];
    store.record_facts(&batch(&evidence, facts)).await.unwrap();
    assert_eq!(store.cases_holding(&[sha(9)]).await.unwrap(), [case_id()]);
    assert_eq!(store.cases_holding(&[recorded]).await.unwrap(), [case_id()]);
    assert_eq!(store.cases_holding(&[sha(200)]).await.unwrap(), []);
}
