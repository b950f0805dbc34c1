//! WhatsApp's rows: which table, which column, which number stands for what.
//!
//! Source of tables and numbers: the schema of October 2023 as public readers of it document it.

use crate::calendar::{self, NOW};
use crate::chats::{Chat, Kind};
use crate::events::{Body, Event};
use crate::people::{self, OWNER, OWNER_PHONE, Person};
use crate::pictures::Made;
use crate::rng::Stream;
use data_encoding::{BASE64, HEXUPPER};
use rusqlite::{Connection, Result, params};

const OWNER_JID: i64 = 1;
const FIRST_CONTACT_JID: i64 = 2;
const FIRST_GROUP_JID: i64 = 1001;

const TYPE_TEXT: i64 = 0;
const TYPE_IMAGE: i64 = 1;
const TYPE_SYSTEM: i64 = 7;
const TYPE_REVOKED: i64 = 15;
/// No reader knows this one.
const TYPE_UNKNOWN: i64 = 142;
/// `action_type` of the system message "group made".
const GROUP_MADE: i64 = 12;
/// Lowest bit of `origination_flags`.
const FORWARDED: i64 = 1;

/// The database's tables, empty.
pub(crate) fn tables(database: &Connection) -> Result<()> {
    database.execute_batch(include_str!("whatsapp.sql"))
}

/// Row id of a contact's account.
pub(crate) fn contact_jid(number: usize) -> i64 {
    FIRST_CONTACT_JID + number as i64
}

/// The id of the group in chat `number`.
pub(crate) fn group_jid(number: usize) -> String {
    format!("1203630000000{number:05}@g.us")
}

/// Row id of a chat.
pub(crate) fn chat_row(number: usize) -> i64 {
    number as i64 + 1
}

/// Owner, contacts and groups as accounts; chats and their members.
pub(crate) fn people_and_chats(
    database: &Connection,
    people: &[Person],
    chats: &[Chat],
) -> Result<()> {
    jid(database, OWNER_JID, &people::jid(OWNER_PHONE), 0)?;
    for (number, person) in people.iter().enumerate().filter(|(_, person)| person.on_whatsapp) {
        jid(database, contact_jid(number), &person.jid(), 0)?;
    }
    let sql = "INSERT INTO props (key, value) VALUES ('user_push_name', ?1)";
    database.execute(sql, [OWNER.0])?;
    for (number, chat) in chats.iter().enumerate() {
        conversation(database, number, chat)?;
    }
    Ok(())
}

fn jid(database: &Connection, row: i64, raw: &str, kind: i64) -> Result<()> {
    let (user, server) = raw.split_once('@').unwrap_or((raw, ""));
    let sql = "INSERT INTO jid (_id, user, server, agent, device, type, raw_string)
        VALUES (?1, ?2, ?3, 0, 0, ?4, ?5)";
    database.execute(sql, params![row, user, server, kind, raw])?;
    Ok(())
}

fn conversation(database: &Connection, number: usize, chat: &Chat) -> Result<()> {
    let jid_row = match (chat.kind, chat.members.first()) {
        (Kind::Direct, Some(contact)) => contact_jid(*contact),
        _ => FIRST_GROUP_JID + number as i64,
    };
    let created = calendar::start_ms() + number as i64 * 1000;
    let sql = "INSERT INTO chat (_id, jid_row_id, hidden, subject, created_timestamp, archived,
        sort_timestamp, unseen_message_count) VALUES (?1, ?2, 0, ?3, ?4, 0, ?4, 0)";
    database.execute(sql, params![chat_row(number), jid_row, chat.title, created])?;
    if chat.kind != Kind::Group {
        return Ok(());
    }
    jid(database, jid_row, &group_jid(number), 1)?;
    let sql = "INSERT INTO group_participant_user
        (group_jid_row_id, user_jid_row_id, rank, pending, add_timestamp)
        VALUES (?1, ?2, ?3, 0, ?4)";
    let members = chat.members.iter().map(|contact| contact_jid(*contact));
    for (rank, member) in std::iter::once(OWNER_JID).chain(members).enumerate() {
        database.execute(sql, params![jid_row, member, i64::from(rank == 1), created])?;
    }
    Ok(())
}

/// A message with what hangs on it: media, forward mark, receipts.
pub(crate) fn message(
    database: &Connection,
    row: i64,
    event: &Event,
    chat: &Chat,
    made: &[Made],
    stream: &mut Stream,
) -> Result<()> {
    let key: String = HEXUPPER.encode(&stream.bytes::<16>());
    bare_message(database, row, event, chat, &key)?;
    match &event.body {
        Body::Picture { picture, path } => {
            if let Some(made) = made.get(*picture) {
                media(database, row, event.chat, path, made, stream)?;
            }
        }
        Body::Revoked => revoked(database, row, &key, event.at + 60_000)?,
        Body::GroupMade => {
            let sql = "INSERT INTO message_system VALUES (?1, ?2)";
            database.prepare_cached(sql)?.execute([row, GROUP_MADE])?;
        }
        Body::Text(_) | Body::Unknown => {}
    }
    if event.forwarded {
        let score = stream.between(1, 9);
        let sql = "INSERT INTO message_forwarded VALUES (?1, ?2)";
        database.prepare_cached(sql)?.execute([row, score])?;
    }
    if event.from.is_none() && !matches!(event.body, Body::GroupMade) {
        receipts(database, row, event.at, chat, stream)?;
    }
    Ok(())
}

