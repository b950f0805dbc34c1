//! The formats, one file each, and how bytes are recognised.

mod android_backup;
mod apfs;
mod apple;
mod apple_partition_map;
mod checked;
mod ewf;
mod exfat;
mod ext;
mod fat;
mod gpt;
mod gzip;
mod hfs_plus;
mod inflate;
mod input;
mod iso9660;
mod itunes_backup;
mod mbr;
mod ntfs;
mod pieces;
mod qcow2;
mod raw_split;
mod serial;
mod seven_zip;
mod tar;
mod vhd;
mod vhdx;
mod vmdk;
mod zip;

use crate::bytes::Bytes;
use crate::format::Format;

/// All formats, sorted by id.
pub const FORMATS: &[&dyn Format] = &[
    &android_backup::AndroidBackup,
    &apfs::Apfs,
    &apple_partition_map::ApplePartitionMap,
    &ewf::Ewf,
    &exfat::ExFat,
    &ext::Ext,
    &fat::Fat,
    &gpt::Gpt,
    &gzip::Gzip,
    &hfs_plus::HfsPlus,
    &iso9660::Iso9660,
    &itunes_backup::ItunesBackup,
    &mbr::Mbr,
    &ntfs::Ntfs,
    &qcow2::Qcow2,
    &raw_split::RawSplit,
    &seven_zip::SevenZip,
    &tar::Tar,
    &vhd::Vhd,
    &vhdx::Vhdx,
    &vmdk::Vmdk,
    &zip::Zip,
];

/// First bytes by which formats are recognised: a volume descriptor of ISO 9660 lies at 32 KiB, the
/// superblock of some file systems at 64 KiB.
const HEAD_BYTES: usize = 68 << 10;

/// The format with this id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.spec().id == id)
}

/// The formats that claim a file by its name alone.
pub(crate) fn claiming(name: &[u8]) -> impl Iterator<Item = &'static dyn Format> {
    FORMATS.iter().copied().filter(move |format| format.claims_name(name))
}

/// The formats that these bytes claim to be, the most telling first: what signs itself at its
/// beginning comes before what is recognised by structure. Nothing when the bytes cannot be read.
#[must_use]
pub fn recognise(bytes: &dyn Bytes) -> Vec<&'static dyn Format> {
    let mut head = vec![0; HEAD_BYTES];
    let read = bytes.read_at(0, &mut head).unwrap_or(0);
    head.truncate(read);
    FORMATS.iter().copied().filter(|format| format.recognises(&head, bytes)).collect()
}
