//! What the forms of one tip have in common, so that the same statement gives the same value
//! whether it came as JSON, XML or PDF.

use amparo_model::normal;
use amparo_model::{
    Capture, HashAlgorithm, Identifier, IdentifierKind, Md5, Moment, Party, PlaceOrigin,
    RecordedHash, Sha1, Sha256, Stated, TipId, UtcMillis, Zone, app_account,
};
use std::borrow::Cow;

/// The text as UTF-8: files in UTF-16 with a byte order mark are converted.
pub(crate) fn plain(bytes: &[u8]) -> Cow<'_, [u8]> {
    let convert = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let pairs = bytes.chunks_exact(2).map(|pair| match pair {
            [a, b] => unit([*a, *b]),
            _ => 0xfffd,
        });
        let text: String =
            char::decode_utf16(pairs).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        Cow::Owned(text.into_bytes())
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => convert(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => convert(rest, u16::from_be_bytes),
        _ => Cow::Borrowed(bytes),
    }
}

/// The tip with this report number, as written, whatever its length.
pub(crate) fn tip_id(number: &str) -> Result<TipId, String> {
    TipId::new(format!("ncmec/{number}")).map_err(|_| {
        format!("reportId {:?} is unusable", number.chars().take(80).collect::<String>())
    })
}

/// A yes or no in any of the usual spellings.
pub(crate) fn stated(text: &str) -> Stated {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "1" => Stated::Yes,
        "false" | "no" | "n" | "0" => Stated::No,
        _ => Stated::NotStated,
    }
}

/// Readers of these forms agree that such a text means "not stated".
pub(crate) fn is_stated(text: &str) -> bool {
    !text.trim().is_empty() && !text.trim().eq_ignore_ascii_case("n/a")
}

/// An identifier, normalised after its kind; `service` says where ids and names are unique.
pub(crate) fn identifier(kind: IdentifierKind, raw: &str, service: &str) -> Identifier {
    let norm = match kind {
        IdentifierKind::Email => normal::email(raw),
        IdentifierKind::Phone => normal::phone(raw),
        IdentifierKind::ScreenName => normal::at_provider(service, &normal::handle(raw)),
        IdentifierKind::AccountId => account(service, raw),
        IdentifierKind::Url => normal::url(raw),
        IdentifierKind::DeviceId => raw.trim().to_lowercase(),
        IdentifierKind::DisplayName => normal::handle(raw),
    };
    Identifier { kind, raw: raw.to_owned(), norm, verified: Stated::NotStated }
}

/// An account id as the app itself has it, so that it is found on exhibits.
fn account(service: &str, raw: &str) -> String {
    let own = app_account(&normal::provider_name(service), raw);
    normal::at_provider(service, own.as_deref().unwrap_or(raw))
}

/// The IP events in one field: one for each address, if it holds nothing but addresses.
pub(crate) fn captures(raw: &str, port: Option<&str>) -> Vec<Capture> {
    let stated = port.and_then(normal::port);
    let one = |raw: &str| {
        let (ip, inline) = normal::ip_and_port(raw);
        Capture { address_raw: raw.to_owned(), ip, port: stated.or(inline), ..Capture::default() }
    };
    normal::ips_in(raw).into_iter().map(one).collect()
}

/// National phone numbers get the country that the person's postal addresses agree on.
pub(crate) fn national_phones(party: &mut Party) {
    let postal = party.addresses.iter().filter(|address| address.origin == PlaceOrigin::Address);
    let mut countries: Vec<_> = postal.filter_map(|address| address.country.clone()).collect();
    countries.dedup_by_key(|country| country.to_lowercase());
    let [country] = countries.as_slice() else { return };
    for identifier in &mut party.identifiers {
        if identifier.kind == IdentifierKind::Phone {
            identifier.norm = normal::phone_in(&identifier.raw, country);
        }
    }
}

/// A hash as its label says; the length is checked, never the reason for a choice.
pub(crate) fn hash(label: &str, value: &str) -> Result<RecordedHash, String> {
    let name: String = label.chars().filter(char::is_ascii_alphanumeric).collect();
    let digits: String = value.split_whitespace().collect();
    let empty = "the hash is that of the empty file; it is not used".to_owned();
    let (algorithm, value, is_empty) = match name.to_ascii_uppercase().as_str() {
        "MD5" => {
            let hash: Md5 = digits.parse().map_err(|error| unusable(label, &error))?;
            (HashAlgorithm::Md5, hash.to_string(), hash == Md5::EMPTY_FILE)
        }
        "SHA1" => {
            let hash: Sha1 = digits.parse().map_err(|error| unusable(label, &error))?;
            (HashAlgorithm::Sha1, hash.to_string(), hash == Sha1::EMPTY_FILE)
        }
        "SHA256" => {
            let hash: Sha256 = digits.parse().map_err(|error| unusable(label, &error))?;
            (HashAlgorithm::Sha256, hash.to_string(), hash == Sha256::EMPTY_FILE)
        }
        "PDQ" => {
            // The same length as SHA-256, so its reader will do.
            let hash: Sha256 = digits.parse().map_err(|_| {
                format!("{label}: {:?} is no PDQ hash; it is kept as stated", head(&digits))
            })?;
            (HashAlgorithm::Pdq, hash.to_string(), false)
        }
        _ => return Err(format!("{:?} is no hash type that is read; it is kept", head(label))),
    };
    if is_empty { Err(empty) } else { Ok(RecordedHash { algorithm, value }) }
}

