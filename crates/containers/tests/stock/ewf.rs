//! Images by `ewfacquire`, in its formats, levels and segments.

use crate::medium::{check, noisy, open_from, opened};
use crate::support::{OnDisk, all_of, cut_and_bend, list, run, tree};
use amparo_containers::{Bytes, Fault};
use md5::{Digest, Md5};
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The bytes as an image with the stem `image` in a folder.
fn acquire(folder: &Path, bytes: &[u8], args: &[&str]) {
    let (raw, image) = (folder.join("raw"), folder.join("image"));
    std::fs::write(&raw, bytes).unwrap();
    let fixed = ["-u", "-q", "-d", "sha1", "-t", image.to_str().unwrap()];
    run("ewfacquire", &[&fixed, args, &[raw.to_str().unwrap()]].concat());
}

fn in_folder(bytes: &[u8], args: &[&str], first: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    acquire(folder.path(), bytes, args);
    let path = folder.path().join(first);
    (folder, path)
}

#[test]
fn every_format_and_level_gives_the_medium() {
    // The last chunk is not a whole one.
    let bytes = noisy((1 << 20) + 5 * 512);
    let formats = ["encase1", "encase2", "encase3", "encase4", "encase5", "encase6", "encase7"];
    for format in formats.iter().chain(&["ftk", "linen5", "linen6", "linen7"]) {
        for level in ["none", "empty-block", "fast", "best"] {
            let (_folder, path) = in_folder(&bytes, &["-f", format, "-c", level], "image.E01");
            check(&path, &bytes);
        }
    }
    for (chunk, level) in [("16", "none"), ("2048", "best"), ("32768", "fast")] {
        let (_folder, path) = in_folder(&bytes, &["-b", chunk, "-c", level], "image.E01");
        check(&path, &bytes);
    }
    let (_folder, path) = in_folder(&bytes, &["-f", "smart", "-c", "fast"], "image.s01");
    check(&path, &bytes);
}

#[test]
fn the_stored_hashes_are_those_of_the_medium() {
    let bytes = noisy(1 << 20);
    let (_folder, path) = in_folder(&bytes, &["-f", "encase6"], "image.E01");
    let listing = list(&tree(&path, &[]));
    let md5: String = Md5::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let raw = path.with_file_name("raw");
    let sha1 = run("sha1sum", &[raw.to_str().unwrap()])[..40].to_owned();
    assert_eq!(listing.stored, [("MD5".to_owned(), md5), ("SHA-1".to_owned(), sha1)]);
    assert_eq!(listing.problems, []);
}

#[test]
fn segments_are_read_as_one_and_a_missing_one_costs_only_itself() {
    let bytes = noisy(8 << 20);
    let args = ["-f", "encase6", "-c", "none", "-S", "1.1 MiB"];
    let (_folder, path) = in_folder(&bytes, &args, "image.E01");
    assert!(path.with_extension("E07").is_file());
    check(&path, &bytes);

    std::fs::remove_file(path.with_extension("E03")).unwrap();
    let image = opened(&path).unwrap();
    assert!(image.problems[0].detail.contains("segment 3 of the image is missing"));
    assert_eq!(image.bytes.len(), bytes.len() as u64);
    let (mut chunk, mut lost) = (vec![0; 32 << 10], Vec::new());
    for at in (0..bytes.len()).step_by(chunk.len()) {
        match image.bytes.read_at(at as u64, &mut chunk) {
            Ok(_) => assert_eq!(chunk, &bytes[at..at + chunk.len()], "at {at}"),
            Err(fault) => lost.push((at >> 10, fault)),
        }
    }
    assert!(lost.iter().all(|(kib, fault)| {
        (2000..3500).contains(kib) && matches!(fault, Fault::Source { .. })
    }));
    assert!((30..40).contains(&lost.len()), "{}", lost.len());
}

#[test]
fn more_segments_than_two_digits_count() {
    let bytes = noisy(1 << 20).repeat(104);
    let args = ["-f", "encase6", "-c", "none", "-S", "1 MiB"];
    let (_folder, path) = in_folder(&bytes, &args, "image.E01");
    assert!(path.with_extension("EAB").is_file());
    check(&path, &bytes);
}

