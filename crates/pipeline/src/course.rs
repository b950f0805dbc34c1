//! Where a run stands, written down while it goes on, and whether it must halt.

use crate::run::Exhibit;
use crate::{Context, PipelineError, Summary};
use amparo_model::EvidenceId;
use amparo_store::Run;
use std::sync::atomic::Ordering;

/// How often the run is written down and asked whether to pause, in milliseconds.
const EVERY_MS: u64 = 1_000;

/// Why a run ends before its work does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Halt {
    /// The operator stopped this process.
    Stopped,
    /// Somebody asked the work on the exhibit to pause.
    Paused,
    /// The authorisation ended.
    Expired,
}

impl Halt {
    fn word(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Paused => "paused",
            Self::Expired => "expired",
        }
    }
}

/// One run on its way.
pub(crate) struct Course {
    run: Run,
    looked_ms: Option<u64>,
    first_store_ms: Option<u64>,
    halt: Option<Halt>,
}

impl Course {
    /// A run begins; a pause asked for earlier is over.
    pub(crate) async fn begin(
        context: &Context,
        evidence: &EvidenceId,
    ) -> Result<Self, PipelineError> {
        context.store.set_paused(evidence, false).await?;
        let now = context.clock.now();
        let run = Run {
            started_at: now,
            seen_at: now,
            ended: None,
            entries: 0,
            jobs_done: 0,
            files: 0,
            bytes: 0,
            first_alarm_ms: None,
        };
        context.store.put_run(evidence, &run).await?;
        Ok(Self { run, looked_ms: None, first_store_ms: None, halt: None })
    }

    /// Whether to halt. What others asked for is looked up about once a second.
    pub(crate) async fn look(
        &mut self,
        context: &Context,
        evidence: &EvidenceId,
    ) -> Result<Option<Halt>, PipelineError> {
        if self.halt.is_some() {
            return Ok(self.halt);
        }
        if context.stop.load(Ordering::SeqCst) {
            self.halt = Some(Halt::Stopped);
        } else if context.scope.has_expired(context.clock.now()) {
            self.halt = Some(Halt::Expired);
        } else if self.is_due(context) && context.store.paused(evidence).await? {
            self.halt = Some(Halt::Paused);
        }
        Ok(self.halt)
    }

    /// Paths listed so far.
    pub(crate) fn listed(&mut self, entries: u64) {
        self.run.entries = entries;
    }

    /// An app store is recorded.
    pub(crate) fn store_read(&mut self, context: &Context) {
        self.first_store_ms.get_or_insert_with(|| (context.elapsed_ms)());
    }

    /// When the first app store was recorded.
    pub(crate) fn first_store_ms(&self) -> Option<u64> {
        self.first_store_ms
    }

    /// Writes down where the run stands, if it is time.
    pub(crate) async fn note(
        &mut self,
        context: &Context,
        exhibit: &Exhibit,
        summary: &Summary,
    ) -> Result<(), PipelineError> {
        if !self.is_due(context) {
            return Ok(());
        }
        self.looked_ms = Some((context.elapsed_ms)());
        self.take(exhibit, summary);
        self.put(context, &exhibit.item.id).await
    }

    /// The run is over.
    pub(crate) async fn end(
        &mut self,
        context: &Context,
        evidence: &EvidenceId,
        last: Option<(&Exhibit, &Summary)>,
    ) -> Result<(), PipelineError> {
        if let Some((exhibit, summary)) = last {
            self.take(exhibit, summary);
        }
        self.run.ended = Some(self.halt.map_or("finished", Halt::word).to_owned());
        self.put(context, evidence).await
    }

    fn is_due(&self, context: &Context) -> bool {
        self.looked_ms.is_none_or(|looked_ms| (context.elapsed_ms)() >= looked_ms + EVERY_MS)
    }

    fn take(&mut self, exhibit: &Exhibit, summary: &Summary) {
        let (files, bytes) = exhibit.amount_read();
        self.run = Run {
            entries: summary.entries,
            jobs_done: summary.jobs_done,
            files,
            bytes,
            first_alarm_ms: summary.first_alarm.map(|first| first.after_ms),
            ..self.run.clone()
        };
    }

    async fn put(&mut self, context: &Context, id: &EvidenceId) -> Result<(), PipelineError> {
        self.run.seen_at = context.clock.now();
        Ok(context.store.put_run(id, &self.run).await?)
    }
}
