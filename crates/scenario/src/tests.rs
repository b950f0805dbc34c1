//! The world as a whole: repeatable, openable, as its truth says, and harmless.

use crate::{Params, ScenarioError, Truth, build};
use amparo_model::{Bits256, Md5, Pdq, Sha256};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

const THRESHOLD: u32 = 31;

fn world(seed: u64, scale: f64) -> (TempDir, Truth) {
    let folder = tempfile::tempdir().unwrap();
    let truth = build(&Params { seed, scale }, folder.path(), &mut |_| ()).unwrap();
    (folder, truth)
}

/// One world for all tests that only look.
fn shared() -> &'static (TempDir, Truth) {
    static WORLD: OnceLock<(TempDir, Truth)> = OnceLock::new();
    WORLD.get_or_init(|| world(1, 0.1))
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(
                    path.strip_prefix(folder).unwrap().into(),
                    std::fs::read(&path).unwrap(),
                );
            }
        }
    }
    found
}

#[test]
fn the_same_parameters_give_the_same_bytes() {
    let (first, truth) = shared();
    let (second, other_truth) = world(1, 0.1);
    let (first, second) = (files(first.path()), files(second.path()));
    assert_eq!(*truth, other_truth);
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    for (path, bytes) in &first {
        assert!(second.get(path) == Some(bytes), "{path:?} differs");
    }
}

#[test]
fn another_seed_is_another_world_with_the_same_story() {
    let (_, truth) = shared();
    let (_other, other) = world(2, 0.05);
    assert_ne!(truth.source.pictures, other.source.pictures);
    assert_eq!(truth.source.account, other.source.account);
    assert_eq!(other.source.pictures.len(), 6);
    assert_eq!(other.suspect.tips.len(), 6);
}

#[test]
fn parameters_and_folders_that_cannot_be_used_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let make = |scale| build(&Params { seed: 1, scale }, folder.path(), &mut |_| ());
    assert!(matches!(make(0.0), Err(ScenarioError::Scale { .. })));
    assert!(matches!(make(f64::NAN), Err(ScenarioError::Scale { .. })));
    std::fs::write(folder.path().join("mine"), "x").unwrap();
    assert!(matches!(make(0.1), Err(ScenarioError::NotEmpty { .. })));
}

/// The store with its WAL, or without it, opened from a copy.
fn store(with_wal: bool) -> (TempDir, Connection) {
    let databases = shared().0.path().join("devices/phone/data/data/com.whatsapp/databases");
    let copy = tempfile::tempdir().unwrap();
    for name in ["msgstore.db", "msgstore.db-wal"] {
        if with_wal || name == "msgstore.db" {
            std::fs::copy(databases.join(name), copy.path().join(name)).unwrap();
        }
    }
    let path = copy.path().join("msgstore.db");
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    (copy, database)
}

fn number(database: &Connection, sql: &str) -> u64 {
    database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap() as u64
}

