//! ZIP archives of Info-ZIP, 7-Zip and Python, and ones that lie.

use crate::support::{Listing, all_of, bytes_of, cut_and_bend, list, run, tree};
use amparo_containers::{Fault, Kind, Tree};
use amparo_model::{ProblemKind, UtcMillis};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Numbers that compress, but not to nothing.
fn sample(length: usize) -> Vec<u8> {
    (0..length).map(|at| ((at * at) >> 9) as u8 ^ (at >> 13) as u8).collect()
}

/// A folder `in` with what goes into archives.
fn folder() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let inside = dir.path().join("in");
    fs::create_dir_all(inside.join("Fotos de ayer/más")).unwrap();
    fs::write(inside.join("empty"), b"").unwrap();
    fs::write(inside.join("short.txt"), b"short").unwrap();
    fs::write(inside.join("Fotos de ayer/big.bin"), sample(3_000_000)).unwrap();
    fs::write(inside.join("Fotos de ayer/más/ñandú.txt"), b"name in UTF-8".repeat(90)).unwrap();
    symlink("short.txt", inside.join("link")).unwrap();
    (dir, inside)
}

/// Runs a command line in `dir`.
fn shell(dir: &Path, line: &str) -> String {
    run("sh", &["-c", &format!("cd '{}' && {line}", dir.display())])
}

fn python(dir: &Path, lines: &str) {
    fs::write(dir.join("make.py"), lines).unwrap();
    shell(dir, "python3 make.py");
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

/// `path size` of every file as `unzip -l` prints it, sorted.
fn as_unzip_lists(zip: &Path) -> Vec<String> {
    // It counts what lies in front of an archive as an error.
    let out = run("sh", &["-c", &format!("unzip -Zl '{}' || true", zip.display())]);
    let line = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let is_file = fields.first()?.starts_with('-') && fields.len() > 9;
        is_file.then(|| format!("{} {}", fields[9..].join(" "), fields[3]))
    };
    let mut lines: Vec<String> = out.lines().filter_map(line).collect();
    lines.sort();
    lines
}

#[test]
fn what_went_in_is_listed_and_read() {
    let (dir, inside) = folder();
    let commands = [
        "zip -q -r -y ../a.zip .",
        "zip -q -r -y -0 ../a.zip .",
        "zip -q -r -y -fd ../a.zip .",
        "zip -q -r -y -fz ../a.zip .",
        "zip -q -r -y - . | cat > ../a.zip",
        "(printf '#!/bin/sh\\n'; zip -q -r -y - . | cat) > ../a.zip",
        "zip -q -r -y ../b.zip . && printf 'MZ' | cat - ../b.zip > ../a.zip && zip -q -A ../a.zip",
        "7z a -tzip -snl -mm=Deflate64 ../a.zip .",
        "7z a -tzip -snl -mm=LZMA ../a.zip .",
    ];
    for command in commands {
        fs::remove_file(dir.path().join("a.zip")).ok();
        fs::remove_file(dir.path().join("b.zip")).ok();
        shell(&inside, command);
        let zip = dir.path().join("a.zip");
        let tree = tree(&zip, &[]);
        let listing = list(&tree);
        assert_eq!(listing.files(), as_unzip_lists(&zip), "{command}");
        assert!(listing.files().len() >= 4, "{command}");
        compare(&tree, &listing, &inside, command);
        assert_eq!(listing.formats[0], ["zip/1"]);
        let link = listing.nodes.iter().find(|node| node.found.path == b"link");
        assert!(link.is_none_or(|link| link.found.kind == Kind::Other), "{command}");
    }
}

#[test]
fn times_are_those_with_a_zone() {
    let (dir, inside) = folder();
    shell(&inside, "touch -d @1700000000 short.txt && zip -q ../a.zip short.txt");
    shell(&inside, "zip -q -X ../b.zip short.txt");
    let time = |name: &str| list(&tree(&dir.path().join(name), &[])).nodes[0].found.modified_at;
    assert_eq!(time("a.zip"), Some(UtcMillis(1_700_000_000_000)));
    assert_eq!(time("b.zip"), None);
}

#[test]
fn a_password_opens_and_without_it_members_are_listed() {
    let (dir, inside) = folder();
    let commands = [
        "zip -q -r -P sesame ../a.zip Fotos* short.txt",
        "7z a -tzip -mem=AES256 -psesame ../a.zip Fotos* short.txt",
        "7z a -tzip -mem=AES128 -mx0 -psesame ../a.zip Fotos* short.txt",
    ];
    for command in commands {
        fs::remove_file(dir.path().join("a.zip")).ok();
        shell(&inside, command);
        let zip = dir.path().join("a.zip");
        let opened = tree(&zip, &["wrong", "sesame"]);
        let listing = list(&opened);
        assert_eq!(listing.files(), as_unzip_lists(&zip), "{command}");
        compare(&opened, &listing, &inside, command);
        for secrets in [&[][..], &["Sesame"]] {
            let read = bytes_of(&tree(&zip, secrets), "Fotos de ayer/big.bin");
            assert!(matches!(read, Err(Fault::Locked { .. })), "{command} {read:?}");
        }
    }
    // A changed byte shows in the seal.
    let zip = dir.path().join("a.zip");
    let mut bent = fs::read(&zip).unwrap();
    bent[1_000_000] ^= 1;
    fs::write(&zip, bent).unwrap();
    let tree = tree(&zip, &["sesame"]);
    let listing = list(&tree);
    let big = listing.nodes.iter().find(|node| node.found.path.ends_with(b"big.bin")).unwrap();
    let bytes = tree.open(&big.found.path, &big.place).unwrap();
    assert_eq!(all_of(&*bytes).unwrap().len(), 3_000_000);
    assert!(!bytes.complaints().is_empty());
}

