//! Files, transfers and what comparing them gave, as nodes. Hashes, never bytes.

use super::actors;
use super::graph::{Graph, Id, Node};
use crate::draft::Draft;
use crate::ledger::LedgerRow;
use amparo_model::{
    HashAlgorithm, HashSetId, Look, Match, MatchBasis, NoveltyStatement, RecordedHash, Sha256,
    UtcMillis,
};

/// A file as far as hashes, name, size and type describe it.
#[derive(Debug, Default)]
pub(crate) struct Described {
    /// What makes it this file: SHA-256, else where it was read.
    pub(crate) key: String,
    /// File name.
    pub(crate) name: Option<String>,
    /// MIME type.
    pub(crate) mime: Option<String>,
    /// Bytes.
    pub(crate) size: Option<u64>,
    /// Method and hexadecimal value.
    pub(crate) hashes: Vec<(&'static str, String)>,
    /// PDQ and its quality; the ontologies have no word for it.
    pub(crate) pdq: Option<(String, u8)>,
    /// First seen, for media and tip files.
    pub(crate) first_seen: Option<UtcMillis>,
    /// It is evidence of a tip whatever its type.
    pub(crate) reported: bool,
}

/// The id of a file.
pub(crate) fn file_id(key: &str) -> Id {
    Id::of("file", key)
}

/// A file with its facets. Media and reported files also carry the CAC type, which demands a time.
pub(crate) fn file(graph: &mut Graph, file: &Described, markings: &[Id]) -> Id {
    let mut types = vec!["uco-observable:File"];
    let mime = file.mime.as_deref().unwrap_or("");
    if file.first_seen.is_some() {
        if mime.starts_with("image/") {
            types.push("cacontology-hotlines:ImageEvidence");
        } else if mime.starts_with("video/") {
            types.push("cacontology-hotlines:VideoEvidence");
        } else if file.reported {
            types.push("cacontology-hotlines:EvidenceItem");
        }
    }
    let label = file.name.as_deref().unwrap_or("File without a name");
    let mut node = Node::new(file_id(&file.key), &types).label(label);
    if types.len() > 1 {
        node = node.maybe_time("cacontology-hotlines:firstSeen", file.first_seen);
    }
    if let Some((bits, quality)) = &file.pdq {
        node = node.text("amparo:pdq", bits).integer("amparo:pdqQuality", u64::from(*quality));
    }
    let facets = file_facets(graph, file);
    graph.add(node.links("uco-core:hasFacet", &facets).links("uco-core:objectMarking", markings))
}

fn file_facets(graph: &mut Graph, file: &Described) -> Vec<Id> {
    let mut name = Node::new(Id::of("file-facet", &file.key), &["uco-observable:FileFacet"])
        .maybe_text("uco-observable:fileName", file.name.as_deref());
    let content = Id::of("content-facet", &file.key);
    let mut content = Node::new(content, &["uco-observable:ContentDataFacet"])
        .maybe_text("uco-observable:mimeType", file.mime.as_deref());
    if let Some(size) = file.size {
        name = name.integer("uco-observable:sizeInBytes", size);
        content = content.integer("uco-observable:sizeInBytes", size);
    }
    let hashes: Vec<Id> =
        file.hashes.iter().map(|(method, value)| hash(graph, method, value)).collect();
    let content = content.links("uco-observable:hash", &hashes);
    vec![graph.add(name), graph.add(content)]
}

fn hash(graph: &mut Graph, method: &str, value: &str) -> Id {
    let id = Id::of("hash", &format!("{method} {value}"));
    let node = Node::new(id, &["uco-types:Hash"]);
    graph.add(node.text("uco-types:hashMethod", method).hex("uco-types:hashValue", value))
}

/// An app store or other object of evidence that rows were read from.
pub(crate) fn object(graph: &mut Graph, object: &Sha256, name: &str) -> Id {
    let key = object.to_string();
    let described = Described {
        name: Some(name.to_owned()),
        hashes: vec![("SHA256", key.clone())],
        key,
        ..Described::default()
    };
    file(graph, &described, &[])
}

/// The words of the UCO vocabulary; PDQ is not among them.
pub(crate) fn method(recorded: &RecordedHash) -> Option<(&'static str, String)> {
    let method = match recorded.algorithm {
        HashAlgorithm::Md5 => "MD5",
        HashAlgorithm::Sha1 => "SHA1",
        HashAlgorithm::Sha256 => "SHA256",
        HashAlgorithm::Pdq => return None,
    };
    let digits = recorded.value.len().is_multiple_of(2) && !recorded.value.is_empty();
    let hex = recorded.value.chars().all(|c| c.is_ascii_hexdigit());
    (digits && hex).then(|| (method, recorded.value.clone()))
}

/// One ledger row: message, file, and that the file was attached to the message.
pub(crate) fn transfer(graph: &mut Graph, row: &LedgerRow, markings: &[Id]) -> Vec<Id> {
    let transfer = row.transfer.record();
    let reference = row.reference();
    let mut to = Vec::new();
    for key in &transfer.to {
        to.push(actors::bare_account(graph, key));
    }
    let facet = Id::of("message-facet", &reference);
    let mut facet = Node::new(facet, &["uco-observable:MessageFacet"])
        .text("uco-observable:messageID", &transfer.message)
        .maybe_time("uco-observable:sentTime", transfer.at.as_ref().and_then(|at| at.utc))
        .links("uco-observable:to", &to);
    let application = actors::application(graph, &transfer.app);
    facet = facet.link("uco-observable:application", &application);
    if let Some(from) = &transfer.from {
        let from = actors::bare_account(graph, from);
        facet = facet.link("uco-observable:from", &from);
    }
    let facets = vec![graph.add(facet)];
    let read = format!(
        "Read at {reference} of exhibit {} by {}; direction {:?}, state {:?}, view {:?}",
        row.evidence,
        row.parser,
        transfer.direction,
        transfer.state,
        row.transfer.at().view
    );
    let message = graph.add(
        Node::new(Id::of("message", &reference), &["uco-observable:Message"])
            .text("uco-core:description", &read)
            .links("uco-core:hasFacet", &facets)
            .links("uco-core:objectMarking", markings),
    );
    let file = file(graph, &described(row), markings);
    let attached =
        Node::new(Id::of("attachment-of", &reference), &["uco-observable:ObservableRelationship"])
            .link("uco-core:source", &file)
            .link("uco-core:target", &message)
            .text("uco-core:kindOfRelationship", "Attachment_Of")
            .flag("uco-core:isDirectional", true);
    vec![message, file, graph.add(attached)]
}

fn described(row: &LedgerRow) -> Described {
    let transfer = row.transfer.record();
    let mut hashes = Vec::new();
    let known = row.exchanged();
    match known {
        Some(file) => {
            hashes.push(("MD5", file.hashes.md5.to_string()));
            hashes.push(("SHA1", file.hashes.sha1.to_string()));
            hashes.push(("SHA256", file.hashes.sha256.to_string()));
        }
        None => hashes.extend(transfer.recorded_hash.as_ref().and_then(method)),
    }
    let base = |path: &String| path.rsplit('/').next().unwrap_or(path).to_owned();
    let name = transfer.file_name.clone().or_else(|| transfer.path.as_ref().map(base));
    Described {
        key: row.sha256().map_or_else(|| row.reference(), |hash| hash.to_string()),
        name,
        mime: transfer.mime.clone(),
        size: known.map(|file| file.hashes.size).or(transfer.size),
        hashes,
        pdq: known.and_then(|file| file.pdq).map(|p| (p.bits.to_string(), p.quality)),
        first_seen: transfer.at.as_ref().and_then(|at| at.utc),
        reported: false,
    }
}

/// One novelty statement: the comparison as an action, its answer as an assessment.
pub(crate) fn novelty(
    graph: &mut Graph,
    draft: &Draft,
    statement: &NoveltyStatement,
    performer: &Id,
) -> Vec<Id> {
    let key = format!("{} {}", draft.header.id, statement.object);
    let described = Described {
        key: statement.object.to_string(),
        hashes: vec![("SHA256", statement.object.to_string())],
        ..Described::default()
    };
    let file = file(graph, &described, &[]);
    let lists: Vec<Id> = statement.against.iter().map(|(id, at)| list(graph, id, at)).collect();
    let (action, result) = (Id::of("comparison", &key), Id::of("comparison-result", &key));
    let types =
        ["case-investigation:InvestigativeAction", "cacontology-detection:DatabaseMatchAction"];
    let at = draft.novelty.compared_at;
    let tool = matcher(graph, &draft.software);
    graph.add(
        Node::new(action.clone(), &types)
            .label("Comparison with lists of known hashes")
            .time("uco-action:startTime", at)
            .stamp("gufo:hasBeginPointInXSDDateTimeStamp", at)
            .link("uco-action:performer", performer)
            .link("uco-action:instrument", &tool)
            .link("uco-action:object", &file)
            .link("uco-action:result", &result)
            .links("cacontology-detection:matchedDatabase", &lists)
            .text("cacontology-detection:matchType", match_type(statement)),
    );
    graph.add(
        Node::new(result.clone(), &["uco-core:UcoObject", "cac-core:AssessmentResult"])
            .label(&format!("Novelty: {}", statement.novelty.as_str()))
            .link("cac-core:assesses", &file)
            .link("cac-core:generatedBy", &action)
            .stamp("cac-core:issuedAtTime", at)
            .text("uco-core:description", &answer(statement)),
    );
    vec![action, result]
}

fn list(graph: &mut Graph, id: &HashSetId, dated: &str) -> Id {
    let name = format!("List of known hashes {id}, dated {dated}");
    let node = Node::new(Id::of("hash-set", &name), &["uco-observable:ObservableObject"]);
    graph.add(node.label(&name).text("uco-core:name", &name))
}

fn matcher(graph: &mut Graph, software: &str) -> Id {
    let types = ["uco-tool:AnalyticTool", "cacontology-detection:DatabaseMatchingTool"];
    let (name, version) = software.rsplit_once(' ').unwrap_or((software, ""));
    graph.add(
        Node::new(Id::of("matcher", software), &types)
            .label(software)
            .text("uco-core:name", name)
            .text("uco-tool:version", version),
    )
}

fn match_type(statement: &NoveltyStatement) -> &'static str {
    match statement.matches.first().map(|hit| hit.basis) {
        Some(MatchBasis::Exact { .. }) => "exact",
        Some(MatchBasis::Near { .. }) => "near",
        Some(MatchBasis::Frames { .. }) => "near-video",
        None => "none",
    }
}

