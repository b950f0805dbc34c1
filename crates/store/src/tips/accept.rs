//! A batch of arrivals, stored with as few statements as the batch allows.

use super::{Accepted, Outcome, TipArrival, TipKey, number};
use crate::sql::{Session, Value, json, key, values};
use crate::{Result, tip_search};
use amparo_model::Sha256;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What the database knows of the tips of a batch, and what the batch makes of them.
struct Known {
    /// Revision of each pair of tip and bytes.
    revisions: HashMap<(String, Sha256), i64>,
    /// Current revision and number in the search of each tip.
    current: HashMap<String, (i64, i64)>,
}

pub(super) async fn accept(
    session: &mut Session<'_>,
    arrivals: &[TipArrival],
) -> Result<Vec<Accepted>> {
    let mut known = Known::read(session, arrivals).await?;
    let before: BTreeSet<String> = known.current.keys().cloned().collect();
    let mut accepted = Vec::with_capacity(arrivals.len());
    let mut news: Vec<(&TipArrival, i64)> = Vec::new();
    for arrival in arrivals {
        let (revision, outcome) = known.take(arrival);
        let tip = arrival.tip.record().tip.clone();
        accepted.push(Accepted { tip, revision: number(revision)?, outcome });
        if outcome != Outcome::Unchanged {
            news.push((arrival, revision));
        }
    }
    if news.is_empty() {
        return Ok(accepted);
    }
    insert_revisions(session, &news).await?;
    // Of several revisions of one tip in a batch only the last one is looked up.
    let last: BTreeMap<&str, &TipArrival> =
        news.iter().map(|(arrival, _)| (arrival.tip.record().tip.as_str(), *arrival)).collect();
    known.number(session, &last).await?;
    known.write(session, &last).await?;
    let revised: Vec<String> =
        last.keys().filter(|tip| before.contains(**tip)).map(|tip| (*tip).to_owned()).collect();
    forget(session, &revised, &known).await?;
    look_up(session, &last, &known).await?;
    Ok(accepted)
}

impl Known {
    async fn read(session: &mut Session<'_>, arrivals: &[TipArrival]) -> Result<Self> {
        let tips: BTreeSet<&str> = arrivals.iter().map(|a| a.tip.record().tip.as_str()).collect();
        let tips: Vec<String> = tips.into_iter().map(str::to_owned).collect();
        let mut known = Self { revisions: HashMap::new(), current: HashMap::new() };
        let lock = session.engine.for_update();
        let sql = "SELECT tip, current_revision, seq FROM tips WHERE tip IN";
        for row in session.rows_in_then(sql, vec![], &tips, lock).await? {
            known.current.insert(row.text(0)?, (row.int(1)?, row.int(2)?));
        }
        let sql = "SELECT tip, object, revision FROM tip_revisions WHERE tip IN";
        for row in session.rows_in(sql, vec![], &tips).await? {
            known.revisions.insert((row.text(0)?, row.parsed(1)?), row.int(2)?);
        }
        Ok(known)
    }

    /// The revision that these bytes are.
    fn take(&mut self, arrival: &TipArrival) -> (i64, Outcome) {
        let tip = arrival.tip.record().tip.as_str().to_owned();
        if let Some(revision) = self.revisions.get(&(tip.clone(), arrival.object)) {
            return (*revision, Outcome::Unchanged);
        }
        let outcome = if self.current.contains_key(&tip) { Outcome::Revised } else { Outcome::New };
        let (current, _) = self.current.entry(tip.clone()).or_insert((0, 0));
        *current += 1;
        self.revisions.insert((tip, arrival.object), *current);
        (*current, outcome)
    }

    /// Numbers the tips that have none yet, in their order.
    async fn number(
        &mut self,
        session: &mut Session<'_>,
        last: &BTreeMap<&str, &TipArrival>,
    ) -> Result<()> {
        let unnumbered = |tip: &&&str| self.current.get(**tip).is_some_and(|(_, seq)| *seq == 0);
        let new: Vec<&str> = last.keys().filter(unnumbered).copied().collect();
        let first = session.reserve("tips", new.len()).await?;
        for (tip, seq) in new.into_iter().zip(first..) {
            if let Some(entry) = self.current.get_mut(tip) {
                entry.1 = seq;
            }
        }
        Ok(())
    }

