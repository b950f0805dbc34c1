//! What people said of files.

use crate::bench::Bench;
use crate::samples::*;
use amparo_store::Verdict;

fn verdict(object: u8, code: &str) -> Verdict {
    Verdict {
        object: sha(object),
        scheme: crate::hash_sets::header().scheme,
        code: code.to_owned(),
        series: Some("blue squares".to_owned()),
        victim_identified: Some(false),
        is_distributed: None,
        note: Some("seen on screen".to_owned()),
    }
}

pub async fn every_verdict_is_kept_and_the_same_twice_is_once(bench: &Bench) {
    let (store, case) = (&bench.store, case_id());
    store.open_case(&crate::samples::case()).await.unwrap();
    for (object, code, ms) in [(2, "1", 1), (1, "2", 2), (2, "1", 3), (2, "2", 4), (2, "1", 5)] {
        store.add_verdict(&case, &verdict(object, code), at(ms), "analyst").await.unwrap();
    }
    let found = store.verdicts(&case).await.unwrap();
    let short = found.iter().map(|one| (one.verdict.clone(), one.at, one.by.as_str()));
    let expect = [(1, "2", 2), (2, "1", 1), (2, "2", 4), (2, "1", 5)];
    let expect = expect.map(|(object, code, ms)| (verdict(object, code), at(ms), "analyst"));
    assert_eq!(short.collect::<Vec<_>>(), expect);
}
