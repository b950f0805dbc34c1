//! What app stores of a case hold besides transfers: accounts, contacts, chats, messages, calls and
//! the phrases found in them. Of several versions of one parser only the newest counts.

use crate::sql::{Row, key, values};
use crate::{Result, Signal, Store, records};
use amparo_model::{
    Account, AccountKey, Call, CaseId, Chat, Contact, EvidenceId, Located, Locator, Message,
    Sha256, UtcMillis,
};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// How many messages one account wrote in one chat.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MessageCount {
    /// The store.
    pub content: Sha256,
    /// The chat.
    pub chat: String,
    /// Who wrote; `None` when the store does not tell.
    pub account: Option<AccountKey>,
    /// How many.
    pub count: u64,
    /// The earliest with a known time.
    pub first_utc: Option<UtcMillis>,
    /// The latest with a known time.
    pub last_utc: Option<UtcMillis>,
    /// Where that latest message lies; of equal times the last in the parser's order.
    pub last_at: Option<Locator>,
}

impl Store {
    /// The accounts that the stores of a case know, by exhibit, store and the parser's order.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn accounts(
        &self,
        case: &CaseId,
    ) -> Result<Vec<(EvidenceId, Sha256, Located<Account>)>> {
        self.records_of(case, "accounts").await
    }

    /// The address books of the stores of a case, in the same order.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn contacts(
        &self,
        case: &CaseId,
    ) -> Result<Vec<(EvidenceId, Sha256, Located<Contact>)>> {
        self.records_of(case, "contacts").await
    }

    /// The conversations in the stores of a case, in the same order.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn chats(&self, case: &CaseId) -> Result<Vec<(EvidenceId, Sha256, Located<Chat>)>> {
        self.records_of(case, "chats").await
    }

    /// The calls in the stores of a case, in the same order.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn calls(&self, case: &CaseId) -> Result<Vec<(EvidenceId, Sha256, Located<Call>)>> {
        self.records_of(case, "calls").await
    }

    /// The phrases found in the messages of a case, in the same order.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn signals(&self, case: &CaseId) -> Result<Vec<(EvidenceId, Sha256, Signal)>> {
        let signals: Vec<(_, _, Located<Signal>)> = self.records_of(case, "signals").await?;
        let plain = |(evidence, content, signal): (_, _, Located<Signal>)| {
            (evidence, content, signal.into_parts().0)
        };
        Ok(signals.into_iter().map(plain).collect())
    }

    /// The messages of one chat in all stores of a case, each store once, by time and then place;
    /// those without a time come last.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn messages(&self, case: &CaseId, chat: &str) -> Result<Vec<Located<Message>>> {
        let mut session = self.read().await?;
        let sql = "SELECT object, place, view, body FROM messages \
                   WHERE fact = $1 AND chat_key = $2 ORDER BY seq";
        let mut messages: Vec<Located<Message>> = Vec::new();
        for fact in each_once(records::current(&mut session, Some(case), None).await?) {
            for row in session.rows(sql, values![fact.id, key(chat)]).await? {
                messages.push(records::located(&row, 0)?);
            }
        }
        messages.retain(|message| message.record().chat == chat);
        messages.sort_by_cached_key(|message| {
            let at = message.record().at.as_ref().and_then(|at| at.wall_clock());
            (at.is_none(), at, message.at().clone())
        });
        Ok(messages)
    }

    /// How many messages each account wrote in each chat of a case, each store once, sorted.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn message_counts(&self, case: &CaseId) -> Result<Vec<MessageCount>> {
        let mut session = self.read().await?;
        let mut counts = Vec::new();
        for fact in each_once(records::current(&mut session, Some(case), None).await?) {
            for row in session.rows(COUNTS, values![fact.id]).await? {
                counts.push(count(fact.content, &row)?);
            }
        }
        counts.sort();
        Ok(counts)
    }

    async fn records_of<R: DeserializeOwned>(
        &self,
        case: &CaseId,
        table: &str,
    ) -> Result<Vec<(EvidenceId, Sha256, Located<R>)>> {
        let mut session = self.read().await?;
        let sql =
            format!("SELECT object, place, view, body FROM {table} WHERE fact = $1 ORDER BY seq");
        let mut found = Vec::new();
        for fact in records::current(&mut session, Some(case), None).await? {
            for row in session.rows(&sql, values![fact.id]).await? {
                found.push((fact.evidence.clone(), fact.content, records::located(&row, 0)?));
            }
        }
        Ok(found)
    }
}

/// The first message of each group says which chat and account it stands for, in full; the latest
/// gives its place. The index has it: one look-up for a known writer and one for an unknown, as
/// `=` never finds NULL. The `+` keeps SQLite from walking all messages by `seq` instead.
const COUNTS: &str = "SELECT m.body, g.n, g.first_utc, g.last_utc, l.object, l.place, l.view \
    FROM (SELECT chat_key, from_key, MIN(seq) AS first_seq, COUNT(*) AS n, \
          MIN(at_utc) AS first_utc, MAX(at_utc) AS last_utc \
          FROM messages WHERE fact = $1 GROUP BY chat_key, from_key) g \
    JOIN messages m ON m.fact = $1 AND m.seq = g.first_seq \
    LEFT JOIN messages l ON l.fact = $1 AND l.seq = COALESCE( \
        (SELECT MAX(+s.seq) FROM messages s WHERE s.fact = $1 AND s.chat_key = g.chat_key \
         AND s.from_key = g.from_key AND s.at_utc = g.last_utc), \
        (SELECT MAX(+s.seq) FROM messages s WHERE g.from_key IS NULL AND s.fact = $1 \
         AND s.chat_key = g.chat_key AND s.from_key IS NULL AND s.at_utc = g.last_utc))";

/// Facts that several exhibits share, once.
fn each_once(facts: Vec<records::RecordsFact>) -> impl Iterator<Item = records::RecordsFact> {
    let mut seen = BTreeSet::new();
    facts.into_iter().filter(move |fact| seen.insert(fact.id))
}

fn count(content: Sha256, row: &Row) -> Result<MessageCount> {
    let message: Message = row.json(0)?;
    let last_utc = row.opt_int(3)?.map(UtcMillis);
    let place = |_| records::locator(row, 4);
    Ok(MessageCount {
        content,
        chat: message.chat,
        account: message.from,
        count: row.int(1)?.cast_unsigned(),
        first_utc: row.opt_int(2)?.map(UtcMillis),
        last_utc,
        last_at: last_utc.map(place).transpose()?,
    })
}
