//! A small FAT12 volume built here, made hostile in one way each time.

use super::*;
use crate::bytes::Memory;
use crate::format::{NoSiblings, Secrets};

const FREE_FAT: usize = 512;
const ROOT: usize = 1_024;
const DATA: usize = 1_536;
const CLUSTERS: usize = 100;
const END: u16 = 0xFFF;

/// 100 clusters of 512 bytes, 16 slots in the root folder, one table.
struct Card {
    bytes: Vec<u8>,
    limits: Limits,
}

impl Card {
    fn new() -> Self {
        let mut bytes = vec![0; DATA + CLUSTERS * 512];
        let sectors = (bytes.len() / 512) as u8;
        bytes[..3].copy_from_slice(&[0xEB, 0x3C, 0x90]);
        bytes[11..24].copy_from_slice(&[0, 2, 1, 1, 0, 1, 16, 0, sectors, 0, 0xF8, 1, 0]);
        bytes[510..512].copy_from_slice(&[0x55, 0xAA]);
        Self { bytes, limits: Limits::default() }
    }

    /// Each cluster leads to the next; the last ends.
    fn chain(mut self, clusters: &[u16]) -> Self {
        for pair in clusters.windows(2) {
            let at = FREE_FAT + usize::from(pair[0]) * 3 / 2;
            let both = le(&self.bytes, at);
            let value = match pair[0] % 2 {
                0 => both & 0xF000 | pair[1],
                _ => both & 0x000F | pair[1] << 4,
            };
            self.bytes[at..at + 2].copy_from_slice(&value.to_le_bytes());
        }
        self
    }

