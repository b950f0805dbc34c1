//! Brings a database to the current schema. The files lie in `migrations/`, with their rules.
//!
//! To add one: write the file, add a line to [`FILES`].

use crate::{Result, StoreError};
use sqlx::AnyPool;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

/// Number, name and text of every migration, in order.
pub(crate) const FILES: &[(i64, &str, &str)] = &[
    (1, "foundation", include_str!("../migrations/0001_foundation.sql")),
    (2, "lists", include_str!("../migrations/0002_lists.sql")),
    (3, "video", include_str!("../migrations/0003_video.sql")),
    (4, "tip_lines", include_str!("../migrations/0004_tip_lines.sql")),
    (5, "containers", include_str!("../migrations/0005_containers.sql")),
    (6, "account_keys", include_str!("../migrations/0006_account_keys.sql")),
];

/// Two processes may open a fresh SQLite file at once; the slower one then finds the tables there
/// and succeeds at its next attempt.
const ATTEMPTS: usize = 3;

pub(crate) async fn migrate(pool: &AnyPool) -> Result<()> {
    let migrator = Migrator::with_migrations(FILES.iter().map(migration).collect());
    let mut outcome = migrator.run(pool).await;
    for _ in 1..ATTEMPTS {
        if outcome.is_ok() {
            break;
        }
        outcome = migrator.run(pool).await;
    }
    outcome.map_err(|error| match error {
        MigrateError::Execute(error) => StoreError::from(error),
        MigrateError::VersionMissing(version) => {
            StoreError::damaged(format!("schema {version} comes from a newer version"))
        }
        other => StoreError::damaged(other),
    })
}

fn migration(&(version, name, sql): &(i64, &'static str, &'static str)) -> Migration {
    let sql = sqlx::SqlSafeStr::into_sql_str(sql);
    Migration::new(version, name.into(), MigrationType::Simple, sql, false)
}
