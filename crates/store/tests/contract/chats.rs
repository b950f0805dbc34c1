//! Reading accounts, contacts, chats, messages, calls and signals.

use crate::bench::Bench;
use crate::samples::*;
use amparo_model::*;
use amparo_store::MessageCount;

pub async fn records_come_back_with_their_place(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let contact = Contact { account: Some(owner()), name: Some("Ana".to_owned()), phone: None };
    let chat = Chat {
        app: "whatsapp".to_owned(),
        chat: "c1".to_owned(),
        chat_kind: ChatKind::Direct,
        title: None,
        members: vec![owner()],
    };
    let call = Call {
        app: "whatsapp".to_owned(),
        with: Some(owner()),
        direction: Direction::Sent,
        at: None,
        duration_s: Some(3),
        video: false,
        result: Some(AsStored(5)),
    };
    let records = vec![
        Record::Contact(contact.clone()),
        Record::Chat(chat.clone()),
        Record::Call(call.clone()),
    ];
    let mut fact = store_fact(1, 1, records);
    if let amparo_store::FactBody::Records { records, .. } = &mut fact.body {
        let mut place = records[0].at().clone();
        place.view = View::OnlyWithWal;
        records[0] = Located::new(records[0].record().clone(), place);
    }
    store.record_facts(&batch(&evidence, vec![fact])).await.unwrap();
    let mut place = row(sha(1), "message", 1);
    place.view = View::OnlyWithWal;
    let contacts = store.contacts(&case_id()).await.unwrap();
    assert_eq!(contacts, [(evidence.clone(), sha(1), Located::new(contact, place))]);
    let place = row(sha(1), "message", 2);
    let chats = store.chats(&case_id()).await.unwrap();
    assert_eq!(chats, [(evidence.clone(), sha(1), Located::new(chat, place))]);
    assert_eq!(store.calls(&case_id()).await.unwrap()[0].2.record(), &call);
    let signals = store.signals(&case_id()).await.unwrap();
    assert_eq!(signals, [(evidence, sha(1), signal(sha(1)))]);
}

pub async fn messages_of_a_chat_are_in_order(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let mut timeless = message("c1", 4, owner(), 1);
    timeless.at = None;
    let records = vec![
        Record::Message(timeless),
        Record::Message(message("c1", 3, owner(), 30)),
        Record::Message(message("c2", 2, owner(), 20)),
        Record::Message(message("c1", 1, owner(), 10)),
    ];
    store.record_facts(&batch(&evidence, vec![store_fact(1, 1, records)])).await.unwrap();
    let found = store.messages(&case_id(), "c1").await.unwrap();
    let ids: Vec<&str> = found.iter().map(|m| m.record().message.as_str()).collect();
    assert_eq!(ids, ["1", "3", "4"]);
}

pub async fn counts_are_per_chat_and_writer(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let mut unsigned = message("c1", 9, owner(), 5);
    (unsigned.from, unsigned.at) = (None, None);
    let mut records: Vec<Record> =
        (1..=5_000).map(|n| Record::Message(message("c1", n, owner(), n))).collect();
    records.push(Record::Message(message("c1", 1, account("b"), 7)));
    records.push(Record::Message(unsigned.clone()));
    // In another chat the writer is unknown and the latest is not the last read.
    unsigned.chat = "c2".to_owned();
    for at in [40, 90, 60] {
        unsigned.at = message("c2", 1, owner(), at).at;
        records.push(Record::Message(unsigned.clone()));
    }
    store.record_facts(&batch(&evidence, vec![store_fact(1, 1, records)])).await.unwrap();
    let count = |chat: &str, account, count, first: Option<i64>, last: Option<(i64, i64)>| {
        let (first_utc, last_utc) = (first.map(UtcMillis), last.map(|(at, _)| UtcMillis(at)));
        let last_at = last.map(|(_, place)| row(sha(1), "message", place));
        let chat = chat.to_owned();
        MessageCount { content: sha(1), chat, account, count, first_utc, last_utc, last_at }
    };
    let expected = [
        count("c1", None, 1, None, None),
        count("c1", Some(owner()), 5_000, Some(1), Some((5_000, 5_000))),
        count("c1", Some(account("b")), 1, Some(7), Some((7, 5_001))),
        count("c2", None, 3, Some(40), Some((90, 5_004))),
    ];
    assert_eq!(store.message_counts(&case_id()).await.unwrap(), expected);
}
