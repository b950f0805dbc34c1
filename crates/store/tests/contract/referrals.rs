//! Referrals.

use crate::bench::Bench;
use crate::samples::{at, case_id, sha};
use amparo_model::{ReferralId, ReferralReceipt, ReferralState as State};
use amparo_store::{Store, StoreError};
use serde_json::json;

fn id() -> ReferralId {
    ReferralId::new("REF-1").unwrap()
}

async fn draft(store: &Store) {
    let (case, body) = (case_id(), json!({ "urgency": "child_in_danger" }));
    store.put_referral(&id(), &case, 1, State::Drafted, &body, at(1), "liaison").await.unwrap();
}

pub async fn versions_and_moves_are_kept(bench: &Bench) {
    let store = &bench.store;
    draft(store).await;
    draft(store).await;
    let case = case_id();
    let body = json!({ "urgency": "life" });
    store.put_referral(&id(), &case, 2, State::Drafted, &body, at(2), "liaison").await.unwrap();
    store
        .move_referral(&id(), State::Drafted, State::Approved, at(3), "supervisor", "read twice")
        .await
        .unwrap();
    let found = store.referral(&id()).await.unwrap().unwrap();
    assert_eq!((found.version, found.state, &found.body), (2, State::Approved, &body));
    assert_eq!(found.case, Some(case));
    let steps: Vec<_> = found.history.iter().map(|m| (m.from, m.to, m.at.0)).collect();
    let expected = [
        (None, State::Drafted, 1),
        (Some(State::Drafted), State::Drafted, 2),
        (Some(State::Drafted), State::Approved, 3),
    ];
    assert_eq!(steps, expected);
    assert_eq!(found.history[2].note, "read twice");
    let received = ReferralId::new("REF-2").unwrap();
    store.put_referral(&received, None, 1, State::Read, &body, at(4), "duty").await.unwrap();
    let all = store.referrals().await.unwrap();
    let all: Vec<_> = all.iter().map(|r| (r.id.as_str(), r.case.is_some())).collect();
    assert_eq!(all, [("REF-1", true), ("REF-2", false)]);
}

pub async fn a_wrong_move_is_refused(bench: &Bench) {
    let store = &bench.store;
    let (from, to) = (State::Approved, State::Sealed);
    let refused = store.move_referral(&id(), from, to, at(3), "liaison", "").await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    draft(store).await;
    let refused = store.move_referral(&id(), from, to, at(3), "liaison", "").await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    let (from, to) = (State::Drafted, State::Approved);
    store.move_referral(&id(), from, to, at(3), "supervisor", "").await.unwrap();
    let (case, body) = (case_id(), json!({ "urgency": "ordinary" }));
    let rewritten = store.put_referral(&id(), &case, 1, State::Drafted, &body, at(4), "x").await;
    assert!(matches!(rewritten, Err(StoreError::Conflict { .. })), "{rewritten:?}");
    let found = store.referral(&id()).await.unwrap().unwrap();
    assert_eq!((found.state, found.history.len()), (State::Approved, 2));
}

pub async fn receipts_move_it_once(bench: &Bench) {
    let store = &bench.store;
    draft(store).await;
    let receipt = |state, ms| ReferralReceipt {
        referral: id(),
        manifest_sha256: sha(1),
        state,
        at: at(ms),
        unit: "Unit B".to_owned(),
        officer: "duty".to_owned(),
        note: String::new(),
    };
    let accepted = receipt(State::Accepted, 20);
    for _ in 0..2 {
        store.record_receipt(&id(), &accepted, "signed accepted").await.unwrap();
    }
    store.record_receipt(&id(), &receipt(State::Read, 10), "signed read").await.unwrap();
    let found = store.referral(&id()).await.unwrap().unwrap();
    assert_eq!(found.state, State::Accepted, "a receipt that was overtaken moves nothing back");
    assert_eq!(found.history.len(), 3);
    let signed: Vec<&str> = found.receipts.iter().map(|(_, signed)| signed.as_str()).collect();
    assert_eq!(signed, ["signed read", "signed accepted"]);
    let other = ReferralId::new("REF-2").unwrap();
    let refused = store.record_receipt(&other, &accepted, "signed accepted").await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
}
