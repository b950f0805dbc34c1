//! CyberTipline reports in the JSON form that law enforcement downloads.
//!
//! There is no public schema of this form: key names are those that public tools read, and unknown
//! keys are the normal case. Every key that this version does not use is kept with its raw text.

mod fields;
mod party;

use crate::json::{Items, Node, step};
use crate::tip_parts::{self, plain, stated};
use crate::{Blob, Family, Input, Limits, Parser, Sink, Spec, Tier};
use amparo_model::{
    Located, PartyRole, Place, Problem, ProblemKind, Record, RecordKind, Stated, TipId, TipRevision,
};
use fields::{Fields, Unknown};
use party::Shared;

/// Reads reports of the National Center for Missing & Exploited Children as JSON.
#[derive(Debug)]
pub struct NcmecLeJson;

static SPEC: Spec = Spec {
    id: "ncmec_le_json",
    title: "CyberTipline report as law enforcement downloads it, JSON",
    family: Family::Tip,
    apps: &["ICAC Data System"],
    claims: &["**/*.json"],
    companions: &[],
    emits: &[RecordKind::Tip],
    version: 2,
    tier: Tier::FromVendorSource,
    tested_on: &["generated: 3 reports"],
    gaps: &[
        "there is no public schema; the key of the priority level is unknown: `priorityLevel` is \
         read and kept raw, any other name stays with the unknown keys",
        "geo-lookup, device ids, deconfliction and bundling have no known keys; they stay with the \
         unknown keys",
        "victims, prior reports, annotations, display names and whether a file was public are read \
         under the names that the reporting API gives them; in this form they were never seen",
        "incident details (mails, games, chats) stay with the unknown keys, except free texts and \
         addresses of web pages",
        "spellings of a provider are joined by a short table; others compare without legal form",
        "free texts are not mined for mail headers or logs",
        "pointers of unknown keys start at the report, not at the file",
    ],
    references: &[
        "public readers of the form: CATRG (parser.py), LILY (cybertipParser.py), seen 2026",
    ],
    time: "ISO 8601 with Z or offset; without either the zone is unknown",
    limits: Limits {
        input_bytes: 1 << 30,
        records: 1_000_000,
        nesting: 128,
        wall_ms_per_mb: 1000,
        memory_bytes: 4 << 30,
    },
};

impl Parser for NcmecLeJson {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn probe(&self, head: &[u8]) -> bool {
        let text = plain(head);
        let text = String::from_utf8_lossy(&text);
        // A package may hold a report as it is, so its words alone say nothing.
        let json = text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
        json && (text.contains("\"reportedInformation\"") || text.contains("\"reportId\""))
    }

    fn read(&self, input: &Input, out: &mut dyn Sink) {
        let main = &input.main;
        let text = plain(main.bytes);
        if std::str::from_utf8(&text).is_err() {
            let detail = "some bytes are not UTF-8; they show as U+FFFD";
            out.problem(main.problem(ProblemKind::Malformed, detail));
        }
        let mut documents = Node::documents(&text);
        let nodes: Vec<Node> = documents.by_ref().map(|item| item.node).collect();
        match nodes.as_slice() {
            [one] if one.is_array() => array(main, one, out),
            [one] => report(main, one, pointer(""), out),
            many => {
                for node in many {
                    // A pointer cannot tell concatenated documents apart; a byte range can.
                    let bytes = Place::Bytes { start: node.start as u64, end: node.end() as u64 };
                    report(main, node, bytes, out);
                }
            }
        }
        fault(main, &documents, out);
        if nodes.is_empty() {
            out.problem(main.problem(ProblemKind::Malformed, "there is no report in this file"));
        }
    }
}

fn array(main: &Blob, list: &Node, out: &mut dyn Sink) {
    let mut items = list.items();
    for (index, item) in items.by_ref().enumerate() {
        report(main, &item.node, pointer(&step("", index)), out);
    }
    fault(main, &items, out);
}

fn fault(main: &Blob, items: &Items, out: &mut dyn Sink) {
    if let Some(fault) = items.fault {
        out.problem(main.problem(ProblemKind::Malformed, fault.to_string()));
    }
}

fn pointer(text: &str) -> Place {
    Place::Json { pointer: text.to_owned() }
}

/// Emits one report, or the reason why it cannot be one.
fn report(main: &Blob, node: &Node, place: Place, out: &mut dyn Sink) {
    let at = main.at(place);
    let mut problem = |kind, subject: &str, detail: String| {
        out.problem(Problem::at(kind, at.clone(), subject, detail));
    };
    if !node.complete {
        let detail = "the report is cut; nothing was taken from it, get the file again";
        return problem(ProblemKind::Malformed, main.path, detail.to_owned());
    }
    let provider = String::new();
    let mut shared =
        Shared { provider, unknown: Unknown::new(), odd: Vec::new(), related: Vec::new() };
    let tip = match revision(node, &mut shared) {
        Ok(tip) => tip,
        Err(detail) => return problem(ProblemKind::Malformed, main.path, detail),
    };
    for (pointer, detail) in shared.odd {
        problem(ProblemKind::Unsupported, &pointer, detail);
    }
    let odd = |key: &&String| key.contains(fields::REPEATED) || key.ends_with(fields::DAMAGED);
    for pointer in tip.unknown.keys().filter(odd) {
        let detail = "a key is repeated or an object is damaged; the rest is kept raw".to_owned();
        problem(ProblemKind::Malformed, pointer, detail);
    }
    out.record(Located::new(Record::Tip(Box::new(tip)), at));
}

