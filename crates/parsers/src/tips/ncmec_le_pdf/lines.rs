//! The lines of a report, without what every page repeats.

use super::words;
use crate::pdf::{Line, Text};
use std::collections::HashMap;

/// A line with its place.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) page: u32,
    pub(super) number: u32,
    pub(super) line: Line,
    pub(super) text: String,
    /// Head and foot of a page, and tables of contents.
    pub(super) is_furniture: bool,
}

impl Entry {
    /// The key under which the line is kept.
    pub(super) fn key(&self) -> String {
        format!("page {} line {}", self.page, self.number)
    }
}

/// Lines at either end of a page that may be its head or foot.
const EDGE: usize = 3;

/// All lines in order.
pub(super) fn entries(text: &Text) -> Vec<Entry> {
    let edges = edges(text);
    let often = text.pages.len().div_ceil(2).max(2);
    let mut entries = Vec::new();
    let mut contents = 0;
    for (page, lines) in (1..).zip(&text.pages) {
        for (number, line) in (1_u32..).zip(lines) {
            let text = line.text();
            if words::is_contents_heading(&text) {
                contents = page;
            }
            let repeated = edges.get(&text).is_some_and(|count| *count >= often)
                && is_edge(number as usize, lines.len());
            let is_furniture = contents == page
                || words::is_page_number(&text)
                || words::is_contents_line(&text)
                || repeated && !words::is_value(&text);
            entries.push(Entry { page, number, line: line.clone(), text, is_furniture });
        }
    }
    entries
}

/// On how many pages each text stands at the edge.
fn edges(text: &Text) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for lines in &text.pages {
        let mut seen: Vec<String> = (1..)
            .zip(lines)
            .filter(|(number, _)| is_edge(*number, lines.len()))
            .map(|(_, line)| line.text())
            .collect();
        seen.sort();
        seen.dedup();
        for text in seen {
            *counts.entry(text).or_default() += 1;
        }
    }
    counts
}

fn is_edge(number: usize, count: usize) -> bool {
    number <= EDGE || number + EDGE > count
}
