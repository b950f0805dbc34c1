//! The unit's own verdicts as VICS 2.0, in both forms: `#Media`, a hash set, and `#Cases`, a case
//! with its media and where each file lies.
//!
//! Only verdicts of a VICS scheme leave in this form, under their own realm: a number of another
//! scheme would be read as something that nobody said, and nothing here converts.
//!
//! Source of the keys: the copy of the VICS 2.0 EDMX in GriffeyePS, seen 2026. This is an
//! interoperable form made from observed files; no certification is claimed.

use amparo_model::{Hashes, Pdq};
use serde::Serialize;
use serde_json::ser::PrettyFormatter;
use serde_json::{Value, json};
use std::io::{self, Write};

/// One file with what was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VicsMedia {
    /// Its fingerprints. MD5 is the key of the format.
    pub hashes: Hashes,
    /// Its appearance, when it is a picture with enough structure.
    pub pdq: Option<Pdq>,
    /// The frames of a video, with the time at which each is shown in milliseconds.
    pub frames: Vec<(Pdq, u64)>,
    /// The category's number.
    pub category: u8,
    /// The series, if it was said.
    pub series: Option<String>,
    /// Whether the victim is identified, if it was said.
    pub victim_identified: Option<bool>,
    /// Whether the material is in wide circulation, if it was said.
    pub is_distributed: Option<bool>,
    /// The person's own words.
    pub comments: Option<String>,
    /// `image/jpeg` and the like, by content.
    pub mime_type: Option<String>,
    /// When the verdict was given, ISO 8601 with offset.
    pub updated: String,
    /// Where the file lies; only `#Cases` says so.
    pub files: Vec<VicsFile>,
}

/// One place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VicsFile {
    /// The exhibit's label.
    pub source: String,
    /// Path inside the exhibit, with `/`.
    pub path: String,
}

/// The case that a `#Cases` document is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VicsCase {
    /// A GUID that stays the same for the same case.
    pub id: String,
    /// The unit's own number.
    pub number: String,
    /// The unit.
    pub organization: String,
    /// Version of this program.
    pub software_version: String,
}

/// Writes a hash set.
///
/// # Errors
/// Those of `out`.
pub fn write_media(realm: &str, media: &[VicsMedia], out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<Value> = (1..).zip(media).map(|(id, one)| row(id, one, None)).collect();
    write(&json!({ "@odata.context": context(realm, "Media"), "value": rows }), out)
}

/// Writes a case with its media.
///
/// # Errors
/// Those of `out`.
pub fn write_cases(
    realm: &str,
    case: &VicsCase,
    media: &[VicsMedia],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut file_id = 0;
    let rows: Vec<Value> =
        (1..).zip(media).map(|(id, one)| row(id, one, Some(&mut file_id))).collect();
    let case = json!({
        "CaseID": case.id,
        "CaseNumber": case.number,
        "ContactOrganization": case.organization,
        "SourceApplicationName": "Amparo",
        "SourceApplicationVersion": case.software_version,
        "TotalMediaFiles": file_id,
        "Media": rows,
    });
    write(&json!({ "@odata.context": context(realm, "Cases"), "value": [case] }), out)
}

fn context(realm: &str, what: &str) -> String {
    let model = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml";
    format!("{model}/{realm}/$metadata#{what}")
}

/// `file_id` counts the places of files in the whole document; without it they are left out.
fn row(id: i32, media: &VicsMedia, file_id: Option<&mut u64>) -> Value {
    let md5 = upper(&media.hashes.md5);
    let mut row = json!({
        "MediaID": id,
        "MD5": md5,
        "SHA1": upper(&media.hashes.sha1),
        "MediaSize": media.hashes.size,
        "Category": media.category,
        "DateUpdated": media.updated,
        "AlternativeHashes": alternatives(&md5, media),
    });
    let optional = [
        ("Series", media.series.clone().map(Value::from)),
        ("Comments", media.comments.clone().map(Value::from)),
        ("MimeType", media.mime_type.clone().map(Value::from)),
        ("VictimIdentified", media.victim_identified.map(Value::from)),
        ("IsDistributed", media.is_distributed.map(Value::from)),
        ("MediaFiles", file_id.map(|next| files(&md5, &media.files, next))),
    ];
    if let Some(fields) = row.as_object_mut() {
        for (key, value) in optional {
            fields.extend(value.map(|value| (key.to_owned(), value)));
        }
    }
    row
}

fn alternatives(md5: &str, media: &VicsMedia) -> Vec<Value> {
    let named =
        |name: &str, value: String| json!({ "MD5": md5, "HashName": name, "HashValue": value });
    let pdq = media.pdq.filter(Pdq::matchable).map(|pdq| named("PDQ", pdq.bits.to_string()));
    let frames = (!media.frames.is_empty()).then(|| named("vPDQ", vpdq(&media.frames)));
    std::iter::once(named("SHA256", upper(&media.hashes.sha256))).chain(pdq).chain(frames).collect()
}

