//! XML lists as a stream of opened elements, texts and closed elements.
//!
//! No document type is read, so no entity can grow or reach out; nesting, the number of attributes
//! and the size of any single piece are bounded.

use super::Unsound;
use super::window::{MAX_ROW, Window};
use quick_xml::Reader;
use quick_xml::XmlVersion::Implicit1_0;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::PrefixDeclaration;
use std::io::{BufRead, Error, Read, Result as IoResult};

const MAX_DEPTH: usize = 32;
const MAX_ATTRIBUTES: usize = 32;

/// One step through the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// An element begins: local name, and attributes with their local names.
    Open(String, Vec<(String, String)>),
    /// Text inside an element, maybe one of several pieces.
    Text(String),
    /// The element opened last ends.
    Close,
    /// The document is whole and at its end.
    End,
}

/// A document, open at its first byte.
pub(crate) struct Xml<'s> {
    reader: Reader<Capped<'s>>,
    piece: Vec<u8>,
    /// Bytes before the document: a byte order mark.
    skipped: u64,
    before: u64,
    depth: usize,
    rooted: bool,
}

impl<'s> Xml<'s> {
    /// Begins to read.
    pub(crate) fn new(mut window: Window<'s>) -> Result<Self, Unsound> {
        window.skip_mark()?;
        let skipped = window.offset();
        let mut reader = Reader::from_reader(Capped { window, left: MAX_ROW });
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { reader, piece: Vec::new(), skipped, before: skipped, depth: 0, rooted: false })
    }

    /// Offset of the first byte of the last step.
    pub(crate) fn start(&self) -> u64 {
        self.before
    }

    /// One past the last byte of the last step.
    pub(crate) fn end(&self) -> u64 {
        self.skipped + self.reader.buffer_position()
    }

    /// The next step.
    pub(crate) fn next(&mut self) -> Result<Step, Unsound> {
        loop {
            self.before = self.end();
            self.piece.clear();
            self.reader.get_mut().left = MAX_ROW;
            let step = match self.reader.read_event_into(&mut self.piece) {
                Ok(event) => step(&event)?,
                Err(_) if self.reader.get_ref().left == 0 => {
                    return Err(Unsound::Limit("a piece of it is over 1 MiB".to_owned()));
                }
                Err(quick_xml::Error::Io(error)) => {
                    return Err(Unsound::Io(Error::new(error.kind(), error)));
                }
                Err(error) => return Err(self.malformed(&error.to_string())),
            };
            let Some(step) = step else { continue };
            self.count(&step)?;
            return Ok(step);
        }
    }

    fn count(&mut self, step: &Step) -> Result<(), Unsound> {
        match step {
            Step::Open(..) if self.depth == MAX_DEPTH => {
                return Err(Unsound::Limit(format!("nested deeper than {MAX_DEPTH}")));
            }
            Step::Open(..) if self.depth == 0 && self.rooted => {
                return Err(self.malformed("something follows its end"));
            }
            Step::Open(..) => {
                self.depth += 1;
                self.rooted = true;
            }
            Step::Close => self.depth = self.depth.saturating_sub(1),
            Step::Text(text) if self.depth == 0 && !text.trim().is_empty() => {
                return Err(self.malformed("text outside of its elements"));
            }
            Step::End if self.depth > 0 || !self.rooted => {
                return Err(self.malformed("it breaks off"));
            }
            Step::Text(_) | Step::End => {}
        }
        Ok(())
    }

    fn malformed(&self, why: &str) -> Unsound {
        Unsound::Malformed(format!("byte {}: {why}", self.before))
    }
}

fn step(event: &Event) -> Result<Option<Step>, Unsound> {
    let refused = |why: &str| Err(Unsound::Unsupported(why.to_owned()));
    Ok(Some(match event {
        Event::Start(tag) | Event::Empty(tag) => open(tag)?,
        Event::End(_) => Step::Close,
        Event::Text(text) => Step::Text(text.xml10_content().into_owned()),
        Event::CData(text) => Step::Text(text.xml10_content().into_owned()),
        Event::GeneralRef(name) => Step::Text(reference(name)?),
        Event::Eof => Step::End,
        Event::DocType(_) => return refused("it holds a document type, which is not read"),
        Event::Decl(decl) => match decl.encoding() {
            Some(Ok(name)) if !["utf-8", "us-ascii"].contains(&&*name.to_ascii_lowercase()) => {
                return refused("it is not in UTF-8; convert it first");
            }
            _ => return Ok(None),
        },
        Event::Comment(_) | Event::PI(_) => return Ok(None),
    }))
}

