//! The originator's level as written, and the rule it stands for.

/// The rule of a level. Several in one text give the most urgent; words that are none of these, or
/// a "not" among them, give "unknown", which is not low.
pub(super) fn rule(text: &str) -> &'static str {
    let parts = text.split(|c: char| !c.is_alphanumeric()).map(crate::lexicon::fold);
    let mut found: Option<usize> = None;
    for word in parts.filter(|word| !word.is_empty()) {
        if FILLING.contains(&word.as_str()) {
            continue;
        }
        let known = LEVELS.iter().position(|(words, _)| words.contains(&word.as_str()));
        let Some(known) = known else { return UNKNOWN };
        found = Some(found.map_or(known, |before| before.min(known)));
    }
    found.and_then(|at| LEVELS.get(at)).map_or(UNKNOWN, |(_, rule)| rule)
}

const UNKNOWN: &str = "originator_level_unknown";

/// Most urgent first. `E` stands above 3: nobody has looked.
const LEVELS: [(&[&str], &str); 5] = [
    (&["1", "p1"], "originator_level_1"),
    (&["urgent", "urgente", "sensitive", "sensivel", "sensible"], "originator_urgent"),
    (&["2", "p2"], "originator_level_2"),
    (&["e"], "originator_level_e"),
    (&["3", "p3"], "originator_level_3"),
];

/// Words around a level that say nothing of their own.
const FILLING: [&str; 13] = [
    "priority",
    "prioridad",
    "prioridade",
    "level",
    "nivel",
    "ncmec",
    "referral",
    "time",
    "tiempo",
    "tempo",
    "and",
    "y",
    "al",
];

#[cfg(test)]
mod tests {
    use super::rule;

    #[test]
    fn levels_are_read_whatever_stands_around_them() {
        let check = |text: &str, expect: &str| assert_eq!(rule(text), expect, "{text}");
        check("1", "originator_level_1");
        check(" Priority Level: 2 ", "originator_level_2");
        check("P3", "originator_level_3");
        check("e", "originator_level_e");
        check("E", "originator_level_e");
        check("URGENT", "originator_urgent");
        check("Time-Sensitive", "originator_urgent");
        check("urgente", "originator_urgent");
        check("2 (urgent)", "originator_urgent");
        check("E / 3", "originator_level_e");
        check("not urgent", "originator_level_unknown");
        check("elevated", "originator_level_unknown");
        check("10", "originator_level_unknown");
        check("", "originator_level_unknown");
        check("—", "originator_level_unknown");
    }
}