/// The compact features of ThreatExchange's vpdq: `digits,quality,seconds` in a JSON array.
fn vpdq(frames: &[(Pdq, u64)]) -> String {
    let feature = |(pdq, at_ms): &(Pdq, u64)| {
        let (seconds, rest) = (at_ms / 1_000, at_ms % 1_000);
        format!("{},{},{seconds}.{rest:03}", pdq.bits, pdq.quality)
    };
    Value::from(frames.iter().map(feature).collect::<Vec<_>>()).to_string()
}

fn files(md5: &str, files: &[VicsFile], next: &mut u64) -> Value {
    let file = |file: &VicsFile| {
        *next += 1;
        let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
        json!({
            "MD5": md5,
            "MediaFileID": *next,
            "FileName": name,
            "FilePath": format!("{}\\", folder.replace('/', "\\")),
            "SourceID": file.source,
        })
    };
    files.iter().map(file).collect()
}

fn upper(hash: &impl ToString) -> String {
    hash.to_string().to_ascii_uppercase()
}

fn write(document: &Value, out: &mut dyn Write) -> io::Result<()> {
    let format = PrettyFormatter::with_indent(b" ");
    document.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, format))?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_model::{Bits256, Md5, Sha1, Sha256};

    fn media() -> VicsMedia {
        let hashes =
            Hashes { size: 7, md5: Md5([0xab; 16]), sha1: Sha1([1; 20]), sha256: Sha256([2; 32]) };
        let file = |path: &str| VicsFile { source: "E-01".to_owned(), path: path.to_owned() };
        VicsMedia {
            hashes,
            pdq: Some(Pdq { bits: Bits256([3; 32]), quality: 90 }),
            frames: Vec::new(),
            category: 0,
            series: None,
            victim_identified: Some(false),
            is_distributed: None,
            comments: Some("a \"quoted\" word".to_owned()),
            mime_type: None,
            updated: "2026-03-01T10:00:00Z".to_owned(),
            files: vec![file("DCIM/a.jpg"), file("b.jpg")],
        }
    }

    fn document(write: impl Fn(&mut Vec<u8>)) -> Value {
        let mut out = Vec::new();
        write(&mut out);
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn a_hash_set_says_nothing_of_places_and_a_verdict_of_zero_is_a_verdict() {
        let found = document(|out| write_media("UK", &[media()], out).unwrap());
        assert!(found["@odata.context"].as_str().unwrap().ends_with("/UK/$metadata#Media"));
        let row = &found["value"][0];
        assert_eq!((&row["Category"], &row["MD5"]), (&json!(0), &json!("AB".repeat(16))));
        assert_eq!(row["AlternativeHashes"][1]["HashValue"], json!("03".repeat(32)));
        assert!(row.get("MediaFiles").is_none() && row.get("IsDistributed").is_none());
        assert_eq!(row["VictimIdentified"], json!(false));
    }

    #[test]
    fn a_case_counts_and_places_its_files() {
        let case = VicsCase {
            id: "6f3c5b1e-0000-5000-8000-000000000000".to_owned(),
            number: "ALC-2026-0001".to_owned(),
            organization: "Unit".to_owned(),
            software_version: "1".to_owned(),
        };
        let found = document(|out| write_cases("US", &case, &[media(), media()], out).unwrap());
        let case = &found["value"][0];
        assert_eq!(
            (&case["TotalMediaFiles"], &case["CaseNumber"]),
            (&json!(4), &json!("ALC-2026-0001"))
        );
        let files = &case["Media"][1]["MediaFiles"];
        assert_eq!(
            (&files[0]["FilePath"], &files[0]["FileName"]),
            (&json!("DCIM\\"), &json!("a.jpg"))
        );
        assert_eq!((&files[1]["FilePath"], &files[1]["MediaFileID"]), (&json!("\\"), &json!(4)));
    }

    #[test]
    fn frames_of_a_video_leave_with_quality_and_time() {
        let mut video = VicsMedia { pdq: None, ..media() };
        video.frames = vec![(Pdq { bits: Bits256([4; 32]), quality: 80 }, 1_500)];
        let found = document(|out| write_media("US", &[video.clone()], out).unwrap());
        let value = format!("[\"{},80,1.500\"]", "04".repeat(32));
        assert_eq!(found["value"][0]["AlternativeHashes"][1]["HashValue"], json!(value));
    }

    #[test]
    fn a_picture_without_structure_gives_no_pdq() {
        let mut flat = media();
        flat.pdq = flat.pdq.map(|pdq| Pdq { quality: 49, ..pdq });
        let found = document(|out| write_media("US", &[flat.clone()], out).unwrap());
        assert_eq!(found["value"][0]["AlternativeHashes"].as_array().unwrap().len(), 1);
    }
}
