//! Cases, who works on them, and the authorisations that bound them.

use crate::sql::{Row, Session, json, values};
use crate::{Result, Store, StoreError};
use amparo_model::{Authorisation, AuthorisationId, Case, CaseId, UtcMillis};

impl Store {
    /// Opens a case. The same case again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the reference belongs to another case.
    pub async fn open_case(&self, case: &Case) -> Result<()> {
        let mut session = self.write().await?;
        if let Some(known) = find(&mut session, &case.id).await? {
            let what = format!("case {} is open already, as {:?}", case.id, known.title);
            return if known == *case { Ok(()) } else { Err(StoreError::conflict(what)) };
        }
        let row = values![
            case.id.as_str(),
            case.title.as_str(),
            case.opened_at.0,
            case.opened_by.as_str()
        ];
        session.insert("cases (id, title, opened_at, opened_by)", "", [row]).await?;
        session.commit().await
    }

    /// A case by its reference.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the row cannot be understood.
    pub async fn case(&self, id: &CaseId) -> Result<Option<Case>> {
        find(&mut self.read().await?, id).await
    }

    /// All cases by reference.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn cases(&self) -> Result<Vec<Case>> {
        let sql = "SELECT id, title, opened_at, opened_by FROM cases";
        let rows = self.read().await?.rows(sql, vec![]).await?;
        let mut cases: Vec<Case> = rows.iter().map(read_case).collect::<Result<_>>()?;
        cases.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(cases)
    }

    /// Lets a user work on a case. Again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the case is not open.
    pub async fn assign(&self, case: &CaseId, user: &str) -> Result<()> {
        let mut session = self.write().await?;
        require(&mut session, case).await?;
        let sql = "INSERT INTO assignments (case_id, user_name) VALUES ($1, $2) \
                   ON CONFLICT DO NOTHING";
        session.run(sql, values![case.as_str(), user]).await?;
        session.commit().await
    }

    /// Whether a user works on a case.
    ///
    /// # Errors
    /// Only what the database itself reports.
    pub async fn assigned(&self, case: &CaseId, user: &str) -> Result<bool> {
        let sql = "SELECT user_name FROM assignments WHERE case_id = $1 AND user_name = $2";
        Ok(self.read().await?.row(sql, values![case.as_str(), user]).await?.is_some())
    }

    /// Adds an authorisation to its case. The same authorisation again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the case is not open, [`StoreError::Conflict`] when the order
    /// number is known with another content: an order is replaced by a new order.
    pub async fn add_authorisation(&self, authorisation: &Authorisation) -> Result<()> {
        let mut session = self.write().await?;
        require(&mut session, &authorisation.case).await?;
        if let Some(known) = find_authorisation(&mut session, &authorisation.id).await? {
            let what = format!(
                "authorisation {} is recorded with another content; add the new order under its \
                 own number",
                known.id
            );
            return if known == *authorisation { Ok(()) } else { Err(StoreError::conflict(what)) };
        }
        let row = values![
            authorisation.id.as_str(),
            authorisation.case.as_str(),
            authorisation.valid_from.0,
            authorisation.valid_until.0,
            json(authorisation)?,
        ];
        let into = "authorisations (id, case_id, valid_from, valid_until, body)";
        session.insert(into, "", [row]).await?;
        session.commit().await
    }

    /// An authorisation by its order number.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the row cannot be understood.
    pub async fn authorisation(&self, id: &AuthorisationId) -> Result<Option<Authorisation>> {
        find_authorisation(&mut self.read().await?, id).await
    }

    /// The authorisations of a case by order number.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a row cannot be understood.
    pub async fn authorisations(&self, case: &CaseId) -> Result<Vec<Authorisation>> {
        let sql = "SELECT body FROM authorisations WHERE case_id = $1";
        let rows = self.read().await?.rows(sql, values![case.as_str()]).await?;
        let mut found: Vec<Authorisation> =
            rows.iter().map(|row| row.json(0)).collect::<Result<_>>()?;
        found.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(found)
    }
}

/// Fails with [`StoreError::NotFound`] unless the case is open.
pub(crate) async fn require(session: &mut Session<'_>, case: &CaseId) -> Result<()> {
    let found = find(session, case).await?;
    found.map(|_| ()).ok_or_else(|| StoreError::not_found("case", case))
}

pub(crate) async fn find_authorisation(
    session: &mut Session<'_>,
    id: &AuthorisationId,
) -> Result<Option<Authorisation>> {
    let sql = "SELECT body FROM authorisations WHERE id = $1";
    session.row(sql, values![id.as_str()]).await?.map(|row| row.json(0)).transpose()
}

async fn find(session: &mut Session<'_>, id: &CaseId) -> Result<Option<Case>> {
    let sql = "SELECT id, title, opened_at, opened_by FROM cases WHERE id = $1";
    session.row(sql, values![id.as_str()]).await?.as_ref().map(read_case).transpose()
}

fn read_case(row: &Row) -> Result<Case> {
    Ok(Case {
        id: row.parsed(0)?,
        title: row.text(1)?,
        opened_at: UtcMillis(row.int(2)?),
        opened_by: row.text(3)?,
    })
}
