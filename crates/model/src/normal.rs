//! How identifiers are written for comparison, so that a tip and an exhibit that name the same
//! person name them alike. The raw text always stays beside the result.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// Lower case, without blanks around and without a final dot; a host in another script becomes
/// what the network carries. A `+` and what follows it stays: only some providers ignore it.
#[must_use]
pub fn email(raw: &str) -> String {
    let text = visible(raw).trim().trim_end_matches('.').to_lowercase();
    match text.rsplit_once('@') {
        Some((local, host)) if !host.is_ascii() => match idna::domain_to_ascii(host) {
            Ok(ascii) => format!("{local}@{ascii}"),
            Err(_) => text,
        },
        _ => text,
    }
}

/// A name that people type: compatibility forms, case and marks that show nothing are made equal.
/// Letters of other scripts that look the same stay different, as they are to the provider.
#[must_use]
pub fn handle(raw: &str) -> String {
    visible(raw).nfkc().collect::<String>().to_lowercase().trim().to_owned()
}

/// Without marks of direction, joiners and blanks of no width.
fn visible(raw: &str) -> String {
    raw.chars().filter(|c| !is_invisible(*c)).collect()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Digits, with `+` when the country is stated; a tail in brackets and an extension are left out.
#[must_use]
pub fn phone(raw: &str) -> String {
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

/// The number with its country in front, when it is written as people inside that country dial it
/// and cannot be anything else; otherwise as [`phone`] has it.
#[must_use]
pub fn phone_in(raw: &str, country: &str) -> String {
    let number = phone(raw);
    let plan = DIALLING.get(country.trim().to_lowercase().as_str());
    match plan.and_then(|plan| plan.national(&number)) {
        Some(rest) => format!("+{}{rest}", plan.map_or("", |plan| plan.code)),
        None => number,
    }
}

/// How numbers are dialled inside one country.
struct Dialling {
    code: &'static str,
    digits: usize,
    trunk: &'static str,
}

impl Dialling {
    /// The number without the leading zero, when it is a whole national number.
    fn national<'n>(&self, number: &'n str) -> Option<&'n str> {
        let rest = number.strip_prefix(self.trunk)?;
        let fits = rest.len() == self.digits && rest.bytes().all(|b| b.is_ascii_digit());
        (fits && !rest.starts_with('0')).then_some(rest)
    }
}

static DIALLING: LazyLock<HashMap<&'static str, Dialling>> = LazyLock::new(|| {
    let lines = include_str!("normal/countries.txt").lines().filter(|line| !line.starts_with('#'));
    let mut plans = HashMap::new();
    for line in lines {
        let mut fields = line.splitn(4, ' ');
        let (Some(code), Some(digits), Some(trunk), Some(names)) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let trunk = if trunk == "-" { "" } else { trunk };
        let Ok(digits) = digits.parse() else { continue };
        for name in names.split(';') {
            plans.insert(name.trim(), Dialling { code, digits, trunk });
        }
    }
    plans
});

/// An account id or screen name, made unique by the provider in front.
#[must_use]
pub fn at_provider(provider: &str, raw: &str) -> String {
    format!("{}:{}", provider_name(provider), raw.trim())
}

/// The provider's name without legal form and case, so that `Example, Inc.` is `example`; known
/// spellings of one service become one word.
#[must_use]
pub fn provider_name(raw: &str) -> String {
    let name = visible(raw).to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let short = without_legal_form(&name);
    let known = SERVICES.get(name.as_str()).or_else(|| SERVICES.get(short));
    known.map_or(short, |service| *service).to_owned()
}

fn without_legal_form(name: &str) -> &str {
    const FORMS: [&str; 10] =
        ["inc.", "inc", "llc", "ltd.", "ltd", "limited", "corp.", "corp", "s.a.", "gmbh"];
    let ends = |form: &&str| {
        let rest = name.strip_suffix(*form)?;
        rest.ends_with([' ', ',']).then(|| rest.trim_end_matches([' ', ',']))
    };
    FORMS.iter().find_map(ends).unwrap_or(name)
}

static SERVICES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let lines = include_str!("normal/providers.txt").lines().filter(|line| !line.starts_with('#'));
    let mut services = HashMap::new();
    for (service, spellings) in lines.filter_map(|line| line.split_once(':')) {
        services.extend(spellings.split(';').map(|spelling| (spelling.trim(), service)));
    }
    services
});

