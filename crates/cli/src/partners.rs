//! Cards of other units, one JSON file each in `partners/`.
//!
//! A card is trusted because an administrator added it, after comparing its fingerprint by
//! telephone.

use crate::{error::CliError, files, session::Session};
use amparo_referral::UnitCard;
use std::path::{Path, PathBuf};

/// No card is longer.
pub const CARD_BYTES_MAX: u64 = 64 << 10;

/// All cards, by name.
///
/// # Errors
/// [`CliError::BadInput`] naming a card that cannot be read.
pub fn all(folder: &Path) -> Result<Vec<UnitCard>, CliError> {
    let found = files::expand(&[folder.join("partners")]);
    let mut cards = Vec::new();
    for path in found {
        let path = path?;
        if path.extension().is_some_and(|extension| extension == "json") {
            cards.push(read(&path)?);
        }
    }
    Ok(cards)
}

/// The card whose unit or short name is this.
///
/// # Errors
/// [`CliError::Unknown`] when there is none.
pub fn find(session: &Session, name: &str) -> Result<UnitCard, CliError> {
    let cards = all(&session.folder)?;
    let same = |card: &UnitCard| card.unit == name || card.principal() == name;
    cards.into_iter().find(same).ok_or_else(|| CliError::unknown("partner", name))
}

/// Reads a card and checks its keys.
///
/// # Errors
/// [`CliError::BadInput`] naming the file and what is wrong with it.
pub fn read(path: &Path) -> Result<UnitCard, CliError> {
    let bytes = files::read(path, CARD_BYTES_MAX)?;
    UnitCard::from_json(&bytes).map_err(|error| CliError::bad(path.display(), error))
}

/// Where a card lies.
#[must_use]
pub fn path(folder: &Path, card: &UnitCard) -> PathBuf {
    folder.join("partners").join(format!("{}.json", card.principal()))
}
