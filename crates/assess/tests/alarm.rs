//! The alarm on a table of counterparts: the live source, and those who only look like one.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use amparo_assess::alarm::{LastContact, SavedContact, alarms};
use amparo_assess::{AlarmFacts, Lexicon, Rules, SignalFact, TransferFact};
use amparo_model::{AccountKey, Alarm, Band, ChatKind, Direction, Novelty, Sha256, UtcMillis};
use amparo_text::{Lang, Text};
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use std::sync::LazyLock;

static RULES: LazyLock<Rules> = LazyLock::new(Rules::bundled);
static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::bundled);
const NOW: UtcMillis = UtcMillis(1_772_438_400_000);
const HOUR: i64 = 3_600_000;
const UNSEEN: Option<Novelty> = Some(Novelty::Unseen);
const UNSURE: Option<Novelty> = Some(Novelty::Unsure);

fn owner() -> AccountKey {
    AccountKey::new("whatsapp", "34600000001@s.whatsapp.net")
}

fn other() -> AccountKey {
    AccountKey::new("whatsapp", "541100000001@s.whatsapp.net")
}

/// A scene between the owner and one counterpart, built up sign by sign.
#[derive(Clone)]
struct Scene {
    facts: AlarmFacts,
    chat: &'static str,
    hours_ago: i64,
}

impl Scene {
    fn new() -> Self {
        let mut facts = AlarmFacts { owners: vec![owner()], ..AlarmFacts::default() };
        facts.chat_kinds.insert((owner(), "direct".to_owned()), ChatKind::Direct);
        facts.chat_kinds.insert((owner(), "group".to_owned()), ChatKind::Group);
        Self { facts, chat: "direct", hours_ago: 48 }
    }

    fn in_group(self) -> Self {
        Self { chat: "group", ..self }
    }

    fn at(self, hours_ago: i64) -> Self {
        Self { hours_ago, ..self }
    }

    fn file(mut self, change: impl Fn(&mut TransferFact)) -> Self {
        let number = self.facts.transfers.len();
        let mut object = [0; 32];
        object[..8].copy_from_slice(&number.to_be_bytes());
        let mut fact = TransferFact {
            owner: owner(),
            chat: self.chat.to_owned(),
            message: number.to_string(),
            from: Some(other()),
            to: vec![owner()],
            direction: Direction::Received,
            at: Some(NOW.plus_ms(-self.hours_ago * HOUR)),
            object: Some(Sha256(object)),
            visual: true,
            novelty: UNSEEN,
            unsure_because: None,
            alert_match: false,
            is_distributed: false,
            forwarded: false,
            taken_at: None,
            camera: None,
            evidence: format!("file {number}"),
        };
        change(&mut fact);
        self.facts.transfers.push(fact);
        self
    }

    fn unseen(self, count: usize) -> Self {
        (0..count).fold(self, |scene, _| scene.file(|_| {}))
    }

    /// In no list by the hash the app recorded; not compared by appearance.
    fn provisional(self, count: usize) -> Self {
        (0..count).fold(self, |scene, _| {
            scene.file(|f| {
                f.novelty = UNSURE;
                f.unsure_because = Some("not_fingerprinted".to_owned());
            })
        })
    }

    fn listed(self, count: usize) -> Self {
        (0..count).fold(self, |scene, _| scene.file(listed))
    }

    fn owner_sends_listed(self) -> Self {
        self.file(|f| {
            listed(f);
            (f.from, f.to, f.direction) = (Some(owner()), vec![other()], Direction::Sent);
        })
    }

    /// What the counterpart writes, read with the real lexicon.
    fn says(self, text: &str) -> Self {
        self.signal(text, false)
    }

    fn owner_says(self, text: &str) -> Self {
        self.signal(text, true)
    }

    fn signal(mut self, text: &str, from_owner: bool) -> Self {
        for hit in LEXICON.hits(text) {
            self.facts.signals.push(SignalFact {
                owner: Some(owner()),
                account: Some(if from_owner { owner() } else { other() }),
                from_owner,
                chat: self.chat.to_owned(),
                rule: hit.rule,
                excerpt: hit.excerpt,
                at: Some(NOW.plus_ms(-self.hours_ago * HOUR)),
                evidence: format!("message {}", self.facts.signals.len()),
            });
        }
        self
    }

