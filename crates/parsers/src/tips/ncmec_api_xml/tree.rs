//! A document as a tree from which values are taken; what is left over goes to the unknown paths.

use crate::Unsound;
use crate::list::window::Window;
use crate::list::xml::{Step, Xml};
use crate::tip_parts::{is_stated, stated};
use amparo_model::{Place, ProblemKind, Stated};
use std::collections::{BTreeMap, HashMap};

/// Elements read of one document.
const MAX_ELEMENTS: usize = 1_000_000;

/// Path to text.
pub(super) type Unknown = BTreeMap<String, String>;

/// One element with all that it holds. Names are compared without regard to case.
#[derive(Debug, Default)]
pub(super) struct Element {
    name: String,
    path: String,
    start: u64,
    end: u64,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

/// Elements whose path starts anew: what a wrapper is called does not matter.
const STARTS: [&str; 4] = ["report", "fileDetails", "reportResponse", "reportDoneResponse"];

/// What stopped the reading.
pub(super) type Fault = (ProblemKind, String);

/// The root and what is wrong with the document. Of a wrapper that breaks off, what is whole stays;
/// of a report that breaks off, nothing does.
pub(super) fn read(text: &[u8]) -> (Option<Element>, Option<Fault>) {
    let mut source = text;
    let mut builder = Builder::default();
    let fault = match Xml::new(Window::new(&mut source)) {
        Ok(mut xml) => builder.run(&mut xml).err(),
        Err(error) => Some(error),
    };
    let fault = fault.map(|error| match error {
        Unsound::Malformed(why) => {
            (ProblemKind::Malformed, format!("the document breaks off or is damaged: {why}"))
        }
        Unsound::Unsupported(why) => (ProblemKind::Unsupported, why),
        Unsound::Limit(why) => (ProblemKind::Limit, why),
        Unsound::Io(error) => (ProblemKind::Unreadable, error.to_string()),
    });
    (builder.root(), fault)
}

#[derive(Default)]
struct Builder {
    open: Vec<(Element, HashMap<String, usize>)>,
    root: Option<Element>,
    count: usize,
}

impl Builder {
    fn run(&mut self, xml: &mut Xml) -> Result<(), Unsound> {
        loop {
            match xml.next()? {
                Step::Open(name, attributes) => self.begin(name, attributes, xml.start())?,
                Step::Text(text) => {
                    if let Some((element, _)) = self.open.last_mut() {
                        element.text.push_str(&text);
                    }
                }
                Step::Close => self.end(xml.end()),
                Step::End => return Ok(()),
            }
        }
    }

    fn begin(
        &mut self,
        name: String,
        mut attributes: Vec<(String, String)>,
        start: u64,
    ) -> Result<(), Unsound> {
        attributes.retain(|(name, _)| name != "xmlns");
        self.count += 1;
        if self.count > MAX_ELEMENTS {
            return Err(Unsound::Limit(format!("over {MAX_ELEMENTS} elements")));
        }
        let mut path = String::new();
        let mut step = format!("/{name}");
        if let Some((parent, seen)) = self.open.last_mut() {
            let turn = seen.entry(name.clone()).or_default();
            *turn += 1;
            if *turn > 1 && name != "report" {
                step = format!("{step}[{turn}]");
            }
            path.clone_from(&parent.path);
        }
        let path = if STARTS.contains(&name.as_str()) { step } else { path + &step };
        let element = Element { name, path, start, attributes, ..Element::default() };
        self.open.push((element, HashMap::new()));
        Ok(())
    }

