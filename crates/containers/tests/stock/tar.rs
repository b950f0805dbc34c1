//! TAR archives of GNU tar in all its formats, of Python, and damaged ones.

use crate::support::{Listing, all_of, bytes_of, cut_and_bend, list, run, tree};
use amparo_containers::{Fault, Kind};
use amparo_model::{ProblemKind, UtcMillis};
use std::fs::{self, File};
use std::os::unix::fs::{FileExt, symlink};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder `in` with what goes into archives.
fn folder() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let inside = dir.path().join("in");
    fs::create_dir_all(inside.join("a folder/más")).unwrap();
    fs::write(inside.join("empty"), b"").unwrap();
    fs::write(inside.join("short.txt"), b"short").unwrap();
    fs::write(inside.join("a folder/big.bin"), vec![0xA7; 1_000_001]).unwrap();
    fs::write(inside.join("a folder/más/ñandú.txt"), b"name in UTF-8").unwrap();
    symlink("short.txt", inside.join("link")).unwrap();
    fs::hard_link(inside.join("short.txt"), inside.join("a folder/hard")).unwrap();
    (dir, inside)
}

fn shell(dir: &Path, line: &str) -> String {
    run("sh", &["-c", &format!("cd '{}' && {line}", dir.display())])
}

/// `path size` of every plain file as `tar -tv` prints it, sorted. A further link counts with the
/// size of its file.
fn as_tar_lists(tar: &Path, inside: &Path) -> Vec<String> {
    let out = run("tar", &["-tvf", &tar.display().to_string(), "--quoting-style=literal"]);
    let line = |line: &str| {
        let is_file = line.starts_with(['-', 'h']);
        // The path comes after the time.
        let (_, path) = line.split_once(':')?.1.split_once(' ')?;
        let path = path.split_once(" link to ").map_or(path, |(path, _)| path);
        let path = path.strip_prefix("./").unwrap_or(path);
        let size = fs::metadata(inside.join(path)).map_or(0, |found| found.len());
        is_file.then(|| format!("{path} {size}"))
    };
    let mut lines: Vec<String> = out.lines().filter_map(line).collect();
    lines.sort();
    lines
}

fn details(listing: &Listing) -> Vec<String> {
    let line = |problem: &amparo_model::Problem| format!("{}: {}", problem.subject, problem.detail);
    listing.problems.iter().map(line).collect()
}

#[test]
fn what_went_in_is_listed_and_read_in_every_format() {
    let (dir, inside) = folder();
    let long = format!("{}/{}", "f".repeat(120), "n".repeat(150));
    fs::create_dir_all(inside.join(&long).parent().unwrap()).unwrap();
    fs::write(inside.join(&long), b"long").unwrap();
    fs::hard_link(inside.join(&long), inside.join("zz to long")).unwrap();
    for format in ["gnu", "oldgnu", "pax", "ustar", "v7"] {
        // The two oldest have no long names.
        let without =
            if matches!(format, "v7" | "ustar") { "--exclude=fff* --exclude=zz*" } else { "" };
        shell(&inside, &format!("tar -c --sort=name --format={format} {without} -f ../a.tar ."));
        let tar = dir.path().join("a.tar");
        let tree = tree(&tar, &[]);
        let listing = list(&tree);
        assert_eq!(listing.files(), as_tar_lists(&tar, &inside), "{format}");
        assert_eq!(details(&listing), Vec::<String>::new(), "{format}");
        assert_eq!(listing.formats[0], ["tar/1"]);
        for node in listing.nodes.iter().filter(|node| node.found.kind == Kind::File) {
            let path = String::from_utf8(node.found.path.clone()).unwrap();
            let bytes = tree.open(&node.found.path, &node.place).unwrap();
            assert!(all_of(&*bytes).unwrap() == fs::read(inside.join(&path)).unwrap(), "{path}");
            assert!(bytes.runs().is_some());
        }
        let others = listing.nodes.iter().filter(|node| node.found.kind == Kind::Other);
        assert_eq!(others.map(|node| node.found.path.clone()).collect::<Vec<_>>(), [b"link"]);
    }
}

#[test]
fn times_are_kept_to_the_millisecond() {
    let (dir, inside) = folder();
    shell(&inside, "touch -d @1700000000.123456 empty; touch -d @-86400.5 short.txt");
    for (format, expect) in [("ustar", 1_700_000_000_000), ("pax", 1_700_000_000_123)] {
        shell(&inside, &format!("tar -c --format={format} -f ../a.tar empty"));
        let listing = list(&tree(&dir.path().join("a.tar"), &[]));
        assert_eq!(listing.nodes[0].found.modified_at, Some(UtcMillis(expect)));
    }
    shell(&inside, "tar -c --format=pax -f ../a.tar short.txt");
    let listing = list(&tree(&dir.path().join("a.tar"), &[]));
    assert_eq!(listing.nodes[0].found.modified_at, Some(UtcMillis(-86_400_500)));
}

