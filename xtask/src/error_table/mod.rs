//! How often a changed picture is still found, and how often an unrelated one is found by mistake.
//!
//! `xtask bench error_table` makes lawful, abstract pictures from a seed, changes them in known
//! ways and writes `docs/error-table.md`: for each way and each radius the share that is still
//! near. An expert in court is asked for exactly this: the known error rate of the method. The page
//! carries no date and no machine, so that a second run gives the same text.
//!
//! To add a way to change a picture: a row in [`transforms::TRANSFORMS`]. To add another kind of
//! stills: a function that gives [`Row`]s, listed in [`SOURCES`]. Videos, which are found by the
//! share of their frames, have a section of their own (`video_errors.rs`).

mod page;
mod pictures;
mod strangers;
mod transforms;

#[path = "../../../crates/media/tests/support/scene.rs"]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "made for tests, where pictures are small"
)]
pub mod scene;

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Hamming distances at which a pair counts as near, in bits.
pub const RADII: [u32; 4] = [15, 23, 31, 40];

/// What one run makes.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// Where all pictures come from.
    pub seed: u64,
    /// How many pictures are changed in every way.
    pub originals: u64,
    /// How many are compared with each other.
    pub strangers: u64,
}

const DEFAULT: Setup = Setup { seed: 20_260_101, originals: 100, strangers: 3_000 };

/// One line of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// What kind of change.
    pub group: String,
    /// Which change exactly.
    pub name: String,
    /// How many were changed.
    pub tried: u64,
    /// Of those, how many have no hash worth comparing afterwards. They count as not found.
    pub gated: u64,
    /// Found within each of [`RADII`] by the hash as it is.
    pub found: [u64; 4],
    /// Found within each of [`RADII`] by the best of the eight ways to lay the picture down; `None`
    /// where the question has no meaning.
    pub found_any_way: Option<[u64; 4]>,
}

/// Gives rows for one kind of evidence.
type Source = fn(&Setup) -> Result<Vec<Row>, String>;

/// Everything that gives rows.
const SOURCES: &[Source] = &[pictures::rows];

/// Makes the table, writes the page and prints a summary.
pub fn run() -> Result<(), String> {
    let text = table(&DEFAULT)? + &crate::video_errors::section()?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/error-table.md");
    std::fs::write(&path, &text).map_err(|error| format!("docs/error-table.md: {error}"))?;
    print!("{text}");
    Ok(())
}

fn table(setup: &Setup) -> Result<String, String> {
    let mut rows = Vec::new();
    for source in SOURCES {
        rows.extend(source(setup)?);
    }
    let strangers = strangers::compare(setup)?;
    Ok(page::write(setup, &rows, &strangers))
}

/// Does `work` for each number below `count` on all cores; results in order.
pub fn each<T: Send>(
    count: u64,
    work: impl Fn(u64) -> Result<T, String> + Sync,
) -> Result<Vec<T>, String> {
    let (next, done) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    let result = work(number);
                    if let Ok(mut done) = done.lock() {
                        done.push((number, result));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().map_err(|_| "a thread gave up".to_owned())?;
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Setup = Setup { seed: 5, originals: 2, strangers: 12 };

    #[test]
    fn a_seed_gives_one_page() {
        let text = table(&SMALL).unwrap();
        assert_eq!(text, table(&SMALL).unwrap());
        for transform in transforms::TRANSFORMS {
            assert!(text.contains(&format!("| {} |", transform.name)), "{}", transform.name);
        }
        assert!(text.contains("66 pairs"), "{text}");
    }

    #[test]
    fn an_unchanged_picture_is_found_and_a_mirrored_one_by_its_other_ways_only() {
        let rows = pictures::rows(&SMALL).unwrap();
        let row = |name: &str| rows.iter().find(|row| row.name == name).unwrap();
        assert_eq!(row("PNG").found, [2; 4]);
        let mirrored = row("left and right exchanged");
        assert_eq!(mirrored.found, [0; 4]);
        assert_eq!(mirrored.found_any_way, Some([2; 4]));
    }

    #[test]
    fn work_on_all_cores_comes_back_in_order() {
        assert_eq!(each(50, |n| Ok(n * 2)).unwrap(), (0..50).map(|n| n * 2).collect::<Vec<_>>());
        assert!(each(50, |n| if n == 7 { Err("7".to_owned()) } else { Ok(n) }).is_err());
    }
}
