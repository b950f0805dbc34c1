//! Named bad volumes, each with what it must say. The volume is made by hand: 64 blocks of a KiB,
//! one group, 32 inodes from block 5 on, the root folder in block 10.

use super::*;
use crate::bytes::Memory;
use crate::format::{NoSiblings, Secrets};
use crate::found::{Found, Go};

const BLOCK: usize = 1_024;

struct Made(Vec<u8>);

impl Made {
    fn new() -> Self {
        let mut made = Self(vec![0; 64 * BLOCK]);
        for (at, value) in [(0, 32), (4, 64), (0x14, 1), (0x20, 8_192), (0x28, 32), (0x4C, 1)] {
            made.put32(BLOCK + at, value);
        }
        made.put32(BLOCK + 0x38, 0xEF53);
        made.put32(BLOCK + 0x58, 128);
        made.put32(BLOCK + 0x60, incompat::FILE_TYPE | 0x40);
        made.put32(2 * BLOCK + 8, 5);
        made.inode(2, 0x41ED, 1_024, 0);
        made.put32(Self::map(2), 10);
        made
    }

    fn put32(&mut self, at: usize, value: u32) {
        self.0[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    fn map(inode: usize) -> usize {
        5 * BLOCK + (inode - 1) * 128 + 0x28
    }

    fn inode(&mut self, inode: usize, mode: u32, size: u32, flags: u32) {
        let at = Self::map(inode) - 0x28;
        for (field, value) in [(0, mode), (4, size), (0x18, 1 << 16), (0x20, flags)] {
            self.put32(at + field, value);
        }
    }

    /// Records in a block: inode, kind, name, and bytes that the record takes.
    fn folder(&mut self, block: usize, records: &[(u32, u8, &[u8], u16)]) {
        let mut at = block * BLOCK;
        for (inode, kind, name, length) in records {
            self.record(at, (*inode, *kind, name, *length));
            at += usize::from(*length);
        }
        assert_eq!(at, (block + 1) * BLOCK);
    }

    fn record(&mut self, at: usize, (inode, kind, name, length): (u32, u8, &[u8], u16)) {
        self.put32(at, inode);
        self.0[at + 4..at + 6].copy_from_slice(&length.to_le_bytes());
        self.0[at + 6..at + 8].copy_from_slice(&[name.len() as u8, kind]);
        self.0[at + 8..at + 8 + name.len()].copy_from_slice(name);
    }

    /// A node of extents: depth, then entries of three numbers.
    fn extents(&mut self, at: usize, depth: u32, entries: &[[u32; 3]]) {
        self.put32(at, 0xF30A | (entries.len() as u32) << 16);
        self.put32(at + 4, 4 | depth << 16);
        for (number, entry) in entries.iter().enumerate() {
            for (part, value) in entry.iter().enumerate() {
                self.put32(at + 12 + number * 12 + part * 4, *value);
            }
        }
    }

    fn open(self) -> Rc<dyn Container> {
        let secrets = Secrets::default();
        let opening = Opening {
            bytes: Rc::new(Memory(self.0)),
            name: Vec::new(),
            siblings: Rc::new(NoSiblings),
            secrets: &secrets,
            limits: Limits::default(),
        };
        match Ext.open(opening).unwrap() {
            Opened::Entries(container) => container,
            Opened::Image(_) => panic!("no image"),
        }
    }
}

fn list(container: &dyn Container) -> (Vec<Found>, Vec<String>) {
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    container.list(&mut |found| {
        match found {
            Ok(found) => entries.push(found),
            Err(problem) => problems.push(format!("{}: {}", problem.subject, problem.detail)),
        }
        Go::On
    });
    (entries, problems)
}

/// Lists the root's records, which end with the block.
fn check(records: &[(u32, u8, &[u8], u16)], expect: &[(&str, bool)], problem: &str) {
    let mut made = Made::new();
    made.inode(12, 0x81A4, 5, 0);
    made.inode(13, 0x41ED, 1_024, 0);
    made.put32(Made::map(13), 11);
    made.folder(11, &[(13, 2, b"again", 1_024)]);
    made.folder(10, records);
    let (entries, problems) = list(&*made.open());
    let listed: Vec<_> = entries
        .iter()
        .map(|found| (std::str::from_utf8(&found.path).unwrap(), found.deleted))
        .collect();
    assert_eq!(listed, expect);
    let problems = problems.join("\n");
    assert!(problems.contains(problem) && problem.is_empty() == problems.is_empty(), "{problems}");
}

#[test]
fn folders_of_all_kinds() {
    check(&[(2, 2, b".", 12), (12, 1, b"file", 1_012)], &[("file", false)], "");
    let twice = [("file", false), ("file", false)];
    check(&[(12, 1, b"file", 512), (12, 1, b"file", 512)], &twice, "");
    check(&[(0, 1, b"gone", 512), (0, 1, b"gone", 512)], &[("gone", true)], "");
    check(&[(12, 1, b"a/b", 1_024)], &[("a%2Fb", false)], "");
    check(&[(2, 2, b"loop", 1_024)], &[("loop", false)], "loop: damaged");
    check(&[(13, 2, b"a", 1_024)], &[("a", false), ("a/again", false)], "a/again: damaged");
    check(&[(99_999, 1, b"far", 1_024)], &[("far", false)], "there is no inode 99999");
    check(&[(20, 1, b"blank", 1_024)], &[("blank", false)], "named and not in use");
    check(
        &[(12, 1, b"a", 16), (7, 1, b"too long", 8), (12, 1, b"b", 1_000)],
        &[("a", false), ("b", false)],
        "make no sense",
    );
}

#[test]
fn a_name_in_a_gap_is_listed_once_and_not_when_it_is_there_again() {
    let mut made = Made::new();
    made.inode(12, 0x81A4, 5, 0);
    made.inode(14, 0x81A4, 7, 0);
    made.put32(Made::map(14) - 0x28 + 0x14, 1);
    made.folder(10, &[(12, 1, b"file", 1_024)]);
    for (at, inode, name) in [(64, 14, b"gone"), (128, 14, b"gone"), (192, 12, b"file")] {
        made.record(10 * BLOCK + at, (inode, 1, name, 16));
    }
    made.record(10 * BLOCK + 256, (99, 1, b"none", 16));
    let container = made.open();
    let (entries, problems) = list(&*container);
    let listed: Vec<_> = entries.iter().map(|found| (&found.path[..], found.size)).collect();
    assert_eq!(listed, [(&b"file"[..], 5), (b"gone", 7)]);
    assert!(problems.is_empty() && entries[1].deleted);
    assert_eq!(container.open(entries[1].address).unwrap().len(), 7);
}

#[test]
fn an_absurd_folder_is_named_and_its_neighbours_go_on() {
    let mut made = Made::new();
    made.inode(12, 0x41ED, u32::MAX, 0);
    made.inode(13, 0x41ED, 1_024, 0);
    made.put32(Made::map(13), 11);
    made.folder(10, &[(12, 2, b"absurd", 512), (13, 2, b"sound", 512)]);
    made.folder(11, &[(20, 1, b"inside", 1_024)]);
    let (entries, problems) = list(&*made.open());
    assert_eq!(entries.last().unwrap().path, b"sound/inside");
    assert!(problems[0].contains("absurd: above the limit"), "{problems:?}");
}

/// Opens inode 12 with these extents in its inode and in block 20.
fn mapped(depth: u32, root: &[[u32; 3]], node: &[[u32; 3]], size: u32) -> Rc<dyn Bytes> {
    let mut made = Made::new();
    made.inode(12, 0x81A4, size, 0x8_0000);
    made.extents(Made::map(12), depth, root);
    made.extents(20 * BLOCK, 0, node);
    made.0[30 * BLOCK] = 7;
    made.open().open(12).unwrap()
}

#[test]
fn hostile_maps_lose_only_their_parts() {
    let read = |bytes: &dyn Bytes, at: u64| bytes.read_at(at, &mut [0; 10]);
    let sound = mapped(1, &[[0, 20, 0]], &[[0, 2, 30], [5, 32_769, 40]], 7 * 1_024);
    let runs = vec![(Some(30 * 1_024), 2_048), (None, 5 * 1_024)];
    assert_eq!(sound.runs(), Some(runs));
    let bomb = mapped(1, &[[0, 20, 0], [2, 20, 0], [4, 20, 0]], &[[0, 2, 30]], 6 * 1_024);
    assert_eq!(read(&*bomb, 0), Ok(10));
    assert!(matches!(read(&*bomb, 2_048), Err(Fault::Damaged { .. })));
    let unordered = mapped(0, &[[3, 2, 30], [0, 2, 30]], &[], 6 * 1_024);
    assert_eq!(read(&*unordered, 3_072), Ok(10));
    assert!(matches!(read(&*unordered, 5_120), Err(Fault::Damaged { .. })));
    let outside = mapped(0, &[[0, 1, 99], [1, 1, 30]], &[], 2_048);
    assert!(matches!(read(&*outside, 0), Err(Fault::Damaged { .. })));
    assert_eq!(read(&*outside, 1_024), Ok(10));
    let deep = mapped(9, &[[0, 20, 0]], &[], 1_024);
    assert!(matches!(read(&*deep, 0), Err(Fault::Damaged { .. })));
    let absurd = mapped(0, &[[0, 1, 30]], &[], u32::MAX);
    assert_eq!((absurd.len(), read(&*absurd, 4_000_000_000)), (u64::from(u32::MAX), Ok(10)));
}

#[test]
fn a_loop_in_a_block_map_ends() {
    let mut made = Made::new();
    made.inode(12, 0x81A4, u32::MAX, 0);
    for pointer in 12..15 {
        made.put32(Made::map(12) + pointer * 4, 20);
    }
    (0..256).for_each(|number| made.put32(20 * BLOCK + number * 4, 20));
    let file = made.open().open(12).unwrap();
    assert_eq!(file.read_at(0, &mut [0; 12 << 10]), Ok(12 << 10));
    assert!(matches!(file.read_at(300 << 10, &mut [0; 1]), Err(Fault::Damaged { .. })));
}

#[test]
fn what_was_formatted_anew_is_no_longer_this() {
    let mut made = Made::new();
    let claims = |made: &Made| Ext.recognises(&made.0[..64 * BLOCK], &Memory(made.0.clone()));
    assert!(claims(&made));
    for (at, bad) in [(0x18, 7), (0x20, 0), (0x28, 0), (0x14, 2), (0x58, 100), (0x38, 0)] {
        let good = u32::from_le_bytes(made.0[BLOCK + at..BLOCK + at + 4].try_into().unwrap());
        made.put32(BLOCK + at, bad);
        assert!(!claims(&made), "{at:#x}");
        made.put32(BLOCK + at, good);
    }
    let (second, old) = (8_193 * BLOCK, made.0[BLOCK..3 * BLOCK].to_vec());
    made.0.resize(second + old.len(), 0);
    made.0[second..].copy_from_slice(&old);
    made.0[second + 0x5A] = 1;
    made.put32(BLOCK + 0x38, 0);
    assert!(claims(&made), "the first copy is damaged");
    made.put32(2 * BLOCK + 8, 6);
    assert!(!claims(&made), "something else begins here");
    made.0[..64 * BLOCK].fill(0);
    assert!(claims(&made), "the beginning is gone");
}
