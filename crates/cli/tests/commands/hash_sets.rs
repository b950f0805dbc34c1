//! Lists of known hashes: all of a list or nothing.

use super::support::{Unit, count, fixture};

fn import<'a>(file: &'a str, id: &'a str) -> Vec<&'a str> {
    vec!["hashset", "import", file, "--id", id, "--dated", "2026-03-01", "--source", "Example"]
}

#[test]
fn a_list_is_loaded_with_its_scheme_and_its_bad_rows_are_named() {
    let unit = Unit::new("Unit");
    let path = unit.write("known.json", fixture("hashsets/vics_2.fixture.json"));
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
    let bytes = fixture("hashsets/vics_2.fixture.json");
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
    let path = unit.write("known.json", fixture("hashsets/vics_2.fixture.json"));
    let mut args = import(&path, "good");
    args.push("--known-good");
    unit.run("sofia", &args).ended(3).says(&["harmless"]);
    assert_eq!(count(&unit.run("sofia", &["hashset", "list"]).json(), "hash_sets"), 0);
}
