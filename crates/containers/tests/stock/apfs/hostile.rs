//! Containers that are damaged on purpose, each with the problem that it must give.

use super::maker::{BLOCK, LEAVES_AT, Maker, object, seal};
use super::{filled, paths};
use crate::support::{Listing, bytes_of, cut_and_bend, list};
use amparo_containers::{Bytes, Fault, Kind, Limits, NoSiblings, Secrets, Tree};
use amparo_model::ProblemKind::{self, Limit, Malformed, Unsupported};
use std::rc::Rc;

/// A container without the zeros at its end, and a byte that is bent.
struct Container(Rc<Vec<u8>>, Option<(u64, u8)>);

impl Bytes for Container {
    fn len(&self) -> u64 {
        128 << 20
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let count = (self.len().saturating_sub(at) as usize).min(into.len());
        into[..count].fill(0);
        let there = self.0.get(at as usize..).unwrap_or_default();
        let some = there.len().min(count);
        into[..some].copy_from_slice(&there[..some]);
        if let Some((place, to)) =
            self.1.filter(|(place, _)| (at..at + count as u64).contains(place))
        {
            into[(place - at) as usize] = to;
        }
        Ok(count)
    }
}

fn opened(container: Container) -> Tree {
    let siblings = Rc::new(NoSiblings);
    let (secrets, limits) = (Secrets::default(), Limits::default());
    Tree::new(b"v".to_vec(), Rc::new(container), siblings, secrets, limits)
}

fn tree(image: Vec<u8>) -> Tree {
    opened(Container(Rc::new(image), None))
}

fn told(listing: &Listing) -> Vec<(ProblemKind, String)> {
    let line = |problem: &amparo_model::Problem| format!("{}: {}", problem.subject, problem.detail);
    listing.problems.iter().map(|problem| (problem.kind, line(problem))).collect()
}

fn check(image: Vec<u8>, kind: ProblemKind, words: &str, files: usize) -> Tree {
    let tree = tree(image);
    let listing = list(&tree);
    let told = told(&listing);
    assert!(told.iter().any(|(k, detail)| *k == kind && detail.contains(words)), "{told:?}");
    assert_eq!(listing.files().len(), files, "{told:?} {:?}", listing.files());
    tree
}

/// Bends the block that begins here and writes its checksum anew.
fn bend(image: &mut [u8], at: usize, bend: impl Fn(&mut [u8])) {
    bend(&mut image[at..at + BLOCK]);
    seal(&mut image[at..at + BLOCK]);
}

fn put(block: &mut [u8], at: usize, word: u64) {
    block[at..at + 8].copy_from_slice(&word.to_le_bytes());
}

/// Files of the container that `filled` makes, the fork among them.
const FILES: usize = 10;

fn image() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path()).finish()
}

fn made(make: impl Fn(&mut Maker)) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut maker = filled(folder.path());
    make(&mut maker);
    maker.finish()
}

#[test]
fn of_several_states_the_newest_that_can_be_used() {
    let image = image();
    let newer = |bent: &dyn Fn(&mut [u8])| {
        let mut image = image.clone();
        image.copy_within(2 * BLOCK..3 * BLOCK, 4 * BLOCK);
        bend(&mut image, 4 * BLOCK, |block| put(block, 16, 2));
        bent(&mut image[4 * BLOCK..5 * BLOCK]);
        image
    };
    let wrong = |block: &mut [u8]| block[500] = 1;
    check(newer(&wrong), Malformed, "the checksum of checkpoint 2 does not match", FILES);
    let nowhere = |block: &mut [u8]| {
        put(block, 160, 7);
        seal(block);
    };
    check(newer(&nowhere), Malformed, "checkpoint 2 cannot be used", FILES);
    let mut first = image.clone();
    first[500] ^= 1;
    check(first, Malformed, "the superblock's checksum does not match", FILES);
}

#[test]
fn what_is_locked_or_of_another_kind_is_named() {
    let image = image();
    let superblock = object(&image, 0xD, 0);
    let mut locked = image.clone();
    bend(&mut locked, superblock, |block| block[264] = 0);
    check(locked, Unsupported, "Shapes: encrypted", 0);
    let mut sealed = image.clone();
    bend(&mut sealed, superblock, |block| block[56] |= 0x20);
    check(sealed, Unsupported, "Shapes: not read by this version: a sealed volume", 0);
    let mut fusion = image;
    bend(&mut fusion, 0, |block| block[65] |= 1);
    check(fusion, Unsupported, "on two disks", 0);
}

#[test]
fn several_volumes_are_listed_below_their_names() {
    let mut image = image();
    for at in [0, 2 * BLOCK] {
        bend(&mut image, at, |block| {
            let first = u64::from_le_bytes(block[184..192].try_into().unwrap());
            put(block, 192, first);
            block[180] = 2;
        });
    }
    let tree = tree(image);
    let listing = list(&tree);
    assert_eq!(listing.problems, []);
    assert_eq!(listing.files().len(), 2 * FILES);
    assert_eq!(bytes_of(&tree, "Shapes (volume 2)/a.txt").unwrap(), b"hello");
    assert_eq!(paths(&listing, Kind::Folder)[..2], ["Shapes", "Shapes (volume 2)"]);
}

