//! The hash set: a VICS 2.0 list that knows part of the devices' pictures.
//!
//! Source of the keys: the VICS 2.0 entity "Media" as public readers and writers use it. Hashes are
//! upper case, as lists are distributed. The list also carries what real ones do: flags as text,
//! absent verdicts, and the hash of the empty file, which a reader must not use.

use crate::pictures::{Known, Made};
use crate::plan::Plan;
use crate::progress::Reporter;
use crate::rng::Stream;
use crate::{ScenarioError, disk};
use amparo_model::{Md5, Pdq};
use data_encoding::HEXUPPER;
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// Where the list lies in the world's folder.
pub(crate) const PATH: &str = "hashset/known.vics.json";

const CONTEXT: &str =
    "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media";

/// What the list holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed {
    /// Records that a reader can use.
    pub(crate) usable: u64,
    /// Records that a reader must set aside.
    pub(crate) unusable: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Media {
    #[serde(rename = "MediaID")]
    media_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<u8>,
    #[serde(rename = "MD5")]
    md5: String,
    #[serde(rename = "SHA1", skip_serializing_if = "Option::is_none")]
    sha1: Option<String>,
    media_size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_distributed: Option<Flag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    victim_identified: Option<bool>,
    is_precategorized: bool,
    mime_type: &'static str,
    date_updated: &'static str,
    alternative_hashes: Vec<AlternativeHash>,
}

/// Lists write flags as booleans or as text.
#[derive(Serialize)]
#[serde(untagged)]
enum Flag {
    Plain(bool),
    Text(&'static str),
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AlternativeHash {
    #[serde(rename = "MD5")]
    md5: String,
    hash_name: &'static str,
    hash_value: String,
}

/// Writes the list under `out`.
pub(crate) fn write(
    plan: &Plan,
    made: &[Made],
    out: &Path,
    report: &Reporter,
) -> Result<Listed, ScenarioError> {
    let path = out.join(PATH);
    let mut file = disk::create(&path)?;
    let written = records(plan, made, &mut file, report);
    written.and_then(|()| file.flush()).map_err(|error| disk::failed(&path, error))?;
    Ok(Listed { usable: plan.sizes.listed + plan.sizes.list_extra, unusable: 1 })
}

fn records(
    plan: &Plan,
    made: &[Made],
    file: &mut impl Write,
    report: &Reporter,
) -> std::io::Result<()> {
    write!(file, "{{\n\"@odata.context\": \"{CONTEXT}\",\n\"value\": [\n")?;
    let known = (0..).zip(&plan.library.known);
    let pictures =
        known.filter_map(|(n, known)| Some(of_picture(n, *known, made.get(known.picture)?)));
    let extra = (0..plan.sizes.list_extra).map(|n| of_nothing(plan, n));
    for media in pictures.chain(extra) {
        serde_json::to_writer(&mut *file, &media)?;
        writeln!(file, ",")?;
        report.step();
    }
    serde_json::to_writer(&mut *file, &empty_file(plan))?;
    writeln!(file, "\n]\n}}")
}

fn of_picture(n: u64, known: Known, made: &Made) -> Media {
    let mut media = record(n, &made.md5.0, &made.sha1.0, &made.sha256.0, made.pdq);
    media.media_size = made.bytes;
    media.category = Some(if n % 5 == 4 { 2 } else { 1 });
    media.is_distributed = Some(flag(n, known.distributed));
    media
}

/// A record of a file that is nowhere in this world.
fn of_nothing(plan: &Plan, n: u64) -> Media {
    let mut stream = Stream::new(plan.seed, "list extra", n);
    let md5 = stream.bytes::<16>();
    let pdq = Pdq { bits: amparo_model::Bits256(stream.bytes()), quality: 100 };
    let pdq = stream.chance(80).then_some(pdq);
    let number = plan.sizes.listed + n;
    let mut media = record(number, &md5, &stream.bytes::<20>(), &stream.bytes::<32>(), pdq);
    media.media_size = stream.below(400_000) + 20_000;
    media.category = match n % 10 {
        0..6 => Some(1),
        6..8 => Some(2),
        8 => Some(0),
        _ => None,
    };
    media.is_distributed = (!n.is_multiple_of(3)).then(|| flag(n, n.is_multiple_of(2)));
    media
}

/// MD5 of the `n`th record of a file that is nowhere, for tips that name it.
pub(crate) fn extra_md5(seed: u64, n: u64) -> Md5 {
    Md5(Stream::new(seed, "list extra", n).bytes())
}

fn empty_file(plan: &Plan) -> Media {
    let number = plan.sizes.listed + plan.sizes.list_extra;
    let mut media = record(number, &Md5::EMPTY_FILE.0, &[0; 20], &[0; 32], None);
    media.sha1 = None;
    media.alternative_hashes = Vec::new();
    media.category = Some(1);
    media
}

fn record(n: u64, md5: &[u8], sha1: &[u8], sha256: &[u8], pdq: Option<Pdq>) -> Media {
    let md5 = HEXUPPER.encode(md5);
    let alternative =
        |hash_name, hash_value| AlternativeHash { md5: md5.clone(), hash_name, hash_value };
    let mut alternative_hashes = vec![alternative("SHA256", HEXUPPER.encode(sha256))];
    alternative_hashes.extend(pdq.map(|pdq| alternative("PDQ", pdq.bits.to_string())));
    Media {
        media_id: n,
        category: None,
        sha1: Some(HEXUPPER.encode(sha1)),
        media_size: 0,
        series: n.is_multiple_of(4).then(|| format!("Series-{:04}", n / 16)),
        is_distributed: None,
        victim_identified: (n % 7 < 2).then_some(n.is_multiple_of(7)),
        is_precategorized: true,
        mime_type: "image",
        date_updated: "2026-02-20T00:00:00+00:00",
        alternative_hashes,
        md5,
    }
}

fn flag(n: u64, value: bool) -> Flag {
    match (n % 8, value) {
        (0, true) => Flag::Text("true"),
        (0, false) => Flag::Text("false"),
        _ => Flag::Plain(value),
    }
}
