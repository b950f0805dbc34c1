//! Whose account it is, from Android's shared preferences:
//! `<map><string name="key">value</string><int name="key" value="1"/>...</map>`.

use std::collections::BTreeMap;

/// What the preferences state of the owner.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Owner {
    /// The account's id.
    pub(super) jid: String,
    /// Phone number, digits with `+`.
    pub(super) phone: Option<String>,
    /// The name the account shows to others.
    pub(super) push_name: Option<String>,
}

/// The owner, if these preferences state one.
///
/// # Errors
/// A sentence for people when the file is no text.
pub(super) fn owner(bytes: &[u8]) -> Result<Option<Owner>, String> {
    if bytes.starts_with(b"ABX\0") {
        return Err("preferences in Android's binary XML are not read".to_owned());
    }
    let values = strings(&String::from_utf8_lossy(bytes));
    let get = |key: &str| values.get(key).filter(|value| !value.trim().is_empty());
    let register = "com.whatsapp.registration.RegisterPhone.";
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let country = get(&format!("{register}country_code")).or_else(|| get("cc"));
    let number = get(&format!("{register}phone_number")).or_else(|| get("ph"));
    let phone = match (country, number) {
        (Some(country), Some(number)) => Some(format!("{}{}", digits(country), digits(number))),
        _ => None,
    };
    let stated = get("registration_jid").map(|jid| match jid.contains('@') {
        true => jid.clone(),
        false => format!("{}@s.whatsapp.net", digits(jid)),
    });
    let jid = stated.or_else(|| phone.as_ref().map(|phone| format!("{phone}@s.whatsapp.net")));
    let usable = jid.filter(|jid| !jid.starts_with('@'));
    Ok(usable.map(|jid| Owner {
        jid,
        phone: phone.map(|phone| format!("+{phone}")),
        push_name: get("push_name").cloned(),
    }))
}

/// All `string` entries, and the `value` of others.
fn strings(text: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for tag in text.split('<').skip(1) {
        let Some((head, body)) = tag.split_once('>') else { continue };
        let Some(name) = attribute(head, "name") else { continue };
        let value = match attribute(head, "value") {
            Some(value) => value,
            None if head.starts_with("string") => unescape(body),
            None => continue,
        };
        values.insert(name, value);
    }
    values
}

fn attribute(head: &str, name: &str) -> Option<String> {
    let (_, rest) = head.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| unescape(value))
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        rest = after;
        match after.split_once(';').and_then(|(name, tail)| Some((entity(name)?, tail))) {
            Some((c, tail)) => {
                out.push(c);
                rest = tail;
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(xml: &str, jid: Option<&str>) {
        let owner = owner(xml.as_bytes()).expect("text");
        assert_eq!(owner.map(|owner| owner.jid).as_deref(), jid, "{xml}");
    }

    #[test]
    fn the_owner_is_stated_by_jid_or_by_country_and_number() {
        let number = "<string name=\"com.whatsapp.registration.RegisterPhone.phone_number\">\
                      600000001</string>";
        let country = "<string name=\"com.whatsapp.registration.RegisterPhone.country_code\">34\
                       </string>";
        let whole = Some("34600000001@s.whatsapp.net");
        check(&format!("<map>{number}{country}</map>"), whole);
        check("<map><string name=\"registration_jid\">34600000001</string></map>", whole);
        check("<map><string name=\"ph\">600000001</string><int name=\"cc\" value=\"34\" />", whole);
        check(number, None);
        check("<map/>", None);
        check("not xml", None);
    }

    #[test]
    fn names_are_unescaped() {
        let xml = "<string name=\"registration_jid\">1</string>\
                   <string name=\"push_name\">A &amp; B &#38; &unknown; C</string>";
        let owner = owner(xml.as_bytes()).expect("text").expect("owner");
        assert_eq!(owner.push_name.as_deref(), Some("A & B & &unknown; C"));
    }
}
