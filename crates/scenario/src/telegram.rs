//! Telegram on the computer: a full export by Telegram Desktop, `result.json` with its files.
//!
//! Keys and their order follow the exporter; the wall-clock times are those of a computer in Spain.

use crate::chats::{Chat, Kind};
use crate::events::{Body, Event};
use crate::people::{OWNER, OWNER_PHONE, OWNER_TELEGRAM, Person};
use crate::pictures::Made;
use crate::plan::{COMPUTER, Plan, TELEGRAM_EXPORT};
use crate::progress::Reporter;
use crate::rng::Stream;
use crate::timeline::Timeline;
use crate::{ScenarioError, calendar, disk};
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// Writes the export under `out` and tells how many messages it holds.
pub(crate) fn write(
    plan: &Plan,
    made: &[Made],
    out: &Path,
    report: &Reporter,
) -> Result<u64, ScenarioError> {
    let path = out.join(COMPUTER).join(TELEGRAM_EXPORT).join("result.json");
    let mut file = disk::create(&path)?;
    let export = Export { plan, made, report };
    let written = export.root(&mut file);
    written.and_then(|count| file.flush().map(|()| count)).map_err(|e| disk::failed(&path, e))
}

#[derive(Serialize)]
struct Owner<'a> {
    user_id: u64,
    first_name: &'a str,
    last_name: &'a str,
    phone_number: &'a str,
    username: &'a str,
    bio: &'a str,
}

#[derive(Serialize)]
struct AddressBookEntry<'a> {
    user_id: u64,
    first_name: &'a str,
    last_name: &'a str,
    phone_number: &'a str,
    date: String,
    date_unixtime: String,
}

#[derive(Serialize)]
struct Entity<'a> {
    r#type: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct Message<'a> {
    id: u64,
    r#type: &'a str,
    date: String,
    date_unixtime: String,
    from: String,
    from_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    forwarded_from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    photo: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    photo_file_size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    text: &'a str,
    text_entities: Vec<Entity<'a>>,
}

struct Export<'a> {
    plan: &'a Plan,
    made: &'a [Made],
    report: &'a Reporter,
}

