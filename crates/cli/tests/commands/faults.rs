//! System calls that fail, one at a time: whatever the operating system refuses while evidence is
//! attached, the next run completes, and every fact is there once.
//!
//! strace makes one call of this process fail, or kills the process at it; it lets go of the
//! confined workers, which are processes of their own. `make test` tries a sample;
//! `cargo run -p xtask -- faults` tries every occurrence.

use super::support::{CASE, NOW, Unit, copy_folder};
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Calls that change or read the disk, in the names that kernels give them. `write` is not among
/// them: threads wake each other with it, and what strace breaks there no disk breaks. Pages
/// of the database and objects are written by `pwrite64`; lines of the audit log are not.
const CALLS: &[&str] = &[
    "openat",
    "openat2",
    "pwrite64",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "linkat",
    "close",
    "ftruncate",
    "fallocate",
    "unlinkat",
    "unlink",
];

/// What happens at the call.
const FAULTS: &[&str] = &["error=EIO", "error=ENOSPC", "error=EINTR", "signal=KILL"];

/// Occurrences of a call in one thread that the sample tries.
const SAMPLE: &[u64] = &[2, 9];

/// Lines of the dump that tell of the work and not of what was found.
const WORK: &[&str] = &["alarm_runs", "evidence_problems", "jobs"];

struct Bench {
    template: Unit,
    device: String,
    calm: BTreeSet<String>,
}

impl Bench {
    fn new() -> Self {
        let template = Unit::with_case("Unit");
        let device = template.export();
        template.write("device/notes.tar", tar_of("inner/note.txt", b"a neutral note"));
        let calm = copy(&template);
        calm.run("ines", &add(&device)).ended(0);
        let calm = facts(&calm);
        Self { template, device, calm }
    }

    /// Attaches while a call fails, then again in peace.
    fn try_one(&self, call: &str, fault: &str, when: &str) {
        let unit = copy(&self.template);
        let what = format!("{call}:{fault}:when={when}");
        let first = strace(&unit, &["-e", &format!("inject={what}")], &self.device);
        let again = unit.run("ines", &add(&self.device));
        assert_eq!(again.code, 0, "{what}: {first}\n{}\n{}", again.stdout, again.stderr);
        let fsck = unit.run("admin", &["fsck"]);
        assert_eq!(fsck.code, 0, "{what}: {}", fsck.stdout);
        self.compare(&unit, &what);
        let third = unit.run("ines", &add(&self.device)).ended(0).json();
        assert_eq!(third["summary"]["jobs_done"], 0, "{what}: {third}");
    }

    /// Nothing is there that the calm run does not have. What is missing is named as a problem: a
    /// source that fails to open is a result, not a reason to try for ever.
    fn compare(&self, unit: &Unit, what: &str) {
        let found = facts(unit);
        let alien: Vec<_> = found.difference(&self.calm).filter(|line| !of_less(line)).collect();
        assert!(alien.is_empty(), "{what}: {alien:#?}");
        let missing: Vec<_> = self.calm.difference(&found).collect();
        let item = format!("{CASE}/E-1");
        let status = unit.run("ines", &["evidence", "status", &item, "--case", CASE]).ended(0);
        let problems = status.json()["problems"].as_array().unwrap().len();
        assert!(missing.is_empty() || problems > 0, "{what}: lost without a word: {missing:#?}");
    }
}

/// An entry that could not be read stands without hashes, and assessments rest on less.
fn of_less(line: &str) -> bool {
    ["\"entries\"", "\"alarms\"", "\"containers\"", "\"custody_events\""]
        .iter()
        .any(|table| line.contains(table))
}

fn add(device: &str) -> Vec<&str> {
    vec!["evidence", "add", device, "--case", CASE, "--authorisation", "O-1", "--label", "E-1"]
}

fn copy(unit: &Unit) -> Unit {
    let copy = Unit { folder: tempfile::tempdir().unwrap() };
    copy_folder(&unit.data(), &copy.data());
    copy
}

fn facts(unit: &Unit) -> BTreeSet<String> {
    let text = unit.dump();
    let of_work = |line: &&str| WORK.iter().any(|t| line.contains(&format!("\"table\":\"{t}\"")));
    let lines: Vec<String> = text.lines().filter(|l| !of_work(l)).map(str::to_owned).collect();
    let set: BTreeSet<String> = lines.iter().cloned().collect();
    assert_eq!(set.len(), lines.len(), "a fact is there twice");
    set
}

