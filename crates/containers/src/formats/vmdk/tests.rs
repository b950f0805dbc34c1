//! Images written by hand: what a hostile one must give.

use super::*;
use crate::bytes::Memory;
use crate::format::{Secrets, Siblings};
use crate::limits::Limits;

/// One file, `a`.
struct Beside(Vec<u8>);

impl Siblings for Beside {
    fn open(&self, path: &[u8]) -> Option<Rc<dyn Bytes>> {
        assert!(!path.contains(&b'/') && path != b"..", "a name that leaves the folder");
        (path == b"a").then(|| Rc::new(Memory(self.0.clone())) as Rc<dyn Bytes>)
    }
}

fn open(bytes: Vec<u8>) -> Result<Image, Fault> {
    let opening = Opening {
        bytes: Rc::new(Memory(bytes)),
        name: Vec::new(),
        siblings: Rc::new(Beside(vec![7; 1024])),
        secrets: &Secrets::default(),
        limits: Limits::default(),
    };
    match Vmdk.open(opening)? {
        Opened::Image(image) => Ok(image),
        Opened::Entries(_) => panic!("an image is no container"),
    }
}

/// A sparse file with its directory in sector 1, of which the first entry names sector 2.
fn sparse(sectors: u64, grain: u64, entries: u32, first: u32) -> Vec<u8> {
    let mut bytes = vec![0; 2048];
    bytes[..4].copy_from_slice(b"KDMV");
    bytes[4] = 1;
    bytes[12..20].copy_from_slice(&sectors.to_le_bytes());
    bytes[20..28].copy_from_slice(&grain.to_le_bytes());
    bytes[44..48].copy_from_slice(&entries.to_le_bytes());
    bytes[56..64].copy_from_slice(&1_u64.to_le_bytes());
    bytes[512] = 2;
    bytes[1024..1028].copy_from_slice(&first.to_le_bytes());
    bytes
}

fn read(image: &Image, at: u64) -> Result<[u8; 8], Fault> {
    let mut bytes = [1; 8];
    image.bytes.read_at(at, &mut bytes).map(|_| bytes)
}

#[test]
fn extents_are_sought_beside_the_text_alone() {
    let check = |line: &str, expected: &str| {
        let image = open(format!("# Disk DescriptorFile\n{line}\n").into_bytes()).unwrap();
        assert!(format!("{:?}", image.problems).contains(expected), "{:?}", image.problems);
        image
    };
    let sound = check("RW 2 FLAT \"a\" 0", "[]");
    assert_eq!(read(&sound, 0), Ok([7; 8]));
    assert_eq!(read(&check("RW 2 FLAT \"C:\\x\\a\" 0", "[]"), 0), Ok([7; 8]));
    check("RW 2 FLAT \"/etc/shadow\" 0", "shadow is not beside");
    check("RW 2 FLAT \"..\" 0", "is not beside");
    check("RW 3 FLAT \"a\" 0", "the bytes end");
    check("RW 1 FLAT \"a\" 18446744073709551615", "the bytes end");
    check("RW 2 SPARSE \"a\"", "another form");
    check("RW 2 SESPARSE \"a\"", "this form of extent");
    let bomb = check("RW 1000 ZERO\nRW 18446744073709551615 ZERO", "above the limit");
    assert_eq!(bomb.bytes.len(), 1000 * SECTOR);
    let fault = open(b"# Disk DescriptorFile\n".to_vec()).err().unwrap();
    assert!(fault.to_string().contains("without extents"), "{fault}");
}

#[test]
fn claims_cost_nothing() {
    let bomb = open(sparse(1 << 60, 128, 512, 0)).unwrap();
    assert!(bomb.problems[0].detail.contains("above the limit: a medium of"));
    assert_eq!(read(&bomb, 0), Ok([0; 8]));
    assert!(matches!(read(&bomb, 1 << 52), Err(Fault::Truncated { .. })));
    for (grain, entries) in [(0, 512), (1 << 40, 512), (128, 0)] {
        assert!(matches!(open(sparse(8, grain, entries, 0)), Err(Fault::Damaged { .. })));
    }
    let outside = open(sparse(8, 1, 512, u32::MAX)).unwrap();
    assert!(matches!(read(&outside, 0), Err(Fault::Truncated { .. })));
    // A grain that is its own directory is read as it lies there.
    assert_eq!(read(&open(sparse(8, 1, 512, 1)).unwrap(), 0), Ok([2, 0, 0, 0, 0, 0, 0, 0]));
}
