//! How often an edited video is still found by the share of its frames, and how often another one
//! is: rows for the table of error rates.
//!
//! The videos are generated, short and abstract. A copy is found when at least [`MIN_PERCENT`] of
//! the frames of either have one of the other within [`RADIUS`] bits; frames of low quality are
//! left out and equal frames count once, as vPDQ does.

use amparo_model::Pdq;
use amparo_sandbox::{Container, Frames, Input, Sampling, Tools, WorkerCommand};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Bits by which two frames may differ.
const RADIUS: u32 = 31;
/// Least share of frames, in percent, on either side.
const MIN_PERCENT: usize = 80;

/// Generated originals: name and source of FFmpeg, 10 seconds each.
const ORIGINALS: &[(&str, &str)] = &[
    ("shapes", "testsrc2=size=640x360:rate=25"),
    ("mandelbrot", "mandelbrot=size=640x360:rate=25"),
    ("gradients", "gradients=size=640x360:rate=25:seed=3:speed=0.03:nb_colors=8:c0=red:c1=blue"),
    ("sierpinski", "sierpinski=size=640x360:rate=25:seed=5"),
    (
        "life",
        "life=size=40x24:rate=25:ratio=0.4:seed=7:mold=20:life_color=white:death_color=gray,\
         scale=640:360:flags=neighbor",
    ),
    ("automaton", "cellauto=size=64x36:rule=110:seed=11:rate=25,scale=640:360:flags=neighbor"),
];

/// Edits: the words of the row, and what FFmpeg is told.
const EDITS: &[(&str, &[&str])] = &[
    ("re-encoded, low quality (crf 35)", &["-crf", "35"]),
    ("half the size", &["-vf", "scale=iw/2:-2"]),
    (
        "as a messenger sends it (400 wide, 200 kbit/s)",
        &[
            "-vf",
            "scale=400:-2",
            "-profile:v",
            "baseline",
            "-b:v",
            "200k",
            "-maxrate",
            "250k",
            "-bufsize",
            "400k",
        ],
    ),
    ("first fifth cut off", &["-ss", "2"]),
    ("first 2.4 seconds cut off", &["-ss", "2.4"]),
    ("black bars above and below", &["-vf", "pad=iw:ih*5/4:0:(oh-ih)/2"]),
    ("label laid over a corner", &["-vf", "drawbox=x=20:y=20:w=150:h=45:color=white:t=fill"]),
    ("15 frames a second instead of 25", &["-r", "15"]),
];

/// One row of the table.
#[derive(Debug)]
pub struct Row {
    /// What was done to the videos.
    pub edit: &'static str,
    /// Edited copies compared with their originals.
    pub copies: usize,
    /// How many of them were found.
    pub found: usize,
    /// Comparisons with other originals.
    pub others: usize,
    /// How many of those were taken for copies.
    pub false_matches: usize,
    /// Smallest of all shares of copies, in percent: how near the row is to the limit.
    pub least_percent: usize,
}

/// Makes originals and edits in `scratch` and measures every row. `sampling` is that of the copies;
/// originals stand for a list and have a frame of each second.
///
/// # Errors
/// Words for the developer, when FFmpeg is missing or refuses.
pub fn rows(tools: &Tools, scratch: &Path, sampling: Sampling) -> Result<Vec<Row>, String> {
    let mut originals = Vec::new();
    for (name, source) in ORIGINALS {
        let path = scratch.join(format!("{name}.mp4"));
        let args = ["-f", "lavfi", "-i", source, "-t", "10"];
        encode(&args, &["-crf", "18"], &path)?;
        let frames = frames(tools, &path, Sampling::EachSecond)?;
        originals.push((path, unique(&frames)));
    }
    EDITS.iter().map(|edit| row(tools, &originals, edit, sampling)).collect()
}

