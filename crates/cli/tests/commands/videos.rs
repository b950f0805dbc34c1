//! Videos and HEIC pictures in an exhibit, through the programs that `make setup` installs. Where
//! they are missing a line says so and nothing is tried.

use super::support::{CASE, Unit};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Whether the program is there and succeeded.
#[expect(clippy::print_stdout, reason = "a test that tried nothing says so")]
fn made(program: &str, args: &[&str]) -> bool {
    match Command::new(program).args(args).output() {
        Ok(ended) => {
            assert!(
                ended.status.success(),
                "{program}: {}",
                String::from_utf8_lossy(&ended.stderr)
            );
            true
        }
        Err(_) => {
            println!("{program} is not installed: not tried");
            false
        }
    }
}

#[test]
fn the_frames_of_a_video_and_the_pixels_of_a_heic_are_facts() {
    let unit = Unit::with_case("Unit");
    let clip = unit.write("device/DCIM/clip.bin", "");
    let (png, heic) = (unit.path("still.png"), unit.path("device/DCIM/still.heic"));
    let moving = ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=320x240:duration=6"];
    let encode = ["-pix_fmt", "yuv420p", "-f", "mp4", &clip];
    let still = ["-v", "error", "-y", "-f", "lavfi", "-i", "mandelbrot=size=160x96"];
    let ready = made("ffmpeg", &[&moving[..], &encode].concat())
        && made("ffmpeg", &[&still[..], &["-frames:v", "1", &png]].concat())
        && made("heif-enc", &[&png, "-o", &heic]);
    if !ready {
        return;
    }
    unit.write("device/DCIM/broken.mp4", b"\0\0\0\x20ftypisom and then nothing of the kind");
    let device = unit.path("device");
    let add = ["evidence", "add", &device, "--case", CASE, "--authorisation", "O-1"];
    unit.run("ines", &[&add[..], &["--label", "E-1"]].concat()).ended(0);

    let dump = unit.path("facts.jsonl");
    unit.run("sofia", &["dump", &dump]).ended(0);
    let rows = rows(Path::new(&dump));
    let of = |table: &'static str| rows.iter().filter(move |row| row["table"] == table);
    let parsed = |row: &Value, column: &str| -> Value {
        row[column].as_str().map_or(Value::Null, |text| serde_json::from_str(text).unwrap())
    };
    let videos: Vec<Value> = of("fingerprints").map(|row| parsed(row, "frames")).collect();
    let video = videos.iter().find(|video| video.is_object()).unwrap();
    assert_eq!((&video["width"], &video["complete"]), (&320.into(), &true.into()), "{video}");
    assert_eq!(video["sampling"], "each_second");
    assert_eq!(video["frames"].as_array().unwrap().len(), 6);
    let pictures: Vec<Value> = of("fingerprints").map(|row| parsed(row, "picture")).collect();
    let picture = pictures.iter().find(|picture| picture.is_object()).unwrap();
    assert_eq!((&picture["format"], &picture["width"]), (&"heic".into(), &160.into()));
    let problems: Vec<Value> = of("fact_problems").map(|row| parsed(row, "body")).collect();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0]["subject"].as_str().unwrap().contains("broken.mp4"), "{problems:?}");
}

fn rows(dump: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(dump).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
