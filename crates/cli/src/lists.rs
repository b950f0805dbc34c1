//! Takes a list of known hashes in: a private copy, read row by row in a confined worker, compiled
//! to rows that can be looked up. All of it or nothing.

use crate::{error::CliError, files, progress::Meter, session::Session, worker};
use amparo_evidence::Draft;
use amparo_matching::{ListError, ListWriter};
use amparo_model::{
    HashSetHeader, HashSetId, KnownHash, ListHeader, ListNature, ListTotals, Located, Problem,
    Purpose, Record, Scheme, Sha256,
};
use amparo_parsers::{LISTS, ListParser};
use amparo_sandbox::{Event, ListBytes, WorkerError};
use amparo_store::NewHashSet;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

/// First bytes by which a format is recognised.
const HEAD_BYTES: usize = 64 << 10;
/// Rows between two looks at the meter.
const METER_ROWS: u64 = 10_000;

/// Codes that no VICS realm uses for illegal material: 0 and 5 are "non-pertinent" or
/// "uncategorised", depending on the edition. Every other code may be illegal somewhere.
const HARMLESS_CODES: [&str; 2] = ["0", "5"];

/// What the operator says of a list.
#[derive(Debug, Clone, clap::Args)]
pub struct ListArgs {
    /// The list
    pub file: PathBuf,
    /// A short name for the list
    #[arg(long)]
    pub id: HashSetId,
    /// The list's own date, where the file does not state it
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub dated: Option<String>,
    /// Who issued it
    #[arg(long)]
    pub source: String,
    /// A title for people [default: the file's own, or the id]
    #[arg(long)]
    pub title: Option<String>,
    /// The list's version or edition, where the file does not state it
    #[arg(long)]
    pub list_version: Option<String>,
    /// Under what terms the unit holds it
    #[arg(long)]
    pub licence: Option<String>,
    /// Whose category codes these are, where the file does not state it: NAME/REALM/VERSION
    #[arg(long, value_name = "NAME/REALM/VERSION", value_parser = scheme)]
    pub scheme: Option<Scheme>,
    /// A list of harmless files: a match needs no second look
    #[arg(long, conflicts_with = "series")]
    pub known_good: bool,
    /// A list of known series: a match says to which one a file belongs
    #[arg(long)]
    pub series: bool,
    /// Which importer reads it [default: by content; see `amparo parsers`]
    #[arg(long, value_name = "PARSER")]
    pub format: Option<String>,
}

/// Reads a list to its end; nothing is in use yet.
///
/// # Errors
/// [`CliError::BadInput`] when the file is no list, is cut, or contradicts what was said of it;
/// [`CliError::Storage`] when disk or worker fail.
pub fn take_in(session: &Session, args: &ListArgs) -> Result<NewHashSet, CliError> {
    let path = args.file.display().to_string();
    let name = files::base(&path).to_owned();
    let mut meter = Meter::new(0);
    let copy = copy(session, args, &mut meter)?;
    let (object, size) = copy.so_far();
    let file = copy.open().map_err(objects)?;
    let parser = parser(args, &name, &file)?;
    let list = ListBytes { path: &name, sha256: object, size, file: &file };
    let read = compile(session, parser, &list, &mut meter)?;
    let header = header(args, &name, &read)?;
    copy.publish().map_err(objects)?;
    let spec = parser.spec();
    Ok(NewHashSet {
        header,
        object,
        rows_object: read.rows_object,
        parser: (spec.id.to_owned(), spec.version),
        totals: read.totals,
        problems: read.problems,
    })
}

/// The unit's own copy: what is parsed is what was hashed, whatever happens to the file.
fn copy<'s>(
    session: &'s Session,
    args: &ListArgs,
    meter: &mut Meter,
) -> Result<Draft<'s>, CliError> {
    let bad = |error: std::io::Error| CliError::bad(args.file.display(), error);
    let mut source = files::open(&args.file)?;
    let mut draft = session.objects.draft().map_err(objects)?;
    let mut piece = vec![0; 1 << 20];
    let mut copied = 0;
    loop {
        let read = match source.read(&mut piece) {
            Ok(0) => return Ok(draft),
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(bad(error)),
        };
        let bytes = piece.get(..read).unwrap_or_default();
        draft.write_all(bytes).map_err(|error| CliError::storage("objects", error))?;
        copied += read as u64;
        meter.at(copied >> 20, &session.say.just("cli-progress-list-copied"));
    }
}

