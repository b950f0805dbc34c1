//! Values of one line of a table. The engine of the crate `csv` reads them; the lines are framed
//! before, because a quote that is never closed would otherwise swallow the rows after it.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// Splits lines; holds the values of the last one.
pub(crate) struct Splitter {
    reader: Reader,
    delimiter: u8,
    text: Vec<u8>,
    ends: Vec<usize>,
    fields: usize,
}

/// What came of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Record {
    /// Its values are there.
    Whole,
    /// It ends inside a quote.
    Open,
    /// Something inside ends the row before the line does.
    Stray,
}

impl Splitter {
    /// Splits at this byte.
    pub(crate) fn new(delimiter: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Self { reader, delimiter, text: Vec::new(), ends: Vec::new(), fields: 0 }
    }

    /// The byte that separates values.
    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Splits one line, given without its end.
    pub(crate) fn split(&mut self, line: &[u8]) -> Record {
        self.reader.reset();
        self.fields = 0;
        // No value grows by being read, and each byte ends at most one.
        let room = line.len() + 2;
        if self.text.len() < room {
            self.text.resize(room, 0);
            self.ends.resize(room, 0);
        }
        let (result, read, wrote, ended) =
            self.reader.read_record(line, &mut self.text, &mut self.ends);
        if result != ReadRecordResult::InputEmpty {
            return if read == line.len() { self.whole(ended) } else { Record::Stray };
        }
        let text = self.text.get_mut(wrote..).unwrap_or_default();
        let ends = self.ends.get_mut(ended..).unwrap_or_default();
        let (result, _, _, more) = self.reader.read_record(b"\n", text, ends);
        match result {
            ReadRecordResult::Record => self.whole(ended + more),
            _ => Record::Open,
        }
    }

    /// The values of the last line that was whole.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &[u8]> {
        let ends = self.ends.get(..self.fields).unwrap_or_default();
        let starts = std::iter::once(&0).chain(ends);
        starts.zip(ends).map(|(start, end)| self.text.get(*start..*end).unwrap_or_default())
    }

    fn whole(&mut self, fields: usize) -> Record {
        self.fields = fields;
        Record::Whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_split_and_quotes_are_read() {
        let mut splitter = Splitter::new(b',');
        let mut check = |line: &str, expect: Record, values: &[&str]| {
            assert_eq!(splitter.split(line.as_bytes()), expect, "{line:?}");
            let found: Vec<_> = splitter.fields().map(String::from_utf8_lossy).collect();
            assert_eq!(found, values, "{line:?}");
        };
        check("a,b,c", Record::Whole, &["a", "b", "c"]);
        check("\"a,\"\"b\"\"\",", Record::Whole, &["a,\"b\"", ""]);
        check("a,5\" screen", Record::Whole, &["a", "5\" screen"]);
        check("a,\"b", Record::Open, &[]);
        check("a,\"b\nc\",d", Record::Whole, &["a", "b\nc", "d"]);
        check("a\rb", Record::Stray, &[]);
        check(",,", Record::Whole, &["", "", ""]);
    }
}
