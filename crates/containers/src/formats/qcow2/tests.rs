//! Images written by hand: what a hostile one must give.

use super::*;
use crate::bytes::Memory;
use crate::format::{NoSiblings, Secrets, Siblings};
use crate::limits::Limits;

/// The same file under every name.
struct Everywhere(Vec<u8>);

impl Siblings for Everywhere {
    fn open(&self, _path: &[u8]) -> Option<Rc<dyn Bytes>> {
        Some(Rc::new(Memory(self.0.clone())))
    }
}

/// A header of version 2 with clusters of 512 bytes, its first table at byte 512.
fn image(length: u64, entries: u32, backing: Option<&str>) -> Vec<u8> {
    let mut bytes = vec![0; 1536];
    bytes[..4].copy_from_slice(MAGIC);
    bytes[4..8].copy_from_slice(&2_u32.to_be_bytes());
    if let Some(name) = backing {
        bytes[8..16].copy_from_slice(&80_u64.to_be_bytes());
        bytes[16..20].copy_from_slice(&(name.len() as u32).to_be_bytes());
        bytes[80..80 + name.len()].copy_from_slice(name.as_bytes());
    }
    bytes[20..24].copy_from_slice(&9_u32.to_be_bytes());
    bytes[24..32].copy_from_slice(&length.to_be_bytes());
    bytes[36..40].copy_from_slice(&entries.to_be_bytes());
    bytes[40..48].copy_from_slice(&512_u64.to_be_bytes());
    bytes
}

fn open(bytes: Vec<u8>, siblings: Rc<dyn Siblings>) -> Result<Image, Fault> {
    let opening = Opening {
        bytes: Rc::new(Memory(bytes)),
        name: b"a.qcow2".to_vec(),
        siblings,
        secrets: &Secrets::default(),
        limits: Limits::default(),
    };
    match Qcow2.open(opening)? {
        Opened::Image(image) => Ok(image),
        Opened::Entries(_) => panic!("an image is no container"),
    }
}

fn read(image: &Image, at: u64) -> Result<[u8; 8], Fault> {
    let mut bytes = [1; 8];
    image.bytes.read_at(at, &mut bytes).map(|_| bytes)
}

#[test]
fn a_chain_of_backing_files_ends() {
    let own = image(4096, 1, Some("a.qcow2"));
    let fault = open(own.clone(), Rc::new(Everywhere(own))).err().unwrap();
    assert!(matches!(fault, Fault::Limit { .. }), "{fault}");
    for name in ["/etc/shadow", "../up"] {
        let fault = open(image(4096, 1, Some(name)), Rc::new(NoSiblings)).err().unwrap();
        assert!(matches!(fault, Fault::Unsupported { .. }), "{fault}");
    }
    let up = image(4096, 1, Some("x/.."));
    let fault = open(up.clone(), Rc::new(Everywhere(up))).err().unwrap();
    assert!(matches!(fault, Fault::Unsupported { .. }), "{fault}");
}

#[test]
fn claims_cost_nothing() {
    let bomb = open(image(1 << 60, u32::MAX, None), Rc::new(NoSiblings)).unwrap();
    assert!(bomb.problems[0].detail.contains("above the limit: a medium of"));
    assert_eq!(bomb.bytes.len(), 1 << 53);
    // The table of the first level goes on for 128 entries, all empty.
    assert_eq!(read(&bomb, 0), Ok([0; 8]));
    assert_eq!(read(&bomb, 4_194_296), Ok([0; 8]));
    assert!(matches!(read(&bomb, 1 << 40), Err(Fault::Truncated { .. })));
    assert!(matches!(read(&bomb, 1 << 52), Err(Fault::Damaged { .. })));
    let short = open(image(1 << 40, 1, None), Rc::new(NoSiblings)).unwrap();
    assert!(matches!(read(&short, 1 << 30), Err(Fault::Damaged { .. })));
}

#[test]
fn tables_that_lie_anywhere_give_a_fault_each() {
    let check = |first: u64, second: u64, is_read: bool| {
        let mut bytes = image(4096, 1, None);
        bytes[512..520].copy_from_slice(&first.to_be_bytes());
        bytes[1024..1032].copy_from_slice(&second.to_be_bytes());
        let image = open(bytes, Rc::new(NoSiblings)).unwrap();
        assert_eq!(read(&image, 0).is_ok(), is_read, "{first:#x} {second:#x}");
    };
    check(1024, 512, true);
    check(1024, 1 << 40, false);
    check(1 << 40, 512, false);
    // A table that is its own cluster, and its own table.
    check(1024, 1024, true);
    check(512, 0, true);
    check(OFFSET, 0, false);
    check(1024, u64::MAX, false);
    check(1024, COMPRESSED, false);
}
