//! Backups of iTunes and Finder, written here, listed and read by the crate, and by `openssl` and
//! `sqlite3` with the keys that only the writer knows.

mod make;

use crate::support::{OnDisk, all_of, bytes_of, cut_and_bend, list, run, tree};
use amparo_containers::{Bytes, Fault, Kind, Limits, Memory, Secrets, Siblings, Tree};
use amparo_model::{Problem, ProblemKind, UtcMillis};
use data_encoding::HEXLOWER;
use make::{Entry, Form, MANIFEST_KEY, data_file, id, key_of, write};
use rusqlite::Connection;
use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use tempfile::TempDir;

const CHATS: (&str, &str) = ("AppDomainGroup-group.example.chat.shared", "ChatStorage.sqlite");
const PASSWORD: &str = "correct horse";

fn entries() -> Vec<Entry> {
    let entry = |domain, path, flags, content: Vec<u8>| Entry {
        domain,
        path,
        flags,
        content,
        modified: 1_700_000_000,
    };
    let pattern = |length: u32| (0..length).map(|n| (n % 253) as u8).collect::<Vec<u8>>();
    vec![
        entry("CameraRollDomain", "", 2, vec![]),
        entry("CameraRollDomain", "Media", 2, vec![]),
        entry("CameraRollDomain", "Media/DCIM/100APPLE/IMG_0001.JPG", 1, pattern(3_000_007)),
        entry("CameraRollDomain", "Media/last", 4, vec![]),
        entry(CHATS.0, CHATS.1, 1, pattern(4_096)),
        entry("HomeDomain", "Library/ñandú.txt", 1, b"abc".to_vec()),
        entry("HomeDomain", "empty", 1, vec![]),
    ]
}

fn backup(form: Form<'_>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &entries(), form);
    folder
}

fn path_in_container(entry: &Entry) -> String {
    format!("{}/{}", entry.domain, entry.path)
}

/// Everything that went in comes out of the file that leads into the backup.
fn comes_back(way_in: &str, folder: &TempDir, secrets: &[&str]) {
    let tree = tree(&folder.path().join(way_in), secrets);
    let listing = list(&tree);
    assert_eq!(listing.problems, []);
    let mut expected: Vec<String> = (entries().iter().filter(|entry| entry.flags == 1))
        .map(|entry| format!("{} {}", path_in_container(entry), entry.content.len()))
        .collect();
    expected.sort();
    assert_eq!(listing.files(), expected);
    let kinds = |kind| listing.nodes.iter().filter(move |node| node.found.kind == kind).count();
    assert_eq!((kinds(Kind::Folder), kinds(Kind::Other)), (2, 1));
    assert_eq!(listing.nodes[0].found.path, b"CameraRollDomain");
    for node in &listing.nodes {
        assert_eq!(node.found.modified_at, Some(UtcMillis(1_700_000_000_000)));
    }
    for entry in entries().iter().filter(|entry| entry.flags == 1) {
        let bytes = bytes_of(&tree, &path_in_container(entry)).unwrap();
        assert!(bytes == entry.content, "{}", entry.path);
    }
}

#[test]
fn a_backup_without_password_comes_back() {
    let folder = backup(Form::Plain);
    comes_back("Manifest.db", &folder, &[]);
    // The other way in exists for encrypted manifests alone.
    let problems = list(&tree(&folder.path().join("Manifest.plist"), &[])).problems;
    assert_eq!(words(&problems), "not read by this version: no container known here");
}

#[test]
fn an_encrypted_backup_comes_back_with_any_of_the_passwords_given() {
    let folder = backup(Form::Encrypted(PASSWORD));
    comes_back("Manifest.plist", &folder, &[PASSWORD]);
    comes_back("Manifest.plist", &folder, &["", "wrong", PASSWORD]);
    let early = backup(Form::ManifestPlain(PASSWORD));
    comes_back("Manifest.db", &early, &[PASSWORD]);
}

