//! APFS containers made by mkapfs and filled by hand, checked with apfsck, and compared with what
//! The Sleuth Kit lists and reads.

mod hostile;
mod maker;

use crate::support::{Listing, all_of, bytes_of, list, run, tree};
use amparo_containers::{Kind, Node};
use maker::{Like, Maker, ROOT, WHEN_TEXT};
use std::path::Path;
use std::process::Command;

fn noise(length: usize) -> Vec<u8> {
    let mut state = 11_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

fn paths(listing: &Listing, kind: Kind) -> Vec<String> {
    let of = listing.nodes.iter().filter(|node| node.found.kind == kind);
    let mut paths: Vec<_> =
        of.map(|node| String::from_utf8_lossy(&node.found.path).into_owned()).collect();
    paths.sort();
    paths
}

fn zlib(data: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let fast = flate2::Compression::fast();
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), fast);
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn decmpfs(method: u32, size: usize, data: &[u8]) -> Vec<u8> {
    [&b"fpmc"[..], &method.to_le_bytes(), &(size as u64).to_le_bytes(), data].concat()
}

/// Everything that this format knows, in one volume.
fn filled(folder: &Path) -> Maker {
    let mut maker = Maker::new(folder);
    maker.file(ROOT, "a.txt", b"hello");
    maker.file(ROOT, "empty", b"");
    let papers = maker.folder(ROOT, "Papers");
    let deeper = maker.folder(papers, "deeper ☃");
    maker.file(deeper, "big.bin", &noise(300_000));
    let scattered = Like { scattered: true, ..Like::default() };
    maker.file_like(papers, "scattered", &noise(90_000), &scattered);
    maker.file_like(papers, "sparse", &noise(9_000), &Like { hole: 50, ..Like::default() });
    maker.linked((ROOT, "one name"), (papers, "other name"), b"one file, two names");
    maker.symlink(ROOT, "link", "a.txt");
    let text = b"abstract grey squares ".repeat(100);
    let value = decmpfs(3, text.len(), &zlib(&text));
    let attributes = vec![("com.apple.decmpfs", value)];
    maker.file_like(ROOT, "inline.txt", b"", &Like { flags: 0x20, attributes, ..Like::default() });
    let attributes = vec![("com.apple.ResourceFork", noise(5_000))];
    maker.file_like(ROOT, "forked", b"data", &Like { attributes, ..Like::default() });
    maker
}

fn write(folder: &Path, image: &[u8]) -> std::path::PathBuf {
    let path = folder.join("filled");
    std::fs::write(&path, image).unwrap();
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(128 << 20).unwrap();
    path
}

/// What `fls` lists of the only volume, as `kind path`, and the number for `icat`.
fn fls(image: &str, volume: &str) -> Vec<(String, String)> {
    let listed = run("fls", &["-P", "apfs", "-B", volume, "-r", "-p", image]);
    let line = |line: &str| {
        let (head, path) = line.split_once(":\t").unwrap();
        let kind = match &head[..1] {
            "d" => "folder",
            "r" => "file",
            _ => "other",
        };
        (format!("{kind} {path}"), head.split(' ').next_back().unwrap().to_owned())
    };
    listed.lines().map(line).collect()
}

/// Lists both ways, and reads every file both ways.
fn same_as_sleuth_kit(image: &Path) -> Listing {
    let path = image.to_str().unwrap();
    let said = run("pstat", &[path]);
    let volume = said.lines().find_map(|line| line.split("APSB Block Number: ").nth(1)).unwrap();
    let tree = tree(image, &[]);
    let listing = list(&tree);
    let line = |node: &Node| {
        let kind = match node.found.kind {
            Kind::Folder => "folder",
            Kind::File => "file",
            _ => "other",
        };
        format!("{kind} {}", String::from_utf8_lossy(&node.found.path))
    };
    let here = listing.nodes.iter().map(line).filter(|line| !line.contains("..namedfork"));
    let theirs = fls(path, volume);
    let mut both = [here.collect(), theirs.iter().map(|(line, _)| line.clone()).collect()];
    both.iter_mut().for_each(|lines: &mut Vec<String>| lines.sort());
    assert_eq!(both[0], both[1]);
    for (line, number) in theirs.iter().filter(|(line, _)| line.starts_with("file ")) {
        let read = bytes_of(&tree, line.trim_start_matches("file ")).unwrap();
        let args = ["-P", "apfs", "-B", volume, path, number];
        let icat = Command::new("icat").args(args).output().unwrap().stdout;
        assert!(read == icat, "{line}: {} and {} bytes", read.len(), icat.len());
    }
    listing
}

