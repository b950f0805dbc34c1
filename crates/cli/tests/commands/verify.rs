//! `verify-install` on this machine, without a data folder.

use super::support::run;

#[test]
fn this_machine_holds_what_is_promised_and_each_check_says_so() {
    let found = run(&["--json", "verify-install"]).ended(0).json();
    let checks = found["checks"].as_array().unwrap();
    assert!(checks.len() >= 8, "{found}");
    assert!(checks.iter().all(|check| check["passed"] == true), "{found}");
    let groups = found["escape"].as_array().unwrap();
    let tried: u64 = groups.iter().map(|group| group["tried"].as_u64().unwrap()).sum();
    assert!(groups.len() >= 10 && tried >= 60, "{found}");
    assert!(groups.iter().all(|group| group["got_out"].as_array().unwrap().is_empty()));
    assert!(!found["kernel"].as_str().unwrap().is_empty());
}

#[test]
fn people_read_a_table_in_their_language() {
    let check = |lang: &str, words: &[&str]| {
        let page = run(&["--lang", lang, "verify-install"]).ended(0).stdout;
        for word in words.iter().chain(&["P1", "P5", "ptrace"]) {
            assert!(page.contains(word), "{word:?} is not in\n{page}");
        }
        assert!(!page.contains('⟦'), "{page}");
    };
    check("en", &["requirement", "passed", "Known limits"]);
    check("es", &["requisito", "superada", "Límites conocidos"]);
    check("pt", &["requisito", "aprovada", "Limites conhecidos"]);
}

/// The hidden argument gives nothing: it confines itself before it looks at the name.
#[test]
fn the_worker_that_tries_is_confined_whatever_it_is_told() {
    let ran = run(&["worker", "--attempt", "no such attempt"]);
    assert_eq!(ran.code, 99);
    assert_eq!(run(&["worker", "--attempt", "read a file"]).code, 10);
}