fn rows(database: &Connection) -> BTreeMap<i64, (i64, Option<String>)> {
    let mut query = database.prepare("SELECT _id, message_type, text_data FROM message").unwrap();
    let rows = query.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn the_wal_adds_removes_and_replaces_as_the_truth_says() {
    let (_keep, merged) = store(true);
    let (_keep_too, main) = store(false);
    let (merged, main) = (rows(&merged), rows(&main));
    let truth = &shared().1;
    let only = |a: &BTreeMap<i64, _>, b: &BTreeMap<i64, _>| {
        a.keys().filter(|row| !b.contains_key(row)).count() as u64
    };
    let replaced = main.iter().filter(|(row, old)| merged.get(row).is_some_and(|new| new != *old));
    assert_eq!(merged.len() as u64, truth.whatsapp_messages);
    assert_eq!(only(&merged, &main), truth.wal_only_messages);
    assert_eq!(only(&main, &merged), truth.main_only_messages);
    assert_eq!(replaced.count() as u64, truth.replaced_messages);
    assert!(truth.wal_only_messages > 10 && truth.main_only_messages >= 3);
    assert!(truth.replaced_messages >= 1);
}

#[test]
fn the_store_is_sound_and_holds_the_rare_things() {
    let (_keep, database) = store(true);
    let check = |sql: &str, least: u64| {
        let found = number(&database, sql);
        assert!(found >= least, "{found} < {least}: {sql}");
    };
    let sound: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let orphans = "SELECT count(*) FROM receipt_user
        WHERE message_row_id NOT IN (SELECT _id FROM message)";
    check(orphans, 1);
    check("SELECT count(*) FROM message WHERE message_type = 15", 1);
    check("SELECT count(*) FROM message WHERE message_type = 142", 1);
    check("SELECT count(*) FROM message_forwarded", 20);
    check("SELECT count(*) FROM call_log", 20);
    check("SELECT count(*) FROM group_participant_user", 10);
}

#[test]
fn the_source_sent_the_six_pictures_lately_and_partly_in_the_wal() {
    let truth = &shared().1;
    let sent = |with_wal| -> Vec<Sha256> {
        let (_keep, database) = store(with_wal);
        let sql = "SELECT file_hash FROM message JOIN message_media ON message_row_id = message._id
            JOIN chat ON chat._id = message.chat_row_id JOIN jid ON jid._id = chat.jid_row_id
            WHERE from_me = 0 AND raw_string = ?1 AND timestamp > ?2 ORDER BY timestamp";
        let mut query = database.prepare(sql).unwrap();
        let since = truth.now.0 - 10 * 86_400_000;
        let rows = query
            .query_map(rusqlite::params![truth.source.account.id, since], |row| row.get(0))
            .unwrap();
        rows.map(|hash: Result<String, _>| Sha256::from_base64(&hash.unwrap()).unwrap()).collect()
    };
    assert_eq!(sent(true), truth.source.pictures);
    assert_eq!(sent(false), truth.source.pictures[..4]);
}

struct List {
    sha256: BTreeSet<String>,
    md5: BTreeSet<String>,
    pdq: Vec<Pdq>,
    records: u64,
}

fn list() -> List {
    let path = shared().0.path().join("hashset/known.vics.json");
    let root: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let records = root["value"].as_array().unwrap();
    let alternative = |name: &str| -> Vec<String> {
        let all = records.iter().flat_map(|r| r["AlternativeHashes"].as_array().unwrap());
        let named = all.filter(|hash| hash["HashName"] == name);
        named.map(|hash| hash["HashValue"].as_str().unwrap().to_lowercase()).collect()
    };
    let pdq = |text: String| Pdq { bits: text.parse::<Bits256>().unwrap(), quality: 100 };
    List {
        sha256: alternative("SHA256").into_iter().collect(),
        md5: records.iter().map(|r| r["MD5"].as_str().unwrap().to_lowercase()).collect(),
        pdq: alternative("PDQ").into_iter().map(pdq).collect(),
        records: records.len() as u64,
    }
}

fn pictures() -> Vec<(PathBuf, Vec<u8>)> {
    let all = files(&shared().0.path().join("devices"));
    let odd = |path: &Path| path.components().any(|part| part.as_os_str() == "Download");
    let is_picture = |path: &Path| path.extension() == Some(OsStr::new("jpg")) && !odd(path);
    all.into_iter().filter(|(path, _)| is_picture(path)).collect()
}

#[test]
fn the_list_knows_part_exactly_part_nearly_and_the_rest_not_at_all() {
    use sha2::Digest;
    let (truth, list) = (&shared().1, list());
    let (mut exact, mut near, mut unseen) = (0, 0, 0);
    for (path, bytes) in pictures() {
        let sha256 = Sha256(sha2::Sha256::digest(&bytes).into()).to_string();
        if list.sha256.contains(&sha256) {
            exact += 1;
            continue;
        }
        let pixels = image::load_from_memory(&bytes).unwrap();
        let pdq = amparo_media::pdq::hash(&pixels).unwrap();
        assert_eq!(pdq.quality, 100, "{path:?}");
        let distance = list.pdq.iter().map(|known| known.distance(&pdq)).min().unwrap();
        if distance <= THRESHOLD {
            near += 1;
        } else {
            assert!(distance > 2 * THRESHOLD, "{path:?} is {distance} from the list");
            unseen += 1;
        }
    }
    let media = truth.media;
    assert_eq!((exact, near, unseen), (media.known_exact, media.known_reencoded, media.unseen));
    assert!(exact > 20 && near > 10 && unseen > 50);
    assert_eq!(list.records, truth.hash_set_records + truth.hash_set_unusable_records);
    assert!(list.md5.contains(&Md5::EMPTY_FILE.to_string()));
}

#[test]
fn the_series_is_one_view_that_changes_a_little() {
    use sha2::Digest;
    let truth = &shared().1;
    let hashes: Vec<Pdq> = pictures()
        .iter()
        .filter(|(_, b)| truth.source.pictures.contains(&Sha256(sha2::Sha256::digest(b).into())))
        .map(|(_, b)| amparo_media::pdq::hash(&image::load_from_memory(b).unwrap()).unwrap())
        .collect();
    assert_eq!(hashes.len(), 6);
    for (n, one) in hashes.iter().enumerate() {
        for other in &hashes[n + 1..] {
            let distance = one.distance(other);
            assert!((10..=90).contains(&distance), "{distance}");
        }
    }
}

#[test]
fn pictures_keep_the_limits_and_camera_pictures_say_when() {
    for (path, bytes) in pictures() {
        let size = image::ImageReader::new(std::io::Cursor::new(&bytes))
            .with_guessed_format()
            .unwrap()
            .into_dimensions()
            .unwrap();
        assert!(size.0.max(size.1) <= 1280 && size.0.max(size.1) >= 380, "{path:?}: {size:?}");
        let has_exif = bytes.get(6..10) == Some(b"Exif");
        assert_eq!(has_exif, path.to_string_lossy().contains("DCIM/Camera"), "{path:?}");
        assert!(bytes.len() < 1_000_000, "{path:?}");
    }
}

#[test]
fn every_file_that_a_store_names_is_there_but_for_those_that_are_gone() {
    let (root, truth) = shared();
    let (_keep, database) = store(false);
    let mut query = database.prepare("SELECT file_path FROM message_media").unwrap();
    let paths: Vec<String> =
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let whatsapp = root.path().join("devices/phone/sdcard/Android/media/com.whatsapp/WhatsApp");
    let gone = paths.iter().filter(|path| !whatsapp.join(path).is_file()).count() as u64;
    assert!(gone >= 1 && gone <= truth.media.gone, "{gone}");
    let export = root.path().join("devices/computer/Telegram Desktop/DataExport");
    let messages = telegram_messages();
    for path in messages.iter().filter_map(|m| m["photo"].as_str().or(m["file"].as_str())) {
        assert!(export.join(path).is_file(), "{path}");
    }
    assert_eq!(messages.len() as u64, truth.telegram_messages);
    assert_eq!(truth.messages, truth.whatsapp_messages + truth.telegram_messages);
}

fn telegram_messages() -> Vec<Value> {
    let path = "devices/computer/Telegram Desktop/DataExport/result.json";
    let bytes = std::fs::read(shared().0.path().join(path)).unwrap();
    let root: Value = serde_json::from_slice(&bytes).unwrap();
    let chats = root["chats"]["list"].as_array().unwrap();
    chats.iter().flat_map(|chat| chat["messages"].as_array().unwrap().clone()).collect()
}

#[test]
fn the_boaster_never_sends_a_file() {
    let truth = &shared().1;
    let boaster = truth.decoys.iter().find(|d| d.kind == crate::DecoyKind::Boaster).unwrap();
    let messages = telegram_messages();
    let mut his =
        messages.iter().filter(|m| m["from_id"] == boaster.account.id.as_str()).peekable();
    assert!(his.peek().is_some());
    assert!(his.all(|message| message.get("photo").is_none() && message.get("file").is_none()));
}

#[test]
fn the_tips_of_the_suspect_name_files_of_the_list() {
    let (root, truth) = shared();
    let list = list();
    for number in &truth.suspect.tips {
        let path = root.path().join(format!("tips/CyberTip-{number}.json"));
        let tip: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let files = &tip["reportedInformation"]["uploadedFiles"]["uploadedFiles"];
        for file in files.as_array().unwrap() {
            assert!(list.md5.contains(file["verificationHash"].as_str().unwrap()), "{number}");
        }
    }
    let tips = files(&root.path().join("tips"));
    let of = |ending: &str| {
        tips.keys().filter(|path| path.extension() == Some(OsStr::new(ending))).count() as u64
    };
    assert_eq!(of("json"), truth.tips);
    assert_eq!(of("pdf"), truth.tips / 20);
}

/// All texts of the world, the store's text included.
fn texts() -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = files(shared().0.path())
        .into_iter()
        .filter_map(|(path, bytes)| {
            Some((path.display().to_string(), String::from_utf8(bytes).ok()?))
        })
        .collect();
    let (_keep, database) = store(true);
    let mut query = database
        .prepare(
            "SELECT raw_string FROM jid UNION ALL
        SELECT text_data FROM message WHERE text_data IS NOT NULL",
        )
        .unwrap();
    let rows = query.query_map([], |row| row.get(0)).unwrap();
    texts.extend(rows.map(|text| ("msgstore.db".to_owned(), text.unwrap())));
    texts
}

