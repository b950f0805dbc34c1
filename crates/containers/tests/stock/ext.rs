//! ext2, ext3 and ext4 as `mke2fs` and `debugfs` make them, compared with what went in and with The
//! Sleuth Kit.

use crate::support::{Listing, all_of, bytes_of, cut_and_bend, list, run, tree};
use amparo_containers::{Fault, Kind};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// What goes into every volume, as `(path, bytes)`.
fn files() -> Vec<(String, Vec<u8>)> {
    let noise = |length: usize| (0..length).map(|at| (at * at / 7 + at) as u8).collect();
    let mut files = vec![
        ("empty".into(), Vec::new()),
        ("inline".into(), noise(20)),
        ("inline and more".into(), noise(110)),
        ("large".into(), noise(400_000)),
        ("a/b/c/ünïcode".into(), noise(5_000)),
        ("sparse".into(), [vec![0; 700_000], noise(3_000)].concat()),
    ];
    for number in 0..150 {
        files.push((format!("many/a name to fill folders {number}.jpg"), noise(number * 5)));
    }
    files
}

/// A folder with the files, and a volume made from it.
fn volume(folder: &Path, options: &[&str]) -> PathBuf {
    sized(folder, options, "6M")
}

/// A volume of this size.
fn sized(folder: &Path, options: &[&str], size: &str) -> PathBuf {
    let source = folder.join("source");
    if !source.exists() {
        for (path, bytes) in files() {
            let path = source.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        symlink("a/b", source.join("short")).unwrap();
        symlink("long/".repeat(20), source.join("slow")).unwrap();
        fs::hard_link(source.join("large"), source.join("a/again")).unwrap();
        // Written with a hole.
        let sparse = fs::File::create(source.join("sparse")).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&sparse, &files()[5].1[700_000..], 700_000)
            .unwrap();
    }
    let image = folder.join(format!("{}.img", options.concat().replace('/', "")));
    let (source, image_name) = (source.to_str().unwrap(), image.to_str().unwrap());
    let args = [&["-q", "-F", "-d", source][..], options, &[image_name, size]].concat();
    run("mke2fs", &args);
    image
}

fn debugfs(image: &Path, commands: &[&str]) {
    let script = image.with_extension("debugfs");
    fs::write(&script, commands.join("\n")).unwrap();
    run("debugfs", &["-w", "-f", script.to_str().unwrap(), image.to_str().unwrap()]);
}

/// `path inode`, sorted, of the names that are deleted or not; `fls` marks an inode in use again.
fn fls(image: &Path, deleted: bool) -> Vec<String> {
    let mark = if deleted { "-d" } else { "-u" };
    let out = run("fls", &["-r", "-p", mark, "-f", "ext", image.to_str().unwrap()]);
    let mut lines: Vec<String> = out
        .lines()
        .filter(|line| !line.contains("$OrphanFiles"))
        .map(|line| {
            let (kind, path) = line.split_once(":\t").unwrap();
            let inode = kind.split_once("/").unwrap().1[2..].trim_start_matches("* ");
            format!("{path} {}", inode.trim_end_matches("(realloc)"))
        })
        .collect();
    lines.sort();
    lines
}

fn ours(listing: &Listing, deleted: bool) -> Vec<String> {
    let wanted = listing.nodes.iter().filter(|node| node.found.deleted == deleted);
    let mut lines: Vec<String> = wanted
        .map(|node| {
            let inode = node.found.address & 0xFFFF_FFFF;
            format!("{} {inode}", String::from_utf8_lossy(&node.found.path))
        })
        .collect();
    lines.sort();
    lines
}

