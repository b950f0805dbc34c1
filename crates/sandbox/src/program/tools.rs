//! The programs that are used, where they are found, and what is asked of them.
//!
//! They are looked for in the system's own folders only, never along a search path that somebody
//! else could set.

use super::{Ended, INPUT, Program, ProgramError, ProgramRequest, in_memory};
use crate::worker::WorkerCommand;
use amparo_media::container::Container;
use amparo_media::video::{self, FRAME_BYTES, FRAMES_MAX, Frame, Frames, Log, Sampling};
use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;
use tempfile::TempDir;

/// Where programs are looked for, in this order.
const FOLDERS: &[&str] = &["/usr/bin", "/usr/local/bin", "/bin"];
/// Address space of a program, in bytes: a frame of the largest videos needs a tenth of it.
const MEMORY_BYTES: u64 = 2 << 30;
/// Largest picture that is taken from a program, in bytes.
const PICTURE_BYTES_MAX: u64 = 256 << 20;
/// The name under which a picture is asked for. The ending chooses the format.
const PICTURE: &str = "picture.png";
/// Its name when there are several pictures in one file; the others have no place to go.
const FIRST_PICTURE: &str = "picture-1.png";

/// What a program reads.
pub enum Input<'b> {
    /// These bytes, from a sealed copy in memory.
    Bytes(&'b [u8]),
    /// This file, opened for reading only.
    File(File),
}

/// The programs found on this machine.
pub struct Tools {
    launcher: WorkerCommand,
    ffmpeg: Option<PathBuf>,
    heif: Option<PathBuf>,
    /// Links to standard output whose names end as the converter wants it; made when first needed,
    /// because a host that is killed leaves them behind.
    names: OnceLock<io::Result<TempDir>>,
}

impl Tools {
    /// Looks for the programs. `launcher` is the program that calls [`crate::launch`]; in
    /// production the `amparo` binary with its hidden command.
    #[must_use]
    pub fn find(launcher: WorkerCommand) -> Self {
        let heif = find("heif-dec").or_else(|| find("heif-convert"));
        Self { launcher, ffmpeg: find("ffmpeg"), heif, names: OnceLock::new() }
    }

    /// [`Tools::find`] on a machine that has none of them; for tests of what is said then.
    #[must_use]
    pub fn none(launcher: WorkerCommand) -> Self {
        Self { launcher, ffmpeg: None, heif: None, names: OnceLock::new() }
    }

    /// Fingerprints the frames of a video. Beside the frames stands what kept them from being all,
    /// if anything did.
    ///
    /// # Errors
    /// [`ProgramError`] when there is not one frame.
    pub fn frames(
        &self,
        input: Input<'_>,
        container: Container,
        sampling: Sampling,
    ) -> Result<(Frames, Option<ProgramError>), ProgramError> {
        let missing = ProgramError::Missing { program: "FFmpeg" };
        let ffmpeg = self.ffmpeg.as_ref().ok_or(missing)?;
        let args = video::arguments(container, sampling, INPUT);
        let per_mb = if sampling == Sampling::KeyFrames { 200 } else { 5_000 };
        let mut program = self.start(ffmpeg, args, input, per_mb, false)?;
        let mut frames = Vec::new();
        let mut raw = vec![0; FRAME_BYTES];
        while frames.len() < FRAMES_MAX && program.fill(&mut raw) {
            frames.extend(video::hash_frame(raw));
            raw = vec![0; FRAME_BYTES];
        }
        let full = frames.len() == FRAMES_MAX;
        let Ended { outcome, said } = program.finish(full);
        let trouble = outcome.err().or_else(|| full.then(too_many)).or_else(|| damaged(&said));
        if frames.is_empty() {
            return Err(nothing(&said).or(trouble).unwrap_or_else(no_frame));
        }
        let frames = with_times(frames, &said);
        let (width, height) = frames.1.unzip();
        let duration_ms = Log::read(&said).duration_ms;
        let complete = trouble.is_none();
        let frames = frames.0;
        Ok((Frames { container, width, height, duration_ms, sampling, complete, frames }, trouble))
    }

