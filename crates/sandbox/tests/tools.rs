//! The programs found on this machine, on files made from abstract pixels. `make setup` installs
//! them; where they are missing a line says so and nothing is tried.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "makes files and reads them back")]

use amparo_model::ProblemKind;
use amparo_sandbox::container::{still, video};
use amparo_sandbox::{Container, Input, ProgramError, Sampling, Tools, Worker, WorkerCommand};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn command(mode: &str) -> WorkerCommand {
    let program = env!("CARGO_BIN_EXE_amparo-sandbox-testworker").into();
    WorkerCommand { program, args: vec![mode.to_owned()] }
}

fn tools() -> Tools {
    Tools::find(command("launch"))
}

/// Runs a program of the test's own, unconfined; `false` with a line when it is not installed.
#[expect(clippy::print_stdout, reason = "a test that tried nothing says so")]
fn made(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    let status = command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).status();
    match status {
        Ok(status) => assert!(status.success(), "{program} {args:?}"),
        Err(_) => println!("{program} is not installed: not tried"),
    }
    Path::new("/usr/bin").join(program).exists()
}

/// Ten seconds of moving shapes; `None` without FFmpeg.
fn clip(folder: &Path, name: &str, codec: &[&str]) -> Option<PathBuf> {
    let path = folder.join(name);
    let source = "testsrc2=size=320x240:rate=25:duration=10";
    let mut args = vec!["-v", "error", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p"];
    args.extend(codec);
    args.push(path.to_str().unwrap());
    made("ffmpeg", &args).then_some(path)
}

fn h264<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["-c:v", "libx264"], more].concat()
}

#[test]
fn the_first_frame_of_each_second_is_hashed_from_bytes_and_from_the_file_alike() {
    let folder = tempfile::tempdir().unwrap();
    // The index lies at the end, so that the program has to seek.
    let Some(path) = clip(folder.path(), "a.mp4", &h264(&[])) else { return };
    let bytes = std::fs::read(&path).unwrap();
    let container = video(&bytes).unwrap();
    let read = |input| tools().frames(input, container, Sampling::EachSecond).unwrap();
    let (frames, trouble) = read(Input::Bytes(&bytes));
    assert_eq!(trouble, None);
    assert_eq!((frames.width, frames.height), (Some(320), Some(240)));
    assert_eq!((frames.duration_ms, frames.complete), (Some(10_000), true));
    let times: Vec<_> = frames.frames.iter().map(|frame| frame.at_ms).collect();
    assert_eq!(times, (0..10).map(|second| Some(second * 1_000)).collect::<Vec<_>>());
    assert!(frames.hashes().iter().all(|pdq| pdq.matchable()));
    assert_eq!(read(Input::File(File::open(&path).unwrap())), (frames, None));
}

#[test]
fn key_frames_are_those_of_the_encoder() {
    let folder = tempfile::tempdir().unwrap();
    let every_two_seconds = h264(&["-g", "50", "-sc_threshold", "0"]);
    let Some(path) = clip(folder.path(), "a.mkv", &every_two_seconds) else { return };
    let input = Input::File(File::open(path).unwrap());
    let (frames, trouble) =
        tools().frames(input, Container::Matroska, Sampling::KeyFrames).unwrap();
    let times: Vec<_> = frames.frames.iter().map(|frame| frame.at_ms).collect();
    assert_eq!((times, trouble), ([0, 2_000, 4_000, 6_000, 8_000].map(Some).to_vec(), None));
    assert!(frames.sparse());
}

#[test]
fn every_container_is_recognised_and_read() {
    let folder = tempfile::tempdir().unwrap();
    let (mpeg2, flv, wmv) = (["-c:v", "mpeg2video"], ["-c:v", "flv"], ["-c:v", "wmv2"]);
    let vp8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"];
    let h264 = h264(&["-preset", "ultrafast"]);
    let rows: [(&str, &[&str], Container); 9] = [
        ("a.mov", &h264, Container::Mp4),
        ("a.3gp", &h264, Container::Mp4),
        ("a.webm", &vp8, Container::Matroska),
        ("a.avi", &mpeg2, Container::Avi),
        ("a.ts", &h264, Container::MpegTs),
        ("a.m2ts", &h264, Container::MpegTs),
        ("a.mpg", &mpeg2, Container::MpegPs),
        ("a.flv", &flv, Container::Flv),
        ("a.wmv", &wmv, Container::Asf),
    ];
    for (name, codec, container) in rows {
        let Some(path) = clip(folder.path(), name, codec) else { return };
        let bytes = std::fs::read(path).unwrap();
        assert_eq!(video(&bytes), Some(container), "{name}");
        let read = tools().frames(Input::Bytes(&bytes), container, Sampling::EachSecond);
        let (frames, trouble) = read.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!((9..=11).contains(&frames.frames.len()), "{name}: {}", frames.frames.len());
        assert_eq!(trouble, None, "{name}");
    }
}

