//! 7z archives of 7-Zip, with its methods, filters and encryption.

use crate::support::{Listing, all_of, bytes_of, cut_and_bend, list, run, tree};
use amparo_containers::{Fault, Kind, Limits, Tree};
use amparo_model::UtcMillis;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use tempfile::TempDir;

/// Numbers that compress, but not to nothing.
fn sample(length: usize) -> Vec<u8> {
    (0..length).map(|at| ((at * at) >> 9) as u8 ^ (at >> 13) as u8).collect()
}

/// A folder `in` with what goes into archives; a program for the filters.
fn folder() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let inside = dir.path().join("in");
    fs::create_dir_all(inside.join("a folder/más")).unwrap();
    fs::write(inside.join("empty"), b"").unwrap();
    fs::write(inside.join("short.txt"), b"short").unwrap();
    fs::write(inside.join("a folder/big.bin"), sample(700_000)).unwrap();
    fs::write(inside.join("a folder/más/ñandú 🦤.txt"), b"name in UTF-16".repeat(90)).unwrap();
    let program = fs::read("/bin/sh").unwrap();
    fs::write(inside.join("program.exe"), &program[..100_000]).unwrap();
    (dir, inside)
}

fn shell(dir: &Path, line: &str) -> String {
    run("sh", &["-c", &format!("cd '{}' && {line}", dir.display())])
}

/// `path size` of every file as `7z l -slt` prints it, sorted.
fn as_7z_lists(path: &Path, secret: &str) -> Vec<String> {
    let out = run("7z", &["l", "-slt", &format!("-p{secret}"), &path.display().to_string()]);
    let (_, list) = out.split_once("----------\n").unwrap();
    let entry = |entry: &str| {
        let field = |name: &str| {
            let line = entry.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_default().to_owned()
        };
        let is_file = !field("Attributes = ").starts_with('D') && entry.contains("Path = ");
        is_file.then(|| format!("{} {}", field("Path = "), field("Size = ")))
    };
    let mut lines: Vec<String> = list.split("\n\n").filter_map(entry).collect();
    lines.sort();
    lines
}

/// Every file listed has the bytes of the same file on disk, and no complaint.
fn compare(tree: &Tree, listing: &Listing, with: &Path, how: &str) {
    assert_eq!(listing.problems, [], "{how}");
    for node in listing.nodes.iter().filter(|node| node.found.kind == Kind::File) {
        let path = String::from_utf8(node.found.path.clone()).unwrap();
        let bytes = tree.open(&node.found.path, &node.place).unwrap();
        assert!(all_of(&*bytes).unwrap() == fs::read(with.join(&path)).unwrap(), "{how}: {path}");
        assert_eq!(bytes.complaints(), [], "{how}: {path}");
    }
}

#[test]
fn what_went_in_is_listed_and_read() {
    let (dir, inside) = folder();
    let options = [
        "",
        "-ms=off",
        "-m0=LZMA -mx9",
        "-m0=Copy -mhc=off",
        "-m0=Deflate",
        "-m0=Deflate64",
        "-m0=BCJ -m1=LZMA2",
        "-m0=BCJ2 -m1=LZMA -m2=LZMA -m3=LZMA -mb0:1 -mb0s1:2 -mb0s2:3",
        "-m0=Delta:4 -m1=LZMA",
        "-m0=ARM -m1=LZMA2",
        "-ms=2f",
    ];
    for options in options {
        fs::remove_file(dir.path().join("a.7z")).ok();
        shell(&inside, &format!("7z a {options} ../a.7z ."));
        let path = dir.path().join("a.7z");
        let tree = tree(&path, &[]);
        let listing = list(&tree);
        assert_eq!(listing.files(), as_7z_lists(&path, ""), "{options}");
        assert_eq!(listing.files().len(), 5, "{options}");
        compare(&tree, &listing, &inside, options);
        assert_eq!(listing.formats[0], ["seven_zip/1"]);
    }
}

#[test]
fn times_links_and_stored_files_are_as_7z_wrote_them() {
    let (dir, inside) = folder();
    symlink("short.txt", inside.join("link")).unwrap();
    shell(&inside, "touch -d @1700000000.25 short.txt; 7z a -snl -m0=Copy ../a.7z .");
    let path = dir.path().join("a.7z");
    let tree = tree(&path, &[]);
    let listing = list(&tree);
    let node = |name: &[u8]| listing.nodes.iter().find(|node| node.found.path == name).unwrap();
    assert_eq!(node(b"link").found.kind, Kind::Other);
    let short = node(b"short.txt");
    let time = short.found.modified_at.unwrap();
    assert!((UtcMillis(1_700_000_000_000)..UtcMillis(1_700_000_001_000)).contains(&time));
    let bytes = tree.open(&short.found.path, &short.place).unwrap();
    let [(Some(at), 5)] = bytes.runs().unwrap()[..] else { panic!("one run") };
    assert_eq!(&fs::read(&path).unwrap()[at as usize..at as usize + 5], b"short");
}

