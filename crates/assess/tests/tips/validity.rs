//! An assessment holds until the moment that it says, found by brute force over days.

use super::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A tip with many clocks in it.
fn invented(random: &mut ChaCha8Rng) -> TipRevision {
    let mut tip = tip();
    let mut time = |most: i64| match random.random_range(0..5) {
        0 => None,
        _ => days_ago(random.random_range(-most / 4..most)),
    };
    tip.received_at = time(500);
    tip.incident_at = time(80);
    tip.files[0].uploaded_at = time(80);
    let captures: Vec<Capture> = (0..3).map(|_| capture(time(450), Some(1))).collect();
    tip.parties[0].captures = captures;
    let country = ["Spain", "AR", "Alemania", "Ruritania"][random.random_range(0..4)];
    tip.parties[0].addresses = vec![address("", "", "", country)];
    let year = random.random_range(2005..2029);
    let (month, day) = (random.random_range(1..13), random.random_range(1..29));
    tip.parties[0].date_of_birth = match random.random_range(0..3) {
        0 => None,
        1 => Some(format!("{year}-{month:02}-{day:02}")),
        _ => Some(format!("{month}/{day}/{year}")),
    };
    let age = random.random_range(10..25);
    tip.parties[0].approximate_age = Some(age.to_string()).filter(|_| random.random_bool(0.5));
    tip
}

#[test]
fn the_same_until_the_moment_said_and_another_from_then_on() {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let context = TipContext::default();
    let mut ends = 0;
    for _ in 0..150 {
        let tip = invented(&mut random);
        let at = |moment| urgency(&tip, &context, &RULES, moment);
        let today = at(now());
        let end = today.valid_until.unwrap_or(now().plus_ms(800 * UtcMillis::DAY_MS));
        let mut day = now();
        let mut steps = 0;
        while day < end && steps < 800 {
            assert_eq!(at(day), today, "{tip:?} at {day}");
            day = day.plus_ms(UtcMillis::DAY_MS);
            steps += 1;
        }
        assert_eq!(at(end.plus_ms(-1)), today, "{tip:?} just before {end}");
        if today.valid_until.is_some() {
            let then = at(end);
            assert_ne!(
                (then.reasons, then.perishability, then.suspected_minor),
                (today.reasons, today.perishability, today.suspected_minor),
                "{tip:?} at {end}"
            );
            ends += 1;
        }
    }
    assert!(ends > 100, "{ends}");
}

#[test]
fn what_no_clock_runs_for_holds_for_ever() {
    let still = assess(|tip| {
        tip.received_at = None;
        tip.incident_at = None;
    });
    assert_eq!(still.valid_until, None);
}

#[test]
fn a_recent_incident_holds_for_the_days_of_the_rules() {
    let recent = assess(|tip| {
        tip.received_at = None;
        tip.incident_at = days_ago(3);
    });
    assert_eq!(recent.valid_until, Some(now().plus_ms(28 * UtcMillis::DAY_MS)));
}

#[test]
#[ignore = "a measurement; run it in release"]
fn twenty_thousand_tips() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let note = "Terms of service. The account was closed and the data are kept. ".repeat(20);
    let mut tips: Vec<TipRevision> = (0..20_000).map(|_| invented(&mut random)).collect();
    tips.iter_mut().for_each(|tip| tip.notes = vec![note.clone()]);
    #[expect(clippy::disallowed_methods, reason = "a measurement")]
    let start = std::time::Instant::now();
    let context = TipContext::default();
    let sum: i64 =
        tips.iter().map(|tip| i64::from(urgency(tip, &context, &RULES, now()).danger_points)).sum();
    println!("sum {sum} in {:?}", start.elapsed());
}