    fn saved_as(mut self, name: &str) -> Self {
        let saved = SavedContact { name: name.to_owned(), evidence: "contact 1".to_owned() };
        self.facts.contacts.insert(other(), saved);
        self
    }

    fn alarm(&self) -> Option<Alarm> {
        let mut rows = alarms(&self.facts, &RULES, NOW);
        assert!(rows.len() <= 1, "{rows:?}");
        rows.pop()
    }

    fn band(&self) -> Band {
        self.alarm().unwrap().band
    }
}

fn listed(fact: &mut TransferFact) {
    fact.novelty = Some(Novelty::Known);
    fact.alert_match = true;
}

fn source() -> Scene {
    Scene::new().says("vivo con el nene").says("mañana te mando más").owner_sends_listed().unseen(6)
}

fn forwarder() -> Scene {
    (0..20).fold(Scene::new().saved_as("Foro"), |scene, _| {
        scene.file(|f| {
            listed(f);
            (f.is_distributed, f.forwarded) = (true, true);
        })
    })
}

fn relative() -> Scene {
    let scene = Scene::new().saved_as("Tía Carmen").says("fotos del cumpleaños de la abuela");
    (0..30).fold(scene, |scene, _| scene.file(family_photo))
}

fn family_photo(fact: &mut TransferFact) {
    fact.camera = Some("Example One 1".to_owned());
    fact.taken_at = fact.at.map(|at| at.plus_ms(-HOUR));
}

fn boaster() -> Scene {
    Scene::new().says("yo también vivo con el nene").says("mañana te mando").says("no digas nada")
}

fn rules_of(alarm: &Alarm) -> Vec<&str> {
    alarm.reasons.iter().map(|reason| reason.rule.as_str()).collect()
}

#[test]
fn the_source_is_on_top_and_every_decoy_below() {
    let check = |name: &str, scene: Scene, expect: Band, rule: &str| {
        let alarm = scene.alarm().unwrap();
        assert_eq!(alarm.band, expect, "{name}: {alarm:#?}");
        assert!(rules_of(&alarm).contains(&rule), "{name} lacks {rule}: {alarm:#?}");
    };
    check("source", source(), Band::Top, "floor_top");
    check("source, saved", source().saved_as("A").says("feliz navidad"), Band::Top, "floor_top");
    check("forwarder", forwarder(), Band::Low, "only_listed");
    check("boaster", boaster(), Band::Review, "claim_without_file");
    check("relative", relative(), Band::Low, "family_talk");
    check("friend", Scene::new().unseen(12).saved_as("Ana"), Band::Low, "no_exchange_context");
    let teen = Scene::new().in_group().says("tengo 15 años, ¿y tú?").unseen(12);
    check("teenager", teen, Band::Protection, "states_minor_age");
    let looking_after = relative().says("el sobrino se queda conmigo hoy");
    check("relative who looks after a child", looking_after, Band::Review, "claims_access");
}

#[test]
fn each_condition_of_the_floor_is_needed() {
    let claims = || Scene::new().says("vivo con el nene");
    let check = |scene: Scene| assert_ne!(scene.band(), Band::Top, "{:#?}", scene.alarm());
    check(claims().owner_sends_listed().unseen(2));
    check(claims().unseen(6));
    check(Scene::new().owner_says("vivo con el nene").owner_sends_listed().unseen(6));
    check(Scene::new().at(40 * 24).says("vivo con el nene").owner_sends_listed().unseen(6));
    check(claims().owner_sends_listed().in_group().unseen(5));
    for exchange in ["tenés más?", "mañana te mando más"] {
        assert_eq!(claims().says(exchange).unseen(3).band(), Band::Top, "{exchange}");
    }
    assert_eq!(claims().owner_sends_listed().in_group().unseen(6).band(), Band::Top);
    assert_eq!(claims().owner_says("qué me das").unseen(3).band(), Band::Top);
}