/// Scheme and host in lower case, the rest as it is.
#[must_use]
pub fn url(raw: &str) -> String {
    let raw = raw.trim();
    let (scheme, rest) = raw.split_once("://").unwrap_or(("https", raw));
    let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(at);
    let path = if path == "/" { "" } else { path };
    format!("{}://{}{path}", scheme.to_lowercase(), host.to_lowercase())
}

/// The address and port in a text that may hold both. Zone ids are left out; an IPv4 address
/// written as IPv6 becomes IPv4.
#[must_use]
pub fn ip_and_port(raw: &str) -> (Option<String>, Option<u16>) {
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

/// Each address in a text that holds nothing but two or more of them; otherwise the text itself.
#[must_use]
pub fn ips_in(raw: &str) -> Vec<&str> {
    let parts: Vec<_> = raw
        .split([',', ';', '/', '|', ' ', '\t', '\r', '\n'])
        .filter(|part| !part.is_empty() && !part.eq_ignore_ascii_case("and"))
        .collect();
    let all = parts.len() > 1 && parts.iter().all(|part| ip_and_port(part).0.is_some());
    if all { parts } else { vec![raw] }
}

/// A usable port; 0 is none.
#[must_use]
pub fn port(text: &str) -> Option<u16> {
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
    fn spellings_of_one_service_are_joined_and_services_are_not() {
        let check = |raw: &str, expect: &str| assert_eq!(provider_name(raw), expect, "{raw}");
        check("Facebook", "facebook");
        check("Facebook, Inc.", "facebook");
        check("Instagram, Inc.", "instagram");
        check("Meta / Instagram", "instagram");
        check("Meta", "meta");
        check("Meta Platforms, Inc.", "meta");
        check("X Corp", "x");
        check("Twitter, Inc. / X Corp", "x");
        check("MediaLab/Kik", "kik");
        check("WhatsApp LLC", "whatsapp");
    }

    #[test]
    fn mail_hosts_in_other_scripts_become_what_the_network_carries() {
        let check = |raw: &str, expect: &str| assert_eq!(email(raw), expect, "{raw}");
        check("A.B+tag@Example.ORG.", "a.b+tag@example.org");
        check("ana@Ejempló.example", "ana@xn--ejempl-gxa.example");
        check("ana\u{200b}@example.org", "ana@example.org");
        check("no address", "no address");
    }

    #[test]
    fn handles_compare_without_marks_that_show_nothing() {
        let check = |raw: &str, expect: &str| assert_eq!(handle(raw), expect, "{raw:?}");
        check("Ana\u{202e}_01", "ana_01");
        check("\u{ff21}na", "ana");
        check("an\u{200d}a ", "ana");
        // The first letter is Cyrillic: another account.
        check("\u{430}na", "\u{430}na");
    }

    #[test]
    fn national_numbers_get_their_country_only_when_nothing_else_is_possible() {
        let check = |raw: &str, country: &str, expect: &str| {
            assert_eq!(phone_in(raw, country), expect, "{raw} in {country}");
        };
        check("600 000 001", "España", "+34600000001");
        check("(555) 010-0001", "US", "+15550100001");
        check("06 00 00 00 01", "France", "+33600000001");
        check("6 00 00 00 01", "France", "600000001");
        check("34600000001", "ES", "34600000001");
        check("+54 600 000 001", "ES", "+54600000001");
        check("11 5555 0101", "Argentina", "1155550101");
        check("600 000 001", "", "600000001");
    }

    #[test]
    fn two_addresses_in_one_text_are_told_apart() {
        assert_eq!(ips_in("192.0.2.1, 2001:db8::1"), ["192.0.2.1", "2001:db8::1"]);
        assert_eq!(ips_in("192.0.2.1 / 192.0.2.2:80"), ["192.0.2.1", "192.0.2.2:80"]);
        assert_eq!(ips_in("192.0.2.1 somewhere"), ["192.0.2.1 somewhere"]);
        assert_eq!(ips_in("192.0.2.1"), ["192.0.2.1"]);
    }

    #[test]
    fn urls_keep_the_case_of_their_path() {
        assert_eq!(url("HTTPS://Example.ORG/Ana"), "https://example.org/Ana");
        assert_eq!(url("example.org/"), "https://example.org");
    }
}
