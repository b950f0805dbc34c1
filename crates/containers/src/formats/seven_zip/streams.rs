//! Which folders a 7z archive has, where they lie, and which files each holds.

use super::fields::Fields;
use super::folder::{Coder, Folder};
use super::header::START;
use crate::fault::Fault;

/// Marks of the parts of a header.
pub mod id {
    pub const END: u8 = 0x00;
    pub const HEADER: u8 = 0x01;
    pub const ARCHIVE_PROPERTIES: u8 = 0x02;
    pub const ADDITIONAL_STREAMS: u8 = 0x03;
    pub const MAIN_STREAMS: u8 = 0x04;
    pub const FILES: u8 = 0x05;
    pub const PACKED: u8 = 0x06;
    pub const FOLDERS: u8 = 0x07;
    pub const PARTS: u8 = 0x08;
    pub const SIZE: u8 = 0x09;
    pub const CRC: u8 = 0x0A;
    pub const FOLDER: u8 = 0x0B;
    pub const UNPACKED_SIZES: u8 = 0x0C;
    pub const PARTS_COUNT: u8 = 0x0D;
    pub const PACKED_HEADER: u8 = 0x17;
}

/// Coders of one folder, and inputs of one coder.
const CODERS: u64 = 32;
/// Folders, their coders, packed streams and files' streams that are held in memory: a header of a
/// few packed bytes can state any number.
const FOLDERS: usize = 500_000;
const ALL_CODERS: usize = 1_000_000;
const STREAMS: usize = 4_000_000;

/// One file's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Number of the folder.
    pub folder: usize,
    /// Where in the unpacked folder.
    pub offset: u64,
    pub size: u64,
    pub crc: Option<u32>,
}

/// Folders and what they hold.
#[derive(Default)]
pub struct Streams {
    pub folders: Vec<Folder>,
    pub parts: Vec<Part>,
}

impl Streams {
    /// Reads one description of streams.
    ///
    /// # Errors
    /// [`Fault`] when it contradicts itself.
    pub fn read(fields: &mut Fields<'_>) -> Result<Self, Fault> {
        let mut this = Self::default();
        let mut packed = Vec::new();
        let mut has_parts = false;
        loop {
            match fields.byte()? {
                id::END => break,
                id::PACKED => packed = read_packed(fields)?,
                id::FOLDERS => this.folders = read_folders(fields, &packed)?,
                id::PARTS => {
                    this.parts = read_parts(fields, &this.folders)?;
                    has_parts = true;
                }
                _ => return Err(fields.fault("an unknown part of streams")),
            }
        }
        if !has_parts {
            let whole = |(folder, it): (usize, &Folder)| Part {
                folder,
                offset: 0,
                size: it.length(),
                crc: it.crc,
            };
            this.parts = this.folders.iter().enumerate().map(whole).collect();
        }
        for part in this.parts.iter().filter(|part| part.offset == 0) {
            if let (Some(folder), Some(crc)) = (this.folders.get_mut(part.folder), part.crc) {
                folder.first = Some((part.size, crc));
            }
        }
        Ok(this)
    }
}

/// Where the packed streams lie, as `(start, length)` in the file.
fn read_packed(fields: &mut Fields<'_>) -> Result<Vec<(u64, u64)>, Fault> {
    let mut start = fields.number()?.saturating_add(START);
    let count = allow(fields.count(8)?, STREAMS)?;
    let mut packed = Vec::new();
    loop {
        match fields.byte()? {
            id::END => return Ok(packed),
            id::SIZE => {
                for _ in 0..count {
                    let length = fields.number()?;
                    packed.push((start, length));
                    let next = start.checked_add(length);
                    start = next.ok_or_else(|| fields.fault("packed bytes beyond 64 bits"))?;
                }
            }
            id::CRC => {
                fields.checksums(count)?;
            }
            _ => return Err(fields.fault("an unknown part of packed streams")),
        }
    }
}

fn read_folders(fields: &mut Fields<'_>, packed: &[(u64, u64)]) -> Result<Vec<Folder>, Fault> {
    if fields.byte()? != id::FOLDER {
        return Err(fields.fault("no folders"));
    }
    let count = allow(fields.count(16)?, FOLDERS)?;
    fields.expect_here()?;
    let (mut folders, mut packed, mut coders) = (Vec::new(), packed.iter(), 0);
    for _ in 0..count {
        let mut folder = read_folder(fields)?;
        coders = allow(coders + folder.coders.len(), ALL_CODERS)?;
        folder.packed = packed.by_ref().take(folder.inputs.len()).copied().collect();
        if folder.packed.len() < folder.inputs.len() {
            return Err(fields.fault("fewer packed streams than folders need"));
        }
        folders.push(folder);
    }
    if fields.byte()? != id::UNPACKED_SIZES {
        return Err(fields.fault("no unpacked sizes"));
    }
    for folder in &mut folders {
        for coder in &mut folder.coders {
            coder.size = fields.number()?;
        }
    }
    loop {
        match fields.byte()? {
            id::END => return Ok(folders),
            id::CRC => {
                for (folder, crc) in folders.iter_mut().zip(fields.checksums(count)?) {
                    folder.crc = crc;
                }
            }
            _ => return Err(fields.fault("an unknown part of folders")),
        }
    }
}

