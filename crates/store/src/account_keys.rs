//! Accounts on exhibits by their identifiers, and the tips that name the same ones.
//!
//! Keys are made with the records of a fact. Facts that were recorded before there were keys, or by
//! earlier rules, are keyed by the first question that needs them.

mod named;

pub use named::{AccountNamed, AccountRole};

use crate::sql::{Row, Session, key, values};
use crate::{Decided, Result, Store, records};
use amparo_model::{EvidenceId, IdentifierKind, Located, Record, TipId, UtcMillis};
use serde::Serialize;
use std::collections::BTreeMap;

/// Version of the rules in `model::app_identity` and `named`: raised with them, so that facts are
/// keyed again.
pub(crate) const RULES: i64 = 1;

/// Answers to one question. More than these is no person but a flaw of the keys.
const MOST: usize = 5_000;

/// Only the newest version of each stage counts.
const NEWEST: &str = "NOT EXISTS (SELECT 1 FROM facts n WHERE n.content = f.content \
                      AND n.stage = f.stage AND n.version > f.version)";

/// Whether an account and a tip concern the same person, as an officer decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SameAccount {
    /// The account, as [`AccountNamed::account`] has it.
    pub account: String,
    /// They do, or they do not.
    pub same: bool,
    /// Why.
    pub why: String,
}

/// Keys the accounts of a fact that is being recorded.
pub(crate) async fn insert(
    session: &mut Session<'_>,
    fact: i64,
    records: &[Located<Record>],
) -> Result<()> {
    let rows = named::rows(fact, &named::named(records))?;
    let into = "account_keys (fact, kind, norm_key, account_key, role, body)";
    session.insert(into, "ON CONFLICT DO NOTHING", rows).await
}

