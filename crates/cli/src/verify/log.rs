//! Whether the log of acts, written on this disk, verifies, and whether edits of it are noticed.

use super::{Bench, Finding, why};
use amparo_audit::{Act, Log};
use std::path::{Path, PathBuf};

const ACTS: u32 = 300;
const ORIGIN: &str = "amparo.invalid/verify-install";
/// Of a log that lives for a second and vouches for nothing.
const SEED: [u8; 32] = [7; 32];

/// Written by this program, verified by code that shares nothing with it.
pub fn sound(bench: &mut Bench) -> Result<Finding, String> {
    let written = Written::new(&bench.folder("log-sound"))?;
    match written.verify() {
        Ok(entries) if entries == u64::from(ACTS) => {
            Ok(Finding::passed("cli-verify-log-ok", &[("count", &entries)]))
        }
        Ok(entries) => {
            let found = format!("{entries} != {ACTS}");
            Ok(Finding::failed("cli-verify-log-bad", &[("why", &found)]))
        }
        Err(tampered) => Ok(Finding::failed("cli-verify-log-bad", &[("why", &tampered)])),
    }
}

/// One bit of each file of the log is turned over, one file at a time; then each is taken away.
pub fn edits_found(bench: &mut Bench) -> Result<Finding, String> {
    let written = Written::new(&bench.folder("log-edits-found"))?;
    let files = files(&written.folder.join("tile")).map_err(why)?;
    let mut edits = 0_u32;
    for path in &files {
        let bytes = std::fs::read(path).map_err(why)?;
        let mut edited = bytes.clone();
        let middle = edited.len() / 2;
        if let Some(byte) = edited.get_mut(middle) {
            *byte ^= 1;
        }
        for edit in [Some(edited), None] {
            change(path, edit.as_deref()).map_err(why)?;
            if written.verify().is_ok() {
                let name = path.display();
                return Ok(Finding::failed("cli-verify-edits-bad", &[("file", &name)]));
            }
            edits += 1;
        }
        change(path, Some(&bytes)).map_err(why)?;
    }
    written.verify().map_err(why)?;
    Ok(Finding::passed("cli-verify-edits-ok", &[("count", &edits)]))
}

/// A log with what somebody outside would hold of it.
struct Written {
    folder: PathBuf,
    checkpoint: String,
    vkey: String,
}

impl Written {
    fn new(folder: &Path) -> Result<Self, String> {
        let log = Log::open(folder, &SEED, ORIGIN).map_err(why)?;
        let acts: Vec<Act> = (0..ACTS).map(act).collect();
        log.append(&acts).map_err(why)?;
        let checkpoint = log.checkpoint().map_err(why)?;
        Ok(Self { folder: folder.to_owned(), checkpoint, vkey: log.vkey() })
    }

    /// How many entries were verified, or what was noticed.
    fn verify(&self) -> Result<u64, String> {
        let report = amparo_audit_verifier::verify(&self.folder, &self.checkpoint, &self.vkey);
        report.map(|report| report.covered).map_err(why)
    }
}

fn act(number: u32) -> Act {
    Act {
        at: i64::from(number),
        actor: "verify-install".to_owned(),
        role: "admin".to_owned(),
        action: "run_fsck".to_owned(),
        object: format!("check/{number}"),
        case: None,
        reason: None,
        detail: serde_json::Value::Null,
    }
}

fn change(path: &Path, bytes: Option<&[u8]>) -> std::io::Result<()> {
    if path.exists() {
        std::fs::remove_file(path)?;
    }
    bytes.map_or(Ok(()), |bytes| std::fs::write(path, bytes))
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
