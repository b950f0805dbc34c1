//! HFS+ volumes made by xorriso and by hand, compared with what The Sleuth Kit lists and reads.

mod hostile;
mod maker;

use crate::support::{Listing, OnDisk, all_of, bytes_of, cut_and_bend, list, run, tree};
use amparo_containers::{Kind, Limits, Memory, NoSiblings, Secrets, Tree};
use flate2::{Compression, write::ZlibEncoder};
use maker::{Like, Maker, WHEN_TEXT};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;

fn memory(bytes: Vec<u8>) -> Tree {
    let root = Rc::new(Memory(bytes));
    Tree::new(b"v".to_vec(), root, Rc::new(NoSiblings), Secrets::default(), Limits::default())
}

fn paths(listing: &Listing, kind: Kind) -> Vec<String> {
    let of = listing.nodes.iter().filter(|node| node.found.kind == kind);
    let mut paths: Vec<_> =
        of.map(|node| String::from_utf8_lossy(&node.found.path).into_owned()).collect();
    paths.sort();
    paths
}

/// The volume that xorriso puts beside ISO 9660, by the partition map in front (type `Apple_HFS`).
fn volume_of_iso(iso: &Path) -> Vec<u8> {
    let bytes = all_of(&*OnDisk::open(iso)).unwrap();
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let entry = (1..10).map(|n| n * 512).find(|at| bytes[at + 48..].starts_with(b"Apple_HFS"));
    let entry = entry.unwrap();
    let (start, count) = (number(entry + 8) * 512, number(entry + 12) * 512);
    bytes[start..start + count].to_vec()
}

/// `kind path` and the number for `icat`, as `fls` lists them, without the special files.
fn fls(image: &Path) -> Vec<(String, String)> {
    let listed = run("fls", &["-f", "hfs", "-r", "-p", image.to_str().unwrap()]);
    let line = |line: &str| {
        let (head, path) = line.split_once(":\t")?;
        let kind = match &head[..1] {
            "d" => "folder",
            "r" => "file",
            _ => "other",
        };
        let special = path.starts_with('$') || path.starts_with('^');
        (!special).then(|| (format!("{kind} {path}"), head.split(' ').next_back().unwrap().into()))
    };
    listed.lines().filter_map(line).collect()
}

/// Lists both ways, and reads every file both ways.
fn same_as_sleuth_kit(image: &Path) -> Listing {
    let tree = tree(image, &[]);
    let listing = list(&tree);
    let mut here: Vec<String> = Vec::new();
    for node in &listing.nodes {
        let kind = match node.found.kind {
            Kind::Folder => "folder",
            Kind::File => "file",
            _ => "other",
        };
        let path = String::from_utf8_lossy(&node.found.path).into_owned();
        if !path.contains("..namedfork") && !path.starts_with('\u{2400}') {
            here.push(format!("{kind} {path}"));
        }
    }
    let theirs = fls(image);
    let mut listed: Vec<String> = theirs.iter().map(|(line, _)| line.clone()).collect();
    here.sort();
    listed.sort();
    assert_eq!(here, listed);
    for (line, number) in theirs.iter().filter(|(line, _)| line.starts_with("file ")) {
        same_bytes(&tree, image, line, number);
    }
    listing
}

fn same_bytes(tree: &Tree, image: &Path, line: &str, number: &str) {
    let read = bytes_of(tree, line.trim_start_matches("file ")).unwrap();
    let args = ["-f", "hfs", image.to_str().unwrap(), number];
    let icat = Command::new("icat").args(args).output().unwrap().stdout;
    assert!(read == icat, "{line}: {} and {} bytes", read.len(), icat.len());
}

