//! The frame around the facts: tips, authorisations, exhibits, the investigation, the referral
//! itself and the handling marking.

use super::actors;
use super::graph::{Graph, Id, Node};
use super::material::{self, Described};
use crate::draft::{Draft, Statement};
use crate::facts::TipFacts;
use amparo_model::{EvidenceItem, PartyRole, TipFile, UtcMillis};

/// The handling codes, as a statement that marks every node that carries case data.
pub(crate) fn marking(graph: &mut Graph, draft: &Draft) -> Id {
    let codes: Vec<&str> = draft.handling.codes.iter().map(|code| code.as_str()).collect();
    let other = draft.handling.other.as_deref().unwrap_or("");
    let words = format!(
        "Handling {} {other}. Permitted use: {}",
        codes.join(" + "),
        draft.handling.permitted_use
    );
    let statement = Node::new(Id::of("statement", &words), &["uco-marking:StatementMarking"])
        .text("uco-marking:definitionType", "statement")
        .text("uco-marking:statement", &words);
    let statement = graph.add(statement);
    let node = Node::new(Id::of("marking", &words), &["uco-marking:MarkingDefinition"]);
    graph.add(
        node.text("uco-marking:definitionType", "statement")
            .links("uco-marking:definition", &[statement]),
    )
}

/// A tip, with whoever reported and received it, its files and its accounts.
///
/// `onward` are the referral that it led to and the case that it belongs to; none for a tip alone.
pub(crate) fn tip(graph: &mut Graph, tip: &TipFacts, onward: Option<(&Id, &Id)>) -> Vec<Id> {
    let revision = &tip.tip;
    let at = revision.received_at.as_ref().and_then(|at| at.utc).unwrap_or(tip.imported_at);
    let reporter = revision.provider.as_deref().unwrap_or("Provider not stated");
    let reporter = actors::organisation(graph, reporter);
    let issuer = issuer(graph, revision.tip.as_str());
    let mut evidence: Vec<Id> = revision
        .files
        .iter()
        .enumerate()
        .map(|(n, file)| tip_file(graph, tip, n, file, at))
        .collect();
    if evidence.is_empty() {
        evidence.push(tip_document(graph, tip, at));
    }
    let key = format!("{} revision {}", revision.tip, tip.revision);
    let types = ["uco-observable:Observation", "cacontology-hotlines:ESPReport"];
    let node = Node::new(Id::of("tip", &key), &types)
        .label(&format!("Tip {key}"))
        // UCO fixes the name of every observation to this word.
        .text("uco-core:name", "observe")
        .time("uco-core:objectCreatedTime", at)
        .link("uco-action:performer", &reporter)
        .links("uco-action:object", &evidence)
        .time("uco-action:startTime", at)
        .link("cacontology-hotlines:reportedBy", &reporter)
        .link("cacontology-hotlines:receivedBy", &issuer)
        .link("cacontology-hotlines:intakeChannel", &intake_channel(graph))
        .link("cacontology-hotlines:status", &Id::concept(status(onward.is_some())))
        .link("cacontology-hotlines:currentPhase", &intake_phase(graph, &key, at))
        .links("cacontology-hotlines:hasEvidence", &evidence);
    let node = match onward {
        Some((referral, case)) => node
            .link("cacontology-hotlines:triggersAction", referral)
            .link("cacontology-hotlines:linkedInvestigation", case),
        None => node,
    };
    let mut ids = vec![graph.add(node)];
    ids.extend(evidence);
    let suspects = revision.parties.iter().filter(|party| party.role == PartyRole::Suspect);
    for identifier in suspects.flat_map(|party| &party.identifiers) {
        ids.push(actors::identified(graph, identifier));
    }
    ids
}

fn status(forwarded: bool) -> &'static str {
    match forwarded {
        true => "cacontology-hotlines:status-forwarded",
        false => "cacontology-hotlines:status-received",
    }
}

/// Whoever collects and forwards the tips, by the prefix of the tip's id.
fn issuer(graph: &mut Graph, tip: &str) -> Id {
    let name = tip.split('/').next().unwrap_or(tip).to_uppercase();
    let types = ["uco-identity:Organization", "cacontology-hotlines:HotlineOrganization"];
    let node = Node::new(Id::of("clearing-house", &name), &types);
    graph.add(node.label(&name).text("uco-core:name", &name))
}

