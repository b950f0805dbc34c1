//! The mutation campaign: thousands of random edits to sound logs, each of which the verifier must
//! tell; sound logs, which it must accept; and the one thing that no verifier can tell.
//!
//! To add a way of tampering: add a function to `EDITS`, or a test when it needs the log's key.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails; tests damage files by hand"
)]

use amparo_audit::{Act, Log};
use amparo_audit_verifier::{Report, Tampered, verify};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use std::fs;
use std::path::{Path, PathBuf};

const SEED: [u8; 32] = [5; 32];
const ORIGIN: &str = "unit.example/audit";
/// Random edits per log.
const ROUNDS: u64 = 1200;

/// A sound log, a checkpoint taken from it at some time, and all its files.
struct Subject {
    dir: tempfile::TempDir,
    outside: String,
    vkey: String,
    files: Vec<PathBuf>,
    all: Vec<Act>,
}

/// Changes one file's bytes, or says that it cannot.
type Edit = fn(&[u8], &mut ChaCha8Rng) -> Option<Vec<u8>>;

const EDITS: [Edit; 8] =
    [flip_bit, change_byte, remove_byte, insert_byte, cut_end, swap_bytes, repeat_a_piece, empty];

#[test]
fn every_edit_of_any_file_is_detected() {
    for (size, covered) in [(1, 1), (20, 12), (256, 256), (600, 512), (600, 600)] {
        let subject = subject(size, covered);
        let mut rng = ChaCha8Rng::seed_from_u64(size * 1000 + covered);
        let mut done = 0;
        while done < ROUNDS {
            let file = &subject.files[below(&mut rng, subject.files.len())];
            let edit = EDITS[below(&mut rng, EDITS.len())];
            done += u64::from(edited_is_detected(&subject, file, edit, &mut rng));
        }
        accept(&subject);
    }
}

#[test]
fn every_missing_file_and_every_pair_of_swapped_files_is_detected() {
    let subject = subject(600, 512);
    for file in &subject.files {
        let bytes = fs::read(file).expect("bytes");
        fs::remove_file(file).expect("removed");
        reject(&subject, &format!("{} removed", file.display()));
        fs::create_dir(file).expect("a folder in its place");
        reject(&subject, &format!("{} a folder", file.display()));
        fs::remove_dir(file).expect("removed");
        fs::write(file, &bytes).expect("restored");
    }
    for (at, one) in subject.files.iter().enumerate() {
        for two in subject.files.iter().skip(at + 1) {
            swap(one, two);
            reject(&subject, &format!("{} and {} swapped", one.display(), two.display()));
            swap(one, two);
        }
    }
    accept(&subject);
}

/// Every entry changed, removed, doubled or exchanged with its neighbour at one place, and the
/// whole log written anew and signed with the real key: what an owner could do.
#[test]
fn a_history_written_anew_with_the_real_key_is_detected() {
    let subject = subject(300, 280);
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    for round in 0..120 {
        let at = below(&mut rng, 280);
        let mut forged = subject.all.clone();
        match round % 5 {
            0 => forged[at].actor = "nobody".to_owned(),
            1 => drop(forged.remove(at)),
            2 => forged.insert(at, forged[at].clone()),
            3 => forged.swap(at, at + 1),
            _ => forged[at].at += 1,
        }
        let fork = write_log(&forged);
        let outcome = verify(fork.path(), &subject.outside, &subject.vkey);
        let Err(error) = outcome else { panic!("fork {round} at {at} was accepted") };
        assert!(matches!(error, Tampered::Rewritten { covered: 280 }), "{round}: {error}");
    }
}

#[test]
fn a_forger_who_repairs_tiles_but_has_no_key_is_detected() {
    let subject = subject(300, 280);
    let mut forged = subject.all.clone();
    forged[290].actor = "nobody".to_owned();
    let fork = write_log(&forged);
    let own = fs::read(subject.dir.path().join("checkpoint")).expect("a checkpoint");
    fs::write(fork.path().join("checkpoint"), own).expect("put back");
    let error = verify(fork.path(), &subject.outside, &subject.vkey).expect_err("detected");
    assert!(matches!(error, Tampered::Root { entries: 300 }), "{error}");
}

