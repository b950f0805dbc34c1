//! Building blocks of the graph: nodes with typed literals and deterministic ids.
//!
//! Ids are UUIDv5 of kind and content, so that the same account, file or message has the same id in
//! every version and every referral of every unit. CASE asks that an IRI ends in a UUID.

use amparo_model::UtcMillis;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Namespace of this project's ids and of the few terms that the ontologies lack.
pub(crate) const BASE: &str = "https://example.org/amparo/";

/// A graph under construction. What is said of one id in several places comes together: types are
/// united, and of two values of one property the first stays.
#[derive(Default)]
pub(crate) struct Graph(BTreeMap<String, Map<String, Value>>);

impl Graph {
    /// Adds a node and returns its id.
    pub(crate) fn add(&mut self, node: Node) -> Id {
        let id = node.id.clone();
        let known = self.0.entry(id.0.clone()).or_default();
        for (property, value) in node.properties {
            match (known.get_mut(&property), value) {
                (Some(Value::Array(types)), Value::Array(more)) if property == "@type" => {
                    let new: Vec<Value> =
                        more.into_iter().filter(|kind| !types.contains(kind)).collect();
                    types.extend(new);
                }
                (Some(_), _) => {}
                (None, value) => {
                    known.insert(property, value);
                }
            }
        }
        id
    }

    /// The nodes in the order of their ids.
    pub(crate) fn into_nodes(self) -> Vec<Value> {
        self.0.into_values().map(Value::Object).collect()
    }
}

/// The id of a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id(String);

impl Id {
    /// The id of the thing of this kind that this key names.
    pub(crate) fn of(kind: &str, key: &str) -> Self {
        let space = Uuid::new_v5(&Uuid::NAMESPACE_URL, BASE.as_bytes());
        let uuid = Uuid::new_v5(&space, format!("{kind}\n{key}").as_bytes());
        Self(format!("kb:{kind}-{uuid}"))
    }

    /// A concept of an ontology (`cacontology-hotlines:status-forwarded`).
    pub(crate) fn concept(name: &str) -> Self {
        Self(name.to_owned())
    }

    fn value(&self) -> Value {
        json!({ "@id": self.0 })
    }
}

/// A node under construction.
pub(crate) struct Node {
    id: Id,
    properties: Map<String, Value>,
}

impl Node {
    /// A node of these types.
    pub(crate) fn new(id: Id, types: &[&str]) -> Self {
        let mut properties = Map::new();
        properties.insert("@id".to_owned(), json!(id.0));
        properties.insert("@type".to_owned(), json!(types));
        Self { id, properties }
    }

    fn with(mut self, property: &str, value: Value) -> Self {
        self.properties.insert(property.to_owned(), value);
        self
    }

    fn typed(self, property: &str, kind: &str, value: &str) -> Self {
        self.with(property, json!({ "@type": kind, "@value": value }))
    }

    /// A label for people, without language tag as the CAC shapes demand.
    pub(crate) fn label(self, text: &str) -> Self {
        self.with("rdfs:label", json!(text))
    }

    /// A plain string.
    pub(crate) fn text(self, property: &str, text: &str) -> Self {
        self.with(property, json!(text))
    }

    /// A plain string, when there is one.
    pub(crate) fn maybe_text(self, property: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(property, text),
            None => self,
        }
    }

    /// `xsd:dateTime`; left out when the time lies outside the calendar.
    pub(crate) fn time(self, property: &str, at: UtcMillis) -> Self {
        match calendar(at) {
            Some(text) => self.typed(property, "xsd:dateTime", &text),
            None => self,
        }
    }

    /// `xsd:dateTime`, when there is one.
    pub(crate) fn maybe_time(self, property: &str, at: Option<UtcMillis>) -> Self {
        match at {
            Some(at) => self.time(property, at),
            None => self,
        }
    }

    /// `xsd:dateTimeStamp`, as the CAC spine wants it.
    pub(crate) fn stamp(self, property: &str, at: UtcMillis) -> Self {
        match calendar(at) {
            Some(text) => self.typed(property, "xsd:dateTimeStamp", &text),
            None => self,
        }
    }

    /// `xsd:integer`.
    pub(crate) fn integer(self, property: &str, value: u64) -> Self {
        self.typed(property, "xsd:integer", &value.to_string())
    }

    /// `xsd:boolean`.
    pub(crate) fn flag(self, property: &str, value: bool) -> Self {
        self.typed(property, "xsd:boolean", if value { "true" } else { "false" })
    }

    /// `xsd:hexBinary`, whose canonical form is upper case.
    pub(crate) fn hex(self, property: &str, value: &str) -> Self {
        self.typed(property, "xsd:hexBinary", &value.to_ascii_uppercase())
    }

    /// A reference to another node.
    pub(crate) fn link(self, property: &str, to: &Id) -> Self {
        self.with(property, to.value())
    }

    /// References to other nodes; left out when there are none.
    pub(crate) fn links(self, property: &str, to: &[Id]) -> Self {
        if to.is_empty() {
            return self;
        }
        let values: Vec<Value> = to.iter().map(Id::value).collect();
        self.with(property, json!(values))
    }
}

fn calendar(at: UtcMillis) -> Option<String> {
    let text = at.to_string();
    text.ends_with('Z').then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_one_thing_comes_together() {
        let mut graph = Graph::default();
        let id = Id::of("file", "x");
        graph.add(Node::new(id.clone(), &["a:A"]).label("first").text("a:p", "1"));
        graph.add(Node::new(id, &["a:A", "a:B"]).label("second").text("a:q", "2"));
        let nodes = graph.into_nodes();
        let node = nodes.first().unwrap();
        assert_eq!(node["@type"], json!(["a:A", "a:B"]));
        assert_eq!((&node["rdfs:label"], &node["a:p"]), (&json!("first"), &json!("1")));
        assert_eq!(node["a:q"], json!("2"));
    }

    #[test]
    fn ids_depend_on_kind_and_content_alone() {
        assert_eq!(Id::of("file", "x"), Id::of("file", "x"));
        assert_ne!(Id::of("file", "x"), Id::of("hash", "x"));
        assert!(Id::of("file", "x").0.starts_with("kb:file-"));
    }
}
