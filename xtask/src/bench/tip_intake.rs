//! Tip intake: reports read, stored and durable, by the command that a unit uses.

use super::{Bench, Figures, Workbench, seconds, target};
use amparo_scenario::{Params, build};
use std::path::Path;
use std::process::Command;

pub const BENCH: Bench = Bench {
    name: "tip_intake",
    peer: "world average of 2023: 36.2 million a year",
    unit: "durable tips/s",
    more_is_better: true,
    goal: None,
    run,
};

/// 36.2 million reports in 365 days.
const WORLD_AVERAGE: f64 = 36_200_000.0 / (365.0 * 86_400.0);

fn run(bench: &Workbench) -> Result<Figures, String> {
    let world = bench.scratch.path().join("tips-world");
    let data = bench.scratch.path().join("tips-data");
    build(&Params { seed: 17, scale: 5.0 }, &world, &mut |_| {})
        .map_err(|error| error.to_string())?;
    init(&data)?;
    let tips = world.join("tips");
    let mut reply = Err(String::new());
    let spent = seconds(|| reply = amparo(&data, &["tips", "import", &tips.to_string_lossy()]));
    let stored = reply?["new"].as_u64().unwrap_or(0);
    Ok(Figures { ours: stored as f64 / spent, peer: Some(WORLD_AVERAGE) })
}

fn init(data: &Path) -> Result<(), String> {
    let unit = ["--unit", "Bench", "--country", "ES", "--contact", "+34 600 000 000"];
    let rest = ["--mailbox", "bench@example.org", "--admin", "admin"];
    amparo(data, &[&["init"], &unit[..], &rest[..]].concat())?;
    amparo(data, &["user", "add", "ana", "--role", "analyst"]).map(drop)
}

/// Runs the built binary; tips are the analyst's work, the rest the administrator's.
fn amparo(data: &Path, args: &[&str]) -> Result<serde_json::Value, String> {
    let actor = if args.first() == Some(&"tips") { "ana" } else { "admin" };
    let output = Command::new(target().join("release/amparo"))
        .args(["--json", "--actor", actor, "--data"])
        .arg(data)
        .args(args)
        .output()
        .map_err(|error| format!("amparo: {error}"))?;
    serde_json::from_slice(&output.stdout).map_err(|_| {
        format!("amparo {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr))
    })
}