fn noise(length: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn a_volume_of_xorriso_is_listed_and_read() {
    let folder = tempfile::tempdir().unwrap();
    let (from, iso) = (folder.path().join("in"), folder.path().join("x.iso"));
    let put = |path: &str, bytes: &[u8]| {
        let path = from.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    put("a.txt", b"hello");
    put("empty", b"");
    put("sub/big.bin", &noise(300_000));
    put("sub/deeper/grün ☃ 🟦.txt", b"shapes");
    for n in 0..60 {
        put(&format!("many/picture {n:03}.dat"), &noise(n * 10));
    }
    std::os::unix::fs::symlink("a.txt", from.join("link")).unwrap();
    let args = ["-as", "mkisofs", "-quiet", "-hfsplus", "-o", iso.to_str().unwrap()];
    run("xorriso", &[&args[..], &[from.to_str().unwrap()]].concat());
    let image = folder.path().join("volume");
    std::fs::write(&image, volume_of_iso(&iso)).unwrap();

    let listing = same_as_sleuth_kit(&image);
    assert_eq!(listing.problems, []);
    assert_eq!(paths(&listing, Kind::Other), ["link"]);
    assert_eq!(paths(&listing, Kind::Folder), ["many", "sub", "sub/deeper"]);
    let tree = tree(&image, &[]);
    assert_eq!(bytes_of(&tree, "sub/big.bin").unwrap(), noise(300_000));
    assert_eq!(bytes_of(&tree, "link").unwrap(), b"a.txt");
    let bytes = all_of(&*OnDisk::open(&image)).unwrap();
    cut_and_bend("volume", &bytes, 6, 24, &[1024, 2048, 10_240, 14_336, 18_432]);
}

/// A volume with what no stock tool of Debian writes.
fn special() -> Maker {
    let mut maker = Maker::new();
    let plain = Like { mode: 0o100_644, ..Like::default() };
    maker.file(2, "a.txt", b"hello");
    let papers = maker.folder(2, "Papers");
    maker.file(papers, "either/or", b"a slash in a name");
    let scattered = Like { scattered: true, ..plain.clone() };
    maker.file_like(papers, "scattered", &noise(150_000), &scattered);
    maker.file_like(papers, "forked", b"data", &Like { resource: noise(9_000), ..plain.clone() });
    // Hard links.
    let private = maker.folder(2, "\0\0\0\0HFS+ Private Data");
    let inode = maker.next;
    maker.file(private, &format!("iNode{inode}"), b"one file, two names");
    let link = |number| Like { made_for: ["hlnk", "hfs+"], special: number, ..plain.clone() };
    maker.file_like(papers, "first", b"", &link(inode));
    maker.file_like(2, "second", b"", &link(inode));
    // A folder with two links.
    let folders = maker.folder(2, ".HFS+ Private Directory Data\r");
    let shared = maker.folder(folders, &format!("dir_{}", maker.next));
    maker.file(shared, "inside", b"listed once");
    let link = Like { made_for: ["fdrp", "MACS"], special: shared, ..plain.clone() };
    maker.file_like(papers, "shared", b"", &link);
    maker.file_like(papers, "shared too", b"", &link);
    // Compressed files.
    let text = b"abstract grey squares ".repeat(9_000);
    let zlib = |data: &[u8]| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    };
    let header = |method: u32, size: usize| {
        [&b"fpmc"[..], &method.to_le_bytes(), &(size as u64).to_le_bytes()].concat()
    };
    let compressed = Like { flags: 0x20, ..plain };
    let id = maker.file_like(2, "inline.txt", b"", &compressed);
    maker.attribute(id, "com.apple.decmpfs", &[header(3, 2_200), zlib(&text[..2_200])].concat());
    maker.attribute(id, "com.example.other", b"beside");
    let blocks: Vec<Vec<u8>> = text.chunks(65_536).map(zlib).collect();
    let id = maker.file_like(
        2,
        "long.txt",
        b"",
        &Like { resource: fork(&blocks), ..compressed.clone() },
    );
    maker.attribute(id, "com.apple.decmpfs", &header(4, text.len()));
    // The same with LZVN.
    let id = maker.file_like(papers, "inline", b"", &compressed);
    let inline = [header(7, 2_200), lzvn::encode_raw(&text[..2_200])].concat();
    maker.attribute(id, "com.apple.decmpfs", &inline);
    let blocks: Vec<Vec<u8>> = text.chunks(65_536).map(lzvn::encode_raw).collect();
    let mut at = (blocks.len() as u32 + 1) * 4;
    let mut resource = at.to_le_bytes().to_vec();
    for block in &blocks {
        at += block.len() as u32;
        resource.extend(at.to_le_bytes());
    }
    let resource = [resource, blocks.concat()].concat();
    let id = maker.file_like(papers, "long", b"", &Like { resource, ..compressed });
    maker.attribute(id, "com.apple.decmpfs", &header(8, text.len()));
    maker
}

/// A resource fork with one resource, of type `cmpf`.
pub fn fork(blocks: &[Vec<u8>]) -> Vec<u8> {
    let mut table = (blocks.len() as u32).to_le_bytes().to_vec();
    let mut at = 4 + blocks.len() * 8;
    for block in blocks {
        table.extend((at as u32).to_le_bytes());
        table.extend((block.len() as u32).to_le_bytes());
        at += block.len();
    }
    let data = [table, blocks.concat()].concat();
    // The map as Mac OS writes it: one type, one resource.
    let mut map = vec![0; 24];
    map.extend([0, 28, 0, 50, 0, 0]);
    map.extend(b"cmpf\0\0\0\x0A\0\x01\xFF\xFF\0\0\0\0\0\0\0\0");
    let length = data.len() as u32 + 4;
    let mut fork: Vec<u8> =
        [256, 256 + length, length, 50].iter().flat_map(|n| n.to_be_bytes()).collect();
    fork.resize(256, 0);
    fork.extend((data.len() as u32).to_be_bytes());
    [fork, data, map].concat()
}

#[test]
fn links_forks_and_compressed_and_scattered_files() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("volume");
    std::fs::write(&image, special().finish()).unwrap();
    let tree = tree(&image, &[]);
    let listing = list(&tree);
    assert_eq!(listing.problems, []);
    let text = b"abstract grey squares ".repeat(9_000);
    let check = |path: &str, bytes: &[u8]| {
        assert!(bytes_of(&tree, path).unwrap() == bytes, "{path}");
        let size = format!("{path} {}", bytes.len());
        assert!(listing.files().contains(&size), "{size}: {:?}", listing.files());
    };
    check("a.txt", b"hello");
    check("Papers/either:or", b"a slash in a name");
    check("Papers/scattered", &noise(150_000));
    check("Papers/forked", b"data");
    check("Papers/forked/..namedfork/rsrc", &noise(9_000));
    check("Papers/first", b"one file, two names");
    check("second", b"one file, two names");
    check("␀␀␀␀HFS+ Private Data/iNode22", b"one file, two names");
    check("Papers/shared/inside", b"listed once");
    check("inline.txt", &text[..2_200]);
    check("long.txt", &text);
    check("Papers/inline", &text[..2_200]);
    check("Papers/long", &text);
    assert_eq!(listing.files().len(), 13);
    let node = listing.nodes.iter().find(|node| node.found.path == b"Papers/scattered").unwrap();
    let runs = tree.open(&node.found.path, &node.place).unwrap().runs().unwrap();
    assert_eq!(runs.len(), 37);
    let disk = std::fs::read(&image).unwrap();
    let run = |(at, length): &(Option<u64>, u64)| {
        disk[at.unwrap() as usize..][..*length as usize].to_vec()
    };
    assert!(runs.iter().map(run).collect::<Vec<_>>().concat() == noise(150_000));
    assert_eq!(paths(&listing, Kind::Other), ["Papers/shared too"]);
    let folders = [".HFS+ Private Directory Data\r", "Papers", "Papers/shared"];
    assert_eq!(paths(&listing, Kind::Folder)[..3], folders);
    let when = listing.nodes[0].found.modified_at.unwrap();
    assert_eq!(when.to_string(), WHEN_TEXT);

    // The Sleuth Kit follows every link to a folder; the rest is the same.
    let elsewhere = |path: &str| path.contains("shared too") || path.contains("Private");
    let theirs = fls(&image).into_iter().filter(|(path, _)| !elsewhere(path));
    let files: Vec<_> = theirs.filter(|(line, _)| line.starts_with("file ")).collect();
    assert_eq!(files.len(), 11);
    files.iter().for_each(|(line, number)| same_bytes(&tree, &image, line, number));
}

#[test]
fn a_file_in_hundreds_of_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("volume");
    let mut maker = Maker::new();
    let scattered = Like { mode: 0o100_644, scattered: true, ..Like::default() };
    maker.file_like(2, "one", &noise(2_400_000), &scattered);
    maker.file_like(2, "two", &noise(40_000), &scattered);
    std::fs::write(&image, maker.finish()).unwrap();
    let listing = same_as_sleuth_kit(&image);
    assert_eq!(listing.problems, []);
    assert_eq!(listing.files(), ["one 2400000", "two 40000"]);
}