#[test]
fn sparse_files_have_their_gaps() {
    let (dir, inside) = folder();
    let path = inside.join("sparse");
    let file = File::create(&path).unwrap();
    for part in 0..60_u64 {
        file.write_all_at(format!("part {part}").as_bytes(), part * 200_000 + 70_000).unwrap();
    }
    file.set_len(20_000_000).unwrap();
    let whole = fs::read(&path).unwrap();
    let forms = ["gnu", "pax --sparse-version=0.0", "pax --sparse-version=0.1", "pax"];
    for form in forms {
        shell(&inside, &format!("tar -c -S --format={form} -f ../a.tar sparse short.txt"));
        let tar = dir.path().join("a.tar");
        assert!(fs::metadata(&tar).unwrap().len() < 2_000_000);
        let tree = tree(&tar, &[]);
        assert_eq!(list(&tree).files(), ["short.txt 5", "sparse 20000000"], "{form}");
        assert!(bytes_of(&tree, "sparse").unwrap() == whole, "{form}");
        assert_eq!(bytes_of(&tree, "short.txt").unwrap(), b"short", "{form}");
    }
}

#[test]
fn a_damaged_header_is_told_and_the_rest_goes_on() {
    let (dir, inside) = folder();
    shell(&inside, "tar -c -f ../a.tar empty short.txt 'a folder/big.bin' 'a folder/más'");
    let tar = dir.path().join("a.tar");
    let mut bytes = fs::read(&tar).unwrap();
    bytes[512 + 20] ^= 1;
    fs::write(&tar, &bytes).unwrap();
    let listing = list(&tree(&tar, &[]));
    let files = ["a folder/big.bin 1000001", "a folder/más/ñandú.txt 13", "empty 0"];
    assert_eq!(listing.files(), files);
    assert_eq!(details(&listing), [": damaged at byte 512: no header of a TAR member"]);
}

#[test]
fn a_cut_member_is_named_and_read_as_far_as_it_goes() {
    let (dir, inside) = folder();
    shell(&inside, "tar -c -f ../a.tar short.txt 'a folder/big.bin'");
    let tar = dir.path().join("a.tar");
    let whole = fs::read(&tar).unwrap();
    fs::write(&tar, &whole[..500_000]).unwrap();
    let tree = tree(&tar, &[]);
    let listing = list(&tree);
    assert_eq!(listing.files(), ["a folder/big.bin 1000001", "short.txt 5"]);
    assert_eq!(listing.problems[0].kind, ProblemKind::Malformed);
    let expect = "a folder/big.bin: the bytes end at 500000, before what they announce";
    assert_eq!(details(&listing), [expect]);
    assert_eq!(bytes_of(&tree, "a folder/big.bin"), Err(Fault::Truncated { at: 500_000 }));
    let big = listing.nodes.iter().find(|node| node.found.path.ends_with(b"big.bin")).unwrap();
    let bytes = tree.open(&big.found.path, &big.place).unwrap();
    assert_eq!(bytes.read_at(0, &mut [0; 1_000]), Ok(1_000));
    // Between two members only the end mark is missing.
    fs::write(&tar, &whole[..1_024]).unwrap();
    let listing = list(&crate::support::tree(&tar, &[]));
    assert_eq!(details(&listing), [": the bytes end at 1024, before what they announce"]);
}

#[test]
fn what_lies_behind_the_end_mark_is_listed_and_told() {
    let (dir, inside) = folder();
    shell(&inside, "tar -c -f ../a.tar empty && tar -c -f ../b.tar short.txt");
    shell(dir.path(), "cat a.tar b.tar > c.tar");
    let listing = list(&tree(&dir.path().join("c.tar"), &[]));
    assert_eq!(listing.files(), ["empty 0", "short.txt 5"]);
    assert_eq!(details(&listing), ["short.txt: damaged at byte 10240: lies behind the end mark"]);
}

