//! The plan of a world: everybody, every chat, every picture and its place, before bytes are made.
//!
//! Planning is quick and runs on one thread; making is slow and runs on all of them.
//!
//! To add content: give `Sizes` its number and plan it here, so that paths and hashes are known to
//! every writer.

use crate::calendar::{self, HOUR_MS, NOW};
use crate::chats::{self, Chat, Kind};
use crate::events::{Body, Event, Fate};
use crate::exif::Exif;
use crate::people::{self, Part, Person};
use crate::pictures::{Library, PictureId};
use crate::rng::Stream;
use crate::timeline::in_order;
use crate::{Params, script};
use std::collections::BTreeMap;

/// The phone, relative to the world's folder.
pub(crate) const PHONE: &str = "devices/phone";
/// The computer, relative to the world's folder.
pub(crate) const COMPUTER: &str = "devices/computer";
/// WhatsApp's folder on the phone's shared storage; its store names files relative to it.
pub(crate) const WHATSAPP_FILES: &str = "sdcard/Android/media/com.whatsapp/WhatsApp";
/// The Telegram Desktop export on the computer.
pub(crate) const TELEGRAM_EXPORT: &str = "Telegram Desktop/DataExport";
/// Worlds above this scale are for benchmarks and have smaller pictures.
const SMALL_PICTURES_ABOVE: f64 = 2.0;

/// How much of everything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) tips: u64,
    /// Pictures that the list knows.
    pub(crate) listed: u64,
    /// Further records of the list, of files that are nowhere in this world.
    pub(crate) list_extra: u64,
    pub(crate) whatsapp_talk: u64,
    pub(crate) telegram_talk: u64,
    pub(crate) forwarded: u64,
    pub(crate) family: u64,
    pub(crate) whatsapp_photos: u64,
    pub(crate) telegram_photos: u64,
    pub(crate) saved: u64,
    pub(crate) camera: u64,
    pub(crate) downloads: u64,
    pub(crate) noise_files: u64,
}

impl Sizes {
    /// The numbers at a scale; what the story needs is there at any.
    pub(crate) fn at(scale: f64) -> Self {
        let number = |at_one: u64, least: u64| ((at_one as f64 * scale) as u64).max(least);
        Self {
            tips: number(400, 40),
            listed: number(300, 40),
            list_extra: number(340, 40),
            whatsapp_talk: number(3_750, 200),
            telegram_talk: number(900, 100),
            forwarded: number(60, 24),
            family: number(24, 6),
            whatsapp_photos: number(240, 12),
            telegram_photos: number(100, 6),
            saved: number(45, 6),
            camera: number(180, 10),
            downloads: number(330, 20),
            noise_files: number(40, 10),
        }
    }
}

/// A planned world.
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) sizes: Sizes,
    pub(crate) people: Vec<Person>,
    pub(crate) whatsapp: Vec<Chat>,
    pub(crate) whatsapp_events: Vec<Event>,
    pub(crate) telegram: Vec<Chat>,
    pub(crate) telegram_events: Vec<Event>,
    pub(crate) library: Library,
    /// The pictures of the live source, in the order of sending.
    pub(crate) series: Vec<PictureId>,
    /// Transfers whose file is gone from the phone.
    pub(crate) gone: u64,
    /// Camera pictures, as places on the phone.
    pub(crate) camera: Vec<String>,
}

impl Plan {
    /// Plans the world of these parameters.
    pub(crate) fn new(params: &Params) -> Self {
        let sizes = Sizes::at(params.scale);
        let people = people::contacts(params.seed);
        let small = params.scale > SMALL_PICTURES_ABOVE;
        let mut plan = Self {
            seed: params.seed,
            sizes,
            whatsapp: chats::whatsapp(&people),
            whatsapp_events: Vec::new(),
            telegram: chats::telegram(&people),
            telegram_events: Vec::new(),
            library: Library::new(params.seed, sizes.listed, small),
            series: Vec::new(),
            gone: 0,
            camera: Vec::new(),
            people,
        };
        plan.plan_whatsapp();
        plan.plan_telegram();
        plan.plan_camera();
        plan.plan_downloads();
        plan
    }

    fn plan_whatsapp(&mut self) {
        let (people, chats, library) = (&self.people, &self.whatsapp, &mut self.library);
        let (mut events, series) = script::source(people, chats, library);
        events.extend(script::forwarder(people, chats, library, self.sizes.forwarded));
        events.extend(script::teenagers(people, chats, library));
        events.extend(script::relative(people, chats, library, self.sizes.family));
        let mut stream = Stream::new(self.seed, "whatsapp photos", 0);
        let photos = self.sizes.whatsapp_photos;
        events.extend(holiday_photos(people, chats, library, photos, &mut stream));
        events.extend(groups_made(chats));
        self.series = series;
        self.whatsapp_events = in_order(events);
        self.file_whatsapp_pictures();
    }

    /// Names files as the app does: the day and a number that starts again each day.
    fn file_whatsapp_pictures(&mut self) {
        let mut of_day: BTreeMap<String, u32> = BTreeMap::new();
        let mut events = std::mem::take(&mut self.whatsapp_events);
        for (number, event) in events.iter_mut().enumerate() {
            let Body::Picture { picture, path } = &mut event.body else { continue };
            let day = calendar::madrid(event.at, "%Y%m%d");
            let count = of_day.entry(day.clone()).or_default();
            let folder = if event.from.is_none() { "Sent/" } else { "" };
            *path = format!("Media/WhatsApp Images/{folder}IMG-{day}-WA{count:04}.jpg");
            *count += 1;
            if self.may_be_gone(event.from) && number % 25 == 7 {
                self.gone += 1;
            } else {
                self.library.place(*picture, format!("{PHONE}/{WHATSAPP_FILES}/{path}"));
            }
        }
        self.whatsapp_events = events;
    }