fn parser(args: &ListArgs, name: &str, file: &File) -> Result<&'static dyn ListParser, CliError> {
    if let Some(id) = &args.format {
        let chosen = LISTS.iter().copied().find(|list| list.spec().id == id);
        return chosen.ok_or_else(|| {
            let all: Vec<&str> = LISTS.iter().map(|list| list.spec().id).collect();
            CliError::Usage(format!(
                "--format {id}: no such importer; there are {}",
                all.join(", ")
            ))
        });
    }
    let mut head = vec![0; HEAD_BYTES];
    let read = file.read_at(&mut head, 0).map_err(|error| CliError::storage("objects", error))?;
    let head = head.get(..read).unwrap_or_default();
    LISTS.iter().copied().find(|list| list.probe(head)).ok_or_else(|| {
        let why = "is no list in a form that this version reads; `amparo parsers` names the forms, \
                   --format chooses one";
        CliError::bad(name, why)
    })
}

/// What reading a list to its end gave.
struct Compiled {
    header: ListHeader,
    totals: ListTotals,
    problems: Vec<Problem>,
    rows_object: Sha256,
    /// Whether any row has a code, and how many have one that may be illegal.
    coded: bool,
    illegal: u64,
}

fn compile(
    session: &Session,
    parser: &dyn ListParser,
    list: &ListBytes<'_>,
    meter: &mut Meter,
) -> Result<Compiled, CliError> {
    let draft = session.objects.draft().map_err(objects)?;
    let mut gathered = Gathered::new(draft);
    let pool = worker::pool(&session.worker_program, 1)?;
    let rows_read = session.say.just("cli-progress-list-rows");
    let told = pool.list(parser, list, &mut |event| {
        gathered.take(event);
        if gathered.rows.is_multiple_of(METER_ROWS) {
            meter.at(gathered.rows, &rows_read);
        }
    });
    match told {
        Ok(()) => gathered.finish(list.path),
        Err(error @ WorkerError::Sandbox(_)) => Err(CliError::storage("worker", error)),
        Err(error) => Err(CliError::bad(list.path, error)),
    }
}

/// What has come from the worker so far.
struct Gathered<'s> {
    writer: ListWriter<BufWriter<Draft<'s>>>,
    header: Option<ListHeader>,
    end: Option<ListTotals>,
    /// Rejected rows, as many as the importer lists one by one; the totals count all. In a list
    /// that is not whole the last one says why.
    problems: Vec<Problem>,
    rows: u64,
    coded: bool,
    illegal: u64,
    failed: Option<ListError>,
}

impl<'s> Gathered<'s> {
    fn new(draft: Draft<'s>) -> Self {
        Self {
            writer: ListWriter::new(BufWriter::with_capacity(1 << 20, draft)),
            header: None,
            end: None,
            problems: Vec::new(),
            rows: 0,
            coded: false,
            illegal: 0,
            failed: None,
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Record(located) => self.record(located),
            Event::Problem(problem) => self.problems.push(problem),
        }
    }

    fn record(&mut self, located: Located<Record>) {
        let (record, at) = located.into_parts();
        match record {
            Record::ListHeader(header) => self.header = Some(header),
            Record::ListEnd(totals) => self.end = Some(totals),
            Record::KnownHash(known) => {
                self.rows += 1;
                self.note_code(&known);
                if self.failed.is_none() {
                    self.failed = self.writer.push(&at.place, &known).err();
                }
            }
            _ => {}
        }
    }

    fn note_code(&mut self, known: &KnownHash) {
        let Some(code) = known.code.as_deref() else { return };
        self.coded = true;
        self.illegal += u64::from(!HARMLESS_CODES.contains(&code));
    }

