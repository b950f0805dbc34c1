//! Lines and pages. A page is a list of marks; nothing here knows what a referral is.

use super::typeface::{Face, Typeface};

/// A4 in points.
pub(super) const PAGE_WIDTH: f32 = 595.28;
/// A4 in points.
pub(super) const PAGE_HEIGHT: f32 = 841.89;
const MARGIN: f32 = 50.0;
const BOTTOM: f32 = PAGE_HEIGHT - 56.0;
const TEXT_WIDTH: f32 = PAGE_WIDTH - 2.0 * MARGIN;
/// Width of the name column of a pair.
const NAME_WIDTH: f32 = 132.0;
const BODY: f32 = 9.5;
const SMALL: f32 = 7.5;

/// What to print, from top to bottom.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    /// Title of the document.
    Title(String),
    /// A coloured line under the title.
    Banner(String),
    /// Number and title of a field; `None` for a part that is no field.
    Heading(Option<u8>, String),
    /// A paragraph.
    Paragraph(String),
    /// A paragraph in small quiet letters.
    Note(String),
    /// A name and its value.
    Pair(String, String),
    /// A sentence, and a quiet line under it.
    Item(String, String),
    /// A table: relative widths, head, rows.
    Table(Vec<f32>, Vec<String>, Vec<Vec<String>>),
}

/// Colours by purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Text,
    Quiet,
    Accent,
    Rule,
    Shade,
    Paper,
}

/// Something to draw; `y` is the baseline of a text and the top of a box.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    Text { x: f32, y: f32, size: f32, face: Face, ink: Ink, text: String },
    Box { x: f32, y: f32, width: f32, height: f32, ink: Ink },
}

/// The marks of a page in drawing order.
pub(super) type Page = Vec<Mark>;

/// Lays the blocks out; `footer` is asked once the number of pages is known.
pub(super) fn pages(
    blocks: &[Block],
    faces: &Typeface,
    footer: &dyn Fn(usize, usize) -> String,
) -> Vec<Page> {
    let mut press = Press { faces, done: Vec::new(), page: Vec::new(), y: MARGIN };
    blocks.iter().for_each(|block| press.block(block));
    press.turn();
    let total = press.done.len();
    let mut pages = press.done;
    for (index, page) in pages.iter_mut().enumerate() {
        let y = PAGE_HEIGHT - 34.0;
        page.push(Mark::Box {
            x: MARGIN,
            y: y - 12.0,
            width: TEXT_WIDTH,
            height: 0.5,
            ink: Ink::Rule,
        });
        let text = faces.printable(&footer(index + 1, total));
        page.push(Mark::Text {
            x: MARGIN,
            y,
            size: SMALL,
            face: Face::Regular,
            ink: Ink::Quiet,
            text,
        });
    }
    pages
}

/// How letters look.
#[derive(Clone, Copy)]
struct Style {
    size: f32,
    face: Face,
    ink: Ink,
}

impl Style {
    const BODY: Self = Self { size: BODY, face: Face::Regular, ink: Ink::Text };
    const SMALL: Self = Self { size: SMALL, face: Face::Regular, ink: Ink::Quiet };
    const NAME: Self = Self { size: BODY, face: Face::Regular, ink: Ink::Quiet };
    const CELL: Self = Self { size: SMALL, face: Face::Regular, ink: Ink::Text };
    const HEAD: Self = Self { size: SMALL, face: Face::Bold, ink: Ink::Accent };

    fn leading(self) -> f32 {
        self.size * 1.32
    }
}

struct Press<'a> {
    faces: &'a Typeface,
    done: Vec<Page>,
    page: Page,
    y: f32,
}

