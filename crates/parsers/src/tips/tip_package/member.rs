//! One member: its hash always, its bytes only when it is a document.

use crate::tip_parts::plain;
use amparo_model::{Located, Locator, PackageMember, ProblemKind, Record, Sha256};
use data_encoding::BASE64;
use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipFileHeaderRecord, ZipSliceEntry};
use sha2::Digest;
use std::io::Read;

/// Size of a document that is handed out.
const MAX_DOCUMENT: usize = 64 << 20;
/// Size of all documents of one package together.
const MAX_DOCUMENTS: usize = 256 << 20;
/// Unpacked bytes of one package.
const MAX_TOTAL: u64 = 64 << 30;
/// A member that grows more than this many times is a trap: media does not shrink at all.
const MAX_RATIO: u64 = 200;
/// Below this size no ratio is a danger.
const HARMLESS: u64 = 16 << 20;

/// What may still be read.
#[derive(Default)]
pub(super) struct Budget {
    unpacked: u64,
    documents: usize,
}

impl Budget {
    pub(super) fn is_spent(&self) -> bool {
        self.unpacked > MAX_TOTAL
    }
}

/// A member with its place in the package.
pub(super) struct Member<'m> {
    pub(super) path: &'m str,
    pub(super) entry: &'m ZipFileHeaderRecord<'m>,
    pub(super) raw: &'m ZipSliceEntry<'m>,
}

type Refusal = (ProblemKind, String);

impl Member<'_> {
    /// The member, and why its bytes were not handed out although it is a document.
    pub(super) fn read(
        &self,
        budget: &mut Budget,
    ) -> Result<(PackageMember, Option<String>), Refusal> {
        let data = self.raw.data();
        match self.entry.compression_method() {
            CompressionMethod::STORE => self.run(&mut self.raw.verifying_reader(data), budget),
            CompressionMethod::DEFLATE => {
                let unpacked = DeflateDecoder::new(data);
                self.run(&mut self.raw.verifying_reader(unpacked), budget)
            }
            other => {
                let detail = format!("packed in a way that is not read ({other:?})");
                Err((ProblemKind::Unsupported, detail))
            }
        }
    }

    fn run(
        &self,
        from: &mut dyn Read,
        budget: &mut Budget,
    ) -> Result<(PackageMember, Option<String>), Refusal> {
        let roof = (self.raw.data().len() as u64).saturating_mul(MAX_RATIO).max(HARMLESS);
        let mut hasher = sha2::Sha256::new();
        let mut size = 0_u64;
        let mut kept = Kept::Undecided(Vec::new());
        let mut buffer = vec![0; 64 << 10];
        loop {
            let got = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(got) => got,
                Err(error) => {
                    let detail = format!("the member is damaged: {error}");
                    return Err((ProblemKind::Malformed, detail));
                }
            };
            size += got as u64;
            budget.unpacked += got as u64;
            if size > roof || budget.is_spent() {
                let detail = format!("it unpacks to over {size} bytes; reading stopped there");
                return Err((ProblemKind::Limit, detail));
            }
            let piece = buffer.get(..got).unwrap_or_default();
            hasher.update(piece);
            kept.push(piece, budget);
        }
        let (document, limit) = kept.finish(budget);
        let sha256 = Sha256(hasher.finalize().into());
        Ok((PackageMember { path: self.path.to_owned(), size, sha256, document }, limit))
    }
}

/// What of a member is kept: nothing of one that is no document.
enum Kept {
    /// Too few bytes to tell.
    Undecided(Vec<u8>),
    Document(Vec<u8>),
    TooLarge,
    Nothing,
}

impl Kept {
    fn push(&mut self, piece: &[u8], budget: &Budget) {
        match self {
            Self::Undecided(head) => {
                head.extend_from_slice(piece);
                if head.len() >= 1024 {
                    self.decide();
                }
            }
            Self::Document(bytes) => bytes.extend_from_slice(piece),
            Self::TooLarge | Self::Nothing => {}
        }
        if let Self::Document(bytes) = self
            && (bytes.len() > MAX_DOCUMENT || budget.documents + bytes.len() > MAX_DOCUMENTS)
        {
            *self = Self::TooLarge;
        }
    }

    fn decide(&mut self) {
        if let Self::Undecided(head) = self {
            let head = std::mem::take(head);
            *self = if is_document(&head) { Self::Document(head) } else { Self::Nothing };
        }
    }

    fn finish(mut self, budget: &mut Budget) -> (Option<String>, Option<String>) {
        self.decide();
        match self {
            Self::Document(bytes) => {
                budget.documents += bytes.len();
                (Some(BASE64.encode(&bytes)), None)
            }
            Self::TooLarge => {
                (None, Some("the document is too large and was not handed out".to_owned()))
            }
            Self::Undecided(_) | Self::Nothing => (None, None),
        }
    }
}

/// Whether the first bytes are those of a report or of another package, whatever the name says.
fn is_document(head: &[u8]) -> bool {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return true;
    }
    let start = head.get(..1024.min(head.len())).unwrap_or_default();
    if memchr::memmem::find(start, b"%PDF-").is_some() {
        return true;
    }
    let text = plain(start);
    let text = String::from_utf8_lossy(&text).to_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let web = text.starts_with("<!doctype html") || text.starts_with("<html");
    text.starts_with(['{', '[']) || (!web && text.starts_with('<') && !text.starts_with("<svg"))
}

/// The record with its place.
pub(super) fn located(member: PackageMember, at: Locator) -> Located<Record> {
    Located::new(Record::PackageMember(member), at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_known_by_their_first_bytes() {
        let check = |head: &[u8], expect| {
            assert_eq!(is_document(head), expect, "{}", String::from_utf8_lossy(head));
        };
        check(b"%PDF-1.7", true);
        check(b"\xef\xbb\xbf [ {", true);
        check(b"\xff\xfe{\0", true);
        check(b"<?xml version", true);
        check(b"<report>", true);
        check(b"PK\x03\x04", true);
        check(b"<!DOCTYPE html>", false);
        check(b"\xff\xd8\xff\xe0", false);
        check(b"content,src,target", false);
        check(b"", false);
    }
}
