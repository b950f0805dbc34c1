//! Recording facts.

use crate::bench::Bench;
use crate::samples::*;
use amparo_model::*;
use amparo_store::{FactBody, FrameFact, PictureFact, StoreError, VideoFact};
use std::collections::BTreeMap;

fn records() -> Vec<Record> {
    vec![
        account_record(owner(), true),
        Record::Message(message("c1", 1, owner(), 50)),
        Record::Transfer(transfer(1, &owner(), &account("b"), 50)),
    ]
}

pub async fn recording_twice_is_once(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let facts = batch(&evidence, vec![store_fact(1, 1, records()), fingerprint("a.jpg", 2)]);
    assert!(!store.has_fact(&sha(1), "whatsapp_android", 1).await.unwrap());
    store.record_facts(&facts).await.unwrap();
    assert!(store.has_fact(&sha(1), "whatsapp_android", 1).await.unwrap());
    let before = store.canonical_dump().await.unwrap();
    store.record_facts(&facts).await.unwrap();
    let other = batch(&evidence, vec![store_fact(1, 1, vec![]), store_fact(1, 1, records())]);
    store.record_facts(&other).await.unwrap();
    assert_eq!(store.canonical_dump().await.unwrap(), before);
}

pub async fn a_failing_batch_leaves_nothing(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.enqueue(&[job(&evidence, 1, "a")]).await.unwrap();
    let claimed = store.claim_jobs("w", &evidence, 1, at(0), 100).await.unwrap();
    let before = store.canonical_dump().await.unwrap();
    let alien = Record::Tip(Box::new(tip(1, 1, "a@example.org").tip.into_parts().0));
    let mut facts = batch(&evidence, vec![store_fact(1, 1, records()), fingerprint("a.jpg", 2)]);
    facts.facts.push(store_fact(3, 1, vec![alien]));
    facts.job = Some(claimed[0].id);
    let refused = store.record_facts(&facts).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    assert_eq!(store.canonical_dump().await.unwrap(), before);
    facts.facts.pop();
    facts.job = Some(999);
    let refused = store.record_facts(&facts).await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    assert_eq!(store.canonical_dump().await.unwrap(), before);
}

