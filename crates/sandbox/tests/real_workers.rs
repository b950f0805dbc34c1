//! The real worker through the real border: pictures, parsers, pools, memory limits.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use amparo_model::ProblemKind;
use amparo_sandbox::{Confinement, Event, Patience, Pool, Worker, WorkerCommand, WorkerError};

fn command() -> WorkerCommand {
    WorkerCommand {
        program: env!("CARGO_BIN_EXE_amparo-sandbox-testworker").into(),
        args: vec!["serve".to_owned()],
    }
}

/// A grey picture with a gradient: the smallest format that needs no encoder.
fn bitmap(side: u8) -> Vec<u8> {
    let (wide, pixels) = (u32::from(side), u32::from(side) * u32::from(side) * 4);
    let mut out = b"BM".to_vec();
    for word in [54 + pixels, 0, 54, 40, wide, wide, 1 | (32 << 16), 0, pixels, 0, 0, 0, 0] {
        out.extend(word.to_le_bytes());
    }
    for y in 0..side {
        for x in 0..side {
            out.extend([x, y, x ^ y, 255]);
        }
    }
    out
}

const TELEGRAM: &[u8] =
    br#"{"about": "x", "personal_information": {"user_id": 1, "first_name": "A"},
    "chats": {"about": "x", "list": [{"name": "B", "type": "personal_chat", "id": 2, "messages": [
    {"id": 1, "type": "message", "date": "2026-02-01T10:00:00", "date_unixtime": "1769936400",
     "from": "B", "from_id": "user2", "text": "hola", "text_entities": []}]}]}}"#;

fn events(pool: &Pool, bytes: &[u8]) -> Vec<Event> {
    let mut events = Vec::new();
    pool.parse("telegram_desktop", ("result.json", bytes), &[], &mut |e| events.push(e)).unwrap();
    events
}

#[test]
fn a_confined_worker_examines_like_an_open_one() {
    let mut worker = Worker::spawn(&command()).unwrap();
    let bytes = bitmap(200);
    let wanted = amparo_media::Wanted { dihedral: true, ..amparo_media::Wanted::default() };
    let limits = amparo_media::Limits::default();
    let expect = amparo_media::examine_as(&bytes, &limits, &wanted).unwrap();
    assert!(expect.pdq.is_some());
    assert_eq!(worker.examine(&bytes), Ok(expect.clone()));
    match worker.examine(b"no picture at all") {
        Err(WorkerError::NotExamined { kind, .. }) => assert_eq!(kind, ProblemKind::Skipped),
        other => panic!("{other:?}"),
    }
    assert_eq!(worker.examine(&bytes), Ok(expect));
}

#[test]
fn a_confined_parser_gives_what_an_open_one_gives() {
    use amparo_model::Sha256;
    use sha2::Digest;
    let blob = amparo_parsers::Blob {
        path: "result.json",
        sha256: Sha256(sha2::Sha256::digest(TELEGRAM).into()),
        bytes: TELEGRAM,
    };
    let mut open = amparo_parsers::Collected::default();
    let parser = amparo_parsers::by_id("telegram_desktop").unwrap();
    parser.parse(&amparo_parsers::Input::new(blob), &mut open);
    assert!(!open.records.is_empty());
    let (mut records, mut problems) = (Vec::new(), Vec::new());
    for event in events(&Pool::new(command(), 1), TELEGRAM) {
        match event {
            Event::Record(record) => records.push(record),
            Event::Problem(problem) => problems.push(problem),
        }
    }
    assert_eq!((records, problems), (open.records, open.problems));
}

/// The kernel ends a worker with the thread that started it; that must not be the caller's.
#[test]
fn a_worker_outlives_the_thread_that_asked_for_it() {
    let mut worker = std::thread::spawn(|| Worker::spawn(&command()).unwrap()).join().unwrap();
    assert!(worker.examine(&bitmap(64)).is_ok());
}

#[test]
fn an_unknown_parser_is_an_error_and_costs_no_worker() {
    let mut worker = Worker::spawn(&command()).unwrap();
    let error = worker.parse("no_such", ("x", b""), &[], &mut |_| {}).unwrap_err();
    assert_eq!(error, WorkerError::NoSuchParser { id: "no_such".to_owned() });
    assert!(worker.examine(&bitmap(64)).is_ok());
}

#[test]
fn many_threads_share_a_few_workers() {
    let pool = Pool::new(command(), 2);
    let bytes = bitmap(80);
    let expect = pool.examine(&bytes).unwrap();
    std::thread::scope(|scope| {
        for turn in 0..6 {
            let (pool, bytes, expect) = (&pool, &bytes, &expect);
            scope.spawn(move || {
                for _ in 0..5 {
                    if turn == 0 {
                        assert!(!events(pool, TELEGRAM).is_empty());
                    }
                    assert_eq!(pool.examine(bytes).as_ref(), Ok(expect));
                }
            });
        }
    });
}

#[test]
fn worn_workers_are_replaced() {
    let pool = Pool::new(command(), 1);
    let bytes = bitmap(8);
    for _ in 0..300 {
        assert!(pool.examine(&bytes).is_ok());
    }
}

/// The blob itself does not fit: said in good order. Nor does the worker's program: it breaks down.
#[test]
fn memory_is_limited() {
    let spawn = |memory_bytes| {
        let confinement = Confinement { memory_bytes, ..Confinement::default() };
        Worker::spawn_with(&command(), &confinement, Patience::default())
    };
    let mut worker = spawn(64 << 20).unwrap();
    match worker.examine(&vec![0; 100 << 20]) {
        Err(WorkerError::NotExamined { kind, .. }) => assert_eq!(kind, ProblemKind::Limit),
        other => panic!("{other:?}"),
    }
}
