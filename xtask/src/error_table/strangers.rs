//! False matches: every picture against every other that has nothing to do with it.

use super::{RADII, Setup, each, scene::scene};
use amparo_media::pdq;
use amparo_model::Pdq;
use image::DynamicImage;

/// Side lengths of these pictures; a hash needs no more.
const SIZE: (u32, u32) = (320, 240);

/// What the comparison gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Strangers {
    /// Pictures with a hash worth comparing.
    pub pictures: u64,
    /// Pairs of them.
    pub pairs: u64,
    /// Pairs within each of [`RADII`].
    pub near: [u64; 4],
    /// Pairs within each of [`RADII`] when one of the two may be laid down in eight ways.
    pub near_any_way: [u64; 4],
    /// The smallest distance of a pair, in bits.
    pub nearest: u32,
    /// The smallest distance of a pair when one may be laid down in eight ways.
    pub nearest_any_way: u32,
}

/// Compares all pairs.
pub fn compare(setup: &Setup) -> Result<Strangers, String> {
    // Other seeds than those of the originals.
    let first = setup.seed.wrapping_add(1 << 32);
    let hashed = each(setup.strangers, |number| {
        let picture = DynamicImage::from(scene(first.wrapping_add(number), SIZE.0, SIZE.1));
        pdq::dihedral(&picture).ok_or_else(|| "a picture without a hash".to_owned())
    })?;
    let ways: Vec<[Pdq; 8]> = hashed.into_iter().filter(|[pdq, ..]| pdq.matchable()).collect();
    let tallies = each(ways.len() as u64, |number| Ok(against_later(&ways, number as usize)))?;
    let sum = |mut all: Strangers, one: Strangers| {
        all.pairs += one.pairs;
        for at in 0..RADII.len() {
            all.near[at] += one.near[at];
            all.near_any_way[at] += one.near_any_way[at];
        }
        all.nearest = all.nearest.min(one.nearest);
        all.nearest_any_way = all.nearest_any_way.min(one.nearest_any_way);
        all
    };
    let none = Strangers { nearest: 256, nearest_any_way: 256, ..Strangers::default() };
    let all = tallies.into_iter().fold(none, sum);
    Ok(Strangers { pictures: ways.len() as u64, ..all })
}

fn against_later(ways: &[[Pdq; 8]], number: usize) -> Strangers {
    let mut tally = Strangers { nearest: 256, nearest_any_way: 256, ..Strangers::default() };
    let Some(([mine, ..], later)) = ways.get(number..).and_then(<[_]>::split_first) else {
        return tally;
    };
    for [as_it_is, others @ ..] in later {
        let distance = mine.distance(as_it_is);
        let any_way = others.iter().map(|way| mine.distance(way)).fold(distance, u32::min);
        tally.pairs += 1;
        tally.nearest = tally.nearest.min(distance);
        tally.nearest_any_way = tally.nearest_any_way.min(any_way);
        for (at, radius) in RADII.iter().enumerate() {
            tally.near[at] += u64::from(distance <= *radius);
            tally.near_any_way[at] += u64::from(any_way <= *radius);
        }
    }
    tally
}
