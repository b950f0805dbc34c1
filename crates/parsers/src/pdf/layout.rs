//! Puts texts into lines: the same height is the same line, a wide gap is a new cell.

use super::content::Run;
use super::{Cell, Line};

/// A gap of this part of the letter size is a blank.
const BLANK: f64 = 0.18;
/// A gap of this many letter sizes separates cells.
const COLUMN: f64 = 1.3;

/// Lines from top to bottom, cells from left to right.
pub(super) fn lines(mut runs: Vec<Run>) -> Vec<Line> {
    runs.retain(|run| !run.text.trim().is_empty());
    runs.sort_by(|a, b| b.y.total_cmp(&a.y));
    let mut rows: Vec<Vec<Run>> = Vec::new();
    for run in runs {
        match rows.last_mut() {
            Some(row) if same_height(row, &run) => row.push(run),
            _ => rows.push(vec![run]),
        }
    }
    rows.into_iter().map(line).collect()
}

fn same_height(row: &[Run], run: &Run) -> bool {
    row.first()
        .is_some_and(|first| (first.y - run.y).abs() <= (first.size.max(run.size) * 0.3).max(1.0))
}

fn line(mut row: Vec<Run>) -> Line {
    row.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut line = Line::default();
    let mut last: Option<Run> = None;
    for run in row {
        if last.as_ref().is_some_and(|last| drawn_twice(last, &run)) {
            continue;
        }
        let gap = last.as_ref().map_or(f64::INFINITY, |last| run.x - last.end);
        let size = run.size.max(1.0);
        match line.cells.last_mut() {
            Some(cell) if gap < size * COLUMN => {
                if gap > size * BLANK && !cell.text.ends_with(' ') && !run.text.starts_with(' ') {
                    cell.text.push(' ');
                }
                cell.text.push_str(&run.text);
            }
            _ => line.cells.push(Cell { x: run.x, text: run.text.clone() }),
        }
        last = Some(run);
    }
    for cell in &mut line.cells {
        cell.text = cell.text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    line.cells.retain(|cell| !cell.text.is_empty());
    line
}

/// Some writers make letters bold by drawing them twice.
fn drawn_twice(last: &Run, run: &Run) -> bool {
    last.text == run.text && (run.x - last.x).abs() < run.size * 0.15
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(x: f64, y: f64, text: &str) -> Run {
        let end = x + 5.0 * text.len() as f64;
        Run { x, end, y, size: 10.0, text: text.to_owned() }
    }

    #[test]
    fn gaps_make_blanks_and_cells() {
        let runs = vec![
            run(10.0, 90.0, "below"),
            run(10.0, 100.0, "na"),
            run(20.0, 100.4, "me:"),
            run(38.0, 100.0, "Ana"),
            run(38.2, 100.0, "Ana"),
            run(90.0, 100.0, "next"),
        ];
        let lines = lines(runs);
        let texts: Vec<Vec<&str>> = lines
            .iter()
            .map(|line| line.cells.iter().map(|cell| cell.text.as_str()).collect())
            .collect();
        assert_eq!(texts, [vec!["name: Ana", "next"], vec!["below"]]);
    }
}
