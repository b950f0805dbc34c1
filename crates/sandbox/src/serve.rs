//! The worker's side: confine, then answer requests until the pipe closes.

use crate::confine::{CannotConfine, Confinement, confine};
use crate::frame::{
    self, BlobHead, ExamineRequest, Kind, MAX_BODY, NotExamined, ParseRequest, read_body, read_head,
};
use crate::outgoing::Outgoing;
use crate::serve_list::list;
use crate::serve_tree::tree;
use amparo_media::Wanted;
use amparo_model::{Locator, Place, Problem, ProblemKind};
use amparo_parsers::{Blob, Input, Sink};
use serde::de::DeserializeOwned;
use std::io::{self, BufWriter, Read, Write};

/// Why a worker stopped.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// It could not confine itself and has told the host.
    #[error(transparent)]
    CannotConfine(#[from] CannotConfine),
    /// The host closed the pipe in the middle or said something else than agreed.
    #[error("pipe to the host: {0}")]
    Pipe(#[from] io::Error),
}

/// [`serve`] on the pipes that the process was started with.
///
/// # Errors
/// [`ServeError`].
pub fn serve_pipes() -> Result<(), ServeError> {
    serve(std::io::stdin(), BufWriter::with_capacity(GATHERED, StandardOutput))
}

/// Answers handed over at once, in bytes.
const GATHERED: usize = 64 << 10;

/// The pipe to the host without the search for line ends that the library's own handle makes.
struct StandardOutput;

impl Write for StandardOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(rustix::stdio::stdout(), bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The main loop of a worker process; returns when the host closes the pipe. Must be called before
/// the process has any second thread, and nothing else in the process works afterwards.
///
/// # Errors
/// [`ServeError`]. The process should end with an error then.
pub fn serve(
    mut input: impl Read + 'static,
    mut output: impl Write + 'static,
) -> Result<(), ServeError> {
    let Some((Kind::Start, body)) = next(&mut input)? else { return Ok(()) };
    let confinement: Confinement = read_json(&body)?;
    if let Err(error) = confine(&confinement) {
        frame::write(&mut output, Kind::Refused, error.to_string().as_bytes())?;
        output.flush()?;
        return Err(error.into());
    }
    frame::write(&mut output, Kind::Ready, &[])?;
    output.flush()?;
    while let Some((kind, body)) = next(&mut input)? {
        match kind {
            Kind::Parse => parse(&read_json(&body)?, &mut input, &mut output)?,
            Kind::List => list(&read_json(&body)?, &mut input, &mut output)?,
            Kind::Tree => return Ok(tree(read_json(&body)?, Box::new(input), Box::new(output))?),
            Kind::Examine => examine(&read_json(&body)?, &mut input, &mut output)?,
            _ => return Err(confused().into()),
        }
        output.flush()?;
    }
    Ok(())
}

fn examine(
    request: &ExamineRequest,
    input: &mut impl Read,
    output: &mut impl Write,
) -> io::Result<()> {
    let Some(bytes) = blob(request.size, input)? else {
        let why = format!("{} bytes exceed the worker's memory", request.size);
        let body = NotExamined { kind: ProblemKind::Limit, why };
        return frame::write_json(output, Kind::NotExamined, &body);
    };
    // Turned and mirrored copies are the commonest way to hide one from a look-up.
    let wanted = Wanted { dihedral: true, ..Wanted::default() };
    match amparo_media::examine_as(&bytes, &request.limits, &wanted) {
        Ok(picture) => frame::write_json(output, Kind::Picture, &picture),
        Err(error) => {
            let body = NotExamined { kind: error.kind(), why: error.to_string() };
            frame::write_json(output, Kind::NotExamined, &body)
        }
    }
}

fn parse(request: &ParseRequest, input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(request.blobs.len());
    for head in &request.blobs {
        bytes.push((head, blob(head.size, input)?));
    }
    let mut out = Outgoing::new(output);
    let blobs = bytes.iter().filter_map(|(head, bytes)| match bytes {
        Some(bytes) => Some(Blob { path: &head.path, sha256: head.sha256, bytes }),
        None => {
            out.problem(too_large(head));
            None
        }
    });
    let blobs: Vec<Blob<'_>> = blobs.collect();
    let main_is_there = bytes.first().is_some_and(|(_, bytes)| bytes.is_some());
    if let (Some(parser), Some((main, companions)), true) =
        (amparo_parsers::by_id(&request.parser), blobs.split_first(), main_is_there)
    {
        parser.parse(&Input { main: *main, companions: companions.to_vec() }, &mut out);
    }
    out.finish()
}

fn too_large(head: &BlobHead) -> Problem {
    let at = Locator::new(head.sha256, Place::Whole);
    let detail = format!("{} bytes exceed the worker's memory", head.size);
    Problem::at(ProblemKind::Limit, at, head.path.clone(), detail)
}

/// The bytes of one blob; `None`, with the bytes read and let go, when memory does not suffice.
fn blob(size: u64, input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let fits = usize::try_from(size).is_ok_and(|size| bytes.try_reserve_exact(size).is_ok());
    let mut left = size;
    while left > 0 {
        let Some((Kind::Bytes, chunk)) = next(input)? else { return Err(confused()) };
        left = left.checked_sub(chunk.len() as u64).ok_or_else(confused)?;
        if fits {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(fits.then_some(bytes))
}

pub(crate) fn next(input: &mut impl Read) -> io::Result<Option<(Kind, Vec<u8>)>> {
    let Some((length, kind)) = read_head(input)? else { return Ok(None) };
    let kind = Kind::from_byte(kind).filter(|_| length <= MAX_BODY).ok_or_else(confused)?;
    Ok(Some((kind, read_body(input, length)?)))
}

pub(crate) fn read_json<T: DeserializeOwned>(body: &[u8]) -> io::Result<T> {
    Ok(serde_json::from_slice(body)?)
}

pub(crate) fn confused() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not what was agreed")
}
