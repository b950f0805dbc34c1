//! The user whom only linking shows to be one: six tips by two providers.
//!
//! No identifier is in all six. Account, mail, phone, second account and device overlap in pairs,
//! so that a chain connects all; each link alone looks like one more small case.

use crate::calendar::{self, HOUR_MS};
use crate::people::{OWNER, OWNER_PHONE};
use crate::rng::Stream;
use crate::tips::{self, capture};
use crate::truth::{IdentifierTruth, SuspectTruth};
use amparo_model::{IdentifierKind, Md5};
use serde_json::{Value, json};

/// Province that his addresses state.
pub(crate) const PROVINCE: &str = "Alicante";
const CITY: &str = "Elche";

const CLOUD: &str = "Example Cloud";
const CHAT: &str = "Example Chat";
const CLOUD_ACCOUNT: &str = "c700100200";
const CHAT_ACCOUNT: &str = "k55010020";
/// Made after the first chat account was closed.
const SECOND_CHAT_ACCOUNT: &str = "k55990077";
const MAIL: &str = "t.rivas.ejemplo@example.org";
const DEVICE: &str = "ex7-aaaa-0001-device";

/// What one of his tips says of him.
struct Facet {
    provider: &'static str,
    level: &'static str,
    account: &'static str,
    screen_name: &'static str,
    mail: bool,
    phone: bool,
    device: bool,
    address: bool,
    note: &'static str,
}

const FACETS: [Facet; 6] = [
    Facet {
        provider: CLOUD,
        level: "E",
        account: CLOUD_ACCOUNT,
        screen_name: "costa_elx",
        mail: true,
        phone: false,
        device: false,
        address: true,
        note: "Storage in use by the account: 1.8 TB in 412,000 files.",
    },
    Facet {
        provider: CLOUD,
        level: "3",
        account: CLOUD_ACCOUNT,
        screen_name: "costa_elx",
        mail: false,
        phone: true,
        device: false,
        address: true,
        note: "Storage in use by the account: 2.1 TB in 468,000 files.",
    },
    Facet {
        provider: CHAT,
        level: "E",
        account: CHAT_ACCOUNT,
        screen_name: "faro77",
        mail: false,
        phone: true,
        device: false,
        address: false,
        note: "Account closed after this report.",
    },
    Facet {
        provider: CLOUD,
        level: "2",
        account: CLOUD_ACCOUNT,
        screen_name: "costa_elx",
        mail: false,
        phone: false,
        device: false,
        address: false,
        note: "Storage in use by the account: 2.6 TB in 530,000 files.",
    },
    Facet {
        provider: CHAT,
        level: "E",
        account: SECOND_CHAT_ACCOUNT,
        screen_name: "faro78",
        mail: true,
        phone: false,
        device: true,
        address: true,
        note: "Files were sent from cloud storage.",
    },
    Facet {
        provider: CHAT,
        level: "2",
        account: CHAT_ACCOUNT,
        screen_name: "faro77",
        mail: false,
        phone: false,
        device: true,
        address: false,
        note: "Earlier uploads of the closed account, found on review.",
    },
];

/// Which of his tips is tip `n` of `tips`, if it is one.
pub(crate) fn turn(n: u64, tips: u64) -> Option<usize> {
    (0..FACETS.len()).find(|turn| place(*turn, tips) == n)
}

fn place(turn: usize, tips: u64) -> u64 {
    tips * (turn as u64 + 1) / (FACETS.len() as u64 + 1)
}

/// Provider, level and content of one of his tips.
pub(crate) fn report(turn: usize, at: i64, files: &[Md5]) -> (&'static str, &'static str, Value) {
    let Some(facet) = FACETS.get(turn) else { return (CLOUD, "E", Value::Null) };
    let mut stream = Stream::new(0, "suspect", turn as u64);
    let uploaded: Vec<Value> =
        files.iter().enumerate().map(|(k, md5)| file(turn, k, *md5, at, &mut stream)).collect();
    let information = json!({
        "additionalInformations": [{ "value": facet.note }],
        "reportedPeople": { "reportedPersons": [person(facet, at, &mut stream)] },
        "uploadedFiles": { "uploadedFiles": uploaded },
    });
    (facet.provider, facet.level, information)
}

