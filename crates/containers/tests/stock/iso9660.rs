//! Discs as `genisoimage` and `xorriso` make them, compared with what went in and with `isoinfo`.

use crate::support::{all_of, bytes_of, cut_and_bend, list, run, tree};
use amparo_containers::Kind;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

fn files() -> Vec<(String, Vec<u8>)> {
    let noise = |length: usize| (0..length).map(|at| (at * at / 5 + at) as u8).collect();
    let mut files = vec![
        ("empty".into(), Vec::new()),
        ("Photo of 2024 (copy).jpeg".into(), noise(70_000)),
        ("ünïcode 名.txt".into(), noise(300)),
        ("1/2/3/4/5/6/7/8/9/10/deep.txt".into(), noise(2_049)),
        (format!("{}.txt", "long".repeat(60)), noise(10)),
    ];
    for number in 0..120 {
        files.push((format!("many/a name to fill a sector {number}"), noise(number)));
    }
    files
}

fn disc(folder: &Path, program: &[&str], options: &[&str]) -> PathBuf {
    let source = folder.join("source");
    if !source.exists() {
        for (path, bytes) in files() {
            let path = source.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        symlink("../many/./x", source.join("1/link")).unwrap();
    }
    let image = folder.join("disc.iso");
    let (source, image_name) = (source.to_str().unwrap(), image.to_str().unwrap());
    let more = [&["-quiet", "-V", "X"][..], options, &["-o", image_name, source]].concat();
    run(program[0], &[&program[1..], &more].concat());
    image
}

#[test]
fn names_and_bytes_are_what_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let xorriso: &[&str] = &["xorriso", "-as", "mkisofs"];
    for program in [&["genisoimage"][..], xorriso] {
        for options in [&["-R"][..], &["-R", "-J"], &["-R", "-iso-level", "3", "-J"]] {
            let image = disc(folder.path(), program, options);
            let tree = tree(&image, &[]);
            let listing = list(&tree);
            assert_eq!(listing.problems, [], "{program:?} {options:?}");
            let mut expected: Vec<String> =
                files().iter().map(|(path, bytes)| format!("{path} {}", bytes.len())).collect();
            expected.sort();
            assert_eq!(listing.files(), expected, "{program:?} {options:?}");
            for (path, bytes) in files() {
                let node = listing.nodes.iter().find(|node| node.found.path == path.as_bytes());
                let read = all_of(&*tree.open(path.as_bytes(), &node.unwrap().place).unwrap());
                assert!(read == Ok(bytes), "{path} of {program:?} {options:?}");
            }
            assert_eq!(bytes_of(&tree, "1/link"), Ok(b"../many/./x".to_vec()));
            let photo = listing.nodes.iter().find(|node| node.found.size == 70_000).unwrap();
            let runs = tree.open(&photo.found.path, &photo.place).unwrap().runs().unwrap();
            assert!(matches!(runs[..], [(Some(_), 70_000)]), "{runs:?}");
            let on_disk = fs::metadata(folder.path().join("source/many")).unwrap();
            let many = listing.nodes.iter().find(|node| node.found.path == b"many").unwrap();
            assert_eq!(many.found.kind, Kind::Folder);
            let seconds = on_disk.modified().unwrap();
            let seconds = seconds.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
            let listed = many.found.modified_at.unwrap().0;
            assert_eq!(listed / 1_000, seconds as i64, "{program:?} {options:?}");
        }
    }
}

fn is_plain(path: &str) -> bool {
    path.is_ascii() && !path.contains("code")
}

/// What `isoinfo` lists of the files, in one tree.
fn isoinfo(image: &Path, tree: &[&str]) -> Vec<String> {
    let image = image.to_str().unwrap();
    let out = run("isoinfo", &[&["-f"][..], tree, &["-i", image]].concat());
    // It knows no charset with all letters.
    let lines = out.lines().map(|path| path[1..].trim_end_matches(";1").trim_end_matches('.'));
    let mut paths: Vec<String> = lines.filter(|path| is_plain(path)).map(str::to_owned).collect();
    paths.sort();
    paths
}

#[test]
fn other_trees_are_listed_as_isoinfo_lists_them() {
    let folder = tempfile::tempdir().unwrap();
    for (options, tree_of) in [(&["-J"][..], &["-J"][..]), (&["-iso-level", "1"], &[])] {
        let image = disc(folder.path(), &["genisoimage", "-D"], options);
        let listing = list(&tree(&image, &[]));
        assert_eq!(listing.problems, []);
        let mut ours: Vec<String> = listing
            .nodes
            .iter()
            .map(|node| String::from_utf8(node.found.path.clone()).unwrap())
            .filter(|path| is_plain(path))
            .collect();
        ours.sort();
        let joliet = options == ["-J"];
        assert_eq!(listing.files().contains(&"ünïcode 名.txt 300".to_owned()), joliet);
        assert_eq!(ours, isoinfo(&image, tree_of), "{options:?}");
    }
}

#[test]
fn a_file_hidden_from_one_tree_is_listed_by_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let hide = ["-R", "-J", "-hide", "*copy*"];
    let image = disc(folder.path(), &["genisoimage"], &hide);
    let files = list(&tree(&image, &[])).files();
    assert!(files.contains(&"Photo of 2024 (copy).jpeg 70000".to_owned()), "{files:?}");
    assert_eq!(files.len(), self::files().len());
}

#[test]
fn udf_beside_the_tree_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let image = disc(folder.path(), &["genisoimage"], &["-R", "-udf"]);
    let problems = list(&tree(&image, &[])).problems;
    assert!(matches!(&problems[..], [problem] if problem.detail.contains("UDF")), "{problems:?}");
}

#[test]
fn cut_and_bent_discs_end_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = fs::read(disc(folder.path(), &["genisoimage"], &["-R", "-J"])).unwrap();
    let used: Vec<u64> = (32_768..bytes.len() as u64 / 2).step_by(512).collect();
    cut_and_bend("a.iso", &bytes, 20, 100, &used);
}
