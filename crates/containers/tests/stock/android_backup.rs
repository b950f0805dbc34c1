//! Android backups, made from a TAR archive of GNU tar as `adb backup` makes them.

use crate::support::{bytes_of, cut_and_bend, list, run, tree};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// A backup with this header over an archive, and how the archive is packed.
fn backup(head: &str, is_compressed: bool) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let app = dir.path().join("apps/org.example.chat");
    fs::create_dir_all(app.join("db")).unwrap();
    fs::write(app.join("_manifest"), b"1\norg.example.chat\n").unwrap();
    fs::write(app.join("db/chat.db"), vec![7; 200_000]).unwrap();
    let path = dir.path().join("backup.ab");
    let pack = if is_compressed { "zlib.compress(t)" } else { "t" };
    let lines = format!(
        "import zlib, sys\nt = sys.stdin.buffer.read()\n\
         open('backup.ab', 'wb').write({head:?}.encode() + {pack})"
    );
    let tar = "tar -c --sort=name --format=pax apps";
    let line = format!("cd '{}' && {tar} | python3 -c \"$1\"", dir.path().display());
    run("sh", &["-c", &line, "sh", &lines]);
    (dir, path)
}

#[test]
fn entries_are_listed_as_in_the_backup() {
    for (head, is_compressed) in
        [("ANDROID BACKUP\n5\n1\nnone\n", true), ("ANDROID BACKUP\n1\n0\nnone\n", false)]
    {
        let (_dir, path) = backup(head, is_compressed);
        let tree = tree(&path, &[]);
        let listing = list(&tree);
        let files =
            ["apps/org.example.chat/_manifest 19", "apps/org.example.chat/db/chat.db 200000"];
        assert_eq!(listing.files(), files);
        assert_eq!(listing.problems, []);
        assert_eq!(listing.formats[0], ["android_backup/1"]);
        assert_eq!(bytes_of(&tree, "apps/org.example.chat/db/chat.db").unwrap(), [7; 200_000]);
    }
}

#[test]
fn an_encrypted_backup_says_what_it_needs() {
    let (_dir, path) = backup("ANDROID BACKUP\n5\n1\nAES-256\n00AA\n", true);
    let listing = list(&tree(&path, &[]));
    assert!(listing.nodes.is_empty());
    assert!(listing.problems[0].detail.starts_with("encrypted: the backup's password (AES-256)"));
}

#[test]
fn a_cut_backup_names_what_is_cut() {
    let (_dir, path) = backup("ANDROID BACKUP\n1\n0\nnone\n", false);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..100_000]).unwrap();
    let listing = list(&tree(&path, &[]));
    assert_eq!(listing.files().len(), 2);
    assert_eq!(listing.problems[0].subject, "apps/org.example.chat/db/chat.db");
}

#[test]
fn damage_of_the_compressed_stream_is_told() {
    let (_dir, path) = backup("ANDROID BACKUP\n5\n1\nnone\n", true);
    let whole = fs::read(&path).unwrap();
    let mut bent = whole.clone();
    *bent.last_mut().unwrap() ^= 1;
    fs::write(&path, &bent).unwrap();
    let listing = list(&tree(&path, &[]));
    assert_eq!(listing.files().len(), 2);
    let told = listing.problems.iter().any(|problem| problem.detail.contains("checksum"));
    assert!(told, "{:?}", listing.problems);
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let listing = list(&tree(&path, &[]));
    assert!(listing.problems.len() >= 2, "{:?}", listing.problems);
}

#[test]
fn cut_and_bent_backups_end() {
    let (_dir, path) = backup("ANDROID BACKUP\n5\n1\nnone\n", true);
    let bytes = fs::read(&path).unwrap();
    cut_and_bend("backup.ab", &bytes, 40, 200, &[0]);
}
