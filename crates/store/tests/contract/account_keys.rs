//! Accounts on exhibits by their identifiers, the tips that name them, and what people decide.

use crate::bench::Bench;
use crate::samples::*;
use amparo_model::*;
use amparo_store::{AccountRole, Decided, SameAccount, Store};
use sqlx::Connection;

const BRUNO: &str = "5491155500002@s.whatsapp.net";

/// The owner, Bruno who wrote, Carla who stands in the address book, and somebody named only.
fn records() -> Vec<Record> {
    let carla = Contact {
        account: None,
        name: Some("Carla".to_owned()),
        phone: Some("+34 600 000 003".to_owned()),
    };
    vec![
        account_record(owner(), true),
        account_record(account("34600000009@s.whatsapp.net"), false),
        Record::Contact(carla),
        Record::Message(message("c1", 1, account(BRUNO), 10)),
    ]
}

async fn roles(store: &Store, phone: &str) -> Vec<(String, String, AccountRole)> {
    let found = store.accounts_named(IdentifierKind::Phone, &[phone.to_owned()]).await.unwrap();
    found.into_iter().map(|(e, one)| (e.to_string(), one.account, one.role)).collect()
}

pub async fn accounts_are_found_by_what_identifies_them(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.attach_evidence(&exhibit("E2", "tablet")).await.unwrap();
    store.record_facts(&batch(&evidence, vec![store_fact(1, 1, records())])).await.unwrap();
    let second = EvidenceId::new("E2").unwrap();
    store.record_presence(&second, &sha(1)).await.unwrap();
    let expect = |account: &str, role| {
        ["E1", "E2"].map(|exhibit| (exhibit.to_owned(), account.to_owned(), role)).to_vec()
    };
    let owner = format!("whatsapp:{}", owner().id);
    assert_eq!(roles(store, "+34600000001").await, expect(&owner, AccountRole::Owner));
    let bruno = format!("whatsapp:{BRUNO}");
    assert_eq!(roles(store, "+5491155500002").await, expect(&bruno, AccountRole::Counterpart));
    let carla = expect("+34600000003", AccountRole::Contact);
    assert_eq!(roles(store, "+34600000003").await, carla);
    let named = expect("whatsapp:34600000009@s.whatsapp.net", AccountRole::Named);
    assert_eq!(roles(store, "+34600000009").await, named);
    assert_eq!(roles(store, "+34600000004").await, []);
    // A newer version of the parser, which no longer sees the contact, stands for the older one.
    let fewer = records().into_iter().filter(|record| record.kind() != RecordKind::Contact);
    let newer = store_fact(1, 2, fewer.collect());
    store.record_facts(&batch(&evidence, vec![newer])).await.unwrap();
    assert_eq!(roles(store, "+34600000003").await, []);
    assert_eq!(roles(store, "+34600000001").await.len(), 2);
}

pub async fn facts_from_before_there_were_keys_are_keyed_when_asked(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.record_facts(&batch(&evidence, vec![store_fact(1, 1, records())])).await.unwrap();
    let phones = ["+34600000001", "+5491155500002", "+34600000003", "+34600000009"];
    let mut before = Vec::new();
    for phone in phones {
        before.push(roles(store, phone).await);
    }
    let url = match bench.url.strip_prefix("sqlite:") {
        Some(path) => {
            let path = path.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
            format!("sqlite:{path}")
        }
        None => bench.url.clone(),
    };
    let mut raw = sqlx::AnyConnection::connect(&url).await.unwrap();
    for sql in ["DELETE FROM account_keys", "UPDATE facts SET keyed = 0"] {
        sqlx::query(sql).execute(&mut raw).await.unwrap();
    }
    raw.close().await.unwrap();
    for (phone, before) in phones.iter().zip(before) {
        assert_eq!(roles(store, phone).await, before, "{phone}");
    }
}

pub async fn tips_find_the_accounts_of_an_exhibit(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let mail = AccountKey::new("mailer", "ana@example.org");
    let records = vec![account_record(mail, true)];
    store.record_facts(&batch(&evidence, vec![store_fact(1, 1, records)])).await.unwrap();
    let tips = [tip(1, 1, "ana@example.org"), tip(2, 2, "other@example.org")];
    store.accept_tips(&tips).await.unwrap();
    let kinds = [IdentifierKind::Email, IdentifierKind::Phone];
    let found = store.tips_of_accounts(&evidence, &kinds).await.unwrap();
    let found: Vec<(&str, &str)> =
        found.iter().map(|(tip, one)| (tip.as_str(), one.account.as_str())).collect();
    assert_eq!(found, [("ncmec/1", "mailer:ana@example.org")]);
    let phones = store.tips_of_accounts(&evidence, &[IdentifierKind::Phone]).await.unwrap();
    assert_eq!(phones, []);
}

pub async fn a_word_on_a_tip_and_an_account_is_kept_and_the_last_one_stands(bench: &Bench) {
    let store = &bench.store;
    let tip = TipId::new("ncmec/1").unwrap();
    for (ms, same, why) in [(10, false, "sold phone"), (20, true, "it was not sold")] {
        let account = "telegram:user1".to_owned();
        let what = SameAccount { account, same, why: why.to_owned() };
        let (tip, by) = (tip.clone(), "ana".to_owned());
        store.decide_account(&Decided { tip, at: at(ms), by, what }).await.unwrap();
    }
    let standing = store.account_decisions(std::slice::from_ref(&tip)).await.unwrap();
    assert_eq!(standing.len(), 1);
    assert_eq!((standing[0].what.same, standing[0].at), (true, at(20)));
    let dump = store.canonical_dump().await.unwrap().join("\n");
    assert!(dump.contains("sold phone") && dump.contains("it was not sold"));
}