#[test]
fn a_look_up_of_recorded_hashes_is_said_to_be_provisional() {
    let talk = || Scene::new().says("vivo con el nene").owner_sends_listed();
    let first = talk().provisional(6).alarm().unwrap();
    assert_eq!((first.band, first.reasons[0].rule.as_str()), (Band::Top, "floor_top_provisional"));
    let after = talk().unseen(6).alarm().unwrap();
    assert_eq!((after.band, after.reasons[0].rule.as_str()), (Band::Top, "floor_top"));
    // Re-encoded known files: provisional at first, known once their appearance was compared.
    assert_eq!(talk().listed(6).band(), Band::Review);
    let no_list = |f: &mut TransferFact| {
        f.novelty = UNSURE;
        f.unsure_because = Some("no_list".to_owned());
    };
    let unlisted = (0..6).fold(talk(), |scene, _| scene.file(no_list)).alarm().unwrap();
    assert_eq!(unlisted.band, Band::Review);
    assert!(rules_of(&unlisted).contains(&"not_looked_up"));
}

#[test]
fn a_stated_minor_age_protects_whatever_else_is_there() {
    let alarm = source().says("tengo 15 años").alarm().unwrap();
    assert_eq!((alarm.band, alarm.points), (Band::Protection, 0));
    assert_eq!(alarm.reasons[0].rule, "states_minor_age");
    assert!(alarm.reasons.iter().all(|reason| reason.points == 0));
    assert_eq!(source().owner_says("tengo 15 años").band(), Band::Top);
}

#[test]
fn the_same_picture_twice_and_sounds_are_not_more_pictures() {
    let talk = || Scene::new().says("vivo con el nene").owner_sends_listed();
    let same = |f: &mut TransferFact| f.object = Some(Sha256([9; 32]));
    let sound = |f: &mut TransferFact| f.visual = false;
    assert_ne!((0..5).fold(talk(), |s, _| s.file(same)).band(), Band::Top);
    assert_ne!((0..5).fold(talk(), |s, _| s.file(sound)).band(), Band::Top);
}

#[test]
fn owners_and_silent_members_of_a_group_get_no_row() {
    let to_group = |f: &mut TransferFact| {
        (f.from, f.to, f.direction) = (Some(owner()), vec![other()], Direction::Sent);
    };
    assert!(Scene::new().in_group().file(to_group).alarm().is_none());
    assert!(Scene::new().owner_says("vivo con el nene").alarm().is_none());
    assert!(alarms(&AlarmFacts::default(), &RULES, NOW).is_empty());
}

#[test]
fn a_file_whose_sender_the_store_does_not_tell_belongs_to_the_direct_chat() {
    let unknown = |f: &mut TransferFact| f.from = None;
    let scene = Scene::new().says("vivo con el nene").owner_sends_listed();
    assert_eq!((0..3).fold(scene, |s, _| s.file(unknown)).band(), Band::Top);
}

#[test]
fn reasons_name_their_evidence_and_every_sentence_is_complete() {
    let alarms = [source(), forwarder(), boaster(), relative(), source().says("tengo 15 años")];
    for alarm in alarms.iter().filter_map(Scene::alarm) {
        assert_eq!(alarm.points, alarm.reasons.iter().map(|r| r.points).sum::<i32>());
        for reason in &alarm.reasons {
            let evident = !reason.evidence.is_empty();
            // What is absent has no place.
            let absent = ["no_exchange_context", "contact_date_unknown"];
            assert!(evident || absent.contains(&reason.rule.as_str()), "{reason:?}");
            assert!(reason.evidence.is_sorted());
            complete(&format!("alarm-{}", reason.rule), reason);
        }
    }
}

#[test]
fn every_reason_of_the_source_can_be_traced() {
    let alarm = source().saved_as("A").says("feliz navidad").alarm().unwrap();
    for rule in ["floor_top", "recent_contact", "saved_contact"] {
        assert!(rules_of(&alarm).contains(&rule), "{rule}: {alarm:#?}");
    }
    let traced = |reason: &amparo_model::Reason| !reason.evidence.is_empty();
    assert!(alarm.reasons.iter().all(traced), "{alarm:#?}");
}

