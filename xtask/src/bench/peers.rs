//! Finding and running peers. Absence is an answer, not an error.

use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGES: &[&str] = &["faiss-cpu", "numpy", "pdqhash", "Pillow"];

/// Python with the peers' packages, installed once into `target/bench-peers`.
pub fn python() -> Option<PathBuf> {
    let home = super::target().join("bench-peers");
    let python = home.join("bin/python");
    let works = |python: &Path| ok(python, &["-c", "import faiss, numpy, pdqhash, PIL"]);
    if works(&python) {
        return Some(python);
    }
    eprintln!("installing the Python peers into {}", home.display());
    ok(Path::new("python3"), &["-m", "venv", home.to_str()?]);
    let mut args = vec!["-m", "pip", "install", "--quiet"];
    args.extend(PACKAGES);
    ok(&python, &args);
    works(&python).then_some(python)
}

/// Runs a Python text with arguments; its last line is the figure.
pub fn python_figure(python: Option<&PathBuf>, script: &str, args: &[&str]) -> Option<f64> {
    let output = Command::new(python?).arg("-c").arg(script).args(args).output().ok()?;
    String::from_utf8_lossy(&output.stdout).lines().last()?.trim().parse().ok()
}

/// Whether a program ran and succeeded.
pub fn ok(program: &Path, args: &[&str]) -> bool {
    Command::new(program).args(args).output().is_ok_and(|output| output.status.success())
}
