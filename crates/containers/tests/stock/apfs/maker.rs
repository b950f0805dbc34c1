//! Fills the empty container that `mkapfs` makes: entries, inodes, extents and attributes, and what
//! depends on them (counts, allocation, checksums), so that `apfsck` finds nothing wrong.

use crate::support::run;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

pub const BLOCK: usize = 4096;
/// 2024-02-29 12:34:56.789 UTC, in nanoseconds.
const WHEN: u64 = 1_709_210_096_789_000_000;
pub const WHEN_TEXT: &str = "2024-02-29T12:34:56.789Z";
pub const ROOT: u64 = 2;
/// Where the leaves lie that are not the root, behind what mkapfs writes.
pub const LEAVES_AT: u64 = 0x5240;
/// Types of objects by which the parts of a new container are found.
const SPACEMAN: u32 = 0x8000_0005;
/// The number of the first leaf that is not the root.
const LEAVES: u64 = 0x800;
const INFO_BLOCK: u32 = 0x4000_0007;

/// Number, kind, how it sorts among those, and the whole key.
type Key = (u64, u8, Vec<u8>, Vec<u8>);

/// Key and value.
type Record = (Vec<u8>, Vec<u8>);

/// A container that grows.
pub struct Maker {
    pub image: Vec<u8>,
    records: BTreeMap<Key, Vec<u8>>,
    /// First block, blocks, owner.
    extents: Vec<(u64, u64, u64)>,
    pub next: u64,
    /// The next block that is free.
    pub block: u64,
    counts: [u64; 3],
}

/// What a file is, beyond its bytes.
#[derive(Default, Clone)]
pub struct Like {
    pub flags: u32,
    /// Each block apart from the one before.
    pub scattered: bool,
    /// Name and value; long ones get a stream of their own.
    pub attributes: Vec<(&'static str, Vec<u8>)>,
    /// Blocks of zeros that lie nowhere, after the first block.
    pub hole: u64,
}

impl Maker {
    pub fn new(folder: &Path) -> Self {
        let path = folder.join("container");
        std::fs::File::create(&path).unwrap().set_len(128 << 20).unwrap();
        run("mkapfs", &["-L", "Shapes", path.to_str().unwrap()]);
        // As much as mkapfs writes of what are mostly zeros, and room for what comes.
        let mut image = vec![0; 0x5800 * BLOCK];
        std::fs::File::open(&path).unwrap().read_exact(&mut image).unwrap();
        let mut maker = Self {
            image,
            records: BTreeMap::new(),
            extents: Vec::new(),
            next: 16,
            block: 0x5300,
            counts: [0; 3],
        };
        maker.take_records();
        maker
    }

    /// The block of the object of this type (and subtype).
    fn object(&self, kind: u32, subtype: u32) -> usize {
        object(&self.image, kind, subtype)
    }

    fn tree(&self) -> usize {
        self.object(2, 0xE)
    }

    fn superblock(&self) -> usize {
        self.object(0xD, 0)
    }

    /// The value of a record, to be bent.
    pub fn value(&mut self, id: u64, kind: u8) -> &mut Vec<u8> {
        self.records.iter_mut().find(|(key, _)| (key.0, key.1) == (id, kind)).unwrap().1
    }

    /// The records that `mkapfs` made.
    fn take_records(&mut self) {
        let node = self.image[self.tree()..][..BLOCK].to_vec();
        let word = |at: usize| usize::from(u16::from_le_bytes([node[at], node[at + 1]]));
        let keys = 56 + word(42);
        for row in (0..word(36)).map(|n| 56 + n * 8) {
            let key = node[keys + word(row)..][..word(row + 2)].to_vec();
            let value = node[BLOCK - 40 - word(row + 4)..][..word(row + 6)].to_vec();
            let first = u64::from_le_bytes(key[..8].try_into().unwrap());
            let sorts = key[8..].iter().take(4).rev().copied().collect();
            self.records.insert((first << 4 >> 4, (first >> 60) as u8, sorts, key), value);
        }
    }

    fn put(&mut self, id: u64, kind: u8, sorts: &[u8], rest: &[u8], value: Vec<u8>) {
        let first = u64::from(kind) << 60 | id;
        let key = [&first.to_le_bytes(), rest].concat();
        self.records.insert((id, kind, sorts.to_vec(), key), value);
    }

