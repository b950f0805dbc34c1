//! The referral as a graph in CASE/UCO 1.5 with terms of the CAC ontology 3.0, as JSON-LD.
//!
//! Any unit with tools for these ontologies can read it without this program. What they have no
//! word for (PDQ) uses two terms under this project's own prefix. `shapes.rs` checks natively what
//! the ontologies' own validators demand most often. To add a concept: a function in `actors.rs`,
//! `material.rs` or `frame.rs`, a call in [`write`], a line in `shapes.rs`, and a run of the
//! CASE and CAC validators over the golden file.

mod actors;
mod frame;
mod graph;
mod material;
mod shapes;

use crate::canonical;
use crate::draft::Draft;
use crate::facts::TipFacts;
use graph::{BASE, Graph, Id};
use serde_json::{Value, json};

/// Why the graph was not written.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// The draft names nobody that a graph could be about.
    #[error("field 9 names no account and no identifier")]
    NoSubject,
    /// The graph would not pass the validators.
    #[error("the graph breaks the ontology: {}", .0.join("; "))]
    Shape(Vec<String>),
    /// It cannot be written as JSON.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}

/// Writes the graph of a draft: the same bytes for the same draft.
///
/// # Errors
/// [`GraphError`].
pub fn write(draft: &Draft) -> Result<Vec<u8>, GraphError> {
    let mut graph = Graph::default();
    let (sender, addressee) = (
        actors::unit(&mut graph, &draft.sender.authority),
        actors::unit(&mut graph, &draft.addressee.authority),
    );
    let marking = frame::marking(&mut graph, draft);
    let objects = facts(&mut graph, draft, &sender, &marking)?;
    let referral = frame::referral(&mut graph, draft, (&sender, &addressee), &objects, &marking);
    let authorisations = frame::authorisations(&mut graph, draft);
    let all = [objects, vec![referral]].concat();
    frame::investigation(&mut graph, draft, &authorisations, &all, &marking);
    let nodes = graph.into_nodes();
    let broken = shapes::check(&nodes);
    if !broken.is_empty() {
        return Err(GraphError::Shape(broken));
    }
    Ok(canonical::pretty(&json!({ "@context": context(), "@graph": nodes }))?)
}

/// Writes the graph of tips alone: the same bytes for the same tips.
///
/// # Errors
/// [`GraphError::Shape`] or [`GraphError::Json`].
pub fn write_tips(tips: &[TipFacts]) -> Result<Vec<u8>, GraphError> {
    let mut graph = Graph::default();
    for tip in tips {
        frame::tip(&mut graph, tip, None);
    }
    let nodes = graph.into_nodes();
    let broken = shapes::check(&nodes);
    if !broken.is_empty() {
        return Err(GraphError::Shape(broken));
    }
    Ok(canonical::pretty(&json!({ "@context": context(), "@graph": nodes }))?)
}

/// Everything that evidence and tips say; the ids, sorted.
fn facts(
    graph: &mut Graph,
    draft: &Draft,
    sender: &Id,
    marking: &Id,
) -> Result<Vec<Id>, GraphError> {
    let markings = std::slice::from_ref(marking);
    let mut ids = Vec::new();
    for party in draft.subjects.iter().chain(&draft.owners) {
        ids.extend(actors::party(graph, party));
    }
    let subject =
        draft.subjects.iter().find_map(|party| actors::party(graph, party).into_iter().next());
    let subject = subject.ok_or(GraphError::NoSubject)?;
    for row in &draft.ledger {
        ids.extend(material::transfer(graph, row, markings));
    }
    for statement in &draft.novelty.statements {
        ids.extend(material::novelty(graph, draft, statement, sender));
    }
    for event in &draft.events {
        ids.extend(actors::technical_event(graph, event, &subject));
    }
    for exhibit in &draft.exhibits {
        ids.extend(frame::exhibit(graph, draft, exhibit, sender));
    }
    let (referral, case) = (frame::referral_id(draft), frame::case_id(draft));
    for tip in &draft.tips {
        ids.extend(frame::tip(graph, tip, Some((&referral, &case))));
    }
    ids.extend(draft.locations.iter().map(|belief| actors::location(graph, belief)));
    ids.extend(actors::children(graph, draft));
    ids.extend(frame::signals(graph, draft, &subject));
    ids.sort();
    ids.dedup();
    Ok(ids)
}

/// Prefixes. Versions: CASE/UCO 1.5.0, CAC 3.0.0.
fn context() -> Value {
    const UCO: &str = "https://ontology.unifiedcyberontology.org/uco/";
    const CAC: &str = "https://cacontology.projectvic.org";
    json!({
        "kb": format!("{BASE}kb/"),
        "amparo": format!("{BASE}terms#"),
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "gufo": "http://purl.org/nemo/gufo#",
        "case-investigation": "https://ontology.caseontology.org/case/investigation/",
        "uco-action": format!("{UCO}action/"),
        "uco-core": format!("{UCO}core/"),
        "uco-identity": format!("{UCO}identity/"),
        "uco-location": format!("{UCO}location/"),
        "uco-marking": format!("{UCO}marking/"),
        "uco-observable": format!("{UCO}observable/"),
        "uco-tool": format!("{UCO}tool/"),
        "uco-types": format!("{UCO}types/"),
        "cac-core": format!("{CAC}/core#"),
        "cacontology": format!("{CAC}#"),
        "cacontology-detection": format!("{CAC}/detection#"),
        "cacontology-hotlines": format!("{CAC}/hotlines#"),
        "cacontology-international": format!("{CAC}/international#"),
        "cacontology-multi": format!("{CAC}/multi-jurisdiction#"),
    })
}
