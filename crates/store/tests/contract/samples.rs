//! Small, neutral values that the tests share. Everything here follows from its arguments.

use amparo_model::*;
use amparo_store::{Fact, FactBatch, FactBody, NewJob, Signal, Store, TipArrival, TipKey};

pub fn sha(n: u8) -> Sha256 {
    Sha256([n; 32])
}

pub fn at(ms: i64) -> UtcMillis {
    UtcMillis(ms)
}

pub fn case_id() -> CaseId {
    CaseId::new("ALC-2026-0001").unwrap()
}

pub fn case() -> Case {
    let title = "Harbour".to_owned();
    Case { id: case_id(), title, opened_at: at(1_000), opened_by: "inspector".to_owned() }
}

pub fn order() -> Authorisation {
    Authorisation {
        id: AuthorisationId::new("ORDER-7").unwrap(),
        case: case_id(),
        authority: "Court 3".to_owned(),
        valid_from: at(0),
        valid_until: at(9_000_000),
        categories: DataCategory::ALL.to_vec(),
        exhibits: Vec::new(),
        data_from: None,
        data_until: None,
    }
}

pub fn phone() -> EvidenceItem {
    exhibit("E1", "phone")
}

pub fn exhibit(id: &str, label: &str) -> EvidenceItem {
    EvidenceItem {
        id: EvidenceId::new(id).unwrap(),
        case: case_id(),
        authorisation: order().id,
        label: label.to_owned(),
        kind: EvidenceKind::Folder,
        source: format!("/media/{label}"),
        attached_at: at(2_000),
        attached_by: "examiner".to_owned(),
    }
}

/// All entries of an exhibit, by path.
pub async fn entries_of(store: &Store, evidence: &EvidenceId) -> Vec<Entry> {
    let mut entries = Vec::new();
    store.each_entry(evidence, &mut |entry| entries.push(entry)).await.unwrap();
    entries
}

/// A case with its order and a phone attached.
pub async fn with_phone(store: &Store) -> EvidenceId {
    store.open_case(&case()).await.unwrap();
    store.add_authorisation(&order()).await.unwrap();
    store.attach_evidence(&phone()).await.unwrap().item.id
}

pub fn hashes(n: u8) -> Hashes {
    Hashes { size: 1_000 + u64::from(n), md5: Md5([n; 16]), sha1: Sha1([n; 20]), sha256: sha(n) }
}

pub fn entry(path: &str) -> Entry {
    Entry {
        path: path.to_owned(),
        size: 10,
        modified_at: Some(at(5)),
        hashes: None,
        place: Vec::new(),
        deleted: false,
    }
}

pub fn row(object: Sha256, table: &str, rowid: i64) -> Locator {
    Locator::new(object, Place::Row { table: table.to_owned(), rowid })
}

pub fn problem(subject: &str) -> Problem {
    Problem {
        kind: ProblemKind::Malformed,
        at: None,
        subject: subject.to_owned(),
        detail: "row ends early".to_owned(),
    }
}

pub fn job(evidence: &EvidenceId, wave: i64, key: &str) -> NewJob {
    NewJob {
        kind: "read".to_owned(),
        evidence: evidence.clone(),
        wave,
        key: key.to_owned(),
        payload: serde_json::json!({ "path": key }),
    }
}

pub fn tip(number: u32, object: u8, email: &str) -> TipArrival {
    let identifier = Identifier {
        kind: IdentifierKind::Email,
        raw: email.to_owned(),
        norm: email.to_lowercase(),
        verified: Stated::Yes,
    };
    let party = Party {
        role: PartyRole::Suspect,
        identifiers: vec![identifier.clone(), identifier],
        ..Party::default()
    };
    let revision = TipRevision {
        received_at: Some(Moment::from_unix_s(1_700_000_000)),
        provider: Some("Example Cloud".to_owned()),
        originator_level: Some("E".to_owned()),
        parties: vec![party],
        ..TipRevision::new(TipId::new(format!("ncmec/{number}")).unwrap())
    };
    TipArrival {
        object: sha(object),
        parser: "ncmec_le_json".to_owned(),
        parser_version: 1,
        imported_at: at(3_000),
        imported_by: "analyst".to_owned(),
        tip: Located::new(revision, Locator::new(sha(object), Place::Whole)),
        problems: vec![problem("tip")],
        keys: vec![TipKey { kind: "email".to_owned(), value: email.to_lowercase(), joins: true }],
        words: email.to_lowercase().replace(|c: char| !c.is_alphanumeric(), " "),
    }
}

