//! What the index promises, on lists made from a seed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use amparo_matching::{DEFAULT_THRESHOLD, KnownIndex, Looks, MatchSettings};
use amparo_model::{
    Bits256, HashAlgorithm, HashSetHeader, HashSetId, Hashes, KnownHash, Look, Match, MatchBasis,
    Md5, Novelty, Pdq, Purpose, RecordedHash, Scheme, Sha1, Sha256,
};
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

fn header(id: &str, realm: &str, purpose: Purpose) -> HashSetHeader {
    let realm = realm.to_owned();
    HashSetHeader {
        id: HashSetId::new(id).unwrap(),
        title: format!("list {id}"),
        scheme: Scheme { name: "VICS".to_owned(), realm, version: "2.0".to_owned() },
        dated: "2026-02-01".to_owned(),
        source: "unit A".to_owned(),
        version: None,
        licence: None,
        purpose,
    }
}

fn nothing() -> KnownHash {
    KnownHash::default()
}

fn hashes(rng: &mut ChaCha8Rng) -> Hashes {
    let (md5, sha1, sha256) = (Md5(rng.random()), Sha1(rng.random()), Sha256(rng.random()));
    Hashes { size: 1, md5, sha1, sha256 }
}

fn pdq(rng: &mut ChaCha8Rng) -> Pdq {
    Pdq { bits: Bits256(rng.random()), quality: 90 }
}

/// The same hash with exactly `distance` bits turned.
fn turned(pdq: &Pdq, distance: usize, rng: &mut ChaCha8Rng) -> Pdq {
    let mut order: Vec<usize> = (0..256).collect();
    order.shuffle(rng);
    let mut turned = *pdq;
    for bit in order.into_iter().take(distance) {
        turned.bits.0[bit / 8] ^= 1 << (bit % 8);
    }
    turned
}

fn known(hashes: &Hashes, code: &str) -> KnownHash {
    let (md5, sha1, sha256) = (Some(hashes.md5), Some(hashes.sha1), Some(hashes.sha256));
    KnownHash { md5, sha1, sha256, code: Some(code.to_owned()), ..nothing() }
}

fn alert(rows: Vec<KnownHash>) -> KnownIndex {
    KnownIndex::build(vec![(header("a", "US", Purpose::Alert), rows)], DEFAULT_THRESHOLD)
}

fn recorded(hash: &Sha256) -> RecordedHash {
    RecordedHash { algorithm: HashAlgorithm::Sha256, value: hash.to_string() }
}

#[test]
fn what_was_inserted_is_found_by_each_of_its_hashes_and_nothing_else_is() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let all: Vec<Hashes> = (0..500).map(|_| hashes(&mut rng)).collect();
    let rows = all.iter().map(|h| match rng.random_range(0..3) {
        0 => KnownHash { md5: Some(h.md5), ..nothing() },
        1 => KnownHash { sha1: Some(h.sha1), ..nothing() },
        _ => KnownHash { sha256: Some(h.sha256), ..nothing() },
    });
    let index = alert(rows.collect());
    for known in &all {
        assert_eq!(index.exact(known).len(), 1, "{known:?}");
        assert!(index.exact(&hashes(&mut rng)).is_empty());
    }
}

#[test]
fn near_search_finds_all_within_the_threshold_and_none_beyond() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let all: Vec<Pdq> = (0..300).map(|_| pdq(&mut rng)).collect();
    let index = alert(all.iter().map(|p| KnownHash { pdq: Some(*p), ..nothing() }).collect());
    for (at, known) in all.iter().enumerate() {
        let distance = at % 64;
        let query = turned(known, distance, &mut rng);
        let mut expect: Vec<u32> =
            all.iter().map(|p| p.distance(&query)).filter(|d| *d <= 31).collect();
        expect.sort_unstable();
        let found: Vec<u32> = index.near(&query).iter().map(distance_of).collect();
        assert_eq!(found, expect, "planted at distance {distance}");
        assert_eq!(found.is_empty(), distance > 31);
    }
}