fn revision(node: &Node, shared: &mut Shared) -> Result<TipRevision, String> {
    let mut top = Fields::new("", node);
    let tip = tip_id(top.text("reportId"))?;
    let mut info = top.nested("reportedInformation");
    let mut summary = info.nested("incidentSummary");
    let provider = provider(&mut info, shared);
    shared.provider = provider.clone().unwrap_or_else(|| "unknown".to_owned());
    let level = [&mut top, &mut info, &mut summary]
        .into_iter()
        .filter_map(|fields| fields.text_kept("priorityLevel"))
        .next();
    let mut revision = TipRevision {
        received_at: top.text("dateReceived").map(|text| tip_parts::moment(&text)),
        provider,
        incident_type: summary.text("incidentType"),
        incident_at: summary.text("incidentDateTime").map(|text| tip_parts::moment(&text)),
        incident_at_note: summary.text("incidentDateTimeDescription"),
        originator_level: level,
        notes: party::notes(&mut info, shared),
        platform: summary.text("platform"),
        escalation: summary.text("escalateToHighPriority"),
        annotations: annotations(&mut summary, shared),
        declared_files: declared(&mut info),
        ..TipRevision::new(tip)
    };
    people(&mut info, &mut revision, shared);
    related(&mut info, &mut revision, shared);
    incident_details(&mut info, &mut revision, shared);
    for fields in [summary, info, top] {
        fields.finish(&mut shared.unknown);
    }
    revision.unknown = std::mem::take(&mut shared.unknown);
    Ok(revision)
}

/// The number as written, whether as a string or as digits of any length.
fn tip_id(text: Option<String>) -> Result<TipId, String> {
    tip_parts::tip_id(&text.ok_or("there is no reportId, so this is no report")?)
}

/// Marks come as names in a list or, as in the reporting API, as members that are true.
fn annotations(summary: &mut Fields, shared: &mut Shared) -> Vec<String> {
    let Some(at) = summary.take("reportAnnotations") else { return Vec::new() };
    if !at.node.is_object() {
        return at.values(&mut shared.unknown);
    }
    let mut fields = at.fields();
    let keys: Vec<String> = fields.keys().map(str::to_owned).collect();
    let marks = keys.into_iter().filter(|key| is_set(&mut fields, key)).collect();
    fields.finish(&mut shared.unknown);
    marks
}

fn is_set(fields: &mut Fields, key: &str) -> bool {
    let set = fields.text_kept(key).is_some_and(|text| stated(&text) == Stated::Yes);
    if set {
        fields.text(key);
    }
    set
}

/// The count stays with the unknown keys when it is no number.
fn declared(info: &mut Fields) -> Option<u64> {
    ["totalUploadedFiles", "numberOfUploadedFiles"].iter().find_map(|key| {
        let count = info.text_kept(key)?.replace(',', "").parse().ok()?;
        info.text(key);
        Some(count)
    })
}

/// Prior reports of the report and of its persons.
fn related(info: &mut Fields, revision: &mut TipRevision, shared: &mut Shared) {
    for key in party::PRIOR {
        shared
            .related
            .extend(info.take(key).map(|at| (at.pointer.clone(), at.values(&mut shared.unknown))));
    }
    for (pointer, numbers) in std::mem::take(&mut shared.related) {
        for text in numbers {
            let odd = tip_parts::related(&mut revision.related, &revision.tip, &text);
            if !odd.is_empty() {
                shared.odd.push((pointer.clone(), format!("{text:?} is no report number")));
                shared.unknown.insert(pointer.clone(), text);
            }
        }
    }
}

/// The provider's name; a sub-service in `lastName` stays with the unknown keys.
fn provider(info: &mut Fields, shared: &mut Shared) -> Option<String> {
    let mut esp = info.nested("reportingEsp");
    let name = esp.text("espName").or_else(|| esp.text("lastName"));
    esp.drop_unstated(&["lastName"]);
    esp.finish(&mut shared.unknown);
    name
}

fn people(info: &mut Fields, revision: &mut TipRevision, shared: &mut Shared) {
    let lists = [
        ("reportedPeople", "reportedPersons", PartyRole::Suspect),
        ("intendedRecipients", "intendedRecipients", PartyRole::Recipient),
        ("victims", "victims", PartyRole::Victim),
    ];
    for (key, inner, role) in lists {
        for at in info.list(key, inner, &mut shared.unknown) {
            if at.node.is_object() {
                revision.parties.push(party::party(role, &at, shared));
            } else {
                shared.unknown.insert(at.pointer, at.node.raw_text());
            }
        }
    }
    for at in info.list("uploadedFiles", "uploadedFiles", &mut shared.unknown) {
        if at.node.is_object() {
            revision.files.push(party::file(&at, shared));
        } else {
            shared.unknown.insert(at.pointer, at.node.raw_text());
        }
    }
}

/// Takes the free texts and the addresses of web pages out of each incident; the rest has no field
/// and is kept raw.
fn incident_details(info: &mut Fields, revision: &mut TipRevision, shared: &mut Shared) {
    let mut details = info.nested("incidentDetails");
    let keys = [
        ("webpageIncident", "additionalInformations"),
        ("webPageIncident", "additionalInformations"),
        ("emailIncident", "contents"),
    ];
    for (key, texts) in keys {
        for at in details.list(key, key, &mut shared.unknown) {
            let mut incident = at.fields();
            for text in incident.list(texts, texts, &mut shared.unknown) {
                revision.notes.extend(text.value(&mut shared.unknown));
            }
            revision.urls.extend(party::page_urls(&mut incident, shared));
            incident.finish(&mut shared.unknown);
        }
    }
    details.finish(&mut shared.unknown);
}
