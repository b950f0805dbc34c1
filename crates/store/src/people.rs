//! Users of this unit, and its settings.

use crate::sql::values;
use crate::{Result, Store};
use amparo_model::Actor;

impl Store {
    /// Adds a user, or changes the role of one.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn put_user(&self, actor: &Actor) -> Result<()> {
        let mut session = self.write().await?;
        let sql = "INSERT INTO users (name, role) VALUES ($1, $2) \
                   ON CONFLICT (name) DO UPDATE SET role = excluded.role";
        session.run(sql, values![actor.name.as_str(), actor.role.as_str()]).await?;
        session.commit().await
    }

    /// The user of that name.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when the stored role is unknown.
    pub async fn user(&self, name: &str) -> Result<Option<Actor>> {
        Ok(self.users().await?.into_iter().find(|actor| actor.name == name))
    }

    /// All users by name.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a stored role is unknown.
    pub async fn users(&self) -> Result<Vec<Actor>> {
        let rows = self.read().await?.rows("SELECT name, role FROM users", vec![]).await?;
        let actor = |row: crate::sql::Row| Ok(Actor { name: row.text(0)?, role: row.parsed(1)? });
        let mut users: Vec<Actor> = rows.into_iter().map(actor).collect::<Result<_>>()?;
        users.sort();
        Ok(users)
    }

    /// Keeps a setting, replacing its earlier value.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn put_setting(&self, name: &str, value: &str) -> Result<()> {
        let mut session = self.write().await?;
        let sql = "INSERT INTO settings (name, value) VALUES ($1, $2) \
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        session.run(sql, values![name, value]).await?;
        session.commit().await
    }

    /// A setting's value.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn setting(&self, name: &str) -> Result<Option<String>> {
        let sql = "SELECT value FROM settings WHERE name = $1";
        self.read().await?.row(sql, values![name]).await?.map(|row| row.text(0)).transpose()
    }

    /// All settings whose names begin so, by name: `(name, value)`.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn settings(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        let rows = self.read().await?.rows("SELECT name, value FROM settings", vec![]).await?;
        let mut found = Vec::new();
        for row in rows {
            found.push((row.text(0)?, row.text(1)?));
        }
        found.retain(|(name, _)| name.starts_with(prefix));
        found.sort();
        Ok(found)
    }
}