fn distance_of(found: &Match) -> u32 {
    match found.basis {
        MatchBasis::Near { distance, threshold: DEFAULT_THRESHOLD, look: Look::AsShown } => {
            distance
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn low_quality_matches_on_neither_side() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let good = pdq(&mut rng);
    let poor = Pdq { quality: 49, ..good };
    let check = |list: Pdq, query: Pdq, expect: usize| {
        let index = alert(vec![KnownHash { pdq: Some(list), ..nothing() }]);
        assert_eq!(index.near(&query).len(), expect);
    };
    check(good, Pdq { quality: 50, ..good }, 1);
    check(good, poor, 0);
    check(poor, good, 0);
}

#[test]
fn each_list_keeps_its_own_verdict_and_known_good_never_silences_an_alert() {
    let file = hashes(&mut ChaCha8Rng::seed_from_u64(5));
    let sets = vec![
        (header("good", "US", Purpose::KnownGood), vec![known(&file, "0")]),
        (header("uk", "UK", Purpose::Alert), vec![known(&file, "B")]),
        (header("us", "US", Purpose::Alert), vec![known(&file, "2")]),
    ];
    let matches = KnownIndex::build(sets, DEFAULT_THRESHOLD).exact(&file);
    let seen: Vec<(&str, &str, &str, bool)> = matches
        .iter()
        .filter_map(|m| Some((m, m.category.as_ref()?)))
        .map(|(m, c)| (m.hash_set.as_str(), c.scheme.realm.as_str(), c.code.as_str(), m.alert))
        .collect();
    let expect = [("uk", "UK", "B", true), ("us", "US", "2", true), ("good", "US", "0", false)];
    assert_eq!(seen, expect);
}

#[test]
fn the_order_of_lists_and_rows_changes_nothing() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let file = hashes(&mut rng);
    let look = pdq(&mut rng);
    let near =
        |d, rng: &mut ChaCha8Rng| KnownHash { pdq: Some(turned(&look, d, rng)), ..nothing() };
    let mut rows = vec![known(&file, "1"), near(9, &mut rng), near(4, &mut rng)];
    let set = |id, rows: &[KnownHash]| (header(id, "US", Purpose::Alert), rows.to_vec());
    let one = KnownIndex::build(vec![set("a", &rows), set("b", &rows)], DEFAULT_THRESHOLD);
    rows.reverse();
    let two = KnownIndex::build(vec![set("b", &rows), set("a", &rows)], DEFAULT_THRESHOLD);
    let ask = |index: &KnownIndex| {
        index.novelty(
            file.sha256,
            Some(&file),
            Some(&recorded(&file.sha256)),
            Some(Looks::Picture(&look)),
        )
    };
    assert_eq!(ask(&one), ask(&two));
    assert_eq!(one.version(), two.version());
    let bases: Vec<MatchBasis> = ask(&one).matches.iter().map(|m| m.basis).collect();
    let read = MatchBasis::Exact { algorithm: HashAlgorithm::Sha256, recorded_by_app: false };
    let look = Look::AsShown;
    let near = |distance| MatchBasis::Near { distance, threshold: DEFAULT_THRESHOLD, look };
    assert_eq!(bases, [read, read, near(4), near(4), near(9), near(9)]);
}

#[test]
fn the_empty_file_is_in_no_list() {
    let md5 = "d41d8cd98f00b204e9800998ecf8427e".parse().unwrap();
    let sha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709".parse().unwrap();
    let sha256 =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".parse().unwrap();
    let empty = Hashes { size: 0, md5, sha1, sha256 };
    let index = alert(vec![known(&empty, "1")]);
    assert!(index.exact(&empty).is_empty());
    assert!(index.recorded(&recorded(&sha256)).is_empty());
}

#[test]
fn novelty_says_no_more_than_was_compared() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let (listed, other) = (hashes(&mut rng), hashes(&mut rng));
    let (look, far) = (pdq(&mut rng), pdq(&mut rng));
    let full = alert(vec![known(&listed, "1"), KnownHash { pdq: Some(look), ..nothing() }]);
    let exact_only = alert(vec![known(&listed, "1")]);
    let none = KnownIndex::build(Vec::new(), DEFAULT_THRESHOLD);
    let harmless = (header("g", "US", Purpose::KnownGood), vec![known(&listed, "0")]);
    let good_only = KnownIndex::build(vec![harmless], DEFAULT_THRESHOLD);
    let poor = Pdq { quality: 10, ..far };
    let close = turned(&look, 20, &mut rng);
    let (app_listed, app_other) = (recorded(&listed.sha256), recorded(&other.sha256));
    let check =
        |index: &KnownIndex, file, app, pdq: Option<&Pdq>, expect, because: Option<&str>| {
            let said = index.novelty(other.sha256, file, app, pdq.map(Looks::Picture));
            assert_eq!((said.novelty, said.unsure_because.as_deref()), (expect, because));
        };
    check(&full, Some(&listed), None, None, Novelty::Known, None);
    check(&full, None, Some(&app_listed), None, Novelty::Known, None);
    check(&full, Some(&other), None, Some(&close), Novelty::NearKnown, None);
    check(&full, Some(&other), Some(&app_other), Some(&far), Novelty::Unseen, None);
    let unsure = Novelty::Unsure;
    check(&full, None, Some(&app_other), None, unsure, Some("not_fingerprinted"));
    check(&full, None, None, None, unsure, Some("nothing_to_compare"));
    check(&full, Some(&other), None, None, unsure, Some("not_a_picture"));
    check(&full, Some(&other), None, Some(&poor), unsure, Some("low_quality"));
    check(&exact_only, Some(&other), None, Some(&far), unsure, Some("no_perceptual_list"));
    check(&none, Some(&other), None, Some(&far), unsure, Some("no_list"));
    check(&good_only, Some(&other), None, Some(&far), unsure, Some("no_list"));
}