pub async fn two_exhibits_share_a_fact(bench: &Bench) {
    let store = &bench.store;
    let first = with_phone(store).await;
    let second = store.attach_evidence(&exhibit("E2", "copy")).await.unwrap().item.id;
    let third = store.attach_evidence(&exhibit("E3", "third")).await.unwrap().item.id;
    for evidence in [&first, &second] {
        store.record_facts(&batch(evidence, vec![store_fact(1, 1, records())])).await.unwrap();
    }
    store.record_presence(&third, &sha(1)).await.unwrap();
    store.record_presence(&third, &sha(1)).await.unwrap();
    let accounts = store.accounts(&case_id()).await.unwrap();
    assert_eq!(accounts.iter().map(|a| &a.0).collect::<Vec<_>>(), [&first, &second, &third]);
    let stored = store.canonical_dump().await.unwrap();
    let stored = stored.iter().filter(|line| line.contains(r#""table":"accounts""#)).count();
    assert_eq!(stored, 1, "facts exist once however many exhibits hold the content");
    assert_eq!(store.messages(&case_id(), "c1").await.unwrap().len(), 1);
}

pub async fn fingerprints_reach_the_entry(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.record_listing(&evidence, &[entry("a.jpg"), entry("b.jpg")], &[]).await.unwrap();
    let picture = PictureFact {
        width: 640,
        height: 480,
        format: "jpeg".to_owned(),
        pdq: Some(Pdq { bits: "cd".repeat(32).parse().unwrap(), quality: 87 }),
        turned: vec![Pdq { bits: "dc".repeat(32).parse().unwrap(), quality: 87 }],
        later_frames: Vec::new(),
        camera_make: Some("Example".to_owned()),
        camera_model: None,
        camera_serial: None,
        taken_at: Some(Moment::from_iso("2026-01-01T10:00:00")),
    };
    let mut fact = fingerprint("a.jpg", 4);
    if let FactBody::Fingerprint { picture: slot, .. } = &mut fact.body {
        *slot = Some(picture.clone());
    }
    let facts = batch(&evidence, vec![fact, fingerprint("b.jpg", 4), fingerprint("new.jpg", 5)]);
    store.record_facts(&facts).await.unwrap();
    let entries = entries_of(store, &evidence).await;
    assert_eq!(entries[0].hashes, Some(hashes(4)));
    assert_eq!(entries[0].modified_at, Some(at(5)));
    let found = store.fingerprints(&case_id()).await.unwrap();
    let paths: Vec<&str> = found.iter().map(|f| f.path.as_str()).collect();
    assert_eq!(paths, ["a.jpg", "b.jpg", "new.jpg"]);
    assert_eq!((found[1].hashes, found[1].picture.as_ref()), (hashes(4), Some(&picture)));
    assert_eq!(found[2].picture, None);
    let asked = [sha(4), sha(5), sha(9)];
    let pictures = store.pictures(&case_id(), &asked).await.unwrap();
    assert_eq!(pictures, BTreeMap::from([(sha(4), picture)]));
    let elsewhere = CaseId::new("ALC-2026-0002").unwrap();
    assert_eq!(store.pictures(&elsewhere, &asked).await.unwrap(), BTreeMap::new());
}

pub async fn frames_of_a_video_are_kept(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.record_listing(&evidence, &[entry("a.mp4")], &[]).await.unwrap();
    let frame = |at_ms, quality| FrameFact {
        at_ms,
        pdq: Pdq { bits: "cd".repeat(32).parse().unwrap(), quality },
    };
    let video = VideoFact {
        container: "mp4".to_owned(),
        width: Some(640),
        height: None,
        duration_ms: Some(2_000),
        sampling: "each_second".to_owned(),
        complete: false,
        frames: vec![frame(Some(0), 87), frame(None, 0)],
    };
    let mut fact = fingerprint("a.mp4", 4);
    if let FactBody::Fingerprint { frames: slot, .. } = &mut fact.body {
        *slot = Some(video.clone());
    }
    store.record_facts(&batch(&evidence, vec![fact])).await.unwrap();
    let found = store.fingerprints(&case_id()).await.unwrap();
    assert_eq!((found[0].picture.as_ref(), found[0].frames.as_ref()), (None, Some(&video)));
    assert_eq!(video.hashes().len(), 2);
    let dump = store.canonical_dump().await.unwrap();
    assert!(dump.iter().any(|line| line.contains("each_second")));
}

pub async fn a_job_ends_with_its_facts(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.enqueue(&[job(&evidence, 1, "a")]).await.unwrap();
    let claimed = store.claim_jobs("w", &evidence, 1, at(0), 100).await.unwrap();
    let mut facts = batch(&evidence, vec![store_fact(1, 1, records())]);
    facts.job = Some(claimed[0].id);
    facts.enqueue = vec![job(&evidence, 2, "follow")];
    store.record_facts(&facts).await.unwrap();
    let counts = store.job_counts(&evidence).await.unwrap();
    let counts: Vec<_> = counts.iter().map(|c| (c.wave, c.state.as_str(), c.count)).collect();
    assert_eq!(counts, [(1, "done", 1), (2, "queued", 1)]);
}

pub async fn nul_and_long_texts_survive(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let id = format!("{}\0{}", "x".repeat(6_000), "y");
    let mut odd = message(&id, 1, account(&id), 5);
    odd.text = Some("a\0b".to_owned());
    let mut sent = transfer(1, &account(&id), &owner(), 5);
    sent.recorded_hash = Some(RecordedHash { algorithm: HashAlgorithm::Sha256, value: id.clone() });
    let facts = vec![Record::Message(odd.clone()), Record::Transfer(sent.clone())];
    store.record_facts(&batch(&evidence, vec![store_fact(1, 1, facts)])).await.unwrap();
    let found = store.messages(&case_id(), &id).await.unwrap();
    assert_eq!(found.iter().map(|m| m.record()).collect::<Vec<_>>(), [&odd]);
    let counts = store.message_counts(&case_id()).await.unwrap();
    assert_eq!((&counts[0].chat, &counts[0].account), (&id, &Some(account(&id))));
    let filter = amparo_store::TransferFilter { account: Some(account(&id)), ..Default::default() };
    assert_eq!(store.transfers(&filter).await.unwrap()[0].transfer.record(), &sent);
}

pub async fn novelty_is_replaced(bench: &Bench) {
    let store = &bench.store;
    let statement = |n, novelty| NoveltyStatement {
        object: sha(n),
        novelty,
        against: vec![(HashSetId::new("list").unwrap(), "2026-02-01".to_owned())],
        threshold: 31,
        unsure_because: None,
        matches: Vec::new(),
    };
    let first = [statement(2, Novelty::Unsure), statement(1, Novelty::Known)];
    store.put_novelty(&first).await.unwrap();
    store.put_novelty(&[statement(2, Novelty::Unseen)]).await.unwrap();
    let found = store.novelty(&[sha(2), sha(1), sha(9), sha(2)]).await.unwrap();
    assert_eq!(found, [statement(1, Novelty::Known), statement(2, Novelty::Unseen)]);
}

pub async fn a_newer_version_stands_beside_the_older(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let newer = vec![account_record(owner(), true), account_record(account("b"), false)];
    store.record_facts(&batch(&evidence, vec![store_fact(1, 2, newer)])).await.unwrap();
    store.record_facts(&batch(&evidence, vec![store_fact(1, 1, records())])).await.unwrap();
    assert!(store.has_fact(&sha(1), "whatsapp_android", 1).await.unwrap());
    assert_eq!(store.accounts(&case_id()).await.unwrap().len(), 2);
    assert_eq!(store.messages(&case_id(), "c1").await.unwrap(), []);
}
