//! The help: every command shows examples, exit codes and its options.

use super::support::run;
use amparo_cli::command::COMMANDS;

#[test]
fn every_command_has_help_with_examples_and_exit_codes() {
    for command in COMMANDS {
        let mut args: Vec<&str> = command.name.split(' ').collect();
        args.push("--help");
        let help = run(&args).ended(0).stdout;
        for part in ["Examples:", "Exit codes:", command.about] {
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words(&help).contains(&words(part)), "{}: no {part:?}\n{help}", command.name);
        }
    }
}

#[test]
fn the_top_level_help_names_every_group_and_the_exit_codes() {
    let help = run(&["--help"]).ended(0).stdout;
    for command in COMMANDS.iter().filter(|command| !command.hidden) {
        let first = command.name.split(' ').next().unwrap();
        assert!(help.contains(&format!("  {first}")), "{first} is not in\n{help}");
    }
    assert!(help.contains("4  not permitted"), "{help}");
    assert!(!help.contains("worker"), "{help}");
}

#[test]
fn a_senseless_command_line_ends_with_two() {
    run(&["no-such-command"]).ended(2);
    run(&["case", "open"]).ended(2);
    run(&["ledger", "file", "abc", "--case", "X"]).ended(2);
    run(&["case", "open", "../x", "--title", "t"]).ended(2);
    run(&["parsers", "--lang", "fr"]).ended(2);
}

#[test]
fn a_senseless_command_line_is_one_object_for_scripts() {
    let said = run(&["--json", "ledger", "file", "abc", "--case", "X"]).ended(2).json();
    assert_eq!(said["error"]["code"], 2, "{said}");
    assert!(said["error"]["message"].as_str().unwrap().contains("hexadecimal"), "{said}");
    assert_eq!(run(&["case", "open"]).ended(2).stdout, "");
    assert!(run(&["--json", "case", "--help"]).ended(0).stdout.contains("Usage"));
}

#[test]
fn an_answer_that_could_not_be_written_is_no_success() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut amparo = std::process::Command::new(env!("CARGO_BIN_EXE_amparo"));
    let ended = amparo.args(["parsers", "--json"]).stdout(full).status().unwrap();
    assert_eq!(ended.code(), Some(5));
}

#[test]
fn parsers_are_listed_with_what_they_cannot_do() {
    let parsers = run(&["parsers", "--json"]).ended(0).json();
    let ids: Vec<&str> =
        parsers["parsers"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap()).collect();
    for id in ["ncmec_le_json", "telegram_desktop", "vics", "whatsapp_android"] {
        assert!(ids.contains(&id), "{id} is not in {ids:?}");
    }
    assert!(run(&["parsers", "--lang", "en"]).ended(0).stdout.contains("Does not read"));
}

#[test]
fn every_sentence_that_the_source_names_exists() {
    let text = amparo_text::Text::new(amparo_text::Lang::Es);
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut missing = Vec::new();
    for folder in [source.clone(), source.join("commands"), source.join("demo")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let code = std::fs::read_to_string(&path).unwrap();
            let ids = code.split('"').filter(|id| id.starts_with("cli-") && !id.contains('{'));
            missing.extend(ids.filter(|id| !text.has(id)).map(|id| format!("{path:?}: {id}")));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_act_and_role_has_its_words() {
    let say = amparo_cli::say::Say::new(amparo_text::Lang::Pt);
    let words = amparo_authz::Action::ALL.iter().map(|action| say.word("action", action.as_str()));
    let words = words.chain(amparo_model::Role::ALL.map(|role| say.word("role", role.as_str())));
    let missing: Vec<String> = words.filter(|word| word.contains('⟦')).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
