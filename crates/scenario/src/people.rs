//! Invented people: the owner of the devices and sixty contacts in eight countries.
//!
//! Phone numbers come from ranges that regulators keep for fiction where there is one
//! (US 555-01xx; UK +44 7700 900xxx, Ofcom; France +33 6 39 98, Arcep; Germany +49 171 39200xx,
//! Bundesnetzagentur); elsewhere they are plainly invented (Spain +34 600 000 xxx, and so on).
//!
//! To add a country: give it a line in `phone` and one in `COUNTRIES`.

use crate::rng::Stream;
use amparo_model::AccountKey;

/// The language somebody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tongue {
    /// Spanish.
    #[default]
    Es,
    /// English.
    En,
    /// Portuguese.
    Pt,
}

/// What somebody is for in this world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The counterpart who is a live source.
    Source,
    /// Forwards known and viral files.
    Forwarder,
    /// A minor exchanging with a minor.
    Teenager,
    /// Promises and never sends.
    Boaster,
    /// Sends family photos.
    Relative,
    /// Talks about weather and buses.
    Friend,
}

/// A contact.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) part: Part,
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    /// ISO 3166.
    pub(crate) country: &'static str,
    pub(crate) tongue: Tongue,
    /// With `+` and digits only.
    pub(crate) phone: String,
    pub(crate) on_whatsapp: bool,
    /// Telegram's number of the user, for those who use it.
    pub(crate) telegram: Option<u64>,
}

impl Person {
    /// The name in the owner's address book.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given, self.family).trim().to_owned()
    }

    /// WhatsApp's id of the account.
    pub(crate) fn jid(&self) -> String {
        jid(&self.phone)
    }

    /// The account that this person's messages come from; Telegram's where there is one only there.
    pub(crate) fn account(&self) -> AccountKey {
        match self.telegram {
            Some(user) if !self.on_whatsapp => AccountKey::new("telegram", format!("user{user}")),
            _ => AccountKey::new("whatsapp", self.jid()),
        }
    }
}

/// WhatsApp's id of the account with this phone number.
pub(crate) fn jid(phone: &str) -> String {
    format!("{}@s.whatsapp.net", phone.trim_start_matches('+'))
}

/// Given and family name of the owner of the devices, who is the suspect of the tips.
pub(crate) const OWNER: (&str, &str) = ("Tomás", "Rivas Ejemplo");
/// His phone number.
pub(crate) const OWNER_PHONE: &str = "+34600000001";
/// His number on Telegram.
pub(crate) const OWNER_TELEGRAM: u64 = 7_000_000_001;
/// How many contacts he has.
pub(crate) const CONTACTS: usize = 60;

const COUNTRIES: [(&str, Tongue); 8] = [
    ("ES", Tongue::Es),
    ("AR", Tongue::Es),
    ("MX", Tongue::Es),
    ("BR", Tongue::Pt),
    ("US", Tongue::En),
    ("GB", Tongue::En),
    ("FR", Tongue::En),
    ("DE", Tongue::En),
];

const GIVEN: [&str; 26] = [
    "Alba", "Bruno", "Carla", "Diego", "Elena", "Fabio", "Gloria", "Hugo", "Inés", "Julián",
    "Karina", "Lucas", "Marta", "Nicolás", "Olga", "Pablo", "Quim", "Rosa", "Sergio", "Teresa",
    "Ursula", "Víctor", "Wanda", "Ximena", "Yago", "Zoe",
];

const FAMILY: [&str; 12] = [
    "Muestra", "Ejemplo", "Prueba", "Sample", "Modelo", "Demo", "Ficticio", "Ensayo", "Amostra",
    "Exemplo", "Boceto", "Maqueta",
];

/// The sixty contacts of the world `seed`; the six with a part come first.
pub(crate) fn contacts(seed: u64) -> Vec<Person> {
    let mut people = vec![
        person(Part::Source, "Damián", "Foro Ejemplo", "AR", 123),
        person(Part::Forwarder, "Paco", "Reenvíos", "ES", 11),
        person(Part::Teenager, "Leo", "", "ES", 12),
        person(Part::Teenager, "Vera", "", "ES", 13),
        person(Part::Boaster, "Ramón", "Modelo", "MX", 14),
        person(Part::Relative, "Tía Carmen", "Rivas", "ES", 15),
    ];
    let mut stream = Stream::new(seed, "contacts", 0);
    for index in people.len()..CONTACTS {
        people.push(friend(index, &mut stream));
    }
    people
}

fn person(
    part: Part,
    given: &'static str,
    family: &'static str,
    country: &'static str,
    number: u64,
) -> Person {
    let telegram = (part == Part::Boaster).then_some(OWNER_TELEGRAM + number);
    Person {
        part,
        given,
        family,
        country,
        tongue: Tongue::Es,
        phone: phone(country, number).unwrap_or_default(),
        on_whatsapp: telegram.is_none(),
        telegram,
    }
}

/// One friend in three is on Telegram alone, one in ten on both.
fn friend(index: usize, stream: &mut Stream) -> Person {
    let number = 20 + index as u64;
    let (country, tongue) = COUNTRIES.get(index % COUNTRIES.len()).copied().unwrap_or_default();
    let only_telegram = index.is_multiple_of(3);
    let telegram = only_telegram || index % 10 == 1;
    Person {
        part: Part::Friend,
        given: GIVEN.get(index % GIVEN.len()).copied().unwrap_or_default(),
        family: stream.pick(&FAMILY),
        country,
        tongue,
        phone: phone(country, number).unwrap_or_default(),
        on_whatsapp: !only_telegram,
        telegram: telegram.then_some(OWNER_TELEGRAM + number),
    }
}

/// The fictional number `n` of a country; `None` when its range is used up.
pub(crate) fn phone(country: &str, n: u64) -> Option<String> {
    let within = |capacity: u64, text: String| (n < capacity).then_some(text);
    match country {
        "ES" => within(1000, format!("+34600000{n:03}")),
        "AR" => within(1000, format!("+5491155500{n:03}")),
        "MX" => within(1000, format!("+525550000{n:03}")),
        "BR" => within(1000, format!("+5511900000{n:03}")),
        "US" => within(79_000, format!("+1{}55501{:02}", 201 + n / 100, n % 100)),
        "GB" => within(1000, format!("+447700900{n:03}")),
        "FR" => within(10_000, format!("+3363998{n:04}")),
        "DE" => within(100, format!("+4917139200{n:02}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn sixty_contacts_in_eight_countries_over_both_apps() {
        let people = contacts(1);
        let set = |of: fn(&Person) -> String| people.iter().map(of).collect::<BTreeSet<_>>().len();
        assert_eq!(people.len(), CONTACTS);
        assert_eq!(set(|person| person.country.to_owned()), 8);
        assert_eq!(set(|person| person.phone.clone()), CONTACTS);
        assert!(people.iter().all(|person| person.on_whatsapp || person.telegram.is_some()));
        assert!(people.iter().any(|person| person.on_whatsapp && person.telegram.is_some()));
    }
}
