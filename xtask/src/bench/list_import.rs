//! List import: a VICS 2.0 hash set through `hashset import`, worker, compiled rows and index
//! included. Prints the peak memory of the program and its worker as well:
//! what they hold resident at the same time, mapped pages of files included.
//!
//! `LIST_IMPORT_ROWS` chooses another size.

use super::unit::Unit;
use super::{Bench, Figures, Workbench, peers};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

pub const BENCH: Bench = Bench {
    name: "list_import",
    peer: "Python: json.load, then SQLite with indexes on MD5 and SHA-1",
    unit: "s for 1 million VICS records (goal: under 10 s)",
    more_is_better: false,
    goal: None,
    run,
};

const ROWS: usize = 1_000_000;

const PEER: &str = r#"
import json, sqlite3, sys, time
start = time.perf_counter()
rows = json.load(open(sys.argv[1]))["value"]
base = sqlite3.connect(sys.argv[2])
base.execute("CREATE TABLE known(md5, sha1, size, category, series)")
keys = ("MD5", "SHA1", "MediaSize", "Category", "Series")
base.executemany("INSERT INTO known VALUES (?,?,?,?,?)", ([r.get(k) for k in keys] for r in rows))
base.execute("CREATE INDEX m ON known(md5)")
base.execute("CREATE INDEX s ON known(sha1)")
base.commit()
print(time.perf_counter() - start)
"#;

fn run(bench: &Workbench) -> Result<Figures, String> {
    let rows = std::env::var("LIST_IMPORT_ROWS").ok().and_then(|n| n.parse().ok()).unwrap_or(ROWS);
    let list = bench.scratch.path().join("list.vics.json");
    write(&list, rows).map_err(|error| error.to_string())?;
    let unit = Unit::new(&bench.scratch.path().join("list-data"))?;
    let path = list.to_string_lossy().into_owned();
    let start = Instant::now();
    let stated = ["--id", "bench", "--dated", "2026-01-01", "--source", "generated"];
    let import = [&["hashset", "import", &path], &stated[..]].concat();
    let mut import = unit
        .command("admin", &import)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("amparo: {error}"))?;
    let peak_kb = watch(&mut import)?;
    let ours = start.elapsed().as_secs_f64();
    let size = list.metadata().map_or(0, |meta| meta.len());
    println!("  {rows} rows, {} MB; peak memory, both processes: {} MB", size >> 20, peak_kb >> 10);
    let base = bench.scratch.path().join("list-peer.db");
    let base = base.to_string_lossy().into_owned();
    let args: [&str; 2] = [&path, &base];
    let peer = match rows > ROWS {
        // The peer holds everything in memory.
        true => None,
        false => peers::python_figure(bench.python.as_ref(), PEER, &args),
    };
    Ok(Figures { ours, peer })
}

/// Waits for the end; the most memory that the processes held at one time, in KiB. Mapped pages of
/// files are in it.
fn watch(child: &mut Child) -> Result<u64, String> {
    let mut peak = 0;
    loop {
        let id = child.id();
        let held = std::iter::once(id).chain(workers_of(id)).filter_map(resident_kb).sum();
        peak = peak.max(held);
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) if status.success() => return Ok(peak),
            Some(status) => return Err(format!("import: {status}")),
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// Children of any thread: workers are started by threads of their own.
fn workers_of(parent: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let children =
        tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    children
        .flat_map(|line| line.split_whitespace().filter_map(|n| n.parse().ok()).collect::<Vec<_>>())
        .collect()
}

fn resident_kb(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// About 480 bytes a record, as distributed sets have them.
fn write(path: &Path, rows: usize) -> std::io::Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(17);
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    let model = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media";
    write!(out, "{{\"@odata.context\":\"{model}\",\"value\":[")?;
    let mut hash = [0; 36];
    for row in 0..rows {
        rng.fill_bytes(&mut hash);
        let hex: String = hash.iter().map(|byte| format!("{byte:02X}")).collect();
        let (md5, sha1) = hex.split_at(32);
        let comma = if row == 0 { "" } else { "," };
        write!(
            out,
            "{comma}{{\"MediaID\":{row},\"Category\":{},\"MD5\":\"{md5}\",\"SHA1\":\"{}\",\
             \"MediaSize\":{},\"VictimIdentified\":\"false\",\"OffenderIdentified\":\"false\",\
             \"IsDistributed\":\"true\",\"IsSuspected\":\"false\",\"IsPrecategorized\":\"true\",\
             \"Series\":\"example series {}\",\"Tags\":\"one,two\",\"Comments\":\"generated row\",\
             \"MimeType\":\"image/jpeg\",\"DateUpdated\":\"2026-01-01T10:00:00.0000000+00:00\",\
             \"RelativeFilePath\":\"media\\\\{row:09}.jpg\",\"AlternativeHashes\":[]}}",
            1 + row % 2,
            &sha1[..40],
            1_000 + row,
            row % 1_000,
        )?;
    }
    out.write_all(b"]}")?;
    out.flush()
}
