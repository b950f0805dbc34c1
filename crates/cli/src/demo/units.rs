//! Two units with their own data folders, and the running of command lines in them.

use crate::command::{self, Edge};
use crate::{error::CliError, globals::Globals, interrupt::Interrupt, run, say::Say};
use amparo_model::UtcMillis;
use amparo_text::Lang;
use clap::FromArgMatches;
use serde::Serialize;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Time that passes in the story between two command lines.
const STEP_MS: i64 = 60_000;

/// One of the two units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// The provincial brigade that examines the devices.
    Sender,
    /// The unit abroad that receives the referral.
    Addressee,
}

impl Unit {
    /// Name of its data folder.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Sender => "unit-alicante",
            Self::Addressee => "unit-buenos-aires",
        }
    }
}

/// One command line that was run.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// The command's name: `evidence add`.
    pub name: String,
    /// In which unit.
    pub unit: Unit,
    /// By whom.
    pub actor: String,
    /// The command line as typed, paths relative to the demo's folder.
    pub command: String,
    /// How long it took.
    pub seconds: f64,
}

/// Both units while the story runs.
pub struct Units {
    root: PathBuf,
    lang: Lang,
    now: UtcMillis,
    interrupt: Arc<Interrupt>,
    /// What was run so far.
    pub steps: Vec<Step>,
    /// Called after each step, for progress.
    pub told: Box<dyn FnMut(&Step)>,
}

impl Units {
    /// Starts the story at `now` in the folder `root`.
    #[must_use]
    pub fn new(root: &Path, edge: &Edge, now: UtcMillis, told: Box<dyn FnMut(&Step)>) -> Self {
        Self {
            root: root.to_owned(),
            lang: edge.say.lang(),
            now,
            interrupt: Arc::clone(&edge.interrupt),
            steps: Vec::new(),
            told,
        }
    }

    /// Runs one command line as `actor` of `unit` and returns its JSON.
    ///
    /// # Errors
    /// What the command itself refuses or fails on, with the command line named.
    pub async fn run(&mut self, unit: Unit, actor: &str, line: &[&str]) -> Result<Value, CliError> {
        let start = Instant::now();
        let reply = self.dispatch(unit, actor, line).await;
        let seconds = start.elapsed().as_secs_f64();
        self.now = self.now.plus_ms(STEP_MS);
        let step = self.step(unit, actor, line, seconds);
        let reply =
            reply.map_err(|error| CliError::storage(&step.command, error.sentence(&self.say())))?;
        (self.told)(&step);
        self.steps.push(step);
        Ok(reply)
    }

    /// Notes work of the demo itself, such as making the world.
    pub fn note(&mut self, name: &str, seconds: f64) {
        let step = Step {
            name: name.to_owned(),
            unit: Unit::Sender,
            actor: String::new(),
            command: String::new(),
            seconds,
        };
        (self.told)(&step);
        self.steps.push(step);
    }

    /// A path in the demo's folder as text.
    #[must_use]
    pub fn path(&self, relative: &str) -> String {
        self.root.join(relative).to_string_lossy().into_owned()
    }

    fn say(&self) -> Say {
        Say::new(self.lang)
    }

    async fn dispatch(&self, unit: Unit, actor: &str, line: &[&str]) -> Result<Value, CliError> {
        let (data, now) = (self.path(unit.folder()), self.now.to_string());
        let lang = self.lang.to_string();
        let head = ["amparo", "--json", "--data", &data, "--actor", actor, "--now", &now];
        let tongue = ["--lang", &lang];
        let args = head.iter().chain(&tongue).chain(line);
        let matches = command::tree().try_get_matches_from(args)?;
        let globals = Globals::from_arg_matches(&matches)?;
        let edge = Edge::within(globals, self.say(), &self.interrupt);
        let (command, inner) = command::chosen(&matches)
            .ok_or_else(|| CliError::Usage(format!("no command {}", line.join(" "))))?;
        Ok(run::dispatch(command, &edge, inner).await?.json)
    }

    fn step(&self, unit: Unit, actor: &str, line: &[&str], seconds: f64) -> Step {
        let shown: Vec<String> = line.iter().map(|word| self.shown(word)).collect();
        let name = line.iter().take(2).copied().collect::<Vec<_>>().join(" ");
        let known = command::COMMANDS.iter().any(|command| command.name == name);
        let name = if known { name } else { line.first().copied().unwrap_or("").to_owned() };
        Step {
            name,
            unit,
            actor: actor.to_owned(),
            command: format!("amparo {}", shown.join(" ")),
            seconds,
        }
    }

    fn shown(&self, word: &str) -> String {
        let word = word.replace(&format!("{}/", self.root.display()), "");
        if word.contains([' ', '"', '\'']) { format!("\"{word}\"") } else { word }
    }
}
