//! Tips as law enforcement receives them: JSON, a share with a PDF of the same name.
//!
//! Key names are those that public readers of the form use; values vary as they do in the field:
//! absent, `null`, `N/A`, numbers as text. One tip in three is a heavy viral duplicate: the same
//! file, reported of accounts that have nothing to do with each other.
//!
//! Addresses come from documentation ranges (RFC 5737, RFC 3849), mail from reserved domains
//! (RFC 2606), phones from fictional ranges, providers are made up.

use crate::calendar::{self, HOUR_MS};
use crate::pictures::Made;
use crate::plan::Plan;
use crate::progress::Reporter;
use crate::rng::Stream;
use crate::{ScenarioError, disk, pdf, people, suspect, vics};
use amparo_model::Md5;
use serde_json::{Value, json};
use std::path::Path;

/// Where the tips lie in the world's folder.
pub(crate) const FOLDER: &str = "tips";

const PROVIDERS: [&str; 6] = [
    "Example Cloud",
    "Example Chat",
    "Example Photos",
    "Example Mail",
    "Example Forum",
    "Example Video",
];
const MAIL_DOMAINS: [&str; 4] = ["example.org", "example.com", "example.net", "correo.example"];
const WORDS: [&str; 8] = ["luna", "rio", "norte", "nube", "arena", "bosque", "faro", "cometa"];
const COUNTRIES: [&str; 8] = ["ES", "AR", "MX", "BR", "US", "GB", "FR", "DE"];
const PROVINCES: [(&str, &str); 10] = [
    ("Valencia", "Gandia"),
    ("Murcia", "Lorca"),
    ("Madrid", "Getafe"),
    ("Sevilla", "Utrera"),
    ("Barcelona", "Sabadell"),
    ("Zaragoza", "Calatayud"),
    ("Málaga", "Ronda"),
    ("A Coruña", "Ferrol"),
    ("Asturias", "Avilés"),
    ("Alicante", "Alcoy"),
];
/// Files that are reported again and again.
const VIRAL_FILES: u64 = 12;
/// Tips reach back this many hours.
const SPAN_HOURS: i64 = 180 * 24;

/// Writes all tips under `out`.
pub(crate) fn write(
    plan: &Plan,
    made: &[Made],
    out: &Path,
    report: &Reporter,
) -> Result<(), ScenarioError> {
    let folder = out.join(FOLDER);
    for n in 0..plan.sizes.tips {
        let tip = tip(plan, made, n);
        let stem = format!("CyberTip-{}", report_number(n));
        let text = format!("{tip:#}\n");
        disk::write(&folder.join(format!("{stem}.json")), text.as_bytes())?;
        if n % 20 == 4 {
            let lines = pdf_lines(n, &tip);
            disk::write(&folder.join(format!("{stem}.pdf")), &pdf::document(&lines))?;
        }
        report.step();
    }
    Ok(())
}

/// Report numbers rise with the time of arrival.
pub(crate) fn report_number(n: u64) -> u64 {
    210_000_011 + n * 37
}

/// When tip `n` of `tips` arrived.
pub(crate) fn arrival(n: u64, tips: u64) -> i64 {
    calendar::hours_ago(SPAN_HOURS) + (SPAN_HOURS - 12) * HOUR_MS / tips as i64 * n as i64
}

fn tip(plan: &Plan, made: &[Made], n: u64) -> Value {
    let tips = plan.sizes.tips;
    let mut stream = Stream::new(plan.seed, "tip", n);
    let at = arrival(n, tips);
    let (provider, level, mut information) = match suspect::turn(n, tips) {
        Some(turn) => suspect::report(turn, at, &files_of_suspect(plan, made, turn)),
        None => noise(plan, made, n, at, &mut stream),
    };
    if let Some(fields) = information.as_object_mut() {
        fields.insert("reportingEsp".into(), json!({ "espName": provider, "lastName": null }));
        let summary = incident(at - stream.between(1, 40) * HOUR_MS, &mut stream);
        fields.insert("incidentSummary".into(), summary);
    }
    let number = report_number(n);
    let id = if n.is_multiple_of(5) { json!(number.to_string()) } else { json!(number) };
    json!({
        "reportId": id,
        "dateReceived": calendar::utc(at),
        "priorityLevel": level,
        "reportedInformation": information,
    })
}

fn incident(at: i64, stream: &mut Stream) -> Value {
    let note = [Value::Null, json!("N/A"), json!("Time at which the file was detected")];
    json!({
        "incidentType": "Online content (unconfirmed)",
        "incidentDateTime": calendar::utc(at),
        "incidentDateTimeDescription": note.get(stream.below(3) as usize),
    })
}

/// Files of the list, some of them on his devices.
fn files_of_suspect(plan: &Plan, made: &[Made], turn: usize) -> Vec<Md5> {
    (0..3 + turn as u64).map(|k| listed_md5(plan, made, turn as u64 * 11 + k)).collect()
}

fn listed_md5(plan: &Plan, made: &[Made], n: u64) -> Md5 {
    made.get(plan.library.exact(n)).map_or(Md5([1; 16]), |made| made.md5)
}

