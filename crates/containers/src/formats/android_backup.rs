//! Backups made by `adb backup`: a TAR archive, mostly compressed, behind a few lines of text.
//!
//! Entries are named as in the archive: `apps/<package>/db/...`, `shared/0/...`. An encrypted
//! backup is not opened.
//!
//! Facts: the Android Open Source Project, `BackupManagerService` and `PerformAdbBackupTask`, which
//! write the header.

use super::inflate::{Inflate, Unpacked};
use super::tar;
use crate::bytes::{Bytes, Window};
use crate::fault::Fault;
use crate::format::{Family, Format, Opened, Opening, Spec};
use std::rc::Rc;

/// A backup of `adb backup`.
pub struct AndroidBackup;

const SPEC: Spec = Spec {
    id: "android_backup",
    title: "Android backup (adb backup)",
    family: Family::Backup,
    version: 1,
    checksums: false,
    suffixes: &[".ab"],
    gaps: &[
        "Encrypted backups are recognised, not opened.",
        "Applications that forbid backups are not in it, and nothing in it says so.",
    ],
    sources: &["Android Open Source Project, frameworks/base, services/backup (header and stream)"],
};

/// The first line.
const MARK: &[u8] = b"ANDROID BACKUP\n";
/// The four lines are shorter.
const LINES: usize = 128;
/// Unpacked bytes that are given whatever the ratio.
const ALLOWED: u64 = 64 << 20;

impl Format for AndroidBackup {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn recognises(&self, head: &[u8], _bytes: &dyn Bytes) -> bool {
        lines(head).is_some()
    }

    fn open(&self, opening: Opening<'_>) -> Result<Opened, Fault> {
        let mut head = [0; LINES];
        let read = opening.bytes.read_at(0, &mut head)?;
        let Some(lines) = lines(head.get(..read).unwrap_or_default()) else {
            return Err(Fault::damaged(0, "no header of an Android backup"));
        };
        if lines.encryption != b"none" {
            let needs = format!(
                "the backup's password ({}); not opened by this version",
                lines.encryption.escape_ascii()
            );
            return Err(Fault::Locked { needs });
        }
        let bytes = opening.bytes;
        let inside: Rc<dyn Bytes> = match lines.compressed {
            b"1" => {
                let most = bytes.len().saturating_mul(opening.limits.ratio).saturating_add(ALLOWED);
                Rc::new(Unpacked::open_ended(bytes, Inflate::zlib(lines.end), most))
            }
            b"0" => {
                let length = bytes.len().saturating_sub(lines.end);
                Rc::new(Window::new(bytes, lines.end, length)?)
            }
            _ => return Err(Fault::damaged(0, "neither compressed nor not")),
        };
        Ok(Opened::Entries(tar::archive(inside)))
    }
}

/// What the lines say.
struct Lines<'h> {
    compressed: &'h [u8],
    encryption: &'h [u8],
    /// Where they end.
    end: u64,
}

/// The mark, the version in digits, whether compressed, how encrypted.
fn lines(head: &[u8]) -> Option<Lines<'_>> {
    let head = head.get(..LINES.min(head.len()))?;
    let mut lines = head.strip_prefix(MARK)?.splitn(4, |byte| *byte == b'\n');
    let (version, compressed, encryption) = (lines.next()?, lines.next()?, lines.next()?);
    let rest = lines.next()?;
    let is_version = !version.is_empty() && version.iter().all(u8::is_ascii_digit);
    let end = (head.len() - rest.len()) as u64;
    is_version.then_some(Lines { compressed, encryption, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_four_lines_are_recognised() {
        let check = |head: &[u8], expect| {
            assert_eq!(lines(head).map(|lines| lines.end), expect, "{}", head.escape_ascii());
        };
        check(b"ANDROID BACKUP\n5\n1\nnone\nrest", Some(24));
        check(b"ANDROID BACKUP\n3\n1\nAES-256\nsalt", Some(27));
        check(b"ANDROID BACKUP\n\n1\nnone\n", None);
        check(b"ANDROID BACKUP\nx\n1\nnone\n", None);
        check(b"ANDROID BACKUP\n5\n1\nnone", None);
        check(b"ANDROID BACKUPS\n5\n1\nnone\n", None);
    }
}
