//! Exhibits: attached once, read in the confined worker, shown in ledger and lists.

use super::support::{CASE, Unit, count};
use amparo_scenario::{Params, build};
use std::collections::BTreeSet;

fn add<'a>(device: &'a str, label: &'a str) -> Vec<&'a str> {
    vec!["evidence", "add", device, "--case", CASE, "--authorisation", "O-1", "--label", label]
}

#[test]
fn an_export_is_read_once_and_its_transfers_stand_in_the_ledger() {
    let unit = Unit::with_case("Unit");
    let device = unit.export();
    let said = unit.run("ines", &add(&device, "E-1")).ended(0).json();
    assert_eq!(said["summary"]["entries"], 2, "{said}");
    let again = unit.run("ines", &add(&device, "E-1")).ended(0).json();
    assert_eq!(again["summary"]["jobs_done"], 0, "{again}");

    let between = ["telegram:user1000001", "telegram:user1000002"];
    let args = ["ledger", "between", between[0], between[1], "--case", CASE];
    let ledger = unit.run("ines", &args).ended(0).json();
    assert!(count(&ledger, "transfers") >= 3, "{ledger}");
    assert!(ledger["transfers"][0]["transfer"]["at"]["object"].is_string(), "{ledger}");
    let text = unit.plain("ines", &["ledger", "of", between[1], "--case", CASE]).ended(0).stdout;
    assert!(text.contains("telegram:user1000002") && !text.contains('⟦'), "{text}");
    let none = ["ledger", "file", "d41d8cd98f00b204e9800998ecf8427e", "--case", CASE];
    assert_eq!(count(&unit.run("ines", &none).ended(0).json(), "transfers"), 0);
}

#[test]
fn lists_status_alarms_and_dump_show_what_was_done() {
    let unit = Unit::with_case("Unit");
    unit.run("ines", &add(&unit.export(), "E-1")).ended(0);
    let item = format!("{CASE}/E-1");
    let files = unit.run("ines", &["evidence", "list", "--case", CASE, "--item", &item]).ended(0);
    assert_eq!(count(&files.json(), "entries"), 2);
    let status = unit.run("ines", &["evidence", "status", &item, "--case", CASE]).ended(0).json();
    assert_eq!(status["listed"], true);
    let jobs = status["jobs"].as_array().unwrap();
    assert!(!jobs.is_empty() && jobs.iter().all(|job| job["state"] == "done"), "{status}");
    let alarms = unit.run("ines", &["alarms", "--case", CASE]).ended(0).json();
    assert!(count(&alarms, "alarms") > 0, "{alarms}");
    let text = unit.plain("ines", &["alarms", "--case", CASE]).ended(0).stdout;
    assert!(text.contains("telegram:") && !text.contains('⟦'), "{text}");
    let dump = unit.run("sofia", &["dump", &unit.path("facts.jsonl")]).ended(0).json();
    assert!(dump["rows"].as_u64() > Some(3), "{dump}");
}

