//! Lists of known hashes: editions, stored as a whole or not at all. Their rows lie in objects.

use crate::sql::{Row, Session, json, values};
use crate::{Result, Store, StoreError};
use amparo_model::{HashSetHeader, HashSetId, ListTotals, Problem, Sha256, UtcMillis};

/// One edition of a list, before it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHashSet {
    /// What it is.
    pub header: HashSetHeader,
    /// The original bytes.
    pub object: Sha256,
    /// The rows, compiled; an object as well.
    pub rows_object: Sha256,
    /// Which parser read it, and its version.
    pub parser: (String, u32),
    /// How many rows are usable and how many were refused with a reason.
    pub totals: ListTotals,
    /// The reasons, as far as they are listed one by one.
    pub problems: Vec<Problem>,
}

/// An edition as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHashSet {
    /// What it is.
    pub header: HashSetHeader,
    /// 1 for the first edition under this id.
    pub edition: u32,
    /// The original bytes.
    pub object: Sha256,
    /// The rows, compiled.
    pub rows_object: Sha256,
    /// Which parser read it, and its version.
    pub parser: (String, u32),
    /// Rows stored.
    pub stored: u64,
    /// Rows refused.
    pub rejected: u64,
    /// When it was imported.
    pub imported_at: UtcMillis,
    /// Who imported it.
    pub imported_by: String,
    /// When, by whom and why it ceased to count; `None` while it does.
    pub retired: Option<(UtcMillis, String, String)>,
}

/// What became of a list that was to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Its edition.
    pub edition: u32,
    /// False when the same bytes were stored already.
    pub is_new: bool,
}

const COLUMNS: &str = "edition, object, rows_object, parser, parser_version, stored, rejected, \
                       imported_at, imported_by, header";
const RETIRED: &str = "retired_at, retired_by, retired_why";

impl Store {
    /// Stores a list under an id that no list has, or that had only lists now removed. The same
    /// bytes with the same statements again change nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id belongs to a list with other bytes or statements: a new
    /// edition is stored by [`Store::update_hash_set`].
    pub async fn store_hash_set(&self, list: &NewHashSet, at: UtcMillis, by: &str) -> Result<Kept> {
        let mut session = self.write().await?;
        let all = editions(&mut session, &list.header.id).await?;
        if let Some(known) = all.iter().find(|known| known.retired.is_none()) {
            return same(known, list);
        }
        insert(session, list, all.len(), at, by).await
    }

    /// Stores a new edition of a list; the one that counted until now is retired in the same act.
    /// The same bytes with the same statements again change nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when no list has this id.
    pub async fn update_hash_set(
        &self,
        list: &NewHashSet,
        at: UtcMillis,
        by: &str,
    ) -> Result<Kept> {
        let mut session = self.write().await?;
        let all = editions(&mut session, &list.header.id).await?;
        let Some(known) = all.iter().find(|known| known.retired.is_none()) else {
            return Err(no_such(&list.header.id));
        };
        if let Ok(kept) = same(known, list) {
            return Ok(kept);
        }
        let why = format!("replaced by edition {}", all.len() + 1);
        retire(&mut session, &list.header.id, at, by, &why).await?;
        insert(session, list, all.len(), at, by).await
    }

    /// Takes a list out of use. What it once said stays in the record.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when no list in use has this id.
    pub async fn remove_hash_set(
        &self,
        id: &HashSetId,
        at: UtcMillis,
        by: &str,
        why: &str,
    ) -> Result<()> {
        let mut session = self.write().await?;
        if retire(&mut session, id, at, by, why).await? == 0 {
            return Err(no_such(id));
        }
        session.commit().await
    }

