//! The reference case, end to end: what it must find, and that it finds the same everywhere.

use super::support::run;
use amparo_store::testing::Cluster;
use serde_json::Value;
use std::path::Path;

/// Small enough for every change, large enough to hold the source, all decoys and a live log.
const SCALE: &str = "0.1";

fn demo(folder: &Path, seed: &str, database: Option<&str>) -> Value {
    let folder = folder.to_str().unwrap();
    let mut args = vec!["demo", "--no-serve", "--json", "--seed", seed, "--scale", SCALE];
    args.extend(["--folder", folder]);
    if let Some(url) = database {
        args.extend(["--database", url]);
    }
    run(&args).ended(0).json()
}

fn check(summary: &Value) {
    assert_eq!(summary["true_source_rank"], 1, "{summary}");
    assert_eq!(summary["true_source_band"], "top");
    assert_eq!(summary["decoys_in_top_band"], 0);
    assert_eq!(summary["media_read_at_first_alarm"], 0, "the first alarm needs no media");
    assert!(summary["first_alarm_seconds"].as_f64().is_some());
    assert_eq!(summary["referral_state"], "accepted");
    assert_eq!(summary["verified"], true);
    for kind in ["suspect_tips", "unseen_pictures", "known_pictures", "near_known_pictures"] {
        assert_eq!(summary[kind]["found"], summary[kind]["planted"], "{kind}");
        assert!(summary[kind]["planted"].as_u64() > Some(0), "{kind}");
    }
    for decoy in summary["decoys"].as_array().unwrap() {
        let protected = decoy["band"] == "protection";
        assert_eq!(protected, decoy["kind"] == "teenager", "{decoy}");
    }
    assert!(summary["steps"].as_array().unwrap().iter().all(|step| step["seconds"].is_f64()));
}

#[test]
fn one_seed_gives_the_same_facts_in_any_folder_and_on_both_engines() {
    let home = tempfile::tempdir().unwrap();
    let first = demo(&home.path().join("a"), "5", None);
    check(&first);
    let second = demo(&home.path().join("elsewhere/b"), "5", None);
    assert_eq!(first["canonical_sha256"], second["canonical_sha256"]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let url = runtime.block_on(Cluster::shared().unwrap().fresh_database()).unwrap();
    let third = demo(&home.path().join("c"), "5", Some(&url));
    assert_eq!(third["database"], "postgres");
    check(&third);
    assert_eq!(first["canonical_sha256"], third["canonical_sha256"]);
}

#[test]
fn another_seed_is_another_world_with_the_same_result() {
    let home = tempfile::tempdir().unwrap();
    let summary = demo(&home.path().join("a"), "6", None);
    check(&summary);
    for document in ["referral", "referral_jsonld", "referral_pdf"] {
        let path = summary[document].as_str().unwrap();
        assert!(std::fs::metadata(path).unwrap().len() > 1_000, "{path}");
    }
    let graph = std::fs::read_to_string(summary["referral_jsonld"].as_str().unwrap()).unwrap();
    assert!(graph.contains("InternationalReferral"), "the graph names the referral");
    assert!(!graph.contains(home.path().to_str().unwrap()), "no path of this machine leaves");
}

#[test]
fn a_folder_that_holds_something_else_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("mine.txt"), "mine").unwrap();
    let folder = home.path().to_str().unwrap();
    run(&["demo", "--no-serve", "--lang", "en", "--folder", folder]).ended(2).says(&["--folder"]);
    assert!(home.path().join("mine.txt").is_file());
}
