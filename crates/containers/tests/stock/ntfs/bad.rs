//! Volumes that no sound system would write, and what must be said of them.

use super::writer::{
    ATTRIBUTE_LIST, DATA, FOLDER, IN_USE, RECORD, REPARSE_POINT, ROOT, Record, TABLE, listed,
    lznt1, reference,
};
use super::{copy, noise, volume};
use crate::support::{Listing, list};
use amparo_containers::{Bytes, Fault, Kind, Limits, Memory, NoSiblings, Secrets, Tree};
use std::rc::Rc;
use tempfile::TempDir;

/// A volume in memory with a file, `host.bin`, whose clusters begin at `host`.
struct Made {
    bytes: Vec<u8>,
    host: u64,
}

const HOST_BYTES: usize = 420_000;

fn made() -> Made {
    let folder = TempDir::new().unwrap();
    let image = volume(folder.path());
    copy(folder.path(), &image, "host.bin", "", &noise(HOST_BYTES, 9));
    let bytes = std::fs::read(&image).unwrap();
    let tree = tree(bytes.clone());
    let runs = open(&tree, "host.bin").unwrap().runs().unwrap();
    let &[(Some(host), _)] = runs.as_slice() else { panic!("in pieces: {runs:?}") };
    Made { bytes, host: host / 4096 }
}

impl Made {
    /// Runs of so many clusters from one of the host's on.
    fn run(&self, count: u8, from: u64) -> Vec<u8> {
        let start = ((self.host + from) as u16).to_le_bytes();
        vec![0x21, count, start[0], start[1]]
    }

    /// What the host's clusters hold.
    fn clusters(&self, from: usize, count: usize) -> &[u8] {
        &self.bytes[(self.host as usize + from) * 4096..][..count * 4096]
    }

    fn tree(&self) -> Tree {
        tree(self.bytes.clone())
    }

    /// Lists it; the host must still be there, and a problem must say so of this subject.
    fn says(&self, subject: &str, detail: &str) -> Listing {
        let listing = list(&self.tree());
        let fits = |problem: &amparo_model::Problem| {
            problem.subject == subject && problem.detail.contains(detail)
        };
        let count = listing.problems.iter().filter(|problem| fits(problem)).count();
        assert_eq!(count, 1, "{subject}: {detail}: {:?}", listing.problems);
        assert!(paths(&listing).contains(&"host.bin".to_owned()));
        listing
    }
}

fn tree(bytes: Vec<u8>) -> Tree {
    let root = Rc::new(Memory(bytes));
    let secrets = Secrets::default();
    Tree::new(b"volume.img".to_vec(), root, Rc::new(NoSiblings), secrets, Limits::default())
}

fn paths(listing: &Listing) -> Vec<String> {
    let path = |node: &amparo_containers::Node| String::from_utf8(node.found.path.clone()).unwrap();
    listing.nodes.iter().map(path).collect()
}

fn open(tree: &Tree, path: &str) -> Result<Rc<dyn Bytes>, Fault> {
    let listing = list(tree);
    let node = listing.nodes.iter().find(|node| node.found.path == path.as_bytes());
    let node = node.unwrap_or_else(|| panic!("no {path} in {:?}", paths(&listing)));
    tree.open(&node.found.path, &node.place)
}

fn file(name: &str) -> Record {
    Record::new(IN_USE, 1, 0).named(ROOT, name, 1)
}

#[test]
fn damaged_records_are_named_and_their_neighbours_are_listed() {
    let mut bad = made();
    file("torn").put(&mut bad.bytes, 16);
    bad.bytes[TABLE + 16 * RECORD + 510] ^= 1;
    file("marked").put(&mut bad.bytes, 17);
    bad.bytes[TABLE + 17 * RECORD..][..4].copy_from_slice(b"BAAD");
    file("long").resident(DATA, "", 0, &[0; 64]).put(&mut bad.bytes, 18);
    // The length of the value becomes absurd.
    let at = TABLE + 18 * RECORD + 56 + 104 + 16;
    bad.bytes[at..at + 4].copy_from_slice(&[0xFF; 4]);
    file("next").put(&mut bad.bytes, 19);
    bad.says("$MFT", "record 16 of $MFT: its sectors were not written together");
    bad.says("$MFT", "record 17 of $MFT: marked as damaged");
    let listing = bad.says("long", "record 18 of $MFT: a value leaves its attribute");
    assert!(paths(&listing).contains(&"next".to_owned()));
}

#[test]
fn copies_stand_in_for_the_table_s_first_record_and_the_boot_sector() {
    let mut bad = made();
    bad.bytes[TABLE] = 0;
    bad.says("$MFT", "record 0 of $MFT: no record begins here (read from its copy)");
    let mut bad = made();
    bad.bytes[..4096].fill(0);
    bad.says("$MFT", "the boot sector is wiped; its copy was read");
}

