//! The listing: two walks over the table, first for the folders, then for everything.

use crate::fault::Fault;
use crate::formats::ntfs::extensions::Budget;
use crate::formats::ntfs::facts::{Facts, Name, Stream};
use crate::formats::ntfs::folders::{Folders, Known, ORPHAN, ROOT};
use crate::formats::ntfs::mft::{Met, Mft};
use crate::formats::ntfs::record::{Header, Reference, settle};
use crate::found::{Found, Go, Kind, Report};
use crate::limits::Limits;
use amparo_model::UtcMillis;

/// Problems told one by one; the rest of a damaged volume is told as a number.
const PROBLEMS: u64 = 200;
/// The number of the record that keeps clusters nobody may use.
const BAD_CLUSTERS: u64 = 8;
/// Subject of what is wrong with the table.
pub const TABLE: &str = "$MFT";

/// Reports every name of every record.
pub fn list(mft: &Mft, faults: &[Fault], limits: &Limits, report: &mut Report<'_>) {
    let mut listing = Listing {
        mft,
        folders: Folders::new(limits),
        budget: Budget::for_all(mft),
        problems: 0,
        report,
    };
    for fault in faults {
        if listing.problem(TABLE, fault) == Go::Stop {
            return;
        }
    }
    if listing.find_folders() == Go::On && listing.report_all() == Go::On {
        listing.conclude();
    }
}

struct Listing<'l, 'r> {
    mft: &'l Mft,
    folders: Folders,
    budget: Budget,
    problems: u64,
    report: &'l mut Report<'r>,
}

/// What is the same for all names of a record.
struct Record {
    number: u64,
    header: Header,
    kind: Kind,
    facts: Facts,
}

impl Listing<'_, '_> {
    fn find_folders(&mut self) -> Go {
        let mut left = 0_u64;
        let (mft, mut budget) = (self.mft, Budget::for_all(self.mft));
        let folders = &mut self.folders;
        mft.walk(&mut |met| {
            let Met::Record(number, record) = met else { return Go::On };
            // The second walk tells what is damaged.
            if !settle(record).unwrap_or(false) {
                return Go::On;
            }
            let header = Header::read(record);
            if !header.folder || header.base.is_some() || number == ROOT {
                return Go::On;
            }
            let mut facts = Facts::of([&*record].into_iter());
            if facts.names.is_empty() {
                facts = whole(mft, number, record, &mut budget).0;
            }
            if let Some(Name { parent, name }) = facts.names.first() {
                let itself = Reference { record: number, sequence: header.sequence };
                left += u64::from(!folders.add(itself, header.in_use, *parent, name));
            }
            Go::On
        });
        if left == 0 {
            return Go::On;
        }
        let what =
            format!("{left} folders more than are held in memory; what they hold is orphaned");
        self.problem(TABLE, &Fault::Limit { what })
    }

    fn report_all(&mut self) -> Go {
        let mut ended = Go::On;
        let mft = self.mft;
        mft.walk(&mut |met| {
            ended = match met {
                Met::Record(number, record) => self.meet(number, record),
                Met::Lost(from, to, fault) => {
                    let text = format!("records {from} to {} of $MFT: {fault}", to - 1);
                    self.told(fault.problem(TABLE), text)
                }
            };
            ended
        });
        ended
    }

    fn meet(&mut self, number: u64, record: &mut [u8]) -> Go {
        match settle(record) {
            Ok(true) => {}
            Ok(false) => return Go::On,
            Err(why) => {
                let why = format!("record {number} of $MFT: {why}");
                return self.problem(TABLE, &Fault::damaged(self.mft.place(number), why));
            }
        }
        let header = Header::read(record);
        // What continues another record is told with it.
        if header.base.is_some() {
            return Go::On;
        }
        let (facts, faults) = whole(self.mft, number, record, &mut self.budget);
        let kind = match (facts.is_other(), header.folder) {
            (true, _) => Kind::Other,
            (false, true) => Kind::Folder,
            (false, false) => Kind::File,
        };
        let record = Record { number, header, kind, facts };
        if self.entries(&record) == Go::Stop {
            return Go::Stop;
        }
        // A freed record has lost to others what continued it: that is no damage.
        let faults = if header.in_use { faults } else { Vec::new() };
        for fault in faults {
            if self.problem(&self.subject(&record), &fault) == Go::Stop {
                return Go::Stop;
            }
        }
        Go::On
    }

