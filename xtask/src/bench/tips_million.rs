//! A million tips: how long the list and the search take, by the command that people type, start of
//! the program included. The 95th percentile of each kind of question; the worst kind is reported.
//!
//! `TIPS_MILLION` chooses another size. The tips are put into the store directly; how fast they
//! come in from files is measured by `tip_intake`.

use super::unit::Unit;
use super::{Bench, Figures, Workbench};
use amparo_model::{
    Identifier, IdentifierKind, Located, Locator, Party, Place, Sha256, Stated, TipId, TipRevision,
    UtcMillis,
};
use amparo_store::{Store, TipArrival, TipKey, TipLine};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::time::Instant;

pub const BENCH: Bench = Bench {
    name: "tips_million",
    peer: "the goal: 100 ms",
    unit: "ms, 95th percentile of the slowest question over 1,000,000 tips",
    more_is_better: false,
    goal: Some(1.0),
    run,
};

const TIPS: u64 = 1_000_000;
const BATCH: u64 = 5_000;
const ASKED: usize = 40;
const GOAL_MS: f64 = 100.0;
const WORDS: [&str; 12] = [
    "luna", "rio", "norte", "nube", "arena", "bosque", "faro", "cometa", "puente", "lago", "isla",
    "monte",
];

fn run(bench: &Workbench) -> Result<Figures, String> {
    let tips = super::known_lists::size("TIPS_MILLION", TIPS as usize) as u64;
    let unit = Unit::new(&bench.scratch.path().join("million"))?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let start = Instant::now();
    runtime.block_on(fill(&format!("sqlite:{}", unit.database().display()), tips))?;
    println!("  {tips} tips stored in {:.0} s", start.elapsed().as_secs_f64());
    let mut worst: f64 = 0.0;
    let numbers = |at: usize| (at as u64 * 7_919) % tips;
    let questions: [(&str, Question<'_>); 6] = [
        ("list", &|_| words("tips list")),
        ("list of a country", &|_| words("tips list --territory ES")),
        ("list of a queue", &|_| words("tips list --queue no_country")),
        ("search, a common word", &|at| words(&format!("tips search {}", WORDS[at % WORDS.len()]))),
        ("search, a name", &|at| words(&format!("tips search name{}", numbers(at)))),
        ("search by identifier", &|at| {
            words(&format!("tips search --by email u{}@example.org", numbers(at)))
        }),
    ];
    for (name, question) in questions {
        let ms = percentile(&unit, question)?;
        println!("  {name}: {ms:.0} ms");
        worst = worst.max(ms);
    }
    Ok(Figures { ours: worst, peer: Some(GOAL_MS) })
}

/// Makes the words of the question with this number.
type Question<'q> = &'q dyn Fn(usize) -> Vec<String>;

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

fn percentile(unit: &Unit, question: Question<'_>) -> Result<f64, String> {
    let mut spent = Vec::with_capacity(ASKED);
    for at in 0..ASKED {
        let words = question(at);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let start = Instant::now();
        unit.run("ana", &words)?;
        spent.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    spent.sort_by(f64::total_cmp);
    Ok(spent.get(ASKED * 95 / 100).copied().unwrap_or_default())
}

async fn fill(url: &str, tips: u64) -> Result<(), String> {
    let store = Store::open(url).await.map_err(|error| error.to_string())?;
    for first in (0..tips).step_by(BATCH as usize) {
        let numbers = first..(first + BATCH).min(tips);
        let arrivals: Vec<TipArrival> = numbers.clone().map(arrival).collect::<Result<_, _>>()?;
        store.accept_tips(&arrivals).await.map_err(|error| error.to_string())?;
        let lines: Vec<TipLine> = numbers.map(line).collect::<Result<_, _>>()?;
        store.put_lines(&lines, &[]).await.map_err(|error| error.to_string())?;
    }
    store.close().await;
    Ok(())
}

fn id(number: u64) -> Result<TipId, String> {
    TipId::new(format!("ncmec/{}", 300_000_000 + number)).map_err(|error| error.to_string())
}

fn arrival(number: u64) -> Result<TipArrival, String> {
    let mut rng = ChaCha8Rng::seed_from_u64(number);
    let email = format!("u{number}@example.org");
    let identifier = Identifier {
        kind: IdentifierKind::Email,
        raw: email.clone(),
        norm: email.clone(),
        verified: Stated::Yes,
    };
    let mut word = || WORDS.choose(&mut rng).copied().unwrap_or_default();
    let note = format!("{} {} {}", word(), word(), word());
    let tip = TipRevision {
        provider: Some("Example Cloud".to_owned()),
        notes: vec![note.clone()],
        parties: vec![Party { identifiers: vec![identifier], ..Party::default() }],
        ..TipRevision::new(id(number)?)
    };
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(number.to_le_bytes()).for_each(|(to, from)| *to = from);
    let object = Sha256(bytes);
    let hash = format!("MD5 {:032x}", rng.random::<u128>());
    let key = |kind: &str, value: String| TipKey { kind: kind.to_owned(), value, joins: true };
    Ok(TipArrival {
        object,
        parser: "bench".to_owned(),
        parser_version: 1,
        imported_at: UtcMillis(0),
        imported_by: "ana".to_owned(),
        tip: Located::new(tip, Locator::new(object, Place::Whole)),
        problems: Vec::new(),
        keys: vec![key("email", email), key("hash", hash)],
        words: format!("{note} u{number} name{number} example org cloud {}", 300_000_000 + number),
    })
}

fn line(number: u64) -> Result<TipLine, String> {
    let mut rng = ChaCha8Rng::seed_from_u64(number ^ 1);
    let (danger, perishability) = (rng.random_range(1..150), rng.random_range(0..60));
    let country = *["ES", "AR", "MX", "BR", ""].choose(&mut rng).unwrap_or(&"");
    // A line in three stands under another one.
    let head = if number % 3 == 2 { number - 1 } else { number };
    let kept = json!({
        "revision": 1, "provider": "Example Cloud", "originator_level": "E",
        "danger_points": danger, "perishability_points": perishability, "division_name": null,
        "conflict": false, "suspected_minor": false, "problem_count": 0, "rules_version": "bench",
        "assessed_at": 0, "reasons": [
            { "rule": "originator_level_e", "points": 16, "args": { "level": "E" },
              "evidence": [] },
            { "rule": "access_not_stated", "points": 4, "args": {}, "evidence": [] },
        ],
    });
    Ok(TipLine {
        tip: id(number)?,
        line: id(head)?,
        why: if head == number { "alone" } else { "linked" }.to_owned(),
        danger,
        perishability,
        act_by: None,
        country: country.to_owned(),
        division: String::new(),
        unit: if country.is_empty() {
            "no_country".to_owned()
        } else {
            format!("abroad:{country}")
        },
        files: 1,
        fold_key: None,
        valid_until: None,
        body: kept.to_string(),
    })
}