/// Runs `evidence add` under strace and returns what strace and the program said.
fn strace(unit: &Unit, options: &[&str], device: &str) -> String {
    let out = Command::new("timeout")
        .args(["-s", "KILL", "60", "strace"])
        .args(["-f", "-q", "-b", "execve", "-o", &unit.path("strace.log")])
        .args(options)
        .arg(env!("CARGO_BIN_EXE_amparo"))
        .args(["--data", unit.data().to_str().unwrap(), "--actor", "ines", "--now", NOW])
        .args(add(device))
        .output()
        .unwrap();
    String::from_utf8_lossy(&out.stderr).into_owned()
}

/// A TAR archive with one file, as POSIX defines it.
fn tar_of(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut head = vec![0_u8; 512];
    head[..name.len()].copy_from_slice(name.as_bytes());
    head[100..108].copy_from_slice(b"0000644\0");
    head[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
    head[136..148].copy_from_slice(b"00000000000\0");
    head[148..156].copy_from_slice(b"        ");
    head[156] = b'0';
    head[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    head.extend_from_slice(bytes);
    head.resize(head.len().next_multiple_of(512) + 1_024, 0);
    head
}

#[test]
fn whatever_the_system_refuses_the_next_run_completes_and_every_fact_is_there_once() {
    let bench = Bench::new();
    if std::env::var("AMPARO_FAULTS").as_deref() == Ok("full") {
        return full_sweep(&bench);
    }
    for (turn, call) in CALLS.iter().enumerate() {
        // Each call meets two of the faults at two places; each fault meets every second call.
        for (place, when) in SAMPLE.iter().enumerate() {
            let fault = FAULTS[(turn + 2 * place) % FAULTS.len()];
            bench.try_one(call, fault, &when.to_string());
        }
    }
}

/// Every occurrence of every call with every fault, on all cores. One that loses something does
/// not end the hours of the others.
#[expect(clippy::print_stderr, reason = "hours of work show how far they are")]
fn full_sweep(bench: &Bench) {
    let occurrences = CALLS.iter().map(|call| (*call, occurrences(bench, call)));
    let mut tries: Vec<(&str, &str, u64)> = occurrences
        .flat_map(|(call, most)| {
            FAULTS.iter().flat_map(move |fault| (1..=most).map(move |when| (call, *fault, when)))
        })
        .collect();
    // Whoever stops early has tried all calls so far.
    tries.sort_by_key(|(.., when)| *when);
    let next = AtomicUsize::new(0);
    let losses = Mutex::new(Vec::new());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some((call, fault, when)) = tries.get(number) else { return };
            let tried = || bench.try_one(call, fault, &when.to_string());
            if std::panic::catch_unwind(AssertUnwindSafe(tried)).is_err() {
                losses.lock().unwrap().push(format!("{call}:{fault}:when={when}"));
            }
            if number.is_multiple_of(50) {
                eprintln!("{number} of {}: {call}:{fault}:when={when}", tries.len());
            }
        }
    };
    let cores = std::thread::available_parallelism().unwrap().get();
    std::thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(work))));
    let losses = losses.into_inner().unwrap();
    assert!(losses.is_empty(), "{} of {} tries: {losses:#?}", losses.len(), tries.len());
    eprintln!("{} tries, nothing lost", tries.len());
}

/// How often one thread makes this call at most.
fn occurrences(bench: &Bench, call: &str) -> u64 {
    let unit = copy(&bench.template);
    strace(&unit, &["-e", &format!("trace={call}")], &bench.device);
    let log = std::fs::read_to_string(unit.path("strace.log")).unwrap();
    let mut threads = std::collections::BTreeMap::<&str, u64>::new();
    for line in log.lines().filter(|line| line.contains(call)) {
        *threads.entry(line.split(' ').next().unwrap_or_default()).or_default() += 1;
    }
    threads.into_values().max().unwrap_or(0)
}

/// A small disk of its own holds the unit: first as good as full, then with room.
const SMALL_DISK: &str = r#"
set -u
disk=$1 template=$2 left_kb=$3 program=$4; shift 4
mount -t tmpfs -o size=1g tmpfs "$disk" || exit 90
cp -r "$template" "$disk/data" || exit 91
used_kb=$(df -k --output=used "$disk" | tail -1)
mount -o remount,size=$((used_kb + left_kb))k "$disk" || exit 92
"$program" --data "$disk/data" "$@" > /dev/null 2>&1
full=$?
mount -o remount,size=1g "$disk" || exit 92
"$program" --data "$disk/data" "$@" > "$disk/again" 2>&1 || { cat "$disk/again"; exit 93; }
rm "$disk/again"
cp -r "$disk/data" "$disk.out" || exit 94
echo "full=$full"
"#;