impl Press<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Title(text) => self.title(text),
            Block::Banner(text) => self.banner(text),
            Block::Heading(number, text) => self.heading(*number, text),
            Block::Paragraph(text) => self.lines(MARGIN, TEXT_WIDTH, text, Style::BODY, 3.0),
            Block::Note(text) => self.lines(MARGIN, TEXT_WIDTH, text, Style::SMALL, 4.0),
            Block::Pair(name, value) => self.pair(name, value),
            Block::Item(text, under) => self.item(text, under),
            Block::Table(widths, head, rows) => self.table(widths, head, rows),
        }
    }

    /// Ends the page.
    fn turn(&mut self) {
        if !self.page.is_empty() {
            self.done.push(std::mem::take(&mut self.page));
        }
        self.y = MARGIN;
    }

    /// Turns the page unless this height still fits.
    fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.turn();
        }
    }

    fn put(&mut self, x: f32, y: f32, text: String, style: Style) {
        let Style { size, face, ink } = style;
        self.page.push(Mark::Text { x, y, size, face, ink, text });
    }

    fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) {
        self.page.push(Mark::Box { x, y, width, height, ink });
    }

    fn title(&mut self, text: &str) {
        let style = Style { size: 22.0, face: Face::Bold, ink: Ink::Accent };
        self.y += 8.0;
        self.lines(MARGIN, TEXT_WIDTH, text, style, 4.0);
    }

    fn banner(&mut self, text: &str) {
        let style = Style { size: 11.5, face: Face::Bold, ink: Ink::Paper };
        let lines = self.wrap(text, TEXT_WIDTH - 20.0, style);
        let height = style.leading() * lines.len() as f32 + 10.0;
        self.need(height);
        self.fill(MARGIN, self.y, TEXT_WIDTH, height, Ink::Accent);
        self.y += 5.0;
        for line in lines {
            self.y += style.leading();
            self.put(MARGIN + 10.0, self.y - 3.5, line, style);
        }
        self.y += 11.0;
    }

    /// A heading keeps some lines of its field with it.
    fn heading(&mut self, number: Option<u8>, text: &str) {
        let style = Style { size: 11.5, face: Face::Bold, ink: Ink::Accent };
        self.need(52.0);
        self.y += 8.0;
        self.fill(MARGIN, self.y, TEXT_WIDTH, 0.7, Ink::Rule);
        self.y += 3.0;
        let text = number.map_or_else(|| text.to_owned(), |number| format!("{number}. {text}"));
        self.lines(MARGIN, TEXT_WIDTH, &text, style, 3.0);
    }

    /// Wrapped lines, each of which may start a new page.
    fn lines(&mut self, x: f32, width: f32, text: &str, style: Style, after: f32) {
        for line in self.wrap(text, width, style) {
            self.need(style.leading());
            self.y += style.leading();
            self.put(x, self.y - style.size * 0.28, line, style);
        }
        self.y += after;
    }

    fn pair(&mut self, name: &str, value: &str) {
        let names = self.wrap(name, NAME_WIDTH - 8.0, Style::NAME);
        let values = self.wrap(value, TEXT_WIDTH - NAME_WIDTH, Style::BODY);
        for index in 0..names.len().max(values.len()) {
            self.need(Style::BODY.leading());
            self.y += Style::BODY.leading();
            let baseline = self.y - BODY * 0.28;
            if let Some(line) = names.get(index) {
                self.put(MARGIN, baseline, line.clone(), Style::NAME);
            }
            if let Some(line) = values.get(index) {
                self.put(MARGIN + NAME_WIDTH, baseline, line.clone(), Style::BODY);
            }
        }
        self.y += 2.0;
    }

    fn item(&mut self, text: &str, under: &str) {
        self.need(Style::BODY.leading() + Style::SMALL.leading());
        let bullet = self.y + Style::BODY.leading() - BODY * 0.28 - 3.6;
        self.fill(MARGIN + 1.0, bullet, 3.0, 3.0, Ink::Accent);
        self.lines(MARGIN + 12.0, TEXT_WIDTH - 12.0, text, Style::BODY, 0.0);
        if under.is_empty() {
            self.y += 3.0;
        } else {
            self.lines(MARGIN + 12.0, TEXT_WIDTH - 12.0, under, Style::SMALL, 4.0);
        }
    }

    /// Rows are never torn; the head stands on every page of the table.
    fn table(&mut self, widths: &[f32], head: &[String], rows: &[Vec<String>]) {
        let sum: f32 = widths.iter().sum();
        let columns: Vec<f32> = widths.iter().map(|width| width / sum * TEXT_WIDTH).collect();
        self.need(46.0);
        self.row(&columns, head, Style::HEAD, true);
        for row in rows {
            let height = self.row_height(&columns, row, Style::CELL);
            if self.y + height > BOTTOM {
                self.turn();
                self.row(&columns, head, Style::HEAD, true);
            }
            self.row(&columns, row, Style::CELL, false);
        }
        self.y += 4.0;
    }

    fn row_height(&self, columns: &[f32], cells: &[String], style: Style) -> f32 {
        let lines = |(width, cell): (&f32, &String)| self.wrap(cell, width - 6.0, style).len();
        let most = columns.iter().zip(cells).map(lines).max().unwrap_or(1);
        most as f32 * style.leading() + 5.0
    }

    fn row(&mut self, columns: &[f32], cells: &[String], style: Style, head: bool) {
        let height = self.row_height(columns, cells, style);
        if head {
            self.fill(MARGIN, self.y, TEXT_WIDTH, height, Ink::Shade);
        }
        let mut x = MARGIN;
        for (width, cell) in columns.iter().zip(cells) {
            let mut y = self.y + 2.0;
            for line in self.wrap(cell, width - 6.0, style) {
                y += style.leading();
                self.put(x + 3.0, y - style.size * 0.28, line, style);
            }
            x += width;
        }
        self.y += height;
        self.fill(MARGIN, self.y, TEXT_WIDTH, 0.4, Ink::Rule);
    }

    /// Breaks at blanks; a word longer than the line (a hash, a path) is cut where it must.
    fn wrap(&self, text: &str, width: f32, style: Style) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in self.faces.printable(text).split_whitespace() {
            let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.fits(&joined, width, style) {
                line = joined;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = self.cut(word, width, style, &mut lines);
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// Pushes full lines of a long word and returns the rest. A cut behind a separator is easier to
    /// read than one inside a number, so the last such place in the line is taken.
    fn cut(&self, word: &str, width: f32, style: Style, lines: &mut Vec<String>) -> String {
        let mut rest = String::new();
        for c in word.chars() {
            rest.push(c);
            if self.fits(&rest, width, style) || rest.chars().count() < 2 {
                continue;
            }
            let overflow = rest.len() - c.len_utf8();
            let full = rest.get(..overflow).unwrap_or("");
            let separator = full.rfind(['@', '-', '_', '/', '.', ':']).map(|at| at + 1);
            let at = separator.filter(|at| *at * 2 > overflow && *at < overflow);
            let tail = rest.split_off(at.unwrap_or(overflow));
            lines.push(std::mem::replace(&mut rest, tail));
        }
        rest
    }

    fn fits(&self, text: &str, width: f32, style: Style) -> bool {
        self.faces.width(text, style.face, style.size) <= width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lay(blocks: &[Block]) -> Vec<Page> {
        let faces = Typeface::load().unwrap();
        pages(blocks, &faces, &|page, pages| format!("{page}/{pages}"))
    }

    fn texts(page: &Page) -> Vec<&str> {
        let mut texts = Vec::new();
        for mark in page {
            if let Mark::Text { text, .. } = mark {
                texts.push(text.as_str());
            }
        }
        texts
    }

    #[test]
    fn long_words_are_cut_and_nothing_is_lost() {
        let hash = "0123456789abcdef".repeat(20);
        let pages = lay(&[Block::Paragraph(hash.clone())]);
        let printed: String = pages.iter().flat_map(texts).filter(|t| *t != "1/1").collect();
        assert_eq!(printed, hash);
    }

    #[test]
    fn a_table_repeats_its_head_and_stays_on_the_paper() {
        let rows: Vec<Vec<String>> =
            (0..200).map(|n| vec![format!("row {n}"), "b ".repeat(60)]).collect();
        let head = vec!["first".to_owned(), "second".to_owned()];
        let pages = lay(&[Block::Table(vec![1.0, 2.0], head, rows)]);
        assert!(pages.len() > 3);
        let last = format!("{0}/{0}", pages.len());
        assert!(texts(pages.last().unwrap()).contains(&last.as_str()));
        for page in &pages {
            assert_eq!(texts(page).first(), Some(&"first"));
            for mark in page {
                let (x, y) = match mark {
                    Mark::Text { x, y, .. } | Mark::Box { x, y, .. } => (*x, *y),
                };
                assert!((MARGIN..PAGE_WIDTH).contains(&x) && (0.0..PAGE_HEIGHT).contains(&y));
            }
        }
        let rows: usize =
            pages.iter().flat_map(texts).filter(|text| text.starts_with("row ")).count();
        assert_eq!(rows, 200);
    }
}