    fn put(mut self, at: usize, bytes: &[u8]) -> Self {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    /// A slot: number `at` of the root folder, or of a cluster's.
    fn slot(self, at: usize, slot: [u8; 32]) -> Self {
        self.put(ROOT + at * 32, &slot)
    }

    fn open(&self) -> Rc<dyn Container> {
        open_volume(Rc::new(Memory(self.bytes.clone())), self.limits)
    }

    /// What is listed: paths with sizes, `-` in front when deleted, and problems.
    fn listed(&self) -> Vec<String> {
        lines(&*self.open())
    }

    fn check(&self, expect: &[&str]) {
        assert_eq!(self.listed(), expect);
    }

    /// The first bytes of an entry's clusters, or why they cannot be had.
    fn read(&self, address: usize) -> Result<String, String> {
        let bytes = self.open().open(address as u64).map_err(|fault| fault.to_string())?;
        let mut letters = String::new();
        for at in (0..bytes.len()).step_by(512) {
            let [letter] = array_at(&*bytes, at).map_err(|fault| format!("{letters}; {fault}"))?;
            letters.push(char::from(letter));
        }
        Ok(letters)
    }
}

fn open_volume(bytes: Rc<dyn Bytes>, limits: Limits) -> Rc<dyn Container> {
    let (siblings, secrets) = (Rc::new(NoSiblings), &Secrets::default());
    match Fat.open(Opening { bytes, name: Vec::new(), siblings, secrets, limits }) {
        Ok(Opened::Entries(container)) => container,
        _ => panic!("does not open"),
    }
}

fn lines(container: &dyn Container) -> Vec<String> {
    let mut all = Vec::new();
    container.list(&mut |item| {
        all.push(match item {
            Ok(found) => {
                let mark = if found.deleted { "-" } else { "" };
                format!("{mark}{} {}", String::from_utf8_lossy(&found.path), found.size)
            }
            Err(problem) => format!("{}: {}", problem.subject, problem.detail),
        });
        Go::On
    });
    all
}

fn le(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

const fn cluster(number: usize) -> usize {
    DATA + (number - 2) * 512
}

fn short(name: &[u8; 11], attributes: u8, first: u16, size: u32) -> [u8; 32] {
    let mut slot = [0; 32];
    slot[..11].copy_from_slice(name);
    slot[11] = attributes;
    slot[26..28].copy_from_slice(&first.to_le_bytes());
    slot[28..].copy_from_slice(&size.to_le_bytes());
    slot
}

fn long(number: u8, sum: u8, name: &str) -> [u8; 32] {
    let mut slot = [0xFF; 32];
    (slot[0], slot[11], slot[12], slot[13]) = (number, 0x0F, 0, sum);
    slot[26..28].copy_from_slice(&[0, 0]);
    let places = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
    for (unit, at) in name.encode_utf16().chain([0]).zip(places) {
        slot[at..at + 2].copy_from_slice(&unit.to_le_bytes());
    }
    slot
}

/// A folder's cluster with itself, the one above, and a file.
fn folder(own: u16, file: [u8; 32]) -> Vec<u8> {
    let (dot, dots) = (b".          ", b"..         ");
    [short(dot, 0x10, own, 0), short(dots, 0x10, 0, 0), file].concat()
}

fn sum(name: &[u8; 11]) -> u8 {
    name.iter().fold(0_u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte))
}

#[test]
fn a_chain_that_runs_in_a_circle_ends() {
    let card = Card::new().chain(&[2, 3, 2]).slot(0, short(b"A       TXT", 0, 2, 2_000));
    let card = card.put(cluster(2), b"a").put(cluster(3), b"b");
    let why = "damaged at byte 1536: cluster 2 belongs to a chain already";
    card.check(&["A.TXT 2000", &format!("A.TXT: {why}")]);
    assert_eq!(card.read(ROOT), Err(format!("ab; {why}")));
}

#[test]
fn chains_that_cross_leave_the_volume_or_end_early_are_told() {
    let check = |chain: &[u16], size, why: &str, read: &str| {
        let card = Card::new().chain(&[2, 3, END]).chain(chain);
        let card = card.slot(0, short(b"A          ", 0, 2, 1_024));
        let card = card.slot(1, short(b"B          ", 0, chain[0], size));
        card.put(cluster(2), b"a").put(cluster(3), b"b").put(cluster(7), b"c").check(&[
            "A 1024",
            &format!("B {size}"),
            &format!("B: damaged at byte {why}"),
        ]);
        let read_here = card_read(chain, size);
        assert_eq!(read_here, read);
    };
    check(&[7, 3], 1_024, "2048: cluster 3 belongs to a chain already", "cb");
    check(&[7, 200], 600, "52736: cluster 200 lies outside the volume", "c");
    let ends = "4096: the chain ends at cluster 7, 2 too early";
    check(&[7, END], 1_025, ends, "c");
    let free = "4096: the table calls cluster 7 free";
    check(&[7], 1_024, free, "c");
    check(&[7, 0xFF7], 9, "4096: the table calls cluster 7 bad", "c");
    check(&[0], 9, "52736: cluster 0 lies outside the volume", "");
    check(&[7], u32::MAX, "1056: 4294967295 bytes claimed, more than the volume holds", "c");
}

/// What can be read of an entry of that chain, up to the first fault.
fn card_read(chain: &[u16], size: u32) -> String {
    let card = Card::new().chain(&[2, 3, END]).chain(chain);
    let card = card.slot(1, short(b"B          ", 0, chain[0], size));
    let card = card.put(cluster(2), b"a").put(cluster(3), b"b").put(cluster(7), b"c");
    match card.read(ROOT + 32) {
        Ok(all) => all,
        Err(some) => some.split_once("; ").map(|(some, _)| some.to_owned()).unwrap_or_default(),
    }
}

#[test]
fn folders_in_a_circle_or_too_deep_end() {
    let card = Card::new().chain(&[2, END]).slot(0, short(b"A          ", 0x10, 2, 0));
    let card = card.put(cluster(2), &folder(2, short(b"B          ", 0x10, 2, 0)));
    card.check(&[
        "A 0",
        "A/B 0",
        "A/B: damaged at byte 1536: cluster 2 belongs to a chain already",
    ]);

    let mut card = Card::new().slot(0, short(b"A          ", 0x10, 2, 0));
    for number in 2..10 {
        let inner = folder(number, short(b"A          ", 0x10, number + 1, 0));
        card = card.chain(&[number, END]).put(cluster(usize::from(number)), &inner);
    }
    card.limits.folders_deep = 3;
    card.check(&["A 0", "A/A 0", "A/A/A 0", "A/A/A: above the limit: folders deeper than 3"]);
    card.limits.folders_deep = 200;
    card.limits.path_bytes = 4;
    card.check(&["A 0", "A/A 0", "A/A/A 0"]);
}

#[test]
fn deleted_files_are_read_over_free_clusters_only() {
    let card = Card::new().chain(&[3, END]).slot(0, short(b"B          ", 0, 3, 1));
    let card = card.slot(1, short(b"\xE5          ", 0, 2, 1_500));
    let card = card.slot(2, short(b"\xE5ONE       ", 0, 3, 1_500));
    let letters = (2..6).zip(b"abcd");
    let card = letters.fold(card, |card, (number, letter)| card.put(cluster(number), &[*letter]));
    card.check(&["B 1", "-_ 1500", "-_ONE 1500"]);
    assert_eq!(card.read(ROOT + 32), Ok("acd".to_owned()));
    let why = "damaged at byte 2048: cluster 3 of this deleted entry is in use again";
    assert_eq!(card.read(ROOT + 64), Err(why.to_owned()));
}

#[test]
fn what_cannot_have_been_an_entry_is_no_deleted_one() {
    let card = Card::new().slot(0, short(b"\xE5lower     ", 0, 2, 1));
    let card = card.slot(1, short(b"\xE5FAR       ", 0, 500, 1));
    let card = card.slot(2, short(b"\xE5NONE      ", 0, 0, 1));
    card.slot(3, short(b"\xE5BITS      ", 0xC0, 2, 1)).check(&[]);
}

#[test]
fn deleted_folders_are_walked_while_they_look_like_one() {
    let gone = short(b"\xE5ONE       ", 0x10, 2, 0);
    let inside = folder(2, short(b"IN         ", 0, 9, 5));
    let card =
        |bytes: &[u8]| Card::new().slot(0, gone).put(cluster(2), bytes).put(cluster(9), b"x");
    card(&inside).check(&["-_ONE 0", "-_ONE/IN 5"]);
    // Not marked itself: its address says that it is gone with its folder.
    let address = cluster(2) + 64;
    assert_eq!(card(&inside).read(address + 1), Ok("x".to_owned()));
    // Of another folder, of no folder, in use again.
    card(&folder(3, short(b"IN         ", 0, 9, 5))).check(&["-_ONE 0"]);
    card(b"hello").check(&["-_ONE 0"]);
    card(&inside).chain(&[2, END]).check(&["-_ONE 0"]);
    // Named twice, walked once.
    let twice = short(b"\xE5WO        ", 0x10, 2, 0);
    card(&inside).slot(1, twice).check(&["-_ONE 0", "-_ONE/IN 5", "-_WO 0"]);
}

#[test]
fn a_deleted_folder_goes_on_in_the_next_cluster_while_that_holds_slots() {
    let mut first = folder(2, short(b"\xE5          ", 0, 0, 0));
    for _ in 0..13 {
        first.extend_from_slice(&short(b"F          ", 0, 0, 0));
    }
    let card = Card::new().slot(0, short(b"\xE5ONE       ", 0x10, 2, 0)).put(cluster(2), &first);
    let count = |card: &Card| card.listed().len();
    let more = Card { bytes: card.bytes.clone(), limits: card.limits };
    assert_eq!(count(&card), 15);
    assert_eq!(count(&more.put(cluster(3), &short(b"G          ", 0, 0, 0))), 16);
    assert_eq!(count(&card.put(cluster(3), b"\xFF\xD8\xFF\xE0 a picture")), 15);
}

#[test]
fn long_names_count_when_they_belong_to_the_short_one() {
    let name = b"LONGNA~1TXT";
    let slots = |first: u8, second: u8, sum: u8, letter: u8| {
        let mut file = short(name, 0, 0, 0);
        file[0] = letter;
        let card = Card::new().slot(0, long(first, sum, "n"));
        card.slot(1, long(second, sum, "Long name with")).slot(2, file)
    };
    let (good, bad) = (sum(name), sum(name) ^ 1);
    slots(0x42, 1, good, b'L').check(&["Long name witn 0"]);
    let other = "its long name has another checksum; the short name stands for it";
    let at = ROOT + 64;
    slots(0x42, 1, bad, b'L')
        .check(&["LONGNA~1.TXT 0", &format!("LONGNA~1.TXT: damaged at byte {at}: {other}")]);
    let missing = "slots of its long name are missing; the short name stands for it";
    slots(0x42, 2, good, b'L')
        .check(&["LONGNA~1.TXT 0", &format!("LONGNA~1.TXT: damaged at byte {at}: {missing}")]);
    slots(0xE5, 0xE5, good, 0xE5).check(&["-Long name witn 0"]);
    slots(0xE5, 0xE5, bad, 0xE5).check(&["-_ONGNA~1.TXT 0"]);
    // Slots that were deleted before belong to something else.
    slots(0xE5, 0xE5, good, b'L').check(&["LONGNA~1.TXT 0"]);
}

#[test]
fn names_that_no_file_can_have_do_not_climb() {
    let name = b"X          ";
    let card = Card::new().slot(0, long(0x41, sum(name), "../../x"));
    card.slot(1, short(name, 0, 0, 0))
        .check(&[".._.._x 0", ".._.._x: damaged at byte 1056: a name that no file can have"]);
}

#[test]
fn case_first_letters_labels_and_rubbish() {
    let mut lower = short(b"\x05BC     TXT", 0, 0, 0);
    lower[12] = 0x08;
    let card = Card::new().slot(0, lower).slot(1, short(b"LABEL      ", 8, 0, 0));
    let rubbish = short(b"\x01\x02         ", 0, 0, 0);
    card.slot(2, rubbish).slot(3, rubbish).slot(4, short(b"Z          ", 0, 0, 0)).check(&[
        "\u{FFFD}bc.TXT 0",
        ": damaged at byte 1088: no entry of a folder",
        "Z 0",
    ]);
}

#[test]
fn what_devices_write_against_the_rules_is_listed() {
    let card = Card::new().chain(&[2, END]).slot(0, short(b"a+b.c   JPG", 0x60, 2, 1));
    card.slot(1, short(b" x         ", 0, 0, 0)).check(&["a+b.c.JPG 1", " x 0"]);
    Card::new()
        .slot(0, short(b"a+b     JPG", 0x60, 0, 1))
        .check(&[": damaged at byte 1024: no entry of a folder"]);
}

/// Nothing of one cluster can be read.
struct Scratched(Memory, u64);

impl Bytes for Scratched {
    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        if at < self.1 + 512 && at + into.len() as u64 > self.1 {
            return Err(Fault::Source { why: "scratched".to_owned() });
        }
        self.0.read_at(at, into)
    }
}