    fn entries(&mut self, record: &Record) -> Go {
        if record.number == ROOT {
            return self.streams(record, b".");
        }
        for name in &record.facts.names {
            let folder = self.folders.path(name.parent);
            let mut path = folder.path.clone();
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(&name.name);
            if self.entry(record, &path) == Go::Stop
                || self.lost_folder(record, &path, folder.known) == Go::Stop
            {
                return Go::Stop;
            }
        }
        // The system keeps records for itself that have neither names nor contents.
        let contents = record.facts.streams.iter().any(|stream| stream.size > 0);
        if record.facts.names.is_empty() && contents {
            let path = [ORPHAN, format!("/record-{}", record.number).as_bytes()].concat();
            return self.entry(record, &path);
        }
        Go::On
    }

    /// Says what is wrong with the folders above a live entry.
    fn lost_folder(&mut self, record: &Record, path: &[u8], known: Known) -> Go {
        let why = match known {
            Known::Loop if record.header.folder => {
                "its folders lie in each other, or deeper than is allowed"
            }
            Known::Orphan if record.header.in_use => "the folder that it names is not there",
            Known::Whole | Known::Loop | Known::Orphan => return Go::On,
        };
        let place = self.mft.place(record.number);
        self.problem(&String::from_utf8_lossy(path), &Fault::damaged(place, why))
    }

    fn entry(&mut self, record: &Record, path: &[u8]) -> Go {
        let size = if record.header.folder { 0 } else { record.facts.size() };
        let found = found(record, path.to_vec(), record.kind, size, 0);
        if (self.report)(Ok(found)) == Go::Stop {
            return Go::Stop;
        }
        self.streams(record, path)
    }

    fn streams(&mut self, record: &Record, path: &[u8]) -> Go {
        for Stream { number, name, size } in &record.facts.streams {
            // Contents of a folder have no name of their own either, but are none.
            if *number == 0 {
                continue;
            }
            // As long as the volume and a hole nearly everywhere: a list of places, no contents.
            let places = record.number == BAD_CLUSTERS && name == b"$Bad";
            let kind = if places { Kind::Other } else { Kind::File };
            let path = [path, b":", name].concat();
            if (self.report)(Ok(found(record, path, kind, *size, *number))) == Go::Stop {
                return Go::Stop;
            }
        }
        Go::On
    }

    /// The path of a record's first name.
    fn subject(&self, record: &Record) -> String {
        let Some(name) = record.facts.names.first() else { return TABLE.to_owned() };
        let folder = self.folders.path(name.parent);
        let path = [folder.path.as_slice(), &name.name].join(&b'/');
        String::from_utf8_lossy(&path).trim_start_matches('/').to_owned()
    }

    fn problem(&mut self, subject: &str, fault: &Fault) -> Go {
        self.told(fault.problem(subject), fault.to_string())
    }

    fn told(&mut self, mut problem: amparo_model::Problem, detail: String) -> Go {
        self.problems += 1;
        if self.problems > PROBLEMS {
            return Go::On;
        }
        problem.detail = detail;
        (self.report)(Err(problem))
    }

    /// Tells how many problems were not told.
    fn conclude(&mut self) {
        if let Some(more @ 1..) = self.problems.checked_sub(PROBLEMS) {
            let why = format!("{more} more parts of $MFT are damaged");
            let _end =
                (self.report)(Err(Fault::damaged(self.mft.geometry.mft, why).problem(TABLE)));
        }
    }
}

fn found(record: &Record, path: Vec<u8>, kind: Kind, size: u64, stream: u64) -> Found {
    let modified_at: Option<UtcMillis> = record.facts.modified_at;
    let deleted = !record.header.in_use;
    Found { path, kind, size, address: address(record.number, stream), deleted, modified_at }
}

/// The address of a stream of a file: all its names share it, because they share its bytes.
fn address(record: u64, stream: u64) -> u64 {
    record << 16 | stream.min(0xFFFF)
}

/// What a record says together with those that continue it.
fn whole(mft: &Mft, number: u64, record: &[u8], budget: &mut Budget) -> (Facts, Vec<Fault>) {
    let (more, mut faults) = mft.extensions(number, record, budget);
    let facts = Facts::of(std::iter::once(record).chain(more.iter().map(Vec::as_slice)));
    if let Some(why) = facts.why {
        faults.push(Fault::damaged(mft.place(number), format!("record {number} of $MFT: {why}")));
    }
    (facts, faults)
}
