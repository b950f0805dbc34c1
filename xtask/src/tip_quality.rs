//! Whether danger comes first: a synthetic world of tips with planted signs of a child in danger,
//! taken in by the program itself, and how many of them stand among the first lines.
//!
//! `TIP_QUALITY_TIPS` chooses another size. The planted tips differ in what shows the danger; half
//! of them come with level E, so that nobody has looked. The rest are viral duplicates and noise,
//! with decoys that share single words or features with danger.

use crate::bench::{seconds, unit::Unit};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const TIPS: u64 = 100_000;
/// One in so many is planted: about the share that is escalated as urgent in a year.
const PLANTED_ONE_IN: u64 = 550;
/// Places beyond the number planted that may be used.
const SPARE: usize = 50;
/// Reports in one file.
const PER_FILE: u64 = 500;
/// Files that are reported again and again.
const VIRAL_FILES: u64 = 25;

/// What was measured.
#[derive(Debug, Serialize)]
struct Quality {
    tips: u64,
    viral_percent: u64,
    planted: usize,
    lines: u64,
    /// Planted tips among the first `planted + 50` lines.
    found: usize,
    found_percent: f64,
    /// Of the first `planted` lines, how many stand for no planted tip.
    false_alerts: usize,
    false_alert_percent: f64,
    /// The same by their strongest reason.
    false_alerts_by_rule: BTreeMap<String, usize>,
    /// Planted tips that were missed, by what shows the danger.
    missed: BTreeMap<String, usize>,
    import_seconds: f64,
}

/// Makes the world, has it taken in, and prints the figures.
pub fn run() -> Result<(), String> {
    let tips = std::env::var("TIP_QUALITY_TIPS").ok().and_then(|n| n.parse().ok()).unwrap_or(TIPS);
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (folder, data) = (scratch.path().join("tips"), scratch.path().join("data"));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let planted = write(&folder, tips)?;
    let unit = Unit::new(&data)?;
    let mut said = Ok(Value::Null);
    let import_seconds =
        seconds(|| said = unit.run("ana", &["tips", "import", &folder.to_string_lossy()]));
    let new = said?["new"].as_u64().unwrap_or_default();
    if new != tips {
        return Err(format!("{new} of {tips} tips were taken in"));
    }
    let top = (planted.len() + SPARE).to_string();
    let list = unit.run("ana", &["tips", "list", "--top", &top])?;
    let quality = measure(tips, &planted, &list, import_seconds);
    println!("{}", serde_json::to_string_pretty(&quality).map_err(|error| error.to_string())?);
    Ok(())
}

fn measure(
    tips: u64,
    planted: &BTreeMap<String, &'static str>,
    list: &Value,
    import_seconds: f64,
) -> Quality {
    let lines: Vec<BTreeSet<String>> =
        list["groups"].as_array().into_iter().flatten().map(of_line).collect();
    let found: BTreeSet<&String> =
        lines.iter().flatten().filter(|tip| planted.contains_key(*tip)).collect();
    let first = lines.iter().take(planted.len());
    let false_alerts =
        first.filter(|line| !line.iter().any(|tip| planted.contains_key(tip))).count();
    let mut missed: BTreeMap<String, usize> = BTreeMap::new();
    for (_, kind) in planted.iter().filter(|(tip, _)| !found.contains(tip)) {
        *missed.entry((*kind).to_owned()).or_default() += 1;
    }
    let percent = |part: usize| 100.0 * part as f64 / planted.len().max(1) as f64;
    Quality {
        tips,
        viral_percent: 30,
        planted: planted.len(),
        lines: list["group_count"].as_u64().unwrap_or_default(),
        found: found.len(),
        found_percent: percent(found.len()),
        false_alerts,
        false_alert_percent: percent(false_alerts),
        false_alerts_by_rule: by_rule(planted, list),
        missed,
        import_seconds,
    }
}