    fn end(&mut self, end: u64) {
        let Some((mut element, _)) = self.open.pop() else { return };
        element.end = end;
        match self.open.last_mut() {
            Some((parent, _)) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    /// The root, or as much of a wrapper as was whole before a fault.
    fn root(self) -> Option<Element> {
        let unfinished = self.open.into_iter().map(|(element, _)| element);
        let wrappers = unfinished.take_while(|element| !STARTS.contains(&element.name.as_str()));
        let children = wrappers.flat_map(|element| element.children).collect();
        self.root.or(Some(Element { children, ..Element::default() }))
    }
}

impl Element {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn place(&self) -> Place {
        Place::Bytes { start: self.start, end: self.end }
    }

    pub(super) fn children(self) -> Vec<Element> {
        self.children
    }

    /// The number that the element states of the report, as attribute or child.
    pub(super) fn number(&mut self) -> Option<String> {
        let attribute = self.attribute("reportId");
        let child = self.peek("reportId");
        if child.is_some() {
            self.take("reportId");
        }
        attribute.or(child)
    }

    /// The text of a child that stays where it is.
    pub(super) fn peek(&self, name: &str) -> Option<String> {
        let child = self.children.iter().find(|child| child.is(name))?;
        child.value()
    }

    /// Takes the first child of this name.
    pub(super) fn take(&mut self, name: &str) -> Option<Element> {
        let at = self.children.iter().position(|child| child.is(name))?;
        Some(self.children.remove(at))
    }

    /// Takes the children of this name.
    pub(super) fn all(&mut self, name: &str) -> Vec<Element> {
        let (found, rest) =
            std::mem::take(&mut self.children).into_iter().partition(|child| child.is(name));
        self.children = rest;
        found
    }

    /// Takes an attribute; blank is not stated.
    pub(super) fn attribute(&mut self, name: &str) -> Option<String> {
        let at = self.attributes.iter().position(|(key, _)| key.eq_ignore_ascii_case(name))?;
        let (_, value) = self.attributes.remove(at);
        is_stated(&value).then(|| value.trim().to_owned())
    }

    /// The text of the first child of this name; a second one stays and becomes unknown.
    pub(super) fn text(&mut self, name: &str, unknown: &mut Unknown) -> Option<String> {
        self.take(name)?.leaf(unknown)
    }

    /// The texts of the children of this name.
    pub(super) fn texts(&mut self, name: &str, unknown: &mut Unknown) -> Vec<String> {
        self.all(name).into_iter().filter_map(|child| child.leaf(unknown)).collect()
    }

    /// A mark: an empty element says yes, `true` and `false` say what they say, and anything else
    /// is kept.
    pub(super) fn flag(&mut self, name: &str, unknown: &mut Unknown) -> Stated {
        self.take(name).map_or(Stated::NotStated, |child| child.mark(unknown))
    }

    /// See [`Element::flag`].
    pub(super) fn mark(self, unknown: &mut Unknown) -> Stated {
        let says = match self.text.trim() {
            "" if self.children.is_empty() => Stated::Yes,
            text => stated(text),
        };
        match says {
            Stated::NotStated => self.keep(unknown),
            _ => drop(self.leaf(unknown)),
        }
        says
    }

    /// The element's own text; what else it holds is unknown.
    pub(super) fn leaf(mut self, unknown: &mut Unknown) -> Option<String> {
        let value = self.value();
        self.text.clear();
        self.finish(unknown);
        value
    }

    /// Hands over what was not taken.
    pub(super) fn finish(self, unknown: &mut Unknown) {
        if is_stated(&self.text) {
            unknown.insert(self.path.clone(), self.text.trim().to_owned());
        }
        for (name, value) in self.attributes {
            if !name.to_ascii_lowercase().ends_with("schemalocation") {
                unknown.insert(format!("{}/@{name}", self.path), value);
            }
        }
        for child in self.children {
            child.keep(unknown);
        }
    }

    /// Hands over the whole element; that it is there is kept even when it is empty.
    pub(super) fn keep(self, unknown: &mut Unknown) {
        if self.attributes.is_empty() && self.children.is_empty() {
            unknown.insert(self.path, self.text.trim().to_owned());
        } else {
            self.finish(unknown);
        }
    }

    fn value(&self) -> Option<String> {
        is_stated(&self.text).then(|| self.text.trim().to_owned())
    }

    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}
