//! The kinds of keys, as tables and the store write them, with the rule that each stands for.

/// The provider's own id of an account, with the provider in front.
pub const ACCOUNT_ID: &str = "account_id";
/// Id of a device.
pub const DEVICE_ID: &str = "device_id";
/// E-mail address.
pub const EMAIL: &str = "email";
/// Telephone number.
pub const PHONE: &str = "phone";
/// Profile or other URL.
pub const URL: &str = "url";
/// Screen name, with the provider in front.
pub const SCREEN_NAME: &str = "screen_name";
/// The name that an account shows.
pub const DISPLAY_NAME: &str = "display_name";
/// IP address alone.
pub const IP: &str = "ip";
/// IP address with source port.
pub const IP_PORT: &str = "ip_port";
/// Number of a report: its own, and those that it names.
pub const REPORT: &str = "report";
/// Exact hash of a file.
pub const HASH: &str = "hash";

/// Kind, rule of a link over it, rule of a hint over it. The sentence is `network-<rule>`.
pub const RULES: [(&str, &str, &str); 11] = [
    (ACCOUNT_ID, "link_account_id", "hint_account_id"),
    (DEVICE_ID, "link_device_id", "hint_device_id"),
    (DISPLAY_NAME, "link_none", "hint_display_name"),
    (EMAIL, "link_email", "hint_email"),
    (HASH, "link_hash", "hint_hash"),
    (IP, "link_none", "hint_ip"),
    (IP_PORT, "link_ip_port", "hint_ip_port"),
    (PHONE, "link_phone", "hint_phone"),
    (REPORT, "link_report", "hint_report"),
    (SCREEN_NAME, "link_none", "hint_screen_name"),
    (URL, "link_url", "hint_url"),
];

/// Kinds that point to a person or to a device in somebody's hands. A shared file, a shared line
/// and a report number say that tips belong together, not that one person is behind them.
pub const OF_A_PERSON: [&str; 5] = [ACCOUNT_ID, DEVICE_ID, EMAIL, PHONE, URL];

pub(crate) fn link_rule(kind: &str) -> &'static str {
    rules(kind).map_or("link_none", |(_, link, _)| link)
}

pub(crate) fn hint_rule(kind: &str) -> &'static str {
    rules(kind).map_or("link_none", |(_, _, hint)| hint)
}

fn rules(kind: &str) -> Option<(&'static str, &'static str, &'static str)> {
    RULES.into_iter().find(|(of, _, _)| *of == kind)
}
