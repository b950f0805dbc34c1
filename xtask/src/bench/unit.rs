//! A unit with its data folder, worked through the built binary as people do.

use super::target;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The world's time: what the generated tips were made for.
const NOW: &str = "2026-03-02T08:00:00Z";

/// A fresh unit with an analyst, `ana`.
pub struct Unit {
    data: PathBuf,
}

impl Unit {
    /// Founds it.
    pub fn new(data: &Path) -> Result<Self, String> {
        let unit = Self { data: data.to_owned() };
        let init = ["init", "--unit", "Bench", "--country", "ES", "--admin", "admin"];
        let contact = ["--contact", "+34 600 000 000", "--mailbox", "bench@example.org"];
        unit.run("admin", &[&init[..], &contact[..]].concat())?;
        unit.run("admin", &["user", "add", "ana", "--role", "analyst"])?;
        Ok(unit)
    }

    /// Opens case `B-1` with order `O-1`; `sofia` supervises it.
    pub fn open_case(&self) -> Result<(), String> {
        self.run("admin", &["user", "add", "sofia", "--role", "supervisor"])?;
        self.run("sofia", &["case", "open", "B-1", "--title", "Bench"])?;
        let order = ["authorisation", "add", "O-1", "--case", "B-1", "--authority", "Court"];
        let dates = ["--from", "2026-01-01T00:00:00Z", "--until", "2027-01-01T00:00:00Z"];
        let covers = ["--covers", "communications,media,cloud"];
        self.run("sofia", &[&order[..], &dates[..], &covers[..]].concat()).map(drop)
    }

    /// A command line, not yet started.
    pub fn command(&self, actor: &str, args: &[&str]) -> Command {
        let mut command = Command::new(target().join("release/amparo"));
        command.args(["--json", "--actor", actor, "--now", NOW, "--data"]);
        command.arg(&self.data).args(args);
        command
    }

    /// Runs a command line; its answer.
    pub fn run(&self, actor: &str, args: &[&str]) -> Result<Value, String> {
        let output = self.command(actor, args).output();
        let output = output.map_err(|error| format!("amparo: {error}"))?;
        serde_json::from_slice(&output.stdout).map_err(|_| {
            format!("amparo {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr))
        })
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.data.join("amparo.db")
    }
}
