//! Exhibits and their entries.

use crate::bench::Bench;
use crate::samples::*;
use amparo_model::{AuthorisationId, CaseId, Entry, EvidenceId};
use amparo_store::{EntryTotals, StoreError};

pub async fn the_same_exhibit_is_attached_once(bench: &Bench) {
    let evidence = with_phone(&bench.store).await;
    let mut again = phone();
    again.id = EvidenceId::new("E2").unwrap();
    again.attached_at = at(99);
    let attached = bench.store.attach_evidence(&again).await.unwrap();
    assert!(attached.existed);
    assert_eq!(attached.item, phone());
    let other = bench.store.attach_evidence(&exhibit("E3", "computer")).await.unwrap();
    assert!(!other.existed);
    let items = bench.store.evidence_of_case(&case_id()).await.unwrap();
    assert_eq!(items, [phone(), exhibit("E3", "computer")]);
    assert_eq!(bench.store.evidence(&evidence).await.unwrap(), Some(phone()));
}

pub async fn what_it_names_must_exist(bench: &Bench) {
    let store = &bench.store;
    let refused = store.attach_evidence(&phone()).await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    with_phone(store).await;
    let mut item = exhibit("E2", "computer");
    item.authorisation = AuthorisationId::new("ORDER-8").unwrap();
    let refused = store.attach_evidence(&item).await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    let mut other = case();
    other.id = CaseId::new("OTHER-1").unwrap();
    store.open_case(&other).await.unwrap();
    let mut item = exhibit("E2", "computer");
    item.case = other.id;
    let refused = store.attach_evidence(&item).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    let refused = store.attach_evidence(&exhibit("E1", "computer")).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
}

pub async fn listing_again_keeps_hashes(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let listed = [entry("b.jpg"), entry("a.jpg"), entry("b.jpg")];
    store.record_listing(&evidence, &listed, &[problem("c.jpg")]).await.unwrap();
    store.record_facts(&batch(&evidence, vec![fingerprint("a.jpg", 9)])).await.unwrap();
    store.record_listing(&evidence, &listed, &[problem("c.jpg")]).await.unwrap();
    let entries = entries_of(store, &evidence).await;
    assert_eq!(entries.iter().map(|e| e.path.as_str()).collect::<Vec<_>>(), ["a.jpg", "b.jpg"]);
    assert_eq!(entries[0].hashes.map(|hashes| hashes.sha256), Some(sha(9)));
    assert_eq!(entries[1], entry("b.jpg"));
    let problems = store.problems(&evidence).await.unwrap();
    assert_eq!(problems, [("listing".to_owned(), problem("c.jpg"))]);
}

pub async fn finishing_enqueues_in_the_same_step(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    assert!(!store.listing_finished(&evidence).await.unwrap());
    let unknown = EvidenceId::new("E9").unwrap();
    let jobs = [job(&evidence, 1, "a"), job(&unknown, 1, "b")];
    let refused = store.finish_listing(&evidence, &jobs).await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    assert!(!store.listing_finished(&evidence).await.unwrap(), "half an effect was left");
    assert_eq!(store.job_counts(&evidence).await.unwrap(), []);
    store.finish_listing(&evidence, &jobs[..1]).await.unwrap();
    store.finish_listing(&evidence, &jobs[..1]).await.unwrap();
    assert!(store.listing_finished(&evidence).await.unwrap());
    let counts = store.job_counts(&evidence).await.unwrap();
    assert_eq!(counts.iter().map(|count| count.count).collect::<Vec<_>>(), [1]);
    let refused = store.listing_finished(&unknown).await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
}

/// Longer than any index row may be, and alike for longer than a key's beginning.
pub async fn odd_paths_survive(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let long = "carpeta/ñandú %FF/".repeat(400);
    let paths = [format!("{long}1"), format!("{long}2"), "Ä.jpg".to_owned(), "z.jpg".to_owned()];
    let listed: Vec<_> = paths.iter().map(|path| entry(path)).collect();
    store.record_listing(&evidence, &listed, &[]).await.unwrap();
    let mut expected = paths.to_vec();
    expected.sort();
    let entries = entries_of(store, &evidence).await;
    let mut found: Vec<String> = entries.into_iter().map(|entry| entry.path).collect();
    // The order of those that begin alike is not promised.
    found.sort();
    assert_eq!(found, expected);
}

pub async fn pages_and_look_ups_give_the_same_entries(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let giant = Entry { size: u64::MAX, place: vec![7], ..entry("b/giant.img") };
    let mut listed: Vec<Entry> = (0..25).map(|n| entry(&format!("a/{n:02} ñ.jpg"))).collect();
    listed.extend([giant.clone(), Entry { path: "c/giant.img".to_owned(), ..giant }]);
    store.record_listing(&evidence, &listed, &[]).await.unwrap();
    store.record_facts(&batch(&evidence, vec![fingerprint("a/03 ñ.jpg", 9)])).await.unwrap();
    let whole = entries_of(store, &evidence).await;
    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let page = store.entries_after(&evidence, after.as_deref(), 4).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.path.clone());
        paged.extend(page);
    }
    paged.sort_by(|a, b| a.path.cmp(&b.path));
    assert_eq!(paged, whole);
    let paths: Vec<String> = listed.iter().rev().map(|entry| entry.path.clone()).collect();
    let unknown = ["d.jpg".to_owned()];
    let found = store.entries_at(&evidence, &[&paths[..], &unknown].concat()).await.unwrap();
    assert_eq!(found, whole);
    let totals = store.entry_totals(&evidence).await.unwrap();
    assert_eq!((totals.files, totals.outside, totals.files_read), (27, 25, 1));
    assert_eq!(totals.bytes_read, whole[3].size);
    assert!(totals.bytes > i64::MAX as u64 / 2, "{totals:?}");
    let nobody = EvidenceId::new("E9").unwrap();
    assert_eq!(store.entry_totals(&nobody).await.unwrap(), EntryTotals::default());
}

pub async fn problems_come_from_all_stages(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.record_problems(&evidence, "fingerprint", &[problem("x.jpg")]).await.unwrap();
    store.record_problems(&evidence, "fingerprint", &[problem("x.jpg")]).await.unwrap();
    store.record_facts(&batch(&evidence, vec![store_fact(1, 1, vec![])])).await.unwrap();
    let found = store.problems(&evidence).await.unwrap();
    let stages: Vec<&str> = found.iter().map(|(stage, _)| stage.as_str()).collect();
    assert_eq!(stages, ["fingerprint", "whatsapp_android"]);
}
