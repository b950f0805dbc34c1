//! Why not, and what would be needed.

use crate::Action;
use amparo_model::{Actor, AuthorisationId, CaseId, DataCategory, Role, UtcMillis};

/// A refusal. [`Refusal::word`] is for machines and Fluent files, the display for people.
///
/// Tests are made in the order of the variants, so that somebody who is not on a case does not
/// learn how its court orders stand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The role never does this.
    #[error("{} has the role {}, which may not {action}; it takes {}",
        .actor.name, .actor.role, roles(.needed))]
    Role {
        /// Who asked.
        actor: Actor,
        /// What for.
        action: Action,
        /// The roles that may.
        needed: &'static [Role],
    },
    /// The act makes no sense on that kind of object; a mistake of the program, not of the person.
    #[error(
        "{action} does not apply to {object}; this is a fault of the program, please report it"
    )]
    Object {
        /// What was asked for.
        action: Action,
        /// On what kind of object.
        object: &'static str,
    },
    /// The actor is not on the case.
    #[error("{actor} is not assigned to {}; a supervisor can assign the case", case_name(.case))]
    NotAssigned {
        /// Who asked.
        actor: String,
        /// Which case; `None` when the referral came from another unit and has no case here.
        case: Option<CaseId>,
    },
    /// No court order was named.
    #[error("no authorisation covers this exhibit; a supervisor can record the court order")]
    NoAuthorisation,
    /// The court order belongs to another case.
    #[error("authorisation {authorisation} belongs to case {its_case}, not to case {case}")]
    OtherCase {
        /// The court order.
        authorisation: AuthorisationId,
        /// Where it belongs.
        its_case: CaseId,
        /// Where it was to be used.
        case: CaseId,
    },
    /// The court order does not hold yet.
    #[error("authorisation {authorisation} is valid only from {valid_from}")]
    NotYetValid {
        /// The court order.
        authorisation: AuthorisationId,
        /// From when it holds.
        valid_from: UtcMillis,
    },
    /// The court order no longer holds.
    #[error(
        "authorisation {authorisation} expired at {valid_until}; \
        reading on needs a new court order"
    )]
    Expired {
        /// The court order.
        authorisation: AuthorisationId,
        /// Until when it held.
        valid_until: UtcMillis,
    },
    /// The court order names other exhibits.
    #[error("authorisation {authorisation} does not cover {}; \
        it names {}", exhibit_name(.label), .covered.join(", "))]
    ExhibitNotCovered {
        /// The court order.
        authorisation: AuthorisationId,
        /// The exhibit's label; `None` when every exhibit of the case was asked for.
        label: Option<String>,
        /// The labels it names.
        covered: Vec<String>,
    },
    /// The court order does not allow this kind of data.
    #[error("authorisation {authorisation} does not allow reading {}", .category.as_str())]
    CategoryNotCovered {
        /// The court order.
        authorisation: AuthorisationId,
        /// What would have been read.
        category: DataCategory,
    },
    /// Nobody knows who drafted it, so that the second person cannot be told from the first.
    #[error("the referral names no drafter, so nobody can approve it as the second person")]
    DrafterUnknown,
    /// The approver is the drafter.
    #[error(
        "{actor} drafted this referral; another supervisor must approve it, \
        except when life is at risk"
    )]
    SamePerson {
        /// Who asked.
        actor: String,
    },
}

impl Refusal {
    /// The word for machines: exit reports, the audit log, and the id of the sentence in the Fluent
    /// files. Never changes once released.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Role { .. } => "refusal-role",
            Self::Object { .. } => "refusal-object",
            Self::NotAssigned { .. } => "refusal-not-assigned",
            Self::NoAuthorisation => "refusal-no-authorisation",
            Self::OtherCase { .. } => "refusal-authorisation-of-other-case",
            Self::NotYetValid { .. } => "refusal-authorisation-not-yet-valid",
            Self::Expired { .. } => "refusal-authorisation-expired",
            Self::ExhibitNotCovered { .. } => "refusal-exhibit-not-covered",
            Self::CategoryNotCovered { .. } => "refusal-category-not-covered",
            Self::DrafterUnknown => "refusal-drafter-unknown",
            Self::SamePerson { .. } => "refusal-same-person",
        }
    }
}

fn roles(roles: &[Role]) -> String {
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" or ")
}

fn case_name(case: &Option<CaseId>) -> String {
    match case {
        Some(case) => format!("case {case}"),
        None => "a case of this referral".to_owned(),
    }
}

fn exhibit_name(label: &Option<String>) -> String {
    match label {
        Some(label) => format!("exhibit {label}"),
        None => "every exhibit of the case".to_owned(),
    }
}
