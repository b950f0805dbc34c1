//! On what, and under which circumstances.

use amparo_model::{
    Authorisation, CaseId, DataCategory, HashSetId, TipId, UrgencyClass, UtcMillis,
};

/// What the act is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object<'a> {
    /// The unit as a whole: its users, its tips as a list, its cases as a list.
    Unit,
    /// One tip.
    Tip(&'a TipId),
    /// One case; for acts that show exhibits' content it means every exhibit of the case.
    Case(&'a CaseId),
    /// One exhibit.
    Evidence {
        /// Its case.
        case: &'a CaseId,
        /// Its label, as on its seal.
        label: &'a str,
    },
    /// One list of known hashes.
    HashSet(&'a HashSetId),
    /// One referral. One that came from another unit has no case here.
    Referral {
        /// The case it was drafted from.
        case: Option<&'a CaseId>,
    },
    /// The audit log.
    Log,
}

impl<'a> Object<'a> {
    /// The case under which the object lies, if any.
    #[must_use]
    pub fn case(&self) -> Option<&'a CaseId> {
        match self {
            Self::Case(case) | Self::Evidence { case, .. } => Some(case),
            Self::Referral { case } => *case,
            Self::Unit | Self::Tip(_) | Self::HashSet(_) | Self::Log => None,
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Unit => Kind::Unit,
            Self::Tip(_) => Kind::Tip,
            Self::Case(_) => Kind::Case,
            Self::Evidence { .. } => Kind::Evidence,
            Self::HashSet(_) => Kind::HashSet,
            Self::Referral { .. } => Kind::Referral,
            Self::Log => Kind::Log,
        }
    }
}

/// Which sort of object, without saying which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Unit,
    Tip,
    Case,
    Evidence,
    HashSet,
    Referral,
    Log,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Unit => "the unit",
            Self::Tip => "a tip",
            Self::Case => "a case",
            Self::Evidence => "an exhibit",
            Self::HashSet => "a hash set",
            Self::Referral => "a referral",
            Self::Log => "the audit log",
        }
    }
}

/// The circumstances, read from the store by the caller in the same transaction as the act where
/// the act writes. What is left out counts against the actor, never for them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The current time, from the caller's clock.
    pub now: UtcMillis,
    /// Whether the actor is assigned to the object's case.
    pub assigned: bool,
    /// The court order under which exhibits are read.
    pub authorisation: Option<&'a Authorisation>,
    /// What kinds of data the act would read; empty means every kind.
    pub categories: &'a [DataCategory],
    /// Login name of the person who drafted the referral.
    pub drafted_by: Option<&'a str>,
    /// How urgent the referral is.
    pub urgency: Option<UrgencyClass>,
}
