//! Options that every command takes.

use crate::{clock::SystemClock, error::CliError, say};
use amparo_model::{Clock, FixedClock, UtcMillis};
use amparo_text::Lang;
use std::{path::PathBuf, sync::Arc};

/// The language when nobody says: the units this is built for speak Spanish.
const DEFAULT_LANG: Lang = Lang::Es;

/// Options that every command takes.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Globals {
    /// The data folder of this unit
    #[arg(
        long,
        global = true,
        env = "AMPARO_DATA",
        value_name = "DIR",
        default_value = "amparo-data"
    )]
    pub data: PathBuf,
    /// Who acts; the name of a user of this unit [default: the operating system's user name]
    #[arg(long, global = true, env = "AMPARO_ACTOR", value_name = "NAME")]
    pub actor: Option<String>,
    /// Language of sentences: es, en or pt [default: from LANG, else es]
    #[arg(long, global = true, env = "AMPARO_LANG", value_name = "LANG")]
    pub lang: Option<String>,
    /// Print one JSON object for scripts
    #[arg(long, global = true)]
    pub json: bool,
    /// Why this is done; goes into the audit log
    #[arg(long, global = true, value_name = "TEXT")]
    pub reason: Option<String>,
    /// A clock that stands still, for tests and the demo
    #[arg(long, global = true, hide = true, value_parser = UtcMillis::parse)]
    pub now: Option<UtcMillis>,
}

impl Globals {
    /// The language of sentences.
    ///
    /// # Errors
    /// [`CliError::Usage`] when the language asked for is none of the three.
    pub fn language(&self) -> Result<Lang, CliError> {
        match self.lang.as_deref().filter(|lang| !lang.is_empty()) {
            Some(asked) => say::lang_of(asked)
                .ok_or_else(|| CliError::Usage(format!("--lang {asked}: use es, en or pt"))),
            None => Ok(environment_lang().unwrap_or(DEFAULT_LANG)),
        }
    }

    /// The clock: the system's, unless one was given.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        match self.now {
            Some(now) => Arc::new(FixedClock(now)),
            None => Arc::new(SystemClock),
        }
    }

    /// The name of the person who acts.
    ///
    /// # Errors
    /// [`CliError::Usage`] when neither option nor operating system names one.
    pub fn actor_name(&self) -> Result<String, CliError> {
        self.actor
            .clone()
            .or_else(|| std::env::var("USER").ok())
            .or_else(|| std::env::var("LOGNAME").ok())
            .filter(|name| !name.is_empty())
            .ok_or_else(|| CliError::Usage("nobody is named; use --actor NAME".to_owned()))
    }
}

fn environment_lang() -> Option<Lang> {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .and_then(|value| say::lang_of(&value))
}