/// The section of the page, for both ways to choose frames.
///
/// # Errors
/// As [`rows`].
pub fn section() -> Result<String, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let tools = Tools::find(WorkerCommand { program, args: vec!["launch".to_owned()] });
    let mut page = format!(
        "\n## Videos\n\n{} generated videos of 10 seconds, each edited in every way below. A \
         copy is found when at least {MIN_PERCENT} % of\nits frames, and of the original's, have a \
         counterpart within {RADIUS} bits. \"Least share\" is the worst of the copies.\n",
        ORIGINALS.len()
    );
    for (sampling, words) in [
        (Sampling::EachSecond, "One frame of each second"),
        (Sampling::KeyFrames, "Key frames of the copy alone, the quick look"),
    ] {
        let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
        let head = "| edit | found | least share | found by mistake |\n|---|---|---|---|\n";
        page.push_str(&format!("\n{words}:\n\n{head}"));
        for row in rows(&tools, scratch.path(), sampling)? {
            page.push_str(&format!(
                "| {} | {} of {} | {} % | {} of {} |\n",
                row.edit, row.found, row.copies, row.least_percent, row.false_matches, row.others
            ));
        }
    }
    Ok(page)
}

fn row(
    tools: &Tools,
    originals: &[(PathBuf, Vec<Pdq>)],
    (edit, args): &(&'static str, &[&str]),
    sampling: Sampling,
) -> Result<Row, String> {
    let (copies, least_percent) = (originals.len(), 100);
    let mut row = Row { edit, copies, found: 0, others: 0, false_matches: 0, least_percent };
    for (at, (path, _)) in originals.iter().enumerate() {
        let copy = path.with_file_name("copy.mp4");
        encode(&["-i", &path.display().to_string()], args, &copy)?;
        let copy = unique(&frames(tools, &copy, sampling)?);
        for (other, (_, listed)) in originals.iter().enumerate() {
            let share = share(&copy, listed).min(share(listed, &copy));
            let matches = usize::from(share >= MIN_PERCENT);
            if other == at {
                row.found += matches;
                row.least_percent = row.least_percent.min(share);
            } else {
                row.others += 1;
                row.false_matches += matches;
            }
        }
    }
    Ok(row)
}

/// How many of the frames have one of the others within the radius, in percent.
fn share(frames: &[Pdq], others: &[Pdq]) -> usize {
    let near = |frame: &&Pdq| others.iter().any(|other| frame.distance(other) <= RADIUS);
    (frames.iter().filter(near).count() * 100).checked_div(frames.len()).unwrap_or(0)
}

fn unique(frames: &Frames) -> Vec<Pdq> {
    let mut hashes = frames.hashes();
    hashes.retain(Pdq::matchable);
    hashes.sort_unstable_by_key(|pdq| pdq.bits);
    hashes.dedup_by_key(|pdq| pdq.bits);
    hashes
}

fn frames(tools: &Tools, path: &Path, sampling: Sampling) -> Result<Frames, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let frames = tools.frames(Input::File(file), Container::Mp4, sampling);
    frames.map(|(frames, _)| frames).map_err(|error| format!("{}: {error}", path.display()))
}

/// Runs FFmpeg unconfined: it reads nothing here but what it made itself.
fn encode(input: &[&str], edit: &[&str], output: &Path) -> Result<(), String> {
    let fixed = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-an"];
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-y"]).args(input).args(fixed).args(edit);
    let ended = command.arg(output).output().map_err(|error| format!("FFmpeg: {error}"))?;
    let said = String::from_utf8_lossy(&ended.stderr);
    if ended.status.success() { Ok(()) } else { Err(format!("FFmpeg: {said}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_count_frames_with_a_counterpart() {
        let pdq = |byte| Pdq { bits: amparo_model::Bits256([byte; 32]), quality: 100 };
        let (a, b) = (pdq(0), pdq(0xff));
        assert_eq!((share(&[a, b], &[a]), share(&[a], &[a, b])), (50, 100));
        assert_eq!((share(&[], &[a]), share(&[a], &[])), (0, 0));
    }
}
