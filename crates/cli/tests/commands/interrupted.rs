//! Kill -9 while evidence is attached: the next run completes, nothing is lost or doubled.

use super::support::{CASE, NOW, Unit};
use amparo_scenario::{Params, build};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// Kills the run when it has said this many lines of progress; `false` when it ended before.
fn kill_after_lines(unit: &Unit, device: &str, lines: usize) -> bool {
    let mut child = Command::new(env!("CARGO_BIN_EXE_amparo"))
        .args(["--data", unit.data().to_str().unwrap(), "--actor", "ines", "--now", NOW])
        .args(["evidence", "add", device, "--case", CASE, "--authorisation", "O-1"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stderr.take().unwrap()).lines().take(lines).count();
    child.kill().unwrap();
    let ended = child.wait().unwrap();
    said == lines && !ended.success()
}

fn facts(unit: &Unit) -> String {
    let fsck = unit.run("admin", &["fsck"]).ended(0).json();
    assert_eq!(fsck["clean"], true, "{fsck}");
    let dump = unit.run("sofia", &["dump", &unit.path("facts.jsonl")]).ended(0).json();
    dump["sha256"].as_str().unwrap().to_owned()
}

/// Path, size and modification time of everything under a folder.
fn listing(folder: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let metadata = std::fs::symlink_metadata(&path).unwrap();
        lines.push(format!("{path:?} {} {:?}", metadata.len(), metadata.modified().unwrap()));
        if metadata.is_dir() {
            lines.extend(listing(&path));
        }
    }
    lines.sort();
    lines
}

#[test]
fn a_killed_run_is_completed_by_the_next_one_and_the_source_stays_as_it_was() {
    let world = tempfile::tempdir().unwrap();
    build(&Params { seed: 9, scale: 0.3 }, world.path(), &mut |_| {}).unwrap();
    let phone = world.path().join("devices/phone");
    let device = phone.to_str().unwrap();
    let before = listing(&phone);
    let (killed, calm) = (Unit::with_case("Unit"), Unit::with_case("Unit"));
    let kills = (1..=6).filter(|lines| kill_after_lines(&killed, device, *lines)).count();
    assert!(kills >= 2, "only {kills} runs were killed while they worked");
    let add = ["evidence", "add", device, "--case", CASE, "--authorisation", "O-1"];
    let last = killed.run("ines", &add).ended(0).json();
    assert_eq!(last["summary"]["jobs_failed"], 0, "{last}");
    assert_eq!(last["summary"]["interrupted"], false);
    calm.run("ines", &add).ended(0);
    assert_eq!(facts(&killed), facts(&calm), "a killed and a calm run hold the same facts");
    assert_eq!(killed.run("ines", &add).ended(0).json()["summary"]["jobs_done"], 0);
    assert_eq!(listing(&phone), before, "nothing was written beside the evidence");
}

#[test]
fn a_store_that_was_killed_again_and_again_is_still_read() {
    let world = tempfile::tempdir().unwrap();
    build(&Params { seed: 9, scale: 0.3 }, world.path(), &mut |_| {}).unwrap();
    let phone = world.path().join("devices/phone");
    let device = phone.to_str().unwrap();
    let (killed, calm) = (Unit::with_case("Unit"), Unit::with_case("Unit"));
    // The first line of progress is said when the store is claimed.
    let kills = (0..5).filter(|_| kill_after_lines(&killed, device, 1)).count();
    assert_eq!(kills, 5);
    let add = ["evidence", "add", device, "--case", CASE, "--authorisation", "O-1"];
    let last = killed.run("ines", &add).ended(0).json();
    assert_eq!(last["summary"]["jobs_failed"], 0, "{last}");
    calm.run("ines", &add).ended(0);
    assert_eq!(facts(&killed), facts(&calm));
    assert_eq!(killed.run("ines", &add).ended(0).json()["summary"]["jobs_done"], 0);
}
