//! Makes small HFS+ volumes with what no stock tool of Debian writes: several links, compressed
//! and scattered files, forks. The Sleuth Kit reads each of them too.

const BLOCK: usize = 4096;
const NODE: usize = 4096;
/// Seconds since 1904 of 2024-02-29 12:34:56 UTC.
const WHEN: u32 = 3_792_054_896;
pub const WHEN_TEXT: &str = "2024-02-29T12:34:56Z";

/// Key and data.
type Record = (Vec<u8>, Vec<u8>);

/// A volume that grows.
pub struct Maker {
    blocks: Vec<u8>,
    catalog: Vec<Record>,
    extents: Vec<Record>,
    attributes: Vec<Record>,
    /// The number of the next file or folder.
    pub next: u32,
}

/// What a file is, beyond its bytes.
#[derive(Default, Clone)]
pub struct Like {
    pub mode: u16,
    pub flags: u8,
    /// Type and creator.
    pub made_for: [&'static str; 2],
    pub special: u32,
    pub resource: Vec<u8>,
    /// Each block apart from the one before.
    pub scattered: bool,
}

impl Maker {
    pub fn new() -> Self {
        let mut maker = Self {
            blocks: vec![0; BLOCK * 2],
            catalog: Vec::new(),
            extents: Vec::new(),
            attributes: Vec::new(),
            next: 16,
        };
        maker.folder_with(1, "Volume", 2);
        maker
    }

    /// Where the next data will lie, in bytes.
    pub fn place_of_next(&self) -> usize {
        self.blocks.len()
    }

    pub fn folder(&mut self, parent: u32, name: &str) -> u32 {
        self.next += 1;
        self.folder_with(parent, name, self.next - 1)
    }

    pub fn folder_with(&mut self, parent: u32, name: &str, id: u32) -> u32 {
        let mut record = vec![0; 88];
        record[1] = 1;
        record[8..12].copy_from_slice(&id.to_be_bytes());
        record[12..28].copy_from_slice(&WHEN.to_be_bytes().repeat(4));
        record[42..44].copy_from_slice(&0o40_755_u16.to_be_bytes());
        self.catalog.push((key(parent, name), record));
        self.thread(3, parent, name, id);
        id
    }

    fn thread(&mut self, kind: u8, parent: u32, name: &str, id: u32) {
        let named = key(parent, name);
        self.catalog.push((key(id, ""), [&[0, kind, 0, 0], &named[2..]].concat()));
    }

    pub fn file(&mut self, parent: u32, name: &str, data: &[u8]) -> u32 {
        self.file_like(parent, name, data, &Like { mode: 0o100_644, ..Like::default() })
    }

    pub fn file_like(&mut self, parent: u32, name: &str, data: &[u8], like: &Like) -> u32 {
        let id = self.next;
        self.next += 1;
        let mut record = vec![0; 88];
        record[1] = 2;
        record[3] = 2;
        record[8..12].copy_from_slice(&id.to_be_bytes());
        record[12..28].copy_from_slice(&WHEN.to_be_bytes().repeat(4));
        record[41] = like.flags;
        record[42..44].copy_from_slice(&like.mode.to_be_bytes());
        record[44..48].copy_from_slice(&like.special.to_be_bytes());
        for (at, four) in [(48, like.made_for[0]), (52, like.made_for[1])] {
            record[at..at + four.len()].copy_from_slice(four.as_bytes());
        }
        record.extend(self.fork(data, (id, 0), like.scattered));
        record.extend(self.fork(&like.resource, (id, 0xFF), false));
        self.catalog.push((key(parent, name), record));
        self.thread(4, parent, name, id);
        id
    }

    pub fn attribute(&mut self, id: u32, name: &str, value: &[u8]) {
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let mut key = vec![0; 14];
        key[4..8].copy_from_slice(&id.to_be_bytes());
        key[12..14].copy_from_slice(&(units.len() as u16 / 2).to_be_bytes());
        key.extend(units);
        let length = key.len() as u16 - 2;
        key[..2].copy_from_slice(&length.to_be_bytes());
        let mut data = vec![0; 16];
        data[3] = 0x10;
        data[12..16].copy_from_slice(&(value.len() as u32).to_be_bytes());
        data.extend(value);
        data.resize(data.len().next_multiple_of(2), 0);
        self.attributes.push((key, data));
    }