    /// The lists in use, by id.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn hash_sets(&self) -> Result<Vec<StoredHashSet>> {
        let sql = format!("SELECT {COLUMNS}, {RETIRED} FROM hash_sets WHERE retired_at IS NULL");
        let rows = self.read().await?.rows(&sql, vec![]).await?;
        let mut sets: Vec<StoredHashSet> = rows.iter().map(stored).collect::<Result<_>>()?;
        sets.sort_by(|a, b| a.header.id.cmp(&b.header.id));
        Ok(sets)
    }

    /// All editions under an id, oldest first; empty when there never was one.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn hash_set_editions(&self, id: &HashSetId) -> Result<Vec<StoredHashSet>> {
        editions(&mut self.read().await?, id).await
    }

    /// The rows of an edition that were refused, in their order, as far as they were listed.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn hash_set_problems(&self, id: &HashSetId, edition: u32) -> Result<Vec<Problem>> {
        let sql = "SELECT body FROM hash_set_problems WHERE hash_set = $1 AND edition = $2 \
                   ORDER BY seq";
        let of = values![id.as_str(), i64::from(edition)];
        self.read().await?.rows(sql, of).await?.iter().map(|row| row.json(0)).collect()
    }
}

async fn editions(session: &mut Session<'_>, id: &HashSetId) -> Result<Vec<StoredHashSet>> {
    let sql = format!("SELECT {COLUMNS}, {RETIRED} FROM hash_sets WHERE id = $1 ORDER BY edition");
    session.rows(&sql, values![id.as_str()]).await?.iter().map(stored).collect()
}

async fn insert(
    mut session: Session<'_>,
    list: &NewHashSet,
    before: usize,
    at: UtcMillis,
    by: &str,
) -> Result<Kept> {
    let id = list.header.id.as_str();
    let edition = u32::try_from(before + 1).map_err(StoreError::damaged)?;
    let head = values![
        id,
        i64::from(edition),
        list.object.to_string(),
        list.rows_object.to_string(),
        list.parser.0.as_str(),
        i64::from(list.parser.1),
        list.totals.stored.cast_signed(),
        list.totals.rejected.cast_signed(),
        at.0,
        by,
        json(&list.header)?,
    ];
    session.insert(&format!("hash_sets (id, {COLUMNS})"), "", [head]).await?;
    let problems: Vec<_> = (0i64..)
        .zip(&list.problems)
        .map(|(seq, problem)| Ok(values![id, i64::from(edition), seq, json(problem)?]))
        .collect::<Result<_>>()?;
    session.insert("hash_set_problems (hash_set, edition, seq, body)", "", problems).await?;
    session.commit().await?;
    Ok(Kept { edition, is_new: true })
}

async fn retire(
    session: &mut Session<'_>,
    id: &HashSetId,
    at: UtcMillis,
    by: &str,
    why: &str,
) -> Result<u64> {
    let sql = "UPDATE hash_sets SET retired_at = $1, retired_by = $2, retired_why = $3 \
               WHERE id = $4 AND retired_at IS NULL";
    session.run(sql, values![at.0, by, why, id.as_str()]).await
}

fn same(known: &StoredHashSet, list: &NewHashSet) -> Result<Kept> {
    if (known.object, &known.header) == (list.object, &list.header) {
        return Ok(Kept { edition: known.edition, is_new: false });
    }
    Err(StoreError::conflict(format!(
        "hash set {} is stored with other bytes or statements; load the new edition with \
         `hashset update`",
        known.header.id
    )))
}

fn no_such(id: &HashSetId) -> StoreError {
    StoreError::conflict(format!("no list in use is called {id}; see `hashset list`"))
}

fn stored(row: &Row) -> Result<StoredHashSet> {
    let number = |at| u32::try_from(row.int(at)?).map_err(StoreError::damaged);
    let retired = match row.opt_int(10)? {
        Some(at) => Some((UtcMillis(at), row.text(11)?, row.text(12)?)),
        None => None,
    };
    Ok(StoredHashSet {
        edition: number(0)?,
        object: row.parsed(1)?,
        rows_object: row.parsed(2)?,
        parser: (row.text(3)?, number(4)?),
        stored: row.int(5)?.cast_unsigned(),
        rejected: row.int(6)?.cast_unsigned(),
        imported_at: UtcMillis(row.int(7)?),
        imported_by: row.text(8)?,
        header: row.json(9)?,
        retired,
    })
}
