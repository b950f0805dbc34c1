//! Opt-in: real stores and photos that lie outside the repository. With `AMPARO_CORPUS` naming a
//! folder that holds `chats/*/*.sql`, `chats/*/result.json` and `pdq/*.jpg`, they are attached as
//! one exhibit, and listing, ledger and near matches must show. Without it, nothing is tried.

use super::support::{CASE, Unit, count};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The photo of which the others are edits.
const ORIGINAL: &str = "aaa-orig.jpg";

#[test]
fn real_stores_and_photos_go_through() {
    let Some(corpus) = std::env::var_os("AMPARO_CORPUS").map(PathBuf::from) else { return };
    let unit = Unit::with_case("Unit");
    let device = unit.path("device");
    let edits = lay_out(&corpus, Path::new(&device));
    let original = corpus.join("pdq").join(ORIGINAL);
    let list = unit.write("list.json", known(&std::fs::read(original).unwrap()).to_string());
    let import = ["hashset", "import", &list, "--id", "bridge", "--dated", "2026-01-01"];
    unit.run("admin", &[&import[..], &["--source", "test"]].concat()).ended(0);
    let add = ["evidence", "add", &device, "--case", CASE, "--authorisation", "O-1"];
    let added = unit.run("ines", &[&add[..], &["--label", "E-1"]].concat()).ended(0).json();
    assert_eq!(added["summary"]["jobs_failed"], 0, "{added}");

    let item = format!("{CASE}/E-1");
    let args = ["evidence", "list", "--case", CASE, "--item", &item];
    let files = unit.run("ines", &args).ended(0).json();
    let of = |word: &str| {
        let entries = files["entries"].as_array().unwrap();
        entries.iter().filter(|file| file["novelty"]["novelty"] == word).count()
    };
    assert_eq!((of("known"), of("near_known")), (1, edits), "{files}");
    let ledger = unit.run("ines", &["ledger", "of", SIGNAL_OWNER, "--case", CASE]).ended(0).json();
    assert!(count(&ledger, "transfers") > 0, "{ledger}");
    let alarms = unit.run("ines", &["alarms", "--case", CASE]).ended(0).json();
    println!("{} entries, {} alarms", count(&files, "entries"), count(&alarms, "alarms"));
}

/// The owner of the Signal store, by the service id in it.
const SIGNAL_OWNER: &str = "signal:b22bb22b-b22b-b22b-b22b-b22bb22bb22b";

/// Builds the databases from their SQL text and copies the rest; the number of edited photos.
fn lay_out(corpus: &Path, device: &Path) -> usize {
    let sql = [
        ("signal_2024-08-macos/plaintext.sql", "Signal/sql/plaintext.db"),
        ("whatsapp-android_2023-10/msgstore.sql", "data/com.whatsapp/databases/msgstore.db"),
        ("whatsapp-android_2023-10/wa.sql", "data/com.whatsapp/databases/wa.db"),
    ];
    for (from, to) in sql {
        let to = device.join(to);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        let text = std::fs::read_to_string(corpus.join("chats").join(from)).unwrap();
        rusqlite::Connection::open(to).unwrap().execute_batch(&text).unwrap();
    }
    for export in ["telegram_2021-05", "telegram_2023-01"] {
        copy(&corpus.join("chats").join(export).join("result.json"), &device.join(export));
    }
    let photos: Vec<_> = std::fs::read_dir(corpus.join("pdq"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jpg"))
        .collect();
    photos.iter().for_each(|photo| copy(photo, &device.join("DCIM/Camera")));
    photos.len() - 1
}

fn copy(file: &Path, folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::copy(file, folder.join(file.file_name().unwrap())).unwrap();
}

/// A list that knows one photo, exactly and by its perceptual hash.
fn known(photo: &[u8]) -> Value {
    let pdq = amparo_media::examine(photo, &amparo_media::Limits::default()).unwrap().pdq.unwrap();
    let md5 = amparo_evidence::hash_bytes(photo).md5.to_string();
    json!({
        "@odata.context":
            "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/CUSTOM/$metadata#Media",
        "value": [{
            "MD5": md5,
            "MediaID": 1,
            "Category": 1,
            "AlternativeHashes": [
                { "MD5": md5, "HashName": "PDQ", "HashValue": pdq.bits.to_string() },
            ],
        }],
    })
}
