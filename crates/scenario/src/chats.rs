//! The conversations of both apps: who is in them and how much small talk goes on there.

use crate::people::{Part, Person, Tongue};

/// A conversation.
#[derive(Debug, Clone)]
pub(crate) struct Chat {
    pub(crate) kind: Kind,
    /// Subject of a group.
    pub(crate) title: Option<&'static str>,
    /// Numbers of the contacts in it; the owner is in all of them.
    pub(crate) members: Vec<usize>,
    /// Share of the small talk; 0 for chats that hold scripted messages alone.
    pub(crate) weight: u64,
    pub(crate) tongue: Tongue,
}

/// What kind of conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// With one contact.
    Direct,
    /// With several.
    Group,
    /// The owner's notes to self.
    Saved,
}

/// Title of the group in which two minors write to each other.
pub(crate) const TEAM: &str = "Equipo 4º B";
/// Title of the group where friends arrange football.
pub(crate) const FOOTBALL: &str = "Fútbol jueves";
/// Title of the group of neighbours.
pub(crate) const NEIGHBOURS: &str = "Vecinos escalera 2";
/// Title of the Telegram group of hikers.
pub(crate) const HIKERS: &str = "Senderismo";

/// WhatsApp's conversations: one with each contact who uses it, and three groups.
pub(crate) fn whatsapp(people: &[Person]) -> Vec<Chat> {
    let on = numbers(people, |person| person.on_whatsapp && person.part != Part::Teenager);
    let friends = numbers(people, |person| person.on_whatsapp && person.part == Part::Friend);
    let teenagers = numbers(people, |person| person.part == Part::Teenager);
    let mut chats: Vec<Chat> = on.into_iter().map(|number| direct(people, number)).collect();
    let neighbours = friends.iter().rev().take(7).copied().collect();
    let footballers = friends.iter().take(6).copied().collect();
    chats.push(group(TEAM, teenagers, 1));
    chats.push(group(FOOTBALL, footballers, 6));
    chats.push(group(NEIGHBOURS, neighbours, 3));
    chats
}

/// Telegram's conversations: one with each contact who uses it, one group, notes to self.
pub(crate) fn telegram(people: &[Person]) -> Vec<Chat> {
    let on = numbers(people, |person| person.telegram.is_some());
    let hikers = on.iter().rev().take(5).copied().collect();
    let mut chats: Vec<Chat> = on.into_iter().map(|number| direct(people, number)).collect();
    chats.push(group(HIKERS, hikers, 3));
    let saved = Chat { kind: Kind::Saved, title: None, weight: 0, ..group("", Vec::new(), 0) };
    chats.push(saved);
    chats
}

/// The chat with this contact alone.
pub(crate) fn with(chats: &[Chat], contact: usize) -> Option<usize> {
    chats.iter().position(|chat| chat.kind == Kind::Direct && chat.members == [contact])
}

/// The group of this title.
pub(crate) fn titled(chats: &[Chat], title: &str) -> Option<usize> {
    chats.iter().position(|chat| chat.title == Some(title))
}

fn numbers(people: &[Person], which: impl Fn(&Person) -> bool) -> Vec<usize> {
    let chosen = people.iter().enumerate().filter(|(_, person)| which(person));
    chosen.map(|(number, _)| number).collect()
}

fn direct(people: &[Person], number: usize) -> Chat {
    let person = people.get(number);
    let weight = match person.map(|person| person.part) {
        Some(Part::Friend) => 2 + number as u64 % 5,
        Some(Part::Relative) => 5,
        _ => 0,
    };
    let tongue = person.map_or(Tongue::Es, |person| person.tongue);
    Chat { kind: Kind::Direct, title: None, members: vec![number], weight, tongue }
}

fn group(title: &'static str, members: Vec<usize>, weight: u64) -> Chat {
    Chat { kind: Kind::Group, title: Some(title), members, weight, tongue: Tongue::Es }
}
