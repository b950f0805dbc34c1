//! Lists of known hashes, stored as a whole or not at all.

use crate::sql::{Row, Value, json, values};
use crate::{Result, Store, StoreError};
use amparo_model::{HashSetHeader, HashSetId, KnownHash, Pdq, Problem, Sha256, UtcMillis};

/// How many rows of a list are usable and how many were refused with a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashSetTotals {
    /// Rows stored.
    pub stored: u64,
    /// Rows refused.
    pub rejected: u64,
}

/// A list as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHashSet {
    /// What it is.
    pub header: HashSetHeader,
    /// The original bytes.
    pub object: Sha256,
    /// Rows stored.
    pub stored: u64,
    /// Rows refused.
    pub rejected: u64,
    /// When it was imported.
    pub imported_at: UtcMillis,
    /// Who imported it.
    pub imported_by: String,
}

const COLUMNS: &str = "header, object, stored, rejected, imported_at, imported_by";

impl Store {
    /// Stores a list with all its rows, in their order. The same bytes under the same id again
    /// change nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id belongs to a list with other bytes: a new edition of a
    /// list is a new list with its own id and date.
    pub async fn store_hash_set(
        &self,
        header: &HashSetHeader,
        object: Sha256,
        rows: &[KnownHash],
        rejected: &[Problem],
        at: UtcMillis,
        by: &str,
    ) -> Result<HashSetTotals> {
        let mut session = self.write().await?;
        let sql = format!("SELECT {COLUMNS} FROM hash_sets WHERE id = $1");
        if let Some(row) = session.row(&sql, values![header.id.as_str()]).await? {
            return same_object(&stored(&row)?, object);
        }
        let totals = HashSetTotals { stored: rows.len() as u64, rejected: rejected.len() as u64 };
        let head = values![
            header.id.as_str(),
            json(header)?,
            object.to_string(),
            totals.stored.cast_signed(),
            totals.rejected.cast_signed(),
            at.0,
            by,
        ];
        session.insert(&format!("hash_sets (id, {COLUMNS})"), "", [head]).await?;
        let into = "known_hashes (hash_set, seq, md5, sha1, sha256, pdq, pdq_quality, code, \
                    series, is_distributed, victim_identified, size)";
        let id = header.id.as_str();
        session
            .insert(into, "", (0..).zip(rows).map(|(seq, row)| row_values(id, seq, row)))
            .await?;
        let problems: Vec<_> = (0i64..)
            .zip(rejected)
            .map(|(seq, problem)| Ok(values![id, seq, json(problem)?]))
            .collect::<Result<_>>()?;
        session.insert("hash_set_problems (hash_set, seq, body)", "", problems).await?;
        session.commit().await?;
        Ok(totals)
    }

    /// All lists by id.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn hash_sets(&self) -> Result<Vec<StoredHashSet>> {
        let sql = format!("SELECT {COLUMNS} FROM hash_sets");
        let rows = self.read().await?.rows(&sql, vec![]).await?;
        let mut sets: Vec<StoredHashSet> = rows.iter().map(stored).collect::<Result<_>>()?;
        sets.sort_by(|a, b| a.header.id.cmp(&b.header.id));
        Ok(sets)
    }

    /// The rows of a list in their order; empty when the list is not known.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn known_hashes(&self, id: &HashSetId) -> Result<Vec<KnownHash>> {
        let sql = "SELECT md5, sha1, sha256, pdq, pdq_quality, code, series, is_distributed, \
                   victim_identified, size FROM known_hashes WHERE hash_set = $1 ORDER BY seq";
        self.read().await?.rows(sql, values![id.as_str()]).await?.iter().map(known).collect()
    }

    /// The rows of a list that were refused, in their order.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn hash_set_problems(&self, id: &HashSetId) -> Result<Vec<Problem>> {
        let sql = "SELECT body FROM hash_set_problems WHERE hash_set = $1 ORDER BY seq";
        self.read()
            .await?
            .rows(sql, values![id.as_str()])
            .await?
            .iter()
            .map(|r| r.json(0))
            .collect()
    }
}

fn same_object(known: &StoredHashSet, object: Sha256) -> Result<HashSetTotals> {
    if known.object == object {
        return Ok(HashSetTotals { stored: known.stored, rejected: known.rejected });
    }
    Err(StoreError::conflict(format!(
        "hash set {} is stored with other bytes; import the new edition under its own id",
        known.header.id
    )))
}

fn row_values(hash_set: &str, seq: i64, row: &KnownHash) -> Vec<Value> {
    values![
        hash_set,
        seq,
        row.md5.map(String::from),
        row.sha1.map(String::from),
        row.sha256.map(String::from),
        row.pdq.map(|pdq| pdq.bits.to_string()),
        row.pdq.map(|pdq| i64::from(pdq.quality)),
        row.code.clone(),
        row.series.clone(),
        row.is_distributed.map(i64::from),
        row.victim_identified.map(i64::from),
        row.size.map(u64::cast_signed),
    ]
}

fn known(row: &Row) -> Result<KnownHash> {
    let quality = row.opt_int(4)?.and_then(|quality| u8::try_from(quality).ok());
    let pdq = row.opt_parsed(3)?.zip(quality).map(|(bits, quality)| Pdq { bits, quality });
    Ok(KnownHash {
        md5: row.opt_parsed(0)?,
        sha1: row.opt_parsed(1)?,
        sha256: row.opt_parsed(2)?,
        pdq,
        code: row.opt_text(5)?,
        series: row.opt_text(6)?,
        is_distributed: row.opt_int(7)?.map(|n| n != 0),
        victim_identified: row.opt_int(8)?.map(|n| n != 0),
        size: row.opt_int(9)?.map(i64::cast_unsigned),
        ..KnownHash::default()
    })
}

fn stored(row: &Row) -> Result<StoredHashSet> {
    Ok(StoredHashSet {
        header: row.json(0)?,
        object: row.parsed(1)?,
        stored: row.int(2)?.cast_unsigned(),
        rejected: row.int(3)?.cast_unsigned(),
        imported_at: UtcMillis(row.int(4)?),
        imported_by: row.text(5)?,
    })
}
