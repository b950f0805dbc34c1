//! The story of the reference case, step by step, as command lines.

use super::summary::{self, Canonical, Found, Summary};
use super::units::Unit::{Addressee, Sender};
use super::units::Units;
use crate::error::CliError;
use amparo_scenario::Truth;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The case, as the brigade calls it.
const CASE: &str = "ALC-2026-0001";
/// The court order under which the devices are read.
const ORDER: &str = "JI4-ALC-2026-17";

/// What only a person can say; an officer types it into the form or a file.
const ANSWERS: &str = include_str!("answers.json");

/// Runs the story on a world that exists below `world/`, and sums it up.
///
/// # Errors
/// The first command line that fails, named.
pub async fn play(
    units: &mut Units,
    truth: &Truth,
    database: Option<&str>,
) -> Result<Summary, CliError> {
    found_units(units, truth.seed, database).await?;
    let tips = receive_tips(units, truth).await?;
    let attached = attach_devices(units).await?;
    let alarms = array(
        &units.run(Sender, "leo", &["alarms", "--case", CASE, "--top", "1000"]).await?["alarms"],
    );
    let (owner, counterpart) = first_pair(&alarms)?;
    let between = ["ledger", "between", &owner, &counterpart, "--case", CASE];
    let ledger = array(&units.run(Sender, "ines", &between).await?["transfers"]);
    show_one_file(units, &ledger).await?;
    let files = listed_files(units, &attached).await?;
    let referral = refer(units, &counterpart, &tips).await?;
    let verified = verify(units).await?;
    let canonical = dump(units).await?;
    let mut result = Summary {
        referral_state: referral.state,
        referral: PathBuf::from(units.path("referral.age")),
        referral_jsonld: PathBuf::from(units.path("opened/referral.jsonld")),
        referral_pdf: PathBuf::from(units.path("opened/referral.es.pdf")),
        verified,
        canonical_sha256: canonical,
        suspect_tips: Found {
            planted: truth.suspect.tips.len() as u64,
            found: tips.iter().filter(|tip| of_suspect(tip, truth)).count() as u64,
        },
        ..Summary::of(truth, database, alarms, ledger)
    };
    result.measure(truth, &attached, &files, units);
    Ok(result)
}

async fn found_units(units: &mut Units, seed: u64, database: Option<&str>) -> Result<(), CliError> {
    let seed = seed.to_string();
    let mut sender = vec![
        "init",
        "--unit",
        "Brigada Provincial de Alicante",
        "--country",
        "ES",
        "--contact",
        "+34 600 000 001",
        "--mailbox",
        "guardia@alicante.example.org",
        "--admin",
        "marta",
        "--supervisor",
        "sofia",
        "--demo-seed",
        &seed,
    ];
    if let Some(url) = database {
        sender.extend(["--database", url]);
    }
    units.run(Sender, "marta", &sender).await?;
    let addressee = [
        "init",
        "--unit",
        "Unidad de Buenos Aires",
        "--country",
        "AR",
        "--contact",
        "+54 11 5555 0100",
        "--mailbox",
        "guardia@ba.example.org",
        "--admin",
        "mora",
        "--supervisor",
        "silvia",
        "--demo-seed",
        &seed,
    ];
    units.run(Addressee, "mora", &addressee).await?;
    for (name, role) in [("ana", "analyst"), ("ines", "examiner"), ("leo", "liaison")] {
        units.run(Sender, "marta", &["user", "add", name, "--role", role]).await?;
    }
    for (name, role) in [("lucia", "liaison"), ("aldo", "auditor")] {
        units.run(Addressee, "mora", &["user", "add", name, "--role", role]).await?;
    }
    units.run(Sender, "marta", &["user", "add", "aldo", "--role", "auditor"]).await?;
    let (ours, theirs) = (units.path("card-alicante.json"), units.path("card-buenos-aires.json"));
    units.run(Sender, "marta", &["partner", "card", &ours]).await?;
    units.run(Addressee, "mora", &["partner", "card", &theirs]).await?;
    units.run(Sender, "marta", &["partner", "add", &theirs]).await?;
    units.run(Addressee, "mora", &["partner", "add", &ours]).await?;
    Ok(())
}

/// Imports the tips and returns those of the first line of the list: the user who stands out.
async fn receive_tips(units: &mut Units, _: &Truth) -> Result<Vec<String>, CliError> {
    let tips = units.path("world/tips");
    units.run(Sender, "ana", &["tips", "import", &tips]).await?;
    let list = ["tips", "list", "--territory", "ES-A", "--top", "5"];
    let groups = array(&units.run(Sender, "ana", &list).await?["groups"]);
    let first = groups.first().map(|group| array(&group["tips"])).unwrap_or_default();
    let numbers: Vec<String> = first.iter().map(|tip| text(&tip["tip"])).collect();
    if let Some(number) = numbers.first() {
        units.run(Sender, "ana", &["tips", "show", number]).await?;
    }
    Ok(numbers)
}

