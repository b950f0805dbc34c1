//! exFAT: `mkfs.exfat` makes the empty volume, the writer here fills it, `fsck.exfat` approves and
//! The Sleuth Kit reads it as well.

use super::exfat_card::{Card, Set};
use super::fat::{fls, paths, pattern, same_bytes};
use super::support::{bytes_of, cut_and_bend, list, run, tree};
use amparo_containers::{Bytes, Memory, NoSiblings, Secrets, Tree};
use std::rc::Rc;

const UNICODE: &str = "日本語のファイル名 ünïcode 😀 long.txt";

/// Folder that names it, path, clusters, size, linked in the table, deleted.
type File = (u32, &'static str, &'static [u32], usize, bool, bool);

/// Files of all kinds: in pieces, partly written, deleted, in a deleted folder.
fn filled() -> (Card, Vec<(&'static str, Vec<u8>)>) {
    let mut card = Card::new();
    let root = card.root;
    let dcim = Set { name: "DCIM", folder: true, ..Set::of(&[30, 31], 8_192) };
    let gone = Set { name: "gone folder", folder: true, deleted: true, ..Set::of(&[70], 4_096) };
    card.add(root, &dcim);
    card.add(root, &gone);
    for number in 0..40 {
        let name = format!("a file so that it grows {number:02}");
        card.add(30, &Set { name: &name, ..Set::default() });
    }
    let files: [File; 6] = [
        (root, "first.bin", &[20, 21, 22], 12_000, false, false),
        (root, UNICODE, &[23], 700, false, false),
        (root, "empty", &[], 0, false, false),
        (root, "gone.jpg", &[60, 61], 5_000, false, true),
        (30, "DCIM/in pieces.mov", &[40, 42, 43, 41, 50], 19_000, true, false),
        (70, "gone folder/also gone.png", &[71], 345, false, true),
    ];
    let put = |(folder, path, clusters, size, chained, deleted): File| {
        let bytes = pattern(path.len() as u8, size);
        let name = path.rsplit('/').next().unwrap();
        card.write(clusters, &bytes);
        card.add(folder, &Set { name, chained, deleted, ..Set::of(clusters, size as u64) });
        (path, bytes)
    };
    let files = files.map(put).to_vec();
    (card, files)
}

#[test]
fn what_went_in_is_listed_and_read() {
    let (card, files) = filled();
    let image = card.save();
    run("fsck.exfat", &["-n", image.to_str().unwrap()]);
    let tree = tree(&image, &[]);
    let (listing, fls) = (list(&tree), fls(&image, "exfat"));
    assert_eq!(listing.problems, []);
    assert_eq!(paths(&listing), fls.keys().cloned().collect::<Vec<_>>());
    assert_eq!(same_bytes(&image, "exfat", &tree, &fls), 10);
    for (path, bytes) in &files {
        assert_eq!(bytes_of(&tree, path).unwrap(), *bytes, "{path}");
    }
    let times = listing.nodes.iter().filter_map(|node| node.found.modified_at);
    assert!(times.map(|at| at.to_string()).all(|at| at == "2026-03-09T11:05:14Z"));
    assert_eq!(runs(&tree, "DCIM/in pieces.mov"), [4_096, 8_192, 4_096, 2_616]);
}

/// Lengths of the runs of a file.
fn runs(tree: &Tree, path: &str) -> Vec<u64> {
    let nodes = list(tree).nodes;
    let node = nodes.iter().find(|node| node.found.path == path.as_bytes()).unwrap();
    let bytes = tree.open(&node.found.path, &node.place).unwrap();
    bytes.runs().unwrap().iter().map(|(_, length)| *length).collect()
}

fn in_memory(bytes: Vec<u8>) -> Tree {
    let root: Rc<dyn Bytes> = Rc::new(Memory(bytes));
    let (siblings, secrets) = (Rc::new(NoSiblings), Secrets::default());
    Tree::new(Vec::new(), root, siblings, secrets, amparo_containers::Limits::default())
}

/// What the volume lists, and its problems as `path: detail`.
fn check(card: &Card, expect: &[&str], problems: &[&str]) -> Tree {
    let tree = in_memory(card.bytes.clone());
    let listing = list(&tree);
    assert_eq!(listing.files(), expect);
    let told = listing.problems.iter().map(|p| format!("{}: {}", p.subject, p.detail));
    assert_eq!(told.collect::<Vec<_>>(), problems);
    tree
}

#[test]
fn what_was_not_written_reads_as_zeros() {
    let mut card = Card::new();
    card.write(&[20, 21], &[7; 8_192]);
    card.add(card.root, &Set { name: "a", valid: 5_000, ..Set::of(&[20, 21], 8_000) });
    let tree = check(&card, &["a 8000"], &[]);
    let bytes = bytes_of(&tree, "a").unwrap();
    assert!(bytes[..5_000].iter().all(|byte| *byte == 7));
    assert!(bytes[5_000..].iter().all(|byte| *byte == 0) && bytes.len() == 8_000);
    assert_eq!(runs(&tree, "a"), [5_000, 3_000]);
}

#[test]
fn a_set_may_go_on_in_a_cluster_far_away() {
    let mut card = Card::new();
    let folder = Set { name: "d", folder: true, chained: true, ..Set::of(&[30, 50], 8_192) };
    card.add(card.root, &folder);
    // Three slots each: the 43rd set begins in the last slots of the first cluster.
    for number in 0..50_u32 {
        let cluster = 100 + number;
        card.write(&[cluster], &[number as u8]);
        card.add(30, &Set { name: &number.to_string(), ..Set::of(&[cluster], 1) });
    }
    let tree = in_memory(card.bytes.clone());
    for number in 0..50_u8 {
        assert_eq!(bytes_of(&tree, &format!("d/{number}")), Ok(vec![number]));
    }
}

#[test]
fn a_deleted_file_follows_its_chain_where_that_was_left() {
    let mut card = Card::new();
    card.write(&[20, 30, 25], &pattern(1, 12_000));
    let set = Set { name: "left", chained: true, deleted: true, ..Set::of(&[20, 30, 25], 12_000) };
    card.add(card.root, &set);
    card.link(&[20, 30, 25]);
    let tree = check(&card, &["-left 12000"], &[]);
    assert_eq!(bytes_of(&tree, "left").unwrap(), pattern(1, 12_000));
    // One of its clusters in use: nothing proves the chain any more.
    card.mark(&[30], true);
    let bytes = bytes_of(&in_memory(card.bytes.clone()), "left").unwrap();
    assert_eq!((&bytes[..4_096], bytes[4_096]), (&pattern(1, 4_096)[..], 0));
}

#[test]
fn crossed_circular_short_and_absurd_claims_are_told() {
    let one = |set: &Set<'_>, expect: &str, problem: &str| {
        let mut card = Card::new();
        card.add(card.root, &Set { name: "a", ..Set::of(&[20, 21], 8_192) });
        card.add(card.root, set);
        let end = card.clusters + 2;
        // Label, bitmap, upcase table, the three slots of `a`, and of `b` the second.
        let slot = card.place(card.root) + 7 * 32;
        let places = [("@20", card.place(20)), ("@30", card.place(30)), ("@end", card.place(end))];
        let places = places.into_iter().chain([("@slot", slot)]);
        let problem = places
            .fold(problem.to_owned(), |text, (mark, place)| text.replace(mark, &place.to_string()));
        check(&card, &["a 8192", expect], &[&problem]);
    };
    let set = |clusters, size| Set { name: "b", ..Set::of(clusters, size) };
    let taken = "b: damaged at byte @20: cluster 20 belongs to a chain already";
    one(&set(&[20], 9), "b 9", taken);
    one(&Set { chained: true, ..set(&[30, 20], 8_192) }, "b 8192", taken);
    let circle = "b: damaged at byte @30: cluster 30 belongs to a chain already";
    one(&Set { chained: true, ..set(&[30, 31, 30], 12_288) }, "b 12288", circle);
    let short = "b: damaged at byte @30: the chain ends at cluster 30, 1 too early";
    one(&Set { chained: true, ..set(&[30], 4_097) }, "b 4097", short);
    let far = "b: damaged at byte @end: cluster 900000 lies outside the volume";
    one(&set(&[900_000], 9), "b 9", far);
    let size = u64::MAX;
    let large =
        format!("b: damaged at byte @slot: {size} bytes claimed, more than the volume holds");
    one(&set(&[30], size), &format!("b {size}"), &large);
}