    pub fn folder(&mut self, parent: u64, name: &str) -> u64 {
        let id = self.number();
        self.counts[1] += 1;
        self.inode(id, parent, name, (0o40_755, 0, 0x8000), &[]);
        self.entry(parent, name, id, 4, None);
        id
    }

    pub fn symlink(&mut self, parent: u64, name: &str, target: &str) {
        let id = self.number();
        self.counts[2] += 1;
        self.inode(id, parent, name, (0o120_777, 0, 0x8000), &[]);
        self.entry(parent, name, id, 10, None);
        let value = [target.as_bytes(), b"\0"].concat();
        self.attribute(id, "com.apple.fs.symlink", &value, 4);
    }

    pub fn file(&mut self, parent: u64, name: &str, data: &[u8]) -> u64 {
        self.file_like(parent, name, data, &Like::default())
    }

    pub fn file_like(&mut self, parent: u64, name: &str, data: &[u8], like: &Like) -> u64 {
        let id = self.number();
        self.counts[0] += 1;
        let hole = like.hole * BLOCK as u64;
        let size = data.len() as u64 + hole;
        let stream = stream(size);
        let mut fields: Vec<(u8, u8, Vec<u8>)> = Vec::new();
        if size > 0 {
            fields.push((8, 0x20, stream));
            self.put(id, 6, &[], &[], vec![1, 0, 0, 0]);
            self.stream(id, data, like);
        }
        if hole > 0 {
            fields.push((13, 0x28, hole.to_le_bytes().to_vec()));
        }
        let forked = like.attributes.iter().any(|(name, _)| name.ends_with("Fork"));
        let internal = if hole > 0 { 0x200 } else { 0 } | if forked { 0x4000 } else { 0x8000 };
        self.inode(id, parent, name, (0o100_644, like.flags, internal), &fields);
        self.entry(parent, name, id, 8, None);
        for (name, value) in &like.attributes {
            self.attribute(id, name, value, 0);
        }
        id
    }

    /// Two names for one file.
    pub fn linked(&mut self, one: (u64, &str), two: (u64, &str), data: &[u8]) {
        let id = self.file(one.0, one.1, data);
        self.value(id, 3)[56] = 2;
        for (parent, name) in [one, two] {
            let sibling = self.number();
            self.entry(parent, name, id, 8, Some(sibling));
            let mut value = parent.to_le_bytes().to_vec();
            value.extend((name.len() as u16 + 1).to_le_bytes());
            value.extend([name.as_bytes(), b"\0"].concat());
            self.put(id, 5, &sibling.to_be_bytes(), &sibling.to_le_bytes(), value);
            self.put(sibling, 12, &[], &[], id.to_le_bytes().to_vec());
        }
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    fn inode(
        &mut self,
        id: u64,
        parent: u64,
        name: &str,
        (mode, flags, internal): (u16, u32, u64),
        more: &[(u8, u8, Vec<u8>)],
    ) {
        let links = u32::from(mode >> 12 != 4);
        let mut value = [parent, id, WHEN, WHEN, WHEN, WHEN, internal]
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect::<Vec<u8>>();
        for word in [links, 0, 0, flags, 0, 0] {
            value.extend(word.to_le_bytes());
        }
        value.extend(mode.to_le_bytes());
        value.extend([0; 10]);
        let name = [name.as_bytes(), b"\0"].concat();
        value.extend(fields(&[&[(4, 2, name)], more].concat()));
        self.put(id, 3, &[], &[], value);
    }

    pub fn entry(&mut self, parent: u64, name: &str, id: u64, kind: u16, sibling: Option<u64>) {
        let mut value = [id, WHEN].map(u64::to_le_bytes).concat();
        value.extend(kind.to_le_bytes());
        if let Some(sibling) = sibling {
            value.extend(fields(&[(1, 0, sibling.to_le_bytes().to_vec())]));
        }
        let bytes = [name.as_bytes(), b"\0"].concat();
        let hash = crc32c(name) << 10 | bytes.len() as u32;
        let rest = [&hash.to_le_bytes(), bytes.as_slice()].concat();
        let sorts = [&hash.to_be_bytes(), bytes.as_slice()].concat();
        let known = self.records.iter().any(|(key, _)| key.0 == parent && key.2 == sorts);
        self.put(parent, 9, &sorts, &rest, value);
        let folder = self.records.iter_mut().find(|(key, _)| key.0 == parent && key.1 == 3);
        if let Some((_, inode)) = folder.filter(|_| !known) {
            let count = u32::from_le_bytes(inode[56..60].try_into().unwrap()) + 1;
            inode[56..60].copy_from_slice(&count.to_le_bytes());
        }
    }

    fn attribute(&mut self, id: u64, name: &str, data: &[u8], flags: u16) {
        let (flags, data) = if data.len() <= 1_000 {
            (flags | 2, data.to_vec())
        } else {
            let own = self.number();
            self.stream(own, data, &Like::default());
            (flags | 1, [own.to_le_bytes().to_vec(), stream(data.len() as u64)].concat())
        };
        let bytes = [name.as_bytes(), b"\0"].concat();
        let rest = [&(bytes.len() as u16).to_le_bytes(), bytes.as_slice()].concat();
        let value = [&flags.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), &data].concat();
        self.put(id, 4, &bytes, &rest, value);
    }