impl Store {
    /// The accounts on exhibits that have one of these identifiers of a kind, with their exhibits;
    /// at most some thousands, in order.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn accounts_named(
        &self,
        kind: IdentifierKind,
        norms: &[String],
    ) -> Result<Vec<(EvidenceId, AccountNamed)>> {
        self.key_accounts().await?;
        let norms: Vec<String> = norms.iter().map(|norm| key(norm)).collect();
        let sql = format!(
            "SELECT c.evidence, k.body FROM account_keys k JOIN facts f ON f.id = k.fact \
             JOIN evidence_contents c ON c.content = f.content AND c.body_kind = 'records' \
             WHERE k.kind = $1 AND {NEWEST} AND k.norm_key IN"
        );
        let tail = format!(" ORDER BY c.evidence, k.norm_key, k.account_key, k.role LIMIT {MOST}");
        let mut session = self.read().await?;
        let rows = session.rows_in_then(&sql, values![kind.as_str()], &norms, &tail).await?;
        let mut found: Vec<(EvidenceId, AccountNamed)> =
            rows.iter().map(|row| Ok((row.parsed(0)?, row.json(1)?))).collect::<Result<_>>()?;
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// The accounts of an exhibit that tips name by an identifier of one of these kinds, with those
    /// tips; at most some thousands, in order.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn tips_of_accounts(
        &self,
        evidence: &EvidenceId,
        kinds: &[IdentifierKind],
    ) -> Result<Vec<(TipId, AccountNamed)>> {
        self.key_accounts().await?;
        let kinds: Vec<String> = kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
        let mut session = self.read().await?;
        let mut found = Vec::new();
        // What stands names more than the last revision does: a later one may say less.
        for table in ["tip_identifiers", "tip_keys"] {
            let sql = format!(
                "SELECT t.tip, k.body FROM evidence_contents c \
                 JOIN facts f ON f.content = c.content AND f.body_kind = 'records' \
                 JOIN account_keys k ON k.fact = f.id \
                 JOIN {table} t ON t.kind = k.kind AND t.norm_key = k.norm_key \
                 WHERE c.evidence = $1 AND c.body_kind = 'records' AND {NEWEST} AND k.kind IN"
            );
            let tail = format!(" ORDER BY t.tip, k.kind, k.norm_key LIMIT {MOST}");
            let first = values![evidence.as_str()];
            for row in session.rows_in_then(&sql, first, &kinds, &tail).await? {
                found.push((row.parsed(0)?, row.json(1)?));
            }
        }
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// Adds a decision on whether an account and a tip concern the same person.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn decide_account(&self, by: &Decided<SameAccount>) -> Result<()> {
        let (tip, account) = (by.tip.as_str(), by.what.account.as_str());
        let mut session = self.write().await?;
        let sql = "SELECT COUNT(*) FROM tip_account_decisions WHERE tip = $1 AND account_key = $2";
        let row = session.row(sql, values![tip, key(account)]).await?;
        let seq = row.map_or(Ok(0), |row| row.int(0))?;
        let (same, why) = (i64::from(by.what.same), by.what.why.as_str());
        let row = values![tip, key(account), seq, account, by.at.0, by.by.as_str(), same, why];
        let into = "tip_account_decisions (tip, account_key, seq, account, at, by_user, same, why)";
        session.insert(into, "", [row]).await?;
        session.commit().await
    }

    /// The decisions that stand on these tips and accounts: the last one for each pair.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn account_decisions(&self, tips: &[TipId]) -> Result<Vec<Decided<SameAccount>>> {
        let sql = "SELECT tip, at, by_user, account, same, why, seq FROM tip_account_decisions \
                   WHERE tip IN";
        let names = crate::sql::texts(tips);
        let mut last: BTreeMap<(TipId, String), (i64, Decided<SameAccount>)> = BTreeMap::new();
        for row in self.read().await?.rows_in(sql, vec![], &names).await? {
            let (seq, decided) = (row.int(6)?, decision(&row)?);
            let pair = (decided.tip.clone(), decided.what.account.clone());
            if last.get(&pair).is_none_or(|(known, _)| *known < seq) {
                last.insert(pair, (seq, decided));
            }
        }
        Ok(last.into_values().map(|(_, decided)| decided).collect())
    }

    /// Keys the accounts of facts that have no keys by these rules yet, one fact a transaction.
    async fn key_accounts(&self) -> Result<()> {
        let sql = "SELECT id FROM facts WHERE body_kind = 'records' AND keyed < $1 ORDER BY id";
        let owed = self.read().await?.rows(sql, values![RULES]).await?;
        for row in owed {
            let fact = row.int(0)?;
            let mut session = self.write().await?;
            let records = who_took_part(&mut session, fact).await?;
            session.run("DELETE FROM account_keys WHERE fact = $1", values![fact]).await?;
            insert(&mut session, fact, &records).await?;
            let sql = "UPDATE facts SET keyed = $2 WHERE id = $1";
            session.run(sql, values![fact, RULES]).await?;
            session.commit().await?;
        }
        Ok(())
    }
}

/// The records of a fact as far as keys are made from them: of the messages, the first of each
/// writer in each chat.
async fn who_took_part(session: &mut Session<'_>, fact: i64) -> Result<Vec<Located<Record>>> {
    let mut found = Vec::new();
    let first =
        "seq IN (SELECT MIN(seq) FROM messages WHERE fact = $1 GROUP BY chat_key, from_key)";
    let all = "1 = 1";
    for (table, which) in [
        ("accounts", all),
        ("contacts", all),
        ("chats", all),
        ("messages", first),
        ("transfers", all),
        ("calls", all),
    ] {
        let sql = format!(
            "SELECT object, place, view, body FROM {table} WHERE fact = $1 AND {which} ORDER BY seq"
        );
        for row in session.rows(&sql, values![fact]).await? {
            found.push(record(table, &row)?);
        }
    }
    Ok(found)
}

fn record(table: &str, row: &Row) -> Result<Located<Record>> {
    let record = match table {
        "accounts" => Record::Account(row.json(3)?),
        "contacts" => Record::Contact(row.json(3)?),
        "chats" => Record::Chat(row.json(3)?),
        "messages" => Record::Message(row.json(3)?),
        "transfers" => Record::Transfer(row.json(3)?),
        _ => Record::Call(row.json(3)?),
    };
    Ok(Located::new(record, records::locator(row, 0)?))
}

fn decision(row: &Row) -> Result<Decided<SameAccount>> {
    let what = SameAccount { account: row.text(3)?, same: row.int(4)? == 1, why: row.text(5)? };
    Ok(Decided { tip: row.parsed(0)?, at: UtcMillis(row.int(1)?), by: row.text(2)?, what })
}
