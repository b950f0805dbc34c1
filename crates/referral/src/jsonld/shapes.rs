//! The most important constraints of the ontologies, checked natively.
//!
//! The validators of CASE and CAC are the authority; they need Python and half a minute, so a
//! product cannot run them on every referral. This table holds what they demanded of the types used
//! here. To add a type: run them over a graph that has it, and write down what they wanted.

use serde_json::Value;
use std::collections::BTreeSet;

/// Type, and the properties that each of its nodes must have.
const REQUIRED: &[(&str, &[&str])] = &[
    (
        "cacontology-hotlines:ESPReport",
        &[
            "uco-core:name",
            "cacontology-hotlines:reportedBy",
            "cacontology-hotlines:receivedBy",
            "cacontology-hotlines:hasEvidence",
            "cacontology-hotlines:intakeChannel",
            "cacontology-hotlines:status",
            "cacontology-hotlines:currentPhase",
        ],
    ),
    (
        "cacontology-hotlines:ImageEvidence",
        &["cacontology-hotlines:firstSeen", "rdfs:label", "uco-core:hasFacet"],
    ),
    (
        "cacontology-hotlines:VideoEvidence",
        &["cacontology-hotlines:firstSeen", "rdfs:label", "uco-core:hasFacet"],
    ),
    (
        "cacontology-hotlines:EvidenceItem",
        &["cacontology-hotlines:firstSeen", "rdfs:label", "uco-core:hasFacet"],
    ),
    ("cacontology-hotlines:IntakePhase", &["rdfs:label", "cacontology-hotlines:phaseBeginTime"]),
    (
        "cacontology-international:InternationalReferral",
        &[
            "cacontology-international:alertingPartner",
            "cacontology-international:referredTo",
            "cacontology-hotlines:forwardsTo",
            "uco-core:startTime",
            "uco-action:startTime",
            "uco-action:performer",
            "gufo:hasBeginPointInXSDDateTimeStamp",
        ],
    ),
    (
        "cacontology-detection:DatabaseMatchAction",
        &[
            "uco-action:performer",
            "uco-action:instrument",
            "uco-action:object",
            "uco-action:result",
        ],
    ),
    ("cac-core:AssessmentResult", &["cac-core:assesses", "cac-core:issuedAtTime"]),
    ("cacontology:InitialPhase", &["cacontology:hasPhaseBeginPoint"]),
    (
        "uco-observable:ObservableRelationship",
        &[
            "uco-core:source",
            "uco-core:target",
            "uco-core:kindOfRelationship",
            "uco-core:isDirectional",
        ],
    ),
    ("uco-types:Hash", &["uco-types:hashMethod", "uco-types:hashValue"]),
    ("uco-marking:StatementMarking", &["uco-marking:statement"]),
    ("uco-marking:MarkingDefinition", &["uco-marking:definitionType", "uco-marking:definition"]),
    ("uco-identity:Person", &["uco-core:name"]),
    ("uco-identity:Organization", &["uco-core:name"]),
    ("case-investigation:Authorization", &["case-investigation:authorizationIdentifier"]),
    ("case-investigation:InvestigativeAction", &["uco-action:object"]),
    ("case-investigation:ProvenanceRecord", &["case-investigation:exhibitNumber"]),
];

/// What the graph breaks, as `node: rule`; empty when it holds.
pub(crate) fn check(nodes: &[Value]) -> Vec<String> {
    let ids: BTreeSet<&str> = nodes.iter().filter_map(|node| node["@id"].as_str()).collect();
    let mut broken = Vec::new();
    for node in nodes {
        let id = node["@id"].as_str().unwrap_or("node without id");
        let mut complain = |what: String| broken.push(format!("{id}: {what}"));
        missing(node).into_iter().for_each(&mut complain);
        values(node).into_iter().for_each(&mut complain);
        dangling(node, &ids).into_iter().for_each(&mut complain);
    }
    broken
}

fn types(node: &Value) -> impl Iterator<Item = &str> {
    node["@type"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn missing(node: &Value) -> Vec<String> {
    let mut out = Vec::new();
    for kind in types(node) {
        let needed = REQUIRED.iter().filter(|(name, _)| *name == kind).flat_map(|(_, list)| *list);
        for property in needed.filter(|property| node.get(**property).is_none()) {
            out.push(format!("{kind} needs {property}"));
        }
    }
    out
}

/// Rules about values.
fn values(node: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let id = node["@id"].as_str().unwrap_or("");
    let uuid = id.get(id.len().saturating_sub(36)..).unwrap_or("");
    if uuid::Uuid::parse_str(uuid).is_err() {
        out.push("the id does not end in a UUID".to_owned());
    }
    if types(node).any(|kind| kind == "uco-observable:Observation")
        && node["uco-core:name"] != "observe"
    {
        out.push("an observation must be named observe".to_owned());
    }
    let hash = &node["uco-types:hashValue"];
    let hex = |text: &str| text.len().is_multiple_of(2) && text.bytes().all(upper_hex);
    if !hash.is_null() && !hash["@value"].as_str().is_some_and(hex) {
        out.push("a hash value must be hexBinary in upper case".to_owned());
    }
    let same = |a: &str, b: &str| node.get(a).is_some() && node.get(a) == node.get(b);
    if same("cacontology-international:alertingPartner", "cacontology-international:referredTo") {
        out.push("a unit cannot refer to itself".to_owned());
    }
    out
}

fn upper_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte)
}

/// References to nodes that are not in the graph.
fn dangling(node: &Value, ids: &BTreeSet<&str>) -> Vec<String> {
    let mut out = Vec::new();
    for (property, value) in node.as_object().into_iter().flatten() {
        let one = std::slice::from_ref(value);
        let list = value.as_array().map_or(one, Vec::as_slice);
        let targets = list.iter().filter_map(|item| item["@id"].as_str());
        for target in targets.filter(|t| t.starts_with("kb:") && !ids.contains(t)) {
            out.push(format!("{property} points to {target}, which is not in the graph"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "kb:x-1e7341f5-6a23-5d34-8b16-f9dd33f3716e";

    fn verdict(mut node: Value) -> String {
        if node.get("@id").is_none() {
            node["@id"] = json!(ID);
        }
        check(&[node]).join("; ")
    }

    #[test]
    fn each_rule_catches_what_the_validators_catch() {
        let check = |node: Value, expect: &str| {
            let verdict = verdict(node);
            assert!(verdict.contains(expect), "{expect:?} not in {verdict:?}");
        };
        check(json!({ "@id": "kb:x-1" }), "does not end in a UUID");
        check(json!({ "@type": ["cac-core:AssessmentResult"] }), "needs cac-core:assesses");
        check(
            json!({ "@type": ["uco-observable:Observation"], "uco-core:name": "Tip" }),
            "must be named observe",
        );
        check(json!({ "uco-types:hashValue": { "@value": "ab" } }), "upper case");
        check(json!({ "uco-types:hashValue": { "@value": "ABC" } }), "hexBinary");
        check(json!({ "a:b": { "@id": "kb:nowhere" } }), "not in the graph");
        check(
            json!({
                "cacontology-international:alertingPartner": { "@id": ID },
                "cacontology-international:referredTo": { "@id": ID },
            }),
            "cannot refer to itself",
        );
    }

    #[test]
    fn a_sound_node_passes() {
        let hash = json!({
            "@type": ["uco-types:Hash"],
            "uco-types:hashMethod": "MD5",
            "uco-types:hashValue": { "@type": "xsd:hexBinary", "@value": "AB01" },
        });
        assert_eq!(verdict(hash), "");
    }
}
