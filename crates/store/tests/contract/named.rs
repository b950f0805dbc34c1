//! Which objects the database names.

use crate::bench::Bench;
use crate::hash_sets::list;
use crate::samples::*;
use amparo_model::{Record, Sha256};
use amparo_store::{NewJob, Store};

async fn named(store: &Store) -> Vec<Sha256> {
    store.named_objects().await.unwrap().into_iter().collect()
}

pub async fn imports_are_named_with_all_their_revisions(bench: &Bench) {
    let store = &bench.store;
    assert_eq!(named(store).await, []);
    let tips = [tip(1, 1, "a@example.org"), tip(1, 2, "a@example.org")];
    store.accept_tips(&tips).await.unwrap();
    store.store_hash_set(&list(3), at(1), "admin").await.unwrap();
    store.record_import_problems(sha(4), "b.json", &[problem("b.json")], at(1)).await.unwrap();
    assert_eq!(named(store).await, [sha(1), sha(2), sha(3), sha(4), sha(103)]);
}

pub async fn stores_are_named_and_files_of_the_exhibit_are_not(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let read = NewJob {
        kind: "app_store".to_owned(),
        payload: serde_json::json!({ "parser": "p", "main": "db", "companions": ["db-wal", "x"] }),
        ..job(&evidence, 1, "p:db")
    };
    store.enqueue(&[read]).await.unwrap();
    let media = fingerprint("DCIM/1.jpg", 9);
    let mut facts = store_fact(1, 1, vec![Record::Transfer(transfer(1, &owner(), &owner(), 1))]);
    if let amparo_store::FactBody::Records { problems, .. } = &mut facts.body {
        problems[0].at = Some(row(sha(2), "chat", 1));
    }
    let kept = vec![facts, fingerprint("db", 1), fingerprint("db-wal", 3), media];
    let mut found = batch(&evidence, kept);
    store.record_facts(&found).await.unwrap();
    assert_eq!(named(store).await, [sha(1), sha(2)], "the job has not said that it kept the files");
    let claimed = store.claim_jobs("w", &evidence, 1, at(1), 100).await.unwrap();
    found.job = Some(claimed[0].id);
    store.record_facts(&found).await.unwrap();
    assert_eq!(named(store).await, [sha(1), sha(2), sha(3)]);
}
