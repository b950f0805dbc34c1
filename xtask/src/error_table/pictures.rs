//! Recall for pictures: each original against every change of it.

use super::transforms::{Made, TRANSFORMS, Transform};
use super::{RADII, Row, Setup, each, scene::scene};
use amparo_media::{Limits, Wanted, examine_as, pdq};
use amparo_model::Pdq;
use image::DynamicImage;

/// Width and height of the originals, in turn. Messengers shrink all of them.
const SIZES: [(u32, u32); 4] = [(1_920, 1_440), (1_440, 1_920), (1_800, 1_200), (2_000, 1_125)];

/// What one change did to one picture.
struct Outcome {
    matchable: bool,
    distance: u32,
    any_way: u32,
}

/// A row for each of [`TRANSFORMS`].
pub fn rows(setup: &Setup) -> Result<Vec<Row>, String> {
    let outcomes = each(setup.originals, |number| all_changes(setup.seed, number))?;
    let row = |(at, transform): (usize, &Transform)| {
        let column = outcomes.iter().filter_map(|changes| changes.get(at));
        summed(transform, column)
    };
    Ok(TRANSFORMS.iter().enumerate().map(row).collect())
}

fn all_changes(seed: u64, number: u64) -> Result<Vec<Outcome>, String> {
    let size = SIZES.iter().cycle().nth((number % 4) as usize);
    let (width, height) = size.copied().unwrap_or((1_920, 1_440));
    let original = DynamicImage::from(scene(seed.wrapping_add(number), width, height));
    let hash = pdq::hash(&original).ok_or("an original without a hash")?;
    if !hash.matchable() {
        return Err(format!("original {number} is of quality {}", hash.quality));
    }
    TRANSFORMS.iter().map(|transform| outcome(&original, hash, transform)).collect()
}

fn outcome(original: &DynamicImage, hash: Pdq, transform: &Transform) -> Result<Outcome, String> {
    let named = |error: String| format!("{}: {error}", transform.name);
    let ways = match (transform.change)(original).map_err(named)? {
        Made::Pixels(picture) => pdq::dihedral(&picture),
        Made::File(bytes) => file(&bytes).map_err(named)?,
    };
    let ways = ways.ok_or_else(|| named("nothing left to hash".to_owned()))?;
    let [as_it_is, ..] = ways;
    let any_way = ways.iter().map(|way| way.distance(&hash)).min().unwrap_or(u32::MAX);
    let (matchable, distance) = (as_it_is.matchable(), as_it_is.distance(&hash));
    Ok(Outcome { matchable, distance, any_way })
}

/// Files go the way that evidence goes.
fn file(bytes: &[u8]) -> Result<Option<[Pdq; 8]>, String> {
    let wanted = Wanted { dihedral: true, ..Wanted::default() };
    let picture = examine_as(bytes, &Limits::default(), &wanted);
    Ok(picture.map_err(|error| error.to_string())?.dihedral.map(|all| *all))
}

fn summed<'a>(transform: &Transform, outcomes: impl Iterator<Item = &'a Outcome>) -> Row {
    let (group, name) = (transform.group.to_owned(), transform.name.to_owned());
    let mut row = Row { group, name, ..Row::default() };
    let mut any_way = [0; 4];
    for outcome in outcomes {
        row.tried += 1;
        row.gated += u64::from(!outcome.matchable);
        for (at, radius) in RADII.iter().enumerate() {
            let near = |distance: u32| u64::from(outcome.matchable && distance <= *radius);
            row.found[at] += near(outcome.distance);
            any_way[at] += near(outcome.any_way);
        }
    }
    Row { found_any_way: Some(any_way), ..row }
}