#[test]
fn a_set_that_was_bent_is_told_and_its_neighbours_go_on() {
    // What is done to the set of `a`, which begins in the root folder's fourth slot.
    let bent = |at: usize, byte: u8, expect: &[&str], why: &str, slot: usize| {
        let mut card = Card::new();
        card.add(card.root, &Set { name: "a", ..Set::of(&[20], 9) });
        card.add(card.root, &Set { name: "b", ..Set::of(&[21], 9) });
        let set = card.place(card.root) + 3 * 32;
        card.bytes[set + at] = byte;
        let why = why.replace('@', &(set + slot * 32).to_string());
        check(&card, expect, &[&why]);
    };
    let both = ["a 9", "b 9"];
    let sum = "a: damaged at byte @: the entry does not have its checksum";
    bent(2, 0, &both, sum, 0);
    bent(14, 0, &both, sum, 0);
    let parts = ": damaged at byte @: an entry without all of its parts";
    bent(1, 1, &["b 9"], parts, 0);
    bent(1, 9, &["b 9"], parts, 0);
    bent(32 + 3, 0, &["b 9"], parts, 0);
    bent(32 + 3, 16, &["b 9"], parts, 0);
    bent(32, 0x40, &["b 9"], parts, 0);
    // A deleted set of which a part is none is named by nothing; what lies there alone is told.
    bent(0, 0x05, &["b 9"], ": damaged at byte @: no entry of a folder", 1);
}

