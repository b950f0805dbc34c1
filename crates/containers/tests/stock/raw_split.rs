//! Images cut by `split`.

use crate::medium::{check_bytes, noisy, open_as};
use crate::support::{OnDisk, bytes_of, list, run, tree};
use amparo_containers::{Fault, by_id};

#[test]
fn cut_images_are_read_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let medium = noisy(1_100_000);
    let raw = folder.path().join("raw");
    std::fs::write(&raw, &medium).unwrap();
    let check = |args: &[&str], first: &str| {
        let prefix = folder.path().join("image.dd.");
        let ends = ["-b", "100000", raw.to_str().unwrap(), prefix.to_str().unwrap()];
        run("split", &[args, &ends].concat());
        let tree = tree(&folder.path().join(first), &[]);
        assert_eq!(list(&tree).problems, []);
        assert!(bytes_of(&tree, "medium").unwrap() == medium);
    };
    check(&["--numeric-suffixes=1", "-a", "3"], "image.dd.001");
    check(&[], "image.dd.aa");

    let path = folder.path().join("image.dd.001");
    std::fs::remove_file(folder.path().join("image.dd.004")).unwrap();
    let image = open_as(by_id("raw_split").unwrap(), OnDisk::open(&path), &path).unwrap();
    assert_eq!(image.problems[0].subject, "image.dd.004");
    assert_eq!(image.bytes.len(), medium.len() as u64);
    let mut bytes = vec![0; 1000];
    assert!(matches!(image.bytes.read_at(300_000, &mut bytes), Err(Fault::Source { .. })));
    assert_eq!(image.bytes.read_at(400_000, &mut bytes), Ok(1000));
    assert!(bytes == medium[400_000..401_000]);

    std::fs::write(folder.path().join("image.dd.003"), &medium[..99_999]).unwrap();
    let image = open_as(by_id("raw_split").unwrap(), OnDisk::open(&path), &path).unwrap();
    assert!(image.problems[1].detail.contains("not of one length"), "{:?}", image.problems);
}

#[test]
fn a_file_alone_is_what_its_bytes_say() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("medium.001");
    std::fs::write(&path, noisy(1 << 20)).unwrap();
    let problems = list(&tree(&path, &[])).problems;
    assert!(problems[0].detail.contains("no container known here"), "{problems:?}");

    std::fs::write(&path, vec![0; 1 << 20]).unwrap();
    run("sh", &["-c", &format!("echo 100,900,83 | sfdisk -q {}", path.display())]);
    check_bytes(&*tree(&path, &[]).open(b"p1", &[1]).unwrap(), &[0; 900 * 512]);
}
