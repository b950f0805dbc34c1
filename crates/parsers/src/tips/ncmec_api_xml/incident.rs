//! What happened, where, and who else works on it.

use super::Shared;
use super::tree::Element;
use crate::tip_parts::moment;
use amparo_model::{Stated, TipRevision};

/// The ways an incident may have gone, each an element of its own.
const CHANNELS: [&str; 8] = [
    "webPageIncident",
    "emailIncident",
    "newsgroupIncident",
    "chatImIncident",
    "onlineGamingIncident",
    "cellPhoneIncident",
    "nonInternetIncident",
    "peer2peerIncident",
];

/// Short facts of a channel that are kept as notes: they name no person.
const FACTS: [&str; 12] = [
    "name",
    "emailAddress",
    "chatClient",
    "chatRoomName",
    "gameName",
    "console",
    "phoneNumber",
    "latitude",
    "longitude",
    "locationName",
    "client",
    "fileNames",
];

/// Reads everything of the report that is about no person and no file.
pub(super) fn incident(report: &mut Element, revision: &mut TipRevision, shared: &mut Shared) {
    if let Some(mut batch) = report.take("batchedReport") {
        let reason = batch.attribute("reason");
        let text = batch.leaf(&mut shared.unknown);
        revision.bundled = Some(reason.or(text).unwrap_or_default());
    }
    if let Some(summary) = report.take("incidentSummary") {
        self::summary(summary, revision, shared);
    }
    for mut details in report.all("internetDetails") {
        for name in CHANNELS {
            for one in details.all(name) {
                channel(name, one, revision, shared);
            }
        }
        details.finish(&mut shared.unknown);
    }
    for agency in report.all("lawEnforcement") {
        revision.other_agencies.extend(self::agency(agency, shared));
    }
    revision.notes.extend(report.texts("additionalInfo", &mut shared.unknown));
}

fn summary(mut summary: Element, revision: &mut TipRevision, shared: &mut Shared) {
    let unknown = &mut shared.unknown;
    revision.incident_type = summary.text("incidentType", unknown);
    revision.platform = summary.text("platform", unknown);
    revision.incident_at = summary.text("incidentDateTime", unknown).map(|text| moment(&text));
    revision.incident_at_note = summary.text("incidentDateTimeDescription", unknown);
    // That there is a reason is the statement, even when it is empty.
    let urgent = summary.take("escalateToHighPriority");
    revision.escalation = urgent.map(|element| element.leaf(unknown).unwrap_or_default());
    for marks in summary.all("reportAnnotations") {
        for mark in marks.children() {
            let name = mark.name().to_owned();
            if mark.mark(unknown) == Stated::Yes {
                revision.annotations.push(name);
            }
        }
    }
    summary.finish(unknown);
}

fn channel(name: &str, mut one: Element, revision: &mut TipRevision, shared: &mut Shared) {
    let unknown = &mut shared.unknown;
    revision.urls.extend(one.texts("url", unknown));
    for key in FACTS {
        let facts = one.texts(key, unknown);
        revision.notes.extend(facts.into_iter().map(|fact| format!("{name} {key}: {fact}")));
    }
    for key in ["content", "additionalInfo"] {
        revision.notes.extend(one.texts(key, unknown));
    }
    one.finish(unknown);
}

fn agency(mut agency: Element, shared: &mut Shared) -> Option<String> {
    let unknown = &mut shared.unknown;
    let name = agency.text("agencyName", unknown);
    let number = agency.text("caseNumber", unknown);
    agency.finish(unknown);
    match (name, number) {
        (Some(name), Some(number)) => Some(format!("{name}, case {number}")),
        (Some(name), None) => Some(name),
        (None, number) => number.map(|number| format!("case {number}")),
    }
}
