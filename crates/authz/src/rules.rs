//! The rule of each action: who in general, on what, and which further tests apply.
//!
//! Reading guide: `roles` says who may do it at all; who of those needs an assignment to the case
//! is `needs_assignment`. Reviewed as a table; `tests/matrix.rs` holds the same in another form.

use crate::Action;
use crate::object::Kind;
use amparo_model::Role::{self, Admin, Analyst, Auditor, Examiner, Liaison, Supervisor};

/// What one action asks for.
pub(crate) struct Rule {
    /// Who may do it at all.
    pub roles: &'static [Role],
    /// On which kinds of object.
    pub on: &'static [Kind],
    /// Whether a court order must cover what would be read.
    pub scope: bool,
    /// Whether the drafter is excluded.
    pub second_person: bool,
}

const STAFF: &[Role] = &[Analyst, Examiner, Liaison, Supervisor];
const CASE_STAFF: &[Role] = &[Examiner, Liaison, Supervisor];
const REFERRERS: &[Role] = &[Liaison, Supervisor];

/// Supervisors answer for all cases of the unit; the others act only where they are assigned.
pub(crate) fn needs_assignment(role: Role) -> bool {
    matches!(role, Analyst | Examiner | Liaison)
}

/// Incoming referrals belong to no case yet, so that nobody can be assigned: those who deal with
/// other units may handle them.
pub(crate) fn handles_incoming(role: Role) -> bool {
    REFERRERS.contains(&role)
}

/// The rule of an action.
pub(crate) fn rule(action: Action) -> Rule {
    use Kind::{Case, Evidence, HashSet, Log, Referral, Tip, Unit};
    match action {
        Action::ManageUsers => plain(&[Admin], &[Unit]),
        Action::ImportTips => plain(&[Analyst, Supervisor], &[Unit]),
        Action::ReadTips => plain(STAFF, &[Unit, Tip]),
        Action::LinkTips => plain(STAFF, &[Unit]),
        Action::DecideTips => plain(&[Analyst, Supervisor], &[Tip]),
        Action::SetAccess => plain(&[Supervisor], &[Tip]),
        Action::ImportPlaces => plain(&[Supervisor, Admin], &[Unit]),
        Action::ExportTips => plain(&[Analyst, Liaison, Supervisor], &[Unit, Tip]),
        Action::ListCases => plain(STAFF, &[Unit]),
        Action::ReadCase => plain(STAFF, &[Case]),
        Action::ReadPartners => plain(&[Liaison, Supervisor, Admin], &[Unit]),
        Action::OpenCase => plain(&[Supervisor], &[Unit]),
        Action::AssignCase | Action::AddAuthorisation => plain(&[Supervisor], &[Case]),
        Action::ImportHashSet | Action::RemoveHashSet => {
            plain(&[Supervisor, Admin], &[Unit, HashSet])
        }
        Action::RecordVerdict => plain(&[Analyst, Examiner, Supervisor], &[Case]),
        Action::ExportVerdicts => plain(REFERRERS, &[Case]),
        Action::ListHashSets => {
            plain(&[Analyst, Examiner, Liaison, Supervisor, Admin], &[Unit, HashSet])
        }
        Action::AttachEvidence => scoped(&[Examiner, Supervisor], &[Evidence]),
        Action::ReadEvidence | Action::ReadAlarms => scoped(CASE_STAFF, &[Case, Evidence]),
        Action::ReviewAlarm => plain(&[Examiner, Supervisor], &[Case]),
        Action::DraftReferral => plain(REFERRERS, &[Case, Referral]),
        Action::CheckReferral | Action::SealReferral => plain(REFERRERS, &[Referral]),
        Action::OpenReferral | Action::AcknowledgeReferral => plain(REFERRERS, &[Referral]),
        Action::ApproveReferral => {
            Rule { second_person: true, ..plain(&[Supervisor], &[Referral]) }
        }
        Action::ReadReferral => plain(CASE_STAFF, &[Referral]),
        Action::ReadLog => plain(&[Supervisor, Auditor], &[Log]),
        Action::VerifyLog => plain(&[Supervisor, Auditor, Admin], &[Log]),
        Action::RunFsck => plain(&[Examiner, Supervisor, Admin], &[Unit]),
        Action::DumpFacts => plain(&[Supervisor], &[Unit]),
    }
}

fn plain(roles: &'static [Role], on: &'static [Kind]) -> Rule {
    Rule { roles, on, scope: false, second_person: false }
}

fn scoped(roles: &'static [Role], on: &'static [Kind]) -> Rule {
    Rule { scope: true, ..plain(roles, on) }
}