#[test]
fn stored_members_say_where_they_lie_and_inner_archives_are_opened() {
    let (dir, inside) = folder();
    shell(
        &inside,
        "zip -q -r ../in.zip . && cd .. && zip -q -0 out.zip in.zip && zip -q two.zip in.zip",
    );
    let zip = dir.path().join("out.zip");
    let tree = tree(&zip, &[]);
    let listing = list(&tree);
    let inner = listing.nodes.iter().find(|node| node.found.path == b"in.zip").unwrap();
    let bytes = tree.open(&inner.found.path, &inner.place).unwrap();
    let [(Some(at), length)] = bytes.runs().unwrap()[..] else { panic!("one run") };
    let all = fs::read(&zip).unwrap();
    assert!(
        all[at as usize..(at + length) as usize] == fs::read(dir.path().join("in.zip")).unwrap()
    );
    for outer in ["out.zip", "two.zip"] {
        let tree = crate::support::tree(&dir.path().join(outer), &[]);
        let read = bytes_of(&tree, "in.zip//Fotos de ayer/big.bin").unwrap();
        assert!(read == sample(3_000_000));
    }
}

#[test]
fn odd_names_are_listed_as_stored() {
    let dir = tempfile::tempdir().unwrap();
    python(
        dir.path(),
        "import zipfile, warnings\n\
         warnings.simplefilter('ignore')\n\
         z = zipfile.ZipFile('a.zip', 'w')\n\
         names = ['../../etc/x', '/abs/y', 'w\\\\back\\\\z', 'same', 'same', 'caf\\u00e9']\n\
         for name in names:\n    \
             z.writestr(zipfile.ZipInfo(name), name + '!')\n\
         i = zipfile.ZipInfo('n'); i.filename = 'nul\\0name'; z.writestr(i, 'nul')\n\
         i = zipfile.ZipInfo('holds/'); z.writestr(i, 'bytes in a folder')\n\
         z.close()\n\
         b = open('a.zip', 'rb').read().replace(b'caf\\xc3\\xa9', b'caf\\x82!')\n\
         open('a.zip', 'wb').write(b)\n",
    );
    let tree = tree(&dir.path().join("a.zip"), &[]);
    let listing = list(&tree);
    let files = listing.files();
    let expect = [
        "abs/y 7",
        "caf\u{FFFD}! 6",
        "etc/x 12",
        "holds 17",
        "nul\0name 3",
        "same 5",
        "same 5",
        "w\\back\\z 9",
    ];
    assert_eq!(files, expect);
    assert_eq!(listing.problems, []);
    assert_eq!(bytes_of(&tree, "holds").unwrap(), b"bytes in a folder");
}

#[test]
fn a_unicode_name_holds_only_for_the_name_it_was_made_for() {
    let dir = tempfile::tempdir().unwrap();
    python(
        dir.path(),
        "import zipfile, struct, zlib\n\
         z = zipfile.ZipFile('a.zip', 'w')\n\
         for name, of in [('old1', b'old1'), ('old2', b'other')]:\n    \
             i = zipfile.ZipInfo(name)\n    \
             u = 'ni\\u00f1o'.encode()\n    \
             i.extra = struct.pack('<HHBL', 0x7075, 5 + len(u), 1, zlib.crc32(of)) + u\n    \
             z.writestr(i, 'x')\n\
         z.close()\n",
    );
    let listing = list(&tree(&dir.path().join("a.zip"), &[]));
    assert_eq!(listing.files(), ["niño 1", "old2 1"]);
}

#[test]
fn a_cut_archive_gives_the_members_that_remain() {
    let (dir, inside) = folder();
    for flags in ["", "-fd", "-0"] {
        let line =
            format!("rm -f ../a.zip; zip -q {flags} ../a.zip short.txt 'Fotos de ayer/big.bin'");
        shell(&inside, &line);
        let zip = dir.path().join("a.zip");
        let whole = fs::read(&zip).unwrap();
        fs::write(&zip, &whole[..whole.len() / 2]).unwrap();
        let tree = tree(&zip, &[]);
        let listing = list(&tree);
        assert_eq!(bytes_of(&tree, "short.txt").unwrap(), b"short", "{flags}");
        let kinds: Vec<_> = listing.problems.iter().map(|problem| problem.kind).collect();
        assert_eq!(kinds, [ProblemKind::Malformed; 2], "{flags}: {:?}", listing.problems);
        assert_eq!(listing.problems[1].subject, "Fotos de ayer/big.bin");
        let big = listing.nodes.iter().find(|node| node.found.path.ends_with(b"big.bin")).unwrap();
        let bytes = tree.open(&big.found.path, &big.place).unwrap();
        let mut start = vec![0; 200_000];
        assert_eq!(bytes.read_at(0, &mut start).unwrap(), start.len(), "{flags}");
        assert!(start == sample(3_000_000)[..200_000], "{flags}");
    }
}

