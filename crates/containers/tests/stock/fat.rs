//! FAT12, FAT16 and FAT32 made by `mkfs.fat` and filled by mtools, compared with The Sleuth Kit.

use super::support::{Listing, all_of, bytes_of, cut_and_bend, list, run, tree};
use amparo_containers::{Kind, Tree};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A volume in the making.
struct Card {
    folder: TempDir,
    image: PathBuf,
}

impl Card {
    fn new(args: &[&str], kib: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("card.img");
        let (kib, path) = (kib.to_string(), image.to_str().unwrap().to_owned());
        run("mkfs.fat", &[&["-C"], args, &[path.as_str(), kib.as_str()]].concat());
        Self { folder, image }
    }

    fn tool(&self, tool: &str, args: &[&str]) {
        run(tool, &[&["-i", self.image.to_str().unwrap()], args].concat());
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        let file = self.folder.path().join("put");
        std::fs::write(&file, bytes).unwrap();
        self.tool("mcopy", &[file.to_str().unwrap(), &format!("::{path}")]);
    }

    /// Small files at once, so that a folder grows.
    fn many(&self, path: &str, count: u32) {
        let from = self.folder.path().join("many");
        std::fs::create_dir_all(&from).unwrap();
        for number in 0..count {
            std::fs::write(from.join(format!("a file so that it grows {number}")), b"x").unwrap();
        }
        let names = (0..count).map(|number| from.join(format!("a file so that it grows {number}")));
        let names: Vec<String> = names.map(|name| name.to_str().unwrap().to_owned()).collect();
        let to = format!("::{path}");
        let args: Vec<&str> = names.iter().map(String::as_str).chain([to.as_str()]).collect();
        self.tool("mcopy", &args);
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.image).unwrap()
    }
}

/// So many bytes that tell where they belong.
pub fn pattern(seed: u8, length: usize) -> Vec<u8> {
    (0..length).map(|at| (at / 7) as u8 ^ (at >> 9) as u8 ^ seed.wrapping_mul(37)).collect()
}

/// What The Sleuth Kit lists: path with `-` in front when deleted, and its number.
pub fn fls(image: &Path, kind: &str) -> BTreeMap<String, String> {
    let listed = run("fls", &["-r", "-p", "-f", kind, image.to_str().unwrap()]);
    let line = |line: &str| {
        let (left, path) = line.split_once(":\t")?;
        let own = path.starts_with('$') || path.ends_with("Label Entry)") || left.starts_with('v');
        let number = left.rsplit(' ').next()?.trim_end_matches("(realloc)").to_owned();
        let mark = if left.contains('*') { "-" } else { "" };
        (!own).then(|| (format!("{mark}{path}"), number))
    };
    listed.lines().filter_map(line).collect()
}

/// Paths of files and folders, `-` in front when deleted.
pub fn paths(listing: &Listing) -> Vec<String> {
    let path = |node: &amparo_containers::Node| {
        let mark = if node.found.deleted { "-" } else { "" };
        format!("{mark}{}", String::from_utf8_lossy(&node.found.path))
    };
    let mut paths: Vec<String> = listing.nodes.iter().map(path).collect();
    paths.sort();
    paths
}

/// Every file has the bytes that The Sleuth Kit reads. Of those that only make a folder grow, some.
pub fn same_bytes(image: &Path, kind: &str, tree: &Tree, fls: &BTreeMap<String, String>) -> usize {
    let mut compared = 0;
    for node in list(tree).nodes.iter().filter(|node| node.found.kind == Kind::File) {
        let mark = if node.found.deleted { "-" } else { "" };
        let path = format!("{mark}{}", String::from_utf8_lossy(&node.found.path));
        if path.contains("grows") && !path.ends_with('0') {
            continue;
        }
        let args = ["-r", "-f", kind, image.to_str().unwrap(), &fls[&path]];
        let out = std::process::Command::new("icat").args(args).output().unwrap();
        let ours = tree.open(&node.found.path, &node.place).and_then(|bytes| all_of(&*bytes));
        assert_eq!(ours.unwrap(), out.stdout, "{path}");
        compared += 1;
    }
    compared
}

/// Files of all sizes and names, in pieces, deleted, in deleted folders.
fn filled(args: &[&str], kib: u32) -> (Card, BTreeMap<&'static str, Vec<u8>>) {
    let card = Card::new(args, kib);
    let mut files = BTreeMap::new();
    let mut put = |path: &'static str, length: usize| {
        let bytes = pattern(path.len() as u8, length);
        card.put(&format!("/{path}"), &bytes);
        files.insert(path, bytes);
    };
    put("first.bin", 30_000);
    put("A name of more than thirteen letters.jpeg", 5_000);
    put("hole.dat", 9_000);
    put("日本語のファイル名 ünïcode.txt", 700);
    put("empty", 0);
    card.tool("mdel", &["::/hole.dat"]);
    card.tool("mmd", &["::/DCIM", "::/DCIM/100 holiday pictures", "::/gone folder"]);
    // Takes the hole and goes on behind: lies in pieces.
    put("DCIM/in pieces.mov", 60_000);
    put("DCIM/100 holiday pictures/IMG_0001.JPG", 4_096);
    put("DCIM/100 holiday pictures/deleted picture.jpg", 6_000);
    put("gone folder/also gone.png", 2_345);
    put("GONE.TXT", 1_234);
    card.many("/DCIM", 60);
    card.tool("mdel", &["::/DCIM/100 holiday pictures/deleted picture.jpg", "::/GONE.TXT"]);
    card.tool("mdeltree", &["::/gone folder"]);
    files.remove("hole.dat");
    (card, files)
}

fn check(args: &[&str], kib: u32, kind: &str) {
    let (card, files) = filled(args, kib);
    let tree = tree(&card.image, &[]);
    let (listing, fls) = (list(&tree), fls(&card.image, kind));
    assert_eq!(listing.problems, []);
    assert_eq!(paths(&listing), fls.keys().cloned().collect::<Vec<_>>());
    assert_eq!(same_bytes(&card.image, kind, &tree, &fls), 15);
    for (path, bytes) in &files {
        let path = if *path == "GONE.TXT" { "_ONE.TXT" } else { path };
        assert_eq!(bytes_of(&tree, path).unwrap(), *bytes, "{path}");
    }
}

#[test]
fn fat12() {
    check(&["-F", "12"], 1_440, "fat12");
}

#[test]
fn fat16() {
    check(&["-F", "16", "-s", "4", "-n", "LABEL"], 16_384, "fat16");
}

#[test]
fn fat32() {
    check(&["-F", "32", "-s", "1"], 36_000, "fat32");
}

#[test]
fn cut_and_bent_it_ends() {
    let check = |args: &[&str], kib, cuts, bends, places: &[u64]| {
        let (card, _) = filled(args, kib);
        cut_and_bend("card.img", &card.bytes(), cuts, bends, places);
    };
    // Boot sector, tables, root folder, first clusters.
    check(&["-F", "12", "-s", "1", "-r", "112"], 1_000, 40, 150, &[0, 512, 6_656, 10_240, 50_000]);
    check(&["-F", "16", "-s", "1"], 2_400, 20, 60, &[0, 512, 19_968, 36_352]);
    // mtools want FAT32 to be large, so that few can be tried.
    check(&["-F", "32", "-s", "1"], 34_000, 4, 10, &[0, 16_384, 16_896, 551_936]);
}
