//! NTFS as `mkntfs` makes it, filled by `ntfscp`, against The Sleuth Kit's `fls` and `icat`.

mod bad;
mod writer;

use crate::support::{all_of, bytes_of, cut_and_bend, list, run, tree};
use amparo_containers::{Found, Kind};
use amparo_model::UtcMillis;
use std::path::Path;
use tempfile::TempDir;
use writer::{DATA, FOLDER, RECORD, ROOT, Record, TABLE, free, lznt1, reference};

/// An empty volume of 2 MiB.
fn volume(folder: &Path) -> String {
    let image = folder.join("volume.img");
    std::fs::write(&image, vec![0; 2 << 20]).unwrap();
    let image = image.to_str().unwrap().to_owned();
    run("mkntfs", &["-F", "-q", "-Q", "-L", "test", &image]);
    image
}

/// Bytes that do not repeat.
fn noise(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    let step = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(step).collect()
}

/// Copies bytes to a path of the volume, or to a stream of the file there.
fn copy(folder: &Path, image: &str, path: &str, stream: &str, bytes: &[u8]) {
    let source = folder.join("source");
    std::fs::write(&source, bytes).unwrap();
    let source = source.to_str().unwrap();
    if stream.is_empty() {
        run("ntfscp", &["-q", image, source, path]);
    } else {
        run("ntfscp", &["-q", "-N", stream, image, source, path]);
    }
}

/// The number of the record of a path.
fn record(image: &str, path: &str) -> usize {
    let found = list(&tree(Path::new(image), &[])).nodes;
    let found = found.iter().find(|node| node.found.path == path.as_bytes()).unwrap();
    (found.found.address >> 16) as usize
}

/// What `fls` lists, one `* record path` each, `*` for deleted ones, without what only it shows:
/// indexes beside `$I30`, and records that were never used.
fn by_fls(image: &str) -> Vec<String> {
    let line = |line: &str| -> Option<String> {
        let (entry, path) = line.split_once(":\t")?;
        let number = entry.trim_start_matches(|c: char| !c.is_ascii_digit());
        let mut parts = number.split('-');
        let (record, kind) = (parts.next()?, parts.next().unwrap_or("none"));
        let index = kind == "144" && path.contains(':');
        if index || path.contains("/OrphanFile-") || path == "$OrphanFiles" {
            return None;
        }
        let deleted = if entry.contains('*') { "*" } else { "-" };
        Some(format!("{deleted} {record} {}", path.replace("$OrphanFiles", "$Orphan")))
    };
    let listed = run("fls", &["-r", "-p", "-f", "ntfs", image]);
    let mut lines: Vec<String> = listed.lines().filter_map(line).collect();
    lines.sort();
    lines.dedup();
    lines
}

/// The same of our own listing, without records that have no unnamed contents.
fn by_us(image: &str) -> Vec<String> {
    let line = |found: &Found| {
        let deleted = if found.deleted { "*" } else { "-" };
        format!("{deleted} {} {}", found.address >> 16, String::from_utf8_lossy(&found.path))
    };
    let listing = list(&tree(Path::new(image), &[]));
    assert_eq!(listing.problems, []);
    let nodes = listing.nodes.iter().map(|node| &node.found);
    let without = [9, 24, 25, 26].map(|record| record << 16);
    let mut lines: Vec<String> =
        nodes.filter(|found| !without.contains(&found.address)).map(line).collect();
    lines.sort();
    lines
}