#[test]
fn lies_are_told() {
    let (dir, inside) = folder();
    shell(&inside, "zip -q ../a.zip short.txt 'Fotos de ayer/big.bin'");
    let whole = fs::read(dir.path().join("a.zip")).unwrap();
    let central = whole.windows(4).rposition(|mark| mark == b"PK\x01\x02").unwrap();
    let end = whole.windows(4).rposition(|mark| mark == b"PK\x05\x06").unwrap();
    let open = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut bent = whole.clone();
        edit(&mut bent);
        let path = dir.path().join("bent.zip");
        fs::write(&path, bent).unwrap();
        let tree = tree(&path, &[]);
        let listing = list(&tree);
        let big = listing.nodes.iter().find(|node| node.found.path.ends_with(b"big.bin")).unwrap();
        let bytes = tree.open(&big.found.path, &big.place);
        let read = bytes.as_ref().map_err(Fault::clone).and_then(|bytes| all_of(&**bytes));
        let complaints = bytes.map(|bytes| bytes.complaints()).unwrap_or_default();
        (listing, read, complaints)
    };
    let checksum = open(&|bytes| bytes[central + 16] ^= 1);
    assert!(matches!(&checksum.2[..], [Fault::Damaged { why, .. }] if why.contains("CRC-32")));
    let longer = open(&|bytes| bytes[central + 27] = 9);
    assert!(matches!(longer.1, Err(Fault::Damaged { .. })));
    let shorter = open(&|bytes| bytes[central + 26] = 1);
    assert!(shorter.1.is_ok() && shorter.2.len() == 2, "{:?}", shorter.2);
    let count = open(&|bytes| bytes[end + 10] = 7);
    assert!(count.0.problems[0].detail.contains("stated are 7"), "{:?}", count.0.problems);
    let overlap = open(&|bytes| bytes[central + 42..central + 46].fill(0));
    assert!(overlap.0.problems[0].detail.contains("over each other"));
    assert!(matches!(&overlap.2[..], [Fault::Damaged { why, .. }, ..] if why.contains("name")));
    let method = open(&|bytes| bytes[central + 10] = 98);
    assert!(matches!(method.1, Err(Fault::Unsupported { .. })));
    let outside = open(&|bytes| bytes[central + 45] = 0x60);
    assert!(matches!(outside.1, Err(Fault::Truncated { .. })));
}

/// An archive of one member, packed by another tool, which neither zip nor 7z writes so.
fn packed_by(dir: &Path, packer: &str, method: u16) -> PathBuf {
    fs::write(dir.join("plain"), sample(300_000)).unwrap();
    shell(dir, &format!("{packer} < plain > packed"));
    let lines = format!(
        "import struct, zlib\np = open('plain', 'rb').read(); c = open('packed', 'rb').read()\n\
         f = struct.pack('<HHHHH', 63, 0, {method}, 0, 0)\n\
         f += struct.pack('<LLLHH', zlib.crc32(p), len(c), len(p), 5, 0)\n\
         l = b'PK\\3\\4' + f + b'plain' + c\n\
         d = b'PK\\1\\2' + struct.pack('<H', 63) + f + bytes(14) + b'plain'\n\
         e = b'PK\\5\\6' + struct.pack('<HHHHLLH', 0, 0, 1, 1, len(d), len(l), 0)\n\
         open('packed.zip', 'wb').write(l + d + e)\n"
    );
    python(dir, &lines);
    dir.join("packed.zip")
}

#[test]
fn members_packed_with_xz_and_zstandard_are_read() {
    let dir = tempfile::tempdir().unwrap();
    for (packer, method) in [("xz -c", 95), ("zstd -q -c", 93)] {
        let path = packed_by(dir.path(), packer, method);
        let tree = tree(&path, &[]);
        let listing = list(&tree);
        assert_eq!(listing.files(), ["plain 300000"], "{packer}");
        compare(&tree, &listing, dir.path(), packer);
        let bytes = fs::read(&path).unwrap();
        cut_and_bend("a.zip", &bytes, 20, 60, &[0, 40, bytes.len() as u64 / 2]);
    }
}

#[test]
fn cut_and_bent_archives_end() {
    let (dir, inside) = folder();
    let lines =
        ["zip -q -fz", "zip -q -fd -P x", "7z a -tzip -mm=LZMA", "7z a -tzip -mm=Deflate64"];
    for line in lines {
        shell(&inside, &format!("rm -f ../a.zip; {line} ../a.zip short.txt Fotos*/*/*"));
        let bytes = fs::read(dir.path().join("a.zip")).unwrap();
        let end = bytes.len() as u64;
        cut_and_bend("a.zip", &bytes, 60, 400, &[0, end / 2, end.saturating_sub(300)]);
    }
}
