//! Whether objects on this disk come back as they were, and whether damage is noticed.

use super::{Bench, Finding, why};
use amparo_evidence::ObjectStore;
use amparo_model::Sha256;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

const OBJECTS: u32 = 64;

/// Published, read back, and found in order.
pub fn kept(bench: &mut Bench) -> Result<Finding, String> {
    let (store, objects) = filled(bench, "objects-kept")?;
    for (object, bytes) in &objects {
        if store.read(object).map_err(why)? != *bytes {
            let args: [(&'static str, &dyn ToString); 1] = [("object", object)];
            return Ok(Finding::failed("cli-verify-objects-bad", &args));
        }
    }
    let report = store.fsck(&mut |_| {});
    if !report.is_clean() || report.checked != objects.len() as u64 {
        return Ok(Finding::failed("cli-verify-fsck-bad", &[("damaged", &report.damaged.len())]));
    }
    Ok(Finding::passed("cli-verify-objects-ok", &[("count", &report.checked)]))
}

/// One bit of one object at a time is turned over; reading and checking must each say so, and say
/// nothing of the others.
pub fn damage_found(bench: &mut Bench) -> Result<Finding, String> {
    let (store, objects) = filled(bench, "damage-found")?;
    let mut flips = 0_u32;
    for (turn, (object, bytes)) in objects.iter().enumerate() {
        let path = store.path(object);
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(why)?;
        std::fs::write(&path, flipped(bytes, turn * 7)).map_err(why)?;
        let (read, report) = (store.read(object), store.fsck(&mut |_| {}));
        if read.is_ok() || report.damaged.len() != 1 {
            let args: [(&'static str, &dyn ToString); 1] = [("object", object)];
            return Ok(Finding::failed("cli-verify-damage-bad", &args));
        }
        flips += 1;
        std::fs::write(&path, bytes).map_err(why)?;
    }
    Ok(Finding::passed("cli-verify-damage-ok", &[("count", &flips)]))
}

type Objects = Vec<(Sha256, Vec<u8>)>;

fn filled(bench: &Bench, name: &str) -> Result<(ObjectStore, Objects), String> {
    let store = ObjectStore::open(&bench.folder(name)).map_err(why)?;
    let bytes = |n: u32| n.to_le_bytes().repeat(n as usize * 17 + 1);
    let publish = |n| {
        let bytes = bytes(n);
        store.publish(&bytes).map(|object| (object, bytes)).map_err(why)
    };
    let objects: Objects = (0..OBJECTS).map(publish).collect::<Result<_, _>>()?;
    Ok((store, objects))
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = (bit / 8) % bytes.len().max(1);
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << (bit % 8);
    }
    bytes
}
