//! WhatsApp's address book (`wa.db`) and the preferences that name the owner.

use crate::calendar::NOW;
use crate::people::{self, OWNER, OWNER_PHONE, Person};
use crate::plan::{PHONE, Plan};
use crate::{ScenarioError, disk};
use rusqlite::{Connection, Result, params};
use std::path::Path;

const TABLES: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;
    CREATE TABLE wa_contacts (_id INTEGER PRIMARY KEY AUTOINCREMENT, jid TEXT NOT NULL,
        is_whatsapp_user BOOLEAN NOT NULL, status TEXT, status_timestamp INTEGER, number TEXT,
        raw_contact_id INTEGER, display_name TEXT, phone_type INTEGER, given_name TEXT,
        family_name TEXT, wa_name TEXT, sort_name TEXT, nickname TEXT);
    CREATE TABLE wa_vnames (_id INTEGER PRIMARY KEY AUTOINCREMENT, jid TEXT NOT NULL,
        serial INTEGER NOT NULL, issuer TEXT NOT NULL, expires INTEGER,
        verified_name TEXT NOT NULL);";

/// Writes the address book and the preferences under `out`.
pub(crate) fn write(plan: &Plan, out: &Path) -> Result<(), ScenarioError> {
    let app = out.join(PHONE).join("data/data/com.whatsapp");
    let path = app.join("databases/wa.db");
    disk::folder(&app.join("databases"))?;
    let failed = |source| ScenarioError::Database { path: path.clone(), source };
    address_book(&path, &plan.people).map_err(failed)?;
    let preferences = app.join("shared_prefs/com.whatsapp_preferences_light.xml");
    disk::write(&preferences, owner_preferences().as_bytes())
}

fn address_book(path: &Path, people: &[Person]) -> Result<()> {
    let database = Connection::open(path)?;
    database.execute_batch(TABLES)?;
    let sql = "INSERT INTO wa_contacts (jid, is_whatsapp_user, status, status_timestamp, number,
        raw_contact_id, display_name, phone_type, given_name, family_name, wa_name, sort_name)
        VALUES (?1, 1, NULL, ?2, ?3, ?4, ?5, 2, ?6, ?7, ?6, ?5)";
    for (number, person) in people.iter().enumerate().filter(|(_, person)| person.on_whatsapp) {
        let changed = NOW.0 - number as i64 * 86_400_000;
        database.execute(
            sql,
            params![
                person.jid(),
                changed,
                person.phone,
                number as i64 + 1,
                person.name(),
                person.given,
                person.family
            ],
        )?;
    }
    database.execute_batch("COMMIT")
}

fn owner_preferences() -> String {
    let national = OWNER_PHONE.trim_start_matches("+34");
    let digits = OWNER_PHONE.trim_start_matches('+');
    let lines = [
        ("com.whatsapp.registration.RegisterPhone.country_code", "34"),
        ("com.whatsapp.registration.RegisterPhone.phone_number", national),
        ("cc", "34"),
        ("ph", national),
        ("push_name", OWNER.0),
        ("registration_jid", digits),
        ("self_jid", &people::jid(OWNER_PHONE)),
    ]
    .map(|(name, value)| format!("    <string name=\"{name}\">{value}</string>\n"));
    let head = "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map>\n";
    format!("{head}{}    <int name=\"backup_count\" value=\"7\" />\n</map>\n", lines.concat())
}
