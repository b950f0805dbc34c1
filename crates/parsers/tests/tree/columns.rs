//! A field that stays empty in a whole fixture is a mapping mistake or a gap; a gap is declared.

use crate::support::{fixture, none, parsers};
use serde_json::Value;
use std::collections::BTreeMap;

#[test]
fn no_field_stays_empty_unless_a_gap_says_so() {
    let mut offenders = Vec::new();
    for parser in parsers() {
        let mut filled: BTreeMap<String, bool> = BTreeMap::new();
        for record in fixture(parser).parse(parser).records {
            let value = serde_json::to_value(record.record()).unwrap();
            let kind = value["kind"].as_str().unwrap().to_owned();
            for (field, value) in value.as_object().unwrap() {
                *filled.entry(format!("`{kind}.{field}`")).or_default() |= !empty(value);
            }
        }
        let gaps = parser.spec().gaps.join(" ");
        let lost = filled.iter().filter(|(name, filled)| !**filled && !gaps.contains(*name));
        offenders.extend(lost.map(|(name, _)| format!("{}: {name}", parser.spec().id)));
    }
    none("fields empty in every record and in no declared gap", &offenders);
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}
