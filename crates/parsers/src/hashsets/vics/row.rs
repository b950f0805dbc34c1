//! One Media entity of VICS as a row of a list.

use crate::list::fields::{Draft, file_name, fill, folded, stated};
use crate::list::json_members::{Members, Raw};
use amparo_model::{Md5, Sha1, Sha256};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Members of an ordinary row that have a field of their own.
const NAMED: usize = 7;

/// Reads the row; what has no field of its own is kept as written.
pub(super) fn read(bytes: &[u8]) -> Result<Draft, String> {
    let Members(members) = Members::read(bytes)?;
    let mut draft = Draft::default();
    draft.known.other.reserve(members.len().saturating_sub(NAMED));
    let mut path = None;
    for (key, raw) in &members {
        if is_noise(key) {
            continue;
        }
        match (&**key, *raw) {
            (_, Raw::Null) => {}
            ("AlternativeHashes", Raw::Container(list)) => alternatives(list, &mut draft),
            ("MediaFiles", Raw::Container(list)) => media_files(list, &mut draft),
            (key, Raw::Container(inner)) => other(key, inner, &mut draft),
            (key, raw) => {
                let text = raw.plain().unwrap_or_default();
                if key == "RelativeFilePath" {
                    path = file_name(&text);
                }
                value(key, text, &mut draft);
            }
        }
    }
    fill(&mut draft.known.name, path);
    Ok(draft)
}

/// What OData 3 writes beside each entity and each of its lists.
fn is_noise(key: &str) -> bool {
    let tail = memchr::memchr(b'@', key.as_bytes()).and_then(|at| key.get(at + 1..));
    tail.unwrap_or(key).starts_with("odata.")
}

fn value(key: &str, text: Cow<'_, str>, draft: &mut Draft) {
    match key {
        "MD5" => draft.known.md5 = draft.hash(&text, key),
        "SHA1" => draft.known.sha1 = draft.hash(&text, key),
        "SHA256" => draft.known.sha256 = draft.hash(&text, key),
        "PhotoDNA" => draft.photodna(&text, key),
        "Category" => draft.known.code = stated(&text).map(str::to_owned),
        "Series" => draft.known.series = stated(&text).map(str::to_owned),
        "MediaSize" => draft.size(&text, key),
        "IsDistributed" => draft.known.is_distributed = draft.flag(&text, key),
        "VictimIdentified" => draft.known.victim_identified = draft.flag(&text, key),
        _ => draft.other(key, text),
    }
}

/// A container under any other key; an empty one says nothing.
fn other(key: &str, raw: &str, draft: &mut Draft) {
    let inner = raw.trim_matches(['[', ']', '{', '}']);
    if stated(inner).is_none() {
        return;
    }
    if matches!(key, "MD5" | "SHA1" | "SHA256" | "PhotoDNA" | "Category") {
        draft.faults.push(format!("{key} is no plain value"));
    }
    draft.other(key, raw);
}

#[derive(Deserialize)]
struct Alternative<'a> {
    #[serde(borrow, rename = "HashName")]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "HashValue")]
    value: Option<&'a RawValue>,
}

fn alternatives(raw: &str, draft: &mut Draft) {
    let Ok(list) = serde_json::from_str::<Vec<Alternative>>(raw) else {
        draft.faults.push("AlternativeHashes is not a list of names and values".to_owned());
        return draft.other("AlternativeHashes", raw);
    };
    for entry in &list {
        let (Some(name), Some(value)) = (&entry.name, entry.value) else { continue };
        let text = match Raw::of(value) {
            Raw::Null => continue,
            raw => raw.plain().unwrap_or(Cow::Borrowed(value.get())),
        };
        if !alternative(name, &text, draft) {
            draft.other(format!("AlternativeHashes/{name}"), text);
        }
    }
}

