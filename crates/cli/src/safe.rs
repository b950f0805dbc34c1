//! Makes text from evidence harmless on a terminal.
//!
//! Evidence may hold control characters that repaint the screen, and bidirectional overrides that
//! make one file name look like another. Both are shown as escapes: visible, never obeyed, never
//! dropped, so that what is on the screen still identifies what is in the record.

/// Longest cell shown in a table; the JSON output is never cut.
const CELL_CHARS: usize = 300;

/// The text with every control character and direction mark spelled out.
#[must_use]
pub fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if acts_on_terminal(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    out
}

/// Like [`line()`], cut to what a table cell can show.
#[must_use]
pub fn cell(text: &str) -> String {
    let mut chars = text.chars();
    let head: String = chars.by_ref().take(CELL_CHARS).collect();
    let rest = if chars.next().is_some() { "…" } else { "" };
    format!("{}{rest}", line(&head))
}

/// JSON text whose strings hold no such character either; it still means the same.
#[must_use]
pub fn json(value: &serde_json::Value) -> String {
    let mut out = String::new();
    for c in value.to_string().chars() {
        if acts_on_terminal(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Control characters (C0, C1), line and paragraph separators, and every character that changes
/// the direction of text (Unicode Bidi_Control), zero-width joiners and the byte order mark.
fn acts_on_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_spelled_out_and_kept() {
        let check = |input: &str, expect: &str| assert_eq!(line(input), expect);
        check("Ñandú, ¿sí?", "Ñandú, ¿sí?");
        check("a\u{1b}[2Jb", "a\\u{1b}[2Jb");
        check("x\u{202e}gpj.exe", "x\\u{202e}gpj.exe");
        check("a\nb\u{9b}", "a\\u{a}b\\u{9b}");
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({"name": "a\u{202e}\u{9b}b\nc"});
        let text = json(&value);
        assert!(text.is_ascii(), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn a_cell_is_cut_visibly() {
        assert!(cell(&"x".repeat(5000)).ends_with('…'));
        assert_eq!(cell("short"), "short");
    }
}
