//! The scripted chats: the live source and those who only look like one.
//!
//! Words are neutral on purpose; what makes the source stand out is the combination of never-seen
//! pictures of one series, words about living with the child, and known material in the same chat.
//! Each decoy has some of these and lacks the rest.

use crate::calendar::hours_ago;
use crate::chats::{self, Chat};
use crate::events::{Body, Event, Fate};
use crate::people::{Part, Person};
use crate::pictures::{Library, PictureId};

/// Pictures of the series that the source sends.
pub(crate) const SERIES: u32 = 6;

/// A picture to be sent, until the app's folder gives it a path.
fn picture(at: i64, chat: usize, from: Option<usize>, picture: PictureId) -> Event {
    Event::new(at, chat, from, Body::Picture { picture, path: String::new() })
}

/// What the source and the owner write: hours before now, whether the source writes, the text.
const SOURCE_TALK: [(i64, bool, &str, Fate); 20] = [
    (236, true, "hola, ¿cómo va todo por Elche?", Fate::Stays),
    (235, false, "bien, con lluvia. ¿y por allá?", Fate::Stays),
    (
        234,
        true,
        "acá en la provincia de Buenos Aires hace calor, en Luján no corre el aire",
        Fate::Stays,
    ),
    (226, false, "¿te llegaron bien?", Fate::DeletedInWal),
    (225, true, "sí, gracias", Fate::Stays),
    (206, true, "vivo con el nene, somos los dos solos", Fate::Stays),
    (204, false, "muy bien, gracias", Fate::Stays),
    (170, true, "el nene está conmigo en casa todos los días", Fate::Stays),
    (168, true, "hoy sale temprano del colegio", Fate::RevokedInWal),
    (147, true, "mañana te mando más", Fate::Stays),
    (145, false, "de acuerdo", Fate::Stays),
    (122, true, "esta es de ayer", Fate::Stays),
    (120, false, "gracias", Fate::Stays),
    (100, false, "¿sigue el calor?", Fate::Stays),
    (80, true, "sí, 34 grados en Luján", Fate::Stays),
    (50, true, "estoy en casa con el nene", Fate::Stays),
    (49, false, "aquí sigue lloviendo", Fate::Stays),
    (27, true, "esta es de hoy", Fate::Stays),
    (26, true, "mañana te mando más", Fate::Stays),
    (14, true, "borrá este chat después", Fate::Stays),
];

/// When the six pictures go out, in hours before now; the last two are in the WAL alone.
const SERIES_HOURS: [i64; SERIES as usize] = [205, 169, 146, 121, 51, 28];
/// When the owner sends what the list knows.
const KNOWN_HOURS: [i64; 8] = [229, 228, 227, 119, 118, 117, 25, 24];

/// The chat with the live source, and the pictures of the series in the order of sending.
pub(crate) fn source(
    people: &[Person],
    chats: &[Chat],
    library: &mut Library,
) -> (Vec<Event>, Vec<PictureId>) {
    let Some((contact, chat)) = first(people, chats, Part::Source) else {
        return Default::default();
    };
    let mut events = Vec::new();
    for (hours, from_source, text, fate) in SOURCE_TALK {
        let from = from_source.then_some(contact);
        events.push(Event { fate, ..Event::text(hours_ago(hours), chat, from, text) });
    }
    let series = library.series(SERIES);
    for (hours, id) in SERIES_HOURS.iter().zip(&series) {
        events.push(picture(hours_ago(*hours), chat, Some(contact), *id));
    }
    for (n, hours) in (0..).zip(KNOWN_HOURS) {
        events.push(picture(hours_ago(hours), chat, None, library.exact(n)));
    }
    (events, series)
}

/// Files that everybody forwards: all known or known but for the encoding, all marked.
pub(crate) fn forwarder(
    people: &[Person],
    chats: &[Chat],
    library: &mut Library,
    files: u64,
) -> Vec<Event> {
    let Some((contact, chat)) = first(people, chats, Part::Forwarder) else { return Vec::new() };
    let step = 400 * 24 / files.max(1) as i64;
    let mut events = Vec::new();
    for n in 0..files {
        let at = hours_ago(5 * 24 + n as i64 * step) - n as i64 * 1009;
        // Even numbers are what the list calls widely distributed.
        let id = if n % 12 < 7 { library.exact(n * 2) } else { library.recoded(n * 2) };
        // The app deletes one of them for good just before the phone is taken.
        let fate = if n == 2 { Fate::DeletedInWal } else { Fate::Stays };
        events.push(Event { forwarded: true, fate, ..picture(at, chat, Some(contact), id) });
        if n % 9 == 0 {
            let text = Event::text(at + 30_000, chat, Some(contact), "reenviado, mira esto");
            events.push(Event { forwarded: true, ..text });
        }
    }
    events
}

