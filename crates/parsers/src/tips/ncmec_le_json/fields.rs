//! Walks over a report and keeps account of what was used, so that nothing is lost: whatever is
//! left goes to the revision's unknown keys, pointer to raw text.

use crate::json::{Node, Object, step};
use crate::tip_parts;
use std::collections::BTreeMap;

/// The members of one object of a report, with a mark on those that were understood.
#[derive(Debug, Default)]
pub(super) struct Fields<'a> {
    pointer: String,
    object: Object<'a>,
    used: Vec<bool>,
}

/// A value with its pointer, relative to the report.
#[derive(Debug)]
pub(super) struct At<'a> {
    /// The value.
    pub(super) node: Node<'a>,
    /// Its pointer.
    pub(super) pointer: String,
}

/// Follows the pointer of a key that occurs more than once in its object.
pub(super) const REPEATED: &str = " (occurrence ";
/// Follows the pointer of an object that breaks off.
pub(super) const DAMAGED: &str = " (damaged)";

/// Pointer to raw text.
pub(super) type Unknown = BTreeMap<String, String>;

impl<'a> Fields<'a> {
    pub(super) fn new(pointer: &str, node: &Node<'a>) -> Self {
        let object = node.object();
        let used = vec![false; object.members.len()];
        Self { pointer: pointer.to_owned(), object, used }
    }

    /// The stated value under the key, marked as used. `null`, `"N/A"`, blank and empty containers
    /// are used up and give nothing. Of a repeated key the last counts; the others stay unused.
    pub(super) fn take(&mut self, key: &str) -> Option<At<'a>> {
        let index = self.object.members.iter().rposition(|(name, _)| name == key)?;
        *self.used.get_mut(index)? = true;
        let node = self.object.members.get(index)?.1;
        stated(&node).then(|| At { node, pointer: step(&self.pointer, key) })
    }

    /// Takes a plain value; a container under the key stays unused and so becomes unknown.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let at = self.take(key)?;
        let text = at.node.text();
        if text.is_none() {
            self.put_back(key);
        }
        text.map(|text| text.trim().to_owned())
    }

    /// A plain value that is used and also kept raw.
    pub(super) fn text_kept(&mut self, key: &str) -> Option<String> {
        let text = self.text(key)?;
        self.put_back(key);
        Some(text)
    }

    /// Takes an object; anything else under the key stays unused.
    pub(super) fn nested(&mut self, key: &str) -> Fields<'a> {
        match self.take(key) {
            Some(at) if at.node.is_object() => Fields::new(&at.pointer, &at.node),
            Some(_) => {
                self.put_back(key);
                Fields::default()
            }
            None => Fields::default(),
        }
    }

    /// The elements under the key. Lists come bare or, as often, inside an object that holds a list
    /// of the same or another name (`reportedPeople.reportedPersons`); one object may stand alone.
    pub(super) fn list(&mut self, key: &str, inner: &str, unknown: &mut Unknown) -> Vec<At<'a>> {
        let Some(at) = self.take(key) else { return Vec::new() };
        if at.node.is_array() {
            return elements(&at);
        }
        if !at.node.is_object() {
            return vec![at];
        }
        let mut wrapper = Fields::new(&at.pointer, &at.node);
        if !wrapper.object.members.iter().any(|(name, _)| name == inner) {
            return vec![at];
        }
        let list = match wrapper.take(inner) {
            Some(list) if list.node.is_array() => elements(&list),
            Some(single) => vec![single],
            None => Vec::new(),
        };
        wrapper.finish(unknown);
        list
    }

    /// Drops the named keys where nothing is stated; stated ones stay and become unknown.
    pub(super) fn drop_unstated(&mut self, keys: &[&str]) {
        for key in keys {
            if self.take(key).is_some() {
                self.put_back(key);
            }
        }
    }

    /// The names of the members.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.object.members.iter().map(|(key, _)| &**key)
    }

    /// Hands over what was not used.
    pub(super) fn finish(self, unknown: &mut Unknown) {
        for (index, (key, node)) in self.object.members.iter().enumerate() {
            if self.used.get(index) == Some(&true) {
                continue;
            }
            let same = |other: &&(_, _)| other.0 == *key;
            let mut pointer = step(&self.pointer, key);
            if self.object.members.iter().filter(same).count() > 1 {
                let earlier = self.object.members.iter().take(index).filter(same).count();
                pointer = format!("{pointer}{REPEATED}{})", earlier + 1);
            }
            unknown.insert(pointer, node.raw_text());
        }
        if let Some(fault) = self.object.fault {
            unknown.insert(format!("{}{DAMAGED}", self.pointer), fault.to_string());
        }
    }

    fn put_back(&mut self, key: &str) {
        let index = self.object.members.iter().rposition(|(name, _)| name == key);
        if let Some(used) = index.and_then(|index| self.used.get_mut(index)) {
            *used = false;
        }
    }
}

impl<'a> At<'a> {
    /// The members, when it is an object.
    pub(super) fn fields(&self) -> Fields<'a> {
        Fields::new(&self.pointer, &self.node)
    }

    /// The texts of a list, or the one text that stands where a list could.
    pub(super) fn values(&self, unknown: &mut Unknown) -> Vec<String> {
        if self.node.is_array() {
            return elements(self).iter().filter_map(|at| at.value(unknown)).collect();
        }
        self.value(unknown).into_iter().collect()
    }

    /// The text of `{ "value": ... }` or of a plain value. What else the object holds is unknown.
    pub(super) fn value(&self, unknown: &mut Unknown) -> Option<String> {
        if !self.node.is_object() {
            let text = self.node.text().map(|text| text.trim().to_owned());
            if text.is_none() {
                unknown.insert(self.pointer.clone(), self.node.raw_text());
            }
            return text;
        }
        let mut fields = self.fields();
        let text = fields.text("value");
        fields.finish(unknown);
        text
    }
}

fn elements<'a>(list: &At<'a>) -> Vec<At<'a>> {
    let items = list.node.items().enumerate();
    let at = |(index, node)| At { node, pointer: step(&list.pointer, index) };
    items.map(|(index, item)| at((index, item.node))).filter(|at| stated(&at.node)).collect()
}

/// Readers of this format agree that these all mean "not stated".
fn stated(node: &Node) -> bool {
    match node.text() {
        Some(text) => tip_parts::is_stated(&text),
        None => node.items().next().is_some(),
    }
}
