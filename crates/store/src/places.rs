//! The table of IP places that is in use: which object, from where, of when, under which terms.

use crate::sql::{json, values};
use crate::{Result, Store};
use amparo_model::{Sha256, UtcMillis};
use serde::{Deserialize, Serialize};

/// The setting that names it.
pub(crate) const SETTING: &str = "ip_places";

/// A table that was loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPlaces {
    /// Its bytes, with the head that says where it comes from.
    pub object: Sha256,
    /// Where it comes from.
    pub source: String,
    /// Under which terms it may be used.
    pub licence: String,
    /// Of when it is.
    pub dated: String,
    /// How many ranges it has.
    pub ranges: u64,
    /// When it was loaded.
    pub imported_at: UtcMillis,
    /// By whom.
    pub imported_by: String,
}

impl Store {
    /// Puts a table into use, in place of an earlier one, and has every tip assessed again.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn use_places(&self, places: &StoredPlaces) -> Result<()> {
        let mut session = self.write().await?;
        let row = values![SETTING, json(places)?];
        let tail = "ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        session.insert("settings (name, value)", tail, [row]).await?;
        session.run("UPDATE tips SET triaged = 0 WHERE triaged <> 0", vec![]).await?;
        session.commit().await
    }

    /// The table in use.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when the setting cannot be understood.
    pub async fn places(&self) -> Result<Option<StoredPlaces>> {
        let sql = "SELECT value FROM settings WHERE name = $1";
        let row = self.read().await?.row(sql, values![SETTING]).await?;
        row.map(|row| row.json(0)).transpose()
    }
}
