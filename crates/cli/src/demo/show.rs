//! The demo's result in words: a summary for the terminal and the read-only local page.

use super::summary::{Found, Summary, key};
use crate::{page::Page as Printed, say::Say};
use amparo_model::{Place, UtcMillis};
use amparo_server::{Block, Card, Content, File, Page, Section, Table, Tile, Tone};
use serde_json::Value;
use std::collections::BTreeMap;

/// Alarms and ledger rows shown; the commands show all of them.
const ALARMS_SHOWN: usize = 8;
const LEDGER_SHOWN: usize = 25;

const STEP_HEAD: [&str; 4] =
    ["page-demo-step", "page-demo-unit", "page-demo-actor", "page-demo-seconds"];
const TRUTH_HEAD: [&str; 3] = ["page-demo-what", "page-demo-planted", "page-demo-found"];

/// Writes the summary for people.
pub fn print(summary: &Summary, page: &mut Printed<'_>) {
    let say = page.say();
    let tiles: Vec<Vec<String>> =
        tiles(summary, say).into_iter().map(|tile| vec![tile.label, tile.value]).collect();
    let steps = step_rows(summary, say);
    page.heading("page-demo-steps", &[]);
    page.table(&STEP_HEAD, steps);
    page.gap();
    page.heading("page-demo-truth", &[]);
    page.table(&TRUTH_HEAD, truth(summary, say).rows);
    page.gap();
    page.heading("page-demo-title", &[]);
    page.table(&["page-demo-what", "page-demo-result"], tiles);
}

/// The page with the same content, and the files it offers.
#[must_use]
pub fn content(summary: &Summary, say: &Say, files: BTreeMap<String, File>) -> Content {
    let offered = files.keys().map(|name| (name.clone(), format!("/files/{name}"))).collect();
    let section = |id: &str, block| Section {
        heading: say.just(&format!("page-demo-{id}")),
        intro: say.just(&format!("page-demo-{id}-intro")),
        block,
    };
    let page = Page {
        lang: say.lang().to_string(),
        title: say.just("page-demo-title"),
        lead: say.just("page-demo-lead"),
        tiles: tiles(summary, say),
        sections: vec![
            section("alarms", Block::Cards(alarm_cards(summary, say))),
            section("ledger", Block::Table(ledger(summary, say))),
            section("truth", Block::Table(truth(summary, say))),
            section("files", Block::Links(offered)),
            section("steps", Block::Table(steps(summary, say))),
        ],
        foot: say.just("page-demo-foot"),
    };
    Content { index: amparo_server::render(&page), files }
}

fn tiles(summary: &Summary, say: &Say) -> Vec<Tile> {
    let good = |good: bool| if good { Tone::Good } else { Tone::Urgent };
    let tile = |id: &str, value: String, tone| Tile {
        value,
        label: say.just(&format!("page-demo-tile-{id}")),
        tone,
    };
    let seconds = |value: Option<f64>| value.map_or("–".to_owned(), |s| format!("{s:.2} s"));
    let number = |value: Option<u64>| value.map_or("–".to_owned(), |n| n.to_string());
    let read = format!(
        "{} / {}",
        number(summary.media_read_at_first_alarm),
        number(summary.entries_at_first_alarm)
    );
    let found = |found: Found| format!("{} / {}", found.found, found.planted);
    let tips = summary.suspect_tips;
    vec![
        tile("first-alarm", seconds(summary.first_alarm_seconds), Tone::Plain),
        tile("media-read", read, Tone::Plain),
        tile("rank", number(summary.true_source_rank), good(summary.true_source_rank == Some(1))),
        tile(
            "decoys",
            summary.decoys_in_top_band.to_string(),
            good(summary.decoys_in_top_band == 0),
        ),
        tile("tips", found(tips), good(tips.found == tips.planted)),
        tile("referral", say.word("referral-state", &summary.referral_state), Tone::Plain),
        tile(
            "verified",
            say.just(if summary.verified { "page-demo-yes" } else { "page-demo-no" }),
            good(summary.verified),
        ),
        tile("seconds", format!("{:.1} s", summary.seconds), Tone::Plain),
    ]
}