    /// The list, if it was whole and every count agrees.
    fn finish(self, name: &str) -> Result<Compiled, CliError> {
        let (Some(totals), Some(header)) = (self.end, self.header) else {
            let why = self.problems.last().map(|problem| problem.detail.clone());
            let why = why.unwrap_or_else(|| "the list does not come to its end".to_owned());
            return Err(CliError::bad(name, why));
        };
        if totals.stored != self.rows || totals.rows != totals.stored + totals.rejected {
            let why = "the importer's count differs from the rows that arrived; nothing was loaded";
            return Err(CliError::storage(name, why));
        }
        if let Some(error) = self.failed {
            return Err(CliError::storage(name, error));
        }
        let (out, _) = self.writer.finish().map_err(|error| CliError::storage(name, error))?;
        let draft = out.into_inner().map_err(|error| CliError::storage(name, error))?;
        let (rows_object, _) = draft.publish().map_err(objects)?;
        let (coded, illegal) = (self.coded, self.illegal);
        Ok(Compiled { header, totals, problems: self.problems, rows_object, coded, illegal })
    }
}

/// What the file says and what the operator says, as one statement. The file is believed where the
/// two differ on whose codes it holds; then the operator is told.
fn header(args: &ListArgs, name: &str, read: &Compiled) -> Result<HashSetHeader, CliError> {
    let stated = read.header.clone();
    let Some(dated) = args.dated.clone().or(stated.dated) else {
        return Err(CliError::bad(name, "states no date; give the list's own date with --dated"));
    };
    Ok(HashSetHeader {
        title: args.title.clone().or(stated.title).unwrap_or_else(|| args.id.to_string()),
        id: args.id.clone(),
        scheme: scheme_of(args, name, stated.scheme, read.coded)?,
        dated,
        source: args.source.clone(),
        version: args.list_version.clone().or(stated.version),
        licence: args.licence.clone(),
        purpose: purpose(args, name, read)?,
    })
}

fn scheme_of(
    args: &ListArgs,
    name: &str,
    stated: Option<Scheme>,
    coded: bool,
) -> Result<Scheme, CliError> {
    let unstated = || Scheme { name: "NONE".into(), realm: "NONE".into(), version: "0".into() };
    match (stated, args.scheme.clone()) {
        (Some(file), Some(said)) if file != said => {
            let why = format!("says that its codes are {file}; leave --scheme out");
            Err(CliError::bad(name, why))
        }
        (Some(scheme), _) | (None, Some(scheme)) => Ok(scheme),
        (None, None) if coded => {
            let why = "has category codes and does not say whose; give --scheme NAME/REALM/VERSION";
            Err(CliError::bad(name, why))
        }
        (None, None) => Ok(unstated()),
    }
}

/// A list of illegal material is no list of harmless files, whatever somebody types: loaded as such
/// it would silence every alarm.
fn purpose(args: &ListArgs, name: &str, read: &Compiled) -> Result<Purpose, CliError> {
    let refused = |why: String| {
        let why = format!("{why}; it is no list of harmless files, import it without --known-good");
        Err(CliError::bad(name, why))
    };
    match (args.known_good, args.series, read.header.nature) {
        (true, _, ListNature::Illegal) => {
            refused("is in a form in which lists of illegal material are distributed".to_owned())
        }
        (true, _, ListNature::NotStated) if read.illegal > 0 => {
            refused(format!("gives a category to {} files", read.illegal))
        }
        (true, ..) => Ok(Purpose::KnownGood),
        (false, true, _) => Ok(Purpose::Series),
        (false, false, ListNature::Catalogue) => {
            let why = "is a catalogue of software and the like: load it with --known-good, or say \
                       with --series what its matches mean";
            Err(CliError::bad(name, why))
        }
        (false, false, _) => Ok(Purpose::Alert),
    }
}

fn objects(error: amparo_evidence::ObjectError) -> CliError {
    CliError::storage("objects", error)
}

fn date(text: &str) -> Result<String, String> {
    let parsed: Result<jiff::civil::Date, _> = text.parse();
    parsed
        .map(|date| date.to_string())
        .map_err(|_| format!("{text:?} is no date; write 2026-03-01"))
}

/// `NAME/REALM/VERSION`.
///
/// # Errors
/// A sentence for the operator.
pub fn scheme(text: &str) -> Result<Scheme, String> {
    let parts: Vec<&str> = text.split('/').map(str::trim).collect();
    match parts.as_slice() {
        [name, realm, version] if parts.iter().all(|part| !part.is_empty()) => Ok(Scheme {
            name: (*name).to_owned(),
            realm: (*realm).to_owned(),
            version: (*version).to_owned(),
        }),
        _ => Err(format!("{text:?} is no scheme; write VICS/US/2.0")),
    }
}