fn person(facet: &Facet, at: i64, stream: &mut Stream) -> Value {
    let mut captures = vec![
        capture("Login", at - 30 * HOUR_MS, stream),
        capture("Login", at - 2 * HOUR_MS, stream),
    ];
    if facet.device {
        captures.push(json!({
            "captureType": "Device ID", "value": DEVICE, "dateTime": calendar::utc(at - HOUR_MS),
            "port": null, "eventName": "Login",
        }));
    }
    let contact = |key: &str, value: &str| json!({ key: [{ "value": value, "verified": true }] });
    let (given, family) = if facet.address { OWNER } else { ("", "") };
    let address = json!([{
        "street1": "Calle de Ejemplo 1", "street2": null, "city": CITY, "state": PROVINCE,
        "postalCode": "03200", "country": "ES",
    }]);
    json!({
        "firstName": given,
        "lastName": family,
        "dateOfBirth": if facet.address { "1984-05-17" } else { "N/A" },
        "espUserId": facet.account,
        "screenName": { "value": facet.screen_name },
        "emails": if facet.mail { contact("emails", MAIL) } else { Value::Null },
        "phones": if facet.phone { contact("phones", OWNER_PHONE) } else { Value::Null },
        "addresses": { "addresses": if facet.address { address } else { json!([]) } },
        "sourceInformation": { "sourceCaptures": captures },
        "additionalInformations": [{ "value": facet.note }],
    })
}

fn file(turn: usize, k: usize, md5: Md5, at: i64, stream: &mut Stream) -> Value {
    json!({
        "filename": format!("upload_{turn}_{k}.jpg"),
        "originalFilename": format!("imagen {k}.jpg"),
        "submittalId": null,
        "verificationHash": md5.to_string(),
        "viewedByEsp": k == 0,
        "industryClassification": null,
        "ncmecTags": { "groups": [] },
        "sourceInformation": { "sourceCaptures": [capture("UPLOAD", at, stream)] },
        "espMetadata": { "metadatas": [
            { "name": "Upload Date and Time", "value": calendar::utc(at - 50 * HOUR_MS) },
        ] },
        "additionalInformations": [],
    })
}

/// What there is to be found of him in `tips` tips.
pub(crate) fn truth(tips: u64) -> SuspectTruth {
    let known = [
        (IdentifierKind::AccountId, CLOUD_ACCOUNT),
        (IdentifierKind::AccountId, CHAT_ACCOUNT),
        (IdentifierKind::AccountId, SECOND_CHAT_ACCOUNT),
        (IdentifierKind::Email, MAIL),
        (IdentifierKind::Phone, OWNER_PHONE),
        (IdentifierKind::DeviceId, DEVICE),
    ];
    let numbers = (0..FACETS.len()).map(|turn| tips::report_number(place(turn, tips)));
    SuspectTruth {
        name: format!("{} {}", OWNER.0, OWNER.1),
        identifiers: known
            .map(|(kind, value)| IdentifierTruth { kind, value: value.to_owned() })
            .to_vec(),
        tips: numbers.map(|number| number.to_string()).collect(),
        province: PROVINCE.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The identifiers that one tip carries.
    fn identifiers(facet: &Facet) -> BTreeSet<&'static str> {
        let mut set = BTreeSet::from([facet.account]);
        set.extend(facet.mail.then_some(MAIL));
        set.extend(facet.phone.then_some(OWNER_PHONE));
        set
    }

    #[test]
    fn a_chain_of_identifiers_connects_all_six_and_none_is_in_all() {
        let mut reached = identifiers(&FACETS[0]);
        for _ in 0..FACETS.len() {
            for facet in &FACETS {
                let own = identifiers(facet);
                if !own.is_disjoint(&reached) {
                    reached.extend(own);
                }
            }
        }
        for facet in &FACETS {
            assert!(identifiers(facet).is_subset(&reached), "{}", facet.note);
        }
        for one in reached {
            assert!(FACETS.iter().any(|facet| !identifiers(facet).contains(one)), "{one}");
        }
    }

    #[test]
    fn his_tips_are_six_different_ones_at_any_size() {
        for tips in [40, 400, 80_000] {
            let turns = (0..tips).filter(|n| turn(*n, tips).is_some()).count();
            assert_eq!(turns, 6, "{tips}");
        }
    }
}
