//! How identifiers are written for comparison. The raw text always stays beside the result.

use std::net::{IpAddr, Ipv6Addr};

/// Lower case, without blanks around and without a final dot.
pub(crate) fn email(raw: &str) -> String {
    raw.trim().trim_end_matches('.').to_lowercase()
}

/// Digits, with `+` when the country is stated; a tail in brackets and an extension are left out.
pub(crate) fn phone(raw: &str) -> String {
    let lower = raw.trim().to_lowercase();
    // Some write the area code in brackets, so only a bracket after seven digits is a tail.
    let tail = |at: usize| {
        let (before, rest) = lower.split_at(at);
        rest.starts_with(['(', 'x', 'e']) && digits(before).len() >= 7
    };
    let cut = lower.char_indices().map(|(at, _)| at).find(|at| tail(*at)).unwrap_or(lower.len());
    let number = lower.get(..cut).unwrap_or(&lower);
    let all = digits(number);
    match (number.starts_with('+'), all.strip_prefix("00")) {
        (true, _) => format!("+{all}"),
        (false, Some(rest)) => format!("+{rest}"),
        (false, None) => all,
    }
}

/// An account id or screen name, made unique by the provider in front.
pub(crate) fn at_provider(provider: &str, raw: &str) -> String {
    format!("{}:{}", provider_name(provider), raw.trim())
}

/// The provider's name without legal form and case, so that `Example, Inc.` is `example`.
pub(crate) fn provider_name(raw: &str) -> String {
    let mut name = raw.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    for form in ["inc.", "inc", "llc", "ltd.", "ltd", "limited", "corp.", "corp", "s.a.", "gmbh"] {
        if let Some(rest) = name.strip_suffix(form)
            && rest.ends_with([' ', ','])
        {
            name = rest.trim_end_matches([' ', ',']).to_owned();
            break;
        }
    }
    name
}

/// Scheme and host in lower case, the rest as it is.
pub(crate) fn url(raw: &str) -> String {
    let raw = raw.trim();
    let (scheme, rest) = raw.split_once("://").unwrap_or(("https", raw));
    let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(at);
    let path = if path == "/" { "" } else { path };
    format!("{}://{}{path}", scheme.to_lowercase(), host.to_lowercase())
}

/// The address and port in a text that may hold both. Zone ids are left out; an IPv4 address
/// written as IPv6 becomes IPv4.
pub(crate) fn ip_and_port(raw: &str) -> (Option<String>, Option<u16>) {
    let text = raw.trim();
    if let Some(ip) = ip(text) {
        return (Some(ip), None);
    }
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, tail)) => (host, tail.strip_prefix(':').unwrap_or("")),
        None => text.rsplit_once(':').unwrap_or((text, "")),
    };
    match ip(host) {
        Some(ip) => (Some(ip), self::port(port)),
        None => (None, None),
    }
}

/// A usable port; 0 is none.
pub(crate) fn port(text: &str) -> Option<u16> {
    text.trim().parse().ok().filter(|port| *port != 0)
}

fn ip(text: &str) -> Option<String> {
    let without_zone = text.split('%').next().unwrap_or(text);
    if let Ok(ip) = without_zone.parse::<IpAddr>() {
        return Some(ip.to_canonical().to_string());
    }
    padded_ip(without_zone)
}

/// `010.000.000.001` and `2001:0db8::0001` padded beyond four digits, as some logs write them.
fn padded_ip(text: &str) -> Option<String> {
    let strip = |part: &str| match part.trim_start_matches('0') {
        "" if !part.is_empty() => "0".to_owned(),
        rest => rest.to_owned(),
    };
    let join = |separator: char, mark: &str| {
        text.split(separator).map(strip).collect::<Vec<_>>().join(mark)
    };
    if text.contains(':') {
        return join(':', ":").parse::<Ipv6Addr>().ok().map(|ip| ip.to_string());
    }
    join('.', ".").parse::<std::net::Ipv4Addr>().ok().map(|ip| ip.to_string())
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_compare_whatever_their_writing() {
        let check = |raw: &str, expect: &str| assert_eq!(phone(raw), expect, "{raw}");
        check("+34 600 000 001", "+34600000001");
        check("+34600000001 (Verified 01-01-2024)", "+34600000001");
        check("0034 600-000-001", "+34600000001");
        check("600 000 001", "600000001");
        check("+1 (555) 010-0001 ext 12", "+15550100001");
        check("+15550100001x12", "+15550100001");
    }

    #[test]
    fn addresses_are_found_with_and_without_port() {
        let check = |raw: &str, ip: Option<&str>, port: Option<u16>| {
            assert_eq!(ip_and_port(raw), (ip.map(str::to_owned), port), "{raw}");
        };
        check("192.0.2.1", Some("192.0.2.1"), None);
        check("192.0.2.1:443", Some("192.0.2.1"), Some(443));
        check("192.000.002.001", Some("192.0.2.1"), None);
        check("2001:DB8:0:0:0:0:0:1", Some("2001:db8::1"), None);
        check("[2001:db8::1]:8080", Some("2001:db8::1"), Some(8080));
        check("fe80::1%eth0", Some("fe80::1"), None);
        check("::ffff:192.0.2.1", Some("192.0.2.1"), None);
        check("192.0.2.1:0", Some("192.0.2.1"), None);
        check("192.0.2.1:70000", Some("192.0.2.1"), None);
        check("host.example.org", None, None);
        check("192.0.2.1, 192.0.2.2", None, None);
        check("", None, None);
    }

    #[test]
    fn providers_compare_without_legal_form() {
        assert_eq!(at_provider("Example,  Inc.", " Ana "), "example:Ana");
        assert_eq!(provider_name("Zinc"), "zinc");
    }

    #[test]
    fn urls_keep_the_case_of_their_path() {
        assert_eq!(url("HTTPS://Example.ORG/Ana"), "https://example.org/Ana");
        assert_eq!(url("example.org/"), "https://example.org");
    }
}
