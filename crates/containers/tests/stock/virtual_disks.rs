//! Images by `qemu-img` in all its forms, and those of the shared corpus.

use crate::medium::{check, check_bytes, noisy, opened};
use crate::support::{OnDisk, all_of, cut_and_bend, list, run, tree};
use amparo_containers::Fault;
use std::path::{Path, PathBuf};

/// The bytes as an image named `name` in a folder.
fn convert(folder: &Path, bytes: &[u8], name: &str, args: &[&str]) -> PathBuf {
    let (raw, image) = (folder.join("raw"), folder.join(name));
    std::fs::write(&raw, bytes).unwrap();
    let ends = [raw.to_str().unwrap(), image.to_str().unwrap()];
    run("qemu-img", &[&["convert", "-f", "raw"], args, &ends].concat());
    image
}

fn in_folder(bytes: &[u8], name: &str, args: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = convert(folder.path(), bytes, name, args);
    (folder, path)
}

/// The image as `qemu-img` reads it.
fn by_qemu(path: &Path, format: &str) -> Vec<u8> {
    let raw = path.with_extension("by_qemu");
    let ends = [path.to_str().unwrap(), raw.to_str().unwrap()];
    run("qemu-img", &[&["convert", "-f", format, "-O", "raw"][..], &ends].concat());
    std::fs::read(raw).unwrap()
}

#[test]
fn qcow2_gives_the_medium() {
    // The last cluster is not a whole one.
    let bytes = noisy((3 << 20) + 5 * 512);
    for args in [
        &["-o", "compat=0.10"][..],
        &["-c", "-o", "compat=0.10"],
        &["-o", "compat=1.1"],
        &["-c"],
        &["-c", "-o", "compression_type=zstd"],
        &["-o", "cluster_size=512"],
        &["-c", "-o", "cluster_size=2M"],
        &["-c", "-o", "cluster_size=4k,compression_type=zstd"],
        &["-o", "preallocation=metadata"],
        &["-S", "0"],
    ] {
        let (_folder, path) = in_folder(&bytes, "image.qcow2", &[&["-O", "qcow2"], args].concat());
        check(&path, &bytes);
    }
}

#[test]
fn qcow2_reads_what_lies_below_from_the_backing_file() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = noisy(2 << 20);
    for format in ["qcow2", "raw"] {
        let base = convert(folder.path(), &bytes, "base", &["-O", format]);
        let top = folder.path().join("top.qcow2");
        let path = top.to_str().unwrap();
        let _removed = std::fs::remove_file(&top);
        // Larger than what lies below.
        run("qemu-img", &["create", "-q", "-f", "qcow2", "-b", "base", "-F", format, path, "3M"]);
        run("qemu-io", &["-c", "write -P 7 100k 200k", "-c", "write -z 1M 64k", path]);
        check(&top, &by_qemu(&top, "qcow2"));
        std::fs::remove_file(base).unwrap();
        let fault = opened(&top).err().unwrap();
        assert!(matches!(&fault, Fault::Unsupported { what } if what.contains("base")), "{fault}");
    }
}

#[test]
fn what_qcow2_does_not_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = noisy(200 << 10);
    let path = convert(folder.path(), &bytes, "image.qcow2", &["-O", "qcow2"]);
    run("qemu-img", &["snapshot", "-c", "then", path.to_str().unwrap()]);
    let image = opened(&path).unwrap();
    assert!(image.problems[0].detail.contains("1 snapshots inside"), "{:?}", image.problems);
    check_bytes(&*image.bytes, &bytes);

    let mut locked = std::fs::read(&path).unwrap();
    locked[35] = 2;
    let locked_path = folder.path().join("locked.qcow2");
    std::fs::write(&locked_path, locked).unwrap();
    let fault = opened(&locked_path).err().unwrap();
    assert!(matches!(fault, Fault::Locked { .. }), "{fault}");

    let check = |options: &str, expected: &str| {
        let path = folder.path().join("other.qcow2");
        let _removed = std::fs::remove_file(&path);
        run(
            "qemu-img",
            &["create", "-q", "-f", "qcow2", "-o", options, path.to_str().unwrap(), "1M"],
        );
        let fault = opened(&path).err().unwrap();
        assert!(
            matches!(&fault, Fault::Unsupported { what } if what.contains(expected)),
            "{fault}"
        );
    };
    check("extended_l2=on", "subclusters");
    let data = folder.path().join("data");
    check(&format!("data_file={}", data.display()), "external file");
}

#[test]
fn vhd_gives_the_medium() {
    // Lengths that the geometry of these images can express, and others with the length forced.
    let bytes = noisy((5 << 20) + 4096);
    for subformat in ["fixed", "dynamic"] {
        let options = format!("subformat={subformat},force_size=on");
        let (_folder, path) = in_folder(&bytes, "image.vhd", &["-O", "vpc", "-o", &options]);
        check(&path, &bytes);
        let options = format!("subformat={subformat}");
        let (_folder, path) = in_folder(&bytes, "image.vhd", &["-O", "vpc", "-o", &options]);
        check(&path, &by_qemu(&path, "vpc"));
    }
}

