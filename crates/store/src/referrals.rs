//! Referrals: their versions, the states they went through, and the addressee's signed receipts.

use crate::sql::{Session, digest, json, values};
use crate::{Result, Store, StoreError};
use amparo_model::{CaseId, ReferralId, ReferralReceipt, ReferralState, UtcMillis};

/// A referral as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReferral {
    /// The same in the unit that sends and in the unit that receives.
    pub id: ReferralId,
    /// From which case; `None` in the unit that received it.
    pub case: Option<CaseId>,
    /// Version of the text.
    pub version: u32,
    /// Where it stands.
    pub state: ReferralState,
    /// The text of that version.
    pub body: serde_json::Value,
    /// How it came there, oldest first.
    pub history: Vec<ReferralMove>,
    /// What the addressee answered, by time, each with its signed form.
    pub receipts: Vec<(ReferralReceipt, String)>,
}

/// One step of a referral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferralMove {
    /// `None` for the first step.
    pub from: Option<ReferralState>,
    /// The state it reached.
    pub to: ReferralState,
    /// When.
    pub at: UtcMillis,
    /// Who moved it: a user, or the addressee's unit and officer.
    pub by: String,
    /// Reason or remark.
    pub note: String,
}

impl Store {
    /// Keeps a version of a referral. A higher version becomes the current one, in the state given;
    /// older versions stay in the database. The same version may be rewritten while it is a draft.
    /// `case` is `None` (or the case alone, without `Some`) in the unit that received it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the version is older than the current one, or is that one with
    /// another text and no longer a draft.
    #[expect(clippy::too_many_arguments, reason = "the row's own columns; a struct would say less")]
    pub async fn put_referral(
        &self,
        id: &ReferralId,
        case: impl Into<Option<&CaseId>>,
        version: u32,
        state: ReferralState,
        body: &serde_json::Value,
        at: UtcMillis,
        by: &str,
    ) -> Result<()> {
        let case = case.into().map(|case| case.as_str().to_owned());
        let mut session = self.write().await?;
        let known = current(&mut session, id).await?;
        let text = body.to_string();
        if let Some((stored_version, stored_state)) = known {
            let same = stored_text(&mut session, id, stored_version).await? == text;
            match i64::from(version).cmp(&stored_version) {
                std::cmp::Ordering::Equal if same && state == stored_state => return Ok(()),
                std::cmp::Ordering::Equal if stored_state == ReferralState::Drafted => {}
                std::cmp::Ordering::Greater => {}
                _ => return Err(rewritten(id, stored_version, stored_state)),
            }
        }
        let version = i64::from(version);
        let head = "INSERT INTO referrals (id, case_id, version, state) VALUES ($1, $2, $3, $4) \
                    ON CONFLICT (id) DO UPDATE SET version = excluded.version, \
                    state = excluded.state";
        session.run(head, values![id.as_str(), case, version, state.as_str()]).await?;
        let text_sql = "INSERT INTO referral_versions (referral, version, at, by_user, body) \
                        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (referral, version) \
                        DO UPDATE SET at = excluded.at, by_user = excluded.by_user, \
                        body = excluded.body";
        session.run(text_sql, values![id.as_str(), version, at.0, by, text]).await?;
        let from = known.map(|(_, state)| state);
        let step = ReferralMove { from, to: state, at, by: by.to_owned(), note: String::new() };
        insert_move(&mut session, id, &step).await?;
        session.commit().await
    }

    /// Moves a referral from one state to the next.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such referral, [`StoreError::Conflict`] when it
    /// does not stand where the caller believes.
    pub async fn move_referral(
        &self,
        id: &ReferralId,
        from: ReferralState,
        to: ReferralState,
        at: UtcMillis,
        by: &str,
        note: &str,
    ) -> Result<()> {
        let mut session = self.write().await?;
        let Some((_, state)) = current(&mut session, id).await? else {
            return Err(StoreError::not_found("referral", id));
        };
        if state != from {
            let what = format!(
                "referral {id} is {}, not {}; look at it again before moving it",
                state.as_str(),
                from.as_str()
            );
            return Err(StoreError::conflict(what));
        }
        set_state(&mut session, id, to).await?;
        let step =
            ReferralMove { from: Some(from), to, at, by: by.to_owned(), note: note.to_owned() };
        insert_move(&mut session, id, &step).await?;
        session.commit().await
    }

