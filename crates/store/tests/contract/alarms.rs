//! Alarms.

use crate::bench::Bench;
use crate::samples::{account, at, case, case_id, owner};
use amparo_model::{Alarm, Band};
use amparo_store::StoreError;
use serde_json::json;

fn alarm(id: &str, band: Band, points: i32) -> Alarm {
    Alarm {
        owner: owner(),
        counterpart: account(id),
        names: vec!["Ñandú".to_owned()],
        band,
        points,
        reasons: Vec::new(),
        rules_version: "1".to_owned(),
    }
}

pub async fn a_new_list_replaces_and_the_old_one_stays(bench: &Bench) {
    let store = &bench.store;
    let refused = store.put_alarms(&case_id(), &[], at(1), json!({})).await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    store.open_case(&case()).await.unwrap();
    assert_eq!(store.alarms(&case_id()).await.unwrap(), []);
    let first = [alarm("b", Band::Top, 90), alarm("a", Band::Low, -5)];
    store.put_alarms(&case_id(), &first, at(1), json!({ "wave": 1 })).await.unwrap();
    assert_eq!(store.alarms(&case_id()).await.unwrap(), first);
    let second = [alarm("a", Band::Review, 10)];
    store.put_alarms(&case_id(), &second, at(2), json!({ "wave": 2 })).await.unwrap();
    assert_eq!(store.alarms(&case_id()).await.unwrap(), second);
    let runs = store.alarm_runs(&case_id()).await.unwrap();
    assert_eq!(
        runs.iter().map(|run| (run.run, run.at)).collect::<Vec<_>>(),
        [(1, at(1)), (2, at(2))]
    );
    assert_eq!((&runs[0].processed, &runs[0].alarms[..]), (&json!({ "wave": 1 }), &first[..]));
    store.put_alarms(&case_id(), &[], at(3), json!({ "wave": 3 })).await.unwrap();
    assert_eq!(store.alarms(&case_id()).await.unwrap(), [], "an empty list is a result too");
}