fn bare_message(
    database: &Connection,
    row: i64,
    event: &Event,
    chat: &Chat,
    key: &str,
) -> Result<()> {
    let (kind, text) = match &event.body {
        Body::Text(text) => (TYPE_TEXT, Some(text.as_str())),
        Body::Picture { .. } => (TYPE_IMAGE, None),
        Body::Revoked => (TYPE_REVOKED, None),
        Body::GroupMade => (TYPE_SYSTEM, None),
        Body::Unknown => (TYPE_UNKNOWN, None),
    };
    let in_group = chat.kind == Kind::Group;
    let sender = event.from.filter(|_| in_group).map_or(0, contact_jid);
    let from_me = event.from.is_none();
    let recipients = if in_group && from_me { chat.members.len() } else { 0 };
    let sql = "INSERT INTO message (_id, chat_row_id, from_me, key_id, sender_jid_row_id, status,
        broadcast, recipient_count, origination_flags, timestamp, received_timestamp,
        receipt_server_timestamp, message_type, text_data, starred, sort_id, message_add_on_flags)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0, ?1, 0)";
    database.prepare_cached(sql)?.execute(params![
        row,
        chat_row(event.chat),
        from_me,
        key,
        sender,
        if from_me { 13 } else { 0 },
        recipients as i64,
        if event.forwarded { FORWARDED } else { 0 },
        event.at,
        if from_me { 0 } else { event.at + 700 },
        if from_me { event.at + 350 } else { -1 },
        kind,
        text,
    ])?;
    Ok(())
}

fn media(
    database: &Connection,
    row: i64,
    chat: usize,
    path: &str,
    made: &Made,
    stream: &mut Stream,
) -> Result<()> {
    let sql = "INSERT INTO message_media (message_row_id, chat_row_id, transferred, file_path,
        file_size, media_key, width, height, mime_type, file_length, file_hash, media_duration,
        enc_file_hash) VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, 'image/jpeg', ?4, ?8, 0, ?9)";
    database.prepare_cached(sql)?.execute(params![
        row,
        chat_row(chat),
        path,
        made.bytes as i64,
        stream.bytes::<32>(),
        made.size.0,
        made.size.1,
        BASE64.encode(&made.sha256.0),
        BASE64.encode(&stream.bytes::<32>()),
    ])?;
    Ok(())
}

/// What the recipients' apps reported: delivered always, read in most cases.
pub(crate) fn receipts(
    database: &Connection,
    row: i64,
    at: i64,
    chat: &Chat,
    stream: &mut Stream,
) -> Result<()> {
    let sql = "INSERT INTO receipt_user (message_row_id, receipt_user_jid_row_id,
        receipt_timestamp, read_timestamp, played_timestamp) VALUES (?1, ?2, ?3, ?4, 0)";
    for contact in &chat.members {
        let delivered = (at + stream.between(600, 90_000)).min(NOW.0);
        let seen = (delivered + stream.between(1_000, 7_200_000)).min(NOW.0);
        let read = if stream.chance(80) { seen } else { 0 };
        let values = [row, contact_jid(*contact), delivered, read];
        database.prepare_cached(sql)?.execute(values)?;
    }
    Ok(())
}

/// The mark of a message that its sender took back.
fn revoked(database: &Connection, row: i64, key: &str, at: i64) -> Result<()> {
    let sql = "INSERT INTO message_revoked (message_row_id, revoked_key_id, revoke_timestamp)
        VALUES (?1, ?2, ?3)";
    database.prepare_cached(sql)?.execute(params![row, key, at])?;
    Ok(())
}

/// Deletes a message as the app does: the row and its media, not its receipts.
pub(crate) fn delete(database: &Connection, row: i64) -> Result<()> {
    database.execute("DELETE FROM message WHERE _id = ?1", [row])?;
    database.execute("DELETE FROM message_media WHERE message_row_id = ?1", [row])?;
    Ok(())
}

/// Turns a message into a revoked one as the app does.
pub(crate) fn revoke(database: &Connection, row: i64, at: i64) -> Result<()> {
    let sql = "UPDATE message SET message_type = ?2, text_data = NULL WHERE _id = ?1";
    database.execute(sql, [row, TYPE_REVOKED])?;
    let sql = "SELECT key_id FROM message WHERE _id = ?1";
    let key: String = database.query_row(sql, [row], |found| found.get(0))?;
    revoked(database, row, &key, at)
}

/// Calls with contacts, some answered.
pub(crate) fn calls(database: &Connection, chats: &[Chat], stream: &mut Stream) -> Result<()> {
    let sql = "INSERT INTO call_log (jid_row_id, from_me, call_id, transaction_id, timestamp,
        video_call, duration, call_result, bytes_transferred)
        VALUES (?1, ?2, ?3, -1, ?4, ?5, ?6, ?7, 0)";
    let direct: Vec<usize> = chats
        .iter()
        .filter(|chat| chat.weight > 0)
        .filter_map(|c| c.members.first().copied())
        .collect();
    for n in 0..24 {
        let at = calendar::start_ms() + n * 17 * 86_400_000 + stream.between(0, 80_000_000);
        let answered = stream.chance(70);
        let duration = if answered { stream.between(5, 1800) } else { 0 };
        database.execute(
            sql,
            params![
                contact_jid(stream.pick(&direct)),
                stream.chance(50),
                HEXUPPER.encode(&stream.bytes::<16>()),
                at,
                stream.chance(20),
                duration,
                if answered { 5 } else { 2 },
            ],
        )?;
    }
    Ok(())
}

/// Each chat's newest message, as the chat list shows it.
pub(crate) fn newest(database: &Connection, last: &[Option<(i64, i64)>]) -> Result<()> {
    let sql = "UPDATE chat SET last_message_row_id = ?2, sort_timestamp = ?3 WHERE _id = ?1";
    for (number, found) in last.iter().enumerate() {
        if let Some((row, at)) = found {
            database.execute(sql, [chat_row(number), *row, *at])?;
        }
    }
    Ok(())
}
