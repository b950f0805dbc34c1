//! The smallest PDF writer: pages of lines in one built-in font.
//!
//! A recipe has one line of text per line and `---page---` between pages; a tabulator goes to the
//! next column. Source of the layout: ISO 32000-1, sections 7.5 and 9.4.

use std::fmt::Write;

/// Between the pages of a recipe.
pub const PAGE: &str = "---page---";
/// Width of a column in points.
const COLUMN: usize = 75;

/// Builds a document from its recipe.
pub fn from_recipe(text: &str) -> Vec<u8> {
    let mut pages: Vec<Vec<&str>> = vec![Vec::new()];
    for line in text.lines() {
        match line {
            PAGE => pages.push(Vec::new()),
            line => pages.last_mut().unwrap().push(line),
        }
    }
    document(&pages.iter().map(|lines| content(lines)).collect::<Vec<_>>())
}

/// A document with these page contents.
pub fn document(contents: &[Vec<u8>]) -> Vec<u8> {
    let kids: Vec<_> = (0..contents.len()).map(|at| format!("{} 0 R", 4 + 2 * at)).collect();
    let mut objects: Vec<Vec<u8>> = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), kids.len()).into_bytes(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_vec(),
    ];
    for (at, content) in contents.iter().enumerate() {
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 700 842] /Contents {} 0 R /Resources << \
             /Font << /F1 3 0 R >> >> >>",
            5 + 2 * at
        );
        objects.push(page.into_bytes());
        let mut stream = format!("<< /Length {} >>\nstream\n", content.len()).into_bytes();
        stream.extend_from_slice(content);
        stream.extend_from_slice(b"\nendstream");
        objects.push(stream);
    }
    file(&objects)
}

/// A document of these objects, numbered from 1; the first is its catalogue.
pub fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", bytes.len()).unwrap();
        bytes.extend_from_slice(format!("{} 0 obj\n", number + 1).as_bytes());
        bytes.extend_from_slice(object);
        bytes.extend_from_slice(b"\nendobj\n");
    }
    let (start, size) = (bytes.len(), objects.len() + 1);
    bytes.extend_from_slice(table.as_bytes());
    let end = format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    bytes.extend_from_slice(end.as_bytes());
    bytes
}

fn content(lines: &[&str]) -> Vec<u8> {
    let mut text = b"BT /F1 8 Tf\n".to_vec();
    for (row, line) in lines.iter().enumerate() {
        for (column, cell) in line.split('\t').enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let (x, y) = (40 + COLUMN * column, 800 - 12 * i64::try_from(row).unwrap());
            text.extend_from_slice(format!("1 0 0 1 {x} {y} Tm (").as_bytes());
            for letter in cell.chars() {
                if matches!(letter, '(' | ')' | '\\') {
                    text.push(b'\\');
                }
                // The letters of Latin-1 have the same codes in the encoding of the font.
                text.push(u8::try_from(letter).unwrap_or(b'?'));
            }
            text.extend_from_slice(b") Tj\n");
        }
    }
    text.extend_from_slice(b"ET");
    text
}