fn open(tag: &BytesStart) -> Result<Step, Unsound> {
    let broken = || Unsound::Malformed("an element has broken attributes".to_owned());
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|_| broken())?;
        if attributes.len() == MAX_ATTRIBUTES {
            return Err(Unsound::Limit(format!("over {MAX_ATTRIBUTES} attributes")));
        }
        if matches!(attribute.key.as_namespace_binding(), Some(PrefixDeclaration::Named(_))) {
            // Names are compared without their prefix, so what a prefix stands for says nothing.
            continue;
        }
        let value = attribute.normalized_value(Implicit1_0).map_err(|_| broken())?;
        let name = attribute.key.local_name().into_inner().to_owned();
        attributes.push((name, value.into_owned()));
    }
    Ok(Step::Open(tag.local_name().into_inner().to_owned(), attributes))
}

/// A character by number, or one of the five names that XML itself has.
fn reference(name: &BytesRef) -> Result<String, Unsound> {
    if let Ok(Some(letter)) = name.resolve_char_ref() {
        return Ok(letter.to_string());
    }
    let known = resolve_predefined_entity(name).map(str::to_owned);
    known.ok_or_else(|| Unsound::Unsupported("it uses entities, which are not read".to_owned()))
}

/// Gives out no more than so many bytes, so that no piece of the document grows without bound.
struct Capped<'s> {
    window: Window<'s>,
    left: usize,
}

impl Read for Capped<'_> {
    fn read(&mut self, into: &mut [u8]) -> IoResult<usize> {
        let length = self.left.min(into.len());
        let got = self.window.read(into.get_mut(..length).unwrap_or_default())?;
        self.left -= got;
        Ok(got)
    }
}

impl BufRead for Capped<'_> {
    fn fill_buf(&mut self) -> IoResult<&[u8]> {
        let left = self.left;
        if left == 0 {
            return Err(Error::other("a piece is too long"));
        }
        let bytes = self.window.fill_buf()?;
        Ok(bytes.get(..left.min(bytes.len())).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
        self.window.consume(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Result<Vec<Step>, Unsound> {
        let mut source = text.as_bytes();
        let mut xml = Xml::new(Window::new(&mut source))?;
        let mut steps = Vec::new();
        loop {
            steps.push(xml.next()?);
            if steps.last() == Some(&Step::End) {
                return Ok(steps);
            }
        }
    }

    #[test]
    fn elements_texts_and_references() {
        let found =
            steps("\u{feff}<?xml version=\"1.0\"?><n:a x:b=\"1 &amp; 2\"><c/>&lt;&#65;</n:a>");
        let open = |name: &str| Step::Open(name.to_owned(), Vec::new());
        let attributes = vec![("b".to_owned(), "1 & 2".to_owned())];
        let expect = [
            Step::Open("a".to_owned(), attributes),
            open("c"),
            Step::Close,
            Step::Text("<".to_owned()),
            Step::Text("A".to_owned()),
            Step::Close,
            Step::End,
        ];
        assert_eq!(found.unwrap(), expect);
    }

    #[test]
    fn what_is_not_whole_or_reaches_out_is_refused() {
        let check = |text: &str| assert!(steps(text).is_err(), "{text}");
        check("");
        check("text");
        check("<a>");
        check("<a><b></a></b>");
        check("<a/><b/>");
        check("<a/>x");
        check("<a b=\"1\" b=\"2\"/>");
        check("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>");
        check("<a>&x;</a>");
        check("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>");
        check(&("<a>".repeat(MAX_DEPTH + 1) + &"</a>".repeat(MAX_DEPTH + 1)));
        check(&format!("<a>{}</a>", "x".repeat(MAX_ROW + 1)));
    }
}
