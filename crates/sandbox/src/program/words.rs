//! What a program says on its standard error: read to the end so that it never blocks, kept within
//! bounds, and cleaned, because a file can make it say anything.

use std::io::{BufRead, BufReader, Read};

/// Lines kept from the beginning, together at most this many bytes.
const KEPT_BYTES: usize = 4 << 20;
/// Lines kept from the end.
const LAST_LINES: usize = 8;
/// A longer line is cut, in bytes.
const LINE_BYTES: u64 = 1_024;
/// Longest complaint, in characters.
const COMPLAINT_CHARS: usize = 300;

/// The words of one program.
#[derive(Debug, Default)]
pub struct Words {
    /// The first lines, cleaned.
    pub lines: Vec<String>,
    last: std::collections::VecDeque<String>,
}

impl Words {
    /// Reads until the program closes its end.
    pub fn listen(errors: impl Read) -> Self {
        let (mut errors, mut words, mut room) =
            (BufReader::new(errors), Self::default(), KEPT_BYTES);
        let mut line = Vec::new();
        while matches!((&mut errors).take(LINE_BYTES).read_until(b'\n', &mut line), Ok(1..)) {
            let text = clean(&String::from_utf8_lossy(&line));
            line.clear();
            if words.last.len() == LAST_LINES {
                words.last.pop_front();
            }
            words.last.push_back(text.clone());
            if let Some(left) = room.checked_sub(text.len() + 1) {
                room = left;
                words.lines.push(text);
            }
        }
        words
    }

    /// The last lines that FFmpeg marks as errors, else the very last ones, in one line.
    pub fn complaint(&self) -> String {
        let marked = |line: &&String| line.contains("[error]") || line.contains("[fatal]");
        let errors: Vec<&str> = self.last.iter().filter(marked).map(String::as_str).collect();
        let chosen = match errors.is_empty() {
            true => self.last.iter().rev().take(2).rev().map(String::as_str).collect(),
            false => errors,
        };
        let text = chosen.join("; ");
        let text = if text.is_empty() { "it gave no reason".to_owned() } else { text };
        text.chars().take(COMPLAINT_CHARS).collect()
    }
}

/// Text without control characters and without the addresses of memory that FFmpeg prints, which
/// would make two runs differ.
pub fn clean(text: &str) -> String {
    let plain: String = text.trim_end().chars().filter(|c| !c.is_control()).collect();
    let mut out = String::with_capacity(plain.len());
    let mut rest = plain.as_str();
    while let Some((before, after)) = rest.split_once(" @ 0x") {
        out.push_str(before);
        rest = after.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cleaned_and_the_errors_are_chosen() {
        let text =
            b"[info] hello\n[mov @ 0x55d817626bc0] [error] moov \x1b[1matom\nConversion failed\n";
        let words = Words::listen(text.as_slice());
        assert_eq!(words.lines[1], "[mov] [error] moov [1matom");
        assert_eq!(words.complaint(), "[mov] [error] moov [1matom");
        assert_eq!(Words::listen(b"a\nb\nc".as_slice()).complaint(), "b; c");
        assert_eq!(Words::listen(b"".as_slice()).complaint(), "it gave no reason");
    }

    #[test]
    fn a_flood_of_words_is_read_to_its_end_and_kept_in_part() {
        let flood = "x".repeat(9 << 20);
        let words = Words::listen(flood.as_bytes());
        let kept: usize = words.lines.iter().map(String::len).sum();
        assert!(kept <= KEPT_BYTES && words.last.len() == LAST_LINES, "{kept}");
    }
}
