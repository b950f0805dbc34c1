//! Who may open a file of a package: a person's decision, with the reason. The state stands at the
//! member; the decisions are added, never changed.

use crate::sql::{Row, Session, Value, values};
use crate::{Result, Store, StoreError};
use amparo_model::{Sha256, UtcMillis};
use serde::Serialize;
use std::collections::BTreeMap;

/// A decision on one member of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberDecision {
    /// `locked`, `needs_authority` or `cleared`.
    pub state: String,
    /// When.
    pub at: UtcMillis,
    /// By whom.
    pub by: String,
    /// Why.
    pub why: String,
}

impl Store {
    /// Sets the state of the members of a package that have this path and these bytes.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn decide_access(
        &self,
        (package, path, sha256): (&Sha256, &str, &Sha256),
        decision: &MemberDecision,
    ) -> Result<()> {
        let mut session = self.write().await?;
        let sql = "SELECT path_key FROM package_members \
                   WHERE package = $1 AND path = $2 AND sha256 = $3";
        let member = values![package.to_string(), path, sha256.to_string()];
        let rows = session.rows(sql, member).await?;
        if rows.is_empty() {
            return Err(StoreError::not_found("member", path));
        }
        for row in rows {
            add(&mut session, package, &row.text(0)?, decision).await?;
        }
        session.commit().await
    }
}

async fn add(
    session: &mut Session<'_>,
    package: &Sha256,
    path_key: &str,
    decision: &MemberDecision,
) -> Result<()> {
    let place = || values![package.to_string(), path_key];
    let sql = "SELECT COUNT(*) FROM member_access WHERE package = $1 AND path_key = $2";
    let seq = session.row(sql, place()).await?.map_or(Ok(0), |row| row.int(0))?;
    let (state, why) = (decision.state.as_str(), decision.why.as_str());
    let mut row = place();
    row.extend(values![seq, decision.at.0, decision.by.as_str(), state, why]);
    let into = "member_access (package, path_key, seq, at, by_user, state, why)";
    session.insert(into, "", [row]).await?;
    let mut set = place();
    set.push(Value::from(state));
    let sql = "UPDATE package_members SET access = $3 WHERE package = $1 AND path_key = $2";
    session.run(sql, set).await?;
    Ok(())
}

/// The decision that stands on each member of these packages, by package and key of its path.
pub(crate) async fn standing(
    session: &mut Session<'_>,
    packages: &[String],
) -> Result<BTreeMap<(String, String), MemberDecision>> {
    let sql = "SELECT package, path_key, at, by_user, state, why FROM member_access \
               WHERE package IN";
    let rows = session.rows_in_then(sql, vec![], packages, " ORDER BY seq").await?;
    // In their order, so the last one stays.
    rows.iter().map(|row| Ok(((row.text(0)?, row.text(1)?), decision(row)?))).collect()
}

fn decision(row: &Row) -> Result<MemberDecision> {
    Ok(MemberDecision {
        at: UtcMillis(row.int(2)?),
        by: row.text(3)?,
        state: row.text(4)?,
        why: row.text(5)?,
    })
}