impl Export<'_> {
    fn root(&self, file: &mut impl Write) -> std::io::Result<u64> {
        let owner = Owner {
            user_id: OWNER_TELEGRAM,
            first_name: OWNER.0,
            last_name: OWNER.1,
            phone_number: OWNER_PHONE,
            username: "@tomas_ejemplo",
            bio: "",
        };
        write!(file, "{{\n \"about\": \"Export of a made-up account.\",\n")?;
        writeln!(file, " \"personal_information\": {},", json(&owner)?)?;
        write!(file, " \"contacts\": {{\n  \"about\": \"\",\n  \"list\": [\n")?;
        self.address_book(file)?;
        write!(file, "\n  ]\n }},\n \"chats\": {{\n  \"about\": \"\",\n  \"list\": [")?;
        let mut count = 0;
        for (number, chat) in self.plan.telegram.iter().enumerate() {
            count += self.chat(file, number, chat)?;
        }
        write!(file, "\n  ]\n }}\n}}\n")?;
        Ok(count)
    }

    fn address_book(&self, file: &mut impl Write) -> std::io::Result<()> {
        let on = self.plan.people.iter().filter_map(|person| Some((person, person.telegram?)));
        for (number, (person, user)) in on.enumerate() {
            let added = calendar::start_ms() + number as i64 * 86_400_000;
            let entry = AddressBookEntry {
                user_id: user,
                first_name: person.given,
                last_name: person.family,
                phone_number: &person.phone,
                date: calendar::madrid(added, "%Y-%m-%dT%H:%M:%S"),
                date_unixtime: (added / 1000).to_string(),
            };
            write!(file, "{}   {}", if number == 0 { "" } else { ",\n" }, json(&entry)?)?;
        }
        Ok(())
    }

    fn chat(&self, file: &mut impl Write, number: usize, chat: &Chat) -> std::io::Result<u64> {
        let person = chat.members.first().and_then(|contact| self.plan.people.get(*contact));
        let (kind, name, id) = heading(number, chat, person);
        let name = json(&name)?;
        write!(file, "{}\n   {{", if number == 0 { "" } else { "," })?;
        write!(file, "\n    \"name\": {name},\n    \"type\": \"{kind}\",\n    \"id\": {id},")?;
        write!(file, "\n    \"messages\": [")?;
        let own = self.plan.telegram_events.iter().filter(|event| event.chat == number);
        let own = own.map(|event| Event { chat: 0, ..event.clone() }).collect();
        let talk = Stream::new(self.plan.seed, "telegram talk", number as u64);
        let mut count = 0;
        for event in Timeline::new(std::slice::from_ref(chat), own, self.talk(chat), talk) {
            let Some(message) = self.message(&event, count + 1) else { continue };
            let comma = if count == 0 { "" } else { "," };
            write!(file, "{comma}\n     {}", json(&message)?)?;
            count += 1;
            self.report.step();
        }
        write!(file, "\n    ]\n   }}")?;
        Ok(count)
    }

    /// This chat's share of the small talk.
    fn talk(&self, chat: &Chat) -> u64 {
        let all: u64 = self.plan.telegram.iter().map(|chat| chat.weight).sum();
        self.plan.sizes.telegram_talk * chat.weight / all.max(1)
    }

    /// The export leaves out what was taken back and what it cannot show.
    fn message<'a>(&'a self, event: &'a Event, id: u64) -> Option<Message<'a>> {
        let (name, user) = self.writer(event.from)?;
        let mut message = Message {
            id,
            r#type: "message",
            date: calendar::madrid(event.at, "%Y-%m-%dT%H:%M:%S"),
            date_unixtime: (event.at / 1000).to_string(),
            from: name,
            from_id: format!("user{user}"),
            forwarded_from: event.forwarded.then_some("Canal de Ejemplo"),
            photo: None,
            photo_file_size: None,
            file: None,
            file_name: None,
            file_size: None,
            mime_type: None,
            width: None,
            height: None,
            text: "",
            text_entities: Vec::new(),
        };
        match &event.body {
            Body::Text(text) => {
                message.text = text;
                message.text_entities.push(Entity { r#type: "plain", text });
            }
            Body::Picture { picture, path } => {
                attach(&mut message, path, self.made.get(*picture)?);
            }
            Body::Revoked | Body::GroupMade | Body::Unknown => return None,
        }
        Some(message)
    }

    fn writer(&self, from: Option<usize>) -> Option<(String, u64)> {
        let Some(contact) = from else {
            return Some((format!("{} {}", OWNER.0, OWNER.1), OWNER_TELEGRAM));
        };
        let person = self.plan.people.get(contact)?;
        Some((person.name(), person.telegram?))
    }
}

fn attach<'a>(message: &mut Message<'a>, path: &'a str, made: &Made) {
    message.width = Some(made.size.0);
    message.height = Some(made.size.1);
    if path.contains("/photos/") {
        message.photo = Some(path);
        message.photo_file_size = Some(made.bytes);
    } else {
        message.file = Some(path);
        message.file_name = path.rsplit('/').next();
        message.file_size = Some(made.bytes);
        message.mime_type = Some("image/jpeg");
    }
}

fn heading(
    number: usize,
    chat: &Chat,
    person: Option<&Person>,
) -> (&'static str, Option<String>, u64) {
    match chat.kind {
        Kind::Direct => {
            let user = person.and_then(|person| person.telegram).unwrap_or_default();
            ("personal_chat", person.map(Person::name), user)
        }
        Kind::Group => {
            ("private_group", chat.title.map(str::to_owned), 7_100_000_000 + number as u64)
        }
        Kind::Saved => ("saved_messages", None, OWNER_TELEGRAM),
    }
}

fn json(value: &impl Serialize) -> std::io::Result<String> {
    serde_json::to_string(value).map_err(std::io::Error::from)
}
