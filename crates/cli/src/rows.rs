//! The transfer ledger as commands show it: one row per file that went from one account to others.

use crate::{error::CliError, outcome::Outcome, page::Page, session::Session};
use amparo_authz::Action;
use amparo_model::{
    AccountKey, CaseId, DataCategory, EvidenceId, Located, MessageState, Sha256, Transfer, View,
};
use amparo_store::{StoredTransfer, TransferFilter};
use serde::Serialize;

/// One row, with everything that lets anyone find it again.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The exhibit.
    pub evidence: EvidenceId,
    /// Parser or stage that read it.
    pub stage: String,
    /// Its version.
    pub version: u32,
    /// The transfer and the place it was read from.
    pub transfer: Located<Transfer>,
    /// The account that the store belongs to.
    pub owner: Option<AccountKey>,
    /// SHA-256 of the file that was exchanged: as the app recorded it, else of the file found.
    pub object: Option<Sha256>,
    /// Whether the file that was found is another than the app recorded.
    pub differs: bool,
    /// The file in the exhibit, if it was found.
    pub entry_path: Option<String>,
    /// Its SHA-256, once read.
    pub file_sha256: Option<Sha256>,
    /// What the recipients' apps reported back.
    pub receipts: Vec<amparo_model::Receipt>,
}

impl From<StoredTransfer> for Row {
    fn from(stored: StoredTransfer) -> Self {
        Self {
            object: stored.object(),
            differs: stored.differs(),
            evidence: stored.evidence,
            stage: stored.stage,
            version: stored.version,
            transfer: stored.transfer,
            owner: stored.owner,
            entry_path: stored.entry_path,
            file_sha256: stored.file_sha256,
            receipts: stored.receipts,
        }
    }
}

/// The rows that answer a question of the ledger.
#[derive(Debug, Serialize)]
pub struct Ledger {
    /// By time.
    pub transfers: Vec<Row>,
}

impl Outcome for Ledger {
    fn show(&self, page: &mut Page<'_>) {
        show(&self.transfers, page);
    }
}

/// The rows of a case that the filter selects, from the exhibits this person may see, by time.
///
/// # Errors
/// [`CliError`] when refused or when the case does not exist.
pub async fn select(
    session: &mut Session,
    case: &CaseId,
    filter: &TransferFilter,
) -> Result<Ledger, CliError> {
    let needed = [DataCategory::Communications];
    let items = session.exhibits(case, Action::ReadEvidence, &needed).await?;
    let mut rows: Vec<Row> = Vec::new();
    for item in items {
        let filter =
            TransferFilter { case: Some(case.clone()), evidence: Some(item.id), ..filter.clone() };
        rows.extend(session.store.transfers(&filter).await?.into_iter().map(Row::from));
    }
    rows.sort_by_cached_key(|row| {
        let time = row.transfer.record().at.as_ref().and_then(|at| at.wall_clock());
        (time.is_none(), time, row.transfer.at().clone())
    });
    Ok(Ledger { transfers: rows })
}

/// Shows rows as a table.
fn show(rows: &[Row], page: &mut Page<'_>) {
    if rows.is_empty() {
        return page.say_line("cli-none-transfers", &[]);
    }
    let heads = [
        "cli-head-when",
        "cli-head-from-account",
        "cli-head-to-account",
        "cli-head-file",
        "cli-head-sha256",
        "cli-head-state",
        "cli-head-seen",
        "cli-head-source",
    ];
    let cells = rows.iter().map(|row| cells(row, page)).collect();
    page.table(&heads, cells);
    let count = rows.len().to_string();
    page.say_line("cli-transfer-count", &[("count", &count)]);
}

/// Reads `app:id`, the form in which accounts are shown everywhere.
///
/// # Errors
/// The remedy, for the help of the argument.
pub fn account(text: &str) -> Result<AccountKey, String> {
    match text.split_once(':') {
        Some((app, id)) if !app.is_empty() && !id.is_empty() => Ok(AccountKey::new(app, id)),
        _ => {
            Err(format!("{text:?} is no account; write it as whatsapp:34600000001@s.whatsapp.net"))
        }
    }
}

fn cells(row: &Row, page: &Page<'_>) -> Vec<String> {
    let transfer = row.transfer.record();
    let list =
        |keys: &[AccountKey]| keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let unknown = || page.say().just("cli-not-stated");
    vec![
        when(transfer, page),
        transfer.from.as_ref().map_or_else(unknown, ToString::to_string),
        if transfer.to.is_empty() { unknown() } else { list(&transfer.to) },
        row.entry_path
            .clone()
            .or(transfer.path.clone())
            .or(transfer.file_name.clone())
            .unwrap_or_else(unknown),
        row.object.map_or_else(unknown, |hash| hash.to_string().chars().take(16).collect()),
        state(row, page),
        seen(row, page),
        format!("{} {}", row.evidence, row.transfer.at().place),
    ]
}

/// UTC when it is known; otherwise as stored, and said so.
fn when(transfer: &Transfer, page: &Page<'_>) -> String {
    match &transfer.at {
        None => page.say().just("cli-not-stated"),
        Some(moment) => match moment.utc {
            Some(utc) => utc.to_string(),
            None => page.say().get("cli-zone-unknown", &[("raw", &moment.raw)]),
        },
    }
}

fn state(row: &Row, page: &Page<'_>) -> String {
    let word = match row.transfer.record().state {
        MessageState::Live => "live",
        MessageState::Deleted => "deleted",
    };
    let mut words = vec![page.say().word("message", word)];
    match row.transfer.at().view {
        View::Only => {}
        View::OnlyWithWal => words.push(page.say().just("cli-view-with-wal")),
        View::OnlyWithoutWal => words.push(page.say().just("cli-view-without-wal")),
    }
    if row.transfer.record().forwarded {
        words.push(page.say().just("cli-message-forwarded"));
    }
    if row.differs {
        words.push(page.say().just("cli-file-differs"));
    }
    words.join(", ")
}

fn seen(row: &Row, page: &Page<'_>) -> String {
    let read = row.receipts.iter().filter(|r| r.read_at.is_some() || r.played_at.is_some()).count();
    let delivered = row.receipts.iter().filter(|r| r.delivered_at.is_some()).count();
    if row.receipts.is_empty() {
        return page.say().just("cli-not-stated");
    }
    let args = [("read", read.to_string()), ("delivered", delivered.to_string())];
    let args: Vec<(&str, &str)> = args.iter().map(|(k, v)| (*k, v.as_str())).collect();
    page.say().get("cli-seen", &args)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_an_app_and_the_apps_own_id() {
        assert_eq!(account("telegram:user1").unwrap(), AccountKey::new("telegram", "user1"));
        assert_eq!(account("x:a:b").unwrap().id, "a:b");
        assert!(account("34600000001").unwrap_err().contains("whatsapp:"));
    }
}
