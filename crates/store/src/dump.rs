//! The canonical dump: every fact in the database as sorted lines of JSON, equal on both engines
//! and for any order of work. Two databases that hold the same facts have the same dump.
//!
//! Numbers that only this database gave (job and fact ids), who works on a job and for how long,
//! where an exhibit lay on the disk, and look-up columns that repeat a part of the row are left
//! out. So are lists of alarms that a later one replaced: how many there were tells how often the
//! work was interrupted.
//!
//! To add a table: a line in [`TABLES`], or its name in [`LEFT_OUT`]; the test below asks for it.

use crate::{Result, Store, sql::json};
use std::collections::BTreeMap;

/// Table, columns, and whether its rows hang on a fact (`fact` is then written as content, stage
/// and version).
const TABLES: &[(&str, &str, bool)] = &[
    ("accounts", "seq, object, place, view, body", true),
    ("alarm_runs", "case_id, at, processed", false),
    ("alarms", "case_id, seq, body", false),
    ("assignments", "case_id, user_name", false),
    ("authorisations", "id, case_id, body", false),
    ("calls", "seq, object, place, view, body", true),
    ("cases", "id, title, opened_at, opened_by", false),
    ("chats", "seq, object, place, view, body", true),
    ("contacts", "seq, object, place, view, body", true),
    ("containers", "evidence, path, body", false),
    ("custody_events", "evidence, seq, body", false),
    ("entries", "evidence, path, size, modified_at, md5, sha1, sha256, place, deleted", false),
    ("evidence", "id, listed, body", false),
    ("evidence_contents", "evidence, body_kind, content", false),
    ("evidence_problems", "evidence, stage, body", false),
    ("fact_problems", "seq, body", true),
    ("facts", "content, stage, version, body_kind", false),
    ("fingerprints", "md5, sha1, sha256, size, picture, frames", true),
    ("hash_set_problems", "hash_set, edition, seq, body", false),
    (
        "hash_sets",
        "id, edition, object, rows_object, parser, parser_version, stored, rejected, imported_at, \
         imported_by, header, retired_at, retired_by, retired_why",
        false,
    ),
    ("import_problems", "object, subject, at, body", false),
    ("jobs", "evidence, kind, full_key, wave, payload, state, why", false),
    ("member_access", "package, path_key, seq, at, by_user, state, why", false),
    ("messages", "seq, object, place, view, body", true),
    ("novelty", "object, body", false),
    ("novelty_changes", "object, seq, at, before, after", false),
    ("package_members", "package, path, sha256, size, document, access", false),
    ("receipts", "seq, object, place, view, body", true),
    ("referral_moves", "referral, seq, from_state, to_state, at, by_user, note", false),
    ("referral_receipts", "referral, at, body, signed", false),
    ("referral_versions", "referral, version, at, by_user, body", false),
    ("referrals", "id, case_id, version, state", false),
    ("signals", "seq, object, place, view, body", true),
    ("tip_account_decisions", "tip, account, seq, at, by_user, same, why", false),
    ("tip_alerts", "tip, revision, at, body", false),
    ("tip_identifiers", "tip, kind, norm_key", false),
    ("tip_keys", "kind, norm_key, tip, joins", false),
    ("tip_link_decisions", "tip, other, seq, at, by_user, same, why", false),
    ("tip_overrides", "tip, seq, at, by_user, body", false),
    (
        "tip_revisions",
        "tip, revision, object, parser, parser_version, imported_at, imported_by, body, problems",
        false,
    ),
    ("tips", "tip, current_revision", false),
    ("transfer_links", "evidence, content, at_key, path", false),
    ("transfers", "seq, object, place, view, body", true),
    ("users", "name, role", false),
    ("verdicts", "object, case_id, seq, at, by_user, body", false),
];

/// Tables that carry no facts of their own: a counter, this installation's settings, how long work
/// took, look-up tables, and what can be made again from the rest.
#[cfg(test)]
const LEFT_OUT: &[&str] = &[
    "account_keys",
    "counters",
    "evidence_runs",
    "settings",
    "tip_key_counts",
    "tip_lines",
    "tip_losses",
    "transfer_parties",
];

impl Store {
    /// Every row of every table that carries facts, one JSON object per line, sorted.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn canonical_dump(&self) -> Result<Vec<String>> {
        let mut session = self.read().await?;
        let mut lines = Vec::new();
        for (table, columns, of_fact) in TABLES {
            let prefix = if *of_fact { "f.content, f.stage, f.version, " } else { "" };
            let join = if *of_fact { "JOIN facts f ON f.id = t.fact" } else { "" };
            let own: Vec<String> =
                columns.split(", ").map(|column| format!("t.{column}")).collect();
            let own = own.join(", ");
            let sql = format!("SELECT {prefix}{own} FROM {table} t {join} {}", rows_of(table));
            let names: Vec<&str> = prefix.split(", ").chain(columns.split(", ")).collect();
            let names: Vec<&str> = names
                .into_iter()
                .map(|name| name.trim_start_matches("f."))
                .filter(|name| !name.is_empty())
                .collect();
            for row in session.rows(&sql, vec![]).await? {
                let mut line = BTreeMap::from([("table", serde_json::Value::from(*table))]);
                for (at, name) in names.iter().enumerate() {
                    line.insert(name, row.any(at)?);
                }
                if *table == "evidence" {
                    forget_source(&mut line);
                }
                lines.push(json(&line)?);
            }
        }
        lines.sort();
        Ok(lines)
    }
}

/// Which rows of a table; of the alarms, those of each case's current list.
fn rows_of(table: &str) -> &'static str {
    match table {
        "alarm_runs" | "alarms" => {
            "WHERE t.run = (SELECT MAX(r.run) FROM alarm_runs r WHERE r.case_id = t.case_id)"
        }
        _ => "",
    }
}

/// Where an exhibit lay on this machine's disk is a circumstance, not a fact about it.
fn forget_source(line: &mut BTreeMap<&str, serde_json::Value>) {
    let Some(text) = line.get("body").and_then(|body| body.as_str()) else { return };
    let Ok(mut body) = serde_json::from_str::<serde_json::Value>(text) else { return };
    if let Some(fields) = body.as_object_mut() {
        fields.remove("source");
        line.insert("body", body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_dumped_or_left_out_on_purpose() {
        let listed: Vec<&str> =
            TABLES.iter().map(|(name, ..)| *name).chain(LEFT_OUT.iter().copied()).collect();
        let mut tables = std::collections::BTreeSet::new();
        for (_, _, sql) in crate::migrate::FILES {
            let named = |verb: &str| -> Vec<&str> {
                sql.split(verb).skip(1).filter_map(|rest| rest.split([' ', ';']).next()).collect()
            };
            tables.retain(|name| !named("DROP TABLE ").contains(name));
            tables.extend(named("CREATE TABLE "));
        }
        for name in &tables {
            assert!(listed.contains(name), "{name} is in neither list of dump.rs");
        }
        assert_eq!(tables.len(), listed.len(), "dump.rs lists a table that no migration creates");
    }

    #[test]
    fn tables_are_sorted() {
        assert!(TABLES.is_sorted_by(|a, b| a.0 < b.0));
    }
}
