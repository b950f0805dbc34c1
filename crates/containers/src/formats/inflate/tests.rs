//! Reading at any place, and what is said of streams that lie about their length.

use super::*;
use crate::bytes::Memory;
use miniz_oxide::deflate::compress_to_vec;

/// Numbers that compress, but not to nothing.
fn sample(length: usize) -> Vec<u8> {
    (0..length).map(|at| ((at * at) >> 9) as u8 ^ (at >> 13) as u8).collect()
}

fn packed(plain: &[u8]) -> Rc<dyn Bytes> {
    Rc::new(Memory(compress_to_vec(plain, 6)))
}

fn at(bytes: &dyn Bytes, at: u64, length: usize) -> Vec<u8> {
    let mut into = vec![0; length];
    let read = bytes.read_at(at, &mut into).unwrap();
    into.truncate(read);
    into
}

#[test]
fn any_place_gives_the_same_bytes_as_reading_in_order() {
    let plain = sample(5 << 20);
    let bytes = Unpacked::stated(packed(&plain), u64::MAX, Inflate::raw(0), plain.len() as u64);
    let mut place = 12_345_usize;
    for length in [1, 100, 70_000, 3 << 20].repeat(8) {
        place = (place * 7_919 + 13) % plain.len();
        let end = plain.len().min(place + length);
        assert!(at(&bytes, place as u64, length) == plain[place..end], "{place} {length}");
    }
    assert!(bytes.state.borrow().kept.len() >= 4);
    assert_eq!(at(&bytes, plain.len() as u64, 5), []);
    assert_eq!(bytes.complaints(), []);
}

#[test]
fn kept_states_stay_few_and_the_length_is_found_when_asked_for() {
    let plain = vec![7; 5 << 20];
    let bytes = Unpacked::open_ended(packed(&plain), Inflate::raw(0), u64::MAX);
    bytes.state.borrow_mut().spacing = 16 << 10;
    assert_eq!(at(&bytes, 9, 2), [7, 7]);
    assert_eq!(bytes.len(), plain.len() as u64);
    assert!(bytes.state.borrow().kept.len() <= KEPT);
    assert_eq!(bytes.state.borrow().spacing, 32 << 10);
    assert_eq!(at(&bytes, plain.len() as u64 - 1, 2), [7]);
}

#[test]
fn lies_about_the_length_are_told() {
    let plain = sample(100_000);
    let longer = Unpacked::stated(packed(&plain), u64::MAX, Inflate::raw(0), 200_000);
    assert_eq!(at(&longer, 0, 100_000), plain);
    assert!(matches!(longer.read_at(0, &mut vec![0; 200_000]), Err(Fault::Damaged { .. })));
    let shorter = Unpacked::stated(packed(&plain), u64::MAX, Inflate::raw(0), 99_999);
    assert_eq!(at(&shorter, 0, 200_000), plain[..99_999]);
    assert!(matches!(shorter.complaints()[..], [Fault::Damaged { .. }]));
}

#[test]
fn what_can_be_unpacked_of_a_cut_or_endless_stream_is_there() {
    let plain = sample(100_000);
    let mut cut = compress_to_vec(&plain, 6);
    cut.truncate(cut.len() / 2);
    let cut = Unpacked::open_ended(Rc::new(Memory(cut)), Inflate::raw(0), u64::MAX);
    let length = cut.len() as usize;
    assert!(0 < length && length < plain.len());
    assert_eq!(at(&cut, 0, plain.len()), plain[..length]);
    assert!(matches!(cut.complaints()[..], [Fault::Truncated { .. }]));
    let bomb = Unpacked::open_ended(packed(&vec![0; 64 << 20]), Inflate::raw(0), 1 << 20);
    assert!(bomb.len() <= 2 << 20);
    assert!(matches!(bomb.complaints()[..], [Fault::Limit { .. }]));
}