    /// A referral with its current text, its history and its receipts.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn referral(&self, id: &ReferralId) -> Result<Option<StoredReferral>> {
        load(&mut self.read().await?, id).await
    }

    /// All referrals by id.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn referrals(&self) -> Result<Vec<StoredReferral>> {
        let mut session = self.read().await?;
        let rows = session.rows("SELECT id FROM referrals", vec![]).await?;
        let mut ids: Vec<ReferralId> =
            rows.iter().map(|row| row.parsed(0)).collect::<Result<_>>()?;
        ids.sort();
        let mut found = Vec::with_capacity(ids.len());
        for id in &ids {
            found.extend(load(&mut session, id).await?);
        }
        Ok(found)
    }

    /// Keeps the addressee's signed receipt and moves the referral to the state it states.
    /// Receipts can overtake each other: one that is older than another does not move the referral
    /// back. The same receipt again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such referral, [`StoreError::Conflict`] when the
    /// receipt is for another one.
    pub async fn record_receipt(
        &self,
        id: &ReferralId,
        receipt: &ReferralReceipt,
        signed: &str,
    ) -> Result<()> {
        if receipt.referral != *id {
            let what = format!("the receipt is for referral {}, not {id}", receipt.referral);
            return Err(StoreError::conflict(what));
        }
        let mut session = self.write().await?;
        let Some((_, state)) = current(&mut session, id).await? else {
            return Err(StoreError::not_found("referral", id));
        };
        let newer = "SELECT COALESCE(MAX(at), $2) FROM referral_receipts WHERE referral = $1";
        let newest = session.row(newer, values![id.as_str(), i64::MIN]).await?;
        let newest = newest.map_or(Ok(i64::MIN), |row| row.int(0))?;
        let row = values![id.as_str(), digest(signed), receipt.at.0, json(receipt)?, signed];
        let sql = "INSERT INTO referral_receipts (referral, digest, at, body, signed) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        if session.run(sql, row).await? == 0 {
            return Ok(());
        }
        if receipt.at.0 >= newest {
            set_state(&mut session, id, receipt.state).await?;
        }
        insert_move(&mut session, id, &receipt_move(state, receipt)).await?;
        session.commit().await
    }
}

fn receipt_move(from: ReferralState, receipt: &ReferralReceipt) -> ReferralMove {
    ReferralMove {
        from: Some(from),
        to: receipt.state,
        at: receipt.at,
        by: format!("{}, {}", receipt.unit, receipt.officer),
        note: receipt.note.clone(),
    }
}

fn rewritten(id: &ReferralId, version: i64, state: ReferralState) -> StoreError {
    let state = state.as_str();
    StoreError::conflict(format!(
        "referral {id} stands at version {version} ({state}); write a higher version"
    ))
}

/// Version and state, with the row locked when the session writes.
async fn current(
    session: &mut Session<'_>,
    id: &ReferralId,
) -> Result<Option<(i64, ReferralState)>> {
    let lock = session.engine.for_update();
    let sql = format!("SELECT version, state FROM referrals WHERE id = $1{lock}");
    let row = session.row(&sql, values![id.as_str()]).await?;
    row.map(|row| Ok((row.int(0)?, row.word(1)?))).transpose()
}

async fn stored_text(session: &mut Session<'_>, id: &ReferralId, version: i64) -> Result<String> {
    let sql = "SELECT body FROM referral_versions WHERE referral = $1 AND version = $2";
    let row = session.row(sql, values![id.as_str(), version]).await?;
    row.ok_or_else(|| StoreError::damaged(format!("text of referral {id}")))?.text(0)
}

async fn set_state(session: &mut Session<'_>, id: &ReferralId, to: ReferralState) -> Result<()> {
    let sql = "UPDATE referrals SET state = $2 WHERE id = $1";
    session.run(sql, values![id.as_str(), to.as_str()]).await.map(|_| ())
}

async fn insert_move(
    session: &mut Session<'_>,
    id: &ReferralId,
    step: &ReferralMove,
) -> Result<()> {
    let sql = "INSERT INTO referral_moves (referral, seq, from_state, to_state, at, by_user, note) \
               SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5, $6 \
               FROM referral_moves WHERE referral = $1";
    let from = step.from.map(|state| state.as_str().to_owned());
    let (by, note) = (step.by.as_str(), step.note.as_str());
    session.run(sql, values![id.as_str(), from, step.to.as_str(), step.at.0, by, note]).await?;
    Ok(())
}

async fn load(session: &mut Session<'_>, id: &ReferralId) -> Result<Option<StoredReferral>> {
    let sql = "SELECT r.case_id, r.version, r.state, v.body FROM referrals r \
               JOIN referral_versions v ON v.referral = r.id AND v.version = r.version \
               WHERE r.id = $1";
    let Some(row) = session.row(sql, values![id.as_str()]).await? else { return Ok(None) };
    Ok(Some(StoredReferral {
        id: id.clone(),
        case: row.opt_parsed(0)?,
        version: u32::try_from(row.int(1)?).map_err(StoreError::damaged)?,
        state: row.word(2)?,
        body: row.json(3)?,
        history: history(session, id).await?,
        receipts: receipts(session, id).await?,
    }))
}

async fn history(session: &mut Session<'_>, id: &ReferralId) -> Result<Vec<ReferralMove>> {
    let sql = "SELECT from_state, to_state, at, by_user, note FROM referral_moves \
               WHERE referral = $1 ORDER BY seq";
    let mut moves = Vec::new();
    for row in session.rows(sql, values![id.as_str()]).await? {
        let from = row.opt_text(0)?.map(|_| row.word(0)).transpose()?;
        moves.push(ReferralMove {
            from,
            to: row.word(1)?,
            at: UtcMillis(row.int(2)?),
            by: row.text(3)?,
            note: row.text(4)?,
        });
    }
    Ok(moves)
}

async fn receipts(
    session: &mut Session<'_>,
    id: &ReferralId,
) -> Result<Vec<(ReferralReceipt, String)>> {
    let sql = "SELECT body, signed FROM referral_receipts WHERE referral = $1";
    let mut found: Vec<(ReferralReceipt, String)> = Vec::new();
    for row in session.rows(sql, values![id.as_str()]).await? {
        found.push((row.json(0)?, row.text(1)?));
    }
    found.sort_by(|a, b| (a.0.at, &a.1).cmp(&(b.0.at, &b.1)));
    Ok(found)
}
