//! The smallest PDF that shows lines of text: one page, one built-in font.
//!
//! Source of the layout: ISO 32000-1, sections 7.5 (file structure) and 9.4 (text objects).

use std::fmt::Write;

/// A document with these lines on one A4 page. Characters outside ASCII are left out.
pub(crate) fn document(lines: &[String]) -> Vec<u8> {
    let content = content(lines);
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}endstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut text = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", text.len());
        let _ = write!(text, "{} 0 obj\n{object}\nendobj\n", number + 1);
    }
    let start = text.len();
    let size = objects.len() + 1;
    let trailer = format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    (text + &table + &trailer).into_bytes()
}

fn content(lines: &[String]) -> String {
    let mut text = "BT /F1 11 Tf 16 TL 60 780 Td\n".to_owned();
    for line in lines {
        let ascii: String = line.chars().filter(|c| c.is_ascii() && !c.is_control()).collect();
        let escaped = ascii.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        let _ = writeln!(text, "({escaped}) Tj T*");
    }
    text + "ET\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_points_at_each_object() {
        let text = String::from_utf8(document(&["a (b) c".to_owned()])).unwrap();
        let table = &text[text.find("xref").unwrap()..];
        for (number, row) in table.lines().skip(3).take(5).enumerate() {
            let offset: usize = row[..10].parse().unwrap();
            assert!(text[offset..].starts_with(&format!("{} 0 obj", number + 1)), "{row}");
        }
        assert!(text.contains("(a \\(b\\) c) Tj"));
    }
}
