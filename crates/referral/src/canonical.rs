//! One value, one text: JSON with sorted keys, so that a file can be hashed and made again.

use serde::Serialize;
use serde_json::Value;

/// Sorted keys, two blanks of indentation, one newline at the end.
pub(crate) fn pretty(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json::to_vec_pretty(&sorted(serde_json::to_value(value)?))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Sorted keys, no blanks, one newline at the end: one line, as signed receipts carry it.
pub(crate) fn line(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json::to_vec(&sorted(serde_json::to_value(value)?))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Independent of whether some crate of the build turns on serde_json's insertion order.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<(String, Value)> = map.into_iter().collect();
            pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(pairs.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let value = serde_json::json!({"b": {"z": 1, "a": [{"y": 1, "x": 2}]}, "a": null});
        let expect = "{\"a\":null,\"b\":{\"a\":[{\"x\":2,\"y\":1}],\"z\":1}}\n";
        assert_eq!(line(&value).map(String::from_utf8).unwrap().as_deref(), Ok(expect));
    }
}