    /// A HEIC, HEIF or AVIF picture as PNG, turned as the file states; the first, when there are
    /// several in one file. Its bytes are foreign still: only a worker may decode them.
    ///
    /// # Errors
    /// [`ProgramError`] when there is no picture.
    pub fn png(&self, input: Input<'_>) -> Result<Vec<u8>, ProgramError> {
        let missing = ProgramError::Missing { program: "libheif's heif-dec (or heif-convert)" };
        let heif = self.heif.as_ref().ok_or(missing)?;
        let folder = self.names.get_or_init(names_of_output).as_ref().map_err(not_handed)?.path();
        let output = folder.join(PICTURE).display().to_string();
        let args = ["--quiet", INPUT, &output].map(str::to_owned).to_vec();
        let mut program = self.start(heif, args, input, 10_000, true)?;
        let bytes = program.rest(PICTURE_BYTES_MAX);
        let ended = program.finish(bytes.is_none());
        let limit = || ProgramError::Killed { limit: "bytes of a picture".to_owned() };
        let bytes = bytes.ok_or_else(limit)?;
        match ended.outcome {
            // A second picture, or one of depths, that had no place to go.
            Err(ProgramError::Failed { .. }) if bytes.starts_with(b"\x89PNG") => Ok(bytes),
            Err(error) => Err(error),
            Ok(()) if bytes.is_empty() => Err(no_frame()),
            Ok(()) => Ok(bytes),
        }
    }

    fn start(
        &self,
        program: &Path,
        args: Vec<String>,
        input: Input<'_>,
        ms_per_mb: u64,
        names_output: bool,
    ) -> Result<Program, ProgramError> {
        let file = match input {
            Input::Bytes(mut bytes) => in_memory(&mut bytes),
            Input::File(file) => Ok(file),
        };
        let file = file.map_err(|error| not_handed(&error))?;
        let size = file.metadata().map_err(|error| not_handed(&error))?.len();
        let time = Duration::from_millis((60_000 + (size >> 20) * ms_per_mb).min(3_600_000));
        let request = ProgramRequest {
            program: program.display().to_string(),
            args,
            memory_bytes: MEMORY_BYTES,
            cpu_seconds: time.as_secs(),
            names_output,
        };
        Ok(Program::start(&self.launcher, &request, file, time)?)
    }
}

fn find(name: &str) -> Option<PathBuf> {
    let places = FOLDERS.iter().map(|folder| Path::new(folder).join(name));
    places.into_iter().find_map(|path| path.canonicalize().ok().filter(|path| path.is_file()))
}

/// A folder with nothing in it but two links to whatever standard output is.
fn names_of_output() -> io::Result<TempDir> {
    let everybody = Permissions::from_mode(0o755);
    let folder = tempfile::Builder::new().prefix("amparo-").permissions(everybody).tempdir()?;
    for name in [PICTURE, FIRST_PICTURE] {
        symlink("/proc/self/fd/1", folder.path().join(name))?;
    }
    Ok(folder)
}

type Timed = (Vec<Frame>, Option<(u32, u32)>);

/// Puts frames and their times together; both come in the same order.
fn with_times(hashes: Vec<amparo_model::Pdq>, said: &[String]) -> Timed {
    let log = Log::read(said);
    let size = log.frames.first().and_then(|(_, size)| *size);
    let times = log.frames.iter().map(|(at, _)| *at).chain(std::iter::repeat(None));
    let frames = hashes.into_iter().zip(times).map(|(pdq, at_ms)| Frame { at_ms, pdq });
    (frames.collect(), size)
}

fn damaged(said: &[String]) -> Option<ProgramError> {
    let line = said.iter().find(|line| line.contains("[error]"))?;
    let said = format!("parts could not be decoded: {line}").chars().take(300).collect();
    Some(ProgramError::Failed { how: "went on".to_owned(), said })
}

/// Sound alone, in a container of videos.
fn nothing(said: &[String]) -> Option<ProgramError> {
    let none = said.iter().any(|line| line.contains("matches no streams"));
    none.then_some(ProgramError::NoVideo)
}

fn too_many() -> ProgramError {
    ProgramError::Killed { limit: format!("{FRAMES_MAX} frames") }
}

fn no_frame() -> ProgramError {
    let said = "not one picture could be decoded".to_owned();
    ProgramError::Failed { how: "ended in order".to_owned(), said }
}

fn not_handed(error: &io::Error) -> ProgramError {
    ProgramError::Input { why: error.to_string() }
}
