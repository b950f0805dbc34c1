//! Users and settings.

use crate::bench::Bench;
use amparo_model::{Actor, Role};

pub async fn users_keep_one_role(bench: &Bench) {
    let store = &bench.store;
    let user = |name: &str, role| Actor { name: name.to_owned(), role };
    store.put_user(&user("vega", Role::Analyst)).await.unwrap();
    store.put_user(&user("arnau", Role::Admin)).await.unwrap();
    store.put_user(&user("vega", Role::Examiner)).await.unwrap();
    assert_eq!(store.user("vega").await.unwrap(), Some(user("vega", Role::Examiner)));
    assert_eq!(store.user("nobody").await.unwrap(), None);
    let names: Vec<String> =
        store.users().await.unwrap().into_iter().map(|user| user.name).collect();
    assert_eq!(names, ["arnau", "vega"]);
}

pub async fn settings_are_replaced(bench: &Bench) {
    let store = &bench.store;
    assert_eq!(store.setting("unit").await.unwrap(), None);
    store.put_setting("unit", "A").await.unwrap();
    store.put_setting("unit", "B").await.unwrap();
    assert_eq!(store.setting("unit").await.unwrap().as_deref(), Some("B"));
}

pub async fn settings_are_found_by_how_their_names_begin(bench: &Bench) {
    let store = &bench.store;
    for name in ["sealed/b", "sealed/a", "sealed", "unsealed/c"] {
        store.put_setting(name, "1").await.unwrap();
    }
    let found = store.settings("sealed/").await.unwrap();
    assert_eq!(found, ["sealed/a", "sealed/b"].map(|name| (name.to_owned(), "1".to_owned())));
}
