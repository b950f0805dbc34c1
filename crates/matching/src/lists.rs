//! All lists of an index side by side, their rows numbered through.

use crate::exact::Key;
use crate::list_file::{ListFile, MOST_ROWS, RowHashes};
use crate::open::IndexError;
use amparo_model::{HashAlgorithm, HashSetHeader, KnownHash, Md5, Place, Sha1, Sha256};
use std::fmt::Write;

/// One list with the number of its first row.
pub(crate) struct List {
    pub(crate) header: HashSetHeader,
    pub(crate) file: ListFile,
    first: u32,
}

impl List {
    /// Its hashes of this algorithm that can be looked up.
    fn count(&self, algorithm: HashAlgorithm) -> u64 {
        let counts = self.file.counts();
        match algorithm {
            HashAlgorithm::Md5 => counts.md5,
            HashAlgorithm::Sha1 => counts.sha1,
            HashAlgorithm::Sha256 => counts.sha256,
            HashAlgorithm::Pdq => counts.pdq + counts.frames,
        }
    }
}

/// Lists in an order that depends on nothing but themselves.
pub(crate) struct Lists {
    lists: Vec<List>,
    rows: u32,
}

impl Lists {
    pub(crate) fn new(mut lists: Vec<(HashSetHeader, ListFile)>) -> Result<Self, IndexError> {
        lists.sort_by(|a, b| (&a.0, a.1.checksum()).cmp(&(&b.0, b.1.checksum())));
        let mut rows = 0_u32;
        let mut numbered = Vec::with_capacity(lists.len());
        for (header, file) in lists {
            let first = rows;
            let sum = rows.checked_add(file.len()).filter(|sum| *sum <= MOST_ROWS);
            rows = sum.ok_or(IndexError::TooManyRows)?;
            numbered.push(List { header, file, first });
        }
        Ok(Self { lists: numbered, rows })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &List> {
        self.lists.iter()
    }

    /// Rows of all lists together.
    pub(crate) fn rows(&self) -> u32 {
        self.rows
    }

    /// The list and the row behind a number of the index; `None` only for a forged file.
    pub(crate) fn row(&self, number: u32) -> Option<(&List, Place, KnownHash)> {
        let after = self.lists.partition_point(|list| list.first <= number);
        let list = self.lists.get(after.checked_sub(1)?)?;
        let (place, known) = list.file.row(number - list.first).ok()?;
        Some((list, place, known))
    }

    /// Hashes of this algorithm that can be looked up.
    pub(crate) fn count(&self, algorithm: HashAlgorithm) -> u64 {
        self.lists.iter().map(|list| list.count(algorithm)).sum()
    }

    /// Every hash of one algorithm with its row number, in order, without those of the empty
    /// file: real lists contain them and they would match everywhere.
    pub(crate) fn each_key(
        &self,
        algorithm: HashAlgorithm,
        each: &mut dyn FnMut(&Key, u32),
    ) -> Result<(), IndexError> {
        self.each_row(algorithm, &mut |number, row| {
            if let Some(key) = key_of(row, algorithm) {
                each(&key, number);
            }
        })
    }

    /// Every row's hashes with its number, in order; lists without this algorithm are left out.
    pub(crate) fn each_row(
        &self,
        algorithm: HashAlgorithm,
        each: &mut dyn FnMut(u32, &RowHashes<'_>),
    ) -> Result<(), IndexError> {
        for list in self.lists.iter().filter(|list| list.count(algorithm) > 0) {
            for (number, row) in (list.first..).zip(list.file.hashes()) {
                let row = row.map_err(|error| IndexError::list(&list.header, error))?;
                each(number, &row);
            }
        }
        Ok(())
    }

    /// Reads every row to its end. What passes once can be read for good, because nobody writes
    /// to a compiled list again.
    pub(crate) fn check_rows(&self) -> Result<(), IndexError> {
        for list in &self.lists {
            list.file.check_rows().map_err(|error| IndexError::list(&list.header, error))?;
        }
        Ok(())
    }

    /// What an index depends on, as text: the content of the lists, in order, and their purposes.
    pub(crate) fn content(&self) -> String {
        let mut content = String::new();
        for list in &self.lists {
            let (checksum, purpose) = (list.file.checksum(), list.header.purpose.as_str());
            // Writing to a String cannot fail.
            let _ = writeln!(content, "{checksum:032x} {purpose}");
        }
        content
    }
}

fn key_of(row: &RowHashes<'_>, algorithm: HashAlgorithm) -> Option<Key> {
    match algorithm {
        HashAlgorithm::Md5 => row.md5.filter(|h| **h != Md5::EMPTY_FILE.0).map(|h| key(h)),
        HashAlgorithm::Sha1 => row.sha1.filter(|h| **h != Sha1::EMPTY_FILE.0).map(|h| key(h)),
        HashAlgorithm::Sha256 => row.sha256.filter(|h| **h != Sha256::EMPTY_FILE.0).map(|h| key(h)),
        HashAlgorithm::Pdq => None,
    }
}

/// The first 20 bytes of a hash, filled up with zeros.
pub(crate) fn key(hash: &[u8]) -> Key {
    let mut key = [0; size_of::<Key>()];
    key.iter_mut().zip(hash).for_each(|(to, from)| *to = *from);
    key
}
