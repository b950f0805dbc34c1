//! `Manifest.plist`: whether a backup is encrypted, and the keys that are stored with it. Also
//! `Status.plist`, which says whether the backup came to its end.
//!
//! Its names were first described by the authors of iphone-dataprotection; what they mean is in
//! Apple's Platform Security guide, "Keybags for Data Protection".

use super::plist::{self, Object, Plist};
use crate::bytes::{Bytes, vec_at};
use crate::fault::Fault;
use data_encoding::BASE64;
use quick_xml::Reader;
use quick_xml::events::Event;

/// Real ones have some hundred KiB: they name every app.
const MAX_BYTES: u64 = 16 << 20;
const MAX_DEPTH: usize = 64;

/// What is read of it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Properties {
    /// The files' contents are encrypted.
    pub(super) encrypted: bool,
    /// `BackupKeyBag`.
    pub(super) keybag: Option<Vec<u8>>,
    /// `ManifestKey`; present when `Manifest.db` is encrypted too, since iOS 10.2.
    pub(super) manifest_key: Option<Vec<u8>>,
    /// `SnapshotState`, of `Status.plist`.
    pub(super) state: Option<String>,
}

impl Properties {
    /// Reads the file in either of its forms.
    ///
    /// # Errors
    /// [`Fault`] when it is neither, or damaged.
    pub(super) fn read(bytes: &dyn Bytes) -> Result<Self, Fault> {
        let bytes = vec_at(bytes, 0, bytes.len(), MAX_BYTES)?;
        if bytes.starts_with(plist::MAGIC) { Self::binary(&bytes) } else { Self::xml(&bytes) }
    }

    /// `Manifest.db` can only be read with a key from here.
    pub(super) fn lead_to_manifest(&self) -> bool {
        self.encrypted && self.manifest_key.is_some()
    }

    fn binary(bytes: &[u8]) -> Result<Self, Fault> {
        let plist = Plist::new(bytes)?;
        let Some(top @ Object::Dictionary { .. }) = plist.top() else {
            return Err(Fault::damaged(0, "the property list holds no dictionary"));
        };
        let data = |name| match plist.get(top, name) {
            Some(Object::Data(data)) => Some(data.to_vec()),
            _ => None,
        };
        let encrypted = matches!(plist.get(top, "IsEncrypted"), Some(Object::Bool(true)));
        let state = match plist.get(top, "SnapshotState") {
            Some(Object::Text(text)) => Some(String::from_utf8_lossy(text).into_owned()),
            _ => None,
        };
        let (keybag, manifest_key) = (data("BackupKeyBag"), data("ManifestKey"));
        Ok(Self { encrypted, keybag, manifest_key, state })
    }

    /// Values of the outermost dictionary: elements in `<plist><dict>`, each behind its `<key>`.
    fn xml(bytes: &[u8]) -> Result<Self, Fault> {
        let text = std::str::from_utf8(bytes);
        let text = text.map_err(|error| damaged(error.valid_up_to(), "it is no text in UTF-8"))?;
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        let mut properties = Self::default();
        let (mut depth, mut key, mut value) = (0_usize, String::new(), String::new());
        loop {
            let at = reader.buffer_position();
            let event = reader.read_event().map_err(|error| damaged(at, &error.to_string()))?;
            match event {
                Event::Start(_) if depth == MAX_DEPTH => {
                    let what = format!("a property list nested deeper than {MAX_DEPTH}");
                    return Err(Fault::Limit { what });
                }
                Event::Start(_) => {
                    depth += 1;
                    value.clear();
                }
                Event::Text(piece) if depth == 3 => value.push_str(&piece.xml10_content()),
                Event::End(tag) => {
                    if depth == 3 && tag.name().as_ref() == "key" {
                        key = std::mem::take(&mut value);
                    } else if depth == 3 {
                        let known = properties.set(&key, tag.name().as_ref(), &value);
                        known.ok_or_else(|| damaged(at, &format!("{key} is not in base64")))?;
                    }
                    depth = depth.saturating_sub(1);
                }
                Event::Eof if depth > 0 => return Err(damaged(at, "the property list breaks off")),
                Event::Eof => return Ok(properties),
                _ => {}
            }
        }
    }

    fn set(&mut self, key: &str, element: &str, value: &str) -> Option<()> {
        let data = || {
            let digits: Vec<u8> = value.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
            BASE64.decode(&digits).ok()
        };
        match (key, element) {
            ("IsEncrypted", "true") => self.encrypted = true,
            ("BackupKeyBag", "data") => self.keybag = Some(data()?),
            ("ManifestKey", "data") => self.manifest_key = Some(data()?),
            ("SnapshotState", "string") => self.state = Some(value.to_owned()),
            _ => {}
        }
        Some(())
    }
}

/// Whether this may be the file: the beginning of either form. Nothing else is read in full.
pub(super) fn begins_as_plist(head: &[u8]) -> bool {
    let xml = head.starts_with(b"<?xml") || head.starts_with(b"<!DOCTYPE plist");
    head.starts_with(plist::MAGIC) || xml && holds(head, b"<plist")
}

/// Whether `word` occurs in `head`.
pub(super) fn holds(head: &[u8], word: &[u8]) -> bool {
    head.windows(word.len()).any(|window| window == word)
}

fn damaged(at: impl TryInto<u64>, why: &str) -> Fault {
    Fault::damaged(at.try_into().unwrap_or_default(), format!("Manifest.plist: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Memory;

    fn xml(inside: &str) -> Result<Properties, Fault> {
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD \
             PLIST 1.0//EN\" \"x\">\n<plist version=\"1.0\"><dict>{inside}</dict></plist>\n"
        );
        assert!(begins_as_plist(text.as_bytes()));
        Properties::read(&Memory(text.into_bytes()))
    }

    #[test]
    fn the_xml_form_gives_its_outermost_values_alone() {
        let inner = "<key>Lockdown</key><dict><key>IsEncrypted</key><false/>\
                     <key>ManifestKey</key><data>AAAA</data></dict>";
        let outer = "<key>SnapshotState</key><string>new</string>\
                     <key>BackupKeyBag</key>\n<data>\n\tVkVS\n\tUw==\n</data>\
                     <key>IsEncrypted</key><true/>";
        let expected = Properties {
            encrypted: true,
            keybag: Some(b"VERS".to_vec()),
            manifest_key: None,
            state: Some("new".to_owned()),
        };
        assert_eq!(xml(&format!("{outer}{inner}")), Ok(expected.clone()));
        assert_eq!(xml(&format!("{inner}{outer}")), Ok(expected));
        assert_eq!(xml("<key>IsEncrypted</key><false/>"), Ok(Properties::default()));
    }

    #[test]
    fn an_unsound_xml_form_is_told() {
        let bad = xml("<key>BackupKeyBag</key><data>!</data>");
        assert!(matches!(bad, Err(Fault::Damaged { .. })), "{bad:?}");
        let cut = xml("<key>BackupKeyBag");
        assert!(matches!(cut, Err(Fault::Damaged { .. })), "{cut:?}");
        let deep = xml(&"<array>".repeat(100_000));
        assert!(matches!(deep, Err(Fault::Limit { .. })), "{deep:?}");
    }
}