fn intake_channel(graph: &mut Graph) -> Id {
    let id = Id::of("intake-channel", "tip file");
    graph.add(Node::new(id, &["cacontology-hotlines:IntakeChannel"]).label("Tip file import"))
}

fn intake_phase(graph: &mut Graph, key: &str, at: UtcMillis) -> Id {
    let node = Node::new(Id::of("intake-phase", key), &["cacontology-hotlines:IntakePhase"]);
    graph.add(node.label("Intake").time("cacontology-hotlines:phaseBeginTime", at))
}

fn tip_file(graph: &mut Graph, tip: &TipFacts, number: usize, file: &TipFile, at: UtcMillis) -> Id {
    let hashes: Vec<_> = file.hashes.iter().filter_map(material::method).collect();
    let sha256 = hashes.iter().find(|(method, _)| *method == "SHA256");
    let key = sha256.map_or_else(|| format!("{} file {number}", tip.tip.tip), |(_, v)| v.clone());
    let name = file.original_file_name.clone().or_else(|| file.file_name.clone());
    let described = Described {
        key,
        name,
        hashes,
        first_seen: Some(at),
        reported: true,
        ..Described::default()
    };
    material::file(graph, &described, &[])
}

/// A tip without files is its own evidence: the bytes that arrived.
fn tip_document(graph: &mut Graph, tip: &TipFacts, at: UtcMillis) -> Id {
    let key = tip.object.to_string();
    let described = Described {
        name: Some(format!("Tip {} as it arrived", tip.tip.tip)),
        hashes: vec![("SHA256", key.clone())],
        key,
        first_seen: Some(at),
        reported: true,
        ..Described::default()
    };
    material::file(graph, &described, &[])
}

/// The orders under which the evidence was read.
pub(crate) fn authorisations(graph: &mut Graph, draft: &Draft) -> Vec<Id> {
    let mut ids = Vec::new();
    for order in &draft.authorisations {
        let scope: Vec<&str> = order.categories.iter().map(|c| c.as_str()).collect();
        let kind = format!("order of {}; covers {}", order.authority, scope.join(", "));
        let key = format!("{} {}", order.authority, order.id);
        let types = ["case-investigation:Authorization"];
        let node = Node::new(Id::of("authorization", &key), &types)
            .text("case-investigation:authorizationType", &kind)
            .text("case-investigation:authorizationIdentifier", order.id.as_str())
            .time("uco-core:startTime", order.valid_from)
            .time("uco-core:endTime", order.valid_until);
        ids.push(graph.add(node));
    }
    ids
}

/// One provenance record per exhibit, with the examination that made it.
pub(crate) fn exhibit(
    graph: &mut Graph,
    draft: &Draft,
    exhibit: &EvidenceItem,
    performer: &Id,
) -> Vec<Id> {
    let rows = || draft.ledger.iter().filter(|row| row.evidence == exhibit.id);
    let mut read: Vec<Id> = rows()
        .map(|row| {
            let name = format!("Store read by {}", row.parser);
            material::object(graph, &row.transfer.at().object, &name)
        })
        .collect();
    read.sort();
    read.dedup();
    let mut found: Vec<Id> = rows().map(|row| Id::of("message", &row.reference())).collect();
    found.extend(
        rows()
            .filter(|row| row.exchanged().is_some())
            .filter_map(|row| row.sha256().map(|hash| material::file_id(&hash.to_string()))),
    );
    found.sort();
    found.dedup();
    let record = Node::new(
        Id::of("provenance", exhibit.id.as_str()),
        &["case-investigation:ProvenanceRecord"],
    )
    .text("uco-core:description", "Facts read from the exhibit; the exhibit was not changed")
    .text("case-investigation:exhibitNumber", &exhibit.label)
    .links("uco-core:object", &[read.clone(), found].concat());
    let record = graph.add(record);
    let name = format!("Exhibit {}", exhibit.label);
    let device = Id::of("exhibit", exhibit.id.as_str());
    let device = Node::new(device, &["uco-observable:ObservableObject"]);
    let device = graph.add(device.label(&name).text("uco-core:name", &name));
    let types = ["case-investigation:InvestigativeAction"];
    let examination = Node::new(Id::of("examination", exhibit.id.as_str()), &types)
        .label(&format!("Examination of exhibit {}", exhibit.label))
        .time("uco-action:startTime", exhibit.attached_at)
        .link("uco-action:performer", performer)
        .link("uco-action:instrument", &tool(graph, &draft.software))
        .links("uco-action:object", &[vec![device], read].concat())
        .links("uco-action:result", std::slice::from_ref(&record));
    vec![record, graph.add(examination)]
}

