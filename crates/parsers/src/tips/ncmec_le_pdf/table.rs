//! Rows under a head line: a text belongs to the column under whose head it begins.

use crate::pdf::Line;

/// How far left of its head a text may begin, in points.
const SLACK: f64 = 6.0;

/// A table that is being read.
#[derive(Debug, Default)]
pub(super) struct Table {
    columns: Vec<(f64, String)>,
    row: Option<Vec<String>>,
}

impl Table {
    /// Begins with its head line.
    pub(super) fn new(head: &Line) -> Self {
        let columns = head.cells.iter().map(|cell| (cell.x, cell.text.to_lowercase())).collect();
        Self { columns, row: None }
    }

    /// A head may be wrapped: the rest of it comes before the first row.
    pub(super) fn add_to_head(&mut self, line: &Line) {
        for cell in &line.cells {
            if let Some(at) = self.column(cell.x)
                && let Some((_, name)) = self.columns.get_mut(at)
            {
                name.push(' ');
                name.push_str(&cell.text.to_lowercase());
            }
        }
    }

    /// Whether a row was begun.
    pub(super) fn has_row(&self) -> bool {
        self.row.is_some()
    }

    /// Begins a row; the one before is handed back.
    pub(super) fn begin(&mut self, line: &Line) -> Option<Row> {
        let done = self.finish_row();
        self.row = Some(vec![String::new(); self.columns.len()]);
        self.add(line);
        done
    }

    /// Adds a line to the row: cells are wrapped.
    pub(super) fn add(&mut self, line: &Line) {
        for cell in &line.cells {
            let Some(at) = self.column(cell.x) else { continue };
            let Some(text) = self.row.as_mut().and_then(|row| row.get_mut(at)) else { continue };
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&cell.text);
        }
    }

    /// Whether the line stays clear of the first column, as the rest of a wrapped row does.
    pub(super) fn goes_on(&self, line: &Line) -> bool {
        self.has_row()
            && !line.cells.is_empty()
            && line.cells.iter().all(|cell| self.column(cell.x).is_some_and(|at| at > 0))
    }

    /// The row that is being read.
    pub(super) fn finish_row(&mut self) -> Option<Row> {
        let row = self.row.take()?;
        let names = self.columns.iter().map(|(_, name)| name.clone());
        Some(Row { cells: names.zip(row).collect() })
    }

    fn column(&self, x: f64) -> Option<usize> {
        self.columns.iter().rposition(|(left, _)| x >= left - SLACK)
    }
}

/// A row with the heads of its columns.
#[derive(Debug)]
pub(super) struct Row {
    cells: Vec<(String, String)>,
}

impl Row {
    /// The text of the first column whose head holds one of the words.
    pub(super) fn get(&self, words: &[&str]) -> Option<String> {
        let holds = |head: &str| {
            let mut parts = head.split(|c: char| !c.is_alphanumeric());
            parts.any(|part| words.contains(&part))
        };
        let (_, text) = self.cells.iter().find(|(head, _)| holds(head))?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// What no named column holds.
    pub(super) fn others(&self, words: &[&str]) -> Vec<String> {
        let taken = |head: &str| words.iter().any(|word| head.contains(word));
        let cells = self.cells.iter().filter(|(head, text)| !taken(head) && !text.is_empty());
        cells.map(|(head, text)| format!("{head}: {text}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::Cell;

    fn line(cells: &[(f64, &str)]) -> Line {
        let cell = |(x, text): &(f64, &str)| Cell { x: *x, text: (*text).to_owned() };
        Line { cells: cells.iter().map(cell).collect() }
    }

    #[test]
    fn missing_and_wrapped_cells_find_their_column() {
        let mut table = Table::new(&line(&[(10.0, "IP"), (80.0, "Region"), (150.0, "City")]));
        assert!(table.begin(&line(&[(10.0, "192.0.2.1"), (150.0, "Buenos")])).is_none());
        let rest = line(&[(151.0, "Aires")]);
        assert!(table.goes_on(&rest));
        table.add(&rest);
        let row = table.finish_row().unwrap();
        assert_eq!(row.get(&["ip"]).as_deref(), Some("192.0.2.1"));
        assert_eq!(row.get(&["region"]), None);
        assert_eq!(row.get(&["city"]).as_deref(), Some("Buenos Aires"));
    }
}
