//! Listing an image: every entry of a file system of many small files, through a confined worker.

use super::{Bench, Figures, Workbench, peers, seconds, target};
use amparo_sandbox::{Found, TreePool, TreeRoot, WorkerCommand};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

pub const BENCH: Bench = Bench {
    name: "image_list",
    peer: "fls -r -p on the same ext4 image",
    unit: "s",
    more_is_better: false,
    goal: Some(0.5),
    run,
};

/// Files in the image.
const FILES: usize = 50_000;

fn run(bench: &Workbench) -> Result<Figures, String> {
    let image = bench.scratch.path().join("list.img");
    make(&bench.scratch.path().join("list"), &image)?;
    let mut entries = 0;
    let mut result = Ok(());
    let ours = seconds(|| {
        result = tree(&image).and_then(|(pool, root)| {
            let counted = pool.list(&root, &mut |found| {
                entries += usize::from(matches!(found, Found::Entry(_)));
                true
            });
            counted.map_err(|error| error.to_string())
        });
    });
    result?;
    if entries < FILES {
        return Err(format!("{entries} entries listed of {FILES}"));
    }
    let mut done = false;
    let args = ["-r", "-p", image.to_str().unwrap_or_default()];
    let spent = seconds(|| done = peers::ok(Path::new("fls"), &args));
    Ok(Figures { ours, peer: done.then_some(spent) })
}

/// A container as production opens it; the start of the worker counts.
pub fn tree(path: &Path) -> Result<(TreePool, Arc<TreeRoot>), String> {
    let program = target().join("release/amparo");
    let command = WorkerCommand { program, args: vec!["worker".to_owned()] };
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let (name, secrets) = (name.unwrap_or_default(), Vec::new());
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let beside = Box::new(move |name: &str| File::open(folder.join(name)).ok());
    Ok((TreePool::new(command), Arc::new(TreeRoot { name, file, beside, secrets })))
}

fn make(folder: &Path, image: &Path) -> Result<(), String> {
    for number in 0..FILES {
        let folder = folder.join(format!("{:03}", number / 200));
        let written = std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::write(folder.join(format!("{number:06}.txt")), b"note"));
        written.map_err(|error| error.to_string())?;
    }
    let (folder, image) = (folder.to_str().unwrap_or_default(), image.to_str().unwrap_or_default());
    let args = ["-q", "-t", "ext4", "-N", "60000", "-d", folder, image, "400M"];
    let made = ["mke2fs", "/usr/sbin/mke2fs"].iter().any(|name| peers::ok(Path::new(name), &args));
    if made { Ok(()) } else { Err("mke2fs could not make the image".to_owned()) }
}
