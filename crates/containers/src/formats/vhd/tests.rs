//! Images written by hand: what a damaged or hostile one must give.

use super::*;
use crate::bytes::Memory;
use crate::format::{NoSiblings, Secrets};
use crate::limits::Limits;

fn seal(bytes: &mut [u8], at: usize) {
    bytes[at..at + 4].fill(0);
    let sum: u32 = bytes.iter().map(|byte| u32::from(*byte)).sum();
    bytes[at..at + 4].copy_from_slice(&(!sum).to_be_bytes());
}

fn footer(kind: u32, length: u64) -> Vec<u8> {
    let mut bytes = vec![0; 512];
    bytes[..8].copy_from_slice(FOOTER);
    bytes[16..24].copy_from_slice(&512_u64.to_be_bytes());
    bytes[48..56].copy_from_slice(&length.to_be_bytes());
    bytes[60..64].copy_from_slice(&kind.to_be_bytes());
    seal(&mut bytes, 64);
    bytes
}

/// A dynamic image with the table at 1536, one sector long.
fn dynamic_image(length: u64, entries: u32, block_bytes: u32, first: u32) -> Vec<u8> {
    let mut header = vec![0; 1024];
    header[..8].copy_from_slice(HEADER);
    header[16..24].copy_from_slice(&1536_u64.to_be_bytes());
    header[28..32].copy_from_slice(&entries.to_be_bytes());
    header[32..36].copy_from_slice(&block_bytes.to_be_bytes());
    seal(&mut header, 36);
    let mut table = vec![0xFF; 512];
    table[..4].copy_from_slice(&first.to_be_bytes());
    [footer(3, length), header, table, vec![7; 2048], footer(3, length)].concat()
}

fn open_image(bytes: Vec<u8>) -> Result<Image, Fault> {
    let opening = Opening {
        bytes: Rc::new(Memory(bytes)),
        name: Vec::new(),
        siblings: Rc::new(NoSiblings),
        secrets: &Secrets::default(),
        limits: Limits::default(),
    };
    match Vhd.open(opening)? {
        Opened::Image(image) => Ok(image),
        Opened::Entries(_) => panic!("an image is no container"),
    }
}

fn read(image: &Image, at: u64) -> Result<[u8; 8], Fault> {
    let mut bytes = [1; 8];
    image.bytes.read_at(at, &mut bytes).map(|_| bytes)
}

#[test]
fn claims_cost_nothing() {
    let bomb = open_image(dynamic_image(1 << 60, u32::MAX, 2 << 20, 4)).unwrap();
    assert!(bomb.problems[0].detail.contains("above the limit: a medium of"));
    assert_eq!(read(&bomb, 2 << 20), Ok([0; 8]));
    assert!(matches!(read(&bomb, 1 << 52), Err(Fault::Damaged { .. } | Fault::Truncated { .. })));
    let short = open_image(dynamic_image(1 << 30, 1, 2 << 20, 4)).unwrap();
    assert!(short.problems[0].detail.contains("table of 1 blocks"));
    assert!(matches!(read(&short, 4 << 20), Err(Fault::Damaged { .. })));
    for block_bytes in [0, 1, 511, 3 << 20, 1 << 31] {
        let fault = open_image(dynamic_image(4096, 8, block_bytes, 4)).err().unwrap();
        assert!(fault.to_string().contains("blocks of"), "{fault}");
    }
}

#[test]
fn a_block_lies_behind_its_bitmap_or_gives_a_fault() {
    assert_eq!(read(&open_image(dynamic_image(4096, 8, 512, 4)).unwrap(), 0), Ok([7; 8]));
    assert_eq!(read(&open_image(dynamic_image(4096, 8, 512, u32::MAX)).unwrap(), 0), Ok([0; 8]));
    let outside = open_image(dynamic_image(4096, 8, 512, u32::MAX - 1)).unwrap();
    assert!(matches!(read(&outside, 0), Err(Fault::Truncated { .. })));
}

#[test]
fn what_is_wrong_with_a_footer_is_told() {
    let check = |bytes: Vec<u8>, expected: &str| {
        let told = match open_image(bytes) {
            Ok(image) => format!("{:?}", image.problems),
            Err(fault) => fault.to_string(),
        };
        assert!(told.contains(expected), "{expected}: {told}");
    };
    check([vec![5; 1024], footer(2, 1024)].concat(), "[]");
    check([vec![5; 1024], footer(2, 4096)].concat(), "states a medium of 4096 bytes; 1024");
    check([vec![5; 1024], footer(2, 1024)[..511].to_vec()].concat(), "[]");
    check([vec![5; 1024], footer(4, 1024)].concat(), "differencing image");
    check([vec![5; 1024], footer(9, 1024)].concat(), "image of type 9");
    let mut bent = footer(2, 1024);
    bent[100] = 1;
    check([vec![5; 1024], bent].concat(), "footer contradicts its checksum");
    check(vec![5; 1024], "no footer");
}
