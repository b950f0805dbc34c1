//! Which steps a referral may take, as one table.
//!
//! The sender moves it until it is sent; from then on the addressee's receipts move it. A receipt
//! that arrives before the sender noted the sending is a proof of it, so those steps are allowed
//! too. To add a step: one line in [`STEPS`].

use amparo_model::ReferralState::{self, *};

/// Whose act a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The unit that wrote the referral.
    Sender,
    /// The unit that received it, by a signed receipt.
    Addressee,
}

/// From, to, by whom.
pub const STEPS: &[(ReferralState, ReferralState, Side)] = &[
    (Drafted, Approved, Side::Sender),
    (Approved, Drafted, Side::Sender),
    (Approved, Sealed, Side::Sender),
    (Sealed, Sent, Side::Sender),
    (Sealed, Delivered, Side::Addressee),
    (Sealed, Read, Side::Addressee),
    (Sealed, Accepted, Side::Addressee),
    (Sealed, NeedsInfo, Side::Addressee),
    (Sealed, NotCompetent, Side::Addressee),
    (Sealed, Refused, Side::Addressee),
    (Sent, Delivered, Side::Addressee),
    (Sent, Read, Side::Addressee),
    (Sent, Accepted, Side::Addressee),
    (Sent, NeedsInfo, Side::Addressee),
    (Sent, NotCompetent, Side::Addressee),
    (Sent, Refused, Side::Addressee),
    (Delivered, Read, Side::Addressee),
    (Delivered, Accepted, Side::Addressee),
    (Delivered, NeedsInfo, Side::Addressee),
    (Delivered, NotCompetent, Side::Addressee),
    (Delivered, Refused, Side::Addressee),
    (Read, Accepted, Side::Addressee),
    (Read, NeedsInfo, Side::Addressee),
    (Read, NotCompetent, Side::Addressee),
    (Read, Refused, Side::Addressee),
    (NeedsInfo, Accepted, Side::Addressee),
    (NeedsInfo, NotCompetent, Side::Addressee),
    (NeedsInfo, Refused, Side::Addressee),
    (NeedsInfo, Closed, Side::Sender),
    (Accepted, NeedsInfo, Side::Addressee),
    (Accepted, ChildLocated, Side::Addressee),
    (Accepted, ChildSafeguarded, Side::Addressee),
    (Accepted, Closed, Side::Addressee),
    (ChildLocated, ChildSafeguarded, Side::Addressee),
    (ChildLocated, Closed, Side::Addressee),
    (ChildSafeguarded, Closed, Side::Addressee),
    (NotCompetent, Closed, Side::Sender),
    (Refused, Closed, Side::Sender),
];

/// Whose act the step is; `None` when there is no such step.
#[must_use]
pub fn step(from: ReferralState, to: ReferralState) -> Option<Side> {
    STEPS.iter().find(|(a, b, _)| *a == from && *b == to).map(|(_, _, side)| *side)
}

/// The states that a receipt may announce.
#[must_use]
pub fn receipt_may_say(state: ReferralState) -> bool {
    STEPS.iter().any(|(_, to, side)| *to == state && *side == Side::Addressee)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_state_can_be_reached_and_only_closed_is_final() {
        let mut reached = BTreeSet::from([Drafted]);
        for _ in STEPS {
            let next: Vec<_> =
                STEPS.iter().filter(|(a, ..)| reached.contains(a)).map(|(_, b, _)| *b).collect();
            reached.extend(next);
        }
        assert_eq!(reached.len(), 13);
        let leaving: BTreeSet<_> = STEPS.iter().map(|(a, ..)| *a).collect();
        let last: Vec<_> = reached.difference(&leaving).collect();
        assert_eq!(last, [&Closed]);
    }

    #[test]
    fn nothing_is_sealed_without_approval_and_nothing_returns_from_the_addressee() {
        let check = |from, to, expect| assert_eq!(step(from, to), expect, "{from:?} {to:?}");
        check(Drafted, Sealed, None);
        check(Drafted, Approved, Some(Side::Sender));
        check(Approved, Sealed, Some(Side::Sender));
        check(Sealed, Approved, None);
        check(Sent, Drafted, None);
        check(Read, Accepted, Some(Side::Addressee));
        check(Closed, Accepted, None);
    }

    #[test]
    fn no_step_is_listed_twice_and_none_stays_in_place() {
        let set: BTreeSet<_> = STEPS.iter().map(|(a, b, _)| (*a, *b)).collect();
        assert_eq!(set.len(), STEPS.len());
        assert!(STEPS.iter().all(|(a, b, _)| a != b));
    }

    #[test]
    fn a_receipt_cannot_announce_the_senders_own_acts() {
        for state in [Drafted, Approved, Sealed, Sent] {
            assert!(!receipt_may_say(state), "{state:?}");
        }
        assert!(receipt_may_say(ChildSafeguarded));
    }
}
