//! Records of app stores as rows: one table per kind, each row with its locator.
//!
//! A row has the columns that questions are asked by, and the record itself as JSON. So a field
//! that is added to a record needs no migration, and what is read back is exactly what was
//! recorded.

use crate::sql::{Row, Session, Value, digest, json, key, values};
use crate::{Result, Signal, StoreError, facts};
use amparo_model::{
    Account, AccountKey, CaseId, EvidenceId, Located, Locator, Message, Receipt, Record, Sha256,
    Transfer, UtcMillis,
};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

/// Records turned into rows at a time; bounds the memory of a store with a million messages.
const SLICE: usize = 4_000;

/// The columns that every record table shares, in the order of [`located_values`].
macro_rules! into {
    ($table:literal, $columns:literal) => {
        concat!($table, " (fact, seq, object, place, view, ", $columns, "body)")
    };
}

/// Inserts the records of a new fact; `seq` is their place in the parser's order.
pub(crate) async fn insert(
    session: &mut Session<'_>,
    fact: i64,
    records: &[Located<Record>],
) -> Result<()> {
    for (first, slice) in (0..).step_by(SLICE).zip(records.chunks(SLICE)) {
        let mut rows = Rows::default();
        for (seq, record) in (first..).zip(slice) {
            rows.add(fact, seq, record)?;
        }
        rows.insert(session).await?;
    }
    Ok(())
}

pub(crate) async fn insert_signals(
    session: &mut Session<'_>,
    fact: i64,
    signals: &[Signal],
) -> Result<()> {
    let mut rows = Vec::with_capacity(signals.len());
    for (seq, signal) in (0..).zip(signals) {
        let columns = values![signal.rule.as_str()];
        rows.push(located_values(fact, seq, &signal.locator, columns, signal)?);
    }
    session.insert(into!("signals", "rule, "), "", rows).await
}

/// A fact with records, as one exhibit has it.
#[derive(Debug, Clone)]
pub(crate) struct RecordsFact {
    pub(crate) id: i64,
    pub(crate) evidence: EvidenceId,
    pub(crate) content: Sha256,
    pub(crate) stage: String,
    pub(crate) version: u32,
}

/// The facts with records of a case, of an exhibit or of all; of several versions of one stage only
/// the newest. Sorted by exhibit, content and stage.
pub(crate) async fn current(
    session: &mut Session<'_>,
    case: Option<&CaseId>,
    evidence: Option<&EvidenceId>,
) -> Result<Vec<RecordsFact>> {
    let mut sql = "SELECT e.id, f.content, f.stage, f.version, f.id FROM evidence e \
                   JOIN evidence_contents c ON c.evidence = e.id AND c.body_kind = $1 \
                   JOIN facts f ON f.content = c.content AND f.body_kind = $1"
        .to_owned();
    let mut values = values![facts::RECORDS];
    for (column, wanted) in
        [("e.case_id", case.map(CaseId::as_str)), ("e.id", evidence.map(EvidenceId::as_str))]
    {
        if let Some(wanted) = wanted {
            let glue = if values.len() == 1 { "WHERE" } else { "AND" };
            values.push(Value::from(wanted));
            sql.push_str(&format!(" {glue} {column} = ${}", values.len()));
        }
    }
    let mut newest: BTreeMap<(EvidenceId, Sha256, String), (u32, i64)> = BTreeMap::new();
    for row in session.rows(&sql, values).await? {
        let version = u32::try_from(row.int(3)?).map_err(StoreError::damaged)?;
        let fact = (version, row.int(4)?);
        let slot = newest.entry((row.parsed(0)?, row.parsed(1)?, row.text(2)?)).or_insert(fact);
        *slot = fact.max(*slot);
    }
    let fact = |((evidence, content, stage), (version, id))| RecordsFact {
        id,
        evidence,
        content,
        stage,
        version,
    };
    Ok(newest.into_iter().map(fact).collect())
}

/// Reads a record back from the columns `object, place, view, body`, starting at `from`.
pub(crate) fn located<R: DeserializeOwned>(row: &Row, from: usize) -> Result<Located<R>> {
    Ok(Located::new(row.json(from + 3)?, locator(row, from)?))
}

/// Reads a place back from the columns `object, place, view`, starting at `from`.
pub(crate) fn locator(row: &Row, from: usize) -> Result<Locator> {
    Ok(Locator { object: row.parsed(from)?, place: row.json(from + 1)?, view: row.word(from + 2)? })
}

pub(crate) fn account_key(account: &AccountKey) -> String {
    key(&account.to_string())
}