    fn stream(&mut self, id: u64, data: &[u8], like: &Like) {
        let apart = like.scattered || like.hole > 0;
        let step = if apart { BLOCK } else { data.len().next_multiple_of(BLOCK) };
        let mut at = 0;
        for part in data.chunks(step) {
            let blocks = part.len().div_ceil(BLOCK) as u64;
            let start = self.block as usize * BLOCK;
            self.image[start..start + part.len()].copy_from_slice(part);
            self.extents.push((self.block, blocks, id));
            self.extent(id, at, blocks, self.block);
            self.block += blocks + u64::from(apart);
            at += blocks * BLOCK as u64;
            if at == BLOCK as u64 && like.hole > 0 {
                self.extent(id, at, like.hole, 0);
                at += like.hole * BLOCK as u64;
            }
        }
    }

    fn extent(&mut self, id: u64, at: u64, blocks: u64, block: u64) {
        let value = [blocks * BLOCK as u64, block, 0].map(u64::to_le_bytes).concat();
        self.put(id, 8, &at.to_be_bytes(), &at.to_le_bytes(), value);
    }

    /// The container, without the zeros at its end.
    pub fn finish(mut self) -> Vec<u8> {
        let records: Vec<Record> = std::mem::take(&mut self.records)
            .into_iter()
            .map(|(key, value)| (key.3, value))
            .collect();
        let leaves = self.write_tree(&records);
        let mut rows: Vec<Record> = Vec::new();
        for (block, blocks, owner) in &self.extents {
            let mut value = [blocks | 1 << 60, *owner].map(u64::to_le_bytes).concat();
            value.extend([1, 0, 0, 0]);
            rows.push(((2_u64 << 60 | block).to_le_bytes().to_vec(), value));
        }
        let at = self.object(0x4000_0002, 0xF);
        fill(&mut self.image[at..at + BLOCK], &rows, 0, true, (rows.len(), 1));
        self.count(leaves);
        for at in (0..0x5300).map(|n| n * BLOCK) {
            // All that were made by `mkapfs` have transaction 1; the bitmaps do not.
            if self.image[at + 16..at + 24] == 1_u64.to_le_bytes() {
                seal(&mut self.image[at..at + BLOCK]);
            }
        }
        self.image.truncate((self.block as usize + 1) * BLOCK);
        self.image
    }

    /// One node, or a root above leaves, which get numbers of their own. Says how many leaves.
    fn write_tree(&mut self, records: &[Record]) -> u64 {
        let root = self.tree();
        let size = |(key, value): &Record| key.len() + value.len() + 8;
        if records.iter().map(size).sum::<usize>() < BLOCK - 96 - 64 {
            fill(&mut self.image[root..root + BLOCK], records, 0, true, (records.len(), 1));
            return 0;
        }
        let (mut rest, mut index, mut rows) = (records, Vec::new(), Vec::new());
        let mut block = LEAVES_AT;
        while !rest.is_empty() {
            // A row of eight entries of the table may stay empty.
            let mut used = 56 + 64;
            let fits = |record: &Record| {
                used += size(record);
                used <= BLOCK
            };
            let count = rest.iter().map(fits).take_while(|fits| *fits).count();
            let (these, after) = rest.split_at(count);
            rest = after;
            let (id, at) = (LEAVES + rows.len() as u64, block as usize * BLOCK);
            let header = [id, 1].map(u64::to_le_bytes).concat();
            self.image[at + 8..at + 24].copy_from_slice(&header);
            self.image[at + 24..at + 32].copy_from_slice(&[3, 0, 0, 0, 0xE, 0, 0, 0]);
            fill(&mut self.image[at..at + BLOCK], these, 0, false, (0, 0));
            index.push((these[0].0.clone(), id.to_le_bytes().to_vec()));
            rows.push((id, block));
            block += 1;
        }
        let longest = |part: fn(&Record) -> usize| records.iter().map(part).max().unwrap();
        let node = &mut self.image[root..root + BLOCK];
        fill(node, &index, 1, true, (records.len(), rows.len() + 1));
        let lengths = [longest(|r| r.0.len()) as u32, longest(|r| r.1.len()) as u32];
        node[BLOCK - 24..BLOCK - 16].copy_from_slice(&lengths.map(u32::to_le_bytes).concat());
        self.write_omap(&rows);
        rows.len() as u64
    }

