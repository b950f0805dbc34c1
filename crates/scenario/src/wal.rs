//! Makes a write-ahead log repeatable: its two salts, which SQLite draws at random, are replaced.
//!
//! Source of the layout: sqlite.org, "Database File Format", section 4 (The Write-Ahead Log).
//! Header of 32 bytes: magic, version, page size, checkpoint number, salt 1, salt 2, checksum 1 and
//! 2. Each frame: a header of 24 bytes (page, size after commit, both salts, both checksums) and a
//! page. The checksum runs on from the header through all frames. All numbers are big-endian; the
//! lowest bit of the magic says in which order the checksum reads its words.

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
const SALTS: std::ops::Range<usize> = 16..24;

/// Writes these salts into a complete log and computes its checksums again; `None` when the bytes
/// are no complete log.
pub(crate) fn with_salts(mut log: Vec<u8>, salts: [u8; 8]) -> Option<Vec<u8>> {
    let page_bytes = number(&log, 8)? as usize;
    let big_endian = number(&log, 0)? & 1 == 1;
    let (header, frames) = log.split_at_mut_checked(HEADER_BYTES)?;
    if page_bytes == 0 || frames.len() % (FRAME_HEADER_BYTES + page_bytes) != 0 {
        return None;
    }
    header.get_mut(SALTS)?.copy_from_slice(&salts);
    let mut sum = checksum([0, 0], header.get(..24)?, big_endian);
    header.get_mut(24..)?.copy_from_slice(&stored(sum));
    for frame in frames.chunks_exact_mut(FRAME_HEADER_BYTES + page_bytes) {
        frame.get_mut(8..16)?.copy_from_slice(&salts);
        sum = checksum(sum, frame.get(..8)?, big_endian);
        sum = checksum(sum, frame.get(FRAME_HEADER_BYTES..)?, big_endian);
        frame.get_mut(16..FRAME_HEADER_BYTES)?.copy_from_slice(&stored(sum));
    }
    Some(log)
}

fn checksum(mut sum: [u32; 2], bytes: &[u8], big_endian: bool) -> [u32; 2] {
    for pair in bytes.chunks_exact(8) {
        let word = |at| {
            let value = number(pair, at).unwrap_or(0);
            if big_endian { value } else { value.swap_bytes() }
        };
        sum[0] = sum[0].wrapping_add(word(0)).wrapping_add(sum[1]);
        sum[1] = sum[1].wrapping_add(word(4)).wrapping_add(sum[0]);
    }
    sum
}

fn stored(sum: [u32; 2]) -> [u8; 8] {
    ((u64::from(sum[0]) << 32) | u64::from(sum[1])).to_be_bytes()
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes(word.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::{Connection, config::DbConfig};

    fn log(folder: &std::path::Path) -> Vec<u8> {
        let path = folder.join("a.db");
        let database = Connection::open(&path).unwrap();
        database.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
        database.pragma_update(None, "journal_mode", "wal").unwrap();
        database.execute_batch("CREATE TABLE t(x); INSERT INTO t VALUES (1);").unwrap();
        drop(database);
        std::fs::read(folder.join("a.db-wal")).unwrap()
    }

    #[test]
    fn sqlite_still_accepts_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let changed = with_salts(log(folder.path()), [7; 8]).unwrap();
        std::fs::write(folder.path().join("a.db-wal"), changed).unwrap();
        let _ = std::fs::remove_file(folder.path().join("a.db-shm"));
        let database = Connection::open(folder.path().join("a.db")).unwrap();
        let x: i64 = database.query_row("SELECT x FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(x, 1);
    }

    #[test]
    fn what_is_no_log_is_refused() {
        assert_eq!(with_salts(b"short".to_vec(), [0; 8]), None);
        assert_eq!(with_salts(vec![0; 64], [0; 8]), None);
    }
}