#[test]
fn vhd_without_its_end_is_read_by_the_copy_in_front() {
    let bytes = noisy(1 << 20);
    let args = ["-O", "vpc", "-o", "subformat=dynamic,force_size=on"];
    let (_folder, path) = in_folder(&bytes, "image.vhd", &args);
    let image = std::fs::read(&path).unwrap();
    std::fs::write(&path, &image[..image.len() - 512]).unwrap();
    let opened = opened(&path).unwrap();
    assert!(opened.problems[0].detail.contains("the copy in front"), "{:?}", opened.problems);
    check_bytes(&*opened.bytes, &bytes);
}

#[test]
fn vhdx_gives_the_medium() {
    let bytes = noisy((5 << 20) + 512);
    for options in ["subformat=dynamic", "subformat=fixed", "block_size=1M", "log_size=2M"] {
        let (_folder, path) = in_folder(&bytes, "image.vhdx", &["-O", "vhdx", "-o", options]);
        check(&path, &bytes);
    }
    let (_folder, path) = in_folder(&bytes, "image.vhdx", &["-O", "vhdx"]);
    let mut image = std::fs::read(&path).unwrap();
    image[(64 << 10) + 9] ^= 1;
    image[(192 << 10) + 90] ^= 1;
    std::fs::write(&path, &image).unwrap();
    let bent = opened(&path).unwrap();
    assert_eq!(bent.problems.len(), 2, "{:?}", bent.problems);
    check_bytes(&*bent.bytes, &bytes);
    image[(128 << 10) + 9] ^= 1;
    std::fs::write(&path, &image).unwrap();
    assert!(opened(&path).err().unwrap().to_string().contains("neither a header nor its copy"));
}

#[test]
fn vmdk_gives_the_medium() {
    let bytes = noisy((3 << 20) + 7 * 512);
    for form in [
        "monolithicSparse",
        "streamOptimized",
        "monolithicFlat",
        "twoGbMaxExtentSparse",
        "twoGbMaxExtentFlat",
    ] {
        let options = format!("subformat={form}");
        let (_folder, path) = in_folder(&bytes, "image.vmdk", &["-O", "vmdk", "-o", &options]);
        check(&path, &by_qemu(&path, "vmdk"));
        check(&path, &bytes);
    }
}

#[test]
fn vmdk_in_several_extents_costs_only_the_missing_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.vmdk");
    let name = path.to_str().unwrap();
    let options = "subformat=twoGbMaxExtentSparse";
    run("qemu-img", &["create", "-q", "-f", "vmdk", "-o", options, name, "5G"]);
    run("qemu-io", &["-c", "write -P 7 2047M 5M", "-c", "write -P 9 4608M 1M", name]);
    let image = opened(&path).unwrap();
    assert_eq!((image.problems, image.bytes.len()), (Vec::new(), 5 << 30));
    let read = |at: u64| {
        let mut bytes = [1; 100];
        opened(&path).unwrap().bytes.read_at(at, &mut bytes).map(|_| bytes)
    };
    assert_eq!(read(0), Ok([0; 100]));
    assert_eq!(read((2 << 30) - 50), Ok([7; 100]));
    assert_eq!(read(4608 << 20), Ok([9; 100]));
    std::fs::remove_file(folder.path().join("image-s003.vmdk")).unwrap();
    assert!(opened(&path).unwrap().problems[0].detail.contains("not beside the image"));
    assert_eq!(read((2 << 30) - 50), Ok([7; 100]));
    assert!(matches!(read(4608 << 20), Err(Fault::Source { .. })));

    let top = folder.path().join("top.vmdk");
    let base = folder.path().join("base.vmdk");
    let base = base.to_str().unwrap();
    run("qemu-img", &["create", "-q", "-f", "vmdk", base, "1M"]);
    let args = ["create", "-q", "-f", "vmdk", "-b", base, "-F", "vmdk", top.to_str().unwrap()];
    run("qemu-img", &args);
    let fault = opened(&top).err().unwrap();
    assert!(fault.to_string().contains("image with a parent"), "{fault}");
}

#[test]
fn giants_cost_nothing_until_they_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, args: &[&str], size: &str| {
        let path = folder.path().join(name);
        run("qemu-img", &[&["create", "-q"], args, &[path.to_str().unwrap(), size]].concat());
        let medium = opened(&path).unwrap().bytes;
        let mut bytes = [1; 9];
        assert_eq!(medium.read_at(medium.len() - 9, &mut bytes), Ok(9));
        assert_eq!(bytes, [0; 9]);
        medium.len()
    };
    assert_eq!(check("a.qcow2", &["-f", "qcow2", "-o", "cluster_size=2M"], "4096T"), 1 << 52);
    assert!(check("a.vhd", &["-f", "vpc"], "2000G") >= 2000 << 30);
    assert_eq!(check("a.vhdx", &["-f", "vhdx"], "60T"), 60 << 40);
    assert_eq!(check("a.vmdk", &["-f", "vmdk"], "60T"), 60 << 40);
}