#[test]
fn a_filled_container_is_listed_and_read() {
    let folder = tempfile::tempdir().unwrap();
    let image = write(folder.path(), &filled(folder.path()).finish());
    run("apfsck", &[image.to_str().unwrap()]);
    let listing = same_as_sleuth_kit(&image);
    assert_eq!(listing.problems, []);
    let tree = tree(&image, &[]);
    let check = |path: &str, bytes: &[u8]| {
        assert!(bytes_of(&tree, path).unwrap() == bytes, "{path}");
    };
    check("Papers/deeper ☃/big.bin", &noise(300_000));
    check("Papers/scattered", &noise(90_000));
    let holed = noise(9_000);
    let holed = [&holed[..4096], &[0; 50 * 4096], &holed[4096..]].concat();
    check("Papers/sparse", &holed);
    check("one name", b"one file, two names");
    check("Papers/other name", b"one file, two names");
    check("inline.txt", &b"abstract grey squares ".repeat(100));
    check("forked", b"data");
    check("forked/..namedfork/rsrc", &noise(5_000));
    check("link", b"a.txt\0");
    assert_eq!(paths(&listing, Kind::Other), ["link"]);
    assert_eq!(paths(&listing, Kind::Folder), ["Papers", "Papers/deeper ☃"]);
    let size = |path: &str, size: usize| {
        assert!(listing.files().contains(&format!("{path} {size}")), "{:?}", listing.files());
    };
    size("inline.txt", 2_200);
    size("Papers/sparse", 9_000 + 50 * 4096);
    size("forked/..namedfork/rsrc", 5_000);
    let node = listing.nodes.iter().find(|node| node.found.path == b"a.txt").unwrap();
    assert_eq!(node.found.modified_at.unwrap().to_string(), WHEN_TEXT);
}

/// Not passed by the present apfsck, which refuses such forks; The Sleuth Kit and 7-Zip read them.
#[test]
fn a_file_compressed_in_its_fork() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let text = b"abstract grey squares ".repeat(7_000);
    let blocks: Vec<Vec<u8>> = text.chunks(65_536).map(zlib).collect();
    let value = decmpfs(4, text.len(), &[]);
    let resource = crate::hfs_plus::fork(&blocks);
    let attributes = vec![("com.apple.decmpfs", value), ("com.apple.ResourceFork", resource)];
    maker.file_like(ROOT, "long.bin", b"", &Like { flags: 0x20, attributes, ..Like::default() });
    let image = write(folder.path(), &maker.finish());
    let listing = same_as_sleuth_kit(&image);
    assert_eq!(listing.problems, []);
    assert_eq!(listing.files(), ["long.bin 154000"]);
    assert_eq!(bytes_of(&tree(&image, &[]), "long.bin").unwrap(), text);
}

#[test]
fn many_files_below_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = Maker::new(folder.path());
    let many = maker.folder(ROOT, "many");
    for n in 0..300 {
        // The tree of extents stays one node: only some have content.
        let content = if n % 7 == 0 { format!("content {n}") } else { String::new() };
        maker.file(many, &format!("picture {n:03}.dat"), content.as_bytes());
    }
    let image = write(folder.path(), &maker.finish());
    run("apfsck", &[image.to_str().unwrap()]);
    let tree = tree(&image, &[]);
    let listing = list(&tree);
    assert_eq!(listing.problems, []);
    assert_eq!(listing.files().len(), 300);
    let filled = |node: &&Node| node.found.kind == Kind::File && node.found.size > 0;
    assert_eq!(listing.nodes.iter().filter(filled).count(), 43);
    for node in listing.nodes.iter().filter(filled) {
        let bytes = tree.open(&node.found.path, &node.place).unwrap();
        let path = String::from_utf8(node.found.path.clone()).unwrap();
        let number: u32 = path[13..16].parse().unwrap();
        assert_eq!(all_of(&*bytes).unwrap(), format!("content {number}").as_bytes());
    }
}
