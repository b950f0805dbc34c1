//! The real binary in temporary folders, one file per group of commands.
//!
//! Every run has a fixed clock and its own data folder; nothing depends on order or network. To add
//! a test: a function in the file of its group; what several need belongs to `support.rs`.

#![expect(clippy::disallowed_methods, reason = "tests write and damage files on purpose")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that cannot go on fails the test")]

mod appearances;
mod audit;
mod authz;
mod corpus;
mod demo;
mod evidence;
mod faults;
mod hash_sets;
mod help;
mod interrupted;
mod referral;
mod support;
mod tips;
mod tips_work;
mod unit;
mod verify;
mod videos;