fn alarm_cards(summary: &Summary, say: &Say) -> Vec<Card> {
    let card = |alarm: &Value| {
        let band = alarm["band"].as_str().unwrap_or_default();
        Card {
            title: names(alarm),
            badge: say.word("band", band),
            tone: if band == "top" { Tone::Urgent } else { Tone::Plain },
            lines: reasons(alarm),
        }
    };
    summary.alarms.iter().take(ALARMS_SHOWN).map(card).collect()
}

fn names(alarm: &Value) -> String {
    let names: Vec<&str> =
        alarm["names"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let account = key(&alarm["counterpart"]);
    if names.is_empty() { account } else { format!("{} · {account}", names.join(", ")) }
}

/// Each reason's sentence with its first reference.
fn reasons(alarm: &Value) -> Vec<(String, String)> {
    let list = |name: &str| alarm[name].as_array().cloned().unwrap_or_default();
    let line = |(sentence, reason): (Value, Value)| {
        let first = reason["evidence"][0].as_str().unwrap_or_default();
        (sentence.as_str().unwrap_or_default().to_owned(), short(first))
    };
    list("sentences").into_iter().zip(list("reasons")).map(line).collect()
}

/// A reference short enough to read: the first digits of the object, then the place.
fn short(reference: &str) -> String {
    match reference.split_once(' ') {
        Some((object, place)) => format!("{}… {place}", object.get(..12).unwrap_or(object)),
        None => reference.to_owned(),
    }
}

fn ledger(summary: &Summary, say: &Say) -> Table {
    let head = ["at", "from", "file", "hash", "source"];
    let row = |row: &Value| {
        let (record, at) = (&row["transfer"]["record"], &row["transfer"]["at"]);
        let hash = record["recorded_hash"]["value"].as_str().or(row["file_sha256"].as_str());
        vec![
            time(&record["at"]),
            key(&record["from"]),
            record["file_name"].as_str().or(record["path"].as_str()).unwrap_or("–").to_owned(),
            hash.and_then(|hash| hash.get(..16)).map_or("–".to_owned(), |h| format!("{h}…")),
            place(&at["place"]),
        ]
    };
    Table {
        head: head.iter().map(|id| say.just(&format!("page-demo-ledger-{id}"))).collect(),
        rows: summary.ledger.iter().take(LEDGER_SHOWN).map(row).collect(),
    }
}

/// A moment: in UTC when its zone is known, else as stored.
fn time(moment: &Value) -> String {
    match moment["utc"].as_i64() {
        Some(ms) => UtcMillis(ms).to_string(),
        None => moment["raw"].as_str().unwrap_or("–").to_owned(),
    }
}

fn place(place: &Value) -> String {
    serde_json::from_value::<Place>(place.clone()).map_or("–".to_owned(), |p| p.to_string())
}

fn truth(summary: &Summary, say: &Say) -> Table {
    let row = |id: &str, found: Found| {
        vec![
            say.just(&format!("page-demo-truth-{id}")),
            found.planted.to_string(),
            found.found.to_string(),
        ]
    };
    let mut rows = vec![
        row("tips", summary.suspect_tips),
        row("unseen", summary.unseen_pictures),
        row("known", summary.known_pictures),
        row("near", summary.near_known_pictures),
    ];
    for decoy in &summary.decoys {
        rows.push(vec![
            say.just(&format!("page-demo-decoy-{}", decoy.kind)),
            say.just("page-demo-not-top"),
            say.word("band", &decoy.band),
        ]);
    }
    Table { head: TRUTH_HEAD.iter().map(|id| say.just(id)).collect(), rows }
}

fn steps(summary: &Summary, say: &Say) -> Table {
    Table { head: STEP_HEAD.iter().map(|id| say.just(id)).collect(), rows: step_rows(summary, say) }
}

fn step_rows(summary: &Summary, say: &Say) -> Vec<Vec<String>> {
    let row = |step: &super::units::Step| {
        let what = if step.command.is_empty() {
            say.just(&format!("page-demo-work-{}", step.name))
        } else {
            step.command.clone()
        };
        let unit = if step.command.is_empty() { "" } else { step.unit.folder() };
        vec![what, unit.to_owned(), step.actor.clone(), format!("{:.2}", step.seconds)]
    };
    summary.steps.iter().map(row).collect()
}
