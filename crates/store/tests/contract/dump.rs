//! The canonical dump.

use crate::bench::Bench;
use crate::samples::*;
use amparo_model::{Actor, Record, Role};
use amparo_store::{Fact, FactBatch, Store};

fn facts() -> Vec<Fact> {
    let records = vec![
        account_record(owner(), true),
        Record::Message(message("c\0ñ", 1, owner(), 50)),
        Record::Transfer(transfer(1, &owner(), &account("b"), 50)),
        Record::Receipt(receipt(1, &account("b"))),
    ];
    vec![store_fact(1, 1, records), fingerprint("Ä.jpg", 2), fingerprint("z.jpg", 3)]
}

/// The same calls on any store; one touch of every verb family.
async fn fill(store: &Store) {
    store.put_user(&Actor { name: "vega".to_owned(), role: Role::Examiner }).await.unwrap();
    store.accept_tips(&[tip(1, 1, "Ñ@example.org"), tip(2, 2, "b@example.org")]).await.unwrap();
    let evidence = with_phone(store).await;
    store.record_listing(&evidence, &[entry("z.jpg")], &[problem("x")]).await.unwrap();
    store
        .finish_listing(&evidence, &[job(&evidence, 1, "a"), job(&evidence, 2, "b")])
        .await
        .unwrap();
    let claimed = store.claim_jobs("w", &evidence, 1, at(0), 100).await.unwrap();
    let done = FactBatch { job: Some(claimed[0].id), ..batch(&evidence, facts()) };
    store.record_facts(&done).await.unwrap();
    store.put_alarms(&case_id(), &[], at(9), serde_json::json!({ "b": 1, "a": 2 })).await.unwrap();
}

pub async fn both_engines_give_the_same_lines(bench: &Bench) {
    let (sqlite, postgres) = (Bench::sqlite().await, Bench::postgres().await);
    for store in [&bench.store, &sqlite.store, &postgres.store] {
        fill(store).await;
    }
    let lines = bench.store.canonical_dump().await.unwrap();
    assert!(lines.len() > 20 && lines.is_sorted(), "{lines:#?}");
    assert_eq!(lines, sqlite.store.canonical_dump().await.unwrap());
    assert_eq!(lines, postgres.store.canonical_dump().await.unwrap());
}

pub async fn leases_and_ids_are_left_out(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.enqueue(&[job(&evidence, 1, "a")]).await.unwrap();
    let before = store.canonical_dump().await.unwrap();
    let claimed = store.claim_jobs("w", &evidence, 1, at(0), 100).await.unwrap();
    store.fail_job(claimed[0].id, "gone").await.unwrap();
    let after = store.canonical_dump().await.unwrap();
    let line = after.iter().find(|line| line.contains(r#""table":"jobs""#)).unwrap();
    assert_ne!(before, after, "states of jobs are facts");
    for absent in ["worker", "lease", "attempts", "not_before", r#""id""#] {
        assert!(!line.contains(absent), "{absent} in {line}");
    }
}

pub async fn order_of_work_does_not_show(bench: &Bench) {
    let other = Bench::sqlite().await;
    let evidence = with_phone(&bench.store).await;
    with_phone(&other.store).await;
    bench.store.record_facts(&batch(&evidence, facts())).await.unwrap();
    for fact in facts().into_iter().rev() {
        other.store.record_facts(&batch(&evidence, vec![fact])).await.unwrap();
    }
    let lines = bench.store.canonical_dump().await.unwrap();
    assert_eq!(lines, other.store.canonical_dump().await.unwrap());
}

pub async fn alarms_that_were_replaced_do_not_show(bench: &Bench) {
    let other = Bench::sqlite().await;
    let put = async |store: &Store, wave: i64| {
        let processed = serde_json::json!({ "wave": wave });
        store.put_alarms(&case_id(), &[], at(9), processed).await.unwrap();
    };
    for (store, waves) in [(&bench.store, &[1, 2][..]), (&other.store, &[2])] {
        with_phone(store).await;
        for wave in waves {
            put(store, *wave).await;
        }
    }
    let lines = bench.store.canonical_dump().await.unwrap();
    assert_eq!(lines, other.store.canonical_dump().await.unwrap());
    assert!(lines.iter().any(|line| line.contains(r#"{\"wave\":2}"#)), "{lines:#?}");
}