#[test]
fn a_recorded_value_of_the_wrong_form_matches_nothing() {
    let file = hashes(&mut ChaCha8Rng::seed_from_u64(8));
    let index = alert(vec![known(&file, "1")]);
    let ask = |algorithm, value: &str| {
        index.recorded(&RecordedHash { algorithm, value: value.to_owned() }).len()
    };
    assert_eq!(ask(HashAlgorithm::Sha256, &file.sha256.to_string().to_uppercase()), 1);
    assert_eq!(ask(HashAlgorithm::Md5, &file.sha256.to_string()), 0);
    assert_eq!(ask(HashAlgorithm::Sha256, "not a hash"), 0);
    assert_eq!(ask(HashAlgorithm::Pdq, &file.sha256.to_string()), 0);
}

#[test]
fn a_turned_picture_and_a_later_frame_are_found_and_the_match_says_so() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let (listed, shown, other) = (pdq(&mut rng), pdq(&mut rng), pdq(&mut rng));
    let rows = vec![KnownHash { pdq: Some(listed), ..nothing() }];
    let list = || vec![(header("a", "US", Purpose::Alert), rows.clone())];
    let file = hashes(&mut rng);
    let check = |settings: &MatchSettings, turned: &[Pdq], later_frames: &[Pdq], expect| {
        let index = KnownIndex::build_in_memory(list(), settings).unwrap();
        let looks = Looks::AllOf { shown: Some(&shown), turned, later_frames };
        let said = index.novelty(file.sha256, Some(&file), None, Some(looks));
        let looks = said.matches.iter().map(|found| match found.basis {
            MatchBasis::Near { distance, look, .. } => (distance, look),
            other => panic!("{other:?}"),
        });
        assert_eq!(looks.collect::<Vec<_>>(), expect);
    };
    let (near, nearer) = (turned(&listed, 9, &mut rng), turned(&listed, 4, &mut rng));
    let on = MatchSettings::default();
    check(&on, &[other, near], &[], vec![(9, Look::Turned)]);
    check(&on, &[near], &[other, nearer], vec![(4, Look::LaterFrame)]);
    check(&on, &[other], &[other], vec![]);
    check(&MatchSettings { turned: false, ..on }, &[near], &[], vec![]);
}
