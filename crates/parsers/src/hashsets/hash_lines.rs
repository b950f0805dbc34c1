//! Plain lists: one hash a line, alone or with a path, as checksum tools and investigators write
//! them.
//!
//! The kind of a hash is told by its number of digits, unless the line names it. 64 digits are
//! SHA-256 here; a PDQ has as many, so a list of PDQ must say so in a header and come as CSV.

mod line;

use crate::list::fields::{Draft, decoded, folded};
use crate::list::lines::{Line, Lines, note_end};
use crate::list::window::Window;
use crate::{Family, Limits, ListOut, ListParser, ListSource, Spec, Tier, Unsound};
use amparo_model::{ListHeader, ListNature, ProblemKind, RecordKind};
use line::{Kind, Parsed};

/// Reads plain lists of MD5, SHA-1 and SHA-256.
#[derive(Debug)]
pub struct HashLines;

static SPEC: Spec = Spec {
    id: "hash_lines",
    title: "Plain list of hashes: md5sum, sha1sum, sha256sum, BSD, iLook, one hash a line",
    family: Family::HashSet,
    apps: &["md5sum", "sha1sum", "sha256sum", "md5 (BSD)", "openssl dgst", "iLook"],
    claims: &["**/*.txt", "**/*.md5", "**/*.sha1", "**/*.sha256", "**/*.hash"],
    companions: &[],
    emits: &[RecordKind::ListHeader, RecordKind::KnownHash, RecordKind::ListEnd],
    version: 1,
    tier: Tier::FromVendorSource,
    tested_on: &["generated: 1 list, 16 rows"],
    gaps: &[
        "64 digits are read as SHA-256; PDQ looks the same and is never guessed",
        "`list_header.scheme`, `list_header.title`, `list_header.version`, `list_header.dated`: \
         the format has no place for them",
        "`known_hash.pdq`, `known_hash.photodna`, `known_hash.frames`, `known_hash.code`, \
         `known_hash.series`, `known_hash.is_distributed`, `known_hash.victim_identified`, \
         `known_hash.size`: the format has no place for them",
        "a cut between two lines cannot be noticed: the format has no end and no count; compare \
         the number of rows with what the issuer states",
    ],
    references: &["GNU coreutils manual, md5sum", "FreeBSD manual, md5(1)", "GNU cksum --tag"],
    time: "no time is read; the list's date is stated at import",
    limits: Limits {
        input_bytes: 1 << 40,
        records: 2_000_000_000,
        nesting: 1,
        wall_ms_per_mb: 200,
        memory_bytes: 1 << 30,
    },
};

impl ListParser for HashLines {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn probe(&self, head: &[u8]) -> bool {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let mut lines = head.split(|byte| *byte == b'\n').map(|line| decoded(line, false).0);
        let first = lines.find(|line| !line::is_remark(line));
        first.is_some_and(|line| {
            Kind::of_header(&folded(line.trim())).is_some() || line::parse(line.trim_end()).is_ok()
        })
    }

    fn read_list(&self, source: &mut dyn ListSource, out: &mut ListOut) -> Result<(), Unsound> {
        let mut lines = Lines::new(Window::new(source))?;
        let nature = ListNature::NotStated;
        out.header(ListHeader { scheme: None, title: None, version: None, dated: None, nature });
        let mut state = State { header: None, last: None, mixed: false, first: true };
        while let Some(line) = lines.next()? {
            if line.too_long {
                state.first = false;
                out.reject(line.place(), ProblemKind::Limit, "line over 1 MiB");
                state.checked(line.ended)?;
                continue;
            }
            let (text, fault) = decoded(lines.bytes(&line), false);
            if line::is_remark(&text) || state.takes_header(&text) {
                note_end(&line, out);
            } else {
                state.row(&text, fault, &line, out)?;
            }
        }
        if out.stored() == 0 {
            return Err(Unsound::Unsupported("no line of it is a hash".to_owned()));
        }
        Ok(())
    }
}

/// What the lines before tell about the next.
struct State {
    /// The kind that a header line names.
    header: Option<Kind>,
    /// Kind of the last hash, and whether a path stood beside it.
    last: Option<(Kind, bool)>,
    /// The hashes so far are of several kinds.
    mixed: bool,
    /// No line has been read yet.
    first: bool,
}

impl State {
    fn takes_header(&mut self, text: &str) -> bool {
        if std::mem::take(&mut self.first) {
            self.header = Kind::of_header(&folded(text.trim()));
            return self.header.is_some();
        }
        false
    }

    fn row(
        &mut self,
        text: &str,
        fault: Option<&str>,
        line: &Line,
        out: &mut ListOut,
    ) -> Result<(), Unsound> {
        let parsed = match line::parse(text).and_then(|parsed| self.agreed(parsed)) {
            Ok(parsed) => parsed,
            Err(why) => {
                self.checked(line.ended)?;
                out.reject(line.place(), ProblemKind::Malformed, why);
                return Ok(());
            }
        };
        self.checked(line.ended || self.like_the_others(&parsed))?;
        self.mixed |= self.last.is_some_and(|last| last.0 != parsed.kind);
        self.last = Some((parsed.kind, parsed.has_path()));
        note_end(line, out);
        let mut draft = Draft::default();
        draft.faults.extend(fault.map(str::to_owned));
        parsed.fill(&mut draft);
        out.draft(draft, line.place());
        Ok(())
    }

    /// Whether a last line without an end may be whole: a longer hash that is cut can look like a
    /// shorter one, so the line must be like all before it. With a path the hash is whole.
    fn like_the_others(&self, parsed: &Parsed) -> bool {
        let like = |(kind, path): (Kind, bool)| kind == parsed.kind && !path && !self.mixed;
        parsed.has_path() || self.last.is_none_or(like)
    }

    fn agreed(&self, parsed: Parsed) -> Result<Parsed, String> {
        match self.header {
            Some(header) if header != parsed.kind => {
                Err("line whose hash is not of the kind that the header names".to_owned())
            }
            _ => Ok(parsed),
        }
    }

    fn checked(&self, good: bool) -> Result<(), Unsound> {
        let why = "its last line breaks off";
        if good { Ok(()) } else { Err(Unsound::Malformed(why.to_owned())) }
    }
}
