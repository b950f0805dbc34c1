//! Lines in working order, keys with their counts, words, losses and decisions.

use crate::bench::Bench;
use crate::samples::{at, sha, tip};
use amparo_model::{PackageMember, TipId};
use amparo_store::{
    Decided, LineFilter, MemberDecision, SamePerson, StoreError, StoredPlaces, TipKey, TipLine,
    TipLoss,
};

fn id(number: u32) -> TipId {
    TipId::new(format!("ncmec/{number}")).unwrap()
}

fn line(number: u32, head: u32, danger: i64) -> TipLine {
    TipLine {
        tip: id(number),
        line: id(head),
        why: "alone".to_owned(),
        danger,
        perishability: 5,
        act_by: Some(at(9)),
        country: "ES".to_owned(),
        division: String::new(),
        unit: "national".to_owned(),
        files: danger,
        fold_key: Some(format!("fold {head}")),
        valid_until: Some(at(i64::from(number))),
        body: "{}".to_owned(),
    }
}

fn numbers(lines: &[TipLine]) -> Vec<&str> {
    lines.iter().map(|line| line.tip.as_str()).collect()
}

pub async fn a_tip_is_untriaged_until_its_line_is_there(bench: &Bench) {
    let store = &bench.store;
    store.accept_tips(&[tip(1, 1, "a@example.org")]).await.unwrap();
    assert_eq!(store.untriaged(10).await.unwrap(), [id(1)]);
    store.put_lines(&[line(1, 1, 10)], &[]).await.unwrap();
    assert!(store.untriaged(10).await.unwrap().is_empty());
    store.accept_tips(&[tip(1, 2, "b@example.org")]).await.unwrap();
    assert_eq!(store.untriaged(10).await.unwrap(), [id(1)], "a revision is triaged again");
}

pub async fn heads_come_in_working_order(bench: &Bench) {
    let store = &bench.store;
    let lines = [line(1, 1, 10), line(2, 1, 9), line(3, 3, 50), line(4, 4, 10)];
    store.put_lines(&lines, &[]).await.unwrap();
    let all = LineFilter::All;
    let heads = store.heads(&all, 0, 10).await.unwrap();
    assert_eq!(numbers(&heads), ["ncmec/3", "ncmec/1", "ncmec/4"]);
    assert_eq!(heads[1], lines[0]);
    assert_eq!(numbers(&store.heads(&all, 1, 1).await.unwrap()), ["ncmec/1"]);
    let other = LineFilter::Unit("abroad".to_owned());
    assert!(store.heads(&other, 0, 10).await.unwrap().is_empty());
    assert_eq!(store.line_counts(&all, 10).await.unwrap(), (3, 4));
    assert_eq!(store.line_counts(&all, 2).await.unwrap(), (2, 3));
    let (under, count) = store.under_line(&id(1), 10).await.unwrap();
    assert_eq!((numbers(&under), count), (vec!["ncmec/1", "ncmec/2"], 2));
    assert_eq!(store.under_line(&id(1), 1).await.unwrap().1, 2);
    assert_eq!(numbers(&store.largest_heads(1).await.unwrap()), ["ncmec/3"]);
    assert_eq!(store.stale_lines(at(2), 10).await.unwrap(), [id(1), id(2)]);
    let folds = store.fold_heads(&["fold 1".to_owned(), "none".to_owned()]).await.unwrap();
    assert_eq!(folds.into_values().collect::<Vec<_>>(), [id(1)]);
}

pub async fn keys_are_counted_through_every_revision(bench: &Bench) {
    let store = &bench.store;
    let arrivals = [tip(1, 1, "a@example.org"), tip(2, 2, "a@example.org")];
    store.accept_tips(&arrivals).await.unwrap();
    let key = |value: &str| TipKey { kind: "email".into(), value: value.into(), joins: true };
    let (a, b) = (key("a@example.org"), key("b@example.org"));
    let count =
        async |key: &TipKey| store.key_counts(std::slice::from_ref(key)).await.unwrap()[key];
    assert_eq!((count(&a).await, count(&b).await), (2, 0));
    assert_eq!(store.key_holders(std::slice::from_ref(&a)).await.unwrap(), [id(1), id(2)]);
    store.accept_tips(&[tip(1, 3, "b@example.org")]).await.unwrap();
    store.accept_tips(&[tip(1, 3, "b@example.org")]).await.unwrap();
    assert_eq!((count(&a).await, count(&b).await), (1, 1));
    // Two revisions in one batch: the last one counts.
    store.accept_tips(&[tip(3, 4, "a@example.org"), tip(3, 5, "b@example.org")]).await.unwrap();
    assert_eq!((count(&a).await, count(&b).await), (1, 2));
    assert_eq!(store.key_holders(&[b]).await.unwrap(), [id(1), id(3)]);
}

pub async fn words_find_the_current_revision(bench: &Bench) {
    let store = &bench.store;
    store.accept_tips(&[tip(1, 1, "ana@example.org"), tip(2, 2, "eva@example.org")]).await.unwrap();
    let find = async |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        store.tips_with_words(&words, 10).await.unwrap()
    };
    assert_eq!(find(&["example"]).await, [id(2), id(1)]);
    assert_eq!(find(&["example", "an"]).await, [id(1)], "the last word may be a beginning");
    assert!(find(&["exampl", "ana"]).await.is_empty());
    assert!(find(&["ana\" OR \"eva"]).await.is_empty(), "an operator is no word");
    store.accept_tips(&[tip(1, 3, "luz@example.org")]).await.unwrap();
    assert!(find(&["ana"]).await.is_empty());
    assert_eq!(find(&["luz"]).await, [id(1)]);
}