#[test]
fn domains_and_addresses_are_those_kept_for_documentation() {
    let allowed = [
        "example.org",
        "example.com",
        "example.net",
        "correo.example",
        // Parts of formats, not places: WhatsApp's account ids, the VICS context.
        "s.whatsapp.net",
        "g.us",
        "github.com",
    ];
    let words = |c: char| !(c.is_alphanumeric() || ".-:_".contains(c));
    for (path, text) in texts() {
        for word in text.split('@').skip(1).chain(text.split("://").skip(1)) {
            let host = word.split(words).next().unwrap_or_default().trim_end_matches('.');
            if host.contains('.') && host.contains(|c: char| c.is_ascii_alphabetic()) {
                let known =
                    allowed.contains(&host) || host.ends_with(".jpg") || host == "odata.context";
                assert!(known, "{host} in {path}");
            }
        }
        for word in text.split(words) {
            check_address(word.trim_end_matches(['.', ':']), &path);
        }
    }
}

fn check_address(word: &str, path: &str) {
    match word.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(v4)) => assert!(v4.is_documentation(), "{word} in {path}"),
        Ok(std::net::IpAddr::V6(v6)) if v6.segments().iter().filter(|s| **s != 0).count() > 2 => {
            assert_eq!(v6.segments()[..2], [0x2001, 0xdb8], "{word} in {path}");
        }
        _ => {}
    }
}

#[test]
fn phone_numbers_come_from_fictional_ranges() {
    let ranges =
        ["34600000", "5491155500", "525550000", "5511900000", "447700900", "3363998", "4917139200"];
    let fictional = |digits: &str| {
        let us = digits.starts_with('1') && digits.get(4..9) == Some("55501");
        us || ranges.iter().any(|range| digits.starts_with(range))
    };
    for (path, text) in texts() {
        let with_plus =
            text.split('+').skip(1).map(|rest| rest.split(|c: char| !c.is_ascii_digit()));
        let plus =
            with_plus.filter_map(|mut parts| parts.next()).filter(|digits| digits.len() >= 8);
        let ids = text.strip_suffix("@s.whatsapp.net").into_iter();
        for digits in plus.chain(ids) {
            assert!(fictional(digits), "{digits} in {path}");
        }
    }
}
