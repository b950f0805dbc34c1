//! Compressed files of every method, in the attribute and in the fork.

use super::*;
use std::io::Write;

fn text(length: usize) -> Vec<u8> {
    (0..length).map(|n| b"abstract grey squares, "[(n + n / 4_000) % 23]).collect()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn lzfse(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    lzfse_rust::encode_bytes(data, &mut out).unwrap();
    out
}

fn attribute(method: u32, size: u64, data: &[u8]) -> Vec<u8> {
    [&MAGIC.to_le_bytes()[..], &method.to_le_bytes(), &size.to_le_bytes(), data].concat()
}

/// A resource fork as of method 4.
fn zlib_fork(blocks: &[Vec<u8>]) -> Vec<u8> {
    let mut fork = vec![0; 0x104];
    fork[..4].copy_from_slice(&0x100_u32.to_be_bytes());
    fork.extend((blocks.len() as u32).to_le_bytes());
    let mut at = 4 + blocks.len() as u32 * 8;
    for block in blocks {
        fork.extend(at.to_le_bytes());
        fork.extend((block.len() as u32).to_le_bytes());
        at += block.len() as u32;
    }
    [fork, blocks.concat()].concat()
}

/// A resource fork as of methods 8 and 12.
fn fork(blocks: &[Vec<u8>]) -> Vec<u8> {
    let mut at = (blocks.len() as u32 + 1) * 4;
    let mut fork = at.to_le_bytes().to_vec();
    for block in blocks {
        at += block.len() as u32;
        fork.extend(at.to_le_bytes());
    }
    [fork, blocks.concat()].concat()
}

fn read(attribute: &[u8], fork: Option<Vec<u8>>) -> Result<Vec<u8>, Fault> {
    let bytes = open(attribute, fork.map(|fork| Rc::new(Memory(fork)) as Rc<dyn Bytes>))?;
    vec_at(&*bytes, 0, bytes.len(), 1 << 30)
}

#[test]
fn every_method_gives_the_plain_data() {
    let plain = text(150_000);
    let short = &plain[..3_000];
    let behind = |mark: u8| [&[mark], short].concat();
    for (method, data) in [
        (1, short.to_vec()),
        (3, zlib(short)),
        (3, behind(0xFF)),
        (7, lzvn::encode_raw(short)),
        (7, behind(0x06)),
        (11, lzfse(short)),
        (11, behind(0xFF)),
    ] {
        let attribute = attribute(method, 3_000, &data);
        assert_eq!(read(&attribute, None).as_deref(), Ok(short), "method {method}");
    }
    let blocks = |pack: fn(&[u8]) -> Vec<u8>| plain.chunks(65_536).map(pack).collect::<Vec<_>>();
    for (method, fork) in [
        (4, zlib_fork(&blocks(zlib))),
        (4, zlib_fork(&blocks(|block| [&[0xFF], block].concat()))),
        (8, fork(&blocks(lzvn::encode_raw))),
        (12, fork(&blocks(lzfse))),
    ] {
        let attribute = attribute(method, 150_000, &[]);
        assert_eq!(read(&attribute, Some(fork)).as_ref(), Ok(&plain), "method {method}");
    }
}

#[test]
fn a_block_is_found_without_the_others() {
    let plain = text(200_000);
    let mut blocks: Vec<Vec<u8>> = plain.chunks(65_536).map(zlib).collect();
    blocks[1] = b"broken".to_vec();
    let fork: Rc<dyn Bytes> = Rc::new(Memory(zlib_fork(&blocks)));
    let bytes = open(&attribute(4, 200_000, &[]), Some(fork)).unwrap();
    let mut into = [0; 9];
    assert_eq!(bytes.read_at(131_072, &mut into), Ok(9));
    assert_eq!(into, plain[131_072..131_081]);
    assert!(matches!(bytes.read_at(131_070, &mut into), Err(Fault::Damaged { .. })));
    assert_eq!(bytes.read_at(199_996, &mut into), Ok(4));
    assert_eq!(bytes.read_at(u64::MAX, &mut into), Ok(0));
}

#[test]
fn what_does_not_fit_is_refused_and_allocates_nothing() {
    let check = |attribute: &[u8], fork: Option<Vec<u8>>, kind: &str| {
        let fault = read(attribute, fork).unwrap_err();
        assert!(format!("{fault:?}").starts_with(kind), "{fault:?} is not {kind}");
    };
    let bomb = zlib(&vec![0; 5 << 20]);
    check(&attribute(3, 1_000, &bomb), None, "Damaged");
    check(&attribute(11, 1_000, &lzfse(&vec![0; 5 << 20])), None, "Damaged");
    check(&attribute(7, 1_000, &lzvn::encode_raw(&vec![0; 5_000])), None, "Damaged");
    check(&attribute(3, 1 << 40, &bomb), None, "Limit");
    check(&attribute(3, 10, b""), None, "Damaged");
    check(&attribute(4, 10, b""), None, "Damaged");
    check(&attribute(4, u64::MAX, b""), Some(zlib_fork(std::slice::from_ref(&bomb))), "Damaged");
    check(&attribute(8, 1 << 50, b""), Some(fork(&[bomb])), "Damaged");
    check(&attribute(12, 10, b""), Some(vec![8]), "Truncated");
    check(&attribute(5, 10, b""), None, "Unsupported");
    check(b"short", None, "Damaged");
}