pub async fn losses_come_earliest_first(bench: &Bench) {
    let store = &bench.store;
    let loss = |number, ms| TipLoss { tip: id(number), lost_at: at(ms), body: "{}".to_owned() };
    let losses = [loss(1, 30), loss(1, 10), loss(2, 20)];
    store.put_lines(&[line(1, 1, 1), line(2, 2, 1)], &losses).await.unwrap();
    let found = store.losses(at(10), at(30), 10).await.unwrap();
    assert_eq!(found, [losses[2].clone(), losses[0].clone()]);
    store.put_lines(&[line(1, 1, 1)], &[]).await.unwrap();
    assert_eq!(store.losses(at(0), at(99), 10).await.unwrap(), [losses[2].clone()]);
}

pub async fn decisions_are_added_and_the_last_one_stands(bench: &Bench) {
    let store = &bench.store;
    store.accept_tips(&[tip(1, 1, "a@example.org"), tip(2, 2, "a@example.org")]).await.unwrap();
    store.put_lines(&[line(1, 1, 1), line(2, 1, 1)], &[]).await.unwrap();
    for (ms, level) in [(1, "one"), (2, "two")] {
        store.override_tip(&id(1), at(ms), "ana", &level).await.unwrap();
    }
    let set = store.overrides::<String>(&[id(1), id(2)]).await.unwrap();
    let words: Vec<&str> = set.iter().map(|decided| decided.what.as_str()).collect();
    assert_eq!((words, set[1].by.as_str(), set[1].at), (vec!["one", "two"], "ana", at(2)));
    assert_eq!(store.untriaged(9).await.unwrap(), [id(1)]);
    for same in [true, false] {
        let what = SamePerson { other: id(1), same, why: "looked".to_owned() };
        let decided = Decided { tip: id(2), at: at(3), by: "eva".to_owned(), what };
        store.decide_link(&decided).await.unwrap();
    }
    let stands = store.link_decisions(&[id(2)]).await.unwrap();
    assert_eq!((stands.len(), stands[0].what.same, &stands[0].tip), (1, false, &id(1)));
    assert_eq!(store.untriaged(9).await.unwrap().len(), 2);
}

pub async fn members_of_a_package_are_kept_locked(bench: &Bench) {
    let store = &bench.store;
    let member = |path: &str, n, document: bool| PackageMember {
        path: path.to_owned(),
        size: 7,
        sha256: sha(n),
        document: document.then(String::new),
    };
    let members = [member("a.json", 1, true), member("m/a.jpg", 2, false)];
    for _ in 0..2 {
        store.keep_members(sha(9), &members).await.unwrap();
    }
    let beside = store.members_beside(&[sha(1)]).await.unwrap();
    let told: Vec<(&str, bool, &str)> =
        beside.iter().map(|m| (m.path.as_str(), m.document, m.access.as_str())).collect();
    assert_eq!(told, [("a.json", true, "locked"), ("m/a.jpg", false, "locked")]);
    let word = |state: &str, ms| MemberDecision {
        state: state.to_owned(),
        at: at(ms),
        by: "sofia".to_owned(),
        why: "order 4".to_owned(),
    };
    let (package, bytes) = (sha(9), sha(2));
    let which = (&package, "m/a.jpg", &bytes);
    store.decide_access(which, &word("cleared", 10)).await.unwrap();
    store.decide_access(which, &word("needs_authority", 20)).await.unwrap();
    // The package again changes nothing about what was decided.
    store.keep_members(sha(9), &members).await.unwrap();
    let beside = store.members_beside(&[sha(1)]).await.unwrap();
    assert_eq!(beside[1].access, "needs_authority");
    assert_eq!(beside[1].decided, Some(word("needs_authority", 20)));
    assert_eq!((beside[0].access.as_str(), &beside[0].decided), ("locked", &None));
    let other = store.decide_access((&package, "m/a.jpg", &sha(3)), &word("cleared", 30)).await;
    assert!(matches!(other, Err(StoreError::NotFound { .. })), "{other:?}");
}

pub async fn what_a_revision_changed_is_kept_once(bench: &Bench) {
    let store = &bench.store;
    for what in ["level", "other"] {
        store.alert_revision(&id(1), 2, at(5), &what).await.unwrap();
    }
    let alerts = store.revision_alerts::<String>(10).await.unwrap();
    assert_eq!(alerts, [(id(1), 2, at(5), "level".to_owned())]);
}

pub async fn another_table_of_places_takes_over_and_tips_are_owed_again(bench: &Bench) {
    let store = &bench.store;
    let places = |object, dated: &str| StoredPlaces {
        object: sha(object),
        source: "registry extract".to_owned(),
        licence: "public".to_owned(),
        dated: dated.to_owned(),
        ranges: 2,
        imported_at: at(5),
        imported_by: "sofia".to_owned(),
    };
    assert_eq!(store.places().await.unwrap(), None);
    store.accept_tips(&[tip(1, 1, "a@example.org")]).await.unwrap();
    store.put_lines(&[line(1, 1, 0)], &[]).await.unwrap();
    assert_eq!(store.untriaged(10).await.unwrap(), []);
    for (object, dated) in [(7, "2026-01-01"), (8, "2026-02-01")] {
        store.use_places(&places(object, dated)).await.unwrap();
    }
    assert_eq!(store.places().await.unwrap(), Some(places(8, "2026-02-01")));
    assert_eq!(store.untriaged(10).await.unwrap(), [id(1)]);
    assert!(store.named_objects().await.unwrap().contains(&sha(8)));
}