#[test]
fn a_volume_that_is_cut_off_is_listed_as_far_as_it_goes() {
    let mut bad = made();
    let half = (bad.host as usize + 3) * 4096;
    bad.bytes.truncate(half);
    bad.says("$MFT", &format!("the bytes end at {half}"));
    let host = open(&bad.tree(), "host.bin").unwrap();
    assert_eq!(host.read_at(0, &mut [0; 12_288]), Ok(12_288));
    assert_eq!(host.read_at(12_000, &mut [0; 4096]), Err(Fault::Truncated { at: half as u64 }));
    assert_eq!(host.runs(), None);
}

#[test]
fn folders_in_each_other_and_missing_folders_end_in_orphans() {
    let mut bad = made();
    let folder = |parent, name| Record::new(IN_USE | FOLDER, 1, 0).named(parent, name, 1);
    folder(reference(17, 1), "hen").put(&mut bad.bytes, 16);
    folder(reference(16, 1), "egg").put(&mut bad.bytes, 17);
    folder(reference(18, 1), "self").put(&mut bad.bytes, 18);
    Record::new(IN_USE, 1, 0).named(reference(999, 1), "lost", 1).put(&mut bad.bytes, 19);
    Record::new(IN_USE, 1, 0).named(reference(16, 1), "in", 1).put(&mut bad.bytes, 20);
    bad.says("$Orphan/hen/egg/hen", "lie in each other");
    bad.says("$Orphan/self/self", "lie in each other");
    let listing = bad.says("$Orphan/lost", "the folder that it names is not there");
    assert!(paths(&listing).contains(&"$Orphan/egg/hen/in".to_owned()));
}

#[test]
fn runs_that_lie_nowhere_lose_only_themselves() {
    let mut bad = made();
    let sizes = (5 * 4096, 5 * 4096);
    let outside = [bad.run(2, 0), vec![0x41, 3, 0, 0, 0, 0x10, 0]].concat();
    file("outside").runs(DATA, "", 0, (0, 4), sizes, &outside).put(&mut bad.bytes, 16);
    let absurd = 1 << 62;
    let run = bad.run(2, 0);
    file("absurd").runs(DATA, "", 0, (0, 1), (absurd, absurd), &run).put(&mut bad.bytes, 17);
    // Parts 0 and 3..5; clusters 1 and 2 are described nowhere.
    let list = [listed(DATA, 0, reference(18, 1)), listed(DATA, 3, reference(19, 1))].concat();
    let gap = file("gap").resident(ATTRIBUTE_LIST, "", 0, &list);
    gap.runs(DATA, "", 0, (0, 0), sizes, &bad.run(1, 0)).put(&mut bad.bytes, 18);
    let more = Record::new(IN_USE, 1, reference(18, 1));
    more.runs(DATA, "", 0, (3, 4), (0, 0), &bad.run(2, 3)).put(&mut bad.bytes, 19);

    let check = |path: &str, at: u64, clusters: usize, expect: Result<usize, &str>| {
        let bytes = open(&bad.tree(), path).unwrap();
        let mut into = vec![0; clusters * 4096];
        match (bytes.read_at(at * 4096, &mut into), expect) {
            (Ok(_), Ok(from)) => assert!(into == bad.clusters(from, clusters), "{path} {at}"),
            (Err(fault), Err(why)) => assert!(fault.to_string().contains(why), "{path}: {fault}"),
            (read, _) => panic!("{path} {at}: {read:?}"),
        }
        assert_eq!(bytes.runs(), None, "{path}");
    };
    check("outside", 0, 2, Ok(0));
    check("outside", 1, 2, Err("a run leaves the volume"));
    check("absurd", 0, 2, Ok(0));
    check("absurd", 1 << 40, 1, Err("nothing says where it goes on"));
    check("gap", 0, 1, Ok(0));
    check("gap", 1, 1, Err("nothing says where it goes on"));
    check("gap", 3, 2, Ok(3));
}