/// The answer with all that it rests on.
fn answer(statement: &NoveltyStatement) -> String {
    let lists: Vec<String> =
        statement.against.iter().map(|(id, dated)| format!("{id} dated {dated}")).collect();
    let mut text = format!(
        "{} relative to: {}; PDQ threshold {} bits.",
        statement.novelty.as_str(),
        if lists.is_empty() { "no list".to_owned() } else { lists.join(", ") },
        statement.threshold
    );
    if let Some(why) = &statement.unsure_because {
        text.push_str(&format!(" Unsure because: {why}."));
    }
    statement.matches.iter().for_each(|hit| text.push_str(&hit_words(hit)));
    text
}

fn hit_words(hit: &Match) -> String {
    let how = match hit.basis {
        MatchBasis::Exact { algorithm, recorded_by_app: true } => {
            format!("equal {algorithm}, as recorded by the app")
        }
        MatchBasis::Exact { algorithm, .. } => format!("equal {algorithm}"),
        MatchBasis::Near { distance, threshold, look } => {
            let look = match look {
                Look::AsShown => "",
                Look::Turned => " when turned or mirrored",
                Look::LaterFrame => ", by a later frame of the animation",
            };
            format!("PDQ distance {distance} of at most {threshold}{look}")
        }
        MatchBasis::Frames { query_percent, list_percent, threshold, min_percent } => format!(
            "{query_percent} % of its frames and {list_percent} % of the listed video's within PDQ \
             distance {threshold}, at least {min_percent} % of both"
        ),
    };
    let category = hit.category.as_ref().map_or_else(
        || "no category stated".to_owned(),
        |c| format!("scheme {}, code {}, by {}", c.scheme, c.code, c.by),
    );
    format!(" Hit in {} dated {}: {how}; {category}.", hit.hash_set, hit.dated)
}