fn by_rule(planted: &BTreeMap<String, &'static str>, list: &Value) -> BTreeMap<String, usize> {
    let mut rules = BTreeMap::new();
    let groups = list["groups"].as_array().into_iter().flatten().take(planted.len());
    for group in groups.filter(|group| !of_line(group).iter().any(|t| planted.contains_key(t))) {
        let rule = group["tips"][0]["reasons"][0]["rule"].as_str().unwrap_or_default();
        *rules.entry(rule.to_owned()).or_default() += 1;
    }
    rules
}

fn of_line(group: &Value) -> BTreeSet<String> {
    let tips = group["tips"].as_array().into_iter().flatten();
    tips.filter_map(|tip| tip["tip"].as_str().map(str::to_owned)).collect()
}

/// Writes the world; gives the planted tips with what shows their danger.
fn write(folder: &std::path::Path, tips: u64) -> Result<BTreeMap<String, &'static str>, String> {
    let mut planted = BTreeMap::new();
    for first in (0..tips).step_by(PER_FILE as usize) {
        let mut reports = Vec::new();
        for n in first..(first + PER_FILE).min(tips) {
            let mut rng = ChaCha8Rng::seed_from_u64(n);
            let number = 300_000_000 + n;
            let mut report = ordinary(number, &mut rng);
            if n % PLANTED_ONE_IN == PLANTED_ONE_IN / 2 {
                let sign = SIGNS[(n / PLANTED_ONE_IN) as usize % SIGNS.len()];
                (sign.1)(&mut report, &mut rng);
                planted.insert(format!("ncmec/{number}"), sign.0);
            } else if n % 10 < 3 {
                viral(&mut report, &mut rng);
            } else if n % 100 == 7 {
                let decoy = DECOYS.choose(&mut rng).copied().unwrap_or(many_files);
                decoy(&mut report, &mut rng);
            }
            reports.push(report);
        }
        let text = serde_json::to_vec(&reports).map_err(|error| error.to_string())?;
        std::fs::write(folder.join(format!("{first:07}.json")), text)
            .map_err(|error| error.to_string())?;
    }
    Ok(planted)
}

type Change = fn(&mut Value, &mut ChaCha8Rng);

/// The ways in which danger shows.
const SIGNS: [(&str, Change); 8] = [
    ("level 1", |r, _| r["priorityLevel"] = json!("1")),
    ("level 2", |r, _| r["priorityLevel"] = json!("2")),
    ("access stated", |r, _| person(r)["accessToChildren"] = json!("Yes")),
    ("access to the child", |r, _| person(r)["accessToChildVictim"] = json!("true")),
    ("enticement", |r, rng| {
        summary(r)["incidentType"] = json!("Online Enticement of Children for Sexual Acts");
        note(
            r,
            ["They arranged to meet on Friday.", "Quedaron en verse el viernes."]
                .choose(rng)
                .unwrap_or(&""),
        );
    }),
    ("live", |r, _| tag(r, "Live Streaming")),
    ("threat", |r, rng| {
        note(
            r,
            [
                "He threatens to send it to her school unless she sends more.",
                "Amenaza con difundirlo si no envía más.",
            ]
            .choose(rng)
            .unwrap_or(&""),
        );
        summary(r)["incidentType"] = json!("Online Enticement of Children for Sexual Acts");
    }),
    ("child in crisis", |r, rng| {
        note(
            r,
            ["The child says she wants to kill herself.", "La menor dice que se quiere suicidar."]
                .choose(rng)
                .unwrap_or(&""),
        );
    }),
];

/// What looks like danger in one feature and is none by itself.
const DECOYS: [Change; 5] = [many_files, spam_enticement, old, adult_talk, class_a1];

fn many_files(report: &mut Value, rng: &mut ChaCha8Rng) {
    let files: Vec<Value> = (0..40).map(|_| file(&hash(rng))).collect();
    report["reportedInformation"]["uploadedFiles"]["uploadedFiles"] = json!(files);
}

fn spam_enticement(report: &mut Value, rng: &mut ChaCha8Rng) {
    viral(report, rng);
    note(report, "Automated advertisement; the account sent the same text to thousands.");
}