#[test]
fn records_that_continue_another_are_checked() {
    let mut bad = made();
    let list = [
        listed(0x30, 0, reference(17, 1)),
        listed(DATA, 0, reference(17, 1)),
        listed(DATA, 0, reference(18, 1)),
    ];
    let base = Record::new(IN_USE, 1, 0).resident(ATTRIBUTE_LIST, "", 0, &list.concat());
    base.put(&mut bad.bytes, 16);
    let more = |of| Record::new(IN_USE, 1, of);
    let named = more(reference(16, 1)).named(ROOT, "far.txt", 1).named(ROOT, "second.txt", 0);
    named.named(ROOT, "FAR~1.TXT", 2).resident(DATA, "", 0, b"far").put(&mut bad.bytes, 17);
    more(reference(99, 1)).resident(DATA, "alien", 0, b"x").put(&mut bad.bytes, 18);
    let listing = bad.says("far.txt", "record 18 of $MFT does not continue record 16");
    let ours = |path: &String| path.contains("far") || path.contains("second");
    let names: Vec<String> = paths(&listing).into_iter().filter(ours).collect();
    assert_eq!(names, ["far.txt", "second.txt"]);
    let mut far = [0; 9];
    assert_eq!(open(&bad.tree(), "second.txt").unwrap().read_at(0, &mut far), Ok(3));
    assert_eq!(&far[..3], b"far");

    // Lists of a quarter of a MiB each that all lie in the same clusters.
    let mut bad = made();
    let size = 64 * 4096;
    for number in 16..24 {
        let run = bad.run(64, 0);
        let list = file("many").runs(ATTRIBUTE_LIST, "", 0, (0, 63), (size, size), &run);
        list.put(&mut bad.bytes, number);
    }
    let listing = list_problems(&bad);
    let limits = listing.iter().filter(|detail| detail.contains("longer than the table"));
    assert_eq!(limits.count(), 7, "{listing:?}");
}

fn list_problems(bad: &Made) -> Vec<String> {
    list(&bad.tree()).problems.into_iter().map(|problem| problem.detail).collect()
}

#[test]
fn what_cannot_be_read_says_why() {
    let mut bad = made();
    let (run, size) = (bad.run(1, 0), 4096);
    file("efs").runs(DATA, "", 0x4000, (0, 0), (size, size), &run).put(&mut bad.bytes, 16);
    let tag = |tag: u32| [tag.to_le_bytes(), [0; 4]].concat();
    let hole = |name, reparse: u32| {
        let file = file(name).runs(DATA, "", 0x8000, (0, 0), (size, size), &[1, 1, 0]);
        file.resident(REPARSE_POINT, "", 0, &tag(reparse))
    };
    hole("cloud", 0x9000_701A).put(&mut bad.bytes, 17);
    hole("compact", 0x8000_0017).put(&mut bad.bytes, 18);
    file("link").resident(REPARSE_POINT, "", 0, &tag(0xA000_000C)).put(&mut bad.bytes, 19);
    let here = file("here").runs(DATA, "", 0, (0, 0), (size, size), &run);
    here.resident(REPARSE_POINT, "", 0, &tag(0x9000_701A)).put(&mut bad.bytes, 20);
    let tree = bad.tree();
    let fails = |path: &str, why: &str| match open(&tree, path).map(|_| ()) {
        Err(fault) => assert!(fault.to_string().contains(why), "{path}: {fault}"),
        Ok(()) => panic!("{path} opens"),
    };
    fails("efs", "encrypted: the key of the Windows user");
    fails("cloud", "not on this volume");
    fails("compact", "keeps in another file (WIM)");
    assert_eq!(open(&tree, "here").map(|bytes| bytes.len()), Ok(4096));
    let listing = list(&tree);
    let link = listing.nodes.iter().find(|node| node.found.path == b"link").unwrap();
    assert_eq!(link.found.kind, Kind::Other);
}

#[test]
fn a_damaged_unit_of_compression_loses_only_itself() {
    let mut bad = made();
    let plain = vec![7; 65_536];
    let mut packed = lznt1(&plain, 1);
    packed.resize(4096, 0);
    // The first unit is noise, in which the first chunk does not unpack; the second is sound.
    let at = bad.host as usize * 4096;
    bad.bytes[at..at + 8].copy_from_slice(&[0x05, 0xB0, 0xFF, 9, 9, 9, 9, 9]);
    bad.bytes[at + 4096..at + 8192].copy_from_slice(&packed);
    let runs = [bad.run(1, 0), vec![1, 15, 0x11, 1, 1, 1, 15, 0]].concat();
    let sizes = (131_072, 131_072);
    file("units").runs(DATA, "", 1, (0, 31), sizes, &runs).put(&mut bad.bytes, 16);
    let units = open(&bad.tree(), "units").unwrap();
    let fault = units.read_at(0, &mut [0; 9]).unwrap_err();
    assert!(fault.to_string().contains("a copy of what comes before the chunk"), "{fault}");
    let mut second = vec![0; 70_000];
    assert_eq!(units.read_at(65_536, &mut second), Ok(65_536));
    assert!(second[..65_536] == plain);
}

