//! One act, and its canonical form.

use crate::AuditError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Somebody did something to something. What is written here stays for ever: ids, counts and hashes
/// only, never erased data, never file names or content of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// When, in milliseconds since 1970 UTC, by the caller's clock.
    pub at: i64,
    /// Login name of the person, or the name of the part of the program that acted.
    pub actor: String,
    /// Their role at that moment.
    pub role: String,
    /// What they did, in the words of `authz` (`read_evidence`), or an outcome (`refused`).
    pub action: String,
    /// To what: an id (`evidence/E-1`), never a path.
    pub object: String,
    /// Under which case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// Why, in the person's words; the law asks for it at consultation and disclosure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Counts, hashes and ids that belong to it; `Null` when there is nothing to add.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub detail: Value,
}

/// Keys under which content would slip in. The list is a net, not a proof: whoever writes an act
/// remains responsible for what it says.
const CONTENT_KEYS: [&str; 10] = [
    "path",
    "paths",
    "file",
    "files",
    "file_name",
    "filename",
    "excerpt",
    "text",
    "body",
    "content",
];

/// Longest entry that the two-byte length of a bundle can tell.
const MAX_ENTRY: usize = u16::MAX as usize;

/// The bytes of every act of a batch; all of them or none.
pub(crate) fn encode_all(acts: &[Act]) -> Result<Vec<Vec<u8>>, AuditError> {
    acts.iter().enumerate().map(|(index, act)| encode(index, act)).collect()
}

/// Reads an entry back.
pub(crate) fn decode(index: u64, bytes: &[u8]) -> Result<Act, AuditError> {
    serde_json::from_slice(bytes).map_err(|_| AuditError::Unreadable { index })
}

impl Act {
    /// The bytes that are hashed: JSON without blanks, keys sorted by their bytes at every depth,
    /// numbers and strings as `serde_json` writes them, absent fields left out.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let mut fields = Map::new();
        let text = |text: &str| Value::String(text.to_owned());
        fields.insert("action".into(), text(&self.action));
        fields.insert("actor".into(), text(&self.actor));
        fields.insert("at".into(), self.at.into());
        fields.insert("object".into(), text(&self.object));
        fields.insert("role".into(), text(&self.role));
        if let Some(case) = &self.case {
            fields.insert("case".into(), text(case));
        }
        if let Some(reason) = &self.reason {
            fields.insert("reason".into(), text(reason));
        }
        if !self.detail.is_null() {
            fields.insert("detail".into(), self.detail.clone());
        }
        let mut out = String::new();
        write_value(&Value::Object(fields), &mut out);
        out.into_bytes()
    }
}

fn encode(index: usize, act: &Act) -> Result<Vec<u8>, AuditError> {
    refuse_content(&act.detail)?;
    let bytes = act.canonical();
    if bytes.len() > MAX_ENTRY {
        return Err(AuditError::TooLong { index, bytes: bytes.len() });
    }
    Ok(bytes)
}

fn refuse_content(value: &Value) -> Result<(), AuditError> {
    match value {
        Value::Object(map) => map.iter().try_for_each(|(key, value)| {
            if CONTENT_KEYS.contains(&key.to_ascii_lowercase().as_str()) {
                return Err(AuditError::ContentInDetail { key: key.clone() });
            }
            refuse_content(value)
        }),
        Value::Array(values) => values.iter().try_for_each(refuse_content),
        _ => Ok(()),
    }
}

/// Sorts by itself, because the order of `serde_json`'s map depends on a feature that any other
/// crate of the build could switch on.
fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut fields: Vec<_> = map.iter().collect();
            fields.sort_by_key(|(key, _)| key.as_bytes());
            write_list(out, ['{', '}'], fields, |(key, value), out| {
                out.push_str(&Value::String(key.clone()).to_string());
                out.push(':');
                write_value(value, out);
            });
        }
        Value::Array(values) => write_list(out, ['[', ']'], values, write_value),
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn write_list<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl IntoIterator<Item = T>,
    write: impl Fn(T, &mut String),
) {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn act(detail: Value) -> Act {
        Act {
            at: 1_772_438_400_000,
            actor: "ruiz".into(),
            role: "examiner".into(),
            action: "read_evidence".into(),
            object: "evidence/E-1".into(),
            case: Some("ALC-1".into()),
            reason: None,
            detail,
        }
    }

    #[test]
    fn keys_are_sorted_at_every_depth_and_absent_fields_left_out() {
        let text = String::from_utf8(act(json!({"z": [{"b": 1, "a": 2}], "a": "\n"})).canonical());
        assert_eq!(
            text.expect("UTF-8"),
            concat!(
                r#"{"action":"read_evidence","actor":"ruiz","at":1772438400000,"case":"ALC-1","#,
                r#""detail":{"a":"\n","z":[{"a":2,"b":1}]},"object":"evidence/E-1","#,
                r#""role":"examiner"}"#
            )
        );
    }

    #[test]
    fn what_was_written_is_read_back() {
        let act = act(json!({"records": 12}));
        assert_eq!(decode(0, &act.canonical()).expect("an act"), act);
        assert!(matches!(decode(3, b"{}"), Err(AuditError::Unreadable { index: 3 })));
    }

    #[test]
    fn content_and_oversized_acts_are_refused() {
        let named = act(json!({"list": [{"File_Name": "x"}]}));
        assert!(matches!(encode(0, &named), Err(AuditError::ContentInDetail { .. })));
        let long = act(json!({"note": "x".repeat(70_000)}));
        assert!(matches!(encode(4, &long), Err(AuditError::TooLong { index: 4, .. })));
    }
}
