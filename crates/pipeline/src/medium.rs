//! Stage `medium`: reads the medium inside an image file once more, whole, and compares it with the
//! hashes that the image file states, and its parts with their checksums.

use crate::aside::aside;
use crate::run::{Done, Exhibit};
use crate::{Context, PipelineError, stage};
use amparo_model::{Container, EvidenceId, HashAlgorithm, Problem, ProblemKind, Wave};
use amparo_sandbox::has_checksums;
use amparo_store::{FactBatch, Job, NewJob};
use sha2::Digest;
use std::sync::Arc;

/// The job for a container that states hashes or checksums.
pub(crate) fn job(evidence: &EvidenceId, container: &Container) -> Option<NewJob> {
    let stated = container.stored.iter().any(|(algorithm, _)| Sum::of(*algorithm).is_some());
    let checked = container.formats.last().is_some_and(|format| has_checksums(format));
    (stated || checked).then(|| NewJob {
        kind: stage::MEDIUM.id.to_owned(),
        evidence: evidence.clone(),
        wave: Wave::Rest.number(),
        key: container.path.clone(),
        payload: serde_json::to_value(container).unwrap_or_default(),
    })
}

pub(crate) async fn run(
    context: &Context,
    exhibit: &Arc<Exhibit>,
    job: &Job,
) -> Result<Done, PipelineError> {
    let Ok(container) = serde_json::from_value::<Container>(job.payload.clone()) else {
        let detail = "the job's own data cannot be read".to_owned();
        return Ok(Done::Failed(problem(ProblemKind::Unreadable, &job.key, detail)));
    };
    let work = {
        let exhibit = Arc::clone(exhibit);
        move || check(&exhibit, container)
    };
    let (container, problems) = tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| PipelineError::Job(error.to_string()))?;
    let (store, evidence) = (&context.store, &exhibit.item.id);
    store.record_problems(evidence, stage::MEDIUM.id, &problems).await?;
    store.record_containers(evidence, &[container]).await?;
    let (evidence, job) = (evidence.clone(), Some(job.id));
    let (facts, links, enqueue) = (Vec::new(), Vec::new(), Vec::new());
    store.record_facts(&FactBatch { evidence, job, facts, links, enqueue }).await?;
    Ok(Done::Recorded)
}

/// The container with what was found, and what does not match.
fn check(exhibit: &Exhibit, mut container: Container) -> (Container, Vec<Problem>) {
    let stated: Vec<(Sum, String)> = container
        .stored
        .iter()
        .filter_map(|(algorithm, value)| Some((Sum::of(*algorithm)?, value.to_lowercase())))
        .collect();
    let (mut sums, stated): (Vec<Sum>, Vec<String>) = stated.into_iter().unzip();
    let read = aside(
        |give| exhibit.source.medium(&container, give),
        |bytes| sums.iter_mut().for_each(|sum| sum.update(bytes)),
    );
    let mut problems = match read {
        Ok(problems) => problems,
        Err(error) => {
            let mut problem = error.problem();
            problem.subject.clone_from(&container.path);
            return (container, vec![problem]);
        }
    };
    let found: Vec<String> = sums.into_iter().map(Sum::finish).collect();
    for (found, stated) in found.iter().zip(&stated).filter(|(found, stated)| found != stated) {
        let detail = format!("the medium hashes to {found}; the image states {stated}");
        problems.push(problem(ProblemKind::Malformed, &container.path, detail));
    }
    container.verified = (!stated.is_empty()).then(|| found == stated);
    (container, problems)
}

/// A hash that images state, being computed. Only what is stated is computed: the wait for one more
/// would be the longest part.
enum Sum {
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
}

impl Sum {
    fn of(algorithm: HashAlgorithm) -> Option<Self> {
        match algorithm {
            HashAlgorithm::Md5 => Some(Self::Md5(md5::Md5::new())),
            HashAlgorithm::Sha1 => Some(Self::Sha1(sha1::Sha1::new())),
            HashAlgorithm::Sha256 => Some(Self::Sha256(sha2::Sha256::new())),
            HashAlgorithm::Pdq => None,
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Md5(sum) => sum.update(bytes),
            Self::Sha1(sum) => sum.update(bytes),
            Self::Sha256(sum) => sum.update(bytes),
        }
    }

    fn finish(self) -> String {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match self {
            Self::Md5(sum) => hex(&sum.finalize()),
            Self::Sha1(sum) => hex(&sum.finalize()),
            Self::Sha256(sum) => hex(&sum.finalize()),
        }
    }
}

fn problem(kind: ProblemKind, subject: &str, detail: String) -> Problem {
    Problem { kind, at: None, subject: subject.to_owned(), detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_read_whole_when_there_is_something_to_compare_it_with() {
        let evidence = EvidenceId::new("E-1").unwrap();
        let container = |format: &str, stored| Container {
            path: "image".to_owned(),
            formats: vec![format.to_owned()],
            stored,
            place: Vec::new(),
            verified: None,
        };
        let md5 = || vec![(HashAlgorithm::Md5, "00".repeat(16))];
        assert!(job(&evidence, &container("ewf/1", md5())).is_some());
        assert!(job(&evidence, &container("ewf/1", Vec::new())).is_some());
        assert!(job(&evidence, &container("qcow2/1", Vec::new())).is_none());
    }
}
