//! Tests over all parsers at once: what a reviewer would otherwise have to remember.
//!
//! They loop over the registry and name all offenders together. To add a rule, add a test to the
//! file of its subject.

#![expect(clippy::disallowed_methods, reason = "fixtures and expected outputs are files")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "the opt-in corpus test prints what it counted")]

mod columns;
mod corpus;
mod forty;
mod golden;
mod hostile;
mod lists;
mod locators;
mod pages;
mod pdf;
mod registry;
mod support;
mod tips;
mod views;
mod zip;
