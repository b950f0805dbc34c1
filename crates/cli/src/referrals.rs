//! What the referral commands share: loading one, and acting on it.

use crate::error::CliError;
use crate::session::{Deed, Session};
use amparo_authz::{Action, Object};
use amparo_model::{ReferralId, Sha256};
use amparo_referral::{Draft, Gap, Severity, check};
use amparo_store::StoredReferral;
use serde::Serialize;

/// Begins the names of the notes of [`keep_sealed`].
const SEALED: &str = "sealed/";

/// A gap as commands show it.
#[derive(Debug, Clone, Serialize)]
pub struct ShownGap {
    /// Number of the field.
    pub field: u8,
    /// Title of the field, in the operator's language.
    pub title: String,
    /// Whether it holds the referral.
    pub blocks: bool,
    /// What is missing, in words.
    pub sentence: String,
}

/// The referral with its text.
///
/// # Errors
/// [`CliError::Unknown`] when there is none, [`CliError::Storage`] when its text cannot be read.
pub async fn load(session: &Session, id: &ReferralId) -> Result<(StoredReferral, Draft), CliError> {
    let stored = session.store.referral(id).await?;
    let stored = stored.ok_or_else(|| CliError::unknown("referral", id))?;
    let draft = serde_json::from_value(stored.body.clone())
        .map_err(|error| CliError::storage(format!("referral {id}"), error))?;
    Ok((stored, draft))
}

/// Acts on a referral: whoever handles it is judged by its case, drafter and urgency.
///
/// # Errors
/// [`CliError::Refused`].
pub async fn act(
    session: &mut Session,
    action: Action,
    stored: &StoredReferral,
    draft: &Draft,
) -> Result<(), CliError> {
    let object = Object::Referral { case: stored.case.as_ref() };
    let deed = Deed::on(action, object, stored.id.as_str())
        .drafted(&draft.signers.drafted_by, draft.urgency.class)
        .detail(serde_json::json!({ "version": stored.version, "state": stored.state }));
    session.act(&deed).await
}

/// The draft as the store keeps it.
///
/// # Errors
/// [`CliError::Storage`] when it cannot be written as JSON, which is a bug.
pub fn body(draft: &Draft) -> Result<serde_json::Value, CliError> {
    serde_json::to_value(draft).map_err(|error| CliError::storage("referral", error))
}

/// All gaps of a draft, in words.
#[must_use]
pub fn gaps(session: &Session, draft: &Draft) -> Vec<ShownGap> {
    check(draft).iter().map(|gap| shown(session, gap)).collect()
}

/// Notes which text was signed, so that a receipt can be held against it.
///
/// # Errors
/// [`CliError`] when the database fails.
pub async fn remember_manifest(
    session: &Session,
    draft: &Draft,
    manifest: &Sha256,
) -> Result<(), CliError> {
    Ok(session.store.put_setting(&manifest_key(draft), &manifest.to_string()).await?)
}

/// The text that was signed or opened here.
///
/// # Errors
/// [`CliError::BadInput`] when this version was neither sealed nor opened here.
pub async fn manifest(session: &Session, draft: &Draft) -> Result<Sha256, CliError> {
    let text = session.store.setting(&manifest_key(draft)).await?;
    let why = "was neither sealed nor opened here";
    text.and_then(|text| text.parse().ok())
        .ok_or_else(|| CliError::bad(format!("referral {}", draft.header.id), why))
}

/// Keeps the sealed file as it arrived, so that what was opened can be shown and checked again, and
/// notes its name for [`received`].
///
/// # Errors
/// [`CliError`] when disk or database fail.
pub async fn keep_sealed(
    session: &Session,
    referral: &ReferralId,
    version: u32,
    bytes: &[u8],
) -> Result<Sha256, CliError> {
    let published = session.objects.publish(bytes);
    let object = published.map_err(|error| CliError::storage("objects", error))?;
    let name = sealed_key(referral, version);
    session.store.put_setting(&name, &object.to_string()).await?;
    Ok(object)
}

/// The sealed files, as they arrived, of all versions of all referrals that were opened here.
///
/// # Errors
/// [`CliError`] when the database fails, [`CliError::Storage`] for a note that is no hash.
pub async fn received(session: &Session) -> Result<Vec<Sha256>, CliError> {
    let notes = session.store.settings(SEALED).await?;
    let object = |(name, value): (String, String)| {
        value.parse().map_err(|error| CliError::storage(name, error))
    };
    notes.into_iter().map(object).collect()
}

fn sealed_key(referral: &ReferralId, version: u32) -> String {
    format!("{SEALED}{referral}/v{version}")
}

fn manifest_key(draft: &Draft) -> String {
    format!("manifest/{}/v{}", draft.header.id, draft.header.version)
}

fn shown(session: &Session, gap: &Gap) -> ShownGap {
    let text = session.say.text();
    let title = amparo_referral::field(gap.field).map(|field| text.get(&field.title_id(), &[]));
    ShownGap {
        field: gap.field,
        title: title.unwrap_or_default(),
        blocks: gap.severity == Severity::Blocks,
        sentence: gap.sentence(text),
    }
}
