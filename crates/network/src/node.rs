//! What a tip brings along that may link it to others.

use amparo_model::{
    Capture, HashAlgorithm, Identifier, Party, PartyRole, RecordedHash, TipId, TipRevision,
};

/// One tip with what may link it. Identifiers, names and IP events are those of the persons
/// reported, not those of the reporter, of a child or of the clearing house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TipNode {
    /// Which tip.
    pub tip: TipId,
    /// Names of the persons reported, as written; they link nothing.
    pub names: Vec<String>,
    /// Identifiers of the persons reported.
    pub identifiers: Vec<Identifier>,
    /// IP events.
    pub captures: Vec<Capture>,
    /// Other tips that it names.
    pub related: Vec<TipId>,
    /// Hashes of its files that are neither viral nor known to be widely distributed.
    pub hashes: Vec<RecordedHash>,
}

impl TipNode {
    /// A tip that shares nothing.
    #[must_use]
    pub fn new(tip: TipId) -> Self {
        let (names, identifiers, captures) = (Vec::new(), Vec::new(), Vec::new());
        Self { tip, names, identifiers, captures, related: Vec::new(), hashes: Vec::new() }
    }

    /// What a revision says of the persons reported and of accounts that the provider ties to them;
    /// without the hashes that are `viral`.
    #[must_use]
    pub fn of(tip: &TipRevision, viral: &dyn Fn(&RecordedHash) -> bool) -> Self {
        let reported =
            |party: &&Party| matches!(party.role, PartyRole::Suspect | PartyRole::Associated);
        let parties = || tip.parties.iter().filter(reported);
        let files = tip.files.iter().flat_map(|file| &file.captures);
        let hashes = tip.files.iter().flat_map(|file| &file.hashes);
        Self {
            tip: tip.tip.clone(),
            names: parties().filter_map(|party| party.name.clone()).collect(),
            identifiers: parties().flat_map(|party| party.identifiers.clone()).collect(),
            captures: parties().flat_map(|party| &party.captures).chain(files).cloned().collect(),
            related: tip.related.iter().filter_map(|number| named(&tip.tip, number)).collect(),
            hashes: hashes.filter(|hash| exact(hash) && !viral(hash)).cloned().collect(),
        }
    }
}

/// Featureless pictures share a PDQ; only cryptographic hashes are exact.
fn exact(hash: &RecordedHash) -> bool {
    hash.algorithm != HashAlgorithm::Pdq
}

/// The tip of a number that another one of the same issuer names.
fn named(own: &TipId, number: &str) -> Option<TipId> {
    let number = number.trim();
    let issuer = own.as_str().split_once('/').map_or("", |(issuer, _)| issuer);
    let full = if number.contains('/') || issuer.is_empty() {
        number.to_owned()
    } else {
        format!("{issuer}/{number}")
    };
    TipId::new(full).ok().filter(|tip| tip != own)
}