#[test]
fn a_store_that_is_none_is_a_problem_and_costs_its_neighbours_nothing() {
    let unit = Unit::with_case("Unit");
    let device = unit.export();
    unit.write("device/com.whatsapp/databases/msgstore.db", "this is no database");
    unit.write("device/Other/result.json", "{\"personal_information\": {\"user_id\": 1}, \"chats");
    unit.run("ines", &add(&device, "E-1")).ended(0);
    let item = format!("{CASE}/E-1");
    let status = unit.run("ines", &["evidence", "status", &item, "--case", CASE]).ended(0).json();
    let subjects: Vec<String> = status["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|staged| staged["problem"]["subject"].as_str().unwrap().to_owned())
        .collect();
    for name in ["msgstore.db", "Other/result.json"] {
        assert!(subjects.iter().any(|subject| subject.contains(name)), "{name}: {subjects:?}");
    }
    let args = ["ledger", "of", "telegram:user1000002", "--case", CASE];
    assert!(count(&unit.run("ines", &args).ended(0).json(), "transfers") > 0);
}

#[test]
fn the_units_own_data_is_no_exhibit() {
    let unit = Unit::with_case("Unit");
    for folder in ["data", "data/objects", "."] {
        let path = unit.path(folder);
        unit.run("ines", &add(&path, "E-1")).ended(3).says(&["own data"]);
    }
}

#[test]
fn a_source_that_cannot_be_one_is_named() {
    let unit = Unit::with_case("Unit");
    let missing = unit.path("missing");
    unit.run("ines", &add(&missing, "E-1")).ended(3).says(&["missing"]);
    unit.run("ines", &add("/dev/null", "E-1")).ended(3).says(&["neither folder nor file"]);
    let file = unit.write("file", "x");
    let none = ["evidence", "add", &file, "--case", "NO-1", "--authorisation", "O-1"];
    unit.run("ines", &none).ended(3).says(&["NO-1"]);
}

#[test]
fn a_second_exhibit_takes_back_nothing_that_the_first_one_showed() {
    let world = tempfile::tempdir().unwrap();
    build(&Params { seed: 9, scale: 0.3 }, world.path(), &mut |_| {}).unwrap();
    let unit = Unit::with_case("Unit");
    let list = world.path().join("hashset/known.vics.json");
    let list = list.to_str().unwrap();
    let import = ["hashset", "import", list, "--id", "k", "--dated", "2026-02-01", "--source", "s"];
    unit.run("admin", &import).ended(0);
    let verdicts = || {
        let facts = unit.dump();
        let novelty = facts.lines().filter(|line| line.contains(r#""table":"novelty""#));
        let sure = novelty.filter(|line| !line.contains(r#"\"unsure\""#));
        sure.map(str::to_owned).collect::<Vec<_>>()
    };
    let phone = world.path().join("devices/phone");
    unit.run("ines", &add(phone.to_str().unwrap(), "E-1")).ended(0);
    let before = verdicts();
    assert!(before.len() > 20, "{}", before.len());
    // The same chats without the pictures, as an export or a backup holds them.
    for name in ["databases/msgstore.db", "shared_prefs/com.whatsapp_preferences_light.xml"] {
        let bytes = std::fs::read(phone.join("data/data/com.whatsapp").join(name)).unwrap();
        unit.write(&format!("backup/com.whatsapp/{name}"), bytes);
    }
    unit.run("ines", &add(&unit.path("backup"), "E-2")).ended(0);
    assert_eq!(verdicts(), before);
}

/// A store in an archive is read before the listing of the archive is recorded, with all of its
/// companions, wherever they stand: what comes of it is what the folder gave.
#[test]
fn a_store_in_an_archive_is_read_with_its_companions_as_in_a_folder() {
    let world = tempfile::tempdir().unwrap();
    build(&Params { seed: 9, scale: 0.3 }, world.path(), &mut |_| {}).unwrap();
    let unit = Unit::with_case("Unit");
    let app = world.path().join("devices/phone/data/data/com.whatsapp");
    let records = || {
        let facts = unit.dump();
        let of_store = |line: &&str| {
            let tables = ["accounts", "chats", "contacts", "facts", "messages", "transfers"];
            tables.iter().any(|table| line.contains(&format!(r#""table":"{table}""#)))
        };
        facts.lines().filter(of_store).map(str::to_owned).collect::<BTreeSet<_>>()
    };
    unit.run("ines", &add(app.to_str().unwrap(), "E-1")).ended(0);
    let in_folder = records();
    assert!(in_folder.len() > 100, "{}", in_folder.len());
    let archive = unit.path("phone.tar");
    let members =
        ["databases/msgstore.db-wal", "shared_prefs", "databases/msgstore.db", "databases/wa.db"];
    let made = std::process::Command::new("tar")
        .args(["--transform", "s,^,com.whatsapp/,", "-cf", &archive, "-C", app.to_str().unwrap()])
        .args(members)
        .status()
        .unwrap();
    assert!(made.success());
    let added = unit.run("ines", &add(&archive, "E-2")).ended(0).json();
    assert!(added["summary"]["first_store_ms"].is_u64(), "{added}");
    let new: Vec<_> = records().difference(&in_folder).cloned().collect();
    // The archive is a file of its own; nothing else is new.
    assert!(new.iter().all(|line| line.contains(r#""stage":"fingerprint""#)), "{new:#?}");
    assert_eq!(new.len(), 1, "{new:#?}");
}

#[test]
fn an_archive_is_an_exhibit_and_its_stores_stand_in_the_ledger() {
    let unit = Unit::with_case("Unit");
    let device = unit.export();
    let archive = unit.path("phone.tar");
    let made = std::process::Command::new("tar")
        .args(["-cf", &archive, "-C", &device, "."])
        .status()
        .unwrap();
    assert!(made.success());
    let said = unit.run("ines", &add(&archive, "E-1")).ended(0).json();
    assert_eq!(said["item"]["kind"], "file", "{said}");
    // The archive itself, and the two files in it.
    assert_eq!(said["summary"]["entries"], 3, "{said}");
    let args = ["ledger", "of", "telegram:user1000002", "--case", CASE];
    assert!(count(&unit.run("ines", &args).ended(0).json(), "transfers") > 0);
    let item = format!("{CASE}/E-1");
    let status = unit.run("ines", &["evidence", "status", &item, "--case", CASE]).ended(0).json();
    assert_eq!(status["containers"][0]["formats"][0], "tar/1", "{status}");
    assert_eq!(status["files_read"], 3, "{status}");
    let files = unit.run("ines", &["evidence", "list", "--case", CASE, "--item", &item]).ended(0);
    let files = files.json()["entries"].to_string();
    assert!(files.contains("phone.tar//Export/result.json"), "{files}");
    let again = unit.run("ines", &add(&archive, "E-1")).ended(0).json();
    assert_eq!(again["summary"]["jobs_done"], 0, "{again}");
}

#[test]
fn what_the_order_does_not_cover_is_listed_and_not_read() {
    let unit = Unit::with_case("Unit");
    let device = unit.export();
    unit.write("device/Dropbox/c.txt", "from a remote service");
    unit.authorise("O-2", "2026-06-01T00:00:00Z", "communications,media");
    let args = ["--authorisation", "O-2", "--label", "E-1"];
    let add = [vec!["evidence", "add", device.as_str(), "--case", CASE], args.to_vec()].concat();
    unit.run("ines", &add).ended(0);
    let item = format!("{CASE}/E-1");
    let status = unit.run("ines", &["evidence", "status", &item, "--case", CASE]).ended(0).json();
    let problems = status["problems"].to_string();
    assert!(problems.contains("out_of_scope") && problems.contains("Dropbox"), "{status}");
    assert_eq!(status["files"], 3, "{status}");
    assert_eq!(status["files_read"], 2, "{status}");
}

#[test]
fn an_order_for_some_dates_leaves_out_what_is_dated_outside() {
    let unit = Unit::with_case("Unit");
    let device = unit.export();
    let order = [
        "authorisation",
        "add",
        "O-3",
        "--case",
        CASE,
        "--authority",
        "Court 4",
        "--from",
        "2026-01-01T00:00:00Z",
        "--until",
        "2026-06-01T00:00:00Z",
        "--covers",
        "communications,media",
        "--data-from",
        "2001-01-01T00:00:00Z",
        "--data-until",
        "2001-02-01T00:00:00Z",
    ];
    unit.run("sofia", &order).ended(0);
    let args = ["--authorisation", "O-3", "--label", "E-1"];
    let add = [vec!["evidence", "add", device.as_str(), "--case", CASE], args.to_vec()].concat();
    unit.run("ines", &add).ended(0);
    let item = format!("{CASE}/E-1");
    let status = unit.run("ines", &["evidence", "status", &item, "--case", CASE]).ended(0).json();
    let problems = status["problems"].to_string();
    assert!(problems.contains("records dated outside"), "{status}");
    assert!(problems.contains("files: dated outside"), "{status}");
    let ledger = ["ledger", "of", "telegram:user1000002", "--case", CASE];
    assert_eq!(count(&unit.run("ines", &ledger).ended(0).json(), "transfers"), 0);
}

#[test]
fn the_work_can_be_directed_and_paused() {
    let unit = Unit::with_case("Unit");
    let device = unit.export();
    unit.run("ines", &add(&device, "E-1")).ended(0);
    let item = format!("{CASE}/E-1");
    let first = ["evidence", "prioritise", &item, "--case", CASE, "--path", "**/*.txt"];
    // All of it is read already.
    assert_eq!(unit.run("ines", &first).ended(0).json()["files"], 0);
    unit.run("ines", &["evidence", "pause", &item, "--case", CASE]).ended(0);
    let status = unit.run("ines", &["evidence", "status", &item, "--case", CASE]).ended(0).json();
    assert_eq!(status["paused"], true, "{status}");
    assert_eq!(status["runs"][0]["ended"], "finished", "{status}");
    unit.run("ana", &["evidence", "pause", &item, "--case", CASE]).ended(4);
    unit.run("ines", &add(&device, "E-1")).ended(0);
    let status = unit.run("ines", &["evidence", "status", &item, "--case", CASE]).ended(0).json();
    assert_eq!(status["paused"], false, "going on ends the pause: {status}");
}

#[test]
fn the_chain_of_custody_says_who_had_it_and_whether_it_is_what_it_was() {
    let unit = Unit::with_case("Unit");
    let device = unit.export();
    unit.run("ines", &add(&device, "E-1")).ended(0);
    let item = format!("{CASE}/E-1");
    let hash = ["custody", "hash", &item, "--case", CASE];
    let said = unit.run("ines", &hash).ended(0).json();
    assert_eq!(said["event"]["unchanged"], true, "{said}");
    let passed = [
        "custody",
        "add",
        &item,
        "--case",
        CASE,
        "--act",
        "handed_over",
        "--seal",
        "S-1",
        "--from",
        "Brigade",
        "--to",
        "Laboratory",
        "--reason",
        "examination",
    ];
    unit.run("ines", &passed).ended(0);
    unit.run("ana", &passed).ended(4);
    unit.write("device/photos/a.txt", "another note!!");
    let said = unit.run("ines", &hash).ended(1).json();
    assert_eq!(said["event"]["unchanged"], false, "{said}");
    assert!(said["changed"].to_string().contains("photos/a.txt"), "{said}");
    let pdf = unit.path("custody.pdf");
    let show = ["custody", "show", &item, "--case", CASE, "--pdf", &pdf];
    let record = unit.run("ines", &show).ended(0).json();
    let acts: Vec<&str> = record["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["act"].as_str().unwrap())
        .collect();
    assert_eq!(acts, ["read", "hashed", "handed_over", "hashed"]);
    assert_eq!(record["events"][2]["reason"], "examination", "{record}");
    assert!(std::fs::read(&pdf).unwrap().starts_with(b"%PDF"));
}

#[test]
fn all_files_of_a_split_image_belong_to_the_exhibit() {
    let unit = Unit::with_case("Unit");
    let parts = [[1_u8; 2_048], [2; 2_048], [3; 2_048]];
    for (number, part) in (1..).zip(parts) {
        unit.write(&format!("image/phone.{number:03}"), part);
    }
    unit.write("image/notes.txt", "lies beside it and is no part");
    let first = unit.path("image/phone.001");
    unit.run("ines", &add(&first, "E-1")).ended(0);
    let item = format!("{CASE}/E-1");
    let listed = ["evidence", "list", "--case", CASE, "--item", &item];
    let listed = unit.run("ines", &listed).ended(0).json();
    let entries = listed["entries"].as_array().unwrap();
    let size = |path: &str| {
        let entry = entries.iter().find(|entry| entry["path"] == path);
        entry.unwrap_or_else(|| panic!("no {path}: {listed}"))["size"].clone()
    };
    assert_eq!([size("phone.001"), size("phone.002"), size("phone.003")], [2_048; 3]);
    assert_eq!(size("phone.001//medium"), 6_144);
    assert_eq!(entries.len(), 4, "{listed}");
    let hash = ["custody", "hash", &item, "--case", CASE];
    assert_eq!(unit.run("ines", &hash).ended(0).json()["event"]["sums"]["files"], 3);
    unit.write("image/phone.003", [4; 2_048]);
    let said = unit.run("ines", &hash).ended(1).json();
    assert!(said["changed"].to_string().contains("phone.003"), "{said}");
}
