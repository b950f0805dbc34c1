//! Lists of known hashes.

use crate::bench::Bench;
use crate::samples::{at, problem, sha};
use amparo_model::*;
use amparo_store::{HashSetTotals, StoreError};

pub fn header() -> HashSetHeader {
    HashSetHeader {
        id: HashSetId::new("national-2026").unwrap(),
        title: "National list".to_owned(),
        scheme: Scheme {
            name: "VICS".to_owned(),
            realm: "Default".to_owned(),
            version: "2.0".to_owned(),
        },
        dated: "2026-02-01".to_owned(),
        source: "Example unit".to_owned(),
        version: None,
        licence: None,
        purpose: Purpose::Alert,
    }
}

fn known(n: u32) -> KnownHash {
    let mut md5 = [0; 16];
    md5[..4].copy_from_slice(&n.to_be_bytes());
    KnownHash { md5: Some(Md5(md5)), ..KnownHash::default() }
}

fn full() -> KnownHash {
    KnownHash {
        md5: Some(Md5::EMPTY_FILE),
        sha1: Some(Sha1([1; 20])),
        sha256: Some(sha(2)),
        pdq: Some(Pdq { bits: "ab".repeat(32).parse().unwrap(), quality: 100 }),
        code: Some("1".to_owned()),
        series: Some("blue squares".to_owned()),
        is_distributed: Some(false),
        victim_identified: Some(true),
        size: Some(u64::MAX),
        ..KnownHash::default()
    }
}

pub async fn rows_come_back_as_they_went_in(bench: &Bench) {
    let rows = [full(), known(7)];
    let store = &bench.store;
    let totals = HashSetTotals { stored: 2, rejected: 1 };
    for _ in 0..2 {
        let stored = store
            .store_hash_set(&header(), sha(1), &rows, &[problem("row 3")], at(1), "admin")
            .await;
        assert_eq!(stored.unwrap(), totals);
    }
    assert_eq!(store.known_hashes(&header().id).await.unwrap(), rows);
    assert_eq!(store.hash_set_problems(&header().id).await.unwrap(), [problem("row 3")]);
    let sets = store.hash_sets().await.unwrap();
    assert_eq!(sets.len(), 1);
    assert_eq!((&sets[0].header, sets[0].object), (&header(), sha(1)));
    assert_eq!((sets[0].stored, sets[0].rejected), (2, 1));
}

pub async fn another_edition_under_the_same_id_is_refused(bench: &Bench) {
    let store = &bench.store;
    store.store_hash_set(&header(), sha(1), &[known(1)], &[], at(1), "admin").await.unwrap();
    let refused = store.store_hash_set(&header(), sha(2), &[known(2)], &[], at(2), "admin").await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    assert_eq!(store.known_hashes(&header().id).await.unwrap(), [known(1)]);
}

/// More rows than one statement can carry, and not a multiple of it.
pub async fn many_rows_fit_in_one_list(bench: &Bench) {
    let rows: Vec<KnownHash> = (0..5_003).map(known).collect();
    bench.store.store_hash_set(&header(), sha(1), &rows, &[], at(1), "admin").await.unwrap();
    assert_eq!(bench.store.known_hashes(&header().id).await.unwrap(), rows);
}