#[test]
fn a_bent_chunk_is_lost_alone_and_a_bent_table_is_replaced() {
    let bytes = noisy(1 << 20);
    for level in ["none", "best"] {
        let (_folder, path) = in_folder(&bytes, &["-f", "encase6", "-c", level], "image.E01");
        let mut image = std::fs::read(&path).unwrap();
        let sectors = image.windows(8).position(|at| at == b"sectors\0").unwrap();
        image[sectors + 76 + 1000] ^= 1;
        let table = image.windows(6).position(|at| at == b"table\0").unwrap();
        image[table + 76 + 24 + 50] ^= 1;
        std::fs::write(&path, &image).unwrap();
        let medium = opened(&path).unwrap().bytes;
        let fault = medium.read_at(10, &mut [0; 5]).unwrap_err();
        assert!(fault.to_string().contains("chunk 0 in segment 1"), "{fault}");
        let mut rest = vec![0; (1 << 20) - (32 << 10)];
        assert_eq!(medium.read_at(32 << 10, &mut rest), Ok(rest.len()));
        assert_eq!(rest, &bytes[32 << 10..]);
        let complaints = format!("{:?}", medium.complaints());
        assert!(complaints.contains("its copy is used"), "{complaints}");

        image[table + 76] ^= 1;
        std::fs::write(&path, &image).unwrap();
        let image = opened(&path).unwrap();
        assert!(image.problems[0].detail.contains("its copy is used"), "{:?}", image.problems);
        assert_eq!(image.bytes.read_at(32 << 10, &mut rest), Ok(rest.len()));
        assert_eq!(rest, &bytes[32 << 10..]);
    }
}

#[test]
fn cut_and_bent_images_end_quietly() {
    let (_folder, path) = in_folder(&noisy(300_032), &["-f", "encase6", "-c", "fast"], "image.E01");
    let image = all_of(&*OnDisk::open(&path)).unwrap();
    let interesting: Vec<u64> =
        ["header\0", "volume\0", "sectors\0", "table\0", "table2\0", "hash\0"]
            .iter()
            .map(|name| {
                image.windows(name.len()).position(|at| at == name.as_bytes()).unwrap() as u64
            })
            .collect();
    cut_and_bend("image.E01", &image, 60, 400, &interesting);
}

/// Bytes that count how often and how much of them is read.
struct Counted(Rc<OnDisk>, Cell<(usize, usize)>);

impl Bytes for Counted {
    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let (reads, bytes) = self.1.get();
        self.1.set((reads + 1, bytes + into.len()));
        self.0.read_at(at, into)
    }
}

#[test]
fn many_chunks_come_with_one_read_and_few_bytes_with_a_small_one() {
    let (_folder, path) = in_folder(&noisy(8 << 20), &["-c", "fast"], "image.E01");
    let counted = Rc::new(Counted(OnDisk::open(&path), Cell::default()));
    let image = open_from(Rc::<Counted>::clone(&counted), &path).unwrap();
    let length = counted.len() as usize;
    let (reads, bytes) = counted.1.replace((0, 0));
    // The head by which it is recognised is among them, and where other formats sign themselves.
    assert!(reads <= 30 && bytes <= 80 << 10, "opened with {reads} reads of {bytes} bytes");

    let mut piece = vec![0; 64 << 10];
    for at in (0..image.bytes.len()).step_by(piece.len()) {
        image.bytes.read_at(at, &mut piece).unwrap();
    }
    let (reads, bytes) = counted.1.replace((0, 0));
    assert!(reads <= 16 && bytes <= length * 5 / 4, "{reads} reads of {bytes} bytes of {length}");

    // The table is known by now: a chunk, and what may follow it.
    let mut few = [0; 512];
    for at in [5 << 20, 1 << 20, 7 << 20, 3 << 20] {
        image.bytes.read_at(at, &mut few).unwrap();
        image.bytes.read_at(at + 4096, &mut few).unwrap();
        let (reads, bytes) = counted.1.replace((0, 0));
        assert!(reads <= 1 && bytes <= 40 << 10, "{reads} reads of {bytes} bytes");
    }
}
