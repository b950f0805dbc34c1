//! Tables by `sgdisk`, compared with `sfdisk`'s listing, sound and damaged.

use crate::medium::{noisy, volumes, volumes_by_sfdisk};
use crate::support::{bytes_of, cut_and_bend, list, run, tree};
use std::path::{Path, PathBuf};

fn divided(folder: &Path, args: &[&str]) -> PathBuf {
    let path = folder.join("medium.img");
    let mut medium = noisy(2 << 20);
    medium[..64 << 10].fill(0);
    std::fs::write(&path, medium).unwrap();
    run("sgdisk", &[args, &[path.to_str().unwrap()]].concat());
    path
}

const THREE: &[&str] = &["-a1", "-n1:100:+300K", "-n3:2000:2055", "-n128:3000:0"];

#[test]
fn partitions_are_those_of_sfdisk() {
    let folder = tempfile::tempdir().unwrap();
    for args in [THREE, &["-S", "256", "-n200:3000:4000", "-a1"], &["-a1", "-n1:100:200"]] {
        let path = divided(folder.path(), args);
        let listing = list(&tree(&path, &[]));
        assert_eq!(listing.problems, []);
        assert_eq!(volumes(&listing), volumes_by_sfdisk(&path), "{args:?}");
    }
    let path = divided(folder.path(), THREE);
    let medium = std::fs::read(&path).unwrap();
    assert!(bytes_of(&tree(&path, &[]), "p3").unwrap() == medium[2000 * 512..2056 * 512]);
    cut_and_bend("medium.img", &medium, 20, 100, &[0, 512, 1024, (2 << 20) - 512]);
}

#[test]
fn a_damaged_table_is_replaced_by_the_backup_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = divided(folder.path(), THREE);
    let sound = std::fs::read(&path).unwrap();
    let expected = volumes_by_sfdisk(&path);
    let check = |bend: &dyn Fn(&mut Vec<u8>), expected_problems: &[&str]| {
        let mut bent = sound.clone();
        bend(&mut bent);
        std::fs::write(&path, bent).unwrap();
        let listing = list(&tree(&path, &[]));
        assert_eq!(volumes(&listing), expected, "{expected_problems:?}");
        for expected in expected_problems {
            let found = listing.problems.iter().any(|problem| problem.detail.contains(expected));
            assert!(found, "{expected}: {:?}", listing.problems);
        }
        assert_eq!(listing.problems.len(), expected_problems.len());
    };
    let used = "the backup at the end is used";
    check(&|medium| medium[512 + 40] ^= 1, &["header of the table contradicts", used]);
    check(&|medium| medium[512 + 24] ^= 1, &["header of the table contradicts", "elsewhere", used]);
    check(&|medium| medium[1024 + 56] ^= 1, &["entries of the table contradict", used]);
    check(&|medium| medium[512..1024].fill(0), &["first table is missing; the backup is used"]);
    check(&|medium| medium[..512].fill(0), &[]);
    let last = sound.len() - 512;
    check(&|medium| medium[last..].fill(0), &[]);
    let both = |medium: &mut Vec<u8>| {
        medium[1024 + 60] ^= 1;
        medium[last..].fill(0);
    };
    check(&both, &["entries of the table contradict"]);
}
