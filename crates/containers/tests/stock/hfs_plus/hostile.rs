//! Volumes that are damaged on purpose, each with the problem that it must give; wrapped volumes;
//! deleted files.

use super::maker::{Like, Maker};
use super::{memory, paths, special};
use crate::support::{Listing, all_of, bytes_of, cut_and_bend, list};
use amparo_containers::{Fault, Kind, Tree};
use amparo_model::ProblemKind::{self, Limit, Malformed, Unsupported};

const NODE: usize = 4096;

/// Where the catalog's nodes begin: the first extent of the third fork of the header.
fn catalog(image: &[u8]) -> usize {
    be32(image, 1024 + 272 + 16) * 4096
}

fn be32(image: &[u8], at: usize) -> usize {
    u32::from_be_bytes(image[at..at + 4].try_into().unwrap()) as usize
}

fn be16(image: &[u8], at: usize) -> usize {
    u16::from_be_bytes(image[at..at + 2].try_into().unwrap()) as usize
}

/// Offsets of a node's records and of the room behind them.
fn offsets(node: &[u8]) -> Vec<usize> {
    (0..=be16(node, 10)).map(|n| be16(node, NODE - 2 * (n + 1))).collect()
}

/// Removes a record as a driver does: what lies behind it moves forward.
fn remove(node: &mut [u8], index: usize) {
    let all = offsets(node);
    let (end, removed) = (all[all.len() - 1], all[index + 1] - all[index]);
    node.copy_within(all[index + 1]..end, all[index]);
    for (n, offset) in all[index + 1..].iter().enumerate() {
        let at = NODE - 2 * (index + n + 1);
        node[at..at + 2].copy_from_slice(&((offset - removed) as u16).to_be_bytes());
    }
    let count = (all.len() - 2) as u16;
    node[10..12].copy_from_slice(&count.to_be_bytes());
}

fn crowded() -> Maker {
    let mut maker = Maker::new();
    let folder = maker.folder(2, "many");
    for n in 0..60 {
        maker.file(folder, &format!("picture {n:02}"), format!("content {n}").as_bytes());
    }
    maker
}

fn told(listing: &Listing) -> Vec<(ProblemKind, String)> {
    listing.problems.iter().map(|problem| (problem.kind, problem.detail.clone())).collect()
}

fn check(image: Vec<u8>, kind: ProblemKind, words: &str, files: usize) -> Tree {
    let tree = memory(image);
    let listing = list(&tree);
    let told = told(&listing);
    assert!(told.iter().any(|(k, detail)| *k == kind && detail.contains(words)), "{told:?}");
    assert!(told.len() <= 3, "{told:?}");
    assert_eq!(listing.files().len(), files, "{:?}", listing.files());
    tree
}

#[test]
fn the_copy_of_the_header_serves_when_the_first_is_damaged() {
    let mut image = crowded().finish();
    image[1024..1536].fill(0x55);
    check(image, Malformed, "its copy at the end was used", 60);
}

#[test]
fn a_volume_in_a_wrapper_is_the_same() {
    let inner = crowded().finish();
    let mut image = vec![0; 3 * 512 + 2 * 8192];
    image[1024..1026].copy_from_slice(b"BD");
    image[1024 + 20..1024 + 24].copy_from_slice(&8192_u32.to_be_bytes());
    image[1024 + 28..1024 + 30].copy_from_slice(&3_u16.to_be_bytes());
    image[1024 + 124..1024 + 126].copy_from_slice(b"H+");
    image[1024 + 126..1024 + 128].copy_from_slice(&2_u16.to_be_bytes());
    let count = inner.len().div_ceil(8192) as u16;
    image[1024 + 128..1024 + 130].copy_from_slice(&count.to_be_bytes());
    image.extend(&inner);
    image.resize(3 * 512 + 8192 * (2 + usize::from(count)), 0);
    let tree = memory(image.clone());
    let listing = list(&tree);
    assert_eq!(listing.problems, []);
    assert_eq!(listing.files(), list(&memory(inner.clone())).files());
    let node = listing.nodes.iter().find(|node| node.found.path == b"many/picture 07").unwrap();
    let bytes = tree.open(&node.found.path, &node.place).unwrap();
    assert_eq!(all_of(&*bytes).unwrap(), b"content 7");
    let (at, length) = bytes.runs().unwrap()[0];
    assert_eq!(&image[at.unwrap() as usize..][..length as usize], b"content 7");
    // HFSX differs in its signature, and in an order of names on which nothing here depends.
    let mut extended = inner;
    extended[1024..1028].copy_from_slice(b"HX\0\x05");
    assert_eq!(list(&memory(extended)).files(), listing.files());
}

#[test]
fn a_broken_chain_of_leaves_is_told_and_the_index_gives_the_rest() {
    let image = crowded().finish();
    let second = catalog(&image) + 2 * NODE;
    let mut looped = image.clone();
    looped[second..second + 4].copy_from_slice(&1_u32.to_be_bytes());
    check(looped, Malformed, "the leaves form a loop", 60);
    let lost = be16(&image, second + 10);
    let mut wiped = image.clone();
    wiped[second..second + NODE].fill(0);
    check(wiped, Malformed, "no leaf where one should be (node 2", 60 - lost);
    let mut bent = image;
    bent[second + NODE - 4..second + NODE - 2].fill(0xFF);
    check(bent, Malformed, "2 broken records (node 2", 58);
}

