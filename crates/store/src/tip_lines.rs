//! Tips in working order: one line for each, under the line of the tip that stands for it.
//!
//! Lines are derived: whoever assesses tips computes them from the revisions and puts them here, so
//! that a list of a million tips opens at once. A tip whose line is missing or older than its
//! revision is [`Store::untriaged`] until then.

use crate::sql::{Row, Value, key, limit, texts, values};
use crate::{Result, Store, TipKey};
use amparo_model::{TipId, UtcMillis};
use std::collections::BTreeMap;

/// What triage made of a tip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TipLine {
    /// Which tip.
    pub tip: TipId,
    /// The tip under whose line it stands; itself for a head.
    pub line: TipId,
    /// `alone`, `linked` or `folded`.
    pub why: String,
    /// Danger to a child, after what a person decided.
    pub danger: i64,
    /// How soon evidence is lost.
    pub perishability: i64,
    /// The earliest known loss that lies ahead.
    pub act_by: Option<UtcMillis>,
    /// ISO 3166-1; empty for none.
    pub country: String,
    /// ISO 3166-2; empty for none.
    pub division: String,
    /// The unit or queue it is routed to.
    pub unit: String,
    /// Distinct files under the line, for heads; of the tip, for others.
    pub files: i64,
    /// Tips with equal keys are folded; `None` stands for itself.
    pub fold_key: Option<String>,
    /// The moment from which on the assessment is another one.
    pub valid_until: Option<UtcMillis>,
    /// The assessment as the caller keeps it.
    pub body: String,
}

/// Something that may be lost, as the caller keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TipLoss {
    /// Which tip.
    pub tip: TipId,
    /// When, at the earliest.
    pub lost_at: UtcMillis,
    /// What.
    pub body: String,
}

impl TipLoss {
    /// Stands for "any day": no clock is known.
    pub const ANY_DAY: UtcMillis = UtcMillis(0);
}

/// Which lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LineFilter {
    /// All of them.
    #[default]
    All,
    /// Of a country; empty for those without one.
    Country(String),
    /// Of a division.
    Division(String),
    /// Of a unit or queue.
    Unit(String),
}

const COLUMNS: &str = "tip, line, why, danger, perishability, act_by, country, division, unit, \
                       files, fold_key, valid_until, body";

