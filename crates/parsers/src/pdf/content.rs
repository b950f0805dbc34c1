//! Walks over what a page draws and notes which text stands where.

use super::Budget;
use super::fonts::{Font, Fonts};
use hayro_syntax::content::UntypedIter;
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use hayro_syntax::page::Page;
use std::rc::Rc;

/// Forms inside forms.
const MAX_DEPTH: usize = 4;
/// Texts of one page.
const MAX_RUNS: usize = 200_000;
/// Saved states of one page.
const MAX_STATES: usize = 512;

/// A text as one operator draws it.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) x: f64,
    /// Where the next letter would stand.
    pub(super) end: f64,
    pub(super) y: f64,
    pub(super) size: f64,
    pub(super) text: String,
}

type Matrix = [f64; 6];
const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

#[derive(Clone)]
struct State {
    ctm: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    leading: f64,
    letter_gap: f64,
    word_gap: f64,
    stretch: f64,
    rise: f64,
}

pub(super) struct Walk<'w> {
    pub(super) runs: Vec<Run>,
    pub(super) unknown_letters: u64,
    budget: &'w mut Budget,
    fonts: &'w mut Fonts,
    state: State,
    saved: Vec<State>,
    text: Matrix,
    line: Matrix,
}

impl<'w> Walk<'w> {
    pub(super) fn new(budget: &'w mut Budget, fonts: &'w mut Fonts) -> Self {
        let state = State {
            ctm: IDENTITY,
            font: None,
            size: 1.0,
            leading: 0.0,
            letter_gap: 0.0,
            word_gap: 0.0,
            stretch: 1.0,
            rise: 0.0,
        };
        Self {
            runs: Vec::new(),
            unknown_letters: 0,
            budget,
            fonts,
            state,
            saved: Vec::new(),
            text: IDENTITY,
            line: IDENTITY,
        }
    }