    /// Adds leaves to the volume's object map.
    fn write_omap(&mut self, leaves: &[(u64, u64)]) {
        let root = self.tree() as u64 / BLOCK as u64;
        let superblock = self.superblock();
        let id = u64::from_le_bytes(self.image[superblock + 136..][..8].try_into().unwrap());
        let all = [&[(id, root)], leaves].concat();
        let row = |(id, block): &(u64, u64)| {
            let value = [0_u32, BLOCK as u32].map(u32::to_le_bytes).concat();
            let value = [value, block.to_le_bytes().to_vec()].concat();
            ([*id, 1].map(u64::to_le_bytes).concat(), value)
        };
        let rows: Vec<Record> = all.iter().map(row).collect();
        let at = self.object(0x4000_0002, 0xB);
        fill_fixed(&mut self.image[at..at + BLOCK], &rows);
    }

    fn add(&mut self, at: usize, more: u64) {
        let old = u64::from_le_bytes(self.image[at..at + 8].try_into().unwrap());
        self.image[at..at + 8].copy_from_slice(&old.wrapping_add(more).to_le_bytes());
    }

    /// Numbers and allocation that depend on the records.
    fn count(&mut self, leaves: u64) {
        let superblock = self.superblock();
        let blocks: u64 = self.extents.iter().map(|(_, blocks, _)| blocks).sum::<u64>() + leaves;
        self.add(superblock + 88, blocks);
        for (at, count) in [184, 192, 200].iter().zip(self.counts) {
            self.add(superblock + at, count);
        }
        self.add(superblock + 176, self.next - 16);
        let (spaceman, info) = (self.object(SPACEMAN, 0), self.object(INFO_BLOCK, 0));
        let less = 0_u64.wrapping_sub(blocks);
        self.add(spaceman + 72, less);
        // The next number of an object, in both copies of the container's superblock.
        let next = (LEAVES + leaves).to_le_bytes();
        for at in [0, self.object(0x8000_0001, 0)] {
            self.image[at + 88..at + 96].copy_from_slice(&next);
        }
        // The free count is the upper half of this word.
        self.add(info + 56, less << 32);
        let at = info + 64;
        let mut bitmap = [0; 8];
        bitmap.copy_from_slice(&self.image[at..at + 8]);
        let bitmap = u64::from_le_bytes(bitmap) as usize * BLOCK;
        let leaves = (LEAVES_AT..LEAVES_AT + leaves).map(|block| (block, 1));
        let data = self.extents.iter().map(|(block, blocks, _)| (*block, *blocks));
        for (block, blocks) in leaves.chain(data).collect::<Vec<_>>() {
            for bit in block..block + blocks {
                self.image[bitmap + bit as usize / 8] |= 1 << (bit % 8);
            }
        }
    }
}

/// Where the last object of this type (and subtype) lies that `mkapfs` made.
pub fn object(image: &[u8], kind: u32, subtype: u32) -> usize {
    let word = |at: usize| u32::from_le_bytes(image[at..at + 4].try_into().unwrap());
    let mut blocks = (1..0x5240).map(|n| n * BLOCK);
    blocks.rfind(|at| (word(at + 24), word(at + 28)) == (kind, subtype)).unwrap()
}

/// A stream of data as stored in an inode.
fn stream(size: u64) -> Vec<u8> {
    let whole = size.next_multiple_of(BLOCK as u64);
    [size, whole, 0, size, 0].iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Extended fields: type, flags, data.
fn fields(fields: &[(u8, u8, Vec<u8>)]) -> Vec<u8> {
    let used: usize = fields.iter().map(|(_, _, data)| data.len().next_multiple_of(8)).sum();
    let mut out = [fields.len() as u16, used as u16].map(u16::to_le_bytes).concat();
    for (kind, flags, data) in fields {
        out.extend([*kind, *flags]);
        out.extend((data.len() as u16).to_le_bytes());
    }
    for (_, _, data) in fields {
        out.extend(data);
        out.resize(out.len() + data.len().next_multiple_of(8) - data.len(), 0);
    }
    out
}

/// Writes records into a node. `info` counts records and nodes of the tree, for a root.
fn fill(node: &mut [u8], records: &[Record], level: u16, is_root: bool, info: (usize, usize)) {
    let end = if is_root { BLOCK - 40 } else { BLOCK };
    node[56..end].fill(0);
    let flags = u16::from(is_root) | if level == 0 { 2 } else { 0 };
    let table = table_bytes(records.len());
    let keys = 56 + table;
    let (mut key_at, mut value_at) = (0, 0);
    for (index, (key, value)) in records.iter().enumerate() {
        value_at += value.len();
        let row = [key_at, key.len(), value_at, value.len()].map(|n| (n as u16).to_le_bytes());
        node[56 + index * 8..][..8].copy_from_slice(&row.concat());
        node[keys + key_at..][..key.len()].copy_from_slice(key);
        node[end - value_at..][..value.len()].copy_from_slice(value);
        key_at += key.len();
    }
    let free = end - keys - key_at - value_at;
    head(node, flags, level, records.len(), [table, key_at, free]);
    if is_root {
        let longest =
            |part: fn(&Record) -> usize| records.iter().map(part).max().unwrap_or(0) as u32;
        let lengths = [longest(|r| r.0.len()), longest(|r| r.1.len())];
        node[BLOCK - 24..BLOCK - 16].copy_from_slice(&lengths.map(u32::to_le_bytes).concat());
        let counts = [info.0 as u64, info.1 as u64].map(u64::to_le_bytes).concat();
        node[BLOCK - 16..].copy_from_slice(&counts);
    }
}

/// Rows of a table of contents come in eights.
fn table_bytes(records: usize) -> usize {
    records.next_multiple_of(8) * 8
}

fn head(node: &mut [u8], flags: u16, level: u16, count: usize, [table, free_at, free]: [usize; 3]) {
    let mut out = [flags, level].map(u16::to_le_bytes).concat();
    out.extend((count as u32).to_le_bytes());
    let parts = [0, table, free_at, free, 0xFFFF, 0, 0xFFFF, 0];
    out.extend(parts.iter().flat_map(|part| (*part as u16).to_le_bytes()));
    node[32..56].copy_from_slice(&out);
}

/// The root of an object map.
fn fill_fixed(node: &mut [u8], records: &[Record]) {
    let end = BLOCK - 40;
    node[56..end].fill(0);
    // As long as mkapfs makes it: all that could fit.
    let table = 448;
    for (index, (key, value)) in records.iter().enumerate() {
        let row = [(index * 16) as u16, (index * 16 + 16) as u16].map(u16::to_le_bytes).concat();
        node[56 + index * 4..][..4].copy_from_slice(&row);
        node[56 + table + index * 16..][..16].copy_from_slice(key);
        node[end - 16 - index * 16..][..16].copy_from_slice(value);
    }
    let used = records.len() * 16;
    head(node, 7, 0, records.len(), [table, used, end - 56 - table - used * 2]);
    node[BLOCK - 16..BLOCK - 8].copy_from_slice(&(records.len() as u64).to_le_bytes());
}

/// Writes the checksum of an object.
pub fn seal(block: &mut [u8]) {
    let (mut one, mut two, modulus) = (0_u64, 0_u64, 0xFFFF_FFFF_u64);
    for word in block[8..].chunks(4) {
        one = (one + u64::from(u32::from_le_bytes(word.try_into().unwrap()))) % modulus;
        two = (two + one) % modulus;
    }
    let low = modulus - (one + two) % modulus;
    let high = modulus - (one + low) % modulus;
    block[..8].copy_from_slice(&(high << 32 | low).to_le_bytes());
}

/// The hash of a name: CRC-32C over its letters as UTF-32, folded; the names of the tests fold by
/// lower case alone and are already decomposed.
fn crc32c(name: &str) -> u32 {
    let mut crc = u32::MAX;
    for byte in name.chars().flat_map(char::to_lowercase).flat_map(|c| u32::from(c).to_le_bytes()) {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0x82F6_3B78 } else { 0 };
        }
    }
    crc & 0x003F_FFFF
}
