//! Every rule that can appear on a screen has its sentence in the three languages.

use amparo_assess::{Lexicon, Rules, TipRules, routing, territory};
use amparo_text::{Lang, Text};

fn ids() -> Vec<String> {
    let (alarm, tips, lexicon) = (Rules::bundled(), TipRules::bundled(), Lexicon::bundled());
    let mut ids: Vec<String> = alarm.describe().iter().map(|r| format!("alarm-{}", r.id)).collect();
    ids.extend(lexicon.describe().iter().map(|r| format!("alarm-{}", r.id)));
    ids.extend(tips.describe().map(|r| format!("tip-{}", r.id)));
    ids.extend(tips.floors().iter().map(|floor| format!("tip-{}", floor.id)));
    ids.extend(routing::RULES.iter().map(|id| format!("tip-{id}")));
    ids.extend(territory::RULES.iter().map(|id| format!("tip-{id}")));
    ids.push("alarm-base-rate".to_owned());
    ids.iter().map(|id| id.replace('_', "-")).collect()
}

#[test]
fn every_rule_has_its_sentence_in_three_languages() {
    for lang in Lang::ALL {
        let text = Text::new(lang);
        let missing: Vec<String> = ids().into_iter().filter(|id| !text.has(id)).collect();
        assert!(missing.is_empty(), "{lang}: {missing:?}");
    }
}
