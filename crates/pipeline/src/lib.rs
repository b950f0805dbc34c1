//! Stages in first-look order, with progress and resume.
//!
//! This crate knows no HTTP and no roles: whether somebody may attach evidence was decided before.
//! [`attach`] lists an evidence item, plans jobs, runs them wave by wave and assesses the alarm
//! after each wave. Everything done is a fact keyed by content, stage and version, recorded in one
//! transaction with the job's completion, so that a killed run resumes and a second run does
//! nothing.
//!
//! To add a stage, see [`stage`].

mod app_store;
pub mod aside;
mod by_program;
mod case_alarms;
mod course;
mod early;
mod fingerprint;
mod linking;
pub mod links;
mod listing;
mod medium;
mod pages;
pub mod plan;
mod priority;
mod progress;
mod recheck;
mod run;
mod scope;
pub mod source;
pub mod stage;
mod sums;

pub use case_alarms::assess_case;
pub use priority::prioritise;
pub use progress::{FirstAlarm, Progress, Summary};
pub use recheck::{Change, Rechecked, owe_recheck, recheck};
pub use run::attach;
pub use scope::Scope;
pub use sums::{Sums, source_folder};

use amparo_assess::{alarm::Rules, lexicon::Lexicon};
use amparo_evidence::ObjectStore;
use amparo_matching::KnownIndex;
use amparo_model::Clock;
use amparo_sandbox::{Pool, Tools};
use amparo_store::Store;
use std::sync::{Arc, atomic::AtomicBool};

/// All that the stages work with. Cheap to clone; each job holds a copy.
#[derive(Clone)]
pub struct Context {
    /// Facts and jobs.
    pub store: Store,
    /// Private copies of app stores.
    pub objects: Arc<ObjectStore>,
    /// Confined workers.
    pub workers: Arc<Pool>,
    /// Programs found on this machine, run in confinement.
    pub tools: Arc<Tools>,
    /// Known hashes of all loaded lists.
    pub known: Arc<KnownIndex>,
    /// Phrases.
    pub lexicon: Arc<Lexicon>,
    /// Alarm rules.
    pub rules: Arc<Rules>,
    /// Wall clock, for records.
    pub clock: Arc<dyn Clock>,
    /// Milliseconds since the run began, for progress only; never recorded.
    pub elapsed_ms: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// Set from outside to stop after the jobs in flight.
    pub stop: Arc<AtomicBool>,
    /// What the authorisation allows to read.
    pub scope: Scope,
    /// Passwords for what is encrypted in the exhibit; never recorded.
    pub secrets: Vec<String>,
    /// Jobs at the same time.
    pub parallel: usize,
}

/// Why an evidence item could not be processed to the end.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The database; run again when it answers.
    #[error("{0}")]
    Store(#[from] amparo_store::StoreError),
    /// The source cannot be read at all.
    #[error("{0}")]
    Source(#[from] amparo_evidence::SourceError),
    /// The object store; fix the disk, then run again.
    #[error("{0}")]
    Objects(#[from] amparo_evidence::ObjectError),
    /// The machine cannot confine the worker; nothing was decoded.
    #[error("{0}")]
    Sandbox(#[from] amparo_sandbox::SandboxError),
    /// A pattern of paths cannot be understood.
    #[error("{0}")]
    Pattern(String),
    /// A job died; run again, and report it if it dies again.
    #[error("a job of this run stopped without an answer: {0}")]
    Job(String),
}