#[test]
fn a_log_signed_with_another_key_or_name_is_detected() {
    let subject = subject(20, 12);
    for (seed, origin) in [([6; 32], ORIGIN), (SEED, "other.example/audit")] {
        let dir = tempfile::tempdir().expect("a folder");
        let log = Log::open(dir.path(), &seed, origin).expect("an open log");
        log.append(&subject.all).expect("appended");
        let error = verify(dir.path(), &subject.outside, &subject.vkey).expect_err("detected");
        assert!(matches!(error, Tampered::Checkpoint { .. }), "{error}");
        let own = log.checkpoint().expect("a checkpoint");
        let error = verify(dir.path(), &own, &subject.vkey).expect_err("detected");
        assert!(matches!(error, Tampered::Outside { .. }), "{error}");
    }
}

/// A cut to an older state of its own is a sound log. Only a later checkpoint outside tells; from
/// one that is as old as the cut, or from none, nobody can. So nobody may claim otherwise.
#[test]
fn a_cut_is_detected_by_a_later_checkpoint_and_by_nothing_else() {
    let dir = tempfile::tempdir().expect("a folder");
    let log = Log::open(dir.path(), &SEED, ORIGIN).expect("an open log");
    let all = acts(40);
    log.append(&all[..25]).expect("appended");
    let older = log.checkpoint().expect("a checkpoint");
    log.append(&all[25..]).expect("appended");
    let later = log.checkpoint().expect("a checkpoint");
    let cut = write_log(&all[..25]);
    let own = fs::read_to_string(cut.path().join("checkpoint")).expect("text");
    assert_eq!(own, older, "the cut log is the one that once was");

    let error = verify(cut.path(), &later, &log.vkey()).expect_err("detected");
    assert!(matches!(error, Tampered::Shortened { entries: 25, covered: 40 }), "{error}");
    for known in [&older, &own] {
        assert!(verify(cut.path(), known, &log.vkey()).is_ok(), "undetectable by design");
    }
}

/// The window: entries newer than the outside checkpoint can be replaced by whoever has the key.
/// The verifier cannot tell, so the report must say how large the window is.
#[test]
fn what_is_newer_than_the_outside_checkpoint_is_reported_as_not_covered() {
    let subject = subject(30, 20);
    let mut forged = subject.all.clone();
    forged[25].actor = "nobody".to_owned();
    let fork = write_log(&forged);
    let report = verify(fork.path(), &subject.outside, &subject.vkey).expect("accepted");
    assert_eq!((report.entries, report.covered, report.newer), (30, 20, 10));
    assert_eq!(report.window_ms(), Some(10_000));
    let text = report.to_string();
    assert!(text.contains("NOT covered: 10 newer entries, over 10000 ms"), "{text}");
}

/// A replay: the log's own checkpoint is exchanged for an older one of the same log. At the size of
/// the outside checkpoint this is the cut that no one can tell, and nothing covered is lost.
#[test]
fn an_older_checkpoint_put_back_is_detected_if_it_is_older_than_the_outside_one() {
    let subject = subject(600, 512);
    let file = subject.dir.path().join("checkpoint");
    let replay = |size: usize| {
        let log = write_log(&subject.all[..size]);
        fs::copy(log.path().join("checkpoint"), &file).expect("replayed");
        verify(subject.dir.path(), &subject.outside, &subject.vkey)
    };
    for size in [0, 1, 100, 511] {
        let outcome = replay(size);
        assert!(matches!(outcome, Err(Tampered::Shortened { covered: 512, .. })), "{size}");
    }
    let report = replay(512).expect("a sound log of 512 entries");
    assert_eq!((report.entries, report.newer), (512, 0));
}

#[test]
fn sound_logs_raise_no_alarm() {
    let mut rng = ChaCha8Rng::seed_from_u64(21);
    for round in 0..60 {
        let dir = tempfile::tempdir().expect("a folder");
        let log = Log::open(dir.path(), &SEED, ORIGIN).expect("an open log");
        let all = acts(600);
        let mut kept = vec![log.checkpoint().expect("a checkpoint")];
        let mut from = 0;
        for _ in 0..1 + below(&mut rng, 4) {
            let to = (from + below(&mut rng, 280)).min(all.len());
            log.append(&all[from..to]).expect("appended");
            kept.push(log.checkpoint().expect("a checkpoint"));
            from = to;
        }
        for outside in kept {
            let report = verify(dir.path(), &outside, &log.vkey());
            let report = report.unwrap_or_else(|error| panic!("round {round}: {error}"));
            assert_eq!((report.entries, report.strays), (from as u64, 0));
        }
    }
}

#[test]
fn stray_files_are_counted_and_change_nothing() {
    let subject = subject(20, 12);
    fs::write(subject.dir.path().join("tile/0/000.p/19"), b"old").expect("written");
    fs::write(subject.dir.path().join("tile/entries/000.p/21.tmp"), b"cut").expect("written");
    assert_eq!(accept(&subject).strays, 2);
}

