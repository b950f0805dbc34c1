//! The decision itself.

use crate::object::Kind;
use crate::rules::{Rule, handles_incoming, needs_assignment, rule};
use crate::{Action, Context, Object, Refusal};
use amparo_model::{Actor, Authorisation, CaseId, DataCategory, UrgencyClass};

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// Go ahead.
    Allow,
    /// Go ahead, and record that it rests on an exception.
    AllowAsException(Exception),
    /// Do not.
    Deny(Refusal),
}

impl Decision {
    /// The same as a `Result`, for `?`. An exception must be written into the audit entry.
    ///
    /// # Errors
    /// The refusal.
    pub fn check(self) -> Result<Option<Exception>, Refusal> {
        match self {
            Self::Allow => Ok(None),
            Self::AllowAsException(exception) => Ok(Some(exception)),
            Self::Deny(refusal) => Err(refusal),
        }
    }

    /// Whether to go ahead.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        !matches!(self, Self::Deny(_))
    }
}

/// An exception on which a permission rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exception {
    /// The drafter approved alone because life was at risk; to be reviewed afterwards.
    SoleApproverLifeAtRisk,
}

impl Exception {
    /// The word for the audit entry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SoleApproverLifeAtRisk => "sole_approver_life_at_risk",
        }
    }
}

/// May `actor` do `action` to `object` under these circumstances? Pure: same question, same answer.
pub fn decide(
    actor: &Actor,
    action: Action,
    object: &Object<'_>,
    context: &Context<'_>,
) -> Decision {
    match judge(actor, action, object, context) {
        Ok(None) => Decision::Allow,
        Ok(Some(exception)) => Decision::AllowAsException(exception),
        Err(refusal) => Decision::Deny(refusal),
    }
}

fn judge(
    actor: &Actor,
    action: Action,
    object: &Object<'_>,
    context: &Context<'_>,
) -> Result<Option<Exception>, Refusal> {
    let rule = rule(action);
    role(actor, action, &rule)?;
    if !rule.on.contains(&object.kind()) {
        return Err(Refusal::Object { action, object: object.kind().word() });
    }
    relation(actor, object, context)?;
    if rule.scope {
        scope(object, context)?;
    }
    if rule.second_person { second_person(actor, context) } else { Ok(None) }
}

fn role(actor: &Actor, action: Action, rule: &Rule) -> Result<(), Refusal> {
    if rule.roles.contains(&actor.role) {
        return Ok(());
    }
    Err(Refusal::Role { actor: actor.clone(), action, needed: rule.roles })
}

fn relation(actor: &Actor, object: &Object<'_>, context: &Context<'_>) -> Result<(), Refusal> {
    let case = object.case();
    let near_enough = match (object.kind(), case) {
        (Kind::Referral, None) => handles_incoming(actor.role),
        (_, None) => true,
        (_, Some(_)) => context.assigned || !needs_assignment(actor.role),
    };
    if near_enough {
        return Ok(());
    }
    Err(Refusal::NotAssigned { actor: actor.name.clone(), case: case.cloned() })
}

fn scope(object: &Object<'_>, context: &Context<'_>) -> Result<(), Refusal> {
    let Some(order) = context.authorisation else { return Err(Refusal::NoAuthorisation) };
    let Some(case) = object.case() else { return Err(Refusal::NoAuthorisation) };
    of_this_case(order, case)?;
    in_time(order, context)?;
    let label = match object {
        Object::Evidence { label, .. } => Some(*label),
        _ => None,
    };
    covers_exhibit(order, label)?;
    covers_categories(order, context.categories)
}

fn of_this_case(order: &Authorisation, case: &CaseId) -> Result<(), Refusal> {
    if order.case == *case {
        return Ok(());
    }
    Err(Refusal::OtherCase {
        authorisation: order.id.clone(),
        its_case: order.case.clone(),
        case: case.clone(),
    })
}

/// Both ends count as valid: an order "until 12:00" may still be used at 12:00.
fn in_time(order: &Authorisation, context: &Context<'_>) -> Result<(), Refusal> {
    let authorisation = order.id.clone();
    if context.now < order.valid_from {
        return Err(Refusal::NotYetValid { authorisation, valid_from: order.valid_from });
    }
    if context.now > order.valid_until {
        return Err(Refusal::Expired { authorisation, valid_until: order.valid_until });
    }
    Ok(())
}

/// An order that names exhibits covers those; whoever asks for the whole case needs one that names
/// none.
fn covers_exhibit(order: &Authorisation, label: Option<&str>) -> Result<(), Refusal> {
    let named = label.is_some_and(|label| order.exhibits.iter().any(|one| one == label));
    if order.exhibits.is_empty() || named {
        return Ok(());
    }
    Err(Refusal::ExhibitNotCovered {
        authorisation: order.id.clone(),
        label: label.map(str::to_owned),
        covered: order.exhibits.clone(),
    })
}

fn covers_categories(order: &Authorisation, asked: &[DataCategory]) -> Result<(), Refusal> {
    let asked = if asked.is_empty() { DataCategory::ALL.as_slice() } else { asked };
    match asked.iter().find(|category| !order.categories.contains(category)) {
        None => Ok(()),
        Some(category) => Err(Refusal::CategoryNotCovered {
            authorisation: order.id.clone(),
            category: *category,
        }),
    }
}

fn second_person(actor: &Actor, context: &Context<'_>) -> Result<Option<Exception>, Refusal> {
    let Some(drafter) = context.drafted_by else { return Err(Refusal::DrafterUnknown) };
    if drafter != actor.name {
        return Ok(None);
    }
    if context.urgency == Some(UrgencyClass::Life) {
        return Ok(Some(Exception::SoleApproverLifeAtRisk));
    }
    Err(Refusal::SamePerson { actor: actor.name.clone() })
}