fn unusable(label: &str, error: &amparo_model::ParseHashError) -> String {
    format!("{}: {error}; it is kept as stated", head(label))
}

fn head(text: &str) -> String {
    text.chars().take(80).collect()
}

/// Adds the report numbers of a list in words; what is no number comes back. Numbers are taken once
/// and never the report's own.
pub(crate) fn related(into: &mut Vec<String>, own: &TipId, text: &str) -> Vec<String> {
    let words = text.split([',', ';', ' ', '\t', '\n']).map(|word| word.trim_matches(['#', '.']));
    let mut other = Vec::new();
    for word in words.filter(|word| is_stated(word)) {
        let digits = word.bytes().all(|b| b.is_ascii_digit());
        if !digits || !(5..=20).contains(&word.len()) {
            other.push(word.to_owned());
        } else if own.as_str() != format!("ncmec/{word}") && !into.iter().any(|known| known == word)
        {
            into.push(word.to_owned());
        }
    }
    other
}

/// A time as these forms write it: ISO 8601, or the order of the United States with `UTC`.
pub(crate) fn moment(text: &str) -> Moment {
    let trimmed = text.trim();
    let Some((month, day, year, clock, zone)) = us_parts(trimmed) else {
        return Moment::from_iso(trimmed);
    };
    let utc = matches!(zone, "UTC" | "GMT" | "Z");
    let suffix = if utc { "Z" } else { zone };
    let parsed = UtcMillis::parse(&format!("{year}-{month}-{day}T{clock}{suffix}")).ok();
    let zone = if utc && parsed.is_some() { Zone::Utc } else { Zone::Unknown };
    let known = zone == Zone::Utc;
    Moment { raw: trimmed.to_owned(), utc: parsed.filter(|_| known), zone }
}

/// Month, day, year, clock and zone of `MM-DD-YYYY HH:MM:SS ZONE`.
fn us_parts(text: &str) -> Option<(&str, &str, &str, &str, &str)> {
    let mut words = text.split_whitespace();
    let (date, clock, zone) = (words.next()?, words.next()?, words.next().unwrap_or(""));
    let mut parts = date.split(['-', '/']);
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |text: &str, len| text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
    let shape = digits(month, 2) && digits(day, 2) && digits(year, 4) && clock.contains(':');
    (shape && parts.next().is_none() && words.next().is_none())
        .then_some((month, day, year, clock, zone))
}

/// Whether the text is nothing but a time in the order of the United States.
pub(crate) fn is_us_time(text: &str) -> bool {
    us_parts(text.trim()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_both_orders() {
        let check = |text: &str, utc: Option<&str>, zone| {
            let moment = moment(text);
            assert_eq!(moment.utc.map(|t| t.to_string()).as_deref(), utc, "{text}");
            assert_eq!((moment.zone, moment.raw.as_str()), (zone, text), "{text}");
        };
        check("02-01-2026 08:00:00 UTC", Some("2026-02-01T08:00:00Z"), Zone::Utc);
        check("2026-02-01T08:00:00Z", Some("2026-02-01T08:00:00Z"), Zone::Utc);
        check("02-01-2026 08:00:00", None, Zone::Unknown);
        check("31-01-2026 08:00:00 UTC", None, Zone::Unknown);
        check("soon", None, Zone::Unknown);
    }

    #[test]
    fn a_hash_is_what_its_label_says() {
        let check = |label: &str, value: &str, expect: Option<HashAlgorithm>| {
            assert_eq!(hash(label, value).ok().map(|hash| hash.algorithm), expect, "{label}");
        };
        let long = "ab".repeat(32);
        check("SHA-256", &long, Some(HashAlgorithm::Sha256));
        check("PDQ", &long, Some(HashAlgorithm::Pdq));
        check("MD5", &long, None);
        check("PhotoDNA", &long, None);
        check("md5", "0CC175B9 C0F1B6A8 31C399E2 69772661", Some(HashAlgorithm::Md5));
        check("MD5", "d41d8cd98f00b204e9800998ecf8427e", None);
        check("SHA256", "DMF1ucDxtqgxw5niaXcmYQ==", None);
    }

    #[test]
    fn an_account_is_written_as_its_app_has_it() {
        let check = |service: &str, raw: &str, expect: &str| {
            assert_eq!(identifier(IdentifierKind::AccountId, raw, service).norm, expect);
        };
        check("WhatsApp Inc.", "+34 600 000 001", "whatsapp:34600000001");
        check("WhatsApp", "34600000001@s.whatsapp.net", "whatsapp:34600000001");
        check("Example, Inc.", " Ana ", "example:Ana");
        check("Example", "owner", "example:owner");
    }

    #[test]
    fn related_numbers_are_taken_once_and_never_the_own() {
        let own = tip_id("900000001").unwrap();
        let mut numbers = Vec::new();
        let odd = related(&mut numbers, &own, "900000001, 1234567, 1234567; none, 1234567890");
        assert_eq!(numbers, ["1234567", "1234567890"]);
        assert_eq!(odd, ["none"]);
    }
}
