//! The job queue.

use crate::bench::Bench;
use crate::samples::{at, batch, job, with_phone};
use amparo_model::EvidenceId;
use amparo_store::{Reach, Store, StoreError};
use std::collections::BTreeSet;

async fn claim(store: &Store, evidence: &EvidenceId, limit: u32, now: i64) -> Vec<(i64, String)> {
    let jobs = store.claim_jobs("worker", evidence, limit, at(now), 100).await.unwrap();
    jobs.into_iter().map(|job| (job.id, job.key)).collect()
}

fn keys(jobs: &[(i64, String)]) -> Vec<&str> {
    jobs.iter().map(|(_, key)| key.as_str()).collect()
}

async fn states(store: &Store, evidence: &EvidenceId) -> Vec<(String, u64)> {
    let counts = store.job_counts(evidence).await.unwrap();
    counts.into_iter().map(|count| (count.state, count.count)).collect()
}

pub async fn claims_follow_waves_then_age(bench: &Bench) {
    let evidence = with_phone(&bench.store).await;
    let jobs = [job(&evidence, 2, "c"), job(&evidence, 1, "b"), job(&evidence, 1, "a")];
    bench.store.enqueue(&jobs).await.unwrap();
    let claimed = bench.store.claim_jobs("w", &evidence, 2, at(0), 100).await.unwrap();
    let first: Vec<_> = claimed.iter().map(|job| (job.key.as_str(), job.attempts)).collect();
    assert_eq!(first, [("b", 1), ("a", 1)]);
    assert_eq!(claimed[0].payload, serde_json::json!({ "path": "b" }));
    assert_eq!(keys(&claim(&bench.store, &evidence, 9, 0).await), ["c"]);
    assert_eq!(keys(&claim(&bench.store, &evidence, 9, 0).await), [""; 0]);
}

pub async fn a_lease_that_ran_out_is_claimed_again(bench: &Bench) {
    let evidence = with_phone(&bench.store).await;
    bench.store.enqueue(&[job(&evidence, 1, "a")]).await.unwrap();
    assert_eq!(keys(&claim(&bench.store, &evidence, 9, 1_000).await), ["a"]);
    assert_eq!(keys(&claim(&bench.store, &evidence, 9, 1_099).await), [""; 0]);
    let again = bench.store.claim_jobs("other", &evidence, 9, at(1_100), 100).await.unwrap();
    assert_eq!(again.iter().map(|job| job.attempts).collect::<Vec<_>>(), [2]);
}

pub async fn a_retried_job_waits_and_a_failed_one_stays(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.enqueue(&[job(&evidence, 1, "a"), job(&evidence, 1, "b")]).await.unwrap();
    let claimed = claim(store, &evidence, 9, 0).await;
    store.retry_job(claimed[0].0, "medium was busy", at(500)).await.unwrap();
    store.fail_job(claimed[1].0, "worker was killed three times").await.unwrap();
    assert_eq!(keys(&claim(store, &evidence, 9, 499).await), [""; 0]);
    assert_eq!(keys(&claim(store, &evidence, 9, 500).await), ["a"]);
    let expected = [("failed".to_owned(), 1), ("running".to_owned(), 1)];
    assert_eq!(states(store, &evidence).await, expected);
    for refused in [store.retry_job(999, "x", at(0)).await, store.fail_job(999, "x").await] {
        assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    }
}

pub async fn enqueueing_twice_is_once(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let long = "p/".repeat(3_000);
    let jobs = [job(&evidence, 1, "a"), job(&evidence, 1, &long), job(&evidence, 1, "a")];
    store.enqueue(&jobs).await.unwrap();
    assert_eq!(keys(&claim(store, &evidence, 1, 0).await), ["a"]);
    store.enqueue(&jobs).await.unwrap();
    let expected = [("queued".to_owned(), 1), ("running".to_owned(), 1)];
    assert_eq!(states(store, &evidence).await, expected);
    assert_eq!(keys(&claim(store, &evidence, 9, 0).await), [long.as_str()]);
}

pub async fn two_workers_never_hold_one_job(bench: &Bench) {
    let evidence = with_phone(&bench.store).await;
    let jobs: Vec<_> = (0..60).map(|n| job(&evidence, n % 3, &n.to_string())).collect();
    bench.store.enqueue(&jobs).await.unwrap();
    let second = bench.second().await;
    let mut held = Vec::new();
    for _ in 0..10 {
        let (mine, theirs) =
            tokio::join!(claim(&bench.store, &evidence, 4, 0), claim(&second, &evidence, 4, 0));
        held.extend(mine);
        held.extend(theirs);
    }
    let distinct: BTreeSet<i64> = held.iter().map(|(id, _)| *id).collect();
    assert_eq!((held.len(), distinct.len()), (60, 60));
}

pub async fn later_waves_can_wait(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.enqueue(&[job(&evidence, 1, "a"), job(&evidence, 2, "b")]).await.unwrap();
    let up_to = |wave_max| Reach { wave_max, attempts_max: i64::MAX };
    let claimed = store.claim_jobs_up_to(up_to(1), "w", &evidence, 9, at(0), 100).await.unwrap();
    assert_eq!(claimed.iter().map(|job| job.key.as_str()).collect::<Vec<_>>(), ["a"]);
    let claimed = store.claim_jobs_up_to(up_to(2), "w", &evidence, 9, at(0), 100).await.unwrap();
    assert_eq!(claimed.iter().map(|job| job.key.as_str()).collect::<Vec<_>>(), ["b"]);
}

pub async fn a_job_whose_workers_died_can_wait_for_the_others(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.enqueue(&[job(&evidence, 1, "deadly")]).await.unwrap();
    for _ in 0..2 {
        store.claim_jobs("w", &evidence, 1, at(0), 100).await.unwrap();
        store.release_jobs(&evidence, "w").await.unwrap();
    }
    store.enqueue(&[job(&evidence, 2, "b")]).await.unwrap();
    let reach = |attempts_max| Reach { wave_max: 2, attempts_max };
    for (attempts_max, expect) in [(2, "b"), (3, "deadly")] {
        let reach = reach(attempts_max);
        let claimed = store.claim_jobs_up_to(reach, "w", &evidence, 9, at(0), 100).await.unwrap();
        assert_eq!(claimed.iter().map(|job| job.key.as_str()).collect::<Vec<_>>(), [expect]);
    }
}

pub async fn a_restarted_worker_gets_its_jobs_back(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.enqueue(&[job(&evidence, 1, "a"), job(&evidence, 1, "b")]).await.unwrap();
    store.claim_jobs("killed", &evidence, 1, at(0), 100).await.unwrap();
    store.claim_jobs("alive", &evidence, 1, at(0), 100).await.unwrap();
    store.release_jobs(&evidence, "killed").await.unwrap();
    assert_eq!(keys(&claim(store, &evidence, 9, 0).await), ["a"]);
}

pub async fn a_finished_job_stays_finished(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.enqueue(&[job(&evidence, 1, "a")]).await.unwrap();
    let id = claim(store, &evidence, 1, 0).await[0].0;
    let mut done = batch(&evidence, vec![]);
    done.job = Some(id);
    store.record_facts(&done).await.unwrap();
    store.retry_job(id, "late worker", at(0)).await.unwrap();
    store.fail_job(id, "late worker").await.unwrap();
    assert_eq!(states(store, &evidence).await, [("done".to_owned(), 1)]);
    assert_eq!(keys(&claim(store, &evidence, 9, 1_000_000).await), [""; 0]);
}
