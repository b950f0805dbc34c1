//! Every rule of linking has its sentence in the three languages.

use amparo_network::kinds::RULES;
use amparo_text::{Lang, Text};

#[test]
fn every_rule_has_its_sentence_in_three_languages() {
    let ids = RULES.iter().flat_map(|(_, link, hint)| [*link, *hint]);
    let ids: Vec<String> = ids.map(|rule| format!("network-{rule}").replace('_', "-")).collect();
    for lang in Lang::ALL {
        let text = Text::new(lang);
        let missing: Vec<&String> = ids.iter().filter(|id| !text.has(id)).collect();
        assert!(missing.is_empty(), "{lang}: {missing:?}");
    }
}