#[test]
fn stock_tools_decrypt_and_list_the_same() {
    let form = Form::Encrypted(PASSWORD);
    let folder = backup(form);
    let plain = folder.path().join("plain");
    let decrypt = |file: &Path, key: [u8; 32]| {
        let (file, plain) = (file.to_str().unwrap(), plain.to_str().unwrap());
        let (key, vector) = (HEXLOWER.encode(&key), "0".repeat(32));
        let cipher = ["enc", "-d", "-aes-256-cbc", "-K", &key, "-iv", &vector];
        run("openssl", &[&cipher[..], &["-in", file, "-out", plain]].concat());
    };
    let tree = tree(&folder.path().join("Manifest.plist"), &[PASSWORD]);
    for entry in entries().iter().filter(|entry| entry.flags == 1) {
        let file = data_file(folder.path(), entry.domain, entry.path, form);
        decrypt(&file, key_of(&id(entry.domain, entry.path)));
        let ours = bytes_of(&tree, &path_in_container(entry)).unwrap();
        assert!(fs::read(&plain).unwrap() == ours, "{}", entry.path);
    }
    decrypt(&folder.path().join("Manifest.db"), MANIFEST_KEY);
    let sql = "SELECT rtrim(domain || '/' || relativePath, '/') FROM Files ORDER BY rowid";
    let theirs = run("sqlite3", &[plain.to_str().unwrap(), sql]);
    let ours = list(&tree).nodes.into_iter().map(|node| node.found.path);
    let ours: Vec<String> = ours.map(|path| String::from_utf8(path).unwrap()).collect();
    assert_eq!(theirs.lines().collect::<Vec<_>>(), ours);
}

#[test]
fn a_backup_of_an_old_phone_comes_back() {
    comes_back("Manifest.mbdb", &backup(Form::Old(None)), &[]);
    let folder = backup(Form::Old(Some(PASSWORD)));
    comes_back("Manifest.mbdb", &folder, &[PASSWORD]);

    let tree = tree(&folder.path().join("Manifest.mbdb"), &["wrong"]);
    let read = bytes_of(&tree, "HomeDomain/Library/ñandú.txt");
    assert!(matches!(read, Err(Fault::Locked { .. })), "{read:?}");
    // Records before a cut are there.
    let records = fs::read(folder.path().join("Manifest.mbdb")).unwrap();
    let (tree, _) =
        beside(folder.path(), "Manifest.mbdb", records[..records.len() - 1].to_vec(), &[PASSWORD]);
    let listing = list(&tree);
    assert_eq!(listing.nodes.len(), entries().len() - 1);
    assert!(words(&listing.problems).starts_with("the bytes end at "));
    cut_and_bend("Manifest.mbdb", &records, 50, 100, &[0, records.len() as u64 / 2]);
    survive_beside(folder.path(), "Manifest.mbdb", &records, 13);
}

#[test]
fn a_password_that_is_missing_or_wrong_is_asked_for_and_never_told() {
    let folder = backup(Form::Encrypted(PASSWORD));
    let check = |secrets: &[&str], expected: &str| {
        let listing = list(&tree(&folder.path().join("Manifest.plist"), secrets));
        assert!(listing.nodes.is_empty());
        assert_eq!(words(&listing.problems), format!("encrypted: {expected}"));
    };
    check(&[], "give the backup's password");
    check(&["hunter2"], "the password given does not open it; give the backup's password");
    check(&["a", "b"], "none of the 2 passwords opens it; give the backup's password");
}

#[test]
fn names_that_are_not_encrypted_are_listed_without_password() {
    let folder = backup(Form::ManifestPlain(PASSWORD));
    let tree = tree(&folder.path().join("Manifest.db"), &[]);
    let listing = list(&tree);
    assert_eq!(listing.nodes.len(), entries().len());
    assert_eq!(words(&listing.problems), "encrypted: give the backup's password");
    let read = bytes_of(&tree, "HomeDomain/Library/ñandú.txt");
    assert!(matches!(read, Err(Fault::Locked { .. })), "{read:?}");
}

#[test]
fn without_its_keys_no_encrypted_byte_passes_for_plain() {
    let folder = backup(Form::ManifestPlain(PASSWORD));
    fs::write(folder.path().join("Manifest.plist"), b"bplist00").unwrap();
    let tree = tree(&folder.path().join("Manifest.db"), &[PASSWORD]);
    let read = bytes_of(&tree, "HomeDomain/Library/ñandú.txt");
    assert!(matches!(read, Err(Fault::Damaged { .. })), "{read:?}");
}

