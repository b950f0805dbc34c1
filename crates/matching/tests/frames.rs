//! Videos by their frames: both shares count, poor and repeated frames do not.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod common;

use amparo_matching::{KnownIndex, Looks, MatchSettings};
use amparo_model::{KnownHash, MatchBasis, Novelty, Pdq, Purpose, Sha256};
use common::{header, pdq, turned};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn frames(count: usize, rng: &mut ChaCha8Rng) -> Vec<Pdq> {
    (0..count).map(|_| pdq(rng)).collect()
}

fn index(videos: &[&[Pdq]], frames_min_percent: u8) -> KnownIndex {
    let row = |frames: &&[Pdq]| KnownHash { frames: frames.to_vec(), ..KnownHash::default() };
    let lists = vec![(header("v", "US", Purpose::Series), videos.iter().map(row).collect())];
    let settings = MatchSettings { frames_min_percent, ..MatchSettings::default() };
    KnownIndex::build_in_memory(lists, &settings).unwrap()
}

/// Shares of the query and of the listed video, if they match.
fn shares(listed: &[Pdq], query: &[Pdq], min: u8) -> Option<(u8, u8)> {
    let found = index(&[listed], min).frames(query);
    assert!(found.len() <= 1);
    found.first().map(|found| match found.basis {
        MatchBasis::Frames { query_percent, list_percent, threshold: 31, min_percent } => {
            assert!(min_percent == min && found.alert);
            (query_percent, list_percent)
        }
        other => panic!("{other:?}"),
    })
}

#[test]
fn both_shares_have_to_reach_the_limit() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let film = frames(100, &mut rng);
    let again: Vec<Pdq> = film.iter().map(|frame| turned(frame, 20, &mut rng)).collect();
    assert_eq!(shares(&film, &again, 80), Some((100, 100)));
    let mut mixed = film[..80].to_vec();
    mixed.extend(frames(20, &mut rng));
    assert_eq!(shares(&film, &mixed, 80), Some((80, 80)));
    assert_eq!(shares(&film, &mixed, 81), None);
    assert_eq!(shares(&film, &film[..79], 80), None, "a clip of 79 percent");
    assert_eq!(shares(&film[..79], &film, 80), None, "a film around a listed clip");
    assert_eq!(shares(&film, &film[..79], 79), Some((100, 79)));
    assert_eq!(shares(&film, &frames(100, &mut rng), 1), None);
}

#[test]
fn poor_and_repeated_frames_count_on_neither_side() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let film = frames(10, &mut rng);
    let poor: Vec<Pdq> = frames(30, &mut rng).iter().map(|f| Pdq { quality: 49, ..*f }).collect();
    let padded = [&film[..], &poor[..]].concat();
    assert_eq!(shares(&padded, &film, 100), Some((100, 100)));
    assert_eq!(shares(&film, &padded, 100), Some((100, 100)));
    assert_eq!(shares(&poor, &poor, 1), None);
    assert_eq!(shares(&film, &[], 0), None);
    let still = [vec![film[0]; 90], film[1..].to_vec()].concat();
    assert_eq!(shares(&film, &still, 100), Some((100, 100)));
    let mostly_still = [vec![film[0]; 90], frames(9, &mut rng)].concat();
    assert_eq!(shares(&film, &mostly_still, 1), Some((10, 10)));
}

fn video(frames: &[Pdq], whole: bool) -> Looks<'_> {
    Looks::Video { frames, whole }
}

#[test]
fn each_listed_video_is_judged_alone_and_pictures_are_no_videos() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let (one, two) = (frames(10, &mut rng), frames(10, &mut rng));
    let lists = index(&[&one, &two, &one], 80);
    assert_eq!(lists.frames(&one).len(), 1, "equal rows say the same");
    assert!(lists.frames(&[&one[..5], &two[..5]].concat()).is_empty());
    assert!(lists.near(&one[0]).is_empty(), "a frame is no picture of the list");
    let (others, picture) = (frames(9, &mut rng), pdq(&mut rng));
    let novelty = |looks| lists.novelty(Sha256([1; 32]), Some(&hashes()), None, Some(looks));
    assert_eq!(novelty(video(&one, false)).novelty, Novelty::NearKnown);
    assert_eq!(novelty(video(&others, true)).novelty, Novelty::Unseen);
    let unsure = |looks| novelty(looks).unsure_because.unwrap();
    assert_eq!(unsure(video(&others, false)), "partly_examined");
    assert_eq!(unsure(video(&[], true)), "low_quality");
    assert_eq!(unsure(Looks::Picture(&picture)), "no_perceptual_list");
}

fn hashes() -> amparo_model::Hashes {
    let sha1 = amparo_model::Sha1([1; 20]);
    amparo_model::Hashes { size: 1, md5: amparo_model::Md5([1; 16]), sha1, sha256: Sha256([1; 32]) }
}