#[test]
fn the_last_contact_is_traced_to_the_latest_record() {
    let check = |scene: Scene, expect: &str| {
        let alarm = scene.alarm().unwrap();
        let found = alarm.reasons.iter().find(|reason| reason.rule == "recent_contact").unwrap();
        assert_eq!(found.evidence, [expect]);
    };
    let written = |mut scene: Scene, hours_ago: i64| {
        let at = NOW.plus_ms(-hours_ago * HOUR);
        let last = LastContact { at, evidence: "plain message".to_owned() };
        scene.facts.last_contact.insert((owner(), other()), last);
        scene
    };
    let talk = || Scene::new().at(20).unseen(1).at(10).says("vivo con el nene");
    check(talk(), "message 0");
    check(talk().at(5).unseen(1), "file 1");
    check(written(talk(), 1), "plain message");
    check(written(talk(), 30), "message 0");
}

fn complete(id: &str, reason: &amparo_model::Reason) {
    let args: Vec<(&str, &str)> =
        reason.args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for lang in Lang::ALL {
        let sentence = Text::new(lang).get(&id.replace('_', "-"), &args);
        let whole = !sentence.contains("{$") && !sentence.contains('⟦');
        assert!(whole, "{lang}: {sentence}");
    }
}

/// Danger signs; none of them may ever lower a band.
const DANGER: [fn(Scene) -> Scene; 10] = [
    |s| s.says("vivo con el nene"),
    |s| s.says("tenés más?"),
    |s| s.says("mañana te mando más"),
    |s| s.says("no se lo digas a nadie"),
    |s| s.unseen(1),
    |s| s.provisional(1),
    |s| s.file(family_photo),
    |s| s.in_group().unseen(1),
    |s| s.listed(1),
    |s| s.owner_sends_listed(),
];

/// Counter-evidence; none of it may ever lift a band.
const AGAINST: [fn(Scene) -> Scene; 3] = [
    |s| s.saved_as("Tía Carmen"),
    |s| s.says("el cumpleaños de la abuela"),
    |s| s.owner_says("feliz navidad"),
];

#[test]
fn danger_signs_never_lower_and_counter_evidence_never_lifts() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    for _ in 0..1500 {
        let mut scene = Scene::new();
        for _ in 0..rng.random_range(1..9) {
            let fresh = Scene { chat: "direct", hours_ago: rng.random_range(1..60 * 24), ..scene };
            let sign: fn(Scene) -> Scene = match rng.random_range(0..13) {
                n @ 0..10 => DANGER[n],
                n => AGAINST[n - 10],
            };
            scene = sign(fresh);
        }
        let Some(before) = scene.alarm() else { continue };
        let direct = Scene { chat: "direct", ..scene };
        for sign in DANGER {
            let after = sign(direct.clone()).band();
            assert!(after <= before.band, "{after:?} after {before:#?}");
        }
        for sign in AGAINST {
            // The time of the phrase lies within what is there already: a new contact is a sign.
            let after = sign(direct.clone().at(60 * 24)).band();
            assert!(after >= before.band, "{after:?} after {before:#?}");
        }
    }
}

#[test]
fn the_order_is_band_points_contact_account_whatever_the_order_of_input() {
    let mut facts = AlarmFacts { owners: vec![owner()], ..AlarmFacts::default() };
    let scenes = [relative(), source(), forwarder(), boaster(), source()];
    for (number, scene) in scenes.into_iter().enumerate() {
        let key = AccountKey::new("telegram", format!("user{number}"));
        let chat = format!("chat{number}");
        facts.chat_kinds.insert((owner(), chat.clone()), ChatKind::Direct);
        for mut fact in scene.facts.transfers {
            fact.chat.clone_from(&chat);
            fact.from = fact.from.map(|from| if from == other() { key.clone() } else { from });
            fact.to = fact
                .to
                .into_iter()
                .map(|to| if to == other() { key.clone() } else { to })
                .collect();
            facts.transfers.push(fact);
        }
        for mut fact in scene.facts.signals {
            fact.chat.clone_from(&chat);
            fact.account = Some(key.clone());
            facts.signals.push(fact);
        }
    }
    let expect = alarms(&facts, &RULES, NOW);
    let ids: Vec<&str> = expect.iter().map(|alarm| alarm.counterpart.id.as_str()).collect();
    assert_eq!(ids, ["user1", "user4", "user3", "user0", "user2"]);
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    for _ in 0..20 {
        facts.transfers.shuffle(&mut rng);
        facts.signals.shuffle(&mut rng);
        assert_eq!(alarms(&facts, &RULES, NOW), expect);
    }
}
