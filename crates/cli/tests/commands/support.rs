//! A unit in a temporary folder, and the binary run in it.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The time at which every test happens.
pub const NOW: &str = "2026-03-02T08:00:00Z";

/// The case and order that most tests use.
pub const CASE: &str = "ALC-1";

/// What a run left behind.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The one JSON object of the run.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|_| panic!("no JSON: {}\n{}", self.stdout, self.stderr))
    }

    /// The run, if it ended with this code.
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Fails unless the words for people contain all of these.
    pub fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stderr.contains(part), "{part:?} is not in: {}", self.stderr);
        }
        self
    }
}

/// A unit with one person per role: `admin`, `sofia` (supervisor), `sergio` (supervisor), `ines`
/// (examiner), `leo` (liaison), `ana` (analyst), `otto` (auditor).
pub struct Unit {
    pub folder: TempDir,
}

impl Unit {
    pub fn new(name: &str) -> Self {
        let unit = Self { folder: tempfile::tempdir().unwrap() };
        let contact = ["--contact", "+34 600 000 001", "--mailbox", "duty@example.org"];
        let mut init = vec!["init", "--unit", name, "--country", "ES", "--admin", "admin"];
        init.extend(contact);
        unit.run("admin", &init).ended(0);
        let people = [
            ("sofia", "supervisor"),
            ("sergio", "supervisor"),
            ("ines", "examiner"),
            ("leo", "liaison"),
            ("ana", "analyst"),
            ("otto", "auditor"),
        ];
        for (name, role) in people {
            unit.run("admin", &["user", "add", name, "--role", role]).ended(0);
        }
        unit
    }

    /// With [`CASE`] open, everybody assigned, and order `O-1` that covers everything.
    pub fn with_case(name: &str) -> Self {
        let unit = Self::new(name);
        unit.run("sofia", &["case", "open", CASE, "--title", "Harbour"]).ended(0);
        unit.run("sofia", &["case", "assign", CASE, "ines", "leo"]).ended(0);
        unit.authorise("O-1", "2026-06-01T00:00:00Z", "communications,media,cloud");
        unit
    }

    pub fn authorise(&self, id: &str, until: &str, covers: &str) {
        let from = "2026-01-01T00:00:00Z";
        let args = [
            "authorisation",
            "add",
            id,
            "--case",
            CASE,
            "--authority",
            "Court 4",
            "--from",
            from,
            "--until",
            until,
            "--covers",
            covers,
        ];
        self.run("sofia", &args).ended(0);
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// With `--json`.
    pub fn run(&self, actor: &str, args: &[&str]) -> Ran {
        let mut all = vec!["--json"];
        all.extend(args);
        self.plain(actor, &all)
    }

    /// As people see it.
    pub fn plain(&self, actor: &str, args: &[&str]) -> Ran {
        let data = self.data();
        let mut all = vec!["--data", data.to_str().unwrap(), "--actor", actor];
        all.extend(["--lang", "en", "--now", NOW]);
        all.extend(args);
        run(&all)
    }

    /// Every fact of the unit and each case's current alarms, a line each.
    pub fn dump(&self) -> String {
        let path = self.path("facts.jsonl");
        self.run("sofia", &["dump", &path]).ended(0);
        std::fs::read_to_string(path).unwrap()
    }

    /// The folder with a Telegram export in it, ready to be attached.
    pub fn export(&self) -> String {
        let bytes = fixture("apps/telegram_desktop.fixture.json");
        self.write("device/Export/result.json", bytes);
        self.write("device/photos/a.txt", "a neutral note");
        self.path("device")
    }
}

/// Runs the binary.
pub fn run(args: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_amparo"))
        .args(args)
        .env_remove("AMPARO_DATA")
        .env_remove("AMPARO_ACTOR")
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A file that a parser's own tests use.
pub fn fixture(name: &str) -> Vec<u8> {
    let parsers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../parsers/src");
    std::fs::read(parsers.join(name)).unwrap()
}

/// The smallest tip with this number, and a note.
pub fn tip(number: u32, note: &str) -> String {
    serde_json::json!([{
        "reportId": number,
        "dateReceived": "2026-02-01T08:00:00Z",
        "priorityLevel": "1",
        "reportedInformation": {
            "additionalInformations": [{ "value": note }],
            "reportedPeople": { "reportedPersons": [{
                "emails": { "emails": [{ "value": "shared@example.org", "verified": true }] }
            }] }
        }
    }])
    .to_string()
}

/// How many elements an array in an answer has.
pub fn count(value: &Value, key: &str) -> usize {
    value[key].as_array().unwrap_or_else(|| panic!("{key} in {value}")).len()
}

/// Copies a folder with everything in it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target)
        } else {
            std::fs::copy(&path, target).map(|_| ()).unwrap()
        }
    }
}