    fn may_be_gone(&self, from: Option<usize>) -> bool {
        let part = from.and_then(|number| self.people.get(number)).map(|person| person.part);
        matches!(part, Some(Part::Friend | Part::Forwarder))
    }

    fn plan_telegram(&mut self) {
        let (people, chats, library) = (&self.people, &self.telegram, &mut self.library);
        let mut events = script::boaster(people, chats);
        let mut stream = Stream::new(self.seed, "telegram photos", 0);
        let photos = self.sizes.telegram_photos;
        events.extend(holiday_photos(people, chats, library, photos, &mut stream));
        events.extend(saved(chats, library, self.sizes.saved));
        self.telegram_events = in_order(events);
        self.file_telegram_pictures();
    }

    /// Names files as the export does: numbered within the chat, with the local time.
    fn file_telegram_pictures(&mut self) {
        let mut of_chat: BTreeMap<usize, u32> = BTreeMap::new();
        for event in &mut self.telegram_events {
            let Body::Picture { picture, path } = &mut event.body else { continue };
            let count = of_chat.entry(event.chat).or_default();
            *count += 1;
            let folder = format!("chats/chat_{:03}", event.chat + 1);
            let kind = self.telegram.get(event.chat).map(|chat| chat.kind);
            *path = match kind {
                Some(Kind::Saved) => format!("{folder}/files/foto {count}.jpg"),
                _ => {
                    let time = calendar::madrid(event.at, "%d-%m-%Y_%H-%M-%S");
                    format!("{folder}/photos/photo_{count}@{time}.jpg")
                }
            };
            self.library.place(*picture, format!("{COMPUTER}/{TELEGRAM_EXPORT}/{path}"));
        }
    }

    fn plan_camera(&mut self) {
        let mut stream = Stream::new(self.seed, "camera", 0);
        let count = self.sizes.camera as i64;
        let span = NOW.0 - calendar::start_ms() - 48 * HOUR_MS;
        for n in 0..count {
            let at = calendar::start_ms() + span / count * n + stream.between(0, 600_000);
            let picture = self.library.unseen();
            self.library.note(picture, owner_exif(at));
            let name = calendar::madrid(at, "%Y%m%d_%H%M%S");
            let path = format!("{PHONE}/sdcard/DCIM/Camera/{name}_{n:03}.jpg");
            self.library.place(picture, path.clone());
            self.camera.push(path);
        }
    }

    /// Of ten downloads three are in the list, two are known but for the encoding, five unseen.
    fn plan_downloads(&mut self) {
        for n in 0..self.sizes.downloads {
            let picture = match n % 10 {
                0..3 => self.library.exact(n),
                3..5 => self.library.recoded(n),
                _ => self.library.unseen(),
            };
            self.library.place(picture, format!("{COMPUTER}/Downloads/imagen {:05}.jpg", n + 1));
        }
    }
}

/// What the owner's phone notes in its pictures.
fn owner_exif(at: i64) -> Exif {
    Exif {
        make: "Example".to_owned(),
        model: "EX Phone 7".to_owned(),
        serial: "EX7-000123".to_owned(),
        taken: calendar::madrid(at, "%Y:%m:%d %H:%M:%S"),
        offset: calendar::madrid_offset(at),
    }
}

/// Photos that friends and the owner send each other; no list knows them.
fn holiday_photos(
    people: &[Person],
    chats: &[Chat],
    library: &mut Library,
    count: u64,
    stream: &mut Stream,
) -> Vec<Event> {
    let is_friend = |number: &usize| people.get(*number).is_some_and(|p| p.part == Part::Friend);
    let friendly = |chat: &Chat| !chat.members.is_empty() && chat.members.iter().all(is_friend);
    let numbers: Vec<usize> =
        (0..chats.len()).filter(|number| chats.get(*number).is_some_and(friendly)).collect();
    let span = NOW.0 - calendar::start_ms() - 2 * HOUR_MS;
    let photo = |n: u64| {
        let number = stream.pick(&numbers);
        let members = chats.get(number).map(|chat| chat.members.as_slice()).unwrap_or(&[]);
        let from = if stream.chance(30) { None } else { Some(stream.pick(members)) };
        let slot = i128::from(span) * i128::from(n) / i128::from(count);
        let at = calendar::start_ms() + slot as i64 + stream.between(0, HOUR_MS);
        let picture = library.unseen();
        Event::new(at, number, from, Body::Picture { picture, path: String::new() })
    };
    (0..count).map(photo).collect()
}

/// What the owner kept for himself: all of it known, two thirds exactly.
fn saved(chats: &[Chat], library: &mut Library, count: u64) -> Vec<Event> {
    let Some(chat) = chats.iter().position(|chat| chat.kind == Kind::Saved) else {
        return Vec::new();
    };
    let span = NOW.0 - calendar::start_ms() - 48 * HOUR_MS;
    let keep = |n: u64| {
        let picture = if n % 3 < 2 { library.exact(n * 7) } else { library.recoded(n * 7) };
        let at = calendar::start_ms() + span / count as i64 * n as i64;
        Event::new(at, chat, None, Body::Picture { picture, path: String::new() })
    };
    (0..count).map(keep).collect()
}

fn groups_made(chats: &[Chat]) -> impl Iterator<Item = Event> {
    let groups = chats.iter().enumerate().filter(|(_, chat)| chat.kind == Kind::Group);
    groups.map(|(number, _)| {
        let at = calendar::start_ms() + number as i64 * 1000;
        Event { fate: Fate::Stays, ..Event::new(at, number, None, Body::GroupMade) }
    })
}
