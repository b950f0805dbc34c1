//! Bounds of linking, and the decisions of people against single links.

use crate::kinds;
use amparo_model::TipId;
use std::collections::BTreeSet;

/// A key that more tips than this share belongs to a carrier, a viral wave or a placeholder.
pub const DEFAULT_MOST_SHARED: usize = 20;

/// How tips are linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRules {
    /// Most tips that may share an e-mail, a telephone, a URL, an address or a name.
    pub most_shared: usize,
    /// Most tips that may share an account or device id, or name one report: one person may well be
    /// reported hundreds of times.
    pub most_sharing_account: usize,
    /// Most tips that may share a file.
    pub most_sharing_hash: usize,
    /// Seconds between two events of the same IP address and source port that are still one line.
    pub port_seconds: i64,
    /// Keys of any kind, as kind and value, that the caller knows to be shared by too many tips.
    /// Whoever links only a part of all tips must say so here, because the part does not show it;
    /// weak ones too, because they serve as second keys.
    pub common: BTreeSet<(String, String)>,
    /// Links that people undid.
    pub undone: Vec<Undone>,
}

/// A decision that certain tips do not belong together over one key. Other keys still join them,
/// and so does a third tip that is not named here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undone {
    /// Kind of the key.
    pub kind: String,
    /// Its value.
    pub value: String,
    /// No two of these are joined over it.
    pub tips: Vec<TipId>,
}

impl Default for LinkRules {
    fn default() -> Self {
        Self {
            most_shared: DEFAULT_MOST_SHARED,
            most_sharing_account: 500,
            most_sharing_hash: 5,
            port_seconds: 60,
            common: BTreeSet::new(),
            undone: Vec::new(),
        }
    }
}

impl LinkRules {
    /// Most tips that may share a key of this kind.
    #[must_use]
    pub fn most(&self, kind: &str) -> usize {
        match kind {
            kinds::ACCOUNT_ID | kinds::DEVICE_ID | kinds::REPORT => self.most_sharing_account,
            kinds::HASH => self.most_sharing_hash,
            _ => self.most_shared,
        }
    }

    pub(crate) fn too_common(&self, kind: &str, value: &str, tips: usize) -> bool {
        let told = || self.common.contains(&(kind.to_owned(), value.to_owned()));
        tips > self.most(kind) || (!self.common.is_empty() && told())
    }
}