#[test]
fn files_that_windows_compresses_say_what_is_wrong_with_them() {
    let mut bad = made();
    let size = 3 * 4096;
    let file = |name, algorithm: u32| {
        let reparse = [0x8000_0017_u32, 16, 1, 2, 1, algorithm, 0];
        let reparse: Vec<u8> = reparse.into_iter().flat_map(u32::to_le_bytes).collect();
        let file = file(name).runs(DATA, "", 0x8000, (0, 2), (size, size), &[1, 3, 0]);
        file.resident(REPARSE_POINT, "", 0, &reparse)
    };
    let table = |ends: [u32; 2], rest: &[u8]| {
        ends.into_iter().flat_map(u32::to_le_bytes).chain(rest.iter().copied()).collect::<Vec<u8>>()
    };
    let stream =
        |name, table: Vec<u8>| file(name, 0).resident(DATA, "WofCompressedData", 0, &table);
    file("lzx", 1).put(&mut bad.bytes, 16);
    file("alone", 0).put(&mut bad.bytes, 17);
    stream("falls", table([9, 3], &[0; 20])).put(&mut bad.bytes, 18);
    stream("jumps", table([4096, 9999], &[0; 20])).put(&mut bad.bytes, 19);
    stream("short", table([10, 4000], &[0; 20])).put(&mut bad.bytes, 20);
    stream("noise", table([300, 301], &noise(310, 5))).put(&mut bad.bytes, 21);
    let tree = bad.tree();
    let fails = |path: &str, why: &str| {
        let read = open(&tree, path).and_then(|bytes| bytes.read_at(0, &mut [0; 100]));
        assert!(
            read.as_ref().is_err_and(|fault| fault.to_string().contains(why)),
            "{path} {read:?}"
        );
    };
    fails("lzx", "compressed with LZX");
    fails("alone", "the stream with the compressed contents is not there");
    fails("falls", "the table of chunks does not rise");
    fails("jumps", "the table of chunks does not rise");
    fails("short", "the table of chunks does not rise");
    fails("noise", "of the unpacked file: a table of more codes than there are");
}

/// A table of which the second part lies in the host.
fn table_in_host(bad: &mut Made, more: &[u8], clusters: u64) {
    let size = clusters * 4096;
    let runs = [&[0x11, 7, 4], more, &[0]].concat();
    let first = Record::new(IN_USE, 1, 0).named(ROOT, "$MFT", 3);
    first.runs(DATA, "", 0, (0, clusters - 1), (size, size), &runs).put(&mut bad.bytes, 0);
}

#[test]
fn hundreds_of_damaged_records_are_told_as_a_number() {
    let mut bad = made();
    let delta = ((bad.host - 4) as u16).to_le_bytes();
    table_in_host(&mut bad, &[0x21, 100, delta[0], delta[1]], 107);
    let listing = list(&bad.tree());
    assert_eq!(listing.problems.len(), 201);
    assert_eq!(listing.problems[3].subject, "$MFT");
    assert!(listing.problems[3].detail.contains("no record begins here"));
    let last = &listing.problems[200].detail;
    assert!(last.contains("200 more parts of $MFT are damaged"), "{last}");
}

#[test]
fn records_behind_the_end_of_the_table_are_none() {
    // Its last cluster holds four records, of which the table has one.
    let mut bad = made();
    let runs = [0x11, 7, 4, 0];
    let first = Record::new(IN_USE, 1, 0).named(ROOT, "$MFT", 3);
    let sizes = (25 * 1024, 25 * 1024);
    first.runs(DATA, "", 0, (0, 6), sizes, &runs).put(&mut bad.bytes, 0);
    file("behind").put(&mut bad.bytes, 25);
    file("last").put(&mut bad.bytes, 24);
    let listing = list(&bad.tree());
    assert_eq!(listing.problems, []);
    assert!(paths(&listing).contains(&"last".to_owned()));
    assert!(!paths(&listing).contains(&"behind".to_owned()));
}

#[test]
fn tables_that_are_not_there_end() {
    // Nearly nothing is there of a table as long as a volume of 512 TiB.
    let mut bad = made();
    bad.bytes[40..48].copy_from_slice(&(1_u64 << 40).to_le_bytes());
    table_in_host(&mut bad, &[0x15, 0, 0, 0, 0, 16, 0], 1 << 36);
    let problems = list_problems(&bad);
    assert!(problems.iter().any(|detail| detail.contains("the bytes end at")), "{problems:?}");
    // A hole in the table is no record either.
    let mut bad = made();
    table_in_host(&mut bad, &[1, 100], 107);
    let problems = list_problems(&bad);
    assert!(
        problems.len() == 1 && problems[0].contains("records 28 to 427 of $MFT"),
        "{problems:?}"
    );
    // The same clusters again and again.
    let mut bad = made();
    bad.bytes[40..48].copy_from_slice(&(1_u64 << 40).to_le_bytes());
    let again = [0x12, 100, 0, 0].repeat(150);
    table_in_host(&mut bad, &again, 7 + 150 * 100);
    let problems = list_problems(&bad);
    assert!(problems.iter().any(|detail| detail.contains("lie over each other")), "{problems:?}");
}