#[test]
fn a_folder_in_itself_ends() {
    let mut card = Card::new();
    let folder = Set { name: "d", folder: true, ..Set::of(&[20], 4_096) };
    card.add(card.root, &folder);
    card.add(20, &folder);
    let why = format!("damaged at byte {}: cluster 20 belongs to a chain already", card.place(20));
    check(&card, &[], &[&format!("d/d: {why}")]);
}

#[test]
fn a_volume_without_its_bitmap_or_checksum_still_lists() {
    let (mut card, _) = filled();
    let whole = list(&in_memory(card.bytes.clone())).nodes.len();
    let at = card.place(card.root) + 32;
    assert_eq!(card.bytes[at], 0x81);
    card.bytes[at] = 0xA0;
    card.bytes[400] ^= 1;
    let tree = in_memory(card.bytes.clone());
    let listing = list(&tree);
    let told: Vec<&str> = listing.problems.iter().map(|p| p.detail.as_str()).collect();
    assert!(told[0].ends_with("the boot sectors do not have their checksum"), "{told:?}");
    assert!(told[1].ends_with("no allocation bitmap in the root folder"), "{told:?}");
    // Without it nothing proves that a deleted folder's cluster is free.
    assert_eq!((told.len(), listing.nodes.len()), (2, whole - 1));
    assert!(bytes_of(&tree, "first.bin").is_ok() && bytes_of(&tree, "gone.jpg").is_err());
}

#[test]
fn no_other_sector_is_taken_for_one() {
    let card = Card::new();
    let refused = |at: usize, byte: u8| {
        let mut bytes = card.bytes.clone();
        bytes[at] = byte;
        let told = list(&in_memory(bytes)).problems;
        assert!(told.iter().any(|p| p.detail.contains("no container known here")), "{at} {byte}");
    };
    let numbers = [(0, 0), (3, b'N'), (20, 1), (105, 2), (108, 13), (109, 26), (110, 3), (510, 0)];
    numbers.iter().for_each(|(at, byte)| refused(*at, *byte));
    // More clusters than the table has room for; a root folder outside; a table behind the data.
    [(94, 1), (99, 1), (83, 1)].iter().for_each(|(at, byte)| refused(*at, *byte));
}

#[test]
fn cut_and_bent_it_ends() {
    let (card, _) = filled();
    let at = |cluster| card.place(cluster) as u64;
    let places = [0, 5_632, card.table as u64, at(card.root), at(card.bitmap), at(30), at(70)];
    cut_and_bend("card.img", &card.bytes, 40, 300, &places);
}
