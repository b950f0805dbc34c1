//! Writes MFT records into the free places that `mkntfs` leaves: what no stock tool makes without
//! mounting, and what no sound system would write.

/// Bytes of a record as `mkntfs` makes them.
pub const RECORD: usize = 1024;
/// Byte of the table on a volume with clusters of 4 KiB.
pub const TABLE: usize = 4 * 4096;

pub const ATTRIBUTE_LIST: u32 = 0x20;
pub const FILE_NAME: u32 = 0x30;
pub const DATA: u32 = 0x80;
pub const REPARSE_POINT: u32 = 0xC0;

pub const IN_USE: u16 = 1;
pub const FOLDER: u16 = 2;

/// A reference to a record.
pub fn reference(record: u64, sequence: u16) -> u64 {
    record | u64::from(sequence) << 48
}

/// The root folder, as `mkntfs` numbers it.
pub const ROOT: u64 = 5 | 5 << 48;

/// A record that is being written.
pub struct Record(Vec<u8>);

impl Record {
    pub fn new(flags: u16, sequence: u16, base: u64) -> Self {
        let mut head = vec![0; 56];
        head[..4].copy_from_slice(b"FILE");
        head[4..6].copy_from_slice(&48_u16.to_le_bytes());
        head[6..8].copy_from_slice(&3_u16.to_le_bytes());
        head[16..18].copy_from_slice(&sequence.to_le_bytes());
        head[18..20].copy_from_slice(&1_u16.to_le_bytes());
        head[20..22].copy_from_slice(&56_u16.to_le_bytes());
        head[22..24].copy_from_slice(&flags.to_le_bytes());
        head[28..32].copy_from_slice(&1024_u32.to_le_bytes());
        head[32..40].copy_from_slice(&base.to_le_bytes());
        Self(head)
    }

    /// With a name in a folder, as Windows writes it (namespace 1) or for DOS (2).
    pub fn named(self, parent: u64, name: &str, namespace: u8) -> Self {
        let mut value = vec![0; 66];
        value[..8].copy_from_slice(&parent.to_le_bytes());
        let utf16: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        value[64] = (utf16.len() / 2) as u8;
        value[65] = namespace;
        value.extend(utf16);
        self.resident(FILE_NAME, "", 0, &value)
    }

    pub fn resident(self, kind: u32, name: &str, flags: u16, value: &[u8]) -> Self {
        let mut head = [0; 8];
        head[..4].copy_from_slice(&(value.len() as u32).to_le_bytes());
        head[4..6].copy_from_slice(&((24 + name.len() * 2) as u16).to_le_bytes());
        self.attribute(kind, 0, name, flags, &head, value)
    }

    /// The index of a folder with nothing in it: `fls` opens no folder without one.
    pub fn empty_index(self) -> Self {
        let four = [0x30_u32, 1, 4096, 1, 16, 32, 32, 0, 0, 0, 16, 2];
        let value: Vec<u8> = four.into_iter().flat_map(u32::to_le_bytes).collect();
        self.resident(0x90, "$I30", 0, &value)
    }

    /// In clusters; `clusters` are the numbers of the first and the last that these runs describe.
    pub fn runs(
        self,
        kind: u32,
        name: &str,
        flags: u16,
        clusters: (u64, u64),
        sizes: (u64, u64),
        packed: &[u8],
    ) -> Self {
        let mut head = [0; 48];
        head[..8].copy_from_slice(&clusters.0.to_le_bytes());
        head[8..16].copy_from_slice(&clusters.1.to_le_bytes());
        head[16..18].copy_from_slice(&((64 + name.len() * 2) as u16).to_le_bytes());
        head[18] = if flags & 1 != 0 { 4 } else { 0 };
        head[24..32].copy_from_slice(&((clusters.1 + 1) * 4096).to_le_bytes());
        head[32..40].copy_from_slice(&sizes.0.to_le_bytes());
        head[40..48].copy_from_slice(&sizes.1.to_le_bytes());
        self.attribute(kind, 1, name, flags, &head, packed)
    }

    fn attribute(
        mut self,
        kind: u32,
        form: u8,
        name: &str,
        flags: u16,
        head: &[u8],
        value: &[u8],
    ) -> Self {
        let utf16: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut bytes = [kind.to_le_bytes(), [0; 4]].concat();
        bytes.extend([form, name.len() as u8]);
        bytes.extend(((16 + head.len()) as u16).to_le_bytes());
        bytes.extend(flags.to_le_bytes());
        bytes.extend((self.0.len() as u16).to_le_bytes());
        bytes.extend(head);
        bytes.extend(utf16);
        bytes.extend(value);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        let length = (bytes.len() as u32).to_le_bytes();
        bytes[4..8].copy_from_slice(&length);
        self.0.extend(bytes);
        self
    }

    /// Writes it into the place of a record.
    pub fn put(mut self, image: &mut [u8], number: usize) {
        self.0.extend([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]);
        let used = (self.0.len() as u32).to_le_bytes();
        self.0[24..28].copy_from_slice(&used);
        self.0[44..48].copy_from_slice(&(number as u32).to_le_bytes());
        self.0.resize(RECORD, 0);
        self.0[48..50].copy_from_slice(&[7, 0]);
        for stride in 1..=2 {
            let end = stride * 512;
            self.0.copy_within(end - 2..end, 48 + 2 * stride);
            self.0[end - 2..end].copy_from_slice(&[7, 0]);
        }
        image[TABLE + number * RECORD..][..RECORD].copy_from_slice(&self.0);
    }
}

/// An entry of a list of attributes.
pub fn listed(kind: u32, first: u64, at: u64) -> Vec<u8> {
    let mut entry = vec![0; 32];
    entry[..4].copy_from_slice(&kind.to_le_bytes());
    entry[4..6].copy_from_slice(&32_u16.to_le_bytes());
    entry[7] = 26;
    entry[8..16].copy_from_slice(&first.to_le_bytes());
    entry[16..24].copy_from_slice(&at.to_le_bytes());
    entry
}

/// Frees a record as a deletion does: no longer in use, its number of uses raised.
pub fn free(image: &mut [u8], number: usize) {
    let at = TABLE + number * RECORD;
    image[at + 16] += 1;
    image[at + 22] &= !1;
}

/// Packs bytes as LZNT1: copies of what repeats at a distance of `distance`, else literals.
pub fn lznt1(plain: &[u8], distance: usize) -> Vec<u8> {
    let mut packed = Vec::new();
    for chunk in plain.chunks(4096) {
        let (mut at, mut tokens) = (0, Vec::<(bool, Vec<u8>)>::new());
        while at < chunk.len() {
            let same =
                |n: &usize| at >= distance && chunk.get(at + n) == chunk.get(at + n - distance);
            let bits = (4..=12).find(|bits| at <= 1 << bits).unwrap();
            let longest = (chunk.len() - at).min((1 << (16 - bits)) + 2);
            let length = (0..longest).take_while(same).count();
            if length >= 3 {
                let token = (distance - 1) << (16 - bits) | (length - 3);
                tokens.push((true, (token as u16).to_le_bytes().to_vec()));
                at += length;
            } else {
                tokens.push((false, vec![chunk[at]]));
                at += 1;
            }
        }
        let mut body = Vec::new();
        for eight in tokens.chunks(8) {
            let flags = eight.iter().enumerate().map(|(bit, token)| u8::from(token.0) << bit);
            body.push(flags.sum::<u8>());
            body.extend(eight.iter().flat_map(|token| token.1.clone()));
        }
        packed.extend((0xB000 | (body.len() - 1) as u16).to_le_bytes());
        packed.extend(body);
    }
    packed
}
