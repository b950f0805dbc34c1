//! Containers made by stock tools, listed and read here and by stock tools, and compared. The tools
//! come from Debian's packages, which `make setup` installs.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails the test")]
#![expect(clippy::panic, reason = "a helper that cannot go on says why")]
#![expect(clippy::disallowed_methods, reason = "tests make files and run stock tools")]

mod android_backup;
mod apfs;
mod apple_partition_map;
mod ewf;
mod exfat;
mod exfat_card;
mod ext;
mod fat;
mod gpt;
mod gzip;
mod hfs_plus;
mod iso9660;
mod itunes_backup;
mod mbr;
mod medium;
mod ntfs;
mod raw_split;
mod seven_zip;
mod support;
mod tar;
mod virtual_disks;
mod zip;
