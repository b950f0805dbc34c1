//! The data folder: made once, opened or refused with a clear word.

use super::support::{Unit, run};
use std::os::unix::fs::PermissionsExt;

#[test]
fn a_folder_that_is_none_is_named_with_the_remedy() {
    let empty = tempfile::tempdir().unwrap();
    let data = empty.path().to_str().unwrap();
    let args = ["--data", data, "--actor", "x", "--lang", "en", "case", "list"];
    run(&args).ended(3).says(&["amparo init", data]);
}

#[test]
fn a_folder_is_made_once_and_its_keys_are_private() {
    let unit = Unit::new("Unit");
    let again = ["init", "--unit", "X", "--country", "ES", "--contact", "1", "--mailbox", "m"];
    unit.run("admin", &again).ended(3).says(&["already"]);
    for name in ["keys/signing_key", "keys/age_identity", "keys/audit_seed", "amparo.toml"] {
        let meta = std::fs::metadata(unit.data().join(name)).unwrap();
        assert_eq!(meta.permissions().mode() & 0o077, 0, "{name}");
    }
}

#[test]
fn a_misspelt_setting_is_named() {
    let unit = Unit::new("Unit");
    let path = unit.data().join("amparo.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}\nnear_treshold = 3\n")).unwrap();
    unit.run("admin", &["user", "list"]).ended(3).says(&["near_treshold", "amparo.toml"]);
}

#[test]
fn a_wrong_country_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let args = [
        "--data",
        data.to_str().unwrap(),
        "--actor",
        "x",
        "--lang",
        "en",
        "init",
        "--unit",
        "U",
        "--country",
        "Spain",
        "--contact",
        "1",
        "--mailbox",
        "m",
    ];
    run(&args).ended(3).says(&["Spain"]);
    assert!(!data.exists());
}

#[test]
fn sentences_follow_the_language() {
    let unit = Unit::new("Unit");
    let data = unit.data();
    let line = |lang| {
        let args = ["--data", data.to_str().unwrap(), "--actor", "ana", "--lang", lang];
        run(&[args.as_slice(), &["case", "list"]].concat()).ended(0).stdout
    };
    assert_eq!(line("es"), "No hay casos.\n");
    assert_eq!(line("en"), "There are no cases.\n");
    assert_eq!(line("pt_BR"), "Não há casos.\n");
}

#[test]
fn a_lost_or_damaged_database_is_named_and_not_replaced() {
    let unit = Unit::new("Unit");
    let path = unit.data().join("amparo.db");
    std::fs::write(&path, "no database at all\n".repeat(400)).unwrap();
    unit.run("admin", &["user", "list"]).ended(5).says(&["not a database", "backup"]);
    std::fs::remove_file(&path).unwrap();
    unit.run("admin", &["user", "list"]).ended(5).says(&["amparo.db", "missing", "backup"]);
    assert!(!path.exists());
}
