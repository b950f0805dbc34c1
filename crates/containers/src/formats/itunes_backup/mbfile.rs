//! What `Manifest.db` says of one file: an archived `MBFile` object in the column `file`.
//!
//! It is a binary property list as NSKeyedArchiver writes them: `$objects` holds the objects,
//! `$top` says which of them is the root, and objects refer to each other by their place there.
//! The names were first described by the authors of public tools for such backups
//! (iphone-dataprotection, iOSbackup); Apple documents none of it.

use super::plist::{Object, Plist};
use crate::fault::Fault;

/// Real ones have less than 2 KiB; those with extended attributes some more.
pub(super) const MAX_BYTES: usize = 1 << 20;

/// The fields that are read.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct MbFile {
    /// Bytes of the file before encryption.
    pub(super) size: u64,
    /// Seconds since 1970; 0 when not stated.
    pub(super) modified: i64,
    /// Which class key wraps the file's key.
    pub(super) class: u32,
    /// The file's key, wrapped, without the class that stands in front of it. `None` for a file
    /// that is stored as it is.
    pub(super) key: Option<Vec<u8>>,
}

impl MbFile {
    /// Reads the archived object.
    ///
    /// # Errors
    /// [`Fault::Damaged`], [`Fault::Limit`].
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() > MAX_BYTES {
            let what = format!("a record of {} bytes; at most {MAX_BYTES}", bytes.len());
            return Err(Fault::Limit { what });
        }
        let archive = Archive::new(bytes)?;
        let damaged = |why: &str| Fault::damaged(0, format!("the record of the file {why}"));
        let root = archive.root().ok_or_else(|| damaged("holds no archived object"))?;
        let number = |name| match archive.get(root, name) {
            Some(Object::Integer(number)) => Some(number),
            _ => None,
        };
        let size = number("Size").ok_or_else(|| damaged("states no size"))?;
        let size = u64::try_from(size).map_err(|_| damaged("states a size below zero"))?;
        let classed = archive.get(root, "EncryptionKey").and_then(|key| archive.data(key));
        let class = number("ProtectionClass").and_then(|class| u32::try_from(class).ok());
        Ok(Self {
            size,
            modified: number("LastModified").unwrap_or(0),
            class: class.unwrap_or(0),
            key: classed.map(|classed| classed.get(4..).unwrap_or_default().to_vec()),
        })
    }
}

struct Archive<'b> {
    plist: Plist<'b>,
    objects: Object<'b>,
}

impl<'b> Archive<'b> {
    fn new(bytes: &'b [u8]) -> Result<Self, Fault> {
        let plist = Plist::new(bytes)?;
        let objects = plist.top().and_then(|top| plist.get(top, "$objects"));
        let objects = objects.ok_or_else(|| Fault::damaged(0, "no archive of objects"))?;
        Ok(Self { plist, objects })
    }

    fn root(&self) -> Option<Object<'b>> {
        let top = self.plist.get(self.plist.top()?, "$top")?;
        self.followed(self.plist.get(top, "root")?)
    }

    /// A field of an object, followed to the object it refers to.
    fn get(&self, object: Object<'b>, name: &str) -> Option<Object<'b>> {
        self.followed(self.plist.get(object, name)?)
    }

    /// One step: what a reference refers to is no reference itself.
    fn followed(&self, object: Object<'b>) -> Option<Object<'b>> {
        match (object, self.objects) {
            (Object::Uid(place), Object::Array(objects)) => self.plist.object(objects.get(place)?),
            (object, _) => Some(object),
        }
    }

    /// Bytes: as they are, or as an object of the class `NSMutableData`.
    fn data(&self, object: Object<'b>) -> Option<Vec<u8>> {
        match object {
            Object::Data(data) => Some(data.to_vec()),
            object => match self.get(object, "NS.data")? {
                Object::Data(data) => Some(data.to_vec()),
                _ => None,
            },
        }
    }
}
