//! Containers inside containers, as one tree of paths.
//!
//! A path says where each container begins with `//`: `phone.zip//data/backup.tar//photo.jpg`. An
//! image of a medium adds no folder of its own, a volume does: `disk.E01//p1//Users/a.txt`. Beside
//! its path an entry has its place, one address for each container on the way, so that it is found
//! again without a listing.

mod beside;

use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::format::{Container, Image, Opened, Opening, Secrets, Siblings, Stored};
use crate::formats::{FORMATS, recognise};
use crate::found::{Found, Go, Kind};
use crate::limits::Limits;
use amparo_model::Problem;
use beside::Beside;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// Between the path of a container and what lies in it.
pub const INSIDE: &[u8] = b"//";
/// Name of a medium in which nothing was recognised.
const MEDIUM: &[u8] = b"medium";
/// Opened containers kept for the next entry.
const KEPT: usize = 8;

/// One entry with its way through the containers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The entry; its path is complete from the root's inside on.
    pub found: Found,
    /// One address for each container, the root's first.
    pub place: Vec<u64>,
    /// The formats on the way, as `id/version`, the root's first.
    pub formats: Vec<String>,
}

/// What [`Tree::list`] tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// An entry.
    Node(Node),
    /// What could not be read; the subject is a path as of [`Node`], not yet escaped text.
    Problem(Problem),
    /// A hash that an image states of its medium, with the path of the image.
    Stored(Vec<u8>, Stored),
}

/// A root file and everything inside it.
pub struct Tree {
    root: Rc<dyn Bytes>,
    name: Vec<u8>,
    siblings: Rc<dyn Siblings>,
    secrets: Secrets,
    limits: Limits,
    kept: RefCell<VecDeque<(Vec<u64>, Rc<Layer>)>>,
}

/// An opened container, with what its images said on the way.
struct Layer {
    inside: Inside,
    formats: Vec<String>,
    stored: Vec<Stored>,
    problems: Vec<Problem>,
}

enum Inside {
    Entries(Rc<dyn Container>),
    /// An image whose medium holds nothing known.
    Medium(Rc<dyn Bytes>),
}

impl Tree {
    /// A root file. Nothing is read yet.
    #[must_use]
    pub fn new(
        name: Vec<u8>,
        root: Rc<dyn Bytes>,
        siblings: Rc<dyn Siblings>,
        secrets: Secrets,
        limits: Limits,
    ) -> Self {
        Self { root, name, siblings, secrets, limits, kept: RefCell::default() }
    }

