//! The worker's side of reading a container: its bytes are asked for as they are needed, and its
//! entries and their bytes go back.

mod asked;

use crate::frame::{CHUNK, EntryPart, Kind, ReadEnd, ReadRequest, TreeEntry, TreeRequest};
use crate::serve::{confused, read_json};
use amparo_containers::{
    Bytes, Fault, Go, Kind as What, Limits, Listed, Secrets, Siblings, Stored, Tree,
};
use amparo_model::{Container, Problem, escape_path, unescape_path};
use asked::{Asked, Pipe, Ways};
use serde::Serialize;
use std::io;
use std::rc::Rc;

/// Answers are handed over when this much has gathered, in bytes.
const BATCH: usize = 128 << 10;
/// Problems told of one listing; what lies beyond is counted.
const PROBLEMS: usize = 10_000;

/// Serves containers, one after the other, until the host closes the pipe.
pub(crate) fn tree(request: TreeRequest, input: Ways, output: asked::Out) -> io::Result<()> {
    let pipe = Pipe::new(input, output);
    let mut request = Some(request);
    while let Some(wanted) = request {
        request = one(wanted, &pipe)?;
    }
    Ok(())
}

/// Serves one container; the request for the next one.
fn one(request: TreeRequest, pipe: &Rc<Pipe>) -> io::Result<Option<TreeRequest>> {
    pipe.forget_files();
    let root: Rc<dyn Bytes> = Rc::new(Asked::new(Rc::clone(pipe), 0, request.size));
    let siblings = Rc::new(BesideRoot(Rc::clone(pipe)));
    let name = unescape_path(&request.name).unwrap_or_default();
    let secrets = Secrets(request.secrets);
    let tree = Tree::new(name, root, siblings, secrets, Limits::default());
    pipe.say(Kind::Done, &[])?;
    loop {
        pipe.flush()?;
        let asked = pipe.next()?;
        match asked {
            None => return Ok(None),
            Some((Kind::ListTree, _)) => list(&tree, pipe)?,
            Some((Kind::ReadTree, body)) => read(&tree, &read_json(&body)?, pipe)?,
            Some((Kind::Tree, body)) => return read_json(&body).map(Some),
            Some(_) => return Err(confused()),
        }
        // The pipe broke inside a reading, which could only say that its source is gone.
        pipe.broken()?;
    }
}

/// The files beside the root, which the host looks up.
struct BesideRoot(Rc<Pipe>);

impl Siblings for BesideRoot {
    fn open(&self, path: &[u8]) -> Option<Rc<dyn Bytes>> {
        let (file, size) = self.0.beside(&escape_path(path))?;
        Some(Rc::new(Asked::new(Rc::clone(&self.0), file, size)))
    }
}

fn list(tree: &Tree, pipe: &Rc<Pipe>) -> io::Result<()> {
    let mut out = Lines::new(pipe);
    let listed = tree.list(&mut |listed| {
        let told = match listed {
            Listed::Node(node) if !matches!(node.found.kind, What::File | What::Volume) => Ok(()),
            Listed::Node(node) => out.add(Kind::Entries, &line(&node)),
            Listed::Problem(problem) => out.problem(problem),
            Listed::Opened { path, place, formats, stored } => {
                let stored =
                    stored.into_iter().map(|Stored { algorithm, value }| (algorithm, value));
                let path = escape_path(&path);
                out.add(
                    Kind::Opened,
                    &Container { path, formats, stored: stored.collect(), place, verified: None },
                )
            }
        };
        if told.is_ok() { Go::On } else { Go::Stop }
    });
    if let Err(fault) = listed {
        out.problem(fault.problem(""))?;
    }
    out.finish()?;
    pipe.say(Kind::Done, &[])
}

fn line(node: &amparo_containers::Node) -> TreeEntry {
    TreeEntry {
        path: escape_path(&node.found.path),
        size: node.found.size,
        place: node.place.clone(),
        deleted: node.found.deleted,
        modified_at: node.found.modified_at,
    }
}

/// Gathers lines of one kind into frames.
struct Lines<'p> {
    pipe: &'p Pipe,
    kind: Kind,
    body: Vec<u8>,
    problems: usize,
}

impl<'p> Lines<'p> {
    fn new(pipe: &'p Pipe) -> Self {
        Self { pipe, kind: Kind::Entries, body: Vec::new(), problems: 0 }
    }

    fn add(&mut self, kind: Kind, item: &impl Serialize) -> io::Result<()> {
        if kind != self.kind || self.body.len() >= BATCH {
            self.send()?;
            self.pipe.flush()?;
            self.kind = kind;
        }
        self.body.push(if self.body.is_empty() { b'[' } else { b',' });
        serde_json::to_writer(&mut self.body, item)?;
        Ok(())
    }

    fn problem(&mut self, problem: Problem) -> io::Result<()> {
        self.problems += 1;
        if self.problems <= PROBLEMS { self.add(Kind::Problems, &shorter(problem)) } else { Ok(()) }
    }

    fn send(&mut self) -> io::Result<()> {
        if self.body.is_empty() {
            return Ok(());
        }
        self.body.push(b']');
        self.pipe.say(self.kind, &self.body)?;
        self.body.clear();
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        if let Some(more) = self.problems.checked_sub(PROBLEMS).filter(|more| *more > 0) {
            let what = format!("{more} more problems, which are not told one by one");
            self.add(Kind::Problems, &Fault::Limit { what }.problem(""))?;
        }
        self.send()
    }
}

/// Words for people need no more.
fn shorter(mut problem: Problem) -> Problem {
    const MAX_BYTES: usize = 4_096;
    for text in [&mut problem.subject, &mut problem.detail] {
        text.truncate(text.floor_char_boundary(MAX_BYTES));
    }
    problem
}

fn read(tree: &Tree, request: &ReadRequest, pipe: &Pipe) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    for part in &request.parts {
        let end = match read_part(tree, part, &mut buffer, pipe)? {
            Ok(complaints) => {
                let problem = |fault: &Fault| shorter(fault.problem(&part.path));
                ReadEnd { problems: complaints.iter().map(problem).collect(), failed: None }
            }
            Err(fault) => {
                let failed = Some(shorter(fault.problem(&part.path)));
                ReadEnd { problems: Vec::new(), failed }
            }
        };
        pipe.say(Kind::ReadEnd, &serde_json::to_vec(&end)?)?;
    }
    Ok(())
}

/// Sends the bytes of one part; what is wrong with them besides.
fn read_part(
    tree: &Tree,
    part: &EntryPart,
    buffer: &mut [u8],
    pipe: &Pipe,
) -> io::Result<Result<Vec<Fault>, Fault>> {
    let path = unescape_path(&part.path).unwrap_or_default();
    let bytes = match tree.open(&path, &part.place) {
        Ok(bytes) => bytes,
        Err(fault) => return Ok(Err(fault)),
    };
    let (mut at, mut left) = (part.at, part.length);
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(into) = buffer.get_mut(..most) else { break };
        let count = match bytes.read_at(at, into) {
            Ok(0) => break,
            Ok(count) => count,
            Err(fault) => return Ok(Err(fault)),
        };
        pipe.say(Kind::Content, into.get(..count).unwrap_or_default())?;
        at = at.saturating_add(count as u64);
        left = left.saturating_sub(count as u64);
    }
    Ok(Ok(bytes.complaints()))
}
