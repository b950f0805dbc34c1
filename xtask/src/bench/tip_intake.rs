//! Tip intake: reports read, stored, assessed and durable, by the command that a unit uses.

use super::unit::Unit;
use super::{Bench, Figures, Workbench, seconds};
use amparo_scenario::{Params, build};

pub const BENCH: Bench = Bench {
    name: "tip_intake",
    peer: "the goal: 500 tips/s",
    unit: "durable tips/s, one file each, assessed and linked",
    more_is_better: true,
    goal: Some(1.0),
    run: |bench| run(bench, "tips-bulk", 5.0, &[], 500.0),
};

pub const SINGLE: Bench = Bench {
    name: "tip_intake_single",
    peer: "the goal: 50 tips/s",
    unit: "tips/s, each durable and acknowledged before the next is read",
    more_is_better: true,
    goal: Some(1.0),
    run: |bench| run(bench, "tips-single", 2.0, &["--one-by-one"], 50.0),
};

fn run(
    bench: &Workbench,
    name: &str,
    scale: f64,
    more: &[&str],
    goal: f64,
) -> Result<Figures, String> {
    let world = bench.scratch.path().join(format!("{name}-world"));
    build(&Params { seed: 17, scale }, &world, &mut |_| {}).map_err(|error| error.to_string())?;
    let unit = Unit::new(&bench.scratch.path().join(name))?;
    let tips = world.join("tips");
    let tips = tips.to_string_lossy();
    let mut reply = Err(String::new());
    let args = [&["tips", "import", &tips], more].concat();
    let spent = seconds(|| reply = unit.run("ana", &args));
    let reply = reply?;
    let stored = reply["new"].as_u64().unwrap_or(0) + reply["revised"].as_u64().unwrap_or(0);
    Ok(Figures { ours: stored as f64 / spent, peer: Some(goal) })
}