fn subject(size: u64, covered: u64) -> Subject {
    let dir = tempfile::tempdir().expect("a folder");
    let log = Log::open(dir.path(), &SEED, ORIGIN).expect("an open log");
    let all = acts(size);
    let (old, new) = all.split_at(covered as usize);
    log.append(old).expect("appended");
    let outside = log.checkpoint().expect("a checkpoint");
    log.append(new).expect("appended");
    let mut files = vec![dir.path().join("checkpoint")];
    list(&dir.path().join("tile"), &mut files);
    files.sort_unstable();
    let subject = Subject { dir, outside, vkey: log.vkey(), files, all };
    accept(&subject);
    subject
}

fn write_log(acts: &[Act]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    Log::open(dir.path(), &SEED, ORIGIN).expect("an open log").append(acts).expect("appended");
    dir
}

fn acts(count: u64) -> Vec<Act> {
    let act = |number: u64| Act {
        at: 1_772_438_400_000 + number as i64 * 1000,
        actor: "ruiz".into(),
        role: "examiner".into(),
        action: "read_evidence".into(),
        object: format!("evidence/E-{number}"),
        case: None,
        reason: None,
        detail: serde_json::Value::Null,
    };
    (0..count).map(act).collect()
}

fn accept(subject: &Subject) -> Report {
    verify(subject.dir.path(), &subject.outside, &subject.vkey)
        .unwrap_or_else(|error| panic!("a sound log was refused: {error}"))
}

fn reject(subject: &Subject, what: &str) {
    let outcome = verify(subject.dir.path(), &subject.outside, &subject.vkey);
    assert!(outcome.is_err(), "not detected: {what}");
}

/// Edits, checks, restores. False when the edit changed nothing.
fn edited_is_detected(s: &Subject, file: &Path, edit: Edit, rng: &mut ChaCha8Rng) -> bool {
    let bytes = fs::read(file).expect("bytes");
    let Some(edited) = edit(&bytes, rng).filter(|edited| *edited != bytes) else { return false };
    fs::write(file, &edited).expect("edited");
    reject(s, &format!("{} of {} bytes, now {edited:?}", file.display(), bytes.len()));
    fs::write(file, bytes).expect("restored");
    true
}

fn below(rng: &mut ChaCha8Rng, limit: usize) -> usize {
    (rng.next_u64() % limit.max(1) as u64) as usize
}

fn flip_bit(bytes: &[u8], rng: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    change(bytes, rng, |byte, rng| byte ^ 1 << (rng.next_u32() % 8))
}

fn change_byte(bytes: &[u8], rng: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    change(bytes, rng, |_, rng| rng.next_u32() as u8)
}

fn change(
    bytes: &[u8],
    rng: &mut ChaCha8Rng,
    new: fn(u8, &mut ChaCha8Rng) -> u8,
) -> Option<Vec<u8>> {
    let mut edited = bytes.to_vec();
    let at = below(rng, edited.len());
    let byte = edited.get_mut(at)?;
    *byte = new(*byte, rng);
    Some(edited)
}

fn remove_byte(bytes: &[u8], rng: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    let mut edited = bytes.to_vec();
    edited.remove(below(rng, bytes.len()));
    Some(edited)
}

fn insert_byte(bytes: &[u8], rng: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    let mut edited = bytes.to_vec();
    edited.insert(below(rng, bytes.len() + 1), rng.next_u32() as u8);
    Some(edited)
}

fn cut_end(bytes: &[u8], rng: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    Some(bytes[..below(rng, bytes.len())].to_vec())
}

fn swap_bytes(bytes: &[u8], rng: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    let mut edited = bytes.to_vec();
    edited.swap(below(rng, bytes.len()), below(rng, bytes.len()));
    Some(edited)
}

fn repeat_a_piece(bytes: &[u8], rng: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    let from = below(rng, bytes.len());
    let to = from + 1 + below(rng, (bytes.len() - from).min(64));
    let piece = bytes.get(from..to)?;
    Some([&bytes[..to], piece, &bytes[to..]].concat())
}

fn empty(_bytes: &[u8], _rng: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    Some(Vec::new())
}

fn swap(one: &Path, two: &Path) {
    let (first, second) = (fs::read(one).expect("bytes"), fs::read(two).expect("bytes"));
    fs::write(one, second).expect("written");
    fs::write(two, first).expect("written");
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a listing") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { list(&path, files) } else { files.push(path) }
    }
}