#[test]
fn links_without_target_sizes_beyond_eight_gib_and_bytes_in_links_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let lines = "import tarfile, io\n\
        t = tarfile.open('a.tar', 'w', format=tarfile.GNU_FORMAT)\n\
        def add(name, data=b'', **more):\n    \
            i = tarfile.TarInfo(name); i.size = len(data)\n    \
            for k, v in more.items(): setattr(i, k, v)\n    \
            t.addfile(i, io.BytesIO(data))\n\
        add('hard', linkname='nowhere', type=tarfile.LNKTYPE)\n\
        add('file', b'bytes')\n\
        i = tarfile.TarInfo('own'); i.size = 600; i.type = tarfile.LNKTYPE; i.linkname = 'file'\n\
        t.fileobj.write(i.tobuf(tarfile.GNU_FORMAT) + b'O' * 600 + b'\\0' * 424)\n\
        t.offset += 1536\n\
        i = tarfile.TarInfo('sized'); i.size = 5; i.type = tarfile.LNKTYPE; i.linkname = 'file'\n\
        t.fileobj.write(i.tobuf(tarfile.GNU_FORMAT)); t.offset += 512\n\
        add('fifo', type=tarfile.FIFOTYPE)\n\
        i = tarfile.TarInfo('huge'); i.size = 9 << 30\n\
        t.fileobj.write(i.tobuf(tarfile.GNU_FORMAT)); t.fileobj.write(b'start')\n\
        t.fileobj.close()\n";
    fs::write(dir.path().join("make.py"), lines).unwrap();
    shell(dir.path(), "python3 make.py");
    let tree = tree(&dir.path().join("a.tar"), &[]);
    let listing = list(&tree);
    assert_eq!(listing.files(), ["file 5", "huge 9663676416", "own 600", "sized 5"]);
    assert_eq!(listing.problems.len(), 1);
    assert_eq!(listing.problems[0].subject, "huge");
    assert_eq!(bytes_of(&tree, "own").unwrap(), [b'O'; 600]);
    assert_eq!(bytes_of(&tree, "sized").unwrap(), b"bytes");
    let kind =
        |path: &[u8]| listing.nodes.iter().find(|n| n.found.path == path).unwrap().found.kind;
    assert_eq!((kind(b"hard"), kind(b"fifo")), (Kind::Other, Kind::Other));
}

/// A header with this name, letter, size, and what `more` writes into it.
fn header(name: &str, flag: u8, size: u64, more: &dyn Fn(&mut [u8])) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    block[148..156].fill(b' ');
    block[156] = flag;
    block[257..265].copy_from_slice(b"ustar  \0");
    more(&mut block);
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

#[test]
fn headers_that_never_end_cost_no_more_than_their_length() {
    let none = |_: &mut [u8]| {};
    let check = |blocks: Vec<u8>, files: &[&str], words: &str| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.tar");
        fs::write(&path, blocks).unwrap();
        let listing = list(&tree(&path, &[]));
        assert_eq!(listing.files(), files);
        let detail = &listing.problems[0].detail;
        assert!(detail.contains(words), "{detail}");
    };
    let file = [header("after", b'0', 0, &none), vec![0; 1_024]].concat();
    let long = header("x", b'x', 0, &none).repeat(40_000);
    check([long, file.clone()].concat(), &["after 0"], "nothing but extended headers");
    let huge = header("x", b'x', 1 << 32, &none);
    check([huge, file.clone()].concat(), &["after 0"], "an extended header of");
    let binary = |block: &mut [u8]| block[124..136].fill(0xFF);
    let negative = header("minus", b'0', 0, &binary);
    check([negative, file.clone()].concat(), &["after 0"], "a size that is no number");
    let most = |block: &mut [u8]| {
        block[124..136].copy_from_slice(b"\x80\0\0\0\x3F\xFF\xFF\xFF\xFF\xFF\xFF\xFF")
    };
    let largest = header("largest", b'0', 0, &most);
    check([largest, file].concat(), &["largest 4611686018427387903"], "end at 2048");
    let endless = |block: &mut [u8]| {
        block[482] = 1;
        block[504] = 1;
    };
    let sparse = header("sparse", b'S', 0, &endless).repeat(60_000);
    check(sparse, &["sparse 0"; 2], "a sparse file of more than");
}

#[test]
fn cut_and_bent_archives_end() {
    let (dir, inside) = folder();
    let file = File::create(inside.join("sparse")).unwrap();
    for part in 0..40_u64 {
        file.write_all_at(b"part", part * 20_000).unwrap();
    }
    for form in ["gnu", "pax --sparse-version=0.1", "pax"] {
        let line =
            format!("tar -c -S --format={form} -f ../a.tar sparse short.txt 'a folder/hard' empty");
        shell(&inside, &line);
        let bytes = fs::read(dir.path().join("a.tar")).unwrap();
        let end = bytes.len() as u64;
        let places = [0, 512, 1_024, 1_536, end.saturating_sub(13_000)];
        cut_and_bend("a.tar", &bytes, 50, 300, &places);
    }
}
