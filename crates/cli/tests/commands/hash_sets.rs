//! Lists of known hashes: all of a list or nothing.

use super::support::{CASE, Unit, count, fixture};
use amparo_parsers::LISTS;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn import<'a>(file: &'a str, id: &'a str) -> Vec<&'a str> {
    vec!["hashset", "import", file, "--id", id, "--dated", "2026-03-01", "--source", "Example"]
}

#[test]
fn a_list_is_loaded_with_its_scheme_and_its_bad_rows_are_named() {
    let unit = Unit::new("Unit");
    let path = unit.write("known.json", fixture("hashsets/vics.fixture.json"));
    let said = unit.run("sofia", &import(&path, "known")).ended(0).json();
    assert_eq!(said["header"]["scheme"]["realm"], "US");
    assert!(said["stored"].as_u64() > Some(0) && count(&said, "problems") > 0, "{said}");
    unit.run("sofia", &import(&path, "known")).ended(0);
    let list = unit.run("ines", &["hashset", "list"]).ended(0).json();
    assert_eq!(count(&list, "hash_sets"), 1);
}

#[test]
fn a_cut_alien_or_renamed_list_loads_nothing() {
    let unit = Unit::new("Unit");
    let bytes = fixture("hashsets/vics.fixture.json");
    let cut = unit.write("cut.json", &bytes[..bytes.len() - 20]);
    unit.run("sofia", &import(&cut, "cut")).ended(3).says(&["cut.json"]);
    let alien = unit.write("alien.json", "{\"weather\": []}");
    unit.run("sofia", &import(&alien, "alien")).ended(3).says(&["alien.json"]);
    let good = unit.write("good.json", &bytes);
    unit.run("sofia", &import(&good, "good")).ended(0);
    let other = String::from_utf8(bytes).unwrap().replace("example-series", "other-series");
    let other = unit.write("other.json", other);
    unit.run("sofia", &import(&other, "good")).ended(3).says(&["good"]);
    let list = unit.run("sofia", &["hashset", "list"]).json();
    assert_eq!(count(&list, "hash_sets"), 1, "{list}");
}

#[test]
fn a_list_with_categories_is_no_list_of_harmless_files() {
    let unit = Unit::new("Unit");
    let path = unit.write("known.json", fixture("hashsets/vics.fixture.json"));
    let mut args = import(&path, "good");
    args.push("--known-good");
    unit.run("sofia", &args).ended(3).says(&["harmless"]);
    assert_eq!(count(&unit.run("sofia", &["hashset", "list"]).json(), "hash_sets"), 0);
}

/// The bytes of a recipe: SQL is run, hex is decoded, anything else is taken as it is.
fn built(recipe: &Path) -> Vec<u8> {
    let bytes = std::fs::read(recipe).unwrap();
    match recipe.extension().and_then(|ending| ending.to_str()) {
        Some("sql") => {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("list.db");
            let database = rusqlite::Connection::open(&path).unwrap();
            database.execute_batch(&String::from_utf8(bytes).unwrap()).unwrap();
            drop(database);
            std::fs::read(path).unwrap()
        }
        Some("hex") => {
            let text = String::from_utf8(bytes).unwrap();
            let lines = text.lines().map(|line| line.split('#').next().unwrap());
            let digits: String = lines.collect::<String>().split_whitespace().collect();
            data_encoding::HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).unwrap()
        }
        _ => bytes,
    }
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Loads a file in a format; what it holds decides whether it is a list of harmless files.
fn load(unit: &Unit, file: &str, id: &str, format: &str) -> super::support::Ran {
    let mut args = import(file, id);
    args.extend(["--format", format]);
    let said = unit.run("sofia", &args);
    if said.code == 3 && said.stderr.contains("--known-good") {
        args.push("--known-good");
        return unit.run("sofia", &args);
    }
    if said.code == 3 && said.stderr.contains("--scheme") {
        args.extend(["--scheme", "VICS/US/2.0"]);
        return unit.run("sofia", &args);
    }
    said
}

