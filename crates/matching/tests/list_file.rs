//! A compiled list keeps every row without loss, and nobody reads a damaged one.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod common;

use amparo_matching::{ListError, ListFile};
use amparo_model::{KnownHash, Md5, PhotoDna, Place, Sha1, Sha256};
use common::{compiled, list, pdq};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn text(rng: &mut ChaCha8Rng) -> String {
    let length = rng.random_range(0..200);
    (0..length).map(|_| rng.random::<char>()).collect()
}

fn place(rng: &mut ChaCha8Rng) -> Place {
    match rng.random_range(0..4) {
        0 => Place::Whole,
        1 => Place::Row { table: text(rng), rowid: rng.random() },
        2 => Place::Bytes { start: rng.random(), end: rng.random() },
        _ => Place::Json { pointer: text(rng) },
    }
}

/// A row in which each field is there or not.
fn row(rng: &mut ChaCha8Rng) -> KnownHash {
    macro_rules! maybe {
        ($value:expr) => {
            if rng.random() { Some($value) } else { None }
        };
    }
    KnownHash {
        md5: maybe!(Md5(rng.random())),
        sha1: maybe!(Sha1(rng.random())),
        sha256: maybe!(Sha256(rng.random())),
        pdq: maybe!(pdq(rng)),
        photodna: maybe!(PhotoDna(std::array::from_fn(|_| rng.random()))),
        frames: (0..rng.random_range(0..4)).map(|_| pdq(rng)).collect(),
        code: maybe!(text(rng)),
        series: maybe!(text(rng)),
        is_distributed: maybe!(rng.random()),
        victim_identified: maybe!(rng.random()),
        size: maybe!(rng.random()),
        name: maybe!(text(rng)),
        other: (0..rng.random_range(0..3)).map(|_| (text(rng), text(rng))).collect(),
    }
}

fn rows(count: usize, seed: u64) -> Vec<(Place, KnownHash)> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| (place(&mut rng), row(&mut rng))).collect()
}

#[test]
fn every_row_comes_back_by_number_and_in_order() {
    for count in [0, 1, 63, 64, 65, 1000] {
        let rows = rows(count, count as u64);
        let file = list(&rows);
        assert_eq!(file.len() as usize, count);
        let all: Vec<_> = file.rows().map(Result::unwrap).collect();
        assert_eq!(all, rows);
        for (number, row) in rows.iter().enumerate().rev() {
            assert_eq!(&file.row(number as u32).unwrap(), row);
        }
        assert!(matches!(file.row(count as u32), Err(ListError::NoRow(_))));
    }
}

#[test]
fn more_rows_than_one_page_names_are_reached() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let small = |_| (Place::Whole, KnownHash { md5: Some(Md5(rng.random())), ..row_of_nothing() });
    let rows: Vec<_> = (0..3 * 64 * 512 + 5).map(small).collect();
    let file = list(&rows);
    for number in (0..rows.len()).step_by(997).chain([32_767, 32_768, 65_536, rows.len() - 1]) {
        assert_eq!(file.row(number as u32).unwrap(), rows[number]);
    }
    assert_eq!(file.rows().map(Result::unwrap).collect::<Vec<_>>(), rows);
    assert_eq!(file.counts().md5, rows.len() as u64);
}

fn row_of_nothing() -> KnownHash {
    KnownHash::default()
}

#[test]
fn any_cut_and_any_turned_bit_is_refused() {
    let bytes = compiled(&rows(8, 9));
    for length in 0..bytes.len() {
        assert!(ListFile::from_bytes(bytes[..length].to_vec()).is_err(), "cut to {length}");
    }
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        assert!(ListFile::from_bytes(bytes).is_err(), "bit of byte {at}");
    }
}

#[test]
fn a_forged_file_with_a_fitting_checksum_gives_errors_and_nothing_worse() {
    // The seal of an honest list over other bytes: the tail is kept, the rows are noise.
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let honest = compiled(&rows(40, 3));
    for _ in 0..300 {
        let mut body = honest[..honest.len() - 32].to_vec();
        for _ in 0..rng.random_range(1..20) {
            let at = rng.random_range(0..body.len());
            body[at] = rng.random();
        }
        let Ok(file) = ListFile::from_bytes(resealed(&body)) else { continue };
        let read = (0..file.len().min(100)).filter(|number| file.row(*number).is_ok()).count();
        assert!(file.rows().take(100).filter(Result::is_ok).count() <= 100 && read <= 100);
    }
}

/// What the format's description says of the seal, written a second time.
fn resealed(body: &[u8]) -> Vec<u8> {
    use twox_hash::XxHash3_128;
    let kind = b"AMPLIST1";
    let mut outer = XxHash3_128::new();
    for block in body.chunks(1 << 20) {
        outer.write(&XxHash3_128::oneshot(block).to_le_bytes());
    }
    let length = (body.len() as u64).to_le_bytes();
    outer.write(&length);
    outer.write(kind);
    [body, &outer.finish_128().to_le_bytes(), &length, kind].concat()
}

#[test]
fn what_the_test_seals_is_what_the_crate_seals() {
    let bytes = compiled(&rows(10, 4));
    assert_eq!(resealed(&bytes[..bytes.len() - 32]), bytes);
}
