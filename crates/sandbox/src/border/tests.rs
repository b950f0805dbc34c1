//! The border against every cut and against random bytes. What the rules are is tested through
//! whole workers in `tests/hostile_workers.rs`.

use super::*;
use crate::frame::write;
use amparo_model::{Place, ProblemKind};

fn border() -> Border {
    let kinds = vec![Kind::Records, Kind::Problems, Kind::Picture, Kind::NotExamined, Kind::Done];
    Border { kinds, bytes: 1 << 20, objects: vec![Sha256([7; 32])], ..Border::default() }
}

fn sound() -> Vec<u8> {
    let at = Locator::new(Sha256([7; 32]), Place::Whole);
    let problem = Problem::at(ProblemKind::Malformed, at, "table", "cut off");
    let mut out = Vec::new();
    write(&mut out, Kind::Problems, &serde_json::to_vec(&vec![problem]).unwrap()).unwrap();
    write(&mut out, Kind::Done, &[]).unwrap();
    out
}

fn drain(mut bytes: &[u8]) -> Result<(), Broken> {
    let mut border = border();
    loop {
        if matches!(border.next(&mut bytes)?, Answer::Done) {
            return Ok(());
        }
    }
}

#[test]
fn sound_answers_pass_and_every_cut_is_noticed() {
    let sound = sound();
    assert!(drain(&sound).is_ok());
    for cut in 0..sound.len() {
        assert!(matches!(drain(sound.get(..cut).unwrap()), Err(Broken::Ended)), "{cut}");
    }
}

#[test]
fn bytes_are_counted() {
    let mut border = Border { bytes: 10, ..border() };
    let outcome = border.next(&mut sound().as_slice());
    assert!(matches!(outcome, Err(Broken::Violation(Violation::TooMuch("bytes")))));
}

#[test]
fn only_a_picture_that_can_be_passes() {
    use amparo_media::{Frame, Unread, pdq::Scale};
    use amparo_model::{Bits256, Pdq};
    let pdq = |quality| Pdq { bits: Bits256([7; 32]), quality };
    let frame = |index, quality| Frame { index, pdq: pdq(quality) };
    let frames = |kept, seen| Some(Frames { kept, seen, unread: None });
    let sound = || Picture { format: "gif".to_owned(), orientation: Some(8), ..Picture::default() };
    let border = Border { picture: Limits { max_frames: 2, ..Limits::default() }, ..border() };
    let check = |picture: Picture, rule: Option<&'static str>| {
        let outcome = border.picture(picture).err();
        assert_eq!(outcome, rule.map(Violation::Picture));
    };
    check(sound(), None);
    check(Picture { frames: frames(vec![frame(0, 9), frame(4, 9)], 5), ..sound() }, None);
    check(Picture { format: "exe".to_owned(), ..sound() }, Some("format"));
    check(Picture { width: u32::MAX, height: u32::MAX, ..sound() }, Some("size"));
    check(Picture { orientation: Some(9), ..sound() }, Some("orientation"));
    let convention = Convention { scale: Scale::Side512, oriented: true };
    check(Picture { convention, ..sound() }, Some("convention"));
    check(Picture { dihedral: Some(Box::new([pdq(9); 8])), ..sound() }, Some("convention"));
    // A picture with a hash comes with its turned ones, and only such a picture.
    check(Picture { pdq: Some(pdq(9)), ..sound() }, Some("convention"));
    let both = |quality| Picture {
        pdq: Some(pdq(quality)),
        dihedral: Some(Box::new([pdq(9); 8])),
        ..sound()
    };
    check(both(9), None);
    check(both(101), Some("quality"));
    check(Picture { frames: frames(vec![frame(0, 101)], 5), ..sound() }, Some("quality"));
    let three = vec![frame(0, 9), frame(1, 9), frame(2, 9)];
    check(Picture { frames: frames(three, 5), ..sound() }, Some("frames"));
    check(Picture { frames: frames(vec![frame(1, 9), frame(0, 9)], 5), ..sound() }, Some("frames"));
    check(Picture { frames: frames(vec![frame(5, 9)], 5), ..sound() }, Some("frames"));
    let unread = Some(Unread { kind: ProblemKind::Limit, why: "x".repeat(301) });
    let endless = Some(Frames { kept: Vec::new(), seen: 0, unread });
    check(Picture { frames: endless, ..sound() }, Some("text"));
}

/// No input makes the border panic or take memory beyond a frame; a fixed seed makes it repeat.
#[test]
fn a_million_bytes_of_noise_and_every_flipped_bit_end_in_order() {
    let sound = sound();
    for bit in 0..sound.len() * 8 {
        let mut flipped = sound.clone();
        if let Some(byte) = flipped.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
        let _outcome = drain(&flipped);
    }
    let mut state = 0x9e37_79b9_u32;
    for _ in 0..20_000 {
        let noise: Vec<u8> = (0..50)
            .map(|at| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                // A plausible head gets the noise past the first check.
                match at {
                    0 => (state % 64) as u8,
                    1..=3 => 0,
                    4 => 128 + (state % 8) as u8,
                    _ => state as u8,
                }
            })
            .collect();
        let _outcome = drain(&noise);
    }
}
