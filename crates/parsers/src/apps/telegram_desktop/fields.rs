//! How single members of an export are written: kinds of chat, names, times, texts.

use crate::json::{Node, Object};
use amparo_model::{ChatKind, Moment, Zone};

/// What the word means, and the prefix that Telegram puts before ids of that kind.
pub(super) fn chat_kind(word: &str) -> (ChatKind, &'static str) {
    match word {
        "personal_chat" => (ChatKind::Direct, "user"),
        "bot_chat" => (ChatKind::Bot, "user"),
        "saved_messages" => (ChatKind::SavedMessages, "user"),
        "private_group" => (ChatKind::Group, "chat"),
        "private_supergroup" | "public_supergroup" => (ChatKind::Group, "channel"),
        "private_channel" | "public_channel" => (ChatKind::Channel, "channel"),
        _ => (ChatKind::Unknown, "unknown"),
    }
}

pub(super) fn full_name(person: &Object) -> Option<String> {
    let parts: Vec<_> =
        ["first_name", "last_name"].iter().filter_map(|key| person.text(key)).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// `<key>_unixtime` where it exists, else the wall clock. Old exports write 1970 for "never".
pub(super) fn moment(row: &Object, key: &str) -> Option<Moment> {
    let wall = row.text(key);
    if wall.as_deref().is_some_and(|text| text.starts_with("1970-01-01")) {
        return None;
    }
    if let Some(seconds) = row.integer(&format!("{key}_unixtime")) {
        return (seconds != 0).then(|| Moment::from_unix_s(seconds));
    }
    wall.map(|raw| Moment { raw, utc: None, zone: Zone::Unknown })
}

/// Text is a string, or an array of strings and of objects with `text`.
pub(super) fn text_of(row: &Object) -> Option<String> {
    let node = row.get("text")?;
    let text: String = if node.is_array() {
        let part = |node: Node| {
            if node.is_object() {
                node.object().get("text").and_then(|inner| inner.text().map(String::from))
            } else {
                node.text().map(String::from)
            }
        };
        node.items().filter_map(|item| part(item.node)).collect()
    } else {
        node.text()?.into_owned()
    };
    (!text.is_empty()).then_some(text)
}
