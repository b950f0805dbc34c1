//! A map compared with what `mmls` lists, and the map of a hybrid by `xorriso`.

use crate::medium::volumes;
use crate::support::{OnDisk, list, run, tree};
use amparo_containers::recognise;

#[test]
fn partitions_are_those_of_mmls() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("medium.img");
    let mut medium = vec![0; 1 << 20];
    medium[..8].copy_from_slice(b"ER\x02\x00\x00\x00\x08\x00");
    let entries = [
        ("Apple_partition_map", 1_u32, 63_u32),
        ("Apple_HFS", 64, 1000),
        ("Apple_Free", 1064, 100),
        ("Apple_UNIX_SVR2", 1164, 884),
    ];
    for (entry, (kind, first, blocks)) in medium[512..].chunks_mut(512).zip(entries) {
        entry[..8].copy_from_slice(b"PM\0\0\0\0\0\x04");
        entry[8..12].copy_from_slice(&first.to_be_bytes());
        entry[12..16].copy_from_slice(&blocks.to_be_bytes());
        entry[48..48 + kind.len()].copy_from_slice(kind.as_bytes());
    }
    std::fs::write(&path, &medium).unwrap();
    let listing = list(&tree(&path, &[]));
    assert_eq!(listing.problems, []);
    let listed = run("mmls", &["-t", "mac", path.to_str().unwrap()]);
    // Slot from 0 on, first sector, last, length, type.
    let lines = listed.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let slot: u64 = words.get(1)?.parse().ok()?;
        let kept = !matches!(*words.get(5)?, "Apple_partition_map" | "Apple_Free");
        kept.then(|| format!("p{} {}", slot + 1, words[4].parse::<u64>().unwrap()))
    });
    let expected: Vec<String> = lines.collect();
    assert_eq!(expected.len(), 2, "{listed}");
    assert_eq!(volumes(&listing), expected);
}

#[test]
fn a_hybrid_is_left_to_its_file_system() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("hybrid.iso");
    let content = folder.path().join("content");
    std::fs::create_dir(&content).unwrap();
    std::fs::write(content.join("a.txt"), "a").unwrap();
    let args = ["-as", "mkisofs", "-quiet", "-hfsplus", "-o", image.to_str().unwrap()];
    run("xorriso", &[&args[..], &[content.to_str().unwrap()]].concat());
    let bytes = OnDisk::open(&image);
    let ids: Vec<_> = recognise(&*bytes).iter().map(|format| format.spec().id).collect();
    assert!(!ids.contains(&"apple_partition_map") && !ids.contains(&"mbr"), "{ids:?}");
    assert_eq!(&std::fs::read(&image).unwrap()[512..514], b"PM");
}