#[test]
fn a_disk_that_is_full_from_some_stage_on_loses_nothing() {
    let bench = Bench::new();
    let mut failed = 0;
    for left_kb in [0, 16, 48, 100, 200, 400, 2_000] {
        let disk = tempfile::tempdir().unwrap();
        let (template, left) = (bench.template.data(), left_kb.to_string());
        let place = disk.path().join("disk");
        std::fs::create_dir(&place).unwrap();
        let out = Command::new("unshare")
            .args(["-rm", "sh", "-c", SMALL_DISK, "sh"])
            .args([place.to_str().unwrap(), template.to_str().unwrap(), &left])
            .arg(env!("CARGO_BIN_EXE_amparo"))
            .args(["--actor", "ines", "--now", NOW])
            .args(add(&bench.device))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        assert!(out.status.success(), "{left_kb} KiB left: {:?} {said}", out.status);
        failed += usize::from(!said.contains("full=0"));
        let unit = Unit { folder: tempfile::tempdir().unwrap() };
        copy_folder(&disk.path().join("disk.out"), &unit.data());
        assert_eq!(unit.run("admin", &["fsck"]).code, 0, "{left_kb} KiB left");
        assert_eq!(facts(&unit), bench.calm, "{left_kb} KiB left");
    }
    assert!(failed >= 2, "the disk was full in only {failed} of the runs");
}

#[test]
fn the_source_is_only_ever_opened_for_reading() {
    let bench = Bench::new();
    let before = shape(Path::new(&bench.device));
    let unit = copy(&bench.template);
    strace(&unit, &["-y", "-e", "trace=%file,%desc"], &bench.device);
    let log = std::fs::read_to_string(unit.path("strace.log")).unwrap();
    let of_source: Vec<&str> = log.lines().filter(|line| line.contains(&bench.device)).collect();
    let opened = |line: &&&str| line.contains("openat") && !line.contains("ENOENT");
    assert!(of_source.iter().filter(opened).count() >= 5, "the audit saw no evidence being read");
    let forbidden = [
        "O_WRONLY",
        "O_RDWR",
        "O_CREAT",
        "O_TRUNC",
        "O_APPEND",
        " unlink",
        " rename",
        " mkdir",
        " chmod",
        " fchmod",
        " chown",
        " utime",
        " truncate",
        " ftruncate",
        " fallocate",
        " link(",
        " linkat(",
        " symlink",
        " setxattr",
        " write(",
        " pwrite",
        " writev(",
    ];
    for line in of_source {
        let bad = forbidden.iter().any(|word| line.contains(word));
        assert!(line.contains("execve(") || !bad, "{line}");
    }
    assert_eq!(shape(Path::new(&bench.device)), before, "hashes or times of the source changed");
}

/// Path, hash and modification time of every file.
fn shape(folder: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            lines.extend(shape(&path));
            continue;
        }
        let hash = amparo_evidence::sha256(&std::fs::read(&path).unwrap());
        let modified = path.metadata().unwrap().modified().unwrap();
        lines.push(format!("{path:?} {hash} {modified:?}"));
    }
    lines.sort();
    lines
}

#[test]
fn bit_rot_in_an_object_is_found_and_named_and_the_facts_stand() {
    let bench = Bench::new();
    let unit = copy(&bench.template);
    unit.run("ines", &add(&bench.device)).ended(0);
    let objects = files(&unit.data().join("objects"));
    assert!(!objects.is_empty());
    for object in objects {
        let sound = std::fs::read(&object).unwrap();
        if sound.is_empty() {
            continue;
        }
        let mut rotten = sound.clone();
        let middle = rotten.len() / 2;
        rotten[middle] ^= 0x10;
        replace(&object, &rotten);
        let fsck = unit.run("admin", &["fsck"]);
        assert_ne!(fsck.code, 0, "rot in {} is not seen", object.display());
        let name = object.file_name().unwrap().to_str().unwrap();
        assert!(fsck.stdout.contains(name), "{name} is not in {}", fsck.stdout);
        replace(&object, &sound);
        unit.run("admin", &["fsck"]).ended(0);
    }
    unit.run("ines", &add(&bench.device)).ended(0);
    assert_eq!(facts(&unit), bench.calm);
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, mut found): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    found.extend(folders.iter().flat_map(|folder| files(folder)));
    found
}

/// Objects are read-only; rot does not ask.
fn replace(path: &Path, bytes: &[u8]) {
    let permissions = std::fs::metadata(path).unwrap().permissions();
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
    std::fs::set_permissions(path, permissions).unwrap();
}