#[test]
fn files_streams_and_deleted_files_are_those_that_stock_tools_list() {
    let folder = TempDir::new().unwrap();
    let image = volume(folder.path());
    let put = |path: &str, stream: &str, bytes: &[u8]| {
        copy(folder.path(), &image, path, stream, bytes);
    };
    put("small.txt", "", b"few bytes");
    put("two clusters.bin", "", &noise(5000, 1));
    put("Año 😀 with a long name.bin", "", &noise(200_001, 2));
    put("$Extend/inner.bin", "", &noise(70_000, 3));
    put("gone.bin", "", &noise(40_000, 4));
    put("gone small.txt", "", b"gone");
    put("small.txt", "Zone.Identifier", b"[ZoneTransfer]");
    put("small.txt", "large", &noise(30_000, 5));
    put("empty", "", b"");
    let source = folder.path().join("source");
    run("touch", &["-d", "@1700000000", source.to_str().unwrap()]);
    run("ntfscp", &["-q", "-t", &image, source.to_str().unwrap(), "timed"]);
    assert_eq!(by_us(&image), by_fls(&image));
    let timed = list(&tree(Path::new(&image), &[])).nodes.into_iter();
    let timed = timed.map(|node| node.found).find(|found| found.path == b"timed").unwrap();
    assert_eq!(timed.modified_at, Some(UtcMillis(1_700_000_000_000)));
    let mut bytes = std::fs::read(&image).unwrap();
    free(&mut bytes, record(&image, "gone.bin"));
    free(&mut bytes, record(&image, "gone small.txt"));
    std::fs::write(&image, bytes).unwrap();
    let tree = tree(Path::new(&image), &[]);
    let check =
        |path: &str, expect: &[u8]| assert!(bytes_of(&tree, path).unwrap() == expect, "{path}");
    check("small.txt", b"few bytes");
    check("two clusters.bin", &noise(5000, 1));
    check("Año 😀 with a long name.bin", &noise(200_001, 2));
    check("$Extend/inner.bin", &noise(70_000, 3));
    check("gone.bin", &noise(40_000, 4));
    check("gone small.txt", b"gone");
    check("small.txt:Zone.Identifier", b"[ZoneTransfer]");
    check("small.txt:large", &noise(30_000, 5));
    check("empty", b"");
    let deleted = list(&tree).files().into_iter().filter(|line| line.starts_with('-'));
    assert_eq!(deleted.collect::<Vec<_>>(), ["-gone small.txt 4", "-gone.bin 40000"]);
}

#[test]
fn bytes_and_runs_are_those_that_icat_gives() {
    let folder = TempDir::new().unwrap();
    let image = volume(folder.path());
    copy(folder.path(), &image, "grown.bin", "", &noise(9000, 1));
    copy(folder.path(), &image, "shrunk.bin", "", &noise(90_000, 2));
    let number = |path: &str| record(&image, path).to_string();
    run("ntfstruncate", &["-q", &image, &number("grown.bin"), "123456"]);
    run("ntfstruncate", &["-q", &image, &number("shrunk.bin"), "50001"]);
    let tree = tree(Path::new(&image), &[]);
    let disk = std::fs::read(&image).unwrap();
    let mut seen = 0;
    for node in list(&tree).nodes.iter().filter(|node| node.found.kind == Kind::File) {
        // Named streams have the same record; `icat` takes the unnamed one.
        if node.found.address & 0xFFFF != 0 || node.found.size == 0 {
            continue;
        }
        let path = folder.path().join("icat");
        let script = r#"icat -f ntfs "$1" "$2" > "$3""#;
        let record = (node.found.address >> 16).to_string();
        run("sh", &["-c", script, "sh", &image, &record, path.to_str().unwrap()]);
        let bytes = tree.open(&node.found.path, &node.place).unwrap();
        let all = all_of(&*bytes).unwrap();
        assert_eq!(all.len() as u64, node.found.size);
        assert!(all == std::fs::read(&path).unwrap(), "{:?}", node.found);
        let Some(runs) = bytes.runs() else { continue };
        let lies = |(at, length): &(Option<u64>, u64)| match at {
            Some(at) => disk[*at as usize..][..*length as usize].to_vec(),
            None => vec![0; *length as usize],
        };
        assert!(all == runs.iter().flat_map(lies).collect::<Vec<u8>>(), "{:?}", node.found);
        seen += 1;
    }
    assert!(seen >= 8, "only {seen} files have runs");
}

