//! This crate turns facts into an order of work with reasons: it scores, explains, and decides
//! nothing. Pure functions; the clock is an argument.
//!
//! - [`lexicon`] finds phrases in messages,
//! - [`alarm`] ranks the counterparts of a device's owner,
//! - [`tips`] says how urgent a tip is and how soon its evidence perishes,
//! - [`territory`] says which country and which division of it a tip concerns,
//! - [`routing`] which unit it goes to,
//! - [`losses`](mod@losses) what can be lost when, as a list for the day,
//! - [`preservation`] drafts the request to keep it.
//!
//! Weights, phrases, clocks and names are data files in `data/`, each with version, source and
//! review date. Points add up; nothing is averaged; unknown is never zero; counter-evidence is
//! shown with negative points and lowers nothing below a hard floor.
//!
//! To add a rule: an entry in the data file, its condition in the module, its sentence in the three
//! languages of `text`; the test `tests/sentences.rs` asks for the last.

pub mod alarm;
pub mod lexicon;
pub mod losses;
pub mod preservation;
pub mod routing;
mod rule;
pub mod territory;
pub mod tips;

pub use alarm::{AlarmFacts, Rules, SignalFact, TransferFact};
pub use lexicon::{Lexicon, PhraseHit, fold};
pub use losses::{Loss, day_list, losses};
pub use rule::{RuleText, RulesError};
pub use territory::Territory;
pub use tips::{TipAssessment, TipContext, TipRules, danger_sign};
