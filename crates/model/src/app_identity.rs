//! Which identifiers an account of an app has, written as tips write theirs, so that one of a tip
//! and one of an exhibit are equal where they are the same.

use crate::{Account, AccountKey, Contact, Identifier, IdentifierKind, Stated, normal};

/// A service's own id of an account, whatever the app or the report puts around it: a JID of
/// WhatsApp becomes its number, Telegram's `user123` becomes `123`. `None` for what is no account,
/// such as a group, and for the word by which a parser stands in for an owner who is not named.
#[must_use]
pub fn app_account(service: &str, id: &str) -> Option<String> {
    let id = id.trim();
    match service {
        _ if id.is_empty() || id == "owner" => None,
        "whatsapp" => whatsapp(id),
        "telegram" => match id.strip_prefix("user") {
            Some(number) if all_digits(number) => Some(number.to_owned()),
            _ => Some(id.to_owned()),
        },
        _ => Some(id.to_owned()),
    }
}

/// The number of a user; a privacy id keeps its mark, as it is no telephone number. A device of the
/// account stands behind a dot or a colon.
fn whatsapp(id: &str) -> Option<String> {
    let (own, host) = id.split_once('@').unwrap_or((id, "s.whatsapp.net"));
    let own = own.split([':', '.']).next().unwrap_or(own);
    match host {
        "s.whatsapp.net" | "c.us" => {
            let number = normal::phone(own);
            let number = number.trim_start_matches('+');
            (!number.is_empty()).then(|| number.to_owned())
        }
        "lid" => Some(format!("{own}@lid")),
        _ => None,
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

impl AccountKey {
    /// What the id by itself says: the account, and for some apps a telephone or an e-mail.
    #[must_use]
    pub fn identifiers(&self) -> Vec<Identifier> {
        let Some(own) = app_account(&self.app, &self.id) else { return Vec::new() };
        let account = normal::at_provider(&self.app, &own);
        let mut found = vec![identifier(IdentifierKind::AccountId, &self.id, account)];
        if self.app == "whatsapp" && all_digits(&own) {
            found.push(identifier(IdentifierKind::Phone, &self.id, format!("+{own}")));
        }
        found.extend(email(&own));
        found
    }
}

impl Account {
    /// Every identifier of the account, each once, sorted.
    #[must_use]
    pub fn identifiers(&self) -> Vec<Identifier> {
        let mut found = self.key.identifiers();
        found.extend(self.phone.as_deref().map(phone));
        if let Some(raw) = &self.username {
            let name = normal::handle(raw);
            let name = normal::at_provider(&self.key.app, name.trim_start_matches('@'));
            found.push(identifier(IdentifierKind::ScreenName, raw, name));
            found.extend(email(raw));
        }
        found.extend(self.names.iter().map(|name| shown(name)));
        each_once(found)
    }
}

impl Contact {
    /// Every identifier of the entry, each once, sorted. The name is what the owner called somebody
    /// and no name that an account shows.
    #[must_use]
    pub fn identifiers(&self) -> Vec<Identifier> {
        let mut found: Vec<Identifier> =
            self.account.iter().flat_map(AccountKey::identifiers).collect();
        found.extend(self.phone.as_deref().map(phone));
        each_once(found)
    }
}

fn phone(raw: &str) -> Identifier {
    identifier(IdentifierKind::Phone, raw, normal::phone(raw))
}

fn shown(name: &str) -> Identifier {
    identifier(IdentifierKind::DisplayName, name, normal::handle(name))
}

/// Some services have an address for an id or a user name.
fn email(raw: &str) -> Option<Identifier> {
    let (local, host) = raw.trim().split_once('@')?;
    let is_host = host.contains('.') && !host.ends_with(".whatsapp.net") && !host.contains('@');
    let good = !local.is_empty() && is_host && !raw.trim().contains(char::is_whitespace);
    good.then(|| identifier(IdentifierKind::Email, raw, normal::email(raw)))
}

fn identifier(kind: IdentifierKind, raw: &str, norm: String) -> Identifier {
    Identifier { kind, raw: raw.to_owned(), norm, verified: Stated::NotStated }
}

fn each_once(mut found: Vec<Identifier>) -> Vec<Identifier> {
    found.sort_by(|a, b| (a.kind, &a.norm).cmp(&(b.kind, &b.norm)));
    found.dedup_by(|a, b| a.kind == b.kind && a.norm == b.norm);
    found.retain(|one| !one.norm.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn norms(found: &[Identifier]) -> Vec<String> {
        found.iter().map(|one| format!("{} {}", one.kind.as_str(), one.norm)).collect()
    }

    #[test]
    fn an_id_says_who_whatever_stands_around_it() {
        let check = |app: &str, id: &str, expect: &[&str]| {
            assert_eq!(norms(&AccountKey::new(app, id).identifiers()), expect, "{app} {id}");
        };
        let ana = ["account_id whatsapp:34600000001", "phone +34600000001"];
        check("whatsapp", "34600000001@s.whatsapp.net", &ana);
        check("whatsapp", "34600000001:12@s.whatsapp.net", &ana);
        check("whatsapp", "90000000000001@lid", &["account_id whatsapp:90000000000001@lid"]);
        check("whatsapp", "34600000001-1767600000@g.us", &[]);
        check("whatsapp", "owner", &[]);
        check("telegram", "user1000001", &["account_id telegram:1000001"]);
        check("telegram", "channel7", &["account_id telegram:channel7"]);
        check(
            "mailer",
            "Ana@Example.org",
            &["account_id mailer:Ana@Example.org", "email ana@example.org"],
        );
    }

    #[test]
    fn an_account_has_what_its_record_states() {
        let account = Account {
            key: AccountKey::new("telegram", "user1000001"),
            is_owner: true,
            names: vec!["Ana Ejemplo".to_owned()],
            phone: Some("+34 600 000 001".to_owned()),
            username: Some("@Ana_Example".to_owned()),
        };
        let expect = [
            "phone +34600000001",
            "screen_name telegram:ana_example",
            "account_id telegram:1000001",
            "display_name ana ejemplo",
        ];
        assert_eq!(norms(&account.identifiers()), expect);
    }

    #[test]
    fn a_contact_is_its_account_and_its_telephone_and_not_the_name_given() {
        let contact = Contact {
            account: Some(AccountKey::new("whatsapp", "34600000003@s.whatsapp.net")),
            name: Some("Carla".to_owned()),
            phone: Some("+34 600 000 003".to_owned()),
        };
        let expect = ["phone +34600000003", "account_id whatsapp:34600000003"];
        assert_eq!(norms(&contact.identifiers()), expect);
    }
}
