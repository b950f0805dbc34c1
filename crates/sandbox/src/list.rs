//! The host's side of reading a list: hands over the bytes that the worker asks for, takes rows.

use crate::border::{Answer, Border, Broken};
use crate::error::WorkerError;
use crate::frame::{self, BlobHead, Kind, ListRequest, Want};
use crate::worker::{Event, MB, Worker};
use amparo_model::Sha256;
use amparo_parsers::{ListParser, Spec};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// A list as the host holds it: a private copy that nobody changes.
#[derive(Debug)]
pub struct ListBytes<'a> {
    /// Its name, for problems.
    pub path: &'a str,
    /// SHA-256 of the bytes; every locator carries it.
    pub sha256: Sha256,
    /// How many bytes there are.
    pub size: u64,
    /// The bytes.
    pub file: &'a File,
}

impl Worker {
    /// Reads one list; `each` takes what comes, in the parser's order within records and within
    /// problems. The list is whole if, and only if, [`amparo_model::Record::ListEnd`] came.
    ///
    /// # Errors
    /// [`WorkerError`]; the worker is of no further use then. What was handed out before stands.
    pub fn list(
        &mut self,
        parser: &dyn ListParser,
        list: &ListBytes<'_>,
        each: &mut dyn FnMut(Event),
    ) -> Result<(), WorkerError> {
        let spec = parser.spec();
        let path = list.path.to_owned();
        let head = BlobHead { path, sha256: list.sha256, size: list.size };
        let mut border = border(spec, &head);
        let request = ListRequest { parser: spec.id.to_owned(), list: head };
        let mut work = || -> Result<(), Broken> {
            self.send(Kind::List, &request, std::iter::empty())?;
            while let Some(want) = self.answer(spec, &mut border, each)? {
                self.give(spec, list, want)?;
            }
            Ok(())
        };
        work().map_err(|broken| self.autopsy(broken))?;
        self.rest();
        Ok(())
    }

    /// Takes answers until bytes are wanted or the list is done. The time that the caller needs for
    /// a row is not the worker's.
    fn answer(
        &mut self,
        spec: &Spec,
        border: &mut Border,
        each: &mut dyn FnMut(Event),
    ) -> Result<Option<Want>, Broken> {
        loop {
            // One window's worth of work, however large the list.
            self.watch(frame::CHUNK as u64, spec.limits.wall_ms_per_mb);
            let answer = border.next(&mut self.stdout)?;
            self.rest();
            match answer {
                Answer::Records(rows) => rows.into_iter().map(Event::Record).for_each(&mut *each),
                Answer::Problems(some) => some.into_iter().map(Event::Problem).for_each(&mut *each),
                Answer::Want(want) => return Ok(Some(want)),
                Answer::Done => return Ok(None),
                _ => return Err(Broken::Ended),
            }
        }
    }

    /// A worker that asks and then does not read would hold the host for ever.
    fn give(&mut self, spec: &Spec, list: &ListBytes<'_>, want: Want) -> Result<(), Broken> {
        let read = || -> io::Result<Vec<u8>> {
            let mut bytes = vec![0; usize::try_from(want.length).unwrap_or_default()];
            list.file.read_exact_at(&mut bytes, want.offset)?;
            Ok(bytes)
        };
        // A copy that cannot be read ends the request like a worker that is gone.
        let bytes = read().map_err(|_| Broken::Ended)?;
        self.watch(frame::CHUNK as u64, spec.limits.wall_ms_per_mb);
        let sent = self.send_bytes(&bytes);
        self.rest();
        sent
    }
}

fn border(spec: &'static Spec, head: &BlobHead) -> Border {
    Border {
        kinds: vec![Kind::Records, Kind::Rows, Kind::Problems, Kind::Want, Kind::Done],
        objects: vec![head.sha256],
        emits: spec.emits.to_vec(),
        records: spec.limits.records,
        // Rows carry the list's own name and their place, so short ones grow most.
        bytes: head.size.saturating_mul(64).saturating_add(256 * MB),
        files: vec![head.size],
        // A database is read page by page through larger windows, never many times over.
        wanted: head.size.saturating_mul(64).saturating_add(256 * MB),
        ..Border::default()
    }
}
