//! What people decided about tips, what a revision made them look at again, and the members of the
//! packages that tips came in. Decisions are added, never changed.

use crate::sql::{Row, json, key, limit, texts, values};
use crate::{MemberDecision, Result, Store, member_access};
use amparo_model::{PackageMember, Sha256, TipId, UtcMillis};
use serde::{Serialize, de::DeserializeOwned};

/// Somebody's decision, with when and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decided<T> {
    /// Which tip.
    pub tip: TipId,
    /// When.
    pub at: UtcMillis,
    /// By whom.
    pub by: String,
    /// What.
    pub what: T,
}

/// Whether two tips concern the same person, as an officer decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SamePerson {
    /// The other tip.
    pub other: TipId,
    /// They do, or they do not.
    pub same: bool,
    /// Why.
    pub why: String,
}

/// A member of a stored package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredMember {
    /// The package's bytes.
    pub package: Sha256,
    /// Path inside it.
    pub path: String,
    /// The member's bytes, by their hash.
    pub sha256: Sha256,
    /// Length in bytes.
    pub size: u64,
    /// A report or another package, taken out and read; anything else is a file that stays closed.
    pub document: bool,
    /// `locked`, `needs_authority` or `cleared`.
    pub access: String,
    /// Who said so last, and why; nobody yet for one that is as it came.
    pub decided: Option<MemberDecision>,
}

impl Store {
    /// Adds somebody's own level for a tip.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn override_tip(
        &self,
        tip: &TipId,
        at: UtcMillis,
        by: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<()> {
        let mut session = self.write().await?;
        let sql = "SELECT COUNT(*) FROM tip_overrides WHERE tip = $1";
        let seq = session.row(sql, values![tip.as_str()]).await?.map_or(Ok(0), |row| row.int(0))?;
        let row = values![tip.as_str(), seq, at.0, by, json(body)?];
        session.insert("tip_overrides (tip, seq, at, by_user, body)", "", [row]).await?;
        session.run("UPDATE tips SET triaged = 0 WHERE tip = $1", values![tip.as_str()]).await?;
        session.commit().await
    }

