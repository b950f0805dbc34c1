//! First alarm: seconds from attaching a device to the right counterpart on top, beside the
//! seconds that reading all of it takes. The world is ten times that of the demo.

use super::{Bench, Figures, Workbench, target};
use std::process::Command;

pub const BENCH: Bench = Bench {
    name: "first_alarm",
    peer: "full processing of the same evidence",
    unit: "s",
    more_is_better: false,
    goal: None,
    run,
};

fn run(bench: &Workbench) -> Result<Figures, String> {
    let folder = bench.scratch.path().join("demo");
    let output = Command::new(target().join("release/amparo"))
        .args(["demo", "--no-serve", "--json", "--seed", "3", "--scale", "10", "--folder"])
        .arg(&folder)
        .output()
        .map_err(|error| format!("amparo: {error}"))?;
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
    if summary["true_source_rank"] != 1 {
        return Err(format!(
            "the right counterpart is not on top: {}",
            summary["true_source_rank"]
        ));
    }
    let ours = summary["first_alarm_seconds"].as_f64().ok_or("no alarm came")?;
    let steps = summary["steps"].as_array().cloned().unwrap_or_default();
    let attaching = steps.iter().filter(|step| step["name"] == "evidence add");
    let full: f64 = attaching.filter_map(|step| step["seconds"].as_f64()).sum();
    Ok(Figures { ours, peer: Some(full) })
}