    async fn write(
        &self,
        session: &mut Session<'_>,
        last: &BTreeMap<&str, &TipArrival>,
    ) -> Result<()> {
        let row = |tip: &&str| {
            let (current, seq) = self.current.get(*tip).copied().unwrap_or_default();
            values![*tip, current, seq, 0_i64]
        };
        let rows: Vec<Vec<Value>> = last.keys().map(row).collect();
        let tail = "ON CONFLICT (tip) DO UPDATE SET current_revision = excluded.current_revision, \
                    seq = excluded.seq, triaged = 0";
        session.insert("tips (tip, current_revision, seq, triaged)", tail, rows).await
    }

    fn seq(&self, tip: &str) -> i64 {
        self.current.get(tip).map_or(0, |(_, seq)| *seq)
    }
}

async fn insert_revisions(session: &mut Session<'_>, news: &[(&TipArrival, i64)]) -> Result<()> {
    let mut rows = Vec::with_capacity(news.len());
    for (arrival, revision) in news {
        rows.push(values![
            arrival.tip.record().tip.as_str(),
            *revision,
            arrival.object.to_string(),
            arrival.parser.as_str(),
            i64::from(arrival.parser_version),
            arrival.imported_at.0,
            arrival.imported_by.as_str(),
            json(&arrival.tip)?,
            json(&arrival.problems)?,
        ]);
    }
    let into = "tip_revisions (tip, revision, object, parser, parser_version, imported_at, \
                imported_by, body, problems)";
    session.insert(into, "", rows).await
}

/// Takes what the earlier revisions of these tips named out of the tables that are searched.
async fn forget(session: &mut Session<'_>, revised: &[String], known: &Known) -> Result<()> {
    let mut fewer: BTreeMap<(String, String), i64> = BTreeMap::new();
    let sql = "SELECT kind, norm_key FROM tip_keys WHERE tip IN";
    for row in session.rows_in(sql, vec![], revised).await? {
        *fewer.entry((row.text(0)?, row.text(1)?)).or_default() -= 1;
    }
    count(session, fewer).await?;
    for tip in revised {
        session.run("DELETE FROM tip_keys WHERE tip = $1", values![tip.as_str()]).await?;
        session.run("DELETE FROM tip_identifiers WHERE tip = $1", values![tip.as_str()]).await?;
        tip_search::remove(session, known.seq(tip)).await?;
    }
    Ok(())
}

async fn look_up(
    session: &mut Session<'_>,
    last: &BTreeMap<&str, &TipArrival>,
    known: &Known,
) -> Result<()> {
    let mut more: BTreeMap<(String, String), i64> = BTreeMap::new();
    let (mut keys, mut identifiers, mut words) = (Vec::new(), Vec::new(), Vec::new());
    for (tip, arrival) in last {
        let own: BTreeMap<(String, String), bool> = arrival.keys.iter().map(bounded).collect();
        for ((kind, value), joins) in own {
            keys.push(values![kind.as_str(), value.as_str(), *tip, i64::from(joins)]);
            *more.entry((kind, value)).or_default() += 1;
        }
        let all = arrival.tip.record().parties.iter().flat_map(|party| &party.identifiers);
        let named: BTreeSet<(&str, String)> =
            all.map(|one| (one.kind.as_str(), key(&one.norm))).collect();
        identifiers.extend(named.into_iter().map(|(kind, norm)| values![*tip, kind, norm]));
        words.push((known.seq(tip), arrival.words.as_str()));
    }
    session.insert("tip_keys (kind, norm_key, tip, joins)", "", keys).await?;
    session.insert("tip_identifiers (tip, kind, norm_key)", "", identifiers).await?;
    count(session, more).await?;
    tip_search::add(session, words).await
}

fn bounded(of: &TipKey) -> ((String, String), bool) {
    ((of.kind.clone(), key(&of.value)), of.joins)
}

/// In the order of the keys, so that two writers never wait for each other in a circle.
async fn count(session: &mut Session<'_>, changes: BTreeMap<(String, String), i64>) -> Result<()> {
    let rows = changes.into_iter().map(|((kind, value), by)| values![kind, value, by]);
    let tail =
        "ON CONFLICT (kind, norm_key) DO UPDATE SET tips = tip_key_counts.tips + excluded.tips";
    let rows: Vec<Vec<Value>> = rows.collect();
    session.insert("tip_key_counts (kind, norm_key, tips)", tail, rows).await
}