#[test]
fn compressed_bytes_are_those_that_icat_gives() {
    let folder = TempDir::new().unwrap();
    let image = volume(folder.path());
    // 64 KiB a unit: one that packs, one that does not, one of zeros, one that ends early.
    let text: Vec<u8> = noise(700, 1).iter().copied().cycle().take(65_536).collect();
    let tail: Vec<u8> = noise(90, 2).iter().copied().cycle().take(10_000).collect();
    let (raw, blank) = (noise(65_536, 3), vec![0; 65_536]);
    let mut first = lznt1(&text, 700);
    let clusters = first.len().div_ceil(4096);
    first.resize(clusters * 4096, 0);
    assert!(clusters < 16);
    let mut stored = [first, raw.clone(), lznt1(&tail, 90)].concat();
    stored.resize(stored.len().next_multiple_of(4096), 0);
    copy(folder.path(), &image, "host.bin", "", &stored);
    let start = start_of(&image, "host.bin");
    let start = ((start / 4096) as u16).to_le_bytes();
    let n = clusters as u8;
    // Runs: packed, hole, raw, hole of a whole unit, packed, hole.
    let packed = [
        &[0x21, n, start[0], start[1], 1, 16 - n],
        &[0x11, 16, n, 1, 16][..],
        &[0x11, 1, 16, 1, 15, 0],
    ];
    let plain = [text, raw, blank, tail].concat();
    let size = plain.len() as u64;
    let mut bytes = std::fs::read(&image).unwrap();
    let file = Record::new(0, 2, 0).named(ROOT, "packed.bin", 1);
    file.runs(DATA, "", 1, (0, 63), (size, size), &packed.concat()).put(&mut bytes, 16);
    std::fs::write(&image, &bytes).unwrap();

    let script = r#"icat -f ntfs "$1" 16 > "$2""#;
    let path = folder.path().join("icat");
    run("sh", &["-c", script, "sh", &image, path.to_str().unwrap()]);
    assert!(std::fs::read(path).unwrap() == plain, "icat reads something else");
    assert!(bytes_of(&tree(Path::new(&image), &[]), "packed.bin").unwrap() == plain);
    let kept = tree(Path::new(&image), &[]);
    let node = list(&kept).nodes.into_iter().find(|node| node.found.path == b"packed.bin").unwrap();
    let bytes = kept.open(&node.found.path, &node.place).unwrap();
    let mut some = [0; 100];
    for at in [size - 7, 131_000, 65_530, 3, size] {
        let read = bytes.read_at(at, &mut some).unwrap();
        assert_eq!(some[..read], plain[at as usize..][..read], "{at}");
    }
}

/// A file as wimlib packs it into an archive, with XPRESS in chunks of this size. The layout of the
/// archive is that of Microsoft, "Windows Imaging File Format".
fn packed_by_wimlib(folder: &Path, plain: &[u8], chunk: usize) -> Vec<u8> {
    let (inside, archive) =
        (folder.join(format!("in{chunk}")), folder.join(format!("{chunk}.wim")));
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(inside.join("plain"), plain).unwrap();
    let size = format!("--chunk-size={chunk}");
    let (inside, wim) = (inside.to_str().unwrap(), archive.to_str().unwrap());
    run("wimlib-imagex", &["capture", inside, wim, "--compress=xpress", &size]);
    let wim = std::fs::read(&archive).unwrap();
    let number = |at: usize, length: usize| {
        let le = wim[at..at + length].iter().rev();
        le.fold(0, |number, byte| number << 8 | usize::from(*byte))
    };
    let (length, table) = (number(48, 7), number(56, 8));
    let mut entries = (table..table + length).step_by(50);
    let entry = entries.find(|entry| number(entry + 16, 8) == plain.len()).unwrap();
    wim[number(entry + 8, 8)..][..number(entry, 7)].to_vec()
}

