//! What a command returns: a value that becomes one JSON object for scripts or a page for people.

use crate::{error::CliError, exit::Exit, page::Page};
use serde::Serialize;

/// The result of a command that ran.
pub trait Outcome: Serialize {
    /// Writes it for people. Must show everything that the JSON form says, in words.
    fn show(&self, page: &mut Page<'_>);

    /// The exit code; `Ok` unless the result itself says no or some input was refused.
    fn exit(&self) -> Exit {
        Exit::Ok
    }
}

/// An outcome ready for printing.
#[derive(Debug)]
pub struct Reply {
    /// One JSON object.
    pub json: serde_json::Value,
    /// The page for people.
    pub page: String,
    /// The exit code.
    pub exit: Exit,
}

impl Reply {
    /// Renders an outcome both ways.
    ///
    /// # Errors
    /// [`CliError::Storage`] when the outcome cannot be written as JSON, which is a bug.
    pub fn of<O: Outcome>(outcome: &O, mut page: Page<'_>) -> Result<Self, CliError> {
        let json =
            serde_json::to_value(outcome).map_err(|error| CliError::storage("json", error))?;
        outcome.show(&mut page);
        Ok(Self { json, page: page.finish(), exit: outcome.exit() })
    }
}