#[test]
fn every_feature_set_is_listed_and_read_as_it_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let sets: &[&[&str]] = &[
        &["-t", "ext2", "-b", "1024"],
        &["-t", "ext2", "-b", "4096"],
        &["-t", "ext2", "-r", "0"],
        &["-t", "ext2", "-O", "^filetype"],
        &["-t", "ext3", "-b", "1024"],
        &["-t", "ext4", "-b", "1024"],
        &["-t", "ext4", "-I", "128"],
        &["-t", "ext4", "-O", "inline_data"],
        &["-t", "ext4", "-O", "^extents,^64bit", "-b", "1024"],
        &["-t", "ext4", "-O", "meta_bg,^resize_inode,metadata_csum_seed", "-b", "1024"],
        &["-t", "ext4", "-O", "sparse_super2,^metadata_csum", "-b", "1024", "-g", "1024"],
        &["-t", "ext4", "-O", "bigalloc", "-C", "16384"],
    ];
    for set in sets {
        let image = volume(folder.path(), set);
        let tree = tree(&image, &[]);
        let listing = list(&tree);
        assert_eq!(listing.problems, [], "{set:?}");
        // The Sleuth Kit does not read clusters of blocks.
        if !set.contains(&"bigalloc") {
            assert_eq!(ours(&listing, false), fls(&image, false), "{set:?}");
        }
        for (path, bytes) in files() {
            let node = listing.nodes.iter().find(|node| node.found.path == path.as_bytes());
            let read = all_of(&*tree.open(path.as_bytes(), &node.unwrap().place).unwrap());
            assert!(read == Ok(bytes), "{path} of {set:?}");
        }
        assert_eq!(bytes_of(&tree, "short"), Ok(b"a/b".to_vec()), "{set:?}");
        assert_eq!(bytes_of(&tree, "slow"), Ok("long/".repeat(20).into_bytes()), "{set:?}");
        let again = listing.nodes.iter().find(|node| node.found.path == b"a/again").unwrap();
        let large = listing.nodes.iter().find(|node| node.found.path == b"large").unwrap();
        assert_eq!(again.found.address, large.found.address);
        let sparse = listing.nodes.iter().find(|node| node.found.path == b"sparse").unwrap();
        let runs = tree.open(&sparse.found.path, &sparse.place).unwrap().runs().unwrap();
        assert_eq!(runs.iter().map(|(_, length)| length).sum::<u64>(), 703_000);
        let hole: u64 = runs.iter().filter(|run| run.0.is_none()).map(|run| run.1).sum();
        assert!(hole > 600_000, "{runs:?}");
    }
}

#[test]
fn deleted_names_show_what_is_left_of_them() {
    let folder = tempfile::tempdir().unwrap();
    for set in [&["-t", "ext2", "-b", "1024"][..], &["-t", "ext4", "-O", "inline_data"]] {
        let image = volume(folder.path(), set);
        let numbers: Vec<String> = (40..60)
            .map(|number| format!("rm \"many/a name to fill folders {number}.jpg\""))
            .collect();
        let more =
            ["rm large", "rm a/b/c/ünïcode", "rmdir a/b/c", "kill_file inline", "unlink inline"];
        let commands: Vec<&str> = numbers.iter().map(String::as_str).chain(more).collect();
        debugfs(&image, &commands);
        let tree = tree(&image, &[]);
        let listing = list(&tree);
        assert_eq!(ours(&listing, true), fls(&image, true), "{set:?}");
        assert_eq!(ours(&listing, false), fls(&image, false), "{set:?}");
        assert!(ours(&listing, true).len() >= 22, "{:?}", ours(&listing, true));
        for node in listing.nodes.iter().filter(|node| node.found.deleted) {
            let path = String::from_utf8(node.found.path.clone()).unwrap();
            let read = all_of(&*tree.open(&node.found.path, &node.place).unwrap()).unwrap();
            assert_eq!(read.len() as u64, node.found.size);
            let of_folder = node.found.kind == Kind::Folder;
            let (_, expected) = files().into_iter().find(|(of, _)| *of == path).unwrap_or_default();
            // Another name still has the bytes of `large`; a block's first name loses its inode.
            let nothing = path == "large" || node.found.address.trailing_zeros() >= 32;
            assert!(
                of_folder || nothing && read.is_empty() || read == expected,
                "{set:?} {path} {}",
                read.len()
            );
        }
    }
}

/// What is wrong with a volume after these commands, and what opening a file then gives.
fn spoiled(folder: &Path, commands: &[&str], path: &str) -> (String, Result<Vec<u8>, Fault>) {
    let image = sized(folder, &["-t", "ext2", "-b", "1024"], "12M");
    debugfs(&image, commands);
    let tree = tree(&image, &[]);
    let problems = list(&tree).problems;
    let told: Vec<String> =
        problems.iter().map(|problem| format!("{}: {}", problem.subject, problem.detail)).collect();
    (told.join("\n"), bytes_of(&tree, path))
}