#[test]
fn files_that_windows_compresses_are_read_as_wimlib_packs_them() {
    let folder = TempDir::new().unwrap();
    let image = volume(folder.path());
    let words: Vec<u8> =
        (0..9000).flat_map(|n: u32| format!("line {} ", n * n).into_bytes()).collect();
    let plain = [words, noise(20_000, 1), vec![0; 30_000], noise(99, 2).repeat(30)].concat();
    let size = plain.len() as u64;
    let chunks = [(0_u32, 4096_usize), (2, 8192), (3, 16_384)];
    let mut files = Vec::new();
    for (algorithm, chunk) in chunks {
        let packed = packed_by_wimlib(folder.path(), &plain, chunk);
        assert!(packed.len() < plain.len() / 2);
        let host = format!("host{chunk}");
        copy(folder.path(), &image, &host, "", &packed);
        files.push((algorithm, chunk, start_of(&image, &host), packed.len() as u64));
    }
    let mut bytes = std::fs::read(&image).unwrap();
    for (number, (algorithm, chunk, start, length)) in (16..).zip(files) {
        let clusters = length.div_ceil(4096) as u8;
        let [low, high] = ((start / 4096) as u16).to_le_bytes();
        let reparse = [0x8000_0017_u32, 16, 1, 2, 1, algorithm, 0];
        let reparse: Vec<u8> = reparse.into_iter().flat_map(u32::to_le_bytes).collect();
        let last = size.div_ceil(4096) - 1;
        let file = Record::new(1, 2, 0).named(ROOT, &format!("compact{chunk}"), 1);
        let file = file.runs(DATA, "", 0x8000, (0, last), (size, size), &[1, last as u8 + 1, 0]);
        let (runs, ends) = ([0x21, clusters, low, high, 0], u64::from(clusters) - 1);
        let file = file.runs(DATA, "WofCompressedData", 0, (0, ends), (length, length), &runs);
        file.resident(0xC0, "", 0, &reparse).put(&mut bytes, number);
    }
    std::fs::write(&image, &bytes).unwrap();
    let tree = tree(Path::new(&image), &[]);
    for (_, chunk) in chunks {
        assert!(bytes_of(&tree, &format!("compact{chunk}")).unwrap() == plain, "{chunk}");
    }
}

/// Byte at which the clusters of a file begin, which lie in one piece.
fn start_of(image: &str, path: &str) -> u64 {
    let host = tree(Path::new(image), &[]);
    let nodes = list(&host).nodes;
    let node = nodes.iter().find(|node| node.found.path == path.as_bytes()).unwrap();
    let runs = host.open(&node.found.path, &node.place).unwrap().runs().unwrap();
    let &[(Some(start), _)] = runs.as_slice() else { panic!("in pieces: {runs:?}") };
    start
}

#[test]
fn deleted_folders_keep_their_paths_as_fls_says() {
    let folder = TempDir::new().unwrap();
    let image = volume(folder.path());
    let mut bytes = std::fs::read(&image).unwrap();
    // A folder was deleted with what was in it; another's record was used again.
    Record::new(FOLDER, 4, 0).named(ROOT, "old", 1).empty_index().put(&mut bytes, 16);
    let file =
        |parent, name| Record::new(0, 2, 0).named(parent, name, 1).resident(DATA, "", 0, b"x");
    file(reference(16, 3), "inside.txt").put(&mut bytes, 17);
    file(reference(16, 1), "reused.txt").put(&mut bytes, 18);
    file(ROOT, "top.txt").put(&mut bytes, 19);
    std::fs::write(&image, &bytes).unwrap();
    let expect = ["* 16 old", "* 17 old/inside.txt", "* 18 $Orphan/reused.txt", "* 19 top.txt"];
    let deleted = |lines: Vec<String>| {
        lines.into_iter().filter(|line| line.starts_with('*')).collect::<Vec<_>>()
    };
    assert_eq!(deleted(by_us(&image)), expect);
    assert_eq!(deleted(by_fls(&image)), expect);
}

#[test]
fn cut_and_bent_volumes_end() {
    let folder = TempDir::new().unwrap();
    let image = volume(folder.path());
    copy(folder.path(), &image, "small.txt", "", b"few bytes");
    copy(folder.path(), &image, "large.bin", "", &noise(100_000, 1));
    let places = [0, 3, 5, 11, record(&image, "small.txt"), record(&image, "large.bin")];
    let mut interesting = vec![0];
    interesting.extend(places.map(|number| (TABLE + number * RECORD) as u64));
    let bytes = std::fs::read(&image).unwrap();
    cut_and_bend("volume.img", &bytes, 10, 80, &interesting);
}
