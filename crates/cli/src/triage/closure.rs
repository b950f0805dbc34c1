//! All tips that may share a line with some: found over the keys that they share, as far as those
//! keys join.

use super::Desk;
use crate::{error::CliError, session::Session};
use amparo_model::{RecordedHash, TipId, TipRevision};
use amparo_network::{LinkRules, Strength, TipNode, Undone, keys, kinds};
use amparo_store::{StoredTip, TipKey};
use std::collections::{BTreeMap, BTreeSet};

/// A closure larger than this is cut: it would be no person but a flaw of the keys, and every tip
/// in it still gets a line.
const MOST: usize = 5_000;

/// A tip as it stands after all its revisions.
pub(super) struct Standing {
    pub(super) revision: u32,
    pub(super) problems: usize,
    pub(super) tip: TipRevision,
}

/// Tips that are looked at together.
pub(super) struct Closure {
    pub(super) tips: BTreeMap<TipId, Standing>,
    pub(super) nodes: Vec<TipNode>,
    pub(super) rules: LinkRules,
    /// In how many tips each hash occurs.
    pub(super) spread: BTreeMap<RecordedHash, u64>,
    /// Pairs that an officer says are one person.
    pub(super) same: Vec<(TipId, TipId)>,
}

impl Closure {
    /// Whether so many tips report a file, or a list says so, that it tells nothing about who has
    /// it.
    pub(super) fn viral(&self, desk: &Desk, hash: &RecordedHash) -> bool {
        let spread = self.spread.get(hash).copied().unwrap_or_default();
        spread > amparo_network::DEFAULT_MOST_SHARED as u64 || distributed(desk, hash)
    }
}

fn distributed(desk: &Desk, hash: &RecordedHash) -> bool {
    let hits = desk.known.recorded(hash);
    hits.iter().any(|hit| hit.alert && hit.is_distributed == Some(true))
}

pub(super) async fn gather(
    session: &Session,
    desk: &Desk,
    seeds: Vec<TipId>,
) -> Result<Closure, CliError> {
    let mut closure = Closure {
        tips: BTreeMap::new(),
        nodes: Vec::new(),
        rules: LinkRules::default(),
        spread: BTreeMap::new(),
        same: Vec::new(),
    };
    let beside = under_the_same_lines(session, &seeds).await?;
    let mut next: BTreeSet<TipId> = seeds.into_iter().chain(beside).collect();
    let mut first = true;
    while !next.is_empty() && closure.tips.len() < MOST {
        let names: Vec<TipId> = next.into_iter().collect();
        let new = closure.load(session, desk, &names).await?;
        next = closure.neighbours(session, &new, first).await?;
        next.extend(closure.decisions(session, &names).await?);
        next.retain(|tip| !closure.tips.contains_key(tip));
        first = false;
    }
    Ok(closure)
}

/// A tip that no longer names what joined it leaves others behind, whose lines change as well.
async fn under_the_same_lines(session: &Session, seeds: &[TipId]) -> Result<Vec<TipId>, CliError> {
    let mut beside = Vec::new();
    for line in session.store.lines_of(seeds).await? {
        if line.why == "linked" {
            let (under, _) = session.store.under_line(&line.line, MOST).await?;
            beside.extend(under.into_iter().map(|line| line.tip));
        }
    }
    Ok(beside)
}

impl Closure {
    /// Takes tips in; gives the nodes that are new.
    async fn load(
        &mut self,
        session: &Session,
        desk: &Desk,
        names: &[TipId],
    ) -> Result<Vec<TipNode>, CliError> {
        let mut loaded = Vec::new();
        for stored in session.store.tips_of(names).await? {
            loaded.push(standing(session, stored).await?);
        }
        let hashes: BTreeSet<RecordedHash> = loaded.iter().flat_map(hashes).cloned().collect();
        self.count(session, hashes).await?;
        let mut new = Vec::with_capacity(loaded.len());
        for standing in loaded {
            new.push(TipNode::of(&standing.tip, &|hash| self.viral(desk, hash)));
            self.tips.insert(standing.tip.tip.clone(), standing);
        }
        self.nodes.extend(new.iter().cloned());
        Ok(new)
    }

