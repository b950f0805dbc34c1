//! May this actor do this to that, here and now: one pure function, [`decide`].
//!
//! Handlers never look at roles. Every command builds an [`Object`] and a [`Context`] from the
//! store, asks once, and either acts or shows the [`Refusal`]. An act that shows what was read from
//! exhibits is asked once per exhibit, and only the exhibits that are allowed are read at all, so
//! that counts and neighbours leak nothing either.
//!
//! `init` stands outside: before it there is no unit, hence nobody to ask about.
//!
//! To add an action: add a variant to [`Action`] with its word, give it a row in `rules.rs`, and a
//! row in the table of `tests/matrix.rs`, which is written in another form on purpose and fails
//! until both say the same.

mod action;
mod decide;
mod object;
mod refusal;
mod rules;

pub use action::Action;
pub use decide::{Decision, Exception, decide};
pub use object::{Context, Object};
pub use refusal::Refusal;