    /// Writes data and says where, as the 80 bytes of a fork.
    fn fork(&mut self, data: &[u8], file: (u32, u8), scattered: bool) -> Vec<u8> {
        let mut extents = Vec::new();
        let step = if scattered { BLOCK } else { data.len().max(1) };
        for part in data.chunks(step) {
            let at = self.blocks.len() / BLOCK;
            self.blocks.extend(part);
            self.blocks.resize(self.blocks.len().next_multiple_of(BLOCK), 0);
            extents.push((at as u32, part.len().div_ceil(BLOCK) as u32));
            if scattered {
                self.blocks.extend([0xEE; BLOCK]);
            }
        }
        let mut starts = 0_u32;
        for (index, eight) in extents.chunks(8).enumerate() {
            if index > 0 {
                let mut key = vec![0, 10, file.1, 0];
                key.extend(file.0.to_be_bytes());
                key.extend(starts.to_be_bytes());
                self.extents.push((key, pairs(eight)));
            }
            starts += eight.iter().map(|(_, count)| count).sum::<u32>();
        }
        let mut fork = (data.len() as u64).to_be_bytes().to_vec();
        fork.extend([0; 4]);
        fork.extend((data.len().div_ceil(BLOCK) as u32).to_be_bytes());
        fork.extend(pairs(extents.get(..8).unwrap_or(&extents)));
        fork
    }