#[test]
fn cut_and_bent_images_end_quietly() {
    let bytes = noisy(400 << 10);
    let check = |name: &str, args: &[&str], interesting: &[u64]| {
        let (_folder, path) = in_folder(&bytes, name, args);
        let image = all_of(&*OnDisk::open(&path)).unwrap();
        let end = image.len() as u64 - 1024;
        cut_and_bend(name, &image, 25, 150, &[interesting, &[0, end]].concat());
    };
    check("a.qcow2", &["-O", "qcow2", "-o", "cluster_size=4k"], &[0x1000, 0x3000, 0x4000]);
    check("a.qcow2", &["-O", "qcow2", "-c", "-o", "cluster_size=4k"], &[0x1000, 0x3000, 0x4000]);
    let zstd = ["-O", "qcow2", "-c", "-o", "cluster_size=4k,compression_type=zstd"];
    check("a.qcow2", &zstd, &[0x1000, 0x3000, 0x5000]);
    check("a.vhd", &["-O", "vpc"], &[512, 1536]);
    let vhdx = ["-O", "vhdx", "-o", "block_size=1M,log_size=1M"];
    check("a.vhdx", &vhdx, &[64 << 10, 192 << 10, 2 << 20, 3 << 20]);
    check("a.vmdk", &["-O", "vmdk"], &[512, 0x2800, 0x5000]);
    check("a.vmdk", &["-O", "vmdk", "-o", "subformat=streamOptimized"], &[512, 0x10000]);
}

/// A fixed VHD begins like the medium itself, and a medium in an image is divided like any other.
#[test]
fn volumes_are_found_inside_images() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    std::fs::write(&disk, noisy(2 << 20)).unwrap();
    let path = disk.to_str().unwrap();
    run("sh", &["-c", &format!("printf '100,900,83\\n2000,,7\\n' | sfdisk -q {path}")]);
    let mbr = std::fs::read(&disk).unwrap();
    run("sgdisk", &["-Z", path]);
    run("sgdisk", &["-a1", "-n1:100:999", "-n2:2000:0", path]);
    let gpt = std::fs::read(&disk).unwrap();
    for (medium, table) in [(mbr, "mbr/1"), (gpt, "gpt/1")] {
        for (name, format, args) in [
            ("a.vhd", "vhd/1", &["-O", "vpc", "-o", "subformat=fixed,force_size=on"][..]),
            ("a.vhdx", "vhdx/1", &["-O", "vhdx"]),
            ("a.qcow2", "qcow2/1", &["-O", "qcow2", "-c"]),
            ("a.vmdk", "vmdk/1", &["-O", "vmdk"]),
        ] {
            let image = convert(folder.path(), &medium, name, args);
            let tree = tree(&image, &[]);
            let listing = list(&tree);
            assert_eq!(listing.problems, [], "{name}");
            let nodes: Vec<_> = listing.nodes.iter().map(|node| &node.found.path[..]).collect();
            assert_eq!(nodes, [b"p1", b"p2"], "{name}");
            assert_eq!(listing.formats[0], [format, table]);
            let bytes = all_of(&*tree.open(b"p1", &[1]).unwrap()).unwrap();
            assert!(bytes == medium[100 * 512..1000 * 512], "{name}");
        }
    }
}

/// The images of one medium that lie beside the project, where they do.
#[test]
fn the_shared_images_of_one_medium_agree() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/disk");
    if !folder.is_dir() {
        return;
    }
    let first = opened(&folder.join("ext2.E01")).unwrap();
    let medium = all_of(&*first.bytes).unwrap();
    let mut path = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut path, &medium).unwrap();
    let md5 = run("md5sum", &[path.path().to_str().unwrap()])[..32].to_owned();
    assert_eq!(first.stored[0].value, md5);
    for name in ["ext2.qcow2", "ext2.vmdk", "ext2.vhd"] {
        let image = opened(&folder.join(name)).unwrap();
        let bytes = all_of(&*image.bytes).unwrap();
        assert_eq!(image.problems, []);
        assert!(bytes[..medium.len()] == medium, "{name}");
        // The geometry of a VHD rounds the length up.
        assert!(bytes[medium.len()..].iter().all(|byte| *byte == 0), "{name}");
        assert!(name.ends_with("vhd") || bytes.len() == medium.len(), "{name}");
    }
    assert_eq!(list(&tree(&folder.join("ext2.E01"), &[])).problems, []);
}