    /// Draws the page.
    pub(super) fn page(&mut self, page: &Page<'_>) {
        let mut data = Vec::new();
        if let Some(stream) = page.raw().get::<Stream<'_>>("Contents") {
            data = self.budget.data(&stream);
        } else if let Some(list) = page.raw().get::<Array<'_>>("Contents") {
            for stream in list.iter::<Stream<'_>>() {
                data.extend(self.budget.data(&stream));
                data.push(b'\n');
            }
        }
        let resources = page.resources();
        self.run(&data, &resources.fonts, &resources.x_objects, 0);
    }

    fn run(&mut self, data: &[u8], fonts: &Dict<'_>, forms: &Dict<'_>, depth: usize) {
        let mut operators = UntypedIter::new(data);
        while let Some(instruction) = operators.next() {
            if self.runs.len() >= MAX_RUNS {
                self.budget.cut = true;
                return;
            }
            let operands: Vec<_> = instruction.operands().collect();
            let name: &[u8] = instruction.operator;
            match name {
                b"Tf" => self.set_font(fonts, &operands),
                b"Do" if depth < MAX_DEPTH => self.form(fonts, forms, &operands, depth),
                _ => {
                    if !self.state_operator(name, &operands) {
                        self.text_operator(name, &operands);
                    }
                }
            }
        }
    }

    fn state_operator(&mut self, name: &[u8], operands: &[&Object<'_>]) -> bool {
        let number = || operands.first().and_then(|o| number(o)).unwrap_or(0.0);
        match name {
            b"q" if self.saved.len() < MAX_STATES => self.saved.push(self.state.clone()),
            b"Q" => {
                if let Some(state) = self.saved.pop() {
                    self.state = state;
                }
            }
            b"cm" => {
                if let Some(matrix) = matrix(operands) {
                    self.state.ctm = times(&matrix, &self.state.ctm);
                }
            }
            b"Tc" => self.state.letter_gap = number(),
            b"Tw" => self.state.word_gap = number(),
            b"Tz" => self.state.stretch = number() / 100.0,
            b"TL" => self.state.leading = number(),
            b"Ts" => self.state.rise = number(),
            _ => return false,
        }
        true
    }

    fn text_operator(&mut self, name: &[u8], operands: &[&Object<'_>]) {
        let numbers: Vec<f64> = operands.iter().filter_map(|object| number(object)).collect();
        match (name, numbers.as_slice()) {
            (b"BT", _) => (self.text, self.line) = (IDENTITY, IDENTITY),
            (b"Td", [x, y]) => self.move_line(*x, *y),
            (b"TD", [x, y]) => {
                self.state.leading = -y;
                self.move_line(*x, *y);
            }
            (b"Tm", _) => {
                if let Some(matrix) = matrix(operands) {
                    (self.text, self.line) = (matrix, matrix);
                }
            }
            (b"T*", _) => self.move_line(0.0, -self.state.leading),
            (b"Tj", _) => self.show_all(operands),
            (b"'", _) => {
                self.move_line(0.0, -self.state.leading);
                self.show_all(operands);
            }
            (b"\"", [word, letter]) => {
                (self.state.word_gap, self.state.letter_gap) = (*word, *letter);
                self.move_line(0.0, -self.state.leading);
                self.show_all(operands.get(2..).unwrap_or_default());
            }
            (b"TJ", _) => {
                if let Some(Object::Array(list)) = operands.first() {
                    let parts: Vec<Object<'_>> = list.iter::<Object<'_>>().collect();
                    self.show_all(&parts.iter().collect::<Vec<_>>());
                }
            }
            _ => {}
        }
    }

    fn move_line(&mut self, x: f64, y: f64) {
        self.line = times(&[1.0, 0.0, 0.0, 1.0, x, y], &self.line);
        self.text = self.line;
    }

    /// Strings are drawn, numbers move the pen back.
    fn show_all(&mut self, parts: &[&Object<'_>]) {
        for part in parts {
            match part {
                Object::String(string) => self.show(string.as_bytes()),
                Object::Number(back) => self.advance(-back.as_f64() / 1000.0 * self.state.size),
                _ => {}
            }
        }
    }

    fn show(&mut self, bytes: &[u8]) {
        let Some(font) = self.state.font.clone() else { return };
        let place = times(&self.text, &self.state.ctm);
        let (start, y) = point(&place, 0.0, self.state.rise);
        let mut text = String::new();
        for letter in font.letters(bytes) {
            match letter.text {
                Some(known) => text.push_str(known),
                None => {
                    text.push(char::REPLACEMENT_CHARACTER);
                    self.unknown_letters += 1;
                }
            }
            let word = if letter.is_blank { self.state.word_gap } else { 0.0 };
            self.advance(letter.width * self.state.size + self.state.letter_gap + word);
        }
        let (end, _) = point(&times(&self.text, &self.state.ctm), 0.0, self.state.rise);
        let size = (self.state.size * place[0].hypot(place[1])).abs();
        if !text.is_empty() && start.is_finite() && y.is_finite() {
            self.runs.push(Run { x: start, end, y, size, text });
        }
    }

    fn advance(&mut self, by: f64) {
        self.text = times(&[1.0, 0.0, 0.0, 1.0, by * self.state.stretch, 0.0], &self.text);
    }

    fn set_font(&mut self, fonts: &Dict<'_>, operands: &[&Object<'_>]) {
        if let [Object::Name(name), size, ..] = operands {
            self.state.font = self.fonts.get(fonts, name, self.budget);
            self.state.size = number(size).unwrap_or(1.0);
        }
    }

    fn form(&mut self, fonts: &Dict<'_>, forms: &Dict<'_>, operands: &[&Object<'_>], depth: usize) {
        let Some(Object::Name(name)) = operands.first() else { return };
        let Some(stream) = forms.get::<Stream<'_>>(name) else { return };
        let kind = stream.dict().get::<Name<'_>>("Subtype");
        if kind.is_none_or(|kind| kind.as_ref() != b"Form") {
            return;
        }
        let before = (self.state.clone(), self.text, self.line);
        if let Some(matrix) = stream.dict().get::<[f64; 6]>("Matrix") {
            self.state.ctm = times(&matrix, &self.state.ctm);
        }
        let data = self.budget.data(&stream);
        match stream.dict().get::<Dict<'_>>("Resources") {
            Some(own) => {
                let inner = |key: &str| own.get::<Dict<'_>>(key).unwrap_or_default();
                self.run(&data, &inner("Font"), &inner("XObject"), depth + 1);
            }
            None => self.run(&data, fonts, forms, depth + 1),
        }
        (self.state, self.text, self.line) = before;
    }
}

fn number(object: &Object<'_>) -> Option<f64> {
    match object {
        Object::Number(number) => Some(number.as_f64()),
        _ => None,
    }
}

fn matrix(operands: &[&Object<'_>]) -> Option<Matrix> {
    let numbers: Vec<f64> = operands.iter().filter_map(|object| number(object)).collect();
    numbers.try_into().ok()
}

/// The first matrix, then the second.
fn times(a: &Matrix, b: &Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

fn point(m: &Matrix, x: f64, y: f64) -> (f64, f64) {
    (m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])
}