#[test]
fn nodes_that_are_damaged_are_told_and_the_others_read() {
    let image = image();
    let (leaf, root) = (LEAVES_AT as usize * BLOCK, object(&image, 2, 0xE));
    let mut bent = image.clone();
    bent[leaf + 2_000] ^= 1;
    let tree = check(bent, Malformed, "the checksum does not match", FILES);
    assert_eq!(bytes_of(&tree, "a.txt").unwrap(), b"hello");
    let second = |image: &mut [u8], child: u64| {
        // The second value of the root, counted from the end.
        bend(image, root, |block| put(block, BLOCK - 40 - 16, child));
    };
    let id =
        |image: &[u8], at: usize| u64::from_le_bytes(image[at + 8..at + 16].try_into().unwrap());
    let mut twice = image.clone();
    second(&mut twice, id(&image, leaf));
    let listing = list(&self::tree(twice));
    assert!(told(&listing).iter().any(|(_, words)| words.contains("twice in its B-tree")));
    let mut looped = image.clone();
    second(&mut looped, id(&image, root));
    let listing = list(&self::tree(looped));
    assert!(told(&listing).iter().any(|(_, words)| words.contains("a node of level 1 below")));
    let mut lost = image;
    second(&mut lost, 99_999);
    let listing = list(&self::tree(lost));
    assert!(told(&listing).iter().any(|(_, words)| words.contains("not in its object map")));
    assert!(!listing.nodes.is_empty());
}

#[test]
fn folders_in_each_other_end_and_entries_without_inode_are_told() {
    let image = made(|maker| {
        maker.entry(901, "a", 900, 4, None);
        maker.entry(900, "b", 901, 4, None);
        maker.entry(900, "nothing", 902, 8, None);
    });
    let tree = check(image, Limit, "a loop, or very deep", FILES + 1);
    let listing = list(&tree);
    let missing = told(&listing).iter().filter(|(_, words)| words.contains("no inode 90")).count();
    assert_eq!(missing, 3, "{:?}", listing.problems);
    assert!(bytes_of(&tree, "$orphans/900/nothing").is_err());
    assert_eq!(bytes_of(&tree, "a.txt").unwrap(), b"hello");
}

#[test]
fn absurd_sizes_and_extents_are_faults_of_their_file_alone() {
    let check = |bent: &dyn Fn(&mut Maker), expect: fn(&Fault) -> bool| {
        let tree = tree(made(bent));
        let fault = bytes_of(&tree, "a.txt").unwrap_err();
        assert!(expect(&fault), "{fault:?}");
        assert_eq!(bytes_of(&tree, "forked").unwrap(), b"data");
        assert_eq!(list(&tree).files().len(), FILES);
    };
    // `a.txt` is the first file: inode 16.
    let size = |maker: &mut Maker| {
        let inode = maker.value(16, 3);
        let at = inode.len() - 40;
        put(inode, at, u64::MAX);
    };
    check(&size, |fault| matches!(fault, Fault::Damaged { .. }));
    check(&|maker| put(maker.value(16, 8), 8, 1 << 40), |f| matches!(f, Fault::Truncated { .. }));
    check(&|maker| put(maker.value(16, 8), 8, u64::MAX), |f| matches!(f, Fault::Damaged { .. }));
    check(&|maker| put(maker.value(16, 8), 0, 0), |f| matches!(f, Fault::Damaged { .. }));
    check(&|maker| maker.value(16, 3)[71] = 0x40, |f| matches!(f, Fault::Unsupported { .. }));
}

#[test]
fn whatever_is_cut_or_bent_it_ends() {
    let image = Rc::new(image());
    let (superblock, root) = (object(&image, 0xD, 0), object(&image, 2, 0xE));
    let omap = object(&image, 0x4000_0002, 0xB);
    let leaf = LEAVES_AT as usize * BLOCK;
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for n in 0..240 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let from = [0, 2 * BLOCK, superblock, root, root + 3_584, omap, leaf, leaf + 3_584][n % 8];
        let at = from as u64 + (state >> 20) % 512;
        let to = [0, 0xFF, 0x7F, 0x80][(state >> 40) as usize % 4];
        let tree = opened(Container(Rc::clone(&image), Some((at, to))));
        for node in list(&tree).nodes {
            if let Ok(bytes) = tree.open(&node.found.path, &node.place) {
                let _read = bytes.read_at(0, &mut [0; 70_000]);
                let _read = bytes.read_at(bytes.len().saturating_sub(10), &mut [0; 20]);
            }
        }
    }
    cut_and_bend("container", &image, 5, 5, &[leaf as u64]);
}
