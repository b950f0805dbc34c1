//! Cases, assignments and authorisations.

use crate::bench::Bench;
use crate::samples::{at, case, case_id, order};
use amparo_store::StoreError;

pub async fn opening_twice_is_once(bench: &Bench) {
    bench.store.open_case(&case()).await.unwrap();
    bench.store.open_case(&case()).await.unwrap();
    assert_eq!(bench.store.cases().await.unwrap(), [case()]);
    assert_eq!(bench.store.case(&case_id()).await.unwrap(), Some(case()));
}

pub async fn another_case_under_the_same_reference_is_refused(bench: &Bench) {
    bench.store.open_case(&case()).await.unwrap();
    let mut other = case();
    other.title = "Lighthouse".to_owned();
    let refused = bench.store.open_case(&other).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    assert_eq!(bench.store.cases().await.unwrap(), [case()]);
}

pub async fn assignment_needs_the_case(bench: &Bench) {
    let refused = bench.store.assign(&case_id(), "vega").await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    bench.store.open_case(&case()).await.unwrap();
    bench.store.assign(&case_id(), "vega").await.unwrap();
    bench.store.assign(&case_id(), "vega").await.unwrap();
    assert!(bench.store.assigned(&case_id(), "vega").await.unwrap());
    assert!(!bench.store.assigned(&case_id(), "arnau").await.unwrap());
}

pub async fn authorisations_are_never_rewritten(bench: &Bench) {
    let refused = bench.store.add_authorisation(&order()).await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    bench.store.open_case(&case()).await.unwrap();
    bench.store.add_authorisation(&order()).await.unwrap();
    bench.store.add_authorisation(&order()).await.unwrap();
    let mut longer = order();
    longer.valid_until = at(99_000_000);
    let refused = bench.store.add_authorisation(&longer).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    assert_eq!(bench.store.authorisation(&order().id).await.unwrap(), Some(order()));
    assert_eq!(bench.store.authorisations(&case_id()).await.unwrap(), [order()]);
}
