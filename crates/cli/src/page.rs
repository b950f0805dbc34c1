//! What a command shows to people: lines, tables, and headings; plain text when nobody looks.

use crate::{safe, say::Say};
use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};

/// Text under construction.
pub struct Page<'a> {
    say: &'a Say,
    terminal: bool,
    out: String,
}

impl<'a> Page<'a> {
    /// An empty page. With `terminal`, tables fit the window and headings are bold.
    #[must_use]
    pub fn new(say: &'a Say, terminal: bool) -> Self {
        Self { say, terminal, out: String::new() }
    }

    /// The language of this page.
    #[must_use]
    pub fn say(&self) -> &'a Say {
        self.say
    }

    /// A sentence by its id.
    pub fn say_line(&mut self, id: &str, args: &[(&str, &str)]) {
        let line = self.say.get(id, args);
        self.push(&line);
    }

    /// A line whose text may come from evidence.
    pub fn line(&mut self, text: &str) {
        self.push(&safe::line(text));
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.out.push('\n');
    }

    /// A sentence that introduces what follows.
    pub fn heading(&mut self, id: &str, args: &[(&str, &str)]) {
        let line = self.say.get(id, args);
        let line = if self.terminal { format!("\u{1b}[1m{line}\u{1b}[0m") } else { line };
        self.push(&line);
    }

    /// A table; the headings are ids, the cells may come from evidence. Nothing when there are no
    /// rows.
    pub fn table(&mut self, headings: &[&str], rows: Vec<Vec<String>>) {
        if rows.is_empty() {
            return;
        }
        let mut table = Table::new();
        table.load_style(presets::UTF8_HORIZONTAL_ONLY);
        let arrangement =
            if self.terminal { ContentArrangement::Dynamic } else { ContentArrangement::Disabled };
        table.set_content_arrangement(arrangement);
        table.set_header(headings.iter().map(|id| self.heading_cell(id)));
        for row in rows {
            table.add_row(row.iter().map(|text| safe::cell(text)));
        }
        let text = table.trim_fmt();
        self.push(&text);
    }

    /// The finished text.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    fn heading_cell(&self, id: &str) -> Cell {
        let cell = Cell::new(self.say.just(id));
        if self.terminal { cell.add_attribute(Attribute::Bold) } else { cell }
    }

    fn push(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }
}