impl Store {
    /// Tips whose lines are missing or older than their revisions, at most `most`.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn untriaged(&self, most: usize) -> Result<Vec<TipId>> {
        let sql = "SELECT tip FROM tips WHERE triaged = 0 LIMIT $1";
        self.tips_by(sql, values![limit(most)]).await
    }

    /// Tips whose assessment is another one by now, at most `most`.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn stale_lines(&self, now: UtcMillis, most: usize) -> Result<Vec<TipId>> {
        let sql = "SELECT tip FROM tip_lines WHERE valid_until <= $1 ORDER BY valid_until LIMIT $2";
        self.tips_by(sql, values![now.0, limit(most)]).await
    }

    /// Has all tips triaged again: their lines stand until then.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn mark_all_untriaged(&self) -> Result<()> {
        let mut session = self.write().await?;
        session.run("UPDATE tips SET triaged = 0 WHERE triaged <> 0", vec![]).await?;
        session.commit().await
    }

    /// Has the tips triaged again that stand folded under one of these, which folds them no more.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn untriage_under(&self, heads: &[TipId]) -> Result<()> {
        let mut session = self.write().await?;
        for head in heads {
            let sql = "UPDATE tips SET triaged = 0 WHERE tip IN \
                       (SELECT tip FROM tip_lines WHERE line = $1 AND head = 0 AND why = 'folded')";
            session.run(sql, values![head.as_str()]).await?;
        }
        session.commit().await
    }

    /// Puts lines and losses in the place of earlier ones of the same tips.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn put_lines(&self, lines: &[TipLine], losses: &[TipLoss]) -> Result<()> {
        let mut session = self.write().await?;
        let names = texts(lines.iter().map(|line| &line.tip));
        session.run_in("DELETE FROM tip_lines WHERE tip IN", &names).await?;
        session.run_in("DELETE FROM tip_losses WHERE tip IN", &names).await?;
        let into = "tip_lines (tip, line, head, why, danger, perishability, act_by, country, \
                    division, unit, files, fold_key, valid_until, body)";
        session.insert(into, "", lines.iter().map(row).collect::<Vec<_>>()).await?;
        let mut number: BTreeMap<&TipId, i64> = BTreeMap::new();
        let mut rows = Vec::with_capacity(losses.len());
        for loss in losses {
            let seq = number.entry(&loss.tip).or_default();
            rows.push(values![loss.tip.as_str(), *seq, loss.lost_at.0, loss.body.as_str()]);
            *seq += 1;
        }
        session.insert("tip_losses (tip, seq, lost_at, body)", "", rows).await?;
        session.run_in("UPDATE tips SET triaged = current_revision WHERE tip IN", &names).await?;
        session.commit().await
    }

    /// Heads in working order behind `after`, at most `most`.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn heads(
        &self,
        filter: &LineFilter,
        skip: usize,
        most: usize,
    ) -> Result<Vec<TipLine>> {
        let (condition, mut values) = condition(filter);
        let (first, second) = (values.len() + 1, values.len() + 2);
        let sql = format!(
            "SELECT {COLUMNS} FROM tip_lines WHERE {condition} head = 1 \
             ORDER BY danger DESC, perishability DESC, tip LIMIT ${first} OFFSET ${second}"
        );
        values.extend(values![limit(most), limit(skip)]);
        self.lines_by(&sql, values).await
    }

    /// Heads with the most distinct files: who stores large amounts.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn largest_heads(&self, most: usize) -> Result<Vec<TipLine>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM tip_lines WHERE head = 1 ORDER BY files DESC, tip LIMIT $1"
        );
        self.lines_by(&sql, values![limit(most)]).await
    }

    /// How many heads and how many tips the filter lets through; of either kind of line no more
    /// than
    /// `most` are counted, because counting a million takes longer than showing twenty.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn line_counts(&self, filter: &LineFilter, most: usize) -> Result<(u64, u64)> {
        let (condition, values) = condition(filter);
        let sql = |head| {
            format!(
                "SELECT COUNT(*) FROM (SELECT tip FROM tip_lines WHERE {condition} head = {head} \
                 LIMIT {most}) counted"
            )
        };
        let mut session = self.read().await?;
        let mut count = [0, 0];
        for (head, count) in count.iter_mut().enumerate() {
            let row = session.row(&sql(head), values.clone()).await?;
            *count = row.map_or(Ok(0), |row| row.int(0))?.unsigned_abs();
        }
        let [under, heads] = count;
        Ok((heads, heads + under))
    }

    /// The tips under a line, the head first, most urgent first; at most `most`, and how many
    /// there are.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn under_line(&self, head: &TipId, most: usize) -> Result<(Vec<TipLine>, u64)> {
        let sql = format!(
            "SELECT {COLUMNS} FROM tip_lines WHERE line = $1 \
             ORDER BY danger DESC, perishability DESC, tip LIMIT $2"
        );
        let lines = self.lines_by(&sql, values![head.as_str(), limit(most)]).await?;
        if lines.len() < most {
            let count = lines.len() as u64;
            return Ok((lines, count));
        }
        let sql = "SELECT COUNT(*) FROM tip_lines WHERE line = $1";
        let row = self.read().await?.row(sql, values![head.as_str()]).await?;
        Ok((lines, row.map_or(Ok(0), |row| row.int(0))?.unsigned_abs()))
    }

    /// The lines of these tips, in no order.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn lines_of(&self, tips: &[TipId]) -> Result<Vec<TipLine>> {
        let sql = format!("SELECT {COLUMNS} FROM tip_lines WHERE tip IN");
        let rows = self.read().await?.rows_in(&sql, vec![], &texts(tips)).await?;
        rows.iter().map(line).collect()
    }

    /// The head of each of these folds, where there is one.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn fold_heads(&self, fold_keys: &[String]) -> Result<BTreeMap<String, TipId>> {
        let sql = "SELECT fold_key, tip FROM tip_lines WHERE head = 1 AND fold_key IN";
        let rows = self.read().await?.rows_in(sql, vec![], fold_keys).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.parsed(1)?))).collect()
    }

    /// How many tips name each of these keys.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn key_counts(&self, keys: &[TipKey]) -> Result<BTreeMap<TipKey, u64>> {
        let mut session = self.read().await?;
        let mut found = BTreeMap::new();
        for (kind, values) in by_kind(keys) {
            let sql = "SELECT norm_key, tips FROM tip_key_counts WHERE kind = $1 AND norm_key IN";
            for row in session.rows_in(sql, values![kind], &values).await? {
                found.insert((kind.to_owned(), row.text(0)?), row.int(1)?.unsigned_abs());
            }
        }
        let count = |of: &TipKey| found.get(&(of.kind.clone(), key(&of.value))).copied();
        Ok(keys.iter().map(|of| (of.clone(), count(of).unwrap_or(0))).collect())
    }

    /// The tips that name any of these keys. Ask only for keys that few tips name.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn key_holders(&self, keys: &[TipKey]) -> Result<Vec<TipId>> {
        let mut session = self.read().await?;
        let mut found = std::collections::BTreeSet::new();
        for (kind, values) in by_kind(keys) {
            let sql = "SELECT tip FROM tip_keys WHERE kind = $1 AND norm_key IN";
            for row in session.rows_in(sql, values![kind], &values).await? {
                found.insert(row.parsed(0)?);
            }
        }
        Ok(found.into_iter().collect())
    }

    /// What may be lost before a moment, earliest first, at most `most`.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn losses(
        &self,
        from: UtcMillis,
        upto: UtcMillis,
        most: usize,
    ) -> Result<Vec<TipLoss>> {
        let sql = "SELECT tip, lost_at, body FROM tip_losses WHERE lost_at > $1 AND lost_at <= $2 \
                   ORDER BY lost_at, tip LIMIT $3";
        let rows = self.read().await?.rows(sql, values![from.0, upto.0, limit(most)]).await?;
        rows.iter().map(loss).collect()
    }

    /// What may be gone any day, of the most urgent tips first, at most `most`. Such losses are
    /// kept with the time [`TipLoss::ANY_DAY`].
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn losses_any_day(&self, most: usize) -> Result<Vec<TipLoss>> {
        let sql = "SELECT l.tip, l.lost_at, l.body FROM tip_losses l \
                   JOIN tip_lines t ON t.tip = l.tip WHERE l.lost_at = $1 \
                   ORDER BY t.danger DESC, l.tip, l.seq LIMIT $2";
        let values = values![TipLoss::ANY_DAY.0, limit(most)];
        self.read().await?.rows(sql, values).await?.iter().map(loss).collect()
    }

    /// Each queue with its lines and the most danger in it, by name.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn queues(&self) -> Result<Vec<(String, u64, i64)>> {
        let sql = "SELECT unit, COUNT(*), MAX(danger) FROM tip_lines WHERE head = 1 \
                   GROUP BY unit ORDER BY unit";
        let rows = self.read().await?.rows(sql, vec![]).await?;
        let queue = |row: &Row| Ok((row.text(0)?, row.int(1)?.unsigned_abs(), row.int(2)?));
        rows.iter().map(queue).collect()
    }

    async fn lines_by(&self, sql: &str, values: Vec<Value>) -> Result<Vec<TipLine>> {
        self.read().await?.rows(sql, values).await?.iter().map(line).collect()
    }

    async fn tips_by(&self, sql: &str, values: Vec<Value>) -> Result<Vec<TipId>> {
        self.read().await?.rows(sql, values).await?.iter().map(|row| row.parsed(0)).collect()
    }
}

