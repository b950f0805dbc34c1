//! The transfer ledger: who sent which file to whom, when, by which app, reported back by whom.

use crate::records::{RecordsFact, account_key, located};
use crate::sql::{Row, Session, Value, key, values};
use crate::{Result, Store, records};
use amparo_model::{
    Account, AccountKey, CaseId, EvidenceId, HashAlgorithm, Located, Receipt, Sha256, Transfer,
    UtcMillis,
};
use std::collections::{BTreeMap, BTreeSet};

/// Which transfers to show; a field that is `None` restricts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TransferFilter {
    /// Of this case.
    pub case: Option<CaseId>,
    /// Of this exhibit.
    pub evidence: Option<EvidenceId>,
    /// Of this file: MD5, SHA-1 or SHA-256 in hexadecimal, as the app recorded it or as it was
    /// computed from the file that was found.
    pub hash: Option<String>,
    /// Sent by one of the two to the other.
    pub between: Option<(AccountKey, AccountKey)>,
    /// Sent by this account or to it.
    pub account: Option<AccountKey>,
}

/// One transfer, with all that is known around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTransfer {
    /// The exhibit.
    pub evidence: EvidenceId,
    /// The store in it.
    pub content: Sha256,
    /// The parser that read it.
    pub stage: String,
    /// The parser's version.
    pub version: u32,
    /// The transfer and where it was read.
    pub transfer: Located<Transfer>,
    /// The account that the store belongs to.
    pub owner: Option<AccountKey>,
    /// The entry that the file was found as.
    pub entry_path: Option<String>,
    /// SHA-256 of that entry, once it was read.
    pub file_sha256: Option<Sha256>,
    /// What the recipients' apps reported back, by account.
    pub receipts: Vec<Receipt>,
}

impl StoredTransfer {
    /// The file that this transfer speaks of: by the SHA-256 that the app recorded, because that is
    /// what it says was exchanged; else by the file that was found.
    #[must_use]
    pub fn object(&self) -> Option<Sha256> {
        self.recorded_sha256().or(self.file_sha256)
    }

    /// Whether the file that was found is not the one that the app says was exchanged: it was
    /// replaced or changed since.
    #[must_use]
    pub fn differs(&self) -> bool {
        let both = self.recorded_sha256().zip(self.file_sha256);
        both.is_some_and(|(recorded, found)| recorded != found)
    }

    fn recorded_sha256(&self) -> Option<Sha256> {
        let hash = self.transfer.record().recorded_hash.as_ref()?;
        (hash.algorithm == HashAlgorithm::Sha256).then(|| hash.value.parse().ok())?
    }
}

impl Store {
    /// The transfers of one fact, in the parser's order.
    ///
    /// # Errors
    /// [`StoreError::Damaged`](crate::StoreError::Damaged) when a row cannot be understood.
    pub async fn transfers_of_fact(
        &self,
        content: &Sha256,
        stage: &str,
        version: u32,
    ) -> Result<Vec<Located<Transfer>>> {
        let sql = "SELECT t.object, t.place, t.view, t.body FROM transfers t \
                   JOIN facts f ON f.id = t.fact \
                   WHERE f.content = $1 AND f.stage = $2 AND f.version = $3 ORDER BY t.seq";
        let values = values![content.to_string(), stage, i64::from(version)];
        let rows = self.read().await?.rows(sql, values).await?;
        rows.iter().map(|row| located(row, 0)).collect()
    }

    /// The transfers that the filter lets through, by time and then by place; those without a time
    /// come last. A wall-clock time without a zone is ordered as if it were UTC.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn transfers(&self, filter: &TransferFilter) -> Result<Vec<StoredTransfer>> {
        let mut session = self.read().await?;
        let facts =
            records::current(&mut session, filter.case.as_ref(), filter.evidence.as_ref()).await?;
        let mut found = Vec::new();
        for fact in facts {
            found.extend(of_fact(&mut session, &fact, filter).await?);
        }
        found.sort_by_cached_key(order);
        Ok(found)
    }
}

async fn of_fact(
    session: &mut Session<'_>,
    fact: &RecordsFact,
    filter: &TransferFilter,
) -> Result<Vec<StoredTransfer>> {
    let (sql, values) = select(fact, filter);
    let mut transfers = Vec::new();
    for row in session.rows(&sql, values).await? {
        let transfer = read(fact, &row)?;
        if matches(filter, transfer.transfer.record()) {
            transfers.push(transfer);
        }
    }
    if transfers.is_empty() {
        return Ok(transfers);
    }
    let owners = owners(session, fact.id).await?;
    let mut receipts = receipts(session, fact.id, &transfers).await?;
    for transfer in &mut transfers {
        let record = transfer.transfer.record();
        transfer.owner = owners.iter().find(|owner| owner.app == record.app).cloned();
        let name = (record.app.clone(), record.message.clone());
        transfer.receipts = receipts.get_mut(&name).cloned().unwrap_or_default();
    }
    Ok(transfers)
}

