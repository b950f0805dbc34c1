//! What can go wrong in the store, sorted by what the caller can do about it.

/// The result of every verb.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why a verb had no effect. No verb leaves half of its effect behind.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process or worker was in the way; the same call again will succeed.
    #[error("database is busy ({detail}); try again")]
    Busy {
        /// What the database said.
        detail: String,
    },
    /// What is stored contradicts what was asked; trying again changes nothing.
    #[error("conflict: {what}")]
    Conflict {
        /// What is already stored, and the remedy.
        what: String,
    },
    /// Something that the call names is not there.
    #[error("{what} is not known here; check the spelling or add it first")]
    NotFound {
        /// Kind and id.
        what: String,
    },
    /// A stored row cannot be understood: damage, or a newer version wrote it.
    #[error(
        "stored data is not readable ({what}); restore the last backup or use the newer version"
    )]
    Damaged {
        /// Which value.
        what: String,
    },
    /// The database refused for another reason (disk full, no connection, no permission).
    #[error("database failed: {0}; check disk space, the address and permissions")]
    Backend(#[source] sqlx::Error),
}

impl StoreError {
    pub(crate) fn not_found(kind: &str, id: impl std::fmt::Display) -> Self {
        Self::NotFound { what: format!("{kind} {id}") }
    }

    pub(crate) fn conflict(what: impl Into<String>) -> Self {
        Self::Conflict { what: what.into() }
    }

    pub(crate) fn damaged(what: impl std::fmt::Display) -> Self {
        Self::Damaged { what: what.to_string() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let busy = match &error {
            sqlx::Error::PoolTimedOut => true,
            sqlx::Error::Database(database) => {
                database.is_unique_violation()
                    || database.code().is_some_and(|code| is_busy_code(&code))
            }
            _ => false,
        };
        let code = error.as_database_error().and_then(|database| database.code());
        if code.is_some_and(|code| is_damage_code(&code)) {
            return Self::damaged(error);
        }
        if busy { Self::Busy { detail: error.to_string() } } else { Self::Backend(error) }
    }
}

/// SQLite: primary result codes 5 (busy) and 6 (locked) in the low byte,
/// <https://sqlite.org/rescode.html>. PostgreSQL: serialization failure, deadlock, lock not
/// available, too many connections, and "cannot connect now", from its appendix A. A unique
/// violation is busy too: every verb looks before it inserts, so it means that another writer was
/// a moment faster.
fn is_busy_code(code: &str) -> bool {
    let sqlite = code.len() < 5 && code.parse().is_ok_and(|n: u32| matches!(n & 0xff, 5 | 6));
    sqlite || matches!(code, "40001" | "40P01" | "55P03" | "53300" | "57P03")
}

/// SQLite: primary result codes 11 (corrupt) and 26 (not a database).
fn is_damage_code(code: &str) -> bool {
    code.len() < 5 && code.parse().is_ok_and(|n: u32| matches!(n & 0xff, 11 | 26))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_is_told_from_broken() {
        let check = |code: &str, busy| assert_eq!(is_busy_code(code), busy, "{code}");
        check("5", true);
        check("261", true);
        check("517", true);
        check("13", false);
        check("40P01", true);
        check("23502", false);
    }

    #[test]
    fn damage_is_told_from_other_failures() {
        let check = |code: &str, damage| assert_eq!(is_damage_code(code), damage, "{code}");
        check("11", true);
        check("26", true);
        check("267", true);
        check("13", false);
        check("26000", false);
    }
}
