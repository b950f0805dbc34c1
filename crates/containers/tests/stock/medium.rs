//! What the tests of disk images share: a medium, and an image compared with it.

use crate::support::{Folder, Listing, OnDisk, all_of, run};
use amparo_containers::{
    Bytes, Family, Fault, Format, Found, Image, Kind, Limits, Opened, Opening, Secrets, recognise,
};
use std::path::Path;
use std::rc::Rc;

/// A medium of parts that compress well, badly and to nothing, and that is recognised as nothing.
pub fn noisy(length: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut bytes = Vec::with_capacity(length + 4096);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let run = (state >> 32) as usize % 150_000;
        match state % 4 {
            0 => bytes.resize(bytes.len() + run, 0),
            1 => bytes.extend((0..run).map(|n| b"a quiet line of text\n"[(n + n / 977) % 21])),
            _ => bytes.extend((0..run as u64).map(|n| (n.wrapping_mul(state | 1) >> 37) as u8)),
        }
    }
    bytes.truncate(length);
    bytes[..512].fill(1);
    bytes
}

/// The image in a file.
pub fn opened(path: &Path) -> Result<Image, Fault> {
    open_from(OnDisk::open(path), path)
}

/// The image in these bytes, which are those of a file.
pub fn open_from(bytes: Rc<dyn Bytes>, path: &Path) -> Result<Image, Fault> {
    let formats = recognise(&*bytes);
    let is_image = |format: &&&dyn Format| format.spec().family == Family::Image;
    open_as(*formats.iter().find(is_image).unwrap(), bytes, path)
}

/// Bytes as an image of this format.
pub fn open_as(format: &dyn Format, bytes: Rc<dyn Bytes>, path: &Path) -> Result<Image, Fault> {
    let opening = Opening {
        bytes,
        name: path.file_name().unwrap().as_encoded_bytes().to_vec(),
        siblings: Rc::new(Folder(path.parent().unwrap().to_owned())),
        secrets: &Secrets::default(),
        limits: Limits::default(),
    };
    match format.open(opening)? {
        Opened::Image(image) => Ok(image),
        Opened::Entries(_) => panic!("{} is no image", format.spec().id),
    }
}

/// The image in a file holds these bytes, in whatever pieces it is read.
pub fn check(path: &Path, expected: &[u8]) {
    let image = opened(path).unwrap();
    assert_eq!(image.problems, [], "{}", path.display());
    check_bytes(&*image.bytes, expected);
}

/// Read in order, in one piece, and here and there.
pub fn check_bytes(medium: &dyn Bytes, expected: &[u8]) {
    assert_eq!(medium.len(), expected.len() as u64);
    assert!(all_of(medium).unwrap() == expected, "read in order");
    let mut whole = vec![1; expected.len() + 10];
    assert_eq!(medium.read_at(0, &mut whole), Ok(expected.len()));
    assert!(&whole[..expected.len()] == expected, "read in one piece");
    let mut piece = vec![0; 5000];
    for step in 0..200_usize {
        let at = step.wrapping_mul(0x9E37_79B9_7F4A_7C15) % expected.len();
        let read = medium.read_at(at as u64, &mut piece).unwrap();
        assert_eq!(read, piece.len().min(expected.len() - at));
        assert!(piece[..read] == expected[at..at + read], "read at {at}");
    }
    assert_eq!(medium.read_at(expected.len() as u64, &mut piece), Ok(0));
    assert_eq!(medium.read_at(u64::MAX, &mut piece), Ok(0));
    assert_eq!(medium.complaints(), []);
}

/// `p1 size`, in sectors, as `sfdisk` lists partitions; extended ones left out.
pub fn volumes_by_sfdisk(path: &Path) -> Vec<String> {
    let path = path.to_str().unwrap();
    let dump = run("sfdisk", &["-d", path]);
    let lines = dump.lines().filter_map(|line| line.strip_prefix(path)?.split_once(" : "));
    let volume = |(number, fields): (&str, &str)| {
        let field = |name: &str| {
            let value = fields.split(',').find_map(|field| field.trim().strip_prefix(name));
            value.unwrap().trim().to_owned()
        };
        let is_extended = matches!(field("type=").as_str(), "5" | "f" | "85");
        (!is_extended).then(|| format!("p{number} {}", field("size=")))
    };
    lines.filter_map(volume).collect()
}

/// `p1 size` of every volume, in sectors.
pub fn volumes(listing: &Listing) -> Vec<String> {
    let volumes = listing.nodes.iter().filter(|node| node.found.kind == Kind::Volume);
    let line =
        |found: &Found| format!("{} {}", String::from_utf8_lossy(&found.path), found.size / 512);
    volumes.map(|node| line(&node.found)).collect()
}