fn reconciles(said: &Value) {
    let number = |key: &str| said[key].as_u64().unwrap();
    assert_eq!(number("rows"), number("stored") + number("rejected"), "{said}");
}

#[test]
fn every_format_is_imported_and_its_bad_inputs_leave_no_part_of_a_list() {
    let unit = Unit::new("Unit");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../parsers/src/hashsets");
    for list in LISTS {
        let id = list.spec().id;
        let is_fixture = |path: &PathBuf| {
            path.file_name().unwrap().to_string_lossy().starts_with(&format!("{id}.fixture."))
        };
        let recipe = listed(&folder).into_iter().find(is_fixture).unwrap();
        let path = unit.write(&format!("{id}.list"), built(&recipe));
        let said = load(&unit, &path, &id.replace('_', "-"), id).ended(0).json();
        assert!(said["stored"].as_u64() > Some(0), "{said}");
        reconciles(&said);
        let loaded = count(&unit.run("ines", &["hashset", "list"]).json(), "hash_sets");
        for (number, bad) in (0..).zip(listed(&folder.join(format!("{id}.bad")))) {
            let path = unit.write("bad.list", built(&bad));
            let name = format!("bad-{}-{number}", id.replace('_', "-"));
            let said = load(&unit, &path, &name, id);
            let now = count(&unit.run("ines", &["hashset", "list"]).json(), "hash_sets");
            match said.code {
                0 => {
                    let said = said.json();
                    reconciles(&said);
                    assert!(count(&said, "problems") > 0, "{}: in silence", bad.display());
                    unit.run("sofia", &["hashset", "remove", &name, "--why", "test"]).ended(0);
                }
                3 => {
                    said.says(&["bad.list"]);
                    assert_eq!(now, loaded, "{}", bad.display());
                }
                code => panic!("{}: exit {code}: {}", bad.display(), said.stderr),
            }
        }
    }
}

/// A unit whose case holds one file, and the MD5 of that file.
fn unit_with_file() -> (Unit, String) {
    let unit = Unit::with_case("Unit");
    unit.write("phone/note.txt", "nothing to see");
    let path = unit.path("phone");
    let args = ["evidence", "add", &path, "--case", CASE, "--authorisation", "O-1"];
    unit.run("ines", &args).ended(0);
    let listing = ["evidence", "list", "--item", "ALC-1/phone", "--case", CASE];
    let listing = unit.run("ines", &listing).ended(0).json();
    let md5 = listing["entries"][0]["hashes"]["md5"].as_str().unwrap().to_owned();
    (unit, md5)
}

fn answer(unit: &Unit) -> Value {
    let args = ["evidence", "list", "--item", "ALC-1/phone", "--case", CASE];
    unit.run("ines", &args).ended(0).json()["entries"][0]["novelty"].clone()
}

#[test]
fn an_update_compares_what_is_held_and_opens_again_what_changed() {
    let (unit, md5) = unit_with_file();
    let first = unit.write("first.txt", format!("{}  other\n", "a".repeat(32)));
    let said = unit.run("sofia", &import(&first, "national")).ended(0).json();
    assert_eq!((count(&said["rechecked"], "changed"), &said["edition"]), (0, &1.into()));
    assert_eq!(answer(&unit)["against"][0][0], "national", "compared, the answer is the same");
    let second = unit.write("second.txt", format!("{md5}  this one\n"));
    unit.run("sofia", &import(&second, "national")).ended(3).says(&["hashset update"]);
    let update = ["hashset", "update", &second, "--id", "national", "--dated", "2026-04-01"];
    let update = [&update[..], &["--source", "Example", "--list-version", "7"]].concat();
    let said = unit.run("sofia", &update).ended(0).json();
    let change = &said["rechecked"]["changed"][0];
    assert_eq!((&change["before"], &change["after"]), (&"unsure".into(), &"known".into()));
    let found = &answer(&unit)["matches"][0];
    assert_eq!((&found["version"], &found["dated"]), (&"7".into(), &"2026-04-01".into()));
    assert!(found["row"]["bytes"]["end"].as_u64() > Some(0), "{found}");
    let removed = ["hashset", "remove", "national", "--why", "ended"];
    let said = unit.run("sofia", &removed).ended(0).json();
    assert_eq!(said["rechecked"]["changed"][0]["after"], "unsure");
    let shown = unit.run("ines", &["hashset", "show", "national"]).ended(0).json();
    assert_eq!(count(&shown, "editions"), 2);
    assert_eq!(shown["editions"][1]["retired"][2], "ended");
}