#[test]
fn a_bad_sector_in_a_folder_costs_only_its_neighbours() {
    let chain: Vec<u16> = (2..26).chain([END]).collect();
    let mut card = Card::new().chain(&chain).slot(0, short(b"D          ", 0x10, 2, 0));
    let files = (0..24 * 16).map(|number| {
        let name: [u8; 11] = format!("{number:<11}").into_bytes().try_into().unwrap();
        short(&name, 0, 0, 0)
    });
    card = card.put(cluster(2), &files.collect::<Vec<_>>().concat());
    // Of 12 KiB, the second 4 KiB are lost.
    let bytes = Scratched(Memory(card.bytes.clone()), cluster(12) as u64);
    let listed = lines(&*open_volume(Rc::new(bytes), card.limits));
    assert_eq!(listed.len(), 1 + 2 * 128 + 1);
    assert_eq!(listed[129], "D: the source could not be read: scratched");
    assert_eq!((listed[128].as_str(), listed[130].as_str()), ("D/127 0", "D/256 0"));
}

#[test]
fn a_copy_that_ends_early_is_told_and_read_as_far_as_it_goes() {
    let mut card = Card::new().chain(&[2, 90, END]).slot(0, short(b"A          ", 0, 2, 1_024));
    card = card.put(cluster(2), b"a");
    card.bytes.truncate(20_000);
    card.check(&[": the bytes end at 20000, before what they announce", "A 1024"]);
    let why = "a; the bytes end at 46592, before what they announce";
    assert_eq!(card.read(ROOT), Err(why.to_owned()));
}