#[test]
fn folders_in_each_other_end() {
    let mut maker = crowded();
    maker.folder_with(901, "a", 900);
    maker.folder_with(900, "b", 901);
    maker.file(900, "in a loop", b"still read");
    maker.file(555, "nowhere", b"no folder");
    let tree = memory(maker.finish());
    let listing = list(&tree);
    let limits = told(&listing).iter().filter(|(kind, _)| *kind == Limit).count();
    assert_eq!(limits, 2, "{:?}", listing.problems);
    assert_eq!(bytes_of(&tree, "$orphans/900/in a loop").unwrap(), b"still read");
    assert_eq!(bytes_of(&tree, "$orphans/555/nowhere").unwrap(), b"no folder");
    assert_eq!(listing.files().len(), 62);
}

#[test]
fn links_that_lead_nowhere_and_lost_attributes_are_told() {
    let link = Like { mode: 0o100_644, made_for: ["hlnk", "hfs+"], special: 5, ..Like::default() };
    let mut maker = crowded();
    maker.file_like(2, "link", b"", &link);
    let tree = check(maker.finish(), Malformed, "hard links is gone", 61);
    assert!(matches!(bytes_of(&tree, "link"), Err(Fault::Damaged { .. })));
    let compressed = Like { mode: 0o100_644, flags: 0x20, ..Like::default() };
    let mut maker = crowded();
    maker.file_like(2, "small", b"", &compressed);
    let tree = check(maker.finish(), Malformed, "a compressed file without its attribute", 61);
    assert!(bytes_of(&tree, "small").is_err());
}

/// Finds the record of a file by the bytes of its name and changes its data fork.
fn bend_fork(image: &mut [u8], name: &str, at: usize, to: &[u8]) {
    let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let begin = catalog(image);
    let found = image[begin..]
        .windows(units.len() + 2)
        .position(|window| window.starts_with(&units) && window.ends_with(&[0, 2]));
    let fork = begin + found.unwrap() + units.len() + 88;
    image[fork + at..fork + at + to.len()].copy_from_slice(to);
}

#[test]
fn absurd_sizes_and_extents_are_faults_of_their_file_alone() {
    let image = crowded().finish();
    let check = |at: usize, to: &[u8], expect: fn(&Fault) -> bool| {
        let mut image = image.clone();
        bend_fork(&mut image, "picture 09", at, to);
        let tree = memory(image);
        let fault = bytes_of(&tree, "many/picture 09").unwrap_err();
        assert!(expect(&fault), "{fault:?}");
        assert_eq!(bytes_of(&tree, "many/picture 10").unwrap(), b"content 10");
        assert_eq!(list(&tree).files().len(), 60);
    };
    check(0, &[0x7F; 8], |fault| matches!(fault, Fault::Damaged { .. }));
    check(16, &[0xFF; 8], |fault| matches!(fault, Fault::Truncated { .. }));
    check(20, &[0; 4], |fault| matches!(fault, Fault::Damaged { .. }));
}

#[test]
fn a_journal_that_waits_is_told() {
    let mut maker = crowded();
    let mut journal = vec![0; 52];
    let at = maker.place_of_next() as u64;
    journal[36..44].copy_from_slice(&(at + 512).to_be_bytes());
    journal.resize(512, 0);
    journal.extend(b"xLNJ\x78\x56\x34\x12");
    journal.extend([0x200_u64.to_le_bytes(), 0x400_u64.to_le_bytes()].concat());
    maker.file(2, ".journal", &journal);
    let mut image = maker.finish();
    image[1024 + 6] |= 0x20;
    image[1024 + 12..1024 + 16].copy_from_slice(&((at / 4096) as u32).to_be_bytes());
    check(image, Unsupported, "changes that wait in the journal", 61);
}

#[test]
fn a_deleted_file_whose_record_is_whole_is_listed_as_deleted() {
    let mut image = crowded().finish();
    let start = catalog(&image);
    let leaves: Vec<usize> = (1..9).map(|n| start + n * NODE).collect();
    let is_file = |node: &[u8], index: usize| {
        let at = offsets(node)[index];
        be16(node, at + 2 + be16(node, at)) == 2
    };
    let last = |node: &[u8]| be16(node, 10) - 1;
    let leaf = leaves.iter().find(|at| {
        let node = &image[**at..**at + NODE];
        node[8] == 0xFF && is_file(node, last(node))
    });
    let node = &mut image[*leaf.unwrap()..][..NODE];
    let index = last(node);
    let at = offsets(node)[index];
    let record = at + 2 + be16(node, at);
    let id = node[record + 8..record + 12].to_vec();
    let name: Vec<u8> = node[at + 8..record].chunks(2).map(|unit| unit[1]).collect();
    let path = format!("many/{}", String::from_utf8(name).unwrap());
    let content = format!("content {}", path[13..].parse::<u32>().unwrap());
    remove(node, index);
    // The record alone: the thread says that the file lives, so this is an old copy.
    assert_eq!(list(&memory(image.clone())).files().len(), 59);
    for at in leaves {
        let node = &mut image[at..at + NODE];
        let all = offsets(node);
        let thread = (0..all.len() - 1).find(|n| node[all[*n] + 2..].starts_with(&id));
        if let Some(thread) = thread.filter(|_| node[8] == 0xFF) {
            remove(node, thread);
            break;
        }
    }
    let tree = memory(image);
    let listing = list(&tree);
    assert_eq!(listing.problems, []);
    assert!(listing.files().contains(&format!("-{path} {}", content.len())), "{path}");
    assert_eq!(listing.files().len(), 60);
    assert_eq!(bytes_of(&tree, &path).unwrap(), content.as_bytes());
}

#[test]
fn whatever_is_cut_or_bent_it_ends() {
    let image = special().finish();
    let start = catalog(&image) as u64;
    let trees = [1024, start, start + 4096, start + 6_000, start + 8_192, start - 4096];
    cut_and_bend("volume", &image, 8, 150, &trees);
    assert_eq!(paths(&list(&memory(image)), Kind::Other).len(), 1);
}
