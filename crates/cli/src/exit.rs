//! Exit codes: the one place where they are defined, and from which the help prints them.
//!
//! To add one: add a variant and its row in [`Exit::ALL`]; codes are a promise to scripts, so the
//! existing ones never change.

use serde::Serialize;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// Done.
    Ok,
    /// Done, and the result says no: damage found, fields missing, verification failed.
    SaysNo,
    /// The command line makes no sense.
    Usage,
    /// A file or value that was offered cannot be used; everything around it was kept.
    BadInput,
    /// This person may not do this; the refusal is in the audit log.
    Refused,
    /// The data folder, the database or the operating system failed.
    Storage,
    /// Stopped by the operator; the same command again continues.
    Interrupted,
}

impl Exit {
    /// Every code with its meaning, in order.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Ok, "done"),
        (Self::SaysNo, "done, and the result says no (damage, missing fields, failed check)"),
        (Self::Usage, "the command line makes no sense"),
        (Self::BadInput, "an input cannot be used; everything around it was kept"),
        (Self::Refused, "not permitted to this person; the refusal was logged"),
        (Self::Storage, "data folder, database or operating system failed"),
        (Self::Interrupted, "interrupted; the same command again continues"),
    ];

    /// The number given to the operating system.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::SaysNo => 1,
            Self::Usage => 2,
            Self::BadInput => 3,
            Self::Refused => 4,
            Self::Storage => 5,
            Self::Interrupted => 6,
        }
    }

    /// The table as the help shows it.
    #[must_use]
    pub fn help() -> String {
        let rows = Self::ALL.map(|(exit, meaning)| format!("  {}  {meaning}", exit.code()));
        format!("Exit codes:\n{}", rows.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_listed_in_order_without_gaps() {
        let codes: Vec<u8> = Exit::ALL.iter().map(|(exit, _)| exit.code()).collect();
        assert_eq!(codes, (0..=6).collect::<Vec<u8>>());
    }
}