#[test]
fn damage_sound_alone_and_a_list_of_other_files_are_problems() {
    let folder = tempfile::tempdir().unwrap();
    let Some(path) = clip(folder.path(), "a.mkv", &h264(&["-g", "25"])) else { return };
    let whole = std::fs::read(path).unwrap();
    let read = |bytes: &[u8], container| {
        tools().frames(Input::Bytes(bytes), container, Sampling::EachSecond)
    };
    let half = whole.get(..whole.len() / 2).unwrap();
    let (frames, trouble) = read(half, Container::Matroska).unwrap();
    assert!(frames.frames.len() < 10 && !frames.complete, "{trouble:?}");
    assert_eq!(trouble.unwrap().kind(), ProblemKind::Malformed);
    let noise = read(&[0x1a; 5_000], Container::Matroska).unwrap_err();
    assert_eq!(noise.kind(), ProblemKind::Malformed);
    assert!(!noise.to_string().contains("0x"), "{noise}");
    // Its own reader is forced, whatever the content asks for.
    let list = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n/etc/passwd\n#EXT-X-ENDLIST\n";
    assert!(read(list, Container::Mp4).is_err());

    let sound = folder.path().join("sound.mkv");
    let beep = ["-v", "error", "-f", "lavfi", "-i", "sine=duration=2", sound.to_str().unwrap()];
    assert!(made("ffmpeg", &beep));
    let sound = std::fs::read(sound).unwrap();
    assert_eq!(read(&sound, Container::Matroska), Err(ProgramError::NoVideo));
}

#[test]
fn a_missing_program_is_said() {
    let none = Tools::none(command("launch"));
    let error = none.frames(Input::Bytes(b"x"), Container::Mp4, Sampling::KeyFrames).unwrap_err();
    assert_eq!(error.to_string(), "not examined: FFmpeg is not installed");
    assert_eq!(error.kind(), ProblemKind::Unsupported);
    let error = none.png(Input::Bytes(b"x")).unwrap_err();
    assert!(error.to_string().contains("heif-dec"), "{error}");
}

/// A picture of 160 x 96 in a given format; `None` when what makes it is missing.
fn picture(folder: &Path, name: &str) -> Option<Vec<u8>> {
    let png = folder.join("a.png");
    let source = "mandelbrot=size=160x96:start_scale=0.5";
    let args = ["-v", "error", "-y", "-f", "lavfi", "-i", source, "-frames:v", "1"];
    let (out, made_of) = (folder.join(name), png.to_str().unwrap());
    let possible = made("ffmpeg", &[&args[..], &[made_of]].concat())
        && made("heif-enc", &[made_of, "-q", "90", "-o", out.to_str().unwrap()]);
    possible.then(|| std::fs::read(out).unwrap())
}

#[test]
fn heic_and_avif_come_to_the_worker_as_png() {
    for (name, word) in [("a.heic", "heic"), ("a.avif", "avif")] {
        let folder = tempfile::tempdir().unwrap();
        let Some(bytes) = picture(folder.path(), name) else { return };
        assert_eq!(still(&bytes), Some(word));
        let png = tools().png(Input::Bytes(&bytes)).unwrap();
        let mut worker = Worker::spawn(&command("serve")).unwrap();
        let seen = worker.examine(&png).unwrap();
        assert_eq!((seen.width, seen.height), (160, 96), "{name}");
        let original = std::fs::read(folder.path().join("a.png")).unwrap();
        let original = worker.examine(&original).unwrap().pdq.unwrap();
        let distance = original.distance(&seen.pdq.unwrap());
        assert!(distance <= 31, "{name}: {distance}");
        let cut = tools().png(Input::Bytes(bytes.get(..bytes.len() / 2).unwrap()));
        assert_eq!(cut.unwrap_err().kind(), ProblemKind::Malformed, "{name}");
    }
}

/// The box `irot` says how often a picture is turned by a quarter.
#[test]
fn the_rotation_that_a_heic_states_is_applied() {
    let folder = tempfile::tempdir().unwrap();
    let Some(bytes) = picture(folder.path(), "a.heic") else { return };
    let Some(turned) = with_rotation(&bytes) else { panic!("heif-enc writes another form") };
    let png = tools().png(Input::Bytes(&turned)).unwrap();
    let seen = Worker::spawn(&command("serve")).unwrap().examine(&png).unwrap();
    assert_eq!((seen.width, seen.height), (96, 160));
}

/// Puts `irot` in the place of the property that tells the bits of a pixel, which nobody needs to
/// decode; both are tied to the picture by their number.
fn with_rotation(heic: &[u8]) -> Option<Vec<u8>> {
    let at = heic.windows(4).position(|part| part == b"pixi")?;
    let mut out = heic.to_vec();
    out.get_mut(at..at + 4)?.copy_from_slice(b"irot");
    *out.get_mut(at + 4)? = 1;
    Some(out)
}