fn noise(
    plan: &Plan,
    made: &[Made],
    n: u64,
    at: i64,
    stream: &mut Stream,
) -> (&'static str, &'static str, Value) {
    let viral = n % 10 < 3;
    // One tip in twenty is about the same user as the tip before.
    let user = if n % 20 == 17 { n - 1 } else { n };
    let provider = PROVIDERS.get(user as usize % PROVIDERS.len()).copied().unwrap_or_default();
    let level = match stream.below(100) {
        _ if viral => "E",
        0..70 => "E",
        70..90 => "3",
        90..98 => "2",
        _ => "1",
    };
    let mut information = json!({
        "additionalInformations": [],
        "reportedPeople": { "reportedPersons": [person(plan.seed, user, at, stream)] },
        "uploadedFiles": { "uploadedFiles": files(plan, made, n, viral, at, stream) },
    });
    let note =
        if viral { "The file is widely shared on the service." } else { "Automated report." };
    if let Some(notes) = information.get_mut("additionalInformations") {
        *notes = json!([{ "value": note }]);
    }
    (provider, level, information)
}

fn files(
    plan: &Plan,
    made: &[Made],
    n: u64,
    viral: bool,
    at: i64,
    stream: &mut Stream,
) -> Vec<Value> {
    let count = if viral { 1 } else { 1 + stream.below(3) };
    (0..count)
        .map(|k| {
            let md5 = if viral {
                // Even numbers are what the list calls widely distributed.
                listed_md5(plan, made, n / 10 % VIRAL_FILES * 2)
            } else if stream.chance(60) {
                vics::extra_md5(plan.seed, stream.below(plan.sizes.list_extra))
            } else {
                Md5(stream.bytes())
            };
            let tags = if viral { vec![json!({ "value": "Viral" })] } else { Vec::new() };
            let viewed = [json!(true), json!(false), Value::Null];
            json!({
                "filename": format!("file_{n}_{k}.jpg"),
                "originalFilename": if stream.chance(50) { Value::Null } else { json!("IMG.jpg") },
                "submittalId": null,
                "verificationHash": md5.to_string(),
                "viewedByEsp": viewed.get(stream.below(3) as usize),
                "industryClassification": null,
                "ncmecTags": { "groups": [{ "tags": tags }] },
                "sourceInformation": { "sourceCaptures": [capture("Upload", at, stream)] },
                "additionalInformations": [],
            })
        })
        .collect()
}

fn person(seed: u64, user: u64, at: i64, stream: &mut Stream) -> Value {
    // What identifies somebody depends on the user alone, so that a second tip repeats it.
    let mut own = Stream::new(seed, "tip user", user);
    let country = own.pick(&COUNTRIES);
    let screen_name = format!("{}{}{user}", own.pick(&WORDS), own.pick(&WORDS));
    let mail = format!("{screen_name}@{}", own.pick(&MAIL_DOMAINS));
    let phone = own.chance(40).then(|| people::phone(country, 100 + user)).flatten();
    let not_stated = [Value::Null, json!("N/A"), json!("")];
    json!({
        "firstName": not_stated.get(own.below(3) as usize),
        "lastName": null,
        "dateOfBirth": "N/A",
        "approximateAge": not_stated.get(own.below(3) as usize),
        "espUserId": format!("u{:09}", 100_000_000 + user * 7919),
        "screenName": { "value": screen_name },
        "emails": { "emails": [{ "value": mail, "verified": own.chance(60) }] },
        "phones": match phone {
            Some(phone) => json!({ "phones": [{ "value": phone, "verified": true }] }),
            None => Value::Null,
        },
        "addresses": { "addresses": address(country, &mut own) },
        "accessToChildren": null,
        "sourceInformation": { "sourceCaptures": [
            capture("Registration", at - 900 * HOUR_MS, stream), capture("Login", at, stream),
        ] },
        "additionalInformations": [],
    })
}

fn address(country: &str, own: &mut Stream) -> Value {
    if own.chance(50) {
        return json!([]);
    }
    let (state, city) = if country == "ES" { own.pick(&PROVINCES) } else { ("N/A", "N/A") };
    json!([{
        "street1": null, "street2": null, "city": city, "state": state, "postalCode": "N/A",
        "country": country,
    }])
}

/// An event at an address of a documentation range; one in five comes without its port.
pub(crate) fn capture(event: &str, at: i64, stream: &mut Stream) -> Value {
    let at = at - stream.between(0, 90) * HOUR_MS / 3;
    let port = if stream.chance(80) { json!(stream.between(1024, 65_535)) } else { Value::Null };
    json!({
        "captureType": "IP Address",
        "value": documentation_address(stream),
        "dateTime": calendar::utc(at),
        "port": port,
        "eventName": event,
    })
}

fn documentation_address(stream: &mut Stream) -> String {
    let last = stream.between(1, 254);
    match stream.below(4) {
        0 => format!("192.0.2.{last}"),
        1 => format!("198.51.100.{last}"),
        2 => format!("203.0.113.{last}"),
        _ => format!("2001:db8:{:x}::{last:x}", stream.below(65_536)),
    }
}

fn pdf_lines(n: u64, tip: &Value) -> Vec<String> {
    let text = |pointer: &str| match tip.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        _ => "not stated".to_owned(),
    };
    vec![
        format!("CyberTipline Report {}", report_number(n)),
        format!("Received: {}", text("/dateReceived")),
        format!("Priority Level: {}", text("/priorityLevel")),
        format!("Reported by: {}", text("/reportedInformation/reportingEsp/espName")),
        format!("Incident Time: {}", text("/reportedInformation/incidentSummary/incidentDateTime")),
    ]
}