pub fn account(id: &str) -> AccountKey {
    AccountKey::new("whatsapp", id)
}

pub fn owner() -> AccountKey {
    account("34600000001@s.whatsapp.net")
}

pub fn account_record(key: AccountKey, is_owner: bool) -> Record {
    Record::Account(Account { key, is_owner, names: Vec::new(), phone: None, username: None })
}

pub fn message(chat: &str, n: i64, from: AccountKey, ms: i64) -> Message {
    Message {
        app: "whatsapp".to_owned(),
        chat: chat.to_owned(),
        message: n.to_string(),
        from: Some(from),
        direction: Direction::Received,
        at: Some(Moment::from_unix_ms(ms)),
        text: Some(format!("message {n}")),
        forwarded: false,
        edited_at: None,
        state: MessageState::Live,
        type_as_stored: "0".to_owned(),
    }
}

pub fn transfer(n: i64, from: &AccountKey, to: &AccountKey, ms: i64) -> Transfer {
    Transfer {
        app: "whatsapp".to_owned(),
        chat: "c1".to_owned(),
        message: n.to_string(),
        from: Some(from.clone()),
        to: vec![to.clone()],
        direction: Direction::Received,
        at: Some(Moment::from_unix_ms(ms)),
        path: Some(format!("Media/IMG-{n}.jpg")),
        file_name: None,
        mime: Some("image/jpeg".to_owned()),
        size: Some(10),
        recorded_hash: None,
        caption: None,
        forwarded: false,
        state: MessageState::Live,
    }
}

pub fn receipt(n: i64, account: &AccountKey) -> Receipt {
    Receipt {
        app: "whatsapp".to_owned(),
        message: n.to_string(),
        account: account.clone(),
        delivered_at: Some(Moment::from_unix_ms(10)),
        read_at: None,
        played_at: None,
        orphan: false,
    }
}

pub fn signal(object: Sha256) -> Signal {
    Signal {
        account: Some(owner()),
        chat: "c1".to_owned(),
        message: "1".to_owned(),
        at: None,
        rule: "secrecy".to_owned(),
        excerpt: "between us".to_owned(),
        from_owner: true,
        locator: row(object, "message", 1),
    }
}

/// A store's fact: each record lies in row 1, 2, 3 ... of `message`.
pub fn store_fact(content: u8, version: u32, records: Vec<Record>) -> Fact {
    let located = |(n, record)| Located::new(record, row(sha(content), "message", n));
    Fact {
        content: sha(content),
        stage: "whatsapp_android".to_owned(),
        version,
        body: FactBody::Records {
            records: (1..).zip(records).map(located).collect(),
            signals: vec![signal(sha(content))],
            problems: vec![problem("message")],
        },
    }
}

pub fn fingerprint(path: &str, content: u8) -> Fact {
    Fact {
        content: sha(content),
        stage: "fingerprint".to_owned(),
        version: 1,
        body: FactBody::Fingerprint {
            path: path.to_owned(),
            hashes: hashes(content),
            picture: None,
            frames: None,
            problems: Vec::new(),
        },
    }
}

pub fn batch(evidence: &EvidenceId, facts: Vec<Fact>) -> FactBatch {
    FactBatch {
        evidence: evidence.clone(),
        job: None,
        facts,
        links: Vec::new(),
        enqueue: Vec::new(),
    }
}
