//! The reference case, end to end, on a synthetic world: two units, one case, one referral.
//!
//! The demo has no logic of its own for any step: it types the same command lines that an officer
//! types and reads the same JSON that a script reads ([`units`]). [`script`] is the story,
//! [`summary`] compares what was found with the ground truth, [`show`] puts it into words.

pub mod script;
pub mod show;
pub mod summary;
pub mod units;