/// Files beside, of which those are noted that are opened.
struct Noted(PathBuf, Rc<RefCell<Vec<String>>>);

impl Siblings for Noted {
    fn open(&self, path: &[u8]) -> Option<Rc<dyn Bytes>> {
        let name = std::str::from_utf8(path).unwrap();
        self.1.borrow_mut().push(name.to_owned());
        let path = self.0.join(name);
        path.is_file().then(|| OnDisk::open(&path) as Rc<dyn Bytes>)
    }
}

fn beside(folder: &Path, name: &str, root: Vec<u8>, secrets: &[&str]) -> (Tree, Noted) {
    let noted = Rc::new(RefCell::default());
    let siblings = || Noted(folder.to_owned(), Rc::clone(&noted));
    let secrets = Secrets(secrets.iter().map(|&secret| secret.to_owned()).collect());
    let (name, root) = (name.as_bytes().to_vec(), Rc::new(Memory(root)));
    (Tree::new(name, root, Rc::new(siblings()), secrets, Limits::default()), siblings())
}

#[test]
fn a_listing_opens_no_data_file() {
    let folder = backup(Form::Plain);
    let root = fs::read(folder.path().join("Manifest.db")).unwrap();
    let (tree, noted) = beside(folder.path(), "Manifest.db", root, &[]);
    assert_eq!(list(&tree).nodes.len(), entries().len());
    let mut opened = noted.1.borrow().clone();
    opened.sort();
    assert_eq!(opened, ["Manifest.db-wal", "Manifest.plist", "Manifest.plist", "Status.plist"]);
}

#[test]
fn a_manifest_is_a_backup_only_with_its_name_and_its_properties() {
    let folder = backup(Form::Plain);
    let root = fs::read(folder.path().join("Manifest.db")).unwrap();
    let check = |folder: &Path, name: &str| {
        let (tree, _) = beside(folder, name, root.clone(), &[]);
        let expected = "not read by this version: a Manifest.db without the Manifest.plist of a \
                        backup beside it";
        assert_eq!(words(&list(&tree).problems), expected);
    };
    check(folder.path(), "other.db");
    check(tempfile::tempdir().unwrap().path(), "Manifest.db");
}

#[test]
fn a_data_file_that_is_missing_or_cut_is_told_when_it_is_read() {
    let picture = "CameraRollDomain/Media/DCIM/100APPLE/IMG_0001.JPG";
    let (domain, path) = picture.split_once('/').unwrap();
    let folder = backup(Form::Encrypted(PASSWORD));
    let file = data_file(folder.path(), domain, path, Form::Encrypted(PASSWORD));
    let whole = fs::read(&file).unwrap();
    let tree = tree(&folder.path().join("Manifest.plist"), &[PASSWORD]);

    fs::write(&file, &whole[..1_000_000]).unwrap();
    let listing = list(&tree);
    let node = listing.nodes.iter().find(|node| node.found.path == picture.as_bytes()).unwrap();
    let bytes = tree.open(&node.found.path, &node.place).unwrap();
    assert_eq!(all_of(&*bytes), Err(Fault::Truncated { at: 1_000_000 }));
    let mut before = vec![0; 500_000];
    assert_eq!(bytes.read_at(0, &mut before), Ok(500_000));
    assert!(before == entries()[2].content[..500_000]);

    fs::remove_file(&file).unwrap();
    assert_eq!(list(&tree).problems, []);
    let why = format!(
        "its data file {}/{} is not in the backup",
        &id(domain, path)[..2],
        id(domain, path)
    );
    assert_eq!(bytes_of(&tree, picture), Err(Fault::Source { why }));
}

