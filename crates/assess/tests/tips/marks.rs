//! What providers mark, what texts say, hard floors, ages.

use super::*;
use amparo_assess::danger_sign;

fn points(reasons: &[Reason], rule: &str) -> Option<i32> {
    reasons.iter().find(|reason| reason.rule == rule).map(|reason| reason.points)
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

const TOP: i32 = 100;

#[test]
fn escalation_and_annotations_raise_and_say_where_they_stand() {
    let plain = danger(|_| {});
    for mark in ["sextortion", "csamSolicitation", "Sadistic Online Exploitation"] {
        let assessed = assess(|tip| tip.annotations = words(&["odd", mark]));
        assert!(assessed.danger_points > plain && danger_sign(&assessed), "{mark}");
        let unknown = assessed.reasons.iter().find(|r| r.rule == "annotation_unknown").unwrap();
        assert_eq!((unknown.points, unknown.args["names"].as_str()), (0, "odd"));
        assert_eq!(unknown.evidence, ["ncmec/900000001 annotations/0"]);
    }
    let escalated = assess(|tip| tip.escalation = Some("child at risk".to_owned()));
    let reason = escalated.reasons.iter().find(|r| r.rule == "escalation_stated").unwrap();
    assert_eq!(reason.args["reason"], "child at risk");
    assert!(escalated.danger_points >= 80);
    assert!(has(&assess(|tip| tip.escalation = Some(" ".to_owned())).reasons, "escalation_stated"));
}

#[test]
fn spam_information_and_bundles_lower_but_never_beside_a_child_in_danger() {
    let plain = danger(|_| {});
    let low: [fn(&mut TipRevision); 3] = [
        |tip| tip.annotations = vec!["spam".to_owned()],
        |tip| tip.annotations = vec!["informational".to_owned()],
        |tip| tip.bundled = Some("VIRAL_POTENTIAL_MEME".to_owned()),
    ];
    for lower in low {
        let lowered = assess(lower);
        assert!(lowered.danger_points < plain && lowered.danger_points >= 1);
        assert!(!danger_sign(&lowered));
        let both = assess(|tip| {
            lower(tip);
            tip.parties[0].access_to_children = Stated::Yes;
        });
        assert!(both.reasons.iter().all(|reason| reason.points >= 0));
        assert!(has(&both.reasons, "lowering_outweighed") && danger_sign(&both));
        let without = danger(|tip| tip.parties[0].access_to_children = Stated::Yes);
        assert_eq!(both.danger_points, without);
    }
    assert_eq!(danger(|tip| tip.bundled = Some("OTHER".to_owned())), plain);
}

#[test]
fn tags_raise_and_a_synthetic_label_never_lowers() {
    let plain = danger(|_| {});
    for tag in
        ["infant", "possibleSelfProduction", "Physical Harm", "violenceGore", "liveStreaming"]
    {
        assert!(danger(|tip| tip.files[0].tags = words(&[tag])) > plain, "{tag}");
    }
    let label = assess(|tip| tip.files[0].tags = words(&["generativeAi", "GenerativeAI"]));
    assert_eq!(label.danger_points, plain);
    let reason = label.reasons.iter().find(|r| r.rule == "label_generative").unwrap();
    assert_eq!(reason.evidence, ["ncmec/900000001 files/0"]);
}

#[test]
fn texts_are_heard_in_three_languages_with_their_place_and_words() {
    let check = |text: &str, rule: &str| {
        let assessed = assess(|tip| tip.notes = vec!["x".to_owned(), text.to_owned()]);
        let reason = assessed.reasons.iter().find(|reason| reason.rule == rule);
        let reason = reason.unwrap_or_else(|| panic!("{text}: no {rule}"));
        assert_eq!(reason.evidence, ["ncmec/900000001 notes/1"], "{text}");
        assert!(reason.args["quote"].contains(text.get(..8).unwrap()), "{text}");
        assert!(danger_sign(&assessed));
    };
    check("He lives with his two kids", "notes_access");
    check("escribe: vivo con el nene", "notes_access");
    check("mora com a sobrinha", "notes_access");
    check("it was a live stream", "notes_live");
    check("lo transmite en vivo", "notes_live");
    check("acontece ao vivo", "notes_live");
    check("the user threatened to publish", "notes_threat");
    check("la amenaza con publicarlo", "notes_threat");
    check("ele ameaçou divulgar", "notes_threat");
    check("the child wants to die", "notes_self_harm");
    check("dice que quiere morirse", "notes_self_harm");
    check("ela disse que quer morrer", "notes_self_harm");
    check("they arranged to meet on Friday", "notes_meeting");
    check("quieren encontrarse en persona", "notes_meeting");
    check("marcaram um encontro", "notes_meeting");
}

#[test]
fn ordinary_texts_and_other_speakers_are_no_signs() {
    let signs = ["notes_access", "notes_live", "notes_threat", "notes_self_harm", "notes_meeting"];
    let silent = |assessed: &TipAssessment| signs.iter().all(|sign| !has(&assessed.reasons, sign));
    for text in [
        "The account was closed. For legal process write to desk@example.org.",
        "Data are kept for 90 days. We report apparent violations as the law requires.",
        "no vivo con el nene",
        "user meets our criteria; see self harm resources",
        "suicide prevention hotline",
        "Example is a live streaming platform for games.",
        "The desk has access to child protection training.",
        "Call the number above in case of an imminent threat to a child.",
    ] {
        assert!(silent(&assess(|tip| tip.notes = words(&[text]))), "{text}");
    }
    let of = |role| {
        assess(|tip| {
            tip.parties.push(Party { notes: words(&["i live with the kid"]), ..party(role) });
        })
    };
    assert!(silent(&of(PartyRole::Reporter)) && silent(&of(PartyRole::Victim)));
    assert!(!silent(&of(PartyRole::Suspect)) && !silent(&of(PartyRole::Recipient)));
}

#[test]
fn floors_lift_to_the_top_and_the_sum_stays_traceable() {
    let sum = |assessed: &TipAssessment| assessed.reasons.iter().map(|r| r.points).sum::<i32>();
    let level = |level: &str| assess(|tip| tip.originator_level = Some(level.to_owned()));
    let threatened = |kind: Option<&str>| {
        assess(|tip| {
            tip.incident_type = kind.map(str::to_owned);
            tip.notes = words(&["threatened to post it"]);
        })
    };
    // The words alone weigh, and lift nothing to the top.
    assert!(points(&threatened(None).reasons, "floor_threat").is_none());
    for (assessed, floor) in [
        (level("1"), "floor_level_1"),
        (level("Time-sensitive"), "floor_urgent"),
        (assess(|tip| tip.notes = words(&["wants to die"])), "floor_self_harm"),
        (threatened(Some("Online Enticement of Children")), "floor_threat"),
    ] {
        assert!(assessed.danger_points >= TOP, "{floor}");
        assert_eq!(sum(&assessed), assessed.danger_points, "{floor}");
        assert!(points(&assessed.reasons, floor).is_some_and(|lifted| lifted > 0), "{floor}");
    }
    let context = TipContext { files_looked_up: 1, ..TipContext::default() };
    let near = |tip: &mut TipRevision| {
        tip.parties[0].access_to_children = Stated::Yes;
        tip.incident_at = days_ago(3);
    };
    assert!(with(context, near).danger_points >= TOP);
    let known = TipContext { known_files: 1, ..context };
    assert!(!has(&with(known, near).reasons, "floor_access_new_recent"));
    assert!(!has(&assess(near).reasons, "floor_access_new_recent"));
}

#[test]
fn prior_reports_other_agencies_and_recent_uploads_are_said() {
    let plain = danger(|_| {});
    let prior = |count: usize| danger(|tip| tip.related = vec!["900000009".to_owned(); count]);
    assert!(prior(1) > plain && prior(3) > prior(1) && prior(50) == prior(4));
    assert!(danger(|tip| tip.files[0].uploaded_at = days_ago(2)) > plain);
    assert_eq!(danger(|tip| tip.files[0].uploaded_at = days_ago(90)), plain);
    let other = assess(|tip| tip.other_agencies = words(&["Example unit 7/26"]));
    assert_eq!(points(&other.reasons, "other_agency"), Some(0));
}

#[test]
fn ages_that_cannot_be_or_disagree_are_shown_and_count_as_unknown() {
    let check = |age: Option<&str>, born: Option<&str>, minor: bool, rule: Option<&str>| {
        let assessed = assess(|tip| {
            tip.parties[0].approximate_age = age.map(str::to_owned);
            tip.parties[0].date_of_birth = born.map(str::to_owned);
        });
        assert_eq!(assessed.suspected_minor, minor, "{age:?} {born:?}");
        for known in ["age_unusable", "ages_disagree"] {
            assert_eq!(has(&assessed.reasons, known), rule == Some(known), "{age:?} {born:?}");
        }
    };
    check(None, Some("2010-05-01"), true, None);
    check(None, Some("2008-03-02"), false, None);
    check(None, Some("2008-03-03"), true, None);
    check(None, Some("05/07/2011"), true, None);
    check(None, Some("1980-02-29"), false, None);
    check(Some("15"), Some("2010-05-01"), true, None);
    check(Some("16"), Some("2010-05-01"), true, None);
    check(Some("15"), Some("1980-01-01"), false, Some("ages_disagree"));
    check(Some("40"), Some("2010-05-01"), false, Some("ages_disagree"));
    check(None, Some("2030-01-01"), false, Some("age_unusable"));
    check(None, Some("1801-01-01"), false, Some("age_unusable"));
    check(None, Some("soon"), false, Some("age_unusable"));
    check(Some("200"), None, false, Some("age_unusable"));
    check(Some("0"), None, false, Some("age_unusable"));
    check(Some("unknown"), None, false, None);
    check(Some("35"), None, false, None);
    let between = assess(|tip| tip.annotations = words(&["minorToMinorInteraction"]));
    assert!(between.suspected_minor && !danger_sign(&between));
    let doubtful = assess(|tip| tip.parties[0].age_doubtful = Stated::Yes);
    assert!(has(&doubtful.reasons, "age_doubtful"));
}

#[test]
fn rules_that_name_a_rule_nobody_has_are_refused() {
    let urgency = include_str!("../../data/tip_urgency.toml");
    let clocks = include_str!("../../data/clocks.toml");
    let names = amparo_assess::territory::Names::bundled();
    let broken = urgency.replace("all = [\"notes_threat\"", "all = [\"notes_thret\"");
    let error = TipRules::from_toml(&broken, clocks, names).unwrap_err().to_string();
    assert!(error.contains("notes_thret"), "{error}");
}