/// What the two minors write: hours before now, which of them, the text.
const TEAM_TALK: [(i64, usize, &str); 10] = [
    (700, 0, "hola equipo, ¿a qué hora es el partido?"),
    (699, 1, "a las once en el campo nuevo"),
    (400, 0, "tengo 15 años, ¿y tú?"),
    (399, 1, "yo 14, cumplo en mayo"),
    (300, 0, "mi hermano pequeño está en casa y no me deja estudiar"),
    (299, 1, "jajaja, el mío igual"),
    (160, 1, "¿has hecho los ejercicios de mates?"),
    (159, 0, "casi todos, luego te los paso"),
    (60, 1, "mañana examen de historia"),
    (59, 0, "suerte"),
];

/// Two teenagers who send each other pictures that no list knows.
pub(crate) fn teenagers(people: &[Person], chats: &[Chat], library: &mut Library) -> Vec<Event> {
    let Some(chat) = chats::titled(chats, chats::TEAM) else { return Vec::new() };
    let pair = parts(people, Part::Teenager);
    let who = |index: usize| pair.get(index).copied();
    let mut events: Vec<Event> = TEAM_TALK
        .iter()
        .map(|(hours, index, text)| Event::text(hours_ago(*hours), chat, who(*index), text))
        .collect();
    for n in 0..12 {
        let at = hours_ago(40 + n * 33);
        events.push(picture(at, chat, who(n as usize % 2), library.unseen()));
    }
    events
}

/// What the boaster and the owner write on Telegram; no file ever follows.
const BOASTER_TALK: [(i64, bool, &str); 9] = [
    (230, true, "hola, me dieron tu contacto en el foro"),
    (229, false, "hola"),
    (210, true, "yo también vivo con el nene de mi pareja"),
    (209, true, "tengo muchas fotos propias, mañana te mando"),
    (180, false, "no llegó nada"),
    (150, true, "se me rompió el móvil, la semana que viene te mando"),
    (90, true, "mañana te mando seguro"),
    (40, false, "sigo esperando"),
    (39, true, "esta noche sin falta"),
];

/// The one who boasts with nothing behind it.
pub(crate) fn boaster(people: &[Person], chats: &[Chat]) -> Vec<Event> {
    let Some((contact, chat)) = first(people, chats, Part::Boaster) else { return Vec::new() };
    let event = |(hours, from_him, text): &(i64, bool, &str)| {
        Event::text(hours_ago(*hours), chat, from_him.then_some(contact), text)
    };
    BOASTER_TALK.iter().map(event).collect()
}

const RELATIVE_TALK: [(i64, &str); 5] = [
    (900, "fotos del cumpleaños de la abuela, 80 ya"),
    (500, "el peque sopló las velas con ella, qué risa"),
    (300, "feliz cumpleaños, sobrino"),
    (130, "fotos de la comida del domingo"),
    (70, "tus primos preguntan por ti"),
];

/// A relative with family photos, two years of birthdays and nothing else.
pub(crate) fn relative(
    people: &[Person],
    chats: &[Chat],
    library: &mut Library,
    photos: u64,
) -> Vec<Event> {
    let Some((contact, chat)) = first(people, chats, Part::Relative) else { return Vec::new() };
    let mut events: Vec<Event> = RELATIVE_TALK
        .iter()
        .map(|(hours, text)| Event::text(hours_ago(*hours), chat, Some(contact), text))
        .collect();
    for n in 0..photos {
        let at = hours_ago(72 + (n as i64 * 9000) / photos.max(1) as i64) - 7_000 * n as i64;
        events.push(picture(at, chat, Some(contact), library.unseen()));
    }
    events
}

/// Numbers of the contacts with this part.
pub(crate) fn parts(people: &[Person], part: Part) -> Vec<usize> {
    let chosen = people.iter().enumerate().filter(|(_, person)| person.part == part);
    chosen.map(|(number, _)| number).collect()
}

/// The first contact with this part and the chat with them.
pub(crate) fn first(people: &[Person], chats: &[Chat], part: Part) -> Option<(usize, usize)> {
    let contact = *parts(people, part).first()?;
    Some((contact, chats::with(chats, contact)?))
}
