//! The transfer ledger.

use crate::bench::Bench;
use crate::samples::*;
use amparo_model::*;
use amparo_store::{Store, StoredTransfer, TransferFilter, TransferLink};

fn hashed(mut transfer: Transfer, value: &str) -> Record {
    let value = value.to_owned();
    transfer.recorded_hash = Some(RecordedHash { algorithm: HashAlgorithm::Sha256, value });
    Record::Transfer(transfer)
}

/// Four transfers, given latest first: b to owner, owner to c, c to owner, owner to b.
fn exchange() -> Vec<Record> {
    let (b, c) = (account("b"), account("c"));
    vec![
        Record::Transfer(transfer(4, &b, &owner(), 400)),
        hashed(transfer(3, &owner(), &c, 300), &"ee".repeat(32)),
        Record::Transfer(transfer(2, &c, &owner(), 200)),
        Record::Transfer(transfer(1, &owner(), &b, 100)),
        account_record(b.clone(), false),
        account_record(owner(), true),
        Record::Receipt(receipt(3, &c)),
        Record::Receipt(receipt(1, &c)),
        Record::Receipt(receipt(1, &b)),
    ]
}

async fn found(store: &Store, filter: TransferFilter) -> Vec<StoredTransfer> {
    store.transfers(&filter).await.unwrap()
}

fn ids(transfers: &[StoredTransfer]) -> Vec<&str> {
    transfers.iter().map(|t| t.transfer.record().message.as_str()).collect()
}

pub async fn filters_restrict(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.record_facts(&batch(&evidence, vec![store_fact(1, 1, exchange())])).await.unwrap();
    let check = async |filter: TransferFilter, expect: &[&str]| {
        assert_eq!(ids(&found(store, filter.clone()).await), expect, "{filter:?}");
    };
    let none = TransferFilter::default();
    check(none.clone(), &["1", "2", "3", "4"]).await;
    let evidence = Some(evidence);
    check(TransferFilter { evidence, ..none.clone() }, &["1", "2", "3", "4"]).await;
    let evidence = Some(EvidenceId::new("E9").unwrap());
    check(TransferFilter { evidence, ..none.clone() }, &[]).await;
    let between = Some((account("b"), owner()));
    check(TransferFilter { between, ..none.clone() }, &["1", "4"]).await;
    let between = Some((account("b"), account("c")));
    check(TransferFilter { between, ..none.clone() }, &[]).await;
    let account_c = Some(account("c"));
    check(TransferFilter { account: account_c, ..none.clone() }, &["2", "3"]).await;
    let (case, hash) = (Some(case_id()), Some("EE".repeat(32)));
    check(TransferFilter { case, hash, ..none.clone() }, &["3"]).await;
    let hash = Some("00".repeat(32));
    check(TransferFilter { hash, ..none }, &[]).await;
}

pub async fn receipts_and_owner_are_joined(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.record_facts(&batch(&evidence, vec![store_fact(1, 1, exchange())])).await.unwrap();
    let transfers = found(store, TransferFilter::default()).await;
    assert!(transfers.iter().all(|transfer| transfer.owner == Some(owner())));
    assert_eq!(transfers[0].receipts, [receipt(1, &account("b")), receipt(1, &account("c"))]);
    assert_eq!(transfers[1].receipts, []);
    assert_eq!(transfers[2].receipts, [receipt(3, &account("c"))]);
    let first = &transfers[0];
    assert_eq!(first.transfer.at(), &row(sha(1), "message", 4));
    assert_eq!((&first.evidence, first.content), (&evidence, sha(1)));
    assert_eq!((first.stage.as_str(), first.version), ("whatsapp_android", 1));
}

pub async fn linked_files_are_found_by_any_hash(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let path = "Media/IMG-2.jpg".to_owned();
    let mut facts = batch(&evidence, vec![store_fact(1, 1, exchange())]);
    let link = TransferLink { content: sha(1), at: row(sha(1), "message", 3), path: path.clone() };
    facts.links = vec![link];
    store.record_facts(&facts).await.unwrap();
    let transfers = found(store, TransferFilter::default()).await;
    assert_eq!(transfers[1].entry_path.as_ref(), Some(&path));
    assert_eq!(transfers[1].file_sha256, None, "the file has not been read yet");
    store.record_facts(&batch(&evidence, vec![fingerprint(&path, 7)])).await.unwrap();
    for hash in [hashes(7).md5.to_string(), hashes(7).sha1.to_string(), sha(7).to_string()] {
        let filter = TransferFilter { hash: Some(hash.clone()), ..Default::default() };
        let transfers = found(store, filter).await;
        assert_eq!(ids(&transfers), ["2"], "{hash}");
        assert_eq!(transfers[0].file_sha256, Some(sha(7)));
    }
}

pub async fn only_the_newest_version_counts(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let newer = vec![Record::Transfer(transfer(7, &account("b"), &owner(), 10))];
    for fact in [store_fact(1, 10, newer), store_fact(1, 9, exchange())] {
        store.record_facts(&batch(&evidence, vec![fact])).await.unwrap();
    }
    let transfers = found(store, TransferFilter::default()).await;
    assert_eq!((ids(&transfers), transfers[0].version), (vec!["7"], 10));
}

pub async fn other_cases_stay_out(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    store.record_facts(&batch(&evidence, vec![store_fact(1, 1, exchange())])).await.unwrap();
    let mut other = case();
    other.id = CaseId::new("OTHER-1").unwrap();
    store.open_case(&other).await.unwrap();
    let mut order = order();
    (order.id, order.case) = (AuthorisationId::new("ORDER-8").unwrap(), other.id.clone());
    store.add_authorisation(&order).await.unwrap();
    let mut item = exhibit("E2", "phone");
    (item.case, item.authorisation) = (other.id.clone(), order.id);
    let second = store.attach_evidence(&item).await.unwrap().item.id;
    let filter = TransferFilter { case: Some(other.id), ..Default::default() };
    assert_eq!(found(store, filter.clone()).await, []);
    store.record_presence(&second, &sha(1)).await.unwrap();
    let transfers = found(store, filter).await;
    assert_eq!(ids(&transfers), ["1", "2", "3", "4"]);
    assert!(transfers.iter().all(|transfer| transfer.evidence == second));
    assert_eq!(found(store, TransferFilter::default()).await.len(), 8, "one row per exhibit");
}

pub async fn the_recorded_hash_says_which_file_was_exchanged(bench: &Bench) {
    let store = &bench.store;
    let evidence = with_phone(store).await;
    let mut facts = batch(&evidence, vec![store_fact(1, 1, exchange())]);
    let link = |(n, path): (i64, &str)| {
        let at = row(sha(1), "message", n);
        TransferLink { content: sha(1), at, path: path.to_owned() }
    };
    facts.links = [(1, "4.jpg"), (2, "3.jpg")].map(link).into();
    store.record_facts(&facts).await.unwrap();
    let files = vec![fingerprint("4.jpg", 7), fingerprint("3.jpg", 8)];
    store.record_facts(&batch(&evidence, files)).await.unwrap();
    let transfers = found(store, TransferFilter::default()).await;
    let said: Vec<_> = transfers.iter().map(|t| (t.object(), t.differs())).collect();
    let replaced = (Some(sha(0xee)), true);
    assert_eq!(said, [(None, false), (None, false), replaced, (Some(sha(7)), false)]);
    assert_eq!(transfers[2].file_sha256, Some(sha(8)), "what was found stays visible");
}