    /// Every entry and problem. What lies directly in a container comes before what lies in
    /// containers inside it, so that the nearest is known first.
    ///
    /// # Errors
    /// [`Fault`] when the root is no container that is read here.
    pub fn list(&self, report: &mut dyn FnMut(Listed) -> Go) -> Result<(), Fault> {
        let root = self.layer(&[], &[])?;
        let mut waiting = VecDeque::from([(Vec::new(), Vec::new(), root)]);
        while let Some((path, place, layer)) = waiting.pop_front() {
            let mut inner = Vec::new();
            if self.list_one(&path, &place, &layer, &mut inner, report) == Go::Stop {
                return Ok(());
            }
            for node in inner {
                match self.layer(&node.found.path, &node.place) {
                    Ok(layer) => waiting.push_back((node.found.path, node.place, layer)),
                    Err(fault) => {
                        let subject = String::from_utf8_lossy(&node.found.path).into_owned();
                        if report(Listed::Problem(fault.problem(&subject))) == Go::Stop {
                            return Ok(());
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The bytes of an entry that was listed with this path and place.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn open(&self, path: &[u8], place: &[u64]) -> Result<Rc<dyn Bytes>, Fault> {
        let Some((address, above)) = place.split_last() else {
            return Ok(Rc::clone(&self.root));
        };
        let above_path = container_path(path).unwrap_or_default();
        match &self.layer(above_path, above)?.inside {
            Inside::Entries(container) => container.open(*address),
            Inside::Medium(bytes) => Ok(Rc::clone(bytes)),
        }
    }

    fn list_one(
        &self,
        path: &[u8],
        place: &[u64],
        layer: &Layer,
        inner: &mut Vec<Node>,
        report: &mut dyn FnMut(Listed) -> Go,
    ) -> Go {
        for stored in &layer.stored {
            if report(Listed::Stored(path.to_vec(), stored.clone())) == Go::Stop {
                return Go::Stop;
            }
        }
        for problem in &layer.problems {
            if report(Listed::Problem(below(path, problem.clone()))) == Go::Stop {
                return Go::Stop;
            }
        }
        let container = match &layer.inside {
            Inside::Entries(container) => container,
            Inside::Medium(bytes) => {
                let found = Found {
                    path: join(path, MEDIUM),
                    kind: Kind::File,
                    size: bytes.len(),
                    address: 0,
                    deleted: false,
                    modified_at: None,
                };
                return report(Listed::Node(self.node(found, place, layer)));
            }
        };
        let (mut entries, mut ended) = (0, Go::On);
        container.list(&mut |found| {
            entries += 1;
            if entries > self.limits.entries {
                let what = format!("more than {} entries", self.limits.entries);
                let fault = Fault::Limit { what };
                ended = report(Listed::Problem(fault.problem(&String::from_utf8_lossy(path))));
                return Go::Stop;
            }
            ended = self.list_entry(path, place, layer, found, inner, report);
            ended
        });
        ended
    }

    fn list_entry(
        &self,
        path: &[u8],
        place: &[u64],
        layer: &Layer,
        found: Result<Found, Problem>,
        inner: &mut Vec<Node>,
        report: &mut dyn FnMut(Listed) -> Go,
    ) -> Go {
        let mut found = match found {
            Ok(found) => found,
            Err(problem) => return report(Listed::Problem(below(path, problem))),
        };
        if found.path.len() > self.limits.path_bytes {
            let what = format!("a path of {} bytes", found.path.len());
            let subject = String::from_utf8_lossy(path).into_owned();
            return report(Listed::Problem(Fault::Limit { what }.problem(&subject)));
        }
        let worth = worth_opening(&found);
        found.path = join(path, &clean(&found.path));
        let node = self.node(found, place, layer);
        if !worth {
            return report(Listed::Node(node));
        }
        // What only has the name of a container is an ordinary file.
        let opens = self.recognised(&node);
        let is_volume = node.found.kind == Kind::Volume;
        if opens {
            inner.push(node.clone());
        }
        if opens && is_volume { Go::On } else { report(Listed::Node(node)) }
    }

    fn recognised(&self, node: &Node) -> bool {
        let bytes = self.open(&node.found.path, &node.place);
        bytes.is_ok_and(|bytes| !recognise(&*bytes).is_empty())
    }

    fn node(&self, found: Found, place: &[u64], layer: &Layer) -> Node {
        let place = [place, &[found.address]].concat();
        Node { found, place, formats: layer.formats.clone() }
    }

    /// The container at a place, opened or kept.
    fn layer(&self, path: &[u8], place: &[u64]) -> Result<Rc<Layer>, Fault> {
        let kept = self.kept.borrow().iter().find(|(at, _)| at == place).map(|(_, l)| Rc::clone(l));
        if let Some(layer) = kept {
            return Ok(layer);
        }
        if place.len() > self.limits.depth as usize * 2 {
            let what = format!("containers nested deeper than {}", self.limits.depth);
            return Err(Fault::Limit { what });
        }
        let layer = Rc::new(self.open_layer(path, place)?);
        let mut kept = self.kept.borrow_mut();
        kept.push_front((place.to_vec(), Rc::clone(&layer)));
        kept.truncate(KEPT);
        Ok(layer)
    }

    fn open_layer(&self, path: &[u8], place: &[u64]) -> Result<Layer, Fault> {
        let mut bytes = self.open(path, place)?;
        let (mut name, mut siblings) = (self.name.clone(), Rc::clone(&self.siblings));
        let (mut formats, parent) = match place.split_last() {
            None => (Vec::new(), None),
            Some((_, above)) => {
                let parent = self.layer(container_path(path).unwrap_or_default(), above)?;
                (parent.formats.clone(), Some(parent))
            }
        };
        if let Some(Inside::Entries(container)) = parent.as_ref().map(|parent| &parent.inside) {
            let inside = path_inside(path);
            name = name_of(inside).to_vec();
            siblings = Rc::new(Beside::new(Rc::clone(container), folder_of(inside)));
        }
        let (mut stored, mut problems) = (Vec::new(), Vec::new());
        for _ in 0..self.limits.depth {
            let (id, opened) = self.open_best(&bytes, &name, &siblings)?;
            if let Some(id) = id {
                formats.push(id);
            }
            match opened {
                Some(Opened::Entries(container)) => {
                    return Ok(Layer {
                        inside: Inside::Entries(container),
                        formats,
                        stored,
                        problems,
                    });
                }
                Some(Opened::Image(Image { bytes: medium, stored: states, problems: found })) => {
                    bytes = medium;
                    stored.extend(states);
                    problems.extend(found);
                }
                None if formats.is_empty() => {
                    return Err(Fault::unsupported("no container known here"));
                }
                None => {
                    return Ok(Layer { inside: Inside::Medium(bytes), formats, stored, problems });
                }
            }
        }
        Err(Fault::Limit { what: format!("images nested deeper than {}", self.limits.depth) })
    }

    /// The first recognised format that opens. The last fault is told when none does.
    fn open_best(
        &self,
        bytes: &Rc<dyn Bytes>,
        name: &[u8],
        siblings: &Rc<dyn Siblings>,
    ) -> Result<(Option<String>, Option<Opened>), Fault> {
        let mut last = None;
        for format in recognise(&**bytes) {
            let opening = Opening {
                bytes: Rc::clone(bytes),
                name: name.to_vec(),
                siblings: Rc::clone(siblings),
                secrets: &self.secrets,
                limits: self.limits,
            };
            match format.open(opening) {
                Ok(opened) => {
                    let spec = format.spec();
                    return Ok((Some(format!("{}/{}", spec.id, spec.version)), Some(opened)));
                }
                Err(fault) => last = Some(fault),
            }
        }
        last.map_or(Ok((None, None)), Err)
    }
}

/// Whether a file with this name is worth a look inside.
#[must_use]
pub fn named_like_container(name: &[u8]) -> bool {
    let name = name_of(name).to_ascii_lowercase();
    let ends = |suffix: &&str| name.ends_with(suffix.as_bytes());
    FORMATS.iter().any(|format| format.spec().suffixes.iter().any(ends))
}

fn worth_opening(found: &Found) -> bool {
    match found.kind {
        Kind::Volume => true,
        Kind::File => !found.deleted && found.size > 0 && named_like_container(&found.path),
        Kind::Folder | Kind::Other => false,
    }
}

/// Without what would look like the mark of an inner container, or climb out of it.
fn clean(path: &[u8]) -> Vec<u8> {
    let parts = path.split(|byte| *byte == b'/');
    let kept: Vec<&[u8]> = parts.filter(|part| !matches!(*part, b"" | b"." | b"..")).collect();
    kept.join(&b'/')
}

fn join(container: &[u8], path: &[u8]) -> Vec<u8> {
    if container.is_empty() { path.to_vec() } else { [container, INSIDE, path].concat() }
}

fn below(path: &[u8], mut problem: Problem) -> Problem {
    let path = String::from_utf8_lossy(path);
    problem.subject = match (path.is_empty(), problem.subject.is_empty()) {
        (true, _) => problem.subject,
        (false, true) => path.into_owned(),
        (false, false) => format!("{path}//{}", problem.subject),
    };
    problem
}

/// The path of the container that holds this entry; `None` for what lies in the root.
fn container_path(path: &[u8]) -> Option<&[u8]> {
    let at = path.windows(INSIDE.len()).rposition(|two| two == INSIDE)?;
    path.get(..at)
}

fn path_inside(path: &[u8]) -> &[u8] {
    let from = container_path(path).map_or(0, |above| above.len() + INSIDE.len());
    path.get(from..).unwrap_or_default()
}

fn name_of(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}

fn folder_of(path: &[u8]) -> &[u8] {
    let name = name_of(path).len();
    path.get(..path.len().saturating_sub(name)).unwrap_or_default()
}
