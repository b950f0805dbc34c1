//! This crate is the edge: the `amparo` binary's arguments, printing and progress.
//!
//! It holds no logic of its own beyond "decide, log, do": every command asks `authz`, writes the
//! act to the audit log, and only then calls the crate that does the work. The commands are
//! functions on a [`session::Session`], so that `demo` runs the very same ones in-process.
//!
//! To add a command, see [`command`].

#![expect(
    clippy::disallowed_methods,
    reason = "the edge reads files the operator names, the environment and the clock"
)]

pub mod appearances;
pub mod clock;
pub mod command;
pub mod commands;
pub mod config;
pub mod demo;
pub mod draft_facts;
pub mod error;
pub mod exit;
pub mod files;
pub mod globals;
pub mod hold;
pub mod intake;
pub mod interrupt;
pub mod keys;
pub mod known;
pub mod lists;
pub mod outcome;
pub mod page;
pub mod partners;
pub mod progress;
pub mod rechecking;
pub mod referrals;
pub mod refusal;
pub mod rows;
pub mod run;
pub mod safe;
pub mod say;
pub mod session;
pub mod tip_diff;
pub mod tip_rows;
pub mod tip_words;
pub mod triage;
pub mod verify;
pub mod worker;
