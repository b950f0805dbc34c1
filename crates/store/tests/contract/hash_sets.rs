//! Lists of known hashes: whole, dated, in editions.

use crate::bench::Bench;
use crate::samples::*;
use amparo_model::{HashSetHeader, HashSetId, ListTotals, Purpose, Scheme};
use amparo_store::{Kept, NewHashSet, StoreError};

pub fn header() -> HashSetHeader {
    HashSetHeader {
        id: HashSetId::new("national-2026-03").unwrap(),
        title: "National list".to_owned(),
        scheme: Scheme {
            name: "VICS".to_owned(),
            realm: "US".to_owned(),
            version: "2.0".to_owned(),
        },
        dated: "2026-03-01".to_owned(),
        source: "National database".to_owned(),
        version: Some("12".to_owned()),
        licence: Some("for this unit".to_owned()),
        purpose: Purpose::Alert,
    }
}

/// The edition whose bytes are number `n`.
pub fn list(n: u8) -> NewHashSet {
    NewHashSet {
        header: header(),
        object: sha(n),
        rows_object: sha(100 + n),
        parser: ("vics".to_owned(), 1),
        totals: ListTotals { rows: 3, stored: 2, rejected: 1 },
        problems: vec![problem("row 3")],
    }
}

pub async fn a_list_comes_back_as_it_went_in(bench: &Bench) {
    let store = &bench.store;
    for is_new in [true, false] {
        let kept = store.store_hash_set(&list(1), at(1), "admin").await.unwrap();
        assert_eq!(kept, Kept { edition: 1, is_new });
    }
    assert_eq!(store.hash_set_problems(&header().id, 1).await.unwrap(), [problem("row 3")]);
    let sets = store.hash_sets().await.unwrap();
    assert_eq!(sets.len(), 1);
    let set = &sets[0];
    assert_eq!((&set.header, set.object, set.rows_object), (&header(), sha(1), sha(101)));
    assert_eq!((set.stored, set.rejected, &set.parser), (2, 1, &("vics".to_owned(), 1)));
    assert_eq!((set.imported_at, set.imported_by.as_str(), &set.retired), (at(1), "admin", &None));
}

pub async fn another_edition_under_the_same_id_is_refused(bench: &Bench) {
    let store = &bench.store;
    store.store_hash_set(&list(1), at(1), "admin").await.unwrap();
    let mut later = list(1);
    later.header.dated = "2026-04-01".to_owned();
    for other in [list(2), later] {
        let refused = store.store_hash_set(&other, at(2), "admin").await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    }
    assert_eq!(store.hash_sets().await.unwrap()[0].object, sha(1));
}

pub async fn an_update_retires_what_it_replaces(bench: &Bench) {
    let store = &bench.store;
    let refused = store.update_hash_set(&list(1), at(1), "admin").await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    store.store_hash_set(&list(1), at(1), "admin").await.unwrap();
    for is_new in [true, false] {
        let kept = store.update_hash_set(&list(2), at(2), "admin").await.unwrap();
        assert_eq!(kept, Kept { edition: 2, is_new });
    }
    let sets = store.hash_sets().await.unwrap();
    assert_eq!(sets.iter().map(|set| set.object).collect::<Vec<_>>(), [sha(2)]);
    let all = store.hash_set_editions(&header().id).await.unwrap();
    assert_eq!(all.iter().map(|set| set.edition).collect::<Vec<_>>(), [1, 2]);
    let retired = Some((at(2), "admin".to_owned(), "replaced by edition 2".to_owned()));
    assert_eq!(all[0].retired, retired);
}

pub async fn a_removed_list_stays_in_the_record(bench: &Bench) {
    let (store, id) = (&bench.store, header().id);
    store.store_hash_set(&list(1), at(1), "admin").await.unwrap();
    store.remove_hash_set(&id, at(2), "admin", "licence ended").await.unwrap();
    assert_eq!(store.hash_sets().await.unwrap(), []);
    assert_eq!(store.hash_set_editions(&id).await.unwrap().len(), 1);
    let again = store.remove_hash_set(&id, at(3), "admin", "again").await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
    let back = store.store_hash_set(&list(1), at(4), "admin").await.unwrap();
    assert_eq!(back, Kept { edition: 2, is_new: true });
}
