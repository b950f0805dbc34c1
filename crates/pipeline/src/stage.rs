//! The stages, what each needs and gives, and the order that follows from it.
//!
//! A stage talks to another only through facts. To add one: write its file, add its [`StageSpec`]
//! here, and the order is computed; a test refuses cycles and needs that nobody gives.

use amparo_model::Wave;

/// A kind of fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKind {
    /// The evidence item itself.
    Item,
    /// Paths inside it.
    Entries,
    /// Accounts, chats, messages, transfers.
    Records,
    /// Phrases of the lexicon found in messages.
    Signals,
    /// Which entry a transfer's file is.
    Links,
    /// Hashes and what a decoder says of a picture.
    Fingerprints,
    /// Known, near known, unsure, unseen.
    Novelty,
    /// Counterparts, ranked.
    Alarms,
}

/// A stage as data.
#[derive(Debug, Clone, Copy)]
pub struct StageSpec {
    /// Id in the facts.
    pub id: &'static str,
    /// Facts of an older version are made again.
    pub version: u32,
    /// What must exist before it runs.
    pub needs: &'static [FactKind],
    /// What it makes.
    pub gives: &'static [FactKind],
    /// In which waves it runs; empty means outside them, before or after as `about` says.
    pub waves: &'static [Wave],
    /// One sentence for the generated table.
    pub about: &'static str,
}

/// Lists the paths of an evidence item.
pub const LISTING: StageSpec = StageSpec {
    id: "listing",
    version: 1,
    needs: &[FactKind::Item],
    gives: &[FactKind::Entries],
    waves: &[],
    about: "walks the exhibit and the containers in it and plans the jobs, before the first wave",
};

/// Reads an app's store in the confined worker.
pub const APP_STORE: StageSpec = StageSpec {
    id: "app_store",
    version: 1,
    needs: &[FactKind::Entries],
    gives: &[FactKind::Records, FactKind::Signals],
    waves: &[Wave::AppStores],
    about: "reads an app's store from a private copy and looks up the hashes it recorded",
};

/// Finds the files that transfers speak of.
pub const LINKING: StageSpec = StageSpec {
    id: "linking",
    version: 1,
    needs: &[FactKind::Entries, FactKind::Records],
    gives: &[FactKind::Links],
    waves: &[Wave::Exchanged],
    about: "finds the listed file of each transfer, when all paths are known",
};

/// Hashes files and examines pictures and videos.
pub const FINGERPRINT: StageSpec = StageSpec {
    id: "fingerprint",
    version: 2,
    needs: &[FactKind::Entries],
    gives: &[FactKind::Fingerprints],
    waves: &[Wave::Exchanged, Wave::Camera, Wave::Rest],
    about: "MD5, SHA-1 and SHA-256 in one read; PDQ and EXIF of pictures, and PDQ of the frames of \
            videos, in confinement",
};

/// Checks images against the hashes that they state.
pub const MEDIUM: StageSpec = StageSpec {
    id: "medium",
    version: 1,
    needs: &[FactKind::Entries],
    gives: &[],
    waves: &[Wave::Rest],
    about: "reads the medium in an image file and compares it with the hashes that the file states",
};

/// Looks hashes up in the known lists.
pub const NOVELTY: StageSpec = StageSpec {
    id: "novelty",
    version: 1,
    needs: &[FactKind::Records, FactKind::Fingerprints],
    gives: &[FactKind::Novelty],
    waves: &Wave::ALL,
    about: "says of each file: known, near known, unsure or unseen, against which lists",
};

/// Ranks counterparts.
pub const ALARM: StageSpec = StageSpec {
    id: "alarm",
    version: 1,
    needs: &[FactKind::Records, FactKind::Signals, FactKind::Links, FactKind::Novelty],
    gives: &[FactKind::Alarms],
    waves: &[],
    about: "ranks counterparts on what is known so far; runs again after each wave",
};

/// All stages, sorted by id.
pub const STAGES: &[StageSpec] =
    &[ALARM, APP_STORE, FINGERPRINT, LINKING, LISTING, MEDIUM, NOVELTY];

/// The ids in an order in which every need is given before it is needed; `None` on a cycle or on a
/// need that no stage gives.
#[must_use]
pub fn order(stages: &[StageSpec]) -> Option<Vec<&'static str>> {
    let mut have = vec![FactKind::Item];
    let mut left: Vec<&StageSpec> = stages.iter().collect();
    let mut ids = Vec::new();
    while !left.is_empty() {
        let ready = left.iter().position(|stage| stage.needs.iter().all(|n| have.contains(n)))?;
        let stage = left.remove(ready);
        have.extend(stage.gives);
        ids.push(stage.id);
    }
    Some(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_sorted_and_their_order_is_computable() {
        assert!(STAGES.is_sorted_by_key(|stage| stage.id));
        let order = order(STAGES).unwrap();
        assert_eq!(
            order,
            ["listing", "app_store", "fingerprint", "linking", "medium", "novelty", "alarm"]
        );
    }

    #[test]
    fn a_cycle_or_a_missing_need_is_refused() {
        let lonely = StageSpec { needs: &[FactKind::Alarms], ..LISTING };
        assert_eq!(order(&[lonely]), None);
    }
}