#[test]
fn bytes_that_the_record_does_not_count_are_told() {
    let folder = backup(Form::Encrypted(PASSWORD));
    let form = Form::Encrypted(PASSWORD);
    let empty = data_file(folder.path(), "HomeDomain", "empty", form);
    let tree = tree(&folder.path().join("Manifest.plist"), &[PASSWORD]);
    let complaints = || {
        let listing = list(&tree);
        let node = listing.nodes.iter().find(|node| node.found.path == b"HomeDomain/empty");
        let node = node.unwrap();
        let bytes = tree.open(&node.found.path, &node.place).unwrap();
        assert_eq!(all_of(&*bytes), Ok(vec![]));
        bytes.complaints().len()
    };
    assert_eq!(complaints(), 0);
    fs::write(&empty, [0; 160]).unwrap();
    assert_eq!(complaints(), 1);
    fs::remove_file(&empty).unwrap();
    assert_eq!(complaints(), 0);
}

/// A backup without password whose manifest was changed by these statements.
fn changed(statements: &str) -> TempDir {
    let folder = backup(Form::Plain);
    let database = Connection::open(folder.path().join("Manifest.db")).unwrap();
    database.execute_batch(statements).unwrap();
    drop(database);
    folder
}

#[test]
fn damaged_rows_are_told_and_their_neighbours_go_on() {
    let folder = changed(
        "UPDATE Files SET file = x'62706C697374' WHERE relativePath = 'ChatStorage.sqlite'; \
         UPDATE Files SET domain = NULL WHERE relativePath = 'Media'; \
         UPDATE Files SET file = zeroblob(2000000) WHERE relativePath = 'empty'; \
         UPDATE Files SET fileID = '../../../../../../etc/passwd' WHERE relativePath LIKE '%.txt';",
    );
    let tree = tree(&folder.path().join("Manifest.db"), &[]);
    let listing = list(&tree);
    assert_eq!(listing.nodes.len(), entries().len() - 1);
    let expected = "damaged at byte 0: row 2 of Manifest.db has no path\n\
                    AppDomainGroup-group.example.chat.shared/ChatStorage.sqlite: \
                    damaged at byte 0: no binary property list\n\
                    HomeDomain/empty: above the limit: a record of 2000000 bytes; at most 1048576";
    assert_eq!(words(&listing.problems), expected);
    // Its size is then that of the data file, and it can be read.
    let chats = format!("{}/{}", CHATS.0, CHATS.1);
    assert!(listing.files().contains(&format!("{chats} 4096")));
    assert_eq!(bytes_of(&tree, &chats).unwrap(), entries()[4].content);
    let outside = bytes_of(&tree, "HomeDomain/Library/ñandú.txt");
    assert!(matches!(outside, Err(Fault::Damaged { .. })), "{outside:?}");
}

#[test]
fn a_manifest_too_large_to_hold_is_refused() {
    let folder = backup(Form::Plain);
    let root = Rc::new(Memory(fs::read(folder.path().join("Manifest.db")).unwrap()));
    let siblings = Rc::new(Noted(folder.path().to_owned(), Rc::default()));
    let limits = Limits { held_bytes: 20_000, ..Limits::default() };
    let length = root.len();
    let tree = Tree::new(b"Manifest.db".to_vec(), root, siblings, Secrets::default(), limits);
    let expected = format!("above the limit: a manifest of {length} bytes; at most 20000");
    assert_eq!(words(&list(&tree).problems), expected);
}

#[test]
fn a_schema_that_computes_is_refused() {
    let check = |statements: &str| {
        let folder = changed(&format!("ALTER TABLE Files RENAME TO Old; {statements}"));
        let listing = list(&tree(&folder.path().join("Manifest.db"), &[]));
        assert!(listing.nodes.is_empty());
        let expected = "damaged at byte 0: Manifest.db has no table of files";
        assert_eq!(words(&listing.problems), expected);
    };
    check("CREATE VIEW Files AS SELECT rowid, * FROM Old;");
    check("CREATE TABLE Files (fileID TEXT PRIMARY KEY, relativePath TEXT) WITHOUT ROWID;");
}

