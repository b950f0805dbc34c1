//! Many reports of one widely copied file are one line of the list.
//!
//! Folding changes what a person must scroll past and nothing else: every folded report stays
//! stored, counted and reachable. A report with a sign of a child in danger is never folded.

use amparo_model::{RecordedHash, TipFile, TipId, TipRevision};
use std::collections::BTreeMap;

/// What folded reports have in common: the same files from the same kind of sender.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FoldKey {
    /// One hash for each file, distinct and sorted.
    pub files: Vec<RecordedHash>,
    /// The provider, in lower case.
    pub provider: String,
    /// The incident type, in lower case.
    pub incident_type: String,
}

/// One line: a report, and those that stand behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldLine<R> {
    /// The report shown.
    pub tip: TipId,
    /// Its rank.
    pub rank: R,
    /// The reports behind it, by rank, then by number.
    pub folded: Vec<TipId>,
    /// What they have in common; none where nothing is folded.
    pub key: Option<FoldKey>,
}

/// Words of tags and annotations for material that is passed on widely.
const WIDELY_COPIED: [&str; 3] = ["viral", "meme", "potentialmeme"];

/// The key of a report that may be folded: the issuer bundled it, every file is marked as viral or
/// as a meme, or every file is `viral` by its hash. None when a file has no hash: what is not known
/// to be the same stays apart.
#[must_use]
pub fn fold_key(tip: &TipRevision, viral: &dyn Fn(&RecordedHash) -> bool) -> Option<FoldKey> {
    let hashes: Option<Vec<&RecordedHash>> =
        tip.files.iter().map(|f| f.hashes.iter().min()).collect();
    let hashes = hashes.filter(|hashes| !hashes.is_empty())?;
    let by_hash = |file: &TipFile| file.hashes.iter().any(viral);
    let copied = |file: &TipFile| marked(file) || by_hash(file);
    if tip.bundled.is_none() && !tip.files.iter().all(copied) {
        return None;
    }
    let mut files: Vec<RecordedHash> = hashes.into_iter().cloned().collect();
    files.sort();
    files.dedup();
    let lower = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_lowercase();
    Some(FoldKey {
        files,
        provider: lower(&tip.provider),
        incident_type: lower(&tip.incident_type),
    })
}

/// The lines of a list, highest rank first, then by number. Each report comes with its key, whether
/// it has a sign of a child in danger, and its rank.
#[must_use]
pub fn folded<R: Ord>(
    tips: impl IntoIterator<Item = (TipId, Option<FoldKey>, bool, R)>,
) -> Vec<FoldLine<R>> {
    let mut lines: Vec<FoldLine<R>> = Vec::new();
    let mut together: BTreeMap<FoldKey, Vec<(R, TipId)>> = BTreeMap::new();
    for (tip, key, danger_sign, rank) in tips {
        match key.filter(|_| !danger_sign) {
            Some(key) => together.entry(key).or_default().push((rank, tip)),
            None => lines.push(FoldLine { tip, rank, folded: Vec::new(), key: None }),
        }
    }
    lines.extend(together.into_iter().filter_map(|(key, tips)| line(key, tips)));
    lines.sort_by(|a, b| b.rank.cmp(&a.rank).then_with(|| a.tip.cmp(&b.tip)));
    lines
}

fn line<R: Ord>(key: FoldKey, mut tips: Vec<(R, TipId)>) -> Option<FoldLine<R>> {
    tips.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut tips = tips.into_iter();
    let (rank, tip) = tips.next()?;
    let folded: Vec<TipId> = tips.map(|(_, tip)| tip).collect();
    let key = Some(key).filter(|_| !folded.is_empty());
    Some(FoldLine { tip, rank, folded, key })
}

/// `viral`, `Potential Meme`, `potentialMeme`.
fn marked(file: &TipFile) -> bool {
    let mut words = file.tags.iter().flat_map(|tag| tag.split(|c: char| !c.is_alphanumeric()));
    words.any(|word| WIDELY_COPIED.contains(&word.to_lowercase().as_str()))
}
