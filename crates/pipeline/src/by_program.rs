//! Files that a program found on the machine reads: videos by FFmpeg, HEIC and AVIF pictures by
//! libheif's converter, whose output the confined worker then examines like any other picture.
//!
//! A video's key frames are looked at first; where there are too few of them for a statement about
//! the whole, the first frame of each second is, as long as the video is not too long for that.
//! A program that is not installed is a problem of each file that needed it.

use crate::fingerprint::{Examined, look as look_at_picture};
use crate::recheck::EACH_SECOND;
use crate::run::Exhibit;
use crate::{Context, PipelineError};
pub(crate) use amparo_sandbox::container::HEAD_BYTES;
use amparo_sandbox::container::{self, Container};
use amparo_sandbox::{Frames, Input, ProgramError, Sampling};
use amparo_store::{FrameFact, VideoFact};

/// Up to this size a program gets a copy of the very bytes that were hashed; of a larger file, the
/// file itself, opened for reading only.
const COPY_BYTES_MAX: usize = 64 << 20;
/// Longer videos are looked at by their key frames alone, in milliseconds.
const EACH_SECOND_MAX_MS: u64 = 15 * 60_000;
/// The same for videos that do not state their length, in bytes.
const EACH_SECOND_MAX_BYTES: u64 = 128 << 20;

/// Whether a file that begins like this is one for a program, and gets there as a copy.
pub(crate) fn wants_bytes(head: &[u8], size: u64) -> bool {
    let for_program = container::video(head).is_some() || container::still(head).is_some();
    for_program && size <= COPY_BYTES_MAX as u64
}

/// Looks at the file if it is one for a program; whether it is. `bytes` is empty for a large file.
pub(crate) fn look(
    context: &Context,
    exhibit: &Exhibit,
    one: &mut Examined,
    bytes: &[u8],
) -> Result<bool, PipelineError> {
    let head = match bytes {
        // That it cannot be read any more is for whoever reads all of it.
        [] if one.hashes.size > 0 => {
            exhibit.source.head(&one.entry, HEAD_BYTES as u64).unwrap_or_default()
        }
        bytes => bytes.get(..HEAD_BYTES.min(bytes.len())).unwrap_or_default().to_vec(),
    };
    if let Some(container) = container::video(&head) {
        video(context, exhibit, one, (container, bytes))?;
        return Ok(true);
    }
    let Some(word) = container::still(&head) else { return Ok(false) };
    still(context, exhibit, one, (word, bytes))?;
    Ok(true)
}

fn video(
    context: &Context,
    exhibit: &Exhibit,
    one: &mut Examined,
    (container, bytes): (Container, &[u8]),
) -> Result<(), PipelineError> {
    let look = |sampling| {
        let input = input(context, exhibit, one, bytes)?;
        context.tools.frames(input, container, sampling)
    };
    let mut outcome = look(Sampling::KeyFrames);
    if outcome.as_ref().is_ok_and(|(frames, _)| wants_each_second(frames, one.hashes.size)) {
        outcome = look(Sampling::EachSecond).or(outcome);
    }
    match outcome {
        Ok((frames, trouble)) => {
            one.frames = Some(fact_of(frames));
            trouble.map_or(Ok(()), |trouble| note(one, trouble))
        }
        Err(error) => note(one, error),
    }
}

/// Key frames are the choice of whoever encoded the video, and messengers choose few.
fn wants_each_second(frames: &Frames, size: u64) -> bool {
    let short = frames
        .duration_ms
        .map_or(size <= EACH_SECOND_MAX_BYTES, |duration_ms| duration_ms <= EACH_SECOND_MAX_MS);
    frames.sparse() && short
}

fn still(
    context: &Context,
    exhibit: &Exhibit,
    one: &mut Examined,
    (word, bytes): (&str, &[u8]),
) -> Result<(), PipelineError> {
    let png = input(context, exhibit, one, bytes).and_then(|input| context.tools.png(input));
    match png {
        Ok(png) => {
            look_at_picture(context, one, &png)?;
            // The worker saw the converter's output; the file is what it is.
            if let Some(picture) = &mut one.picture {
                word.clone_into(&mut picture.format);
            }
            Ok(())
        }
        Err(error) => note(one, error),
    }
}

fn input<'b>(
    context: &Context,
    exhibit: &Exhibit,
    one: &Examined,
    bytes: &'b [u8],
) -> Result<Input<'b>, ProgramError> {
    if !bytes.is_empty() && bytes.len() <= COPY_BYTES_MAX {
        return Ok(Input::Bytes(bytes));
    }
    let refused =
        |error: amparo_evidence::SourceError| ProgramError::Input { why: error.to_string() };
    exhibit.source.file(&one.entry, &context.objects).map(Input::File).map_err(refused)
}

/// A machine that cannot confine ends the run, as it does for pictures.
fn note(one: &mut Examined, error: ProgramError) -> Result<(), PipelineError> {
    match error {
        ProgramError::Sandbox(error) => Err(error.into()),
        error => {
            one.problem(error.kind(), error);
            Ok(())
        }
    }
}

fn fact_of(frames: Frames) -> VideoFact {
    let sampling = match frames.sampling {
        Sampling::KeyFrames => "key_frames",
        Sampling::EachSecond => EACH_SECOND,
    };
    VideoFact {
        container: frames.container.word().to_owned(),
        width: frames.width,
        height: frames.height,
        duration_ms: frames.duration_ms,
        sampling: sampling.to_owned(),
        complete: frames.complete,
        frames: frames.frames.iter().map(|f| FrameFact { at_ms: f.at_ms, pdq: f.pdq }).collect(),
    }
}