fn loss(row: &Row) -> Result<TipLoss> {
    Ok(TipLoss { tip: row.parsed(0)?, lost_at: UtcMillis(row.int(1)?), body: row.text(2)? })
}

fn condition(filter: &LineFilter) -> (&'static str, Vec<Value>) {
    match filter {
        LineFilter::All => ("", vec![]),
        LineFilter::Country(code) => ("country = $1 AND", values![code.as_str()]),
        LineFilter::Division(code) => ("division = $1 AND", values![code.as_str()]),
        LineFilter::Unit(unit) => ("unit = $1 AND", values![unit.as_str()]),
    }
}

fn by_kind(keys: &[TipKey]) -> BTreeMap<&str, Vec<String>> {
    let mut kinds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for of in keys {
        kinds.entry(&of.kind).or_default().push(key(&of.value));
    }
    kinds
}

fn row(line: &TipLine) -> Vec<Value> {
    values![
        line.tip.as_str(),
        line.line.as_str(),
        i64::from(line.tip == line.line),
        line.why.as_str(),
        line.danger,
        line.perishability,
        line.act_by.map(|at| at.0),
        line.country.as_str(),
        line.division.as_str(),
        line.unit.as_str(),
        line.files,
        line.fold_key.clone(),
        line.valid_until.map(|at| at.0),
        line.body.as_str(),
    ]
}

fn line(row: &Row) -> Result<TipLine> {
    Ok(TipLine {
        tip: row.parsed(0)?,
        line: row.parsed(1)?,
        why: row.text(2)?,
        danger: row.int(3)?,
        perishability: row.int(4)?,
        act_by: row.opt_int(5)?.map(UtcMillis),
        country: row.text(6)?,
        division: row.text(7)?,
        unit: row.text(8)?,
        files: row.int(9)?,
        fold_key: row.opt_text(10)?,
        valid_until: row.opt_int(11)?.map(UtcMillis),
        body: row.text(12)?,
    })
}