#[test]
fn a_cut_manifest_gives_the_rows_that_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let many: Vec<Entry> = (0..400)
        .map(|n| Entry {
            domain: "HomeDomain",
            path: Box::leak(format!("file {n:04}").into_boxed_str()),
            flags: 1,
            content: vec![1],
            modified: 1,
        })
        .collect();
    write(folder.path(), &many, Form::Plain);
    let whole = fs::read(folder.path().join("Manifest.db")).unwrap();
    let (tree, _) = beside(folder.path(), "Manifest.db", whole[..whole.len() / 2].to_vec(), &[]);
    let listing = list(&tree);
    assert!((50..400).contains(&listing.nodes.len()), "{}", listing.nodes.len());
    assert!(words(&listing.problems).starts_with("the bytes end at "));

    // A table whose interior page is its own child ends.
    let page_size = usize::from(u16::from_be_bytes([whole[16], whole[17]]));
    let mut circle = whole.clone();
    let root = |page: &[u8]| page[0] == 5;
    let at = whole.chunks(page_size).position(root).unwrap();
    let first =
        usize::from(u16::from_be_bytes([whole[at * page_size + 12], whole[at * page_size + 13]]));
    let child = at * page_size + first;
    circle[child..child + 4].copy_from_slice(&u32::try_from(at + 1).unwrap().to_be_bytes());
    let (tree, _) = beside(folder.path(), "Manifest.db", circle, &[]);
    assert!(words(&list(&tree).problems).contains("SQLite does not accept Manifest.db"));
}

#[test]
fn an_unfinished_backup_and_a_log_are_told() {
    let folder = backup(Form::Plain);
    let state = make::Value::Text("uploading".into());
    let status = make::binary(&make::Value::Dictionary(vec![("SnapshotState", state)]));
    fs::write(folder.path().join("Status.plist"), status).unwrap();
    fs::write(folder.path().join("Manifest.db-wal"), [1]).unwrap();
    let listing = list(&tree(&folder.path().join("Manifest.db"), &[]));
    assert_eq!(listing.nodes.len(), entries().len());
    let expected = "not read by this version: the changes in Manifest.db-wal\n\
                    damaged at byte 0: Status.plist says \"uploading\", not \"finished\": files \
                    may be missing";
    assert_eq!(words(&listing.problems), expected);
}

#[test]
fn whatever_is_cut_or_bent_ends() {
    let plain = backup(Form::Plain);
    let manifest = fs::read(plain.path().join("Manifest.db")).unwrap();
    cut_and_bend("Manifest.db", &manifest, 20, 50, &[0]);
    let locked = backup(Form::Encrypted(PASSWORD));
    let properties = fs::read(locked.path().join("Manifest.plist")).unwrap();
    cut_and_bend("Manifest.plist", &properties, 50, 100, &[0, properties.len() as u64 - 512]);
    // The same with everything beside them, so that they are read to their end.
    survive_beside(plain.path(), "Manifest.db", &manifest, 2_003);
    survive_beside(locked.path(), "Manifest.plist", &properties, 61);
}

fn survive_beside(folder: &Path, name: &str, bytes: &[u8], step: usize) {
    let rounds: Vec<usize> = [b"ITER", b"DPIC"]
        .iter()
        .filter_map(|field| bytes.windows(4).position(|four| four == *field))
        .collect();
    for at in (0..bytes.len()).step_by(step) {
        // More rounds are allowed, and take their time.
        if rounds.iter().any(|field| (field + 8..field + 12).contains(&at)) {
            continue;
        }
        for value in [0, 0xFF, bytes[at] ^ 1] {
            let mut bent = bytes.to_vec();
            bent[at] = value;
            read_all(&beside(folder, name, bent, &[PASSWORD]).0);
        }
        read_all(&beside(folder, name, bytes[..at].to_vec(), &[PASSWORD]).0);
    }
}

fn read_all(tree: &Tree) {
    for node in list(tree).nodes {
        if let Ok(bytes) = tree.open(&node.found.path, &node.place) {
            let _read = bytes.read_at(bytes.len() / 2, &mut [0; 100]);
        }
    }
}

fn words(problems: &[Problem]) -> String {
    let line = |problem: &Problem| match problem.subject.as_str() {
        "" => problem.detail.clone(),
        subject => format!("{subject}: {}", problem.detail),
    };
    assert!(problems.iter().all(|problem| problem.kind != ProblemKind::Skipped));
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}