    /// All levels that people set for these tips, oldest first for each tip.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn overrides<T: DeserializeOwned>(&self, tips: &[TipId]) -> Result<Vec<Decided<T>>> {
        let sql = "SELECT tip, at, by_user, body, seq FROM tip_overrides WHERE tip IN";
        let names = texts(tips);
        let mut rows = Vec::new();
        for row in self.read().await?.rows_in(sql, vec![], &names).await? {
            rows.push((row.int(4)?, decided(&row)?));
        }
        rows.sort_by(|a, b| (&a.1.tip, a.0).cmp(&(&b.1.tip, b.0)));
        Ok(rows.into_iter().map(|(_, decided)| decided).collect())
    }

    /// Adds a decision on whether two tips concern the same person.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn decide_link(&self, by: &Decided<SamePerson>) -> Result<()> {
        let (tip, other) = (by.tip.as_str(), by.what.other.as_str());
        let (tip, other) = if tip <= other { (tip, other) } else { (other, tip) };
        let mut session = self.write().await?;
        let sql = "SELECT COUNT(*) FROM tip_link_decisions WHERE tip = $1 AND other = $2";
        let seq = session.row(sql, values![tip, other]).await?.map_or(Ok(0), |row| row.int(0))?;
        let (same, why) = (i64::from(by.what.same), by.what.why.as_str());
        let row = values![tip, other, seq, by.at.0, by.by.as_str(), same, why];
        let into = "tip_link_decisions (tip, other, seq, at, by_user, same, why)";
        session.insert(into, "", [row]).await?;
        let sql = "UPDATE tips SET triaged = 0 WHERE tip = $1 OR tip = $2";
        session.run(sql, values![tip, other]).await?;
        session.commit().await
    }

    /// The decisions that stand: the last one for each pair in which one of these tips is.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn link_decisions(&self, tips: &[TipId]) -> Result<Vec<Decided<SamePerson>>> {
        let names = texts(tips);
        let mut session = self.read().await?;
        let mut last = std::collections::BTreeMap::new();
        for column in ["tip", "other"] {
            let sql = format!(
                "SELECT tip, at, by_user, other, same, why, seq FROM tip_link_decisions \
                 WHERE {column} IN"
            );
            for row in session.rows_in(&sql, vec![], &names).await? {
                let decision = link_decision(&row)?;
                let pair = (decision.tip.clone(), decision.what.other.clone());
                let seq = row.int(6)?;
                match last.get(&pair) {
                    Some((known, _)) if *known >= seq => {}
                    _ => drop(last.insert(pair, (seq, decision))),
                }
            }
        }
        Ok(last.into_values().map(|(_, decision)| decision).collect())
    }

    /// Records what a new revision changed.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn alert_revision(
        &self,
        tip: &TipId,
        revision: u32,
        at: UtcMillis,
        body: &(impl Serialize + Sync),
    ) -> Result<()> {
        let mut session = self.write().await?;
        let row = values![tip.as_str(), i64::from(revision), at.0, json(body)?];
        let into = "tip_alerts (tip, revision, at, body)";
        session.insert(into, "ON CONFLICT DO NOTHING", [row]).await?;
        session.commit().await
    }

    /// What revisions changed, newest first, at most `most`: tip, revision, when, what.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn revision_alerts<T: DeserializeOwned>(
        &self,
        most: usize,
    ) -> Result<Vec<(TipId, u32, UtcMillis, T)>> {
        let sql = "SELECT tip, revision, at, body FROM tip_alerts ORDER BY at DESC, tip LIMIT $1";
        let rows = self.read().await?.rows(sql, values![limit(most)]).await?;
        let alert = |row: &Row| {
            let revision = u32::try_from(row.int(1)?).map_err(crate::StoreError::damaged)?;
            Ok((row.parsed(0)?, revision, UtcMillis(row.int(2)?), row.json(3)?))
        };
        rows.iter().map(alert).collect()
    }

    /// Records the members of a package. Files in it are locked; the same package again changes
    /// nothing.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn keep_members(&self, package: Sha256, members: &[PackageMember]) -> Result<()> {
        let mut rows = Vec::with_capacity(members.len());
        for (number, member) in members.iter().enumerate() {
            let size = i64::try_from(member.size).map_err(crate::StoreError::damaged)?;
            let document = i64::from(member.document.is_some());
            // Two members of one name are two members.
            let path_key = key(&format!("{number} {}", member.path));
            let path = member.path.as_str();
            let sha256 = member.sha256.to_string();
            let package = package.to_string();
            rows.push(values![package, path_key, path, sha256, size, document, "locked"]);
        }
        let mut session = self.write().await?;
        let into = "package_members (package, path_key, path, sha256, size, document, access)";
        session.insert(into, "ON CONFLICT DO NOTHING", rows).await?;
        session.commit().await
    }

    /// The members of the packages that hold one of these documents, by package and place.
    ///
    /// # Errors
    /// [`crate::StoreError::Damaged`] when a row cannot be understood.
    pub async fn members_beside(&self, documents: &[Sha256]) -> Result<Vec<StoredMember>> {
        let names = texts(documents);
        let mut session = self.read().await?;
        let sql = "SELECT DISTINCT package FROM package_members WHERE sha256 IN";
        let rows = session.rows_in(sql, vec![], &names).await?;
        let packages: Vec<String> = rows.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
        let mut decided = member_access::standing(&mut session, &packages).await?;
        let sql = "SELECT package, path, sha256, size, document, access, path_key \
                   FROM package_members WHERE package IN";
        let mut members = Vec::new();
        for row in session.rows_in(sql, vec![], &packages).await? {
            let decided = decided.remove(&(row.text(0)?, row.text(6)?));
            members.push(StoredMember { decided, ..member(&row)? });
        }
        members.sort_by(|a, b| (&a.package, &a.path).cmp(&(&b.package, &b.path)));
        Ok(members)
    }
}

fn decided<T: DeserializeOwned>(row: &Row) -> Result<Decided<T>> {
    Ok(Decided {
        tip: row.parsed(0)?,
        at: UtcMillis(row.int(1)?),
        by: row.text(2)?,
        what: row.json(3)?,
    })
}

fn link_decision(row: &Row) -> Result<Decided<SamePerson>> {
    let what = SamePerson { other: row.parsed(3)?, same: row.int(4)? == 1, why: row.text(5)? };
    Ok(Decided { tip: row.parsed(0)?, at: UtcMillis(row.int(1)?), by: row.text(2)?, what })
}

fn member(row: &Row) -> Result<StoredMember> {
    Ok(StoredMember {
        package: row.parsed(0)?,
        path: row.text(1)?,
        sha256: row.parsed(2)?,
        size: row.int(3)?.unsigned_abs(),
        document: row.int(4)? == 1,
        access: row.text(5)?,
        decided: None,
    })
}