#[test]
fn a_damaged_index_is_built_again_and_damaged_rows_are_named() {
    let (unit, md5) = unit_with_file();
    let path = unit.write("list.txt", format!("{md5}  this one\n"));
    let said = unit.run("sofia", &import(&path, "national")).ended(0).json();
    assert_eq!(said["rechecked"]["changed"][0]["after"], "known");
    for index in listed(&unit.data().join("index")) {
        let mut bytes = std::fs::read(&index).unwrap();
        if let Some(byte) = bytes.get_mut(20) {
            *byte ^= 1;
        }
        std::fs::write(&index, bytes).unwrap();
    }
    let said = unit.run("sofia", &["hashset", "check"]).ended(0).json();
    assert_eq!(
        (&said["rechecked"]["compared"], count(&said["rechecked"], "changed")),
        (&1.into(), 0)
    );
    assert_eq!(answer(&unit)["novelty"], "known");
    let shown = unit.run("ines", &["hashset", "show", "national", "--hash", &md5]).ended(0).json();
    assert_eq!(count(&shown, "rows"), 1);
    let objects = unit.data().join("objects");
    let rows = walk(&objects)
        .into_iter()
        .find(|path| std::fs::read(path).unwrap().windows(4).any(|part| part == b"AMPL"));
    let rows = rows.unwrap();
    let mut bytes = std::fs::read(&rows).unwrap();
    bytes[0] ^= 1;
    std::fs::remove_file(&rows).unwrap();
    std::fs::write(&rows, bytes).unwrap();
    unit.run("sofia", &["hashset", "check"]).ended(5).says(&["national"]);
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let (folders, mut files): (Vec<_>, Vec<_>) =
        listed(folder).into_iter().partition(|path| path.is_dir());
    files.extend(folders.iter().flat_map(|folder| walk(folder)));
    files
}

#[test]
fn own_verdicts_leave_as_vics_and_come_back_as_a_list() {
    let (unit, md5) = unit_with_file();
    let add = |hash: &str, scheme: &str, code: &str| {
        let args = ["verdict", "add", hash, "--case", CASE, "--scheme", scheme, "--code", code];
        unit.run("ines", &args)
    };
    let export = |form: &str| {
        let out = unit.path(&format!("{form}.json"));
        let args = ["hashset", "export", "--case", CASE, "--form", form, "--out", &out];
        (unit.run("leo", &args), out)
    };
    export("media").0.ended(3).says(&["verdict add"]);
    add(&"0".repeat(32), "VICS/US/2.0", "1").ended(3);
    add(&md5, "VICS/US/2.0", "2").ended(0);
    add(&md5, "VICS/US/2.0", "1").ended(0);
    add(&md5, "UK/UK/2014", "A").ended(0);
    let said = unit.run("ines", &["verdict", "list", "--case", CASE]).ended(0).json();
    assert_eq!(count(&said, "verdicts"), 3);
    for form in ["media", "cases"] {
        let (said, path) = export(form);
        let said = said.ended(0).json();
        assert_eq!((&said["media"], &said["realm"]), (&1.into(), &"US".into()));
        assert_eq!(said["left_out"][0]["why"], "other_scheme");
        let said = unit.run("sofia", &import(&path, form)).ended(0).json();
        assert_eq!((&said["stored"], &said["rejected"]), (&1.into(), &0.into()), "{said}");
    }
    let matches = answer(&unit)["matches"].as_array().unwrap().clone();
    let codes: Vec<_> = matches.iter().map(|hit| hit["category"]["code"].clone()).collect();
    assert_eq!(codes, ["1", "1"]);
}
