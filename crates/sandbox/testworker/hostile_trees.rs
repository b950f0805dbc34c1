//! Workers in an enemy's hands that were given a container. The test's has 10,240 bytes.

use crate::hostile::{json, say};
use serde_json::json;

const DONE: u8 = 134;
const WANT: u8 = 135;
const ENTRIES: u8 = 137;
const OPENED: u8 = 138;
const CONTENT: u8 = 139;
const READ_END: u8 = 140;
const BESIDE: u8 = 141;

/// Misbehaves as its name says, after it opened the container in good order. `false` when it knows
/// no such name.
pub fn run(name: &str) -> bool {
    say(DONE, b"");
    match name {
        "tree_control_in_path" => entry("a\u{1b}[2J", &[512]),
        "tree_bad_escape" => entry("a%zz", &[512]),
        "tree_no_path" => entry("", &[512]),
        "tree_endless_path" => entry(&"a/".repeat(1 << 16), &[512]),
        "tree_no_place" => entry("a", &[]),
        "tree_deep_place" => entry("a", &[1; 33]),
        "tree_endless_format" => opened("a.zip", &"z".repeat(201)),
        "tree_container_elsewhere" => opened("a\n.zip", "zip/1"),
        "tree_unasked_content" | "tree_content" => say(CONTENT, &[b'x'; 20]),
        "tree_more_content" => (0..3).for_each(|_| say(CONTENT, &[b'x'; 20])),
        "tree_unasked_end" => say(READ_END, &json(&json!({ "problems": [], "failed": null }))),
        "tree_wants_outside" => want(10_000, 241, 0),
        "tree_wants_no_file" => want(0, 1, 1),
        "tree_wants_past_numbers" => want(u64::MAX, 2, 0),
        "tree_beside_bad" => say(BESIDE, &json(&"../\u{7}")),
        "tree_done_with_body" => say(DONE, b"and more"),
        _ => return false,
    }
    true
}

fn entry(path: &str, place: &[u64]) {
    say(ENTRIES, &json(&json!([{ "path": path, "size": 1, "place": place }])));
}

fn opened(path: &str, format: &str) {
    say(OPENED, &json(&json!([{ "path": path, "formats": [format] }])));
}

fn want(offset: u64, length: u64, file: usize) {
    say(WANT, &json(&json!({ "offset": offset, "length": length, "file": file })));
}