    /// The volume.
    pub fn finish(mut self) -> Vec<u8> {
        let of =
            |kind| self.catalog.iter().filter(|(_, data)| data[..2] == [0, kind]).count() as u32;
        let (files, folders) = (of(2), of(1) - 1);
        self.catalog.sort_by_key(|(key, _)| folded(key));
        self.extents.sort_by_key(|(key, _)| (key[4..8].to_vec(), key[2], key[8..12].to_vec()));
        self.attributes.sort_by_key(|(key, _)| (key[4..8].to_vec(), key[14..].to_vec()));
        let (extents, catalog) = (tree(&self.extents, 2, 10), tree(&self.catalog, 6, 516));
        let attributes = tree(&self.attributes, 6, 266);
        let extents = self.fork(&extents, (3, 0), false);
        let catalog = self.fork(&catalog, (4, 0), false);
        let attributes = self.fork(&attributes, (8, 0), false);
        self.blocks.extend([0; BLOCK]);
        let count = (self.blocks.len() / BLOCK) as u32;
        let mut header = vec![0; 512];
        header[..4].copy_from_slice(b"H+\0\x04");
        header[32..36].copy_from_slice(&files.to_be_bytes());
        header[36..40].copy_from_slice(&folders.to_be_bytes());
        header[40..44].copy_from_slice(&(BLOCK as u32).to_be_bytes());
        header[44..48].copy_from_slice(&count.to_be_bytes());
        header[64..68].copy_from_slice(&self.next.to_be_bytes());
        let bitmap =
            [(BLOCK as u64).to_be_bytes().to_vec(), vec![0, 0, 0, 0, 0, 0, 0, 1], pairs(&[(1, 1)])];
        header[112..192].copy_from_slice(&bitmap.concat());
        self.blocks[BLOCK..BLOCK + count as usize / 8 + 1].fill(0xFF);
        for (at, fork) in [(192, extents), (272, catalog), (352, attributes)] {
            header[at..at + 80].copy_from_slice(&fork);
        }
        let end = self.blocks.len();
        self.blocks[1024..1536].copy_from_slice(&header);
        self.blocks[end - 1024..end - 512].copy_from_slice(&header);
        self.blocks
    }
}

fn pairs(extents: &[(u32, u32)]) -> Vec<u8> {
    let mut bytes: Vec<u8> = extents
        .iter()
        .flat_map(|(at, count)| [at.to_be_bytes(), count.to_be_bytes()].concat())
        .collect();
    bytes.resize(64, 0);
    bytes
}

fn key(parent: u32, name: &str) -> Vec<u8> {
    let units: Vec<u16> = name.encode_utf16().collect();
    let mut key = ((6 + units.len() * 2) as u16).to_be_bytes().to_vec();
    key.extend(parent.to_be_bytes());
    key.extend((units.len() as u16).to_be_bytes());
    key.extend(units.iter().flat_map(|unit| unit.to_be_bytes()));
    key
}

/// The order of a catalog that knows no case, as far as the names of these tests need it.
fn folded(key: &[u8]) -> (Vec<u8>, Vec<u16>) {
    let unit = |two: &[u8]| match u16::from_be_bytes([two[0], two[1]]) {
        0 => 0xFFFF,
        unit @ 0x41..=0x5A => unit + 32,
        unit => unit,
    };
    (key[2..6].to_vec(), key[8..].chunks(2).map(unit).collect())
}

/// Nodes of one level, linked, with the first key of each.
fn level(records: &[Record], first: u32, kind: u8, height: u8) -> (Vec<Vec<u8>>, Vec<Record>) {
    let (mut nodes, mut above, mut rest) = (Vec::new(), Vec::new(), records);
    while !rest.is_empty() {
        let (mut body, mut offsets) = (Vec::new(), Vec::new());
        let number = first + nodes.len() as u32;
        above.push((rest[0].0.clone(), number.to_be_bytes().to_vec()));
        while let Some((key, data)) = rest.first() {
            let room = NODE - 14 - 2 * (offsets.len() + 2) - body.len();
            if key.len() + data.len() > room {
                break;
            }
            offsets.push(14 + body.len() as u16);
            body.extend([key.as_slice(), data].concat());
            rest = &rest[1..];
        }
        let next = if rest.is_empty() { 0 } else { number + 1 };
        let previous = if nodes.is_empty() { 0 } else { number - 1 };
        let mut node = [next, previous].map(u32::to_be_bytes).concat();
        node.extend([kind, height]);
        node.extend((offsets.len() as u16).to_be_bytes());
        node.extend([0, 0]);
        offsets.push(14 + body.len() as u16);
        node.extend(body);
        node.resize(NODE, 0);
        for (index, offset) in offsets.iter().enumerate() {
            let at = NODE - 2 * (index + 1);
            node[at..at + 2].copy_from_slice(&offset.to_be_bytes());
        }
        nodes.push(node);
    }
    (nodes, above)
}

/// A tree with these sorted records.
fn tree(records: &[Record], flags: u32, longest: u16) -> Vec<u8> {
    let (mut nodes, mut above) = level(records, 1, 0xFF, 1);
    let (last_leaf, mut height) = (nodes.len() as u32, u16::from(!nodes.is_empty()));
    while above.len() > 1 {
        height += 1;
        let (more, next) = level(&above, nodes.len() as u32 + 1, 0, height as u8);
        nodes.extend(more);
        above = next;
    }
    let mut head = vec![0; NODE];
    head[8] = 1;
    head[11] = 3;
    let root = nodes.len() as u32;
    head[14..16].copy_from_slice(&height.to_be_bytes());
    for (at, value) in [
        (16, root),
        (20, records.len() as u32),
        (24, u32::from(root > 0)),
        (28, last_leaf),
        (36, root + 1),
        (52, flags),
    ] {
        head[at..at + 4].copy_from_slice(&value.to_be_bytes());
    }
    head[32..34].copy_from_slice(&(NODE as u16).to_be_bytes());
    head[34..36].copy_from_slice(&longest.to_be_bytes());
    head[51] = 0xCF;
    head[248..256].fill(0xFF);
    for (index, offset) in [14_u16, 120, 248, NODE as u16 - 8].iter().enumerate() {
        let at = NODE - 2 * (index + 1);
        head[at..at + 2].copy_from_slice(&offset.to_be_bytes());
    }
    [vec![head], nodes].concat().concat()
}
