//! What the demo found, set against the ground truth.

use super::units::{Step, Units};
use amparo_scenario::Truth;
use serde::Serialize;
use serde_json::Value;
use std::path::PathBuf;

/// The demo's result; its JSON form is a promise to scripts.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Which world.
    pub seed: u64,
    /// How large.
    pub scale: f64,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Every command line, with its seconds.
    pub steps: Vec<Step>,
    /// All steps together.
    pub seconds: f64,
    /// From attaching the device to the first alarm in the top band.
    pub first_alarm_seconds: Option<f64>,
    /// Files fingerprinted by then.
    pub media_read_at_first_alarm: Option<u64>,
    /// Files on the device by then, read or not.
    pub entries_at_first_alarm: Option<u64>,
    /// Place of the true source among the alarms; 1 is first.
    pub true_source_rank: Option<u64>,
    /// Its band.
    pub true_source_band: Option<String>,
    /// How many decoys reached the top band.
    pub decoys_in_top_band: u64,
    /// Band of each decoy, by kind.
    pub decoys: Vec<Decoy>,
    /// Tips of the one user who stands out: planted, and found together in the first line.
    pub suspect_tips: Found,
    /// Pictures of the true source: sent, and stated as unseen.
    pub unseen_pictures: Found,
    /// Picture files known exactly: planted and stated.
    pub known_pictures: Found,
    /// Picture files known only after re-encoding: planted and stated as near known.
    pub near_known_pictures: Found,
    /// Where the referral stands at the sender after the receipt came back.
    pub referral_state: String,
    /// The sealed referral.
    pub referral: PathBuf,
    /// Its linked data, as the addressee opened it.
    pub referral_jsonld: PathBuf,
    /// Its readable form, as the addressee opened it.
    pub referral_pdf: PathBuf,
    /// The log of both units verified, and every object sound.
    pub verified: bool,
    /// SHA-256 of the canonical dump of each unit: the same for one seed on every engine.
    pub canonical_sha256: Canonical,
    /// The alarms as the command printed them.
    #[serde(skip)]
    pub alarms: Vec<Value>,
    /// What was exchanged with the true source, as the command printed it.
    #[serde(skip)]
    pub ledger: Vec<Value>,
}

/// The fingerprints of both units' facts.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Canonical {
    /// Of the unit that sends.
    pub sender: String,
    /// Of the unit that receives.
    pub addressee: String,
}

/// How many were planted and how many were found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// By the ground truth.
    pub planted: u64,
    /// By the software.
    pub found: u64,
}

/// A decoy and where it ended up.
#[derive(Debug, Clone, Serialize)]
pub struct Decoy {
    /// Why somebody might look twice.
    pub kind: String,
    /// The band it got; `none` when it is not among the alarms.
    pub band: String,
}

impl Summary {
    /// What the lists say; the rest is filled in by the story.
    #[must_use]
    pub fn of(
        truth: &Truth,
        database: Option<&str>,
        alarms: Vec<Value>,
        ledger: Vec<Value>,
    ) -> Self {
        let placed = placed(&alarms, &truth.source.account.to_string());
        let decoys = decoys(&alarms, truth);
        Self {
            seed: truth.seed,
            scale: truth.scale,
            database: if database.is_some() { "postgres" } else { "sqlite" }.to_owned(),
            steps: Vec::new(),
            seconds: 0.0,
            first_alarm_seconds: None,
            media_read_at_first_alarm: None,
            entries_at_first_alarm: None,
            true_source_rank: placed.as_ref().map(|(rank, _)| *rank),
            true_source_band: placed.map(|(_, band)| band),
            decoys_in_top_band: decoys.iter().filter(|decoy| decoy.band == "top").count() as u64,
            decoys,
            suspect_tips: Found::default(),
            unseen_pictures: Found::default(),
            known_pictures: Found::default(),
            near_known_pictures: Found::default(),
            referral_state: String::new(),
            referral: PathBuf::new(),
            referral_jsonld: PathBuf::new(),
            referral_pdf: PathBuf::new(),
            verified: false,
            canonical_sha256: Canonical::default(),
            alarms,
            ledger,
        }
    }

    /// Takes the measures from what the commands printed.
    pub fn measure(&mut self, truth: &Truth, attached: &[Value], files: &[Value], units: &Units) {
        let first = attached.iter().map(|one| &one["summary"]["first_alarm"]);
        if let Some(first) = first.into_iter().find(|first| first.is_object()) {
            self.first_alarm_seconds = first["after_ms"].as_f64().map(|ms| ms / 1000.0);
            self.media_read_at_first_alarm = first["media_read"].as_u64();
            self.entries_at_first_alarm = first["entries"].as_u64();
        }
        let stated = |word: &str| {
            files.iter().filter(|file| file["novelty"]["novelty"] == word).count() as u64
        };
        let media = &truth.media;
        self.known_pictures = Found { planted: media.known_exact, found: stated("known") };
        self.near_known_pictures =
            Found { planted: media.known_reencoded, found: stated("near_known") };
        self.unseen_pictures = Found {
            planted: truth.source.pictures.len() as u64,
            found: truth.source.pictures.iter().filter(|p| unseen(files, &p.to_string())).count()
                as u64,
        };
        self.steps = units.steps.clone();
        self.seconds = self.steps.iter().map(|step| step.seconds).sum();
    }
}

fn unseen(files: &[Value], sha256: &str) -> bool {
    let is = |file: &&Value| file["hashes"]["sha256"] == sha256;
    files.iter().filter(is).any(|file| file["novelty"]["novelty"] == "unseen")
}

/// Rank and band of an account among printed alarms.
#[must_use]
pub fn placed(alarms: &[Value], account: &str) -> Option<(u64, String)> {
    let at = alarms.iter().position(|alarm| key(&alarm["counterpart"]) == account)?;
    let band = alarms.get(at)?["band"].as_str()?.to_owned();
    Some((at as u64 + 1, band))
}

/// Where each decoy of the ground truth ended up.
#[must_use]
pub fn decoys(alarms: &[Value], truth: &Truth) -> Vec<Decoy> {
    let band = |account: &str| placed(alarms, account).map_or("none".to_owned(), |(_, b)| b);
    let word = |kind| serde_json::to_value(kind).ok().and_then(|v| Some(v.as_str()?.to_owned()));
    let decoy = |decoy: &amparo_scenario::DecoyTruth| Decoy {
        kind: word(decoy.kind).unwrap_or_default(),
        band: band(&decoy.account.to_string()),
    };
    truth.decoys.iter().map(decoy).collect()
}

/// An account as `app:id`, whether printed as text or as an object.
pub fn key(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => format!(
            "{}:{}",
            other["app"].as_str().unwrap_or_default(),
            other["id"].as_str().unwrap_or_default()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rank_and_band_are_read_from_either_form_of_an_account() {
        let alarms = [
            json!({ "counterpart": { "app": "whatsapp", "id": "1" }, "band": "top" }),
            json!({ "counterpart": "telegram:user2", "band": "low" }),
        ];
        assert_eq!(placed(&alarms, "whatsapp:1"), Some((1, "top".to_owned())));
        assert_eq!(placed(&alarms, "telegram:user2"), Some((2, "low".to_owned())));
        assert_eq!(placed(&alarms, "signal:3"), None);
    }
}
