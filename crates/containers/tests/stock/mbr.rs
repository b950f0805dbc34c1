//! Tables by `sfdisk`, compared with its own listing, and a medium with file systems in volumes.

use crate::medium::{noisy, volumes, volumes_by_sfdisk};
use crate::support::{bytes_of, cut_and_bend, list, run, tree};
use std::path::Path;

fn divide(path: &Path, script: &str) {
    run("sh", &["-c", &format!("printf '{script}' | sfdisk -q {}", path.display())]);
}

#[test]
fn primary_and_logical_partitions_are_those_of_sfdisk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("medium.dd");
    std::fs::write(&path, vec![0; 16 << 20]).unwrap();
    let scripts = [
        "label: dos\\n2048,2048,83\\n",
        "label: dos\\n4096,2048,7,*\\n\\n",
        "label: dos\\n2048,2048,83\\n4096,20480,5\\n,2048,83\\n",
        "label: dos\\n2048,2048,b\\n5000,25000,f\\n30100,100,6\\n\\n,2048,83\\n,3000,82\\n,9,7\\n",
    ];
    for script in scripts {
        divide(&path, script);
        let listing = list(&tree(&path, &[]));
        assert_eq!(listing.problems, []);
        let expected = volumes_by_sfdisk(&path);
        assert!(!expected.is_empty());
        assert_eq!(volumes(&listing), expected, "{script}");
    }
}

#[test]
fn a_volume_gives_its_bytes_and_one_past_the_end_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("medium.dd");
    let mut medium = noisy(2 << 20);
    medium[..512].fill(0);
    std::fs::write(&path, &medium).unwrap();
    divide(&path, "label: dos\\n100,1000,83\\n1200,,83\\n");
    medium = std::fs::read(&path).unwrap();
    let p1 = bytes_of(&tree(&path, &[]), "p1").unwrap();
    assert!(p1 == medium[100 * 512..1100 * 512]);

    std::fs::write(&path, &medium[..1 << 20]).unwrap();
    let listing = list(&tree(&path, &[]));
    assert_eq!(listing.problems[0].subject, "p2");
    let p2 = bytes_of(&tree(&path, &[]), "p2").unwrap();
    assert!(p2 == medium[1200 * 512..1 << 20]);
    cut_and_bend("medium.dd", &medium, 20, 100, &[0, 256]);
}

#[test]
fn volumes_that_are_not_divided_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("volume.img");
    let volume = path.to_str().unwrap();
    for tool in [
        &["mkfs.fat", "-F", "12"][..],
        &["mkfs.fat", "-F", "16"],
        &["mkfs.fat", "-F", "32", "-s", "1"],
        &["mkfs.ntfs", "-F", "-q"],
    ] {
        std::fs::write(&path, vec![0; 12 << 20]).unwrap();
        run(tool[0], &[&tool[1..], &[volume]].concat());
        let bytes = crate::support::OnDisk::open(&path);
        let formats = amparo_containers::recognise(&*bytes);
        let ids: Vec<_> = formats.iter().map(|format| format.spec().id).collect();
        assert!(!ids.contains(&"mbr") && !ids.contains(&"gpt"), "{tool:?}: {ids:?}");
    }
}
