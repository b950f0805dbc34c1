//! gzip files of gzip and Python, alone and with an archive inside.

use crate::support::{all_of, bytes_of, cut_and_bend, list, run, tree};
use amparo_containers::{Bytes, Fault, Found, Tree};
use amparo_model::UtcMillis;
use std::fs;
use std::path::Path;
use std::rc::Rc;

/// Numbers that compress, but not to nothing.
fn sample(length: usize) -> Vec<u8> {
    (0..length).map(|at| ((at * at) >> 9) as u8 ^ (at >> 13) as u8).collect()
}

fn shell(dir: &Path, line: &str) -> String {
    run("sh", &["-c", &format!("cd '{}' && {line}", dir.display())])
}

/// The one entry and its bytes.
fn only(tree: &Tree) -> (Found, Rc<dyn Bytes>) {
    let listing = list(tree);
    assert_eq!((listing.nodes.len(), listing.problems.len()), (1, 0), "{:?}", listing.problems);
    let node = &listing.nodes[0];
    (node.found.clone(), tree.open(&node.found.path, &node.place).unwrap())
}

#[test]
fn the_one_entry_has_its_name_time_size_and_bytes() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a name.txt"), sample(700_000)).unwrap();
    let commands = [
        "gzip -k 'a name.txt' && mv 'a name.txt.gz' x.gz",
        "gzip -n -1 -c 'a name.txt' > 'a name.txt.gz'",
        "head -c 300000 'a name.txt' | gzip -c > x && \
         tail -c +300001 'a name.txt' | gzip -c >> x && mv x 'a name.txt.gz'",
    ];
    for (command, claimed) in commands.iter().zip([700_000, 700_000, 400_000]) {
        shell(dir.path(), "rm -f *.gz; touch -d @1700000000 'a name.txt'");
        shell(dir.path(), command);
        let name = shell(dir.path(), "ls *.gz");
        let (found, bytes) = only(&tree(&dir.path().join(name.trim()), &[]));
        assert_eq!(found.path, b"a name.txt", "{command}");
        assert_eq!(found.size, claimed, "{command}");
        assert_eq!(bytes.len(), 700_000, "{command}");
        assert!(all_of(&*bytes).unwrap() == sample(700_000));
        assert_eq!(bytes.complaints(), [], "{command}");
        let stated = name.starts_with('x').then_some(UtcMillis(1_700_000_000_000));
        assert_eq!(found.modified_at, stated, "{command}");
    }
}

#[test]
fn an_archive_inside_is_opened_without_unpacking() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("in")).unwrap();
    for number in 0..40 {
        let part = sample(100_000 + number * 1_000);
        fs::write(dir.path().join(format!("in/{number:02}.bin")), part).unwrap();
    }
    shell(dir.path(), "tar -c --sort=name -f inner.tar in && gzip -k inner.tar");
    shell(dir.path(), "mv inner.tar.gz one.tar.gz && tar -czf two.tgz in");
    for (name, inner) in [("one.tar.gz", "inner.tar"), ("two.tgz", "two.tar")] {
        let tree = tree(&dir.path().join(name), &[]);
        let listing = list(&tree);
        assert_eq!(listing.files().len(), 41, "{:?}", listing.files());
        assert_eq!(listing.problems, []);
        assert_eq!(listing.formats[1], ["gzip/1", "tar/1"]);
        for number in [39, 7, 20] {
            let path = format!("{inner}//in/{number:02}.bin");
            assert!(bytes_of(&tree, &path).unwrap() == sample(100_000 + number * 1_000));
        }
    }
}

#[test]
fn damage_shows_in_complaints_and_what_can_be_read_is_there() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a"), sample(700_000)).unwrap();
    shell(dir.path(), "gzip -k a");
    let path = dir.path().join("a.gz");
    let whole = fs::read(&path).unwrap();
    let check = |bytes: &[u8], length: std::ops::RangeInclusive<u64>, expect: &[&str]| {
        fs::write(&path, bytes).unwrap();
        let (_, opened) = only(&tree(&path, &[]));
        let read = all_of(&*opened).unwrap();
        assert!(read == sample(700_000)[..read.len()]);
        assert!(length.contains(&opened.len()), "{}", opened.len());
        assert_eq!(opened.len(), read.len() as u64);
        let words: Vec<String> = opened.complaints().iter().map(Fault::to_string).collect();
        assert_eq!(words.len(), expect.len(), "{words:?}");
        assert!(words.iter().zip(expect).all(|(word, expect)| word.contains(expect)), "{words:?}");
    };
    let end = whole.len();
    check(&whole[..end / 2], 100_000..=600_000, &["before what they announce"]);
    check(&whole[..end - 3], 700_000..=700_000, &["before what they announce"]);
    check(&[&whole[..], &[0; 400]].concat(), 700_000..=700_000, &[]);
    check(&[&whole[..], b"tail"].concat(), 700_000..=700_000, &["behind the last"]);
    let mut bent = whole.clone();
    bent[end - 8] ^= 1;
    bent[end - 4] ^= 1;
    check(&bent, 700_000..=700_000, &["CRC-32", "modulo"]);
}

#[test]
fn a_bomb_ends_at_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    // More than a thousand times its size: a member of zeros is that at most.
    shell(dir.path(), "head -c 80M /dev/zero | gzip -9n > bomb.gz");
    let path = dir.path().join("bomb.gz");
    let name = b"bomb.gz".to_vec();
    let limits = amparo_containers::Limits { ratio: 10, ..Default::default() };
    let none = Rc::new(amparo_containers::NoSiblings);
    let root = crate::support::OnDisk::open(&path);
    let tree = Tree::new(name, root, none, amparo_containers::Secrets::default(), limits);
    let (_, bytes) = only(&tree);
    assert!(bytes.len() < 70 << 20);
    assert!(matches!(bytes.complaints()[..], [Fault::Limit { .. }]));
}

#[test]
fn cut_and_bent_files_end() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a"), sample(30_000)).unwrap();
    shell(dir.path(), "tar -czf a.tgz a; gzip -k a; cat a.gz a.tgz > both.gz");
    for name in ["a.tgz", "both.gz"] {
        let bytes = fs::read(dir.path().join(name)).unwrap();
        cut_and_bend(name, &bytes, 40, 150, &[0, bytes.len() as u64 / 2]);
    }
}