#[test]
fn what_is_damaged_is_named_and_its_neighbours_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let check = |commands: &[&str], path: &str, problem: &str, opens: bool| {
        let (told, read) = spoiled(folder.path(), commands, path);
        assert!(
            told.contains(problem) && told.is_empty() == problem.is_empty(),
            "{commands:?}: {told}"
        );
        assert_eq!(read.is_ok(), opens, "{commands:?}: {:?}", read.err());
    };
    check(&["link a a/b/loop"], "a/again", "a/b/loop: damaged", true);
    check(&["feature needs_recovery has_journal"], "large", "journal holds changes", true);
    check(&["sif large block[3] 99999999"], "large", "", false);
    check(&["sif a/b block[0] 99999999"], "inline", "a/b: damaged", true);
    check(&["kill_file inline"], "inline", "marked as deleted", true);
    check(&["clri inline"], "inline", "is named and not in use", false);
    check(&["sif inline flags 0x800"], "inline", "", false);
    check(&["sif a mode 0100644"], "large", "", true);
    check(&["set_bg 0 inode_table 99999999"], "large", "impossible table of inodes", true);
    check(&["set_super_value feature_incompat 0x10002"], "large", "", true);
    let image = volume(folder.path(), &["-t", "ext2", "-b", "1024"]);
    debugfs(&image, &["sif large block[DIND] 9000", "sif large block[IND] 9000"]);
    let read = bytes_of(&tree(&image, &[]), "large");
    assert!(matches!(read, Err(Fault::Damaged { .. })), "{read:?}");
}

#[test]
fn a_lost_superblock_is_replaced_and_wrong_checksums_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let image = sized(folder.path(), &["-t", "ext4", "-b", "1024"], "12M");
    let whole = list(&tree(&image, &[]));
    let spoil = |at: usize, count: usize| {
        let mut bytes = fs::read(&image).unwrap();
        bytes[at..at + count].iter_mut().for_each(|byte| *byte ^= 0x55);
        let spoiled = folder.path().join("spoiled");
        fs::write(&spoiled, bytes).unwrap();
        let listing = list(&tree(&spoiled, &[]));
        let told = listing.problems.iter().map(|problem| problem.detail.as_str());
        (listing.files(), told.collect::<Vec<_>>().join("\n"))
    };
    let (files, told) = spoil(1_024, 1_024);
    assert!(files == whole.files() && told.contains("second copy"), "{told}");
    // A byte of the volume's label.
    let (files, told) = spoil(1_024 + 0x78, 1);
    assert!(files == whole.files() && told.contains("superblock's checksum"), "{told}");
    let imap = run("debugfs", &["-R", "imap inline", image.to_str().unwrap()]);
    let number = |after: &str, radix: u32| {
        let rest = imap.split(after).nth(1).unwrap();
        let digits: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
        usize::from_str_radix(&digits, radix).unwrap()
    };
    let at = number("at block ", 10) * 1_024 + number("offset 0x", 16);
    let (files, told) = spoil(at + 0x10, 1);
    assert!(files == whole.files() && told.contains("checksum of inode"), "{told}");
}

#[test]
fn cut_and_bent_volumes_end_quietly() {
    let folder = tempfile::tempdir().unwrap();
    for set in [&["-t", "ext2", "-b", "1024"][..], &["-t", "ext4", "-O", "inline_data"]] {
        let image = volume(folder.path(), set);
        let bytes = fs::read(&image).unwrap();
        // Superblock, descriptors, the first inodes and the first folders.
        let used: Vec<u64> = bytes
            .chunks(512)
            .enumerate()
            .filter(|(_, sector)| sector.iter().any(|byte| *byte != 0))
            .map(|(number, _)| number as u64 * 512)
            .take(200)
            .collect();
        cut_and_bend("a.ext4", &bytes, 8, 40, &used);
    }
}

#[test]
fn a_volume_of_another_maker() {
    let corpus =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/disk/ext2.qcow2");
    if !corpus.exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("ext2.raw");
    run("qemu-img", &["convert", "-O", "raw", corpus.to_str().unwrap(), image.to_str().unwrap()]);
    let listing = list(&tree(&image, &[]));
    assert_eq!(ours(&listing, false), fls(&image, false));
    assert_eq!(listing.files().len(), 3);
}
