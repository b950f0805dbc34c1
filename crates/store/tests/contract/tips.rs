//! Tips and their revisions.

use crate::bench::Bench;
use crate::samples::{at, problem, sha, tip};
use amparo_model::IdentifierKind::Email;
use amparo_store::{Outcome, StoreError};

pub async fn same_bytes_change_nothing(bench: &Bench) {
    let arrival = tip(1, 1, "A@example.org");
    let first = bench.store.accept_tips(std::slice::from_ref(&arrival)).await.unwrap();
    assert_eq!((first[0].revision, first[0].outcome), (1, Outcome::New));
    let before = bench.store.canonical_dump().await.unwrap();
    let again = bench.store.accept_tips(&[arrival]).await.unwrap();
    assert_eq!((again[0].revision, again[0].outcome), (1, Outcome::Unchanged));
    assert_eq!(bench.store.canonical_dump().await.unwrap(), before);
}

pub async fn other_bytes_are_the_next_revision(bench: &Bench) {
    let (old, new) = (tip(1, 1, "a@example.org"), tip(1, 2, "b@example.org"));
    let accepted = bench.store.accept_tips(&[old.clone(), new.clone()]).await.unwrap();
    assert_eq!((accepted[1].revision, accepted[1].outcome), (2, Outcome::Revised));
    let current = bench.store.current_tips().await.unwrap();
    assert_eq!(current.len(), 1, "a revision is never a second tip");
    assert_eq!((current[0].revision, current[0].object), (2, sha(2)));
    assert_eq!(current[0].tip, new.tip);
    let revisions = bench.store.tip_revisions(&old.tip.record().tip).await.unwrap();
    assert_eq!(revisions.iter().map(|r| r.object).collect::<Vec<_>>(), [sha(1), sha(2)]);
    assert_eq!(revisions[0].tip, old.tip);
    assert_eq!(revisions[0].problems, old.problems);
    let again = bench.store.accept_tips(&[old]).await.unwrap();
    assert_eq!((again[0].revision, again[0].outcome), (1, Outcome::Unchanged));
}

pub async fn identifiers_follow_the_revision(bench: &Bench) {
    let store = &bench.store;
    store.accept_tips(&[tip(2, 2, "A@example.org"), tip(1, 1, "a@example.org")]).await.unwrap();
    let tips = store.tips_with_identifier(Email, "a@example.org").await.unwrap();
    assert_eq!(tips.iter().map(|tip| tip.as_str()).collect::<Vec<_>>(), ["ncmec/1", "ncmec/2"]);
    store.accept_tips(&[tip(1, 3, "c@example.org")]).await.unwrap();
    let tips = store.tips_with_identifier(Email, "a@example.org").await.unwrap();
    assert_eq!(tips.iter().map(|tip| tip.as_str()).collect::<Vec<_>>(), ["ncmec/2"]);
}

pub async fn import_problems_are_kept_once(bench: &Bench) {
    let store = &bench.store;
    for ms in [1, 2] {
        let problems = [problem("b.json"), problem("a.json")];
        store.record_import_problems(sha(1), "tips/a.json", &problems, at(ms)).await.unwrap();
    }
    let found = store.import_problems().await.unwrap();
    let subjects: Vec<&str> = found.iter().map(|(_, _, p)| p.subject.as_str()).collect();
    assert_eq!(subjects, ["a.json", "b.json"]);
    assert_eq!((found[0].0, found[0].1.as_str()), (sha(1), "tips/a.json"));
}

pub async fn two_writers_revise_one_tip(bench: &Bench) {
    let second = bench.second().await;
    let (mine, theirs) = ([tip(1, 1, "a@example.org")], [tip(1, 2, "a@example.org")]);
    let (a, b) = tokio::join!(bench.store.accept_tips(&mine), second.accept_tips(&theirs));
    for (store, arrival, outcome) in [(&bench.store, &mine, a), (&second, &theirs, b)] {
        match outcome {
            Ok(_) => {}
            Err(StoreError::Busy { .. }) => drop(store.accept_tips(arrival).await.unwrap()),
            Err(other) => panic!("{other}"),
        }
    }
    let revisions = bench.store.tip_revisions(&mine[0].tip.record().tip).await.unwrap();
    assert_eq!(revisions.iter().map(|r| r.revision).collect::<Vec<_>>(), [1, 2]);
}
