//! Letters of the usual encodings, their names and widths.
//!
//! Source: ISO 32000-1, annex D; widths of Helvetica as in its published font metrics.

/// What a byte means in the encoding of Windows, which PDF calls WinAnsi.
pub(super) fn windows_1252(code: u8) -> Option<char> {
    const UPPER: [char; 32] = [
        '€', '•', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '•', 'Ž', '•', '•', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '•', 'ž', 'Ÿ',
    ];
    match code {
        0..=31 | 127 => None,
        128..=159 => UPPER.get(usize::from(code - 128)).copied(),
        _ => Some(char::from(code)),
    }
}

/// Width of a letter of Helvetica in letter sizes; letters beyond ASCII have about this width.
pub(super) fn helvetica(code: u8) -> f64 {
    const WIDTHS: [u16; 95] = [
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556,
        556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722,
        722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722,
        667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556,
        556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,
        500, 334, 260, 334, 584,
    ];
    let index = usize::from(code).checked_sub(32);
    let width = index.and_then(|index| WIDTHS.get(index)).copied().unwrap_or(556);
    f64::from(width) / 1000.0
}

/// The letter that a name stands for.
pub(super) fn by_name(name: &str) -> Option<String> {
    let mut letters = name.chars();
    if let (Some(one), None) = (letters.next(), letters.next()) {
        return Some(one.to_string());
    }
    let digits = name.strip_prefix("uni").or_else(|| name.strip_prefix('u'));
    if let Some(code) = digits.and_then(|digits| u32::from_str_radix(digits.get(..4)?, 16).ok()) {
        return char::from_u32(code).map(String::from);
    }
    let known = NAMES.iter().find(|(known, _)| *known == name);
    known.map(|(_, letter)| (*letter).to_owned()).or_else(|| accented(name))
}

/// `eacute`, `Ntilde` and the like: a letter and a mark, joined.
fn accented(name: &str) -> Option<String> {
    use unicode_normalization::UnicodeNormalization;
    const MARKS: [(&str, char); 9] = [
        ("acute", '\u{301}'),
        ("grave", '\u{300}'),
        ("circumflex", '\u{302}'),
        ("dieresis", '\u{308}'),
        ("tilde", '\u{303}'),
        ("ring", '\u{30a}'),
        ("cedilla", '\u{327}'),
        ("caron", '\u{30c}'),
        ("ogonek", '\u{328}'),
    ];
    let mut letters = name.chars();
    let base = letters.next()?;
    let rest = letters.as_str();
    let (_, mark) = MARKS.iter().find(|(known, _)| *known == rest)?;
    Some([base, *mark].into_iter().nfc().collect())
}

const NAMES: [(&str, &str); 63] = [
    ("space", " "),
    ("exclam", "!"),
    ("quotedbl", "\""),
    ("numbersign", "#"),
    ("dollar", "$"),
    ("percent", "%"),
    ("ampersand", "&"),
    ("quotesingle", "'"),
    ("quoteright", "\u{2019}"),
    ("quoteleft", "\u{2018}"),
    ("quotedblleft", "\u{201c}"),
    ("quotedblright", "\u{201d}"),
    ("parenleft", "("),
    ("parenright", ")"),
    ("asterisk", "*"),
    ("plus", "+"),
    ("comma", ","),
    ("hyphen", "-"),
    ("minus", "-"),
    ("period", "."),
    ("slash", "/"),
    ("zero", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("colon", ":"),
    ("semicolon", ";"),
    ("less", "<"),
    ("equal", "="),
    ("greater", ">"),
    ("question", "?"),
    ("at", "@"),
    ("bracketleft", "["),
    ("backslash", "\\"),
    ("bracketright", "]"),
    ("asciicircum", "^"),
    ("underscore", "_"),
    ("grave", "`"),
    ("braceleft", "{"),
    ("bar", "|"),
    ("braceright", "}"),
    ("asciitilde", "~"),
    ("endash", "\u{2013}"),
    ("emdash", "\u{2014}"),
    ("bullet", "\u{2022}"),
    ("ellipsis", "\u{2026}"),
    ("degree", "\u{b0}"),
    ("questiondown", "\u{bf}"),
    ("exclamdown", "\u{a1}"),
    ("germandbls", "\u{df}"),
    ("Euro", "\u{20ac}"),
    ("fi", "fi"),
    ("fl", "fl"),
    ("ff", "ff"),
    ("ffi", "ffi"),
    ("ordfeminine", "\u{aa}"),
    ("ordmasculine", "\u{ba}"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_letters() {
        let check = |name: &str, expect: Option<&str>| {
            assert_eq!(by_name(name).as_deref(), expect, "{name}");
        };
        check("A", Some("A"));
        check("hyphen", Some("-"));
        check("uni00F1", Some("ñ"));
        check("ntilde", Some("ñ"));
        check("g0001", None);
    }
}
