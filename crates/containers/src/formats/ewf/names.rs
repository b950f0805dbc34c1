//! How the segments of an image are named.

/// The names that segment `number` may have beside the first one, which is called `first`. None
/// when `first` is not named like a segment. Numbers up to 99 are written as such, then come two
/// letters, then the first letter rises: `.E99`, `.EAA`, `.EZZ`, `.FAA`, up to `.ZZZ`.
pub(super) fn of_segment(first: &[u8], number: u32) -> Vec<Vec<u8>> {
    let Some((stem, [letter, _, _])) = first.split_last_chunk::<3>() else { return Vec::new() };
    if !letter.is_ascii_alphabetic() || !stem.ends_with(b".") {
        return Vec::new();
    }
    let Some(end) = ending(letter.to_ascii_uppercase(), number) else { return Vec::new() };
    let mut ends = [end.to_ascii_uppercase(), end.to_ascii_lowercase()];
    if letter.is_ascii_lowercase() {
        ends.reverse();
    }
    ends.iter().map(|end| [stem, end].concat()).collect()
}

fn ending(letter: u8, number: u32) -> Option<Vec<u8>> {
    if number <= 99 {
        return Some(format!("{}{number:02}", char::from(letter)).into_bytes());
    }
    let above = number - 100;
    let digit = |value: u32| u8::try_from(value % 26).ok().map(|digit| b'A' + digit);
    let first = u32::from(letter).checked_add(above / 676)?;
    let first = u8::try_from(first).ok().filter(|first| *first <= b'Z')?;
    Some(vec![first, digit(above / 26)?, digit(above)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_named_in_order() {
        let check = |first: &str, number: u32, expected: &str| {
            let names = of_segment(first.as_bytes(), number);
            assert_eq!(names.first().map(Vec::as_slice), Some(expected.as_bytes()));
        };
        check("a.E01", 2, "a.E02");
        check("a.E01", 99, "a.E99");
        check("a.E01", 100, "a.EAA");
        check("a.e01", 126, "a.eba");
        check("a.E01", 775, "a.EZZ");
        check("a.E01", 776, "a.FAA");
        check("a.s01", 100, "a.saa");
        check("a.E01", 99 + 22 * 676, "a.ZZZ");
        assert!(of_segment(b"a.E01", 100 + 22 * 676).is_empty());
        assert!(of_segment(b"E01", 2).is_empty());
    }
}
