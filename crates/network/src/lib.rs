//! This crate links what belongs together: pure functions over facts, no storage, no clock.
//!
//! - [`link_tips`] joins tips that share a strong identifier. Every link names its reason and can
//!   be undone; a key that half the world shares joins nothing and is reported instead; a weak one
//!   is a hint for a person.
//! - [`sought`] says what of a tip finds accounts that app stores on exhibits hold, and how
//!   strongly.
//! - [`proposals`] reads possible persons out of the links: proposed, never decided.
//! - [`fold`] puts many reports of one widely copied file on one line. Nothing is deleted, and a
//!   report with a sign of a child in danger always stands on a line of its own.
//!
//! To add a kind of link: a constant in `kinds.rs`, its value in `keys.rs`, its condition in
//! `pairs.rs` where sharing alone is not enough, and its sentence in `text/locales/*/network.ftl`.

mod accounts;
pub mod fold;
mod index;
mod keys;
pub mod kinds;
mod node;
mod pairs;
mod persons;
mod rules;
mod tips;
mod union;

pub use accounts::{JOINING, Sought, sought};
pub use fold::{FoldKey, FoldLine, fold_key, folded};
pub use keys::{Strength, keys};
pub use node::TipNode;
pub use persons::{PersonProposal, proposals};
pub use rules::{DEFAULT_MOST_SHARED, LinkRules, Undone};
pub use tips::{Hint, LinkReason, Linking, SharedKey, TipGroup, link_tips, link_tips_with};
