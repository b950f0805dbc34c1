//! A program found on the machine tries to get out of the confinement that FFmpeg gets; every
//! attempt must be denied. Also: what it may do works, and its limits hold.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "makes an exhibit and looks at it afterwards")]

use amparo_sandbox::{Ended, Program, ProgramError, ProgramRequest, SandboxError, WorkerCommand};
use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::Duration;

const SELF: &str = env!("CARGO_BIN_EXE_amparo-sandbox-testworker");

fn launcher() -> WorkerCommand {
    WorkerCommand { program: SELF.into(), args: vec!["launch".to_owned()] }
}

fn request(program: &str, args: &[&str]) -> ProgramRequest {
    ProgramRequest {
        program: program.to_owned(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        memory_bytes: 1 << 30,
        cpu_seconds: 60,
        names_output: false,
    }
}

fn start(request: &ProgramRequest, input: File) -> Result<Program, SandboxError> {
    Program::start(&launcher(), request, input, Duration::from_secs(60))
}

/// An exhibit that everybody may write to, so that only the confinement protects it.
fn exhibit(mode: u32) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exhibit");
    std::fs::write(&path, b"evidence").unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    (folder, path)
}

fn names() -> Vec<String> {
    let listed = Command::new(SELF).arg("inside names").output().unwrap();
    String::from_utf8(listed.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn every_attempt_of_a_program_is_denied_and_the_exhibit_stays_as_it_was() {
    let (_folder, path) = exhibit(0o666);
    let names = names();
    assert!(names.len() >= 80, "{}", names.len());
    let host = std::process::id().to_string();
    for names_output in [false, true] {
        let got_out: Vec<String> = names
            .iter()
            .filter_map(|name| {
                let mut request = request(SELF, &["inside", name, &host]);
                request.names_output = names_output;
                let program = start(&request, File::open(&path).unwrap()).unwrap();
                match program.finish(false).outcome {
                    Err(ProgramError::Forbidden) => None,
                    Err(ProgramError::Failed { how, .. }) if how == "exit status: 10" => None,
                    other => Some(format!("{name}: {other:?}")),
                }
            })
            .collect();
        assert_eq!(got_out, Vec::<String>::new(), "names output: {names_output}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), b"evidence");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o666);
}

fn read_input(mode: u32) -> Vec<u8> {
    let (_folder, path) = exhibit(mode);
    let request = request("/usr/bin/cat", &[amparo_sandbox::INPUT]);
    let mut program = start(&request, File::open(path).unwrap()).unwrap();
    let bytes = program.rest(100).unwrap();
    let Ended { outcome, said } = program.finish(false);
    assert_eq!(outcome, Ok(()), "{said:?}");
    bytes
}

/// The second belongs to its owner alone: when the tests run as root, it reaches the program,
/// which runs as nobody, by a sealed copy.
#[test]
fn a_program_reads_its_input_by_name() {
    assert_eq!(read_input(0o644), b"evidence");
    assert_eq!(read_input(0o600), b"evidence");
}

#[test]
fn a_program_reads_no_other_file() {
    let (_folder, path) = exhibit(0o644);
    let request = request("/usr/bin/cat", &["/etc/passwd"]);
    let mut program = start(&request, File::open(path).unwrap()).unwrap();
    assert_eq!(program.rest(100), Some(Vec::new()));
    match program.finish(false).outcome {
        Err(ProgramError::Failed { how, said }) => {
            assert_eq!(how, "exit status: 1");
            assert!(said.contains("Permission denied"), "{said}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn more_output_than_asked_for_is_not_taken() {
    let (_folder, path) = exhibit(0o644);
    let request = request("/usr/bin/yes", &[]);
    let mut program = start(&request, File::open(path).unwrap()).unwrap();
    assert_eq!(program.rest(1 << 16), None);
    assert_eq!(program.finish(true).outcome, Ok(()));
}

#[test]
fn the_clock_and_the_processor_time_end_a_program() {
    let check = |request: ProgramRequest, time, expect: &str| {
        let (_folder, path) = exhibit(0o644);
        let input = File::open(path).unwrap();
        let mut program = Program::start(&launcher(), &request, input, time).unwrap();
        while program.fill(&mut [0; 4_096]) {}
        match program.finish(false).outcome {
            Err(ProgramError::Killed { limit }) => assert!(limit.contains(expect), "{limit}"),
            other => panic!("{other:?}"),
        }
    };
    check(request("/usr/bin/sleep", &["100"]), Duration::from_secs(2), "wall-clock");
    let busy = ProgramRequest { cpu_seconds: 1, ..request("/usr/bin/yes", &[]) };
    check(busy, Duration::from_secs(60), "processor");
}

#[test]
fn what_is_no_program_or_no_file_is_refused_before_anything_runs() {
    let (_folder, path) = exhibit(0o644);
    let missing = start(&request("/usr/bin/no-such-program", &[]), File::open(path).unwrap());
    assert!(matches!(missing.err().unwrap(), SandboxError::CannotConfine { .. }));
    let folder = start(&request("/usr/bin/cat", &[]), File::open("/").unwrap());
    let error = folder.err().unwrap().to_string();
    assert!(error.contains("not a plain file"), "{error}");
}
