//! This crate turns foreign bytes into located records and visible problems. One file per format.
//!
//! A parser is a pure function of bytes and its own version: no files, no network, no clock, no
//! database of the case. That makes it cacheable by content, replayable, confinable, and safe to
//! run twice. It never fails as a whole: what cannot be read becomes a [`Problem`] beside the rest.
//!
//! # To add a parser
//!
//! 1. Copy the smallest unit of the family's folder (`tips/`, `apps/`, `hashsets/`) to `<id>.rs`;
//!    the file stem is the id. A unit that outgrows 350 lines gets a folder `<id>/` for its parts.
//! 2. Fill the [`Spec`]. Name the gaps: every parser has some. Say where each format fact was seen.
//! 3. Write `<id>.fixture.json` (or `.sql`, `.csv`, `.xml`, `.txt`, `.hex`, `.pdf.txt`,
//!    `.zip.txt`), the smallest file that
//!    emits every declared kind; no real person's data, nothing depicted. Rows after a line
//!    `-- wal` go into the write-ahead log. A companion is `<id>.companion.<file name>`; databases
//!    add `.sql`.
//! 4. Put at least three hostile inputs in `<id>.bad/`; the file name tells what is wrong.
//!    `.sql` is built, `.hex` is decoded (`#` starts a comment), anything else is taken as it is.
//! 5. Add the unit to its folder's `mod.rs` and one line to [`PARSERS`], which is sorted by id. A
//!    list of known hashes implements [`ListParser`] and is in [`LISTS`] as well.
//! 6. Run the tests: they write `<id>.expected.jsonl` and fail. Read the diff, run again, commit.
//!
//! [`Problem`]: amparo_model::Problem

pub mod apps;
pub mod hashsets;
mod input;
mod json;
pub mod list;
mod pdf;
mod spec;
pub mod sqlite;
mod tip_parts;
pub mod tips;

pub use input::{Blob, Collected, Input, Sink};
pub use list::{ListOut, ListParser, ListSource, Unsound};
pub use spec::{Companion, CompanionTest, Family, Limits, Spec, Tier};

use globset::GlobSet;
use std::sync::LazyLock;

/// One foreign format.
pub trait Parser: Sync {
    /// What the parser says about itself. Constant.
    fn spec(&self) -> &'static Spec;

    /// Whether the first bytes of a file look like this format. Names lie; this is a second
    /// opinion, cheap and without promise. At least 4 KiB are offered if the file has them.
    fn probe(&self, head: &[u8]) -> bool;

    /// Reads the input and hands out whatever it finds. Implementers must not stop at the first bad
    /// row, must not allocate in proportion to numbers that the input merely claims, and need not
    /// check the limits of size and count: [`Parser::parse`] does.
    fn read(&self, input: &Input, out: &mut dyn Sink);

    /// Reads the input within the declared limits. The one way in for callers; not overridden.
    fn parse(&self, input: &Input, out: &mut dyn Sink) {
        let mut limited = input::Limited::new(out, self.spec());
        if limited.admits(input) {
            self.read(input, &mut limited);
        }
        limited.finish(&input.main);
    }
}

/// All parsers, sorted by id.
pub const PARSERS: &[&dyn Parser] = &[
    &hashsets::csv_header::CsvHeader,
    &hashsets::hash_lines::HashLines,
    &hashsets::hashkeeper::HashKeeper,
    &hashsets::icse_csv::IcseCsv,
    &tips::ncmec_api_xml::NcmecApiXml,
    &hashsets::ncmec_hash_xml::NcmecHashXml,
    &tips::ncmec_le_json::NcmecLeJson,
    &tips::ncmec_le_pdf::NcmecLePdf,
    &hashsets::nsrl_rds_2::NsrlRds2,
    &hashsets::nsrl_rds_3::NsrlRds3,
    &apps::signal_desktop::SignalDesktop,
    &apps::telegram_desktop::TelegramDesktop,
    &tips::tip_package::TipPackage,
    &hashsets::vics::Vics,
    &apps::whatsapp_android::WhatsappAndroid,
];

/// All parsers of known-hash lists, sorted by id. Each is in [`PARSERS`] as well.
pub const LISTS: &[&dyn ListParser] = &[
    &hashsets::csv_header::CsvHeader,
    &hashsets::hash_lines::HashLines,
    &hashsets::hashkeeper::HashKeeper,
    &hashsets::icse_csv::IcseCsv,
    &hashsets::ncmec_hash_xml::NcmecHashXml,
    &hashsets::nsrl_rds_2::NsrlRds2,
    &hashsets::nsrl_rds_3::NsrlRds3,
    &hashsets::vics::Vics,
];

/// The parser with this id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static dyn Parser> {
    PARSERS.iter().copied().find(|parser| parser.spec().id == id)
}

/// The app parsers that claim this path, in the order of the registry. Tips and lists are not found
/// on devices: their importers name the parser.
pub fn claiming(path: &str) -> impl Iterator<Item = &'static dyn Parser> {
    CLAIMS.iter().filter(move |(_, set)| set.is_match(path)).map(|(parser, _)| *parser)
}

/// Whether a file of this name may be a companion of an app's store, whatever lies beside it.
#[must_use]
pub fn may_accompany(path: &str) -> bool {
    COMPANIONS.is_match(spec::name_of(path))
}

static COMPANIONS: LazyLock<GlobSet> = LazyLock::new(|| {
    let apps = PARSERS.iter().map(|parser| parser.spec()).filter(|spec| spec.family == Family::App);
    let companions = apps.flat_map(|spec| spec.companions);
    spec::globs(companions.map(|one| spec::name_of(one.path).replace("{main}", "*")))
});

static CLAIMS: LazyLock<Vec<(&'static dyn Parser, GlobSet)>> = LazyLock::new(|| {
    let set = |spec: &Spec| spec::globs(spec.claims.iter().map(|glob| (*glob).to_owned()));
    let apps = PARSERS.iter().filter(|parser| parser.spec().family == Family::App);
    apps.map(|parser| (*parser, set(parser.spec()))).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_claimed_whatever_their_case() {
        let check = |path, expect: &[&str]| {
            let ids: Vec<_> = claiming(path).map(|parser| parser.spec().id).collect();
            assert_eq!(ids, expect, "{path}");
        };
        check("data/data/com.whatsapp/databases/msgstore.db", &["whatsapp_android"]);
        check("MsgStore.DB", &["whatsapp_android"]);
        check("Exports/ChatExport_2026/result.json", &["telegram_desktop"]);
        check("AppData/Roaming/Signal/sql/db.sqlite", &["signal_desktop"]);
        check("photos/a.jpg", &[]);
    }

    #[test]
    fn a_parser_is_found_by_its_id() {
        for parser in PARSERS {
            assert!(by_id(parser.spec().id).is_some());
        }
        assert!(by_id("no_such").is_none());
    }
}
