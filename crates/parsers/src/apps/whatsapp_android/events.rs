//! `msgstore.db`: what recipients' apps reported back, and calls.

use super::messages::emit;
use super::tables::{Jids, told};
use super::{APP, table_problem};
use crate::sqlite::Db;
use crate::{Blob, Sink};
use amparo_model::{AsStored, Call, Direction, Moment, ProblemKind, Receipt, Record};
use std::collections::HashSet;

/// One row for each recipient of each message. Receipts outlive their message.
pub(super) fn receipts(db: &Db, main: &Blob, jids: &Jids, seen: &HashSet<i64>, out: &mut dyn Sink) {
    let columns = [
        "message_row_id",
        "receipt_user_jid_row_id",
        "receipt_timestamp",
        "read_timestamp",
        "played_timestamp",
    ];
    let mut nameless = 0_u64;
    let scan = db.scan("receipt_user", &columns, |rowid, row| {
        let (Some(message), Some(account)) = (row.integer(0), jids.account(row.integer(1))) else {
            nameless += 1;
            return;
        };
        let at = |index| {
            let value = row.integer(index).filter(|value| *value > 0);
            value.map(Moment::from_unix_ms)
        };
        let receipt = Receipt {
            app: APP.to_owned(),
            message: message.to_string(),
            account,
            delivered_at: at(2),
            read_at: at(3),
            played_at: at(4),
            orphan: !seen.contains(&message),
        };
        emit(out, main, Record::Receipt(receipt), "receipt_user", rowid);
    });
    told(&scan, main, "receipt_user", out);
    if nameless > 0 {
        let detail = format!("{nameless} receipts name no known account or no message; skipped");
        out.problem(table_problem(main, ProblemKind::Skipped, "receipt_user", detail));
    }
}

/// Calls, one row each.
pub(super) fn calls(db: &Db, main: &Blob, jids: &Jids, out: &mut dyn Sink) {
    let columns = ["jid_row_id", "from_me", "timestamp", "duration", "video_call", "call_result"];
    let scan = db.scan("call_log", &columns, |rowid, row| {
        let call = Call {
            app: APP.to_owned(),
            with: jids.account(row.integer(0)),
            direction: match row.integer(1) {
                Some(0) => Direction::Received,
                Some(_) => Direction::Sent,
                None => Direction::Unknown,
            },
            at: row.integer(2).map(Moment::from_unix_ms),
            duration_s: row.integer(3),
            video: row.integer(4).is_some_and(|video| video != 0),
            result: row.integer(5).map(AsStored),
        };
        emit(out, main, Record::Call(call), "call_log", rowid);
    });
    told(&scan, main, "call_log", out);
}
