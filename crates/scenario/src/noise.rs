//! Files around the story: other apps, documents, names and contents that trip careless readers.
//!
//! To add an odd file: write it in `odd_files` and say there what it trips.

use crate::plan::{COMPUTER, PHONE, Plan};
use crate::rng::Stream;
use crate::{ScenarioError, disk, pdf};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

/// Writes them under `out`, after the pictures.
pub(crate) fn write(plan: &Plan, out: &Path) -> Result<(), ScenarioError> {
    odd_files(plan, out)?;
    documents(out)?;
    for n in 0..plan.sizes.noise_files {
        let mut stream = Stream::new(plan.seed, "noise", n);
        let length = stream.between(200, 9_000) as usize;
        let path = format!("{PHONE}/sdcard/Android/data/org.example.weather/cache/tile_{n:05}.bin");
        disk::write(&out.join(path), &stream.blob(length))?;
    }
    Ok(())
}

fn odd_files(plan: &Plan, out: &Path) -> Result<(), ScenarioError> {
    let download = out.join(PHONE).join("sdcard/Download");
    // Blanks, accents and characters that shells and pages treat as their own.
    disk::write(&download.join("receta de la abuela (año 2025) & más.txt"), b"sal, harina\n")?;
    disk::write(&download.join("<b>horario</b>.txt"), b"L1 07:40 08:10\n")?;
    // Latin-1: no UTF-8.
    let name = OsString::from_vec(b"horario autob\xfas.txt".to_vec());
    disk::write(&download.join(name), b"L2 07:55 08:25\n")?;
    // Nothing in it; its hash is in real lists and must match nothing.
    disk::write(&download.join("vacio.jpg"), b"")?;
    // A name that lies.
    disk::write(&download.join("notas.jpg"), b"esto es un texto, no una imagen\n")?;
    let Some(first) = plan.camera.first() else { return Ok(()) };
    let whole = disk::read(&out.join(first))?;
    // The copy stopped half-way.
    let half = whole.get(..whole.len() / 2).unwrap_or(&[]);
    disk::write(&download.join("copia interrumpida.jpg"), half)
}

fn documents(out: &Path) -> Result<(), ScenarioError> {
    let phone = out.join(PHONE);
    let state = br#"{"city":"Elche","unit":"C","days":["lluvia","nubes","sol"]}"#;
    disk::write(&phone.join("data/data/org.example.weather/files/state.json"), state)?;
    let build = b"ro.product.manufacturer=Example\nro.product.model=EX Phone 7\n";
    disk::write(&phone.join("system/build.prop"), build)?;
    let downloads = out.join(COMPUTER).join("Downloads");
    disk::write(&downloads.join("recetas/lentejas.txt"), b"lentejas, zanahoria, laurel\n")?;
    let lines = ["Horario de autobuses".to_owned(), "L1 07:40 08:10 08:40".to_owned()];
    disk::write(&downloads.join("horario.pdf"), &pdf::document(&lines))
}