    async fn count(
        &mut self,
        session: &Session,
        hashes: BTreeSet<RecordedHash>,
    ) -> Result<(), CliError> {
        let key = |hash: &RecordedHash| TipKey {
            kind: kinds::HASH.to_owned(),
            value: format!("{} {}", hash.algorithm, hash.value),
            joins: true,
        };
        let new: Vec<RecordedHash> =
            hashes.into_iter().filter(|hash| !self.spread.contains_key(hash)).collect();
        let keys: Vec<TipKey> = new.iter().map(key).collect();
        let counts = session.store.key_counts(&keys).await?;
        for (hash, key) in new.into_iter().zip(&keys) {
            self.spread.insert(hash, counts.get(key).copied().unwrap_or_default());
        }
        Ok(())
    }

    /// The tips that share a joining key with one of these. A key that too many share joins
    /// nothing; where these tips made it so, those that it joined before are neighbours once more.
    async fn neighbours(
        &mut self,
        session: &Session,
        new: &[TipNode],
        first: bool,
    ) -> Result<BTreeSet<TipId>, CliError> {
        let mut holders: BTreeMap<TipKey, u64> = BTreeMap::new();
        for (kind, value, strength) in new.iter().flat_map(keys) {
            if strength > Strength::Weak {
                let key = TipKey { kind: kind.to_owned(), value, joins: true };
                *holders.entry(key).or_default() += 1;
            }
        }
        let keys: Vec<TipKey> = holders.keys().cloned().collect();
        let mut ask = Vec::new();
        for (key, count) in session.store.key_counts(&keys).await? {
            let most = self.rules.most(&key.kind) as u64;
            let mine = holders.get(&key).copied().unwrap_or_default();
            let crossed = first && count.saturating_sub(mine) <= most;
            if count > most {
                self.rules.common.insert((key.kind.clone(), key.value.clone()));
            }
            if count > mine && (count <= most || crossed) {
                ask.push(key);
            }
        }
        Ok(session.store.key_holders(&ask).await?.into_iter().collect())
    }

    /// What officers decided about pairs in which one of these tips is.
    async fn decisions(
        &mut self,
        session: &Session,
        names: &[TipId],
    ) -> Result<BTreeSet<TipId>, CliError> {
        let mut others = BTreeSet::new();
        for decided in session.store.link_decisions(names).await? {
            let (a, b) = (decided.tip, decided.what.other);
            others.extend([a.clone(), b.clone()]);
            if decided.what.same { self.same.push((a, b)) } else { self.part(a, b) }
        }
        Ok(others)
    }

    /// Two tips that an officer parted are joined over none of the keys of the one.
    fn part(&mut self, a: TipId, b: TipId) {
        let of_a = self.nodes.iter().find(|node| node.tip == a);
        let of_b = self.nodes.iter().find(|node| node.tip == b);
        let Some(node) = of_a.or(of_b) else { return };
        for (kind, value, _) in keys(node) {
            let tips = vec![a.clone(), b.clone()];
            self.rules.undone.push(Undone { kind: kind.to_owned(), value, tips });
        }
    }
}

pub(super) fn hashes(standing: &Standing) -> impl Iterator<Item = &RecordedHash> {
    standing.tip.files.iter().flat_map(|file| &file.hashes)
}

pub(super) async fn standing(session: &Session, stored: StoredTip) -> Result<Standing, CliError> {
    let (revision, problems) = (stored.revision, stored.problems.len());
    let current = stored.tip.into_parts().0;
    if revision == 1 {
        return Ok(Standing { revision, problems, tip: current });
    }
    let revisions = session.store.tip_revisions(&current.tip).await?;
    let bodies = revisions.into_iter().map(|stored| stored.tip.into_parts().0);
    let tip = bodies.reduce(|earlier, later| later.after(&earlier)).unwrap_or(current);
    Ok(Standing { revision, problems, tip })
}