#[test]
fn a_password_opens_and_without_it_files_are_listed_unless_names_are_hidden() {
    let (dir, inside) = folder();
    for (options, hidden) in [("-psesamo", false), ("-psesamo -mhe=on", true)] {
        fs::remove_file(dir.path().join("a.7z")).ok();
        shell(&inside, &format!("7z a {options} ../a.7z ."));
        let path = dir.path().join("a.7z");
        let opened = tree(&path, &["wrong", "sesamo"]);
        let listing = list(&opened);
        assert_eq!(listing.files(), as_7z_lists(&path, "sesamo"), "{options}");
        compare(&opened, &listing, &inside, options);
        let closed = tree(&path, &["wrong"]);
        if hidden {
            let listing = list(&closed);
            assert!(listing.nodes.is_empty());
            assert!(listing.problems[0].detail.starts_with("encrypted"));
        } else {
            let read = bytes_of(&closed, "short.txt");
            assert!(matches!(read, Err(Fault::Locked { .. })), "{read:?}");
        }
    }
}

#[test]
fn a_folder_larger_than_may_be_held_is_read_in_order() {
    let (dir, inside) = folder();
    shell(&inside, "7z a -mx1 -m0=LZMA2:d64k ../a.7z 'a folder'");
    let limits = Limits { held_bytes: 200_000, ..Limits::default() };
    let root = crate::support::OnDisk::open(&dir.path().join("a.7z"));
    let none = Rc::new(amparo_containers::NoSiblings);
    let tree = Tree::new(b"a.7z".to_vec(), root, none, Default::default(), limits);
    assert!(bytes_of(&tree, "a folder/big.bin").unwrap() == sample(700_000));
}

#[test]
fn damage_is_told() {
    let (dir, inside) = folder();
    shell(&inside, "7z a -m0=Copy -mhc=off ../a.7z short.txt && 7z a -m0=PPMd ../b.7z short.txt");
    let path = dir.path().join("a.7z");
    let whole = fs::read(&path).unwrap();
    let open = |at: usize| {
        let mut bent = whole.clone();
        bent[at] ^= 1;
        fs::write(&path, bent).unwrap();
        tree(&path, &[])
    };
    let tree_of_bent = open(32);
    let node = list(&tree_of_bent).nodes.remove(0);
    let bytes = tree_of_bent.open(&node.found.path, &node.place).unwrap();
    assert_eq!(all_of(&*bytes).unwrap().len(), 5);
    assert!(
        matches!(&bytes.complaints()[..], [Fault::Damaged { why, .. }] if why.contains("CRC-32"))
    );
    for at in [20, 50, whole.len() - 1] {
        let listing = list(&open(at));
        assert!(
            listing.nodes.is_empty() && listing.problems[0].detail.contains("checksum"),
            "{at}"
        );
    }
    fs::write(&path, &whole[..whole.len() - 10]).unwrap();
    assert!(list(&tree(&path, &[])).problems[0].detail.contains("before what they announce"));
    let ppmd = tree(&dir.path().join("b.7z"), &[]);
    assert_eq!(list(&ppmd).files(), ["short.txt 5"]);
    assert!(matches!(bytes_of(&ppmd, "short.txt"), Err(Fault::Unsupported { .. })));
}

/// Writes the checksums of the header and of the start anew, so that damage behind them is met.
fn seal(bytes: &mut [u8]) {
    let eight = |bytes: &[u8], at: usize| {
        usize::try_from(u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())).unwrap()
    };
    let (from, length) = (32 + eight(bytes, 12), eight(bytes, 20));
    let header = crc32(&bytes[from..from + length]);
    bytes[28..32].copy_from_slice(&header.to_le_bytes());
    let start = crc32(&bytes[12..32]);
    bytes[8..12].copy_from_slice(&start.to_le_bytes());
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[test]
fn cut_and_bent_archives_end() {
    let (dir, inside) = folder();
    for options in ["-mhc=off", "-m0=BCJ -m1=LZMA -mhc=off", "-m0=Deflate64 -ms=off -mhc=off"] {
        fs::remove_file(dir.path().join("a.7z")).ok();
        shell(&inside, &format!("7z a {options} ../a.7z short.txt 'a folder/más' empty"));
        let bytes = fs::read(dir.path().join("a.7z")).unwrap();
        cut_and_bend("a.7z", &bytes, 30, 100, &[0, 32]);
        // Bent headers with the right checksum.
        let from = 32 + u64::from_le_bytes(bytes[12..20].try_into().unwrap()) as usize;
        for at in from..bytes.len() {
            for value in [0, 1, 0x7F, 0x80, 0xFF, bytes[at] ^ 1] {
                let mut bent = bytes.clone();
                bent[at] = value;
                seal(&mut bent);
                crate::support::survive("a.7z", bent);
            }
        }
    }
}