/// Whether the hash has its place in the row: `false` when its kind has no field, or when the
/// field holds another value already.
fn alternative(name: &str, text: &str, draft: &mut Draft) -> bool {
    match folded(name).as_str() {
        "md5" => match draft.hash::<Md5>(text, name) {
            Some(hash) => *draft.known.md5.get_or_insert(hash) == hash,
            None => true,
        },
        "sha1" => match draft.hash::<Sha1>(text, name) {
            Some(hash) => *draft.known.sha1.get_or_insert(hash) == hash,
            None => true,
        },
        "sha256" => match draft.hash::<Sha256>(text, name) {
            Some(hash) => *draft.known.sha256.get_or_insert(hash) == hash,
            None => true,
        },
        "photodna" => {
            let before = draft.known.photodna.take();
            draft.photodna(text, name);
            let found = draft.known.photodna.take();
            draft.known.photodna = before.or(found);
            found.is_none() || found == draft.known.photodna
        }
        "pdq" | "pdqhash" => {
            draft.pdq(text, name);
            true
        }
        "vpdq" => {
            draft.frames(text, name);
            true
        }
        _ => false,
    }
}

#[derive(Deserialize)]
struct MediaFile<'a> {
    #[serde(borrow, rename = "FileName")]
    name: Option<Cow<'a, str>>,
}

/// The first file's name; the list itself is kept as written.
fn media_files(raw: &str, draft: &mut Draft) {
    if let Ok(files) = serde_json::from_str::<Vec<MediaFile>>(raw) {
        let mut names = files.iter().filter_map(|file| file.name.as_deref().and_then(stated));
        fill(&mut draft.known.name, names.next().map(str::to_owned));
    }
    other("MediaFiles", raw, draft);
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::PhotoDna;

    const MD5: &str = "\"MD5\":\"0CC175B9C0F1B6A831C399E269772661\"";

    fn row(members: &str) -> Draft {
        read(format!("{{{MD5},{members}}}").as_bytes()).unwrap()
    }

    #[test]
    fn categories_are_as_stated_and_absence_is_no_verdict() {
        let check = |members: &str, expect: Option<&str>| {
            assert_eq!(row(members).known.code.as_deref(), expect, "{members}");
        };
        check("\"Category\":0", Some("0"));
        check("\"Category\":\" 2 \"", Some("2"));
        check("\"Category\":null", None);
        check("\"Category\":\"\"", None);
        check("\"MediaID\":1", None);
    }

    #[test]
    fn photodna_is_read_in_both_places_and_forms() {
        let hash = PhotoDna(std::array::from_fn(|at| u8::try_from(at).unwrap()));
        let check = |members: &str, expect: Option<PhotoDna>, faults: usize| {
            let draft = row(members);
            let found = (draft.known.photodna, draft.faults.len());
            assert_eq!(found, (expect, faults), "{members}: {:?}", draft.faults);
        };
        let base64 = hash.to_base64();
        let alternative = format!(
            "\"AlternativeHashes\":[{{\"HashName\":\"PhotoDNA\",\"HashValue\":\"{hash}\"}}]"
        );
        check(&format!("\"PhotoDNA\":\"{base64}\""), Some(hash), 0);
        check(&format!("\"PhotoDNA\":\"{hash}\""), Some(hash), 0);
        check(&alternative, Some(hash), 0);
        check(&format!("\"PhotoDNA\":\"\",{alternative}"), Some(hash), 0);
        check("\"PhotoDNA\":\"AAAA\"", None, 1);
    }

    #[test]
    fn nothing_that_the_row_says_is_lost() {
        let draft = row(
            "\"odata.id\":\"x\",\"MediaFiles@odata.navigationLinkUrl\":\"y\",\"Tags\":\"a,b\",\
             \"OffenderIdentified\":\"true\",\"Comments\":\"\",\"Exifs\":[],\
             \"Segments\":[{\"Start\":1}],\
             \"RelativeFilePath\":\"Files\\\\a.jpg\",\"AlternativeHashes\":[{\"HashName\":\"MD5\",\
             \"HashValue\":\"92eb5ffee6ae2fec3ad71c777531578f\"},{\"HashName\":\"eDonkey\",\
             \"HashValue\":\"aa\"}]",
        );
        let other: Vec<_> =
            draft.known.other.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let expect = [
            ("Tags", "a,b"),
            ("OffenderIdentified", "true"),
            ("Segments", "[{\"Start\":1}]"),
            ("RelativeFilePath", "Files\\a.jpg"),
            ("AlternativeHashes/MD5", "92eb5ffee6ae2fec3ad71c777531578f"),
            ("AlternativeHashes/eDonkey", "aa"),
        ];
        assert_eq!(other, expect);
        assert_eq!(draft.known.name.as_deref(), Some("a.jpg"));
    }
}