/// The query for one store. What it leaves out for good is decided by indexes; what it lets
/// through is checked once more on the full record by [`matches`].
fn select(fact: &RecordsFact, filter: &TransferFilter) -> (String, Vec<Value>) {
    let mut sql = "SELECT t.object, t.place, t.view, t.body, l.path, n.sha256 FROM transfers t \
                   LEFT JOIN transfer_links l \
                   ON l.evidence = $1 AND l.content = $2 AND l.at_key = t.at_key \
                   LEFT JOIN entries n ON n.evidence = $1 AND n.path_key = l.path_key \
                   WHERE t.fact = $3"
        .to_owned();
    let mut values = values![fact.evidence.as_str(), fact.content.to_string(), fact.id];
    if let Some(hash) = &filter.hash {
        values.push(key(&hash.trim().to_ascii_lowercase()).into());
        let hash = format!("${}", values.len());
        sql.push_str(&format!(
            " AND (t.hash_key = {hash} OR t.at_key IN (SELECT k.at_key FROM entries f \
             JOIN transfer_links k ON k.evidence = f.evidence AND k.path_key = f.path_key \
             WHERE f.evidence = $1 AND k.content = $2 \
             AND (f.sha256 = {hash} OR f.md5 = {hash} OR f.sha1 = {hash})))"
        ));
    }
    let pair = filter.between.iter().flat_map(|(a, b)| [a, b]);
    for account in pair.chain(&filter.account) {
        values.push(account_key(account).into());
        sql.push_str(&format!(
            " AND t.seq IN (SELECT p.seq FROM transfer_parties p \
             WHERE p.fact = $3 AND p.account_key = ${})",
            values.len()
        ));
    }
    (sql, values)
}

fn matches(filter: &TransferFilter, transfer: &Transfer) -> bool {
    let sent = |from: &AccountKey, to: &AccountKey| {
        transfer.from.as_ref() == Some(from) && transfer.to.contains(to)
    };
    let concerns = |account: &AccountKey| {
        transfer.from.as_ref() == Some(account) || transfer.to.contains(account)
    };
    filter.between.as_ref().is_none_or(|(a, b)| sent(a, b) || sent(b, a))
        && filter.account.as_ref().is_none_or(concerns)
}

fn read(fact: &RecordsFact, row: &Row) -> Result<StoredTransfer> {
    Ok(StoredTransfer {
        evidence: fact.evidence.clone(),
        content: fact.content,
        stage: fact.stage.clone(),
        version: fact.version,
        transfer: located(row, 0)?,
        owner: None,
        entry_path: row.opt_text(4)?,
        file_sha256: row.opt_parsed(5)?,
        receipts: Vec::new(),
    })
}

async fn owners(session: &mut Session<'_>, fact: i64) -> Result<Vec<AccountKey>> {
    let sql = "SELECT body FROM accounts WHERE fact = $1 AND is_owner = 1 ORDER BY seq";
    let rows = session.rows(sql, values![fact]).await?;
    rows.iter().map(|row| row.json(0).map(|account: Account| account.key)).collect()
}

/// Receipts of the messages that carried the transfers, by app and message.
async fn receipts(
    session: &mut Session<'_>,
    fact: i64,
    transfers: &[StoredTransfer],
) -> Result<BTreeMap<(String, String), Vec<Receipt>>> {
    let messages: BTreeSet<String> =
        transfers.iter().map(|transfer| key(&transfer.transfer.record().message)).collect();
    let messages: Vec<String> = messages.into_iter().collect();
    let sql = "SELECT body FROM receipts WHERE fact = $1 AND message_key IN";
    let mut found: BTreeMap<_, Vec<Receipt>> = BTreeMap::new();
    for row in session.rows_in(sql, values![fact], &messages).await? {
        let receipt: Receipt = row.json(0)?;
        let name = (receipt.app.clone(), receipt.message.clone());
        found.entry(name).or_default().push(receipt);
    }
    for receipts in found.values_mut() {
        receipts.sort_by(|a, b| {
            let order = |r: &Receipt| (r.delivered_at.clone(), r.read_at.clone(), r.orphan);
            a.account.cmp(&b.account).then_with(|| order(a).cmp(&order(b)))
        });
    }
    Ok(found)
}

type Order = (bool, Option<UtcMillis>, amparo_model::Locator, EvidenceId, String);

fn order(stored: &StoredTransfer) -> Order {
    let at = stored.transfer.record().at.as_ref().and_then(|at| at.wall_clock());
    let place = stored.transfer.at().clone();
    (at.is_none(), at, place, stored.evidence.clone(), stored.stage.clone())
}
