//! `amparo.toml`: the settings of one unit. Unknown keys are refused, so that a typing error cannot
//! silently leave a setting at its default.
//!
//! To add a setting: a documented field here with a safe default, and its line in
//! [`Config::write`].

use crate::{error::CliError, files};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Name of the file in the data folder.
pub const FILE: &str = "amparo.toml";

/// Value of `near_threshold` when nothing else is set.
pub const DEFAULT_NEAR_THRESHOLD: u32 = amparo_matching::DEFAULT_THRESHOLD;

/// Value of `frames_min_percent` when nothing else is set.
pub const DEFAULT_FRAMES_MIN_PERCENT: u8 = amparo_matching::DEFAULT_FRAMES_PERCENT;

/// Larger than any sane settings file.
const BYTES_MAX: u64 = 1 << 20;

/// The settings of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The unit's name, as partners know it. It also names the audit log, so it stays as it is.
    pub unit: String,
    /// ISO 3166 alpha-2 code of the unit's country.
    pub country: String,
    /// Telephone that somebody answers at any hour. Goes into each referral.
    pub contact: String,
    /// Secure mailbox. Goes into each referral.
    pub mailbox: String,
    /// Database address. Default: `amparo.db` in the data folder.
    /// A password inside it makes this file a secret; it is written with mode 0600.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Largest number of differing PDQ bits that still counts as near. Default 31, the value that
    /// the algorithm's authors recommend.
    #[serde(default = "near_threshold")]
    pub near_threshold: u32,
    /// Least share of frames, in percent, from which two videos count as near. Default 80, the
    /// share that vPDQ asks for.
    #[serde(default = "frames_min_percent")]
    pub frames_min_percent: u8,
    /// Whether pictures are looked up turned and mirrored as well. Default true.
    #[serde(default = "turned")]
    pub turned: bool,
}

fn turned() -> bool {
    true
}

fn near_threshold() -> u32 {
    DEFAULT_NEAR_THRESHOLD
}

fn frames_min_percent() -> u8 {
    DEFAULT_FRAMES_MIN_PERCENT
}

impl Config {
    /// Reads the settings of a data folder.
    ///
    /// # Errors
    /// [`CliError::NoFolder`] when there are none, [`CliError::BadInput`] naming the line that
    /// cannot be used.
    pub fn read(folder: &Path) -> Result<Self, CliError> {
        let path = folder.join(FILE);
        if !path.is_file() {
            return Err(CliError::NoFolder(folder.display().to_string()));
        }
        let text = files::read_text(&path, BYTES_MAX)?;
        let config: Self =
            toml::from_str(&text).map_err(|error| CliError::bad(path.display(), error))?;
        config.check().map_err(|why| CliError::bad(path.display(), why))?;
        Ok(config)
    }

    /// Writes the settings with a comment per setting.
    ///
    /// # Errors
    /// [`CliError::Storage`] when the folder cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), CliError> {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let database = match &self.database {
            Some(url) => format!("database = {}", quoted(url)),
            None => "# database = \"postgres://amparo@db.example.org/amparo\"".to_owned(),
        };
        let text = format!(
            "# The unit's name, as partners know it. It also names the audit log.\n\
             unit = {}\n\n# ISO 3166 alpha-2 code of the unit's country.\ncountry = {}\n\n\
             # Telephone that somebody answers at any hour.\ncontact = {}\n\n\
             # Secure mailbox; both go into each referral.\nmailbox = {}\n\n\
             # Database address. Default: amparo.db in this folder.\n{database}\n\n\
             # Largest number of differing PDQ bits that still counts as near.\n\
             near_threshold = {}\n\n\
             # Least share of frames, in percent, from which two videos count as near.\n\
             frames_min_percent = {}\n\n\
             # Whether pictures are looked up turned and mirrored as well.\n\
             turned = {}\n",
            quoted(&self.unit),
            quoted(&self.country),
            quoted(&self.contact),
            quoted(&self.mailbox),
            self.near_threshold,
            self.frames_min_percent,
            self.turned,
        );
        files::write(&folder.join(FILE), text.as_bytes())
    }

    /// The database address in force.
    #[must_use]
    pub fn database_url(&self, folder: &Path) -> String {
        match &self.database {
            Some(url) => url.clone(),
            None => format!("sqlite:{}", folder.join("amparo.db").display()),
        }
    }

    /// The database file in this folder; `None` when the database is elsewhere.
    #[must_use]
    pub fn database_file(&self, folder: &Path) -> Option<PathBuf> {
        self.database.is_none().then(|| folder.join("amparo.db"))
    }

    /// Says what is wrong with a setting.
    ///
    /// # Errors
    /// The setting and the remedy, as a fragment.
    pub fn check(&self) -> Result<(), String> {
        if self.unit.trim().is_empty() || self.unit.chars().any(char::is_control) {
            return Err("unit: give the unit a printable name".to_owned());
        }
        let upper = |c: char| c.is_ascii_uppercase();
        if self.country.len() != 2 || !self.country.chars().all(upper) {
            return Err(format!("country: {:?} is no code such as ES or AR", self.country));
        }
        if self.near_threshold > 64 {
            return Err("near_threshold: more than 64 matches pictures at random".to_owned());
        }
        if !(50..=100).contains(&self.frames_min_percent) {
            return Err("frames_min_percent: a share from 50 to 100 is meant".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Config {
        Config {
            unit: "Unidad \"Uno\"".to_owned(),
            country: "ES".to_owned(),
            contact: "+34 600 000 001".to_owned(),
            mailbox: "duty@example.org".to_owned(),
            database: None,
            near_threshold: 31,
            frames_min_percent: 80,
            turned: true,
        }
    }

    #[test]
    fn settings_survive_writing_and_reading() {
        let folder = tempfile::tempdir().unwrap();
        sample().write(folder.path()).unwrap();
        assert_eq!(Config::read(folder.path()).unwrap(), sample());
    }

    #[test]
    fn a_misspelt_or_senseless_setting_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let check = |line: &str, expect: &str| {
            let base = "unit = \"U\"\ncountry = \"ES\"\ncontact = \"x\"\nmailbox = \"y\"\n";
            std::fs::write(folder.path().join(FILE), format!("{base}{line}\n")).unwrap();
            let error = Config::read(folder.path()).unwrap_err().to_string();
            assert!(error.contains(expect), "{error}");
        };
        check("near_treshold = 3", "near_treshold");
        check("near_threshold = 200", "near_threshold");
        check("near_threshold = \"x\"", "near_threshold");
    }
}