/// Opens the case, loads the list, attaches both devices; the results of `evidence add`.
async fn attach_devices(units: &mut Units) -> Result<Vec<Value>, CliError> {
    let title = "Usuario con gran volumen en la nube, Alicante";
    units.run(Sender, "sofia", &["case", "open", CASE, "--title", title]).await?;
    units.run(Sender, "sofia", &["case", "assign", CASE, "ines", "leo"]).await?;
    let order = [
        "authorisation",
        "add",
        ORDER,
        "--case",
        CASE,
        "--authority",
        "Juzgado de Instrucción 4 de Alicante",
        "--from",
        "2026-02-25T00:00:00Z",
        "--until",
        "2026-06-01T00:00:00Z",
        "--covers",
        "communications,media",
    ];
    units.run(Sender, "sofia", &order).await?;
    let list = units.path("world/hashset/known.vics.json");
    let import = [
        "hashset",
        "import",
        &list,
        "--id",
        "known-2026-02",
        "--dated",
        "2026-02-01",
        "--source",
        "Lista sintética de la demostración",
    ];
    units.run(Sender, "marta", &import).await?;
    let mut attached = Vec::new();
    for label in ["phone", "computer"] {
        let path = units.path(&format!("world/devices/{label}"));
        let add = ["evidence", "add", &path, "--case", CASE, "--authorisation", ORDER];
        attached.push(units.run(Sender, "ines", &add).await?);
    }
    for one in &attached {
        let item = text(&one["item"]["id"]);
        units.run(Sender, "ines", &["evidence", "status", &item, "--case", CASE]).await?;
    }
    Ok(attached)
}

/// Who sent one file to whom: the first file that was exchanged with the first counterpart.
async fn show_one_file(units: &mut Units, ledger: &[Value]) -> Result<(), CliError> {
    let hash = ledger.iter().find_map(|row| {
        let recorded = row["transfer"]["record"]["recorded_hash"]["value"].as_str();
        recorded.or(row["file_sha256"].as_str()).map(str::to_owned)
    });
    if let Some(hash) = hash {
        units.run(Sender, "ines", &["ledger", "file", &hash, "--case", CASE]).await?;
    }
    Ok(())
}

async fn listed_files(units: &mut Units, attached: &[Value]) -> Result<Vec<Value>, CliError> {
    let mut files = Vec::new();
    for one in attached {
        let item = text(&one["item"]["id"]);
        let list = ["evidence", "list", "--case", CASE, "--item", &item];
        files.extend(array(&units.run(Sender, "ines", &list).await?["entries"]));
    }
    Ok(files)
}

/// How the referral ended.
struct Referred {
    state: String,
}

async fn refer(
    units: &mut Units,
    counterpart: &str,
    tips: &[String],
) -> Result<Referred, CliError> {
    let mut draft = vec![
        "referral",
        "draft",
        "--case",
        CASE,
        "--counterpart",
        counterpart,
        "--to",
        "Unidad de Buenos Aires",
        "--languages",
        "es,en",
    ];
    tips.iter().take(3).for_each(|tip| draft.extend(["--tip", tip]));
    let id = text(&units.run(Sender, "leo", &draft).await?["referral"]);
    units.run(Sender, "leo", &["referral", "check", &id]).await?;
    let answers = units.path("answers.json");
    crate::files::write(&PathBuf::from(&answers), ANSWERS.as_bytes())?;
    units.run(Sender, "leo", &["referral", "draft", "--edit", &id, "--from", &answers]).await?;
    units.run(Sender, "leo", &["referral", "check", &id]).await?;
    units.run(Sender, "sofia", &["referral", "approve", &id]).await?;
    let (sealed, opened, receipt) =
        (units.path("referral.age"), units.path("opened"), units.path("receipt.txt"));
    units.run(Sender, "leo", &["referral", "seal", &id, &sealed]).await?;
    units.run(Sender, "leo", &["referral", "status", &id, "--sent"]).await?;
    units.run(Addressee, "lucia", &["referral", "open", &sealed, "--documents", &opened]).await?;
    let note = "Aceptada. Equipo en camino al domicilio; próxima noticia en 24 horas.";
    let answer = ["referral", "acknowledge", &id, &receipt, "--state", "accepted", "--note", note];
    units.run(Addressee, "lucia", &answer).await?;
    let back = ["referral", "status", &id, "--receipt", &receipt];
    let status = units.run(Sender, "leo", &back).await?;
    Ok(Referred { state: text(&status["referrals"][0]["state"]) })
}

/// Both logs against checkpoints kept outside, and every object read again.
async fn verify(units: &mut Units) -> Result<bool, CliError> {
    let mut sound = true;
    for (unit, admin) in [(Sender, "marta"), (Addressee, "mora")] {
        let outside = units.path(&format!("checkpoint-{}.txt", unit.folder()));
        units.run(unit, "aldo", &["audit", "checkpoint", &outside]).await?;
        let verified = units.run(unit, "aldo", &["audit", "verify", &outside]).await?;
        let checked = units.run(unit, admin, &["fsck"]).await?;
        sound &= verified["sound"] == json!(true) && checked["clean"] == json!(true);
    }
    Ok(sound)
}

async fn dump(units: &mut Units) -> Result<Canonical, CliError> {
    let (ours, theirs) = (units.path("facts-alicante.jsonl"), units.path("facts-ba.jsonl"));
    let sender = units.run(Sender, "sofia", &["dump", &ours]).await?;
    let addressee = units.run(Addressee, "silvia", &["dump", &theirs]).await?;
    Ok(Canonical { sender: text(&sender["sha256"]), addressee: text(&addressee["sha256"]) })
}

fn first_pair(alarms: &[Value]) -> Result<(String, String), CliError> {
    let first =
        alarms.first().ok_or_else(|| CliError::bad("alarms", "no counterpart was found"))?;
    Ok((summary::key(&first["owner"]), summary::key(&first["counterpart"])))
}

fn of_suspect(tip: &str, truth: &Truth) -> bool {
    truth.suspect.tips.iter().any(|number| tip.ends_with(&format!("/{number}")))
}

fn array(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