fn old(report: &mut Value, _: &mut ChaCha8Rng) {
    summary(report)["incidentDateTime"] = json!("2019-05-01T10:00:00Z");
    note(report, "The upload was found during a review of old content.");
}

fn adult_talk(report: &mut Value, _: &mut ChaCha8Rng) {
    note(report, "The user says that the service lives on advertising and threatens to leave it.");
}

fn class_a1(report: &mut Value, rng: &mut ChaCha8Rng) {
    viral(report, rng);
    report["reportedInformation"]["uploadedFiles"]["uploadedFiles"][0]["industryClassification"] =
        json!("A1");
}

fn viral(report: &mut Value, rng: &mut ChaCha8Rng) {
    let file_number = rng.random_range(0..VIRAL_FILES);
    let mut one = file(&format!("{:032x}", 0xf11e_0000_u64 + file_number));
    one["ncmecTags"] = json!({ "groups": [{ "tags": [{ "value": "Viral" }] }] });
    report["reportedInformation"]["uploadedFiles"]["uploadedFiles"] = json!([one]);
    report["priorityLevel"] = json!("E");
}

/// A report as most are: level E or 3, one to four files, a person with an account.
fn ordinary(number: u64, rng: &mut ChaCha8Rng) -> Value {
    let level = if rng.random_ratio(9, 10) { "E" } else { "3" };
    let provider = *["Example Cloud", "Example Chat", "Example Photos", "Example Mail"]
        .choose(rng)
        .unwrap_or(&"Example Cloud");
    let country = *["ES", "AR", "MX", "BR", "US", "FR", ""].choose(rng).unwrap_or(&"");
    let files: Vec<Value> = (0..rng.random_range(1..5)).map(|_| file(&hash(rng))).collect();
    let day = rng.random_range(1..28);
    json!({
        "reportId": number,
        "dateReceived": format!("2026-02-{day:02}T08:00:00Z"),
        "priorityLevel": level,
        "reportedInformation": {
            "reportingEsp": { "espName": provider },
            "incidentSummary": {
                "incidentType": "Child Pornography (possession, manufacture, and distribution)",
                "incidentDateTime": format!("2026-02-{day:02}T07:00:00Z"),
            },
            "additionalInformations": [{ "value": "Automated report." }],
            "reportedPeople": { "reportedPersons": [{
                "espUserId": format!("u{number}"),
                "screenName": { "value": format!("name{}", number % 5_000) },
                "emails": { "emails": [{
                    "value": format!("u{number}@example.org"), "verified": rng.random_bool(0.6),
                }]},
                "addresses": { "addresses": [{ "country": country }] },
                "sourceInformation": { "sourceCaptures": [{
                    "captureType": "IP Address",
                    "value": format!("192.0.2.{}", rng.random_range(1..255)),
                    "port": rng.random_range(1024..65_535),
                    "dateTime": format!("2026-02-{day:02}T06:{:02}:{:02}Z",
                        rng.random_range(0..60), rng.random_range(0..60)),
                    "eventName": "Login",
                }]},
            }]},
            "uploadedFiles": { "uploadedFiles": files },
        }
    })
}

fn file(hash: &str) -> Value {
    json!({ "filename": "a.jpg", "verificationHash": hash, "viewedByEsp": null })
}

fn hash(rng: &mut ChaCha8Rng) -> String {
    format!("{:032x}", rng.random::<u128>())
}

fn person(report: &mut Value) -> &mut Value {
    &mut report["reportedInformation"]["reportedPeople"]["reportedPersons"][0]
}

fn summary(report: &mut Value) -> &mut Value {
    &mut report["reportedInformation"]["incidentSummary"]
}

fn note(report: &mut Value, text: &str) {
    report["reportedInformation"]["additionalInformations"] = json!([{ "value": text }]);
}

fn tag(report: &mut Value, text: &str) {
    report["reportedInformation"]["uploadedFiles"]["uploadedFiles"][0]["ncmecTags"] =
        json!({ "groups": [{ "tags": [{ "value": text }] }] });
}