fn tool(graph: &mut Graph, software: &str) -> Id {
    let (name, version) = software.rsplit_once(' ').unwrap_or((software, ""));
    let node = Node::new(Id::of("tool", software), &["uco-tool:Tool"]);
    graph.add(node.text("uco-core:name", name).text("uco-tool:version", version))
}

/// Why a child is believed to be in danger: one assessment per signal, for and against.
pub(crate) fn signals(graph: &mut Graph, draft: &Draft, subject: &Id) -> Vec<Id> {
    let mut ids = Vec::new();
    let for_it = draft.signals.iter().map(|statement| ("Signal", statement));
    let against = draft.counter_signals.iter().map(|statement| ("Counter-signal", statement));
    for (number, (kind, statement)) in for_it.chain(against).enumerate() {
        let key = format!("{} v{} {number}", draft.header.id, draft.header.version);
        let types = ["uco-core:UcoObject", "cac-core:AssessmentResult"];
        let node = Node::new(Id::of("signal", &key), &types)
            .label(kind)
            .link("cac-core:assesses", subject)
            .stamp("cac-core:issuedAtTime", draft.times.created_at)
            .text("uco-core:description", &signal_words(statement));
        ids.push(graph.add(node));
    }
    ids
}

fn signal_words(statement: &Statement) -> String {
    format!(
        "{} Basis: {:?}. Confidence: {:?}. Evidence: {}.",
        statement.text,
        statement.basis,
        statement.confidence,
        statement.evidence.join("; ")
    )
}

/// The id of the referral's action.
pub(crate) fn referral_id(draft: &Draft) -> Id {
    Id::of("referral", &format!("{} v{}", draft.header.id, draft.header.version))
}

/// The id of the case.
pub(crate) fn case_id(draft: &Draft) -> Id {
    Id::of("investigation", &format!("{} {}", draft.sender.authority.unit, draft.case.id))
}

/// The referral: who asks whom, on what, since when.
pub(crate) fn referral(
    graph: &mut Graph,
    draft: &Draft,
    (sender, addressee): (&Id, &Id),
    about: &[Id],
    marking: &Id,
) -> Id {
    let at = draft.times.created_at;
    let types = [
        "case-investigation:InvestigativeAction",
        "cacontology-hotlines:ForwardToLEAction",
        "cacontology-international:InternationalReferral",
    ];
    let label = format!("Referral {} version {}", draft.header.id, draft.header.version);
    let node = Node::new(referral_id(draft), &types)
        .label(&label)
        .text("uco-core:description", &draft.urgency.reason)
        .link("uco-action:performer", sender)
        .link("uco-action:participant", addressee)
        .links("uco-action:object", about)
        .time("uco-action:startTime", at)
        .time("uco-core:startTime", at)
        .stamp("gufo:hasBeginPointInXSDDateTimeStamp", at)
        .link("cacontology-hotlines:forwardsTo", addressee)
        .link("cacontology-international:alertingPartner", sender)
        .link("cacontology-international:referredTo", addressee)
        .links("uco-core:objectMarking", std::slice::from_ref(marking));
    graph.add(node)
}

/// The case at the sender, with everything in it.
pub(crate) fn investigation(
    graph: &mut Graph,
    draft: &Draft,
    authorisations: &[Id],
    objects: &[Id],
    marking: &Id,
) -> Id {
    let phase = Node::new(
        Id::of("phase", &format!("{} initial", draft.case.id)),
        &["cacontology:InitialPhase"],
    )
    .label("Initial phase")
    .stamp("cacontology:hasPhaseBeginPoint", draft.case.opened_at);
    let phase = graph.add(phase);
    let name = format!("Case {}", draft.case.id);
    let types = ["case-investigation:Investigation", "cacontology:CACInvestigation"];
    let node = Node::new(case_id(draft), &types)
        .label(&name)
        .text("uco-core:name", &name)
        .text("case-investigation:focus", "Protection of a child")
        .text("case-investigation:investigationStatus", "open")
        .links("case-investigation:relevantAuthorization", authorisations)
        .links("uco-core:object", objects)
        .link("cacontology:currentPhase", &phase)
        .link("cacontology:hasPhase", &phase)
        .links("uco-core:objectMarking", std::slice::from_ref(marking));
    graph.add(node)
}