fn allow(count: usize, most: usize) -> Result<usize, Fault> {
    if count > most {
        return Err(Fault::Limit {
            what: format!("{count} parts of a 7z archive; at most {most}"),
        });
    }
    Ok(count)
}

fn read_folder(fields: &mut Fields<'_>) -> Result<Folder, Fault> {
    let count = fields.number()?;
    if count == 0 || count > CODERS {
        return Err(fields.fault("a folder with no coder or too many"));
    }
    let (mut coders, mut inputs) = (Vec::new(), 0);
    for _ in 0..count {
        let coder = read_coder(fields, inputs)?;
        inputs += coder.inputs;
        coders.push(coder);
    }
    // One coder's result is the folder, each other goes into a coder.
    let mut bound = Vec::new();
    for _ in 1..count {
        let (input, output) = (fields.number()?, fields.number()?);
        if input >= inputs || output >= count || bound.iter().any(|(_, used)| *used == output) {
            return Err(fields.fault("coders are bound in a way that gives no result"));
        }
        bound.push((input, output));
    }
    let main = (0..count).find(|coder| bound.iter().all(|(_, output)| output != coder));
    let free = inputs.checked_sub(bound.len() as u64).filter(|free| *free > 0);
    let (Some(main), Some(free)) = (main, free) else {
        return Err(fields.fault("coders that go in a circle"));
    };
    let inputs = if free == 1 {
        let is_free = |input: &u64| bound.iter().all(|(used, _)| used != input);
        (0..inputs).find(is_free).into_iter().collect()
    } else {
        (0..free).map(|_| fields.number()).collect::<Result<Vec<u64>, Fault>>()?
    };
    let main = usize::try_from(main).unwrap_or(0);
    Ok(Folder { coders, bound, inputs, main, packed: Vec::new(), crc: None, first: None })
}

/// A coder whose inputs are numbered from `first` on.
fn read_coder(fields: &mut Fields<'_>, first: u64) -> Result<Coder, Fault> {
    let flags = fields.byte()?;
    let method = fields.take(u64::from(flags & 0x0F))?.to_vec();
    let mut inputs = 1;
    if flags & 0x10 != 0 {
        inputs = fields.number()?;
        let outputs = fields.number()?;
        if inputs == 0 || inputs > CODERS || outputs != 1 {
            return Err(Fault::unsupported("a 7z coder with several results"));
        }
    }
    let mut properties = Vec::new();
    if flags & 0x20 != 0 {
        let length = fields.number()?;
        properties = fields.take(length)?.to_vec();
    }
    if flags & 0x80 != 0 {
        return Err(Fault::unsupported("a 7z coder with alternatives"));
    }
    Ok(Coder { method, properties, first, inputs, size: 0 })
}

fn read_parts(fields: &mut Fields<'_>, folders: &[Folder]) -> Result<Vec<Part>, Fault> {
    let mut counts = vec![1; folders.len()];
    let mut mark = fields.byte()?;
    if mark == id::PARTS_COUNT {
        for count in &mut counts {
            // Every part but the last states its size; an empty folder states nothing.
            *count = fields.count(8)?;
        }
        mark = fields.byte()?;
    }
    // Each part but one of a folder takes a byte, and no folder comes without its bytes.
    let all: usize = counts.iter().fold(0, |all, count| all.saturating_add(*count));
    if all > fields.left().saturating_add(folders.len()) {
        return Err(fields.fault("a count larger than the header allows"));
    }
    let all = allow(all, STREAMS)?;
    let has_sizes = mark == id::SIZE;
    let mut parts = Vec::with_capacity(all);
    for (number, (folder, count)) in folders.iter().zip(&counts).enumerate() {
        let mut offset = 0_u64;
        for index in 0..*count {
            let left = folder.length().checked_sub(offset);
            let left = left.ok_or_else(|| fields.fault("files larger than their folder"))?;
            let is_last = index + 1 == *count;
            if !is_last && !has_sizes {
                return Err(fields.fault("files without sizes"));
            }
            let size = if is_last { left } else { fields.number()? };
            let crc = folder.crc.filter(|_| *count == 1);
            parts.push(Part { folder: number, offset, size, crc });
            let next = offset.checked_add(size);
            offset = next.ok_or_else(|| fields.fault("files beyond 64 bits"))?;
        }
    }
    if has_sizes {
        mark = fields.byte()?;
    }
    loop {
        match mark {
            id::END => return Ok(parts),
            id::CRC => {
                let unknown = parts.iter_mut().filter(|part| part.crc.is_none());
                let mut unknown: Vec<&mut Part> = unknown.collect();
                let checksums = fields.checksums(unknown.len())?;
                for (part, crc) in unknown.iter_mut().zip(checksums) {
                    part.crc = crc;
                }
            }
            _ => return Err(fields.fault("an unknown part of files' streams")),
        }
        mark = fields.byte()?;
    }
}