#[derive(Default)]
struct Rows {
    accounts: Vec<Vec<Value>>,
    contacts: Vec<Vec<Value>>,
    chats: Vec<Vec<Value>>,
    messages: Vec<Vec<Value>>,
    transfers: Vec<Vec<Value>>,
    parties: Vec<Vec<Value>>,
    receipts: Vec<Vec<Value>>,
    calls: Vec<Vec<Value>>,
}

impl Rows {
    fn add(&mut self, fact: i64, seq: i64, record: &Located<Record>) -> Result<()> {
        let at = record.at();
        let plain = Vec::new;
        match record.record() {
            Record::Account(account) => {
                self.accounts.push(located_values(
                    fact,
                    seq,
                    at,
                    account_columns(account),
                    account,
                )?);
            }
            Record::Contact(contact) => {
                self.contacts.push(located_values(fact, seq, at, plain(), contact)?);
            }
            Record::Chat(chat) => {
                self.chats.push(located_values(fact, seq, at, plain(), chat)?);
            }
            Record::Message(message) => {
                self.messages.push(located_values(
                    fact,
                    seq,
                    at,
                    message_columns(message),
                    message,
                )?);
            }
            Record::Transfer(transfer) => {
                let columns = transfer_columns(transfer, at)?;
                self.transfers.push(located_values(fact, seq, at, columns, transfer)?);
                self.parties.extend(party_rows(fact, seq, transfer));
            }
            Record::Receipt(receipt) => {
                self.receipts.push(located_values(
                    fact,
                    seq,
                    at,
                    receipt_columns(receipt),
                    receipt,
                )?);
            }
            Record::Call(call) => {
                self.calls.push(located_values(fact, seq, at, plain(), call)?);
            }
            Record::Tip(_)
            | Record::PackageMember(_)
            | Record::ListHeader(_)
            | Record::KnownHash(_)
            | Record::ListEnd(_) => {
                let what = "an app store's records hold a tip or a list's row; \
                            use accept_tips or store_hash_set for these";
                return Err(StoreError::conflict(what));
            }
        }
        Ok(())
    }

    async fn insert(self, session: &mut Session<'_>) -> Result<()> {
        let tables = [
            (into!("accounts", "account_key, is_owner, "), self.accounts),
            (into!("contacts", ""), self.contacts),
            (into!("chats", ""), self.chats),
            (into!("messages", "chat_key, from_key, at_utc, "), self.messages),
            (into!("transfers", "at_key, message_key, at_utc, hash_key, "), self.transfers),
            ("transfer_parties (fact, seq, account_key)", self.parties),
            (into!("receipts", "message_key, "), self.receipts),
            (into!("calls", ""), self.calls),
        ];
        for (into, rows) in tables {
            session.insert(into, "", rows).await?;
        }
        Ok(())
    }
}

fn account_columns(account: &Account) -> Vec<Value> {
    values![account_key(&account.key), i64::from(account.is_owner)]
}

fn message_columns(message: &Message) -> Vec<Value> {
    let from = message.from.as_ref().map(account_key);
    values![key(&message.chat), from, utc(message.at.as_ref())]
}

fn transfer_columns(transfer: &Transfer, at: &Locator) -> Result<Vec<Value>> {
    let hash = transfer.recorded_hash.as_ref().map(|hash| key(&hash.value));
    Ok(values![digest(&json(at)?), key(&transfer.message), utc(transfer.at.as_ref()), hash])
}

fn receipt_columns(receipt: &Receipt) -> Vec<Value> {
    values![key(&receipt.message)]
}

/// Sender and recipients of a transfer, each once.
fn party_rows(fact: i64, seq: i64, transfer: &Transfer) -> Vec<Vec<Value>> {
    let mut keys: Vec<String> = transfer.from.iter().chain(&transfer.to).map(account_key).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter().map(|key| values![fact, seq, key]).collect()
}

fn located_values(
    fact: i64,
    seq: i64,
    at: &Locator,
    columns: Vec<Value>,
    record: &impl Serialize,
) -> Result<Vec<Value>> {
    let view = json(&at.view)?;
    let place = json(&at.place)?;
    let mut row = values![fact, seq, at.object.to_string(), place, view.trim_matches('"')];
    row.extend(columns);
    row.push(json(record)?.into());
    Ok(row)
}

fn utc(moment: Option<&amparo_model::Moment>) -> Option<i64> {
    moment.and_then(|moment| moment.utc).map(|UtcMillis(ms)| ms)
}
