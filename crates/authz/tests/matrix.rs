//! Every cell of role x action x object x relation x authorisation x drafter, compared with a
//! reference table that says the same as `rules.rs` in another form and by another algorithm.
//!
//! To add an action: add its line to `TABLE`. A missing or unknown line fails the test.

#![expect(clippy::expect_used, reason = "a test helper that cannot go on fails the test")]

use amparo_authz::{Action, Context, Decision, Object, Refusal, decide};
use amparo_model::{
    Actor, Authorisation, AuthorisationId, CaseId, DataCategory, HashSetId, Role, TipId,
    UrgencyClass, UtcMillis,
};
use std::sync::LazyLock;

/// One column per role: `.` never, `A` if assigned to the object's case, `U` unit-wide,
/// `I` if assigned, or if the referral came from outside. `on`: Unit Tip Case Evidence HashSet
/// Referral Log. `asks`: scope = court order; second = not the drafter.
const TABLE: &str = "
action               analyst examiner liaison supervisor auditor admin  on  asks
manage_users         .       .        .       .          .       U      U   -
import_tips          A       .        .       U          .       .      U   -
read_tips            A       A        A       U          .       .      UT  -
link_tips            A       A        A       U          .       .      U   -
decide_tips          A       .        .       U          .       .      T   -
set_access           .       .        .       U          .       .      T   -
import_places        .       .        .       U          .       U      U   -
export_tips          A       .        A       U          .       .      UT  -
list_cases           A       A        A       U          .       .      U   -
read_case            A       A        A       U          .       .      C   -
read_partners        .       .        A       U          .       U      U   -
open_case            .       .        .       U          .       .      U   -
assign_case          .       .        .       U          .       .      C   -
add_authorisation    .       .        .       U          .       .      C   -
import_hash_set      .       .        .       U          .       U      UH  -
remove_hash_set      .       .        .       U          .       U      UH  -
record_verdict       A       A        .       U          .       .      C   -
export_verdicts      .       .        A       U          .       .      C   -
list_hash_sets       A       A        A       U          .       U      UH  -
attach_evidence      .       A        .       U          .       .      E   scope
read_evidence        .       A        A       U          .       .      CE  scope
read_alarms          .       A        A       U          .       .      CE  scope
review_alarm         .       A        .       U          .       .      C   -
draft_referral       .       .        I       U          .       .      CR  -
check_referral       .       .        I       U          .       .      R   -
approve_referral     .       .        .       U          .       .      R   second
seal_referral        .       .        I       U          .       .      R   -
open_referral        .       .        I       U          .       .      R   -
acknowledge_referral .       .        I       U          .       .      R   -
read_referral        .       A        I       U          .       .      R   -
read_log             .       .        .       U          U       .      L   -
verify_log           .       .        .       U          U       U      L   -
run_fsck             .       A        .       U          .       U      U   -
dump_facts           .       .        .       U          .       .      U   -
";

/// State of the court order, what the context holds for it, and the word it must lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    None,
    Valid,
    ValidAllExhibits,
    Expired,
    NotYet,
    OtherCase,
    OtherExhibit,
    OtherCategory,
}

const ORDERS: [Order; 8] = [
    Order::None,
    Order::Valid,
    Order::ValidAllExhibits,
    Order::Expired,
    Order::NotYet,
    Order::OtherCase,
    Order::OtherExhibit,
    Order::OtherCategory,
];

/// Who drafted the referral, and whether life is at risk.
const DRAFTERS: [(Option<&str>, UrgencyClass); 6] = [
    (Some("me"), UrgencyClass::Life),
    (Some("me"), UrgencyClass::ChildInDanger),
    (Some("other"), UrgencyClass::Life),
    (Some("other"), UrgencyClass::Ordinary),
    (None, UrgencyClass::Life),
    (None, UrgencyClass::EvidencePerishing),
];

/// Objects: letter of the table, and whether a case stands behind it.
const OBJECTS: [(char, bool); 8] = [
    ('U', false),
    ('T', false),
    ('C', true),
    ('E', true),
    ('H', false),
    ('R', true),
    ('R', false),
    ('L', false),
];

const NOW: UtcMillis = UtcMillis(1_000_000);

#[test]
fn every_action_has_exactly_one_line_in_the_table() {
    let mut words: Vec<&str> = ROWS.iter().map(|row| row[0]).collect();
    let mut actions: Vec<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
    words.sort_unstable();
    actions.sort_unstable();
    assert_eq!(words, actions);
}

#[test]
fn every_cell_agrees_with_the_table() {
    let mut wrong = Vec::new();
    let mut cells = 0;
    for &action in Action::ALL {
        for role in Role::ALL {
            for cell in cells_of(action, role) {
                cells += 1;
                let (got, expected) = (cell.ask(), cell.expected());
                if got != expected {
                    wrong.push(format!("{cell:?}: got {got}, expected {expected}"));
                }
            }
        }
    }
    assert_eq!(cells, Action::ALL.len() * 6 * OBJECTS.len() * 2 * ORDERS.len() * DRAFTERS.len());
    assert!(
        wrong.is_empty(),
        "{} cells differ\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
}

/// One question.
#[derive(Debug, Clone, Copy)]
struct Cell {
    action: Action,
    role: Role,
    object: (char, bool),
    assigned: bool,
    order: Order,
    drafter: (Option<&'static str>, UrgencyClass),
}

fn cells_of(action: Action, role: Role) -> Vec<Cell> {
    let mut cells = Vec::new();
    for object in OBJECTS {
        for assigned in [false, true] {
            for order in ORDERS {
                for drafter in DRAFTERS {
                    cells.push(Cell { action, role, object, assigned, order, drafter });
                }
            }
        }
    }
    cells
}

impl Cell {
    /// What the code says: `allow`, `exception` or the refusal's word.
    fn ask(&self) -> &'static str {
        let case = id::<CaseId>("ALC-1");
        let (tip, set) = (id::<TipId>("ncmec/1"), id::<HashSetId>("known"));
        let object = match self.object {
            ('U', _) => Object::Unit,
            ('T', _) => Object::Tip(&tip),
            ('C', _) => Object::Case(&case),
            ('E', _) => Object::Evidence { case: &case, label: "E1" },
            ('H', _) => Object::HashSet(&set),
            ('R', true) => Object::Referral { case: Some(&case) },
            ('R', false) => Object::Referral { case: None },
            _ => Object::Log,
        };
        let order = order(self.order);
        let context = Context {
            now: NOW,
            assigned: self.assigned,
            authorisation: order.as_ref(),
            categories: &[DataCategory::Communications, DataCategory::Media],
            drafted_by: self.drafter.0,
            urgency: Some(self.drafter.1),
        };
        let actor = Actor { name: "me".into(), role: self.role };
        match decide(&actor, self.action, &object, &context) {
            Decision::Allow => "allow",
            Decision::AllowAsException(_) => "exception",
            Decision::Deny(refusal) => refusal.word(),
        }
    }

    /// What the table says.
    fn expected(&self) -> &'static str {
        let row = ROWS.iter().find(|row| row[0] == self.action.as_str()).expect("a line");
        let column = Role::ALL.iter().position(|role| *role == self.role).expect("a role") + 1;
        let (mark, on, asks) = (row[column], row[7], row[8]);
        let (letter, has_case) = self.object;
        let incoming = letter == 'R' && !has_case;
        if mark == "." {
            return "refusal-role";
        }
        if !on.contains(letter) {
            return "refusal-object";
        }
        let related = match mark {
            "U" => true,
            "I" => incoming || self.assigned,
            _ if incoming => false,
            _ => !has_case || self.assigned,
        };
        match (related, asks) {
            (false, _) => "refusal-not-assigned",
            (true, "scope") => self.expected_scope(),
            (true, "second") => self.expected_second(),
            (true, _) => "allow",
        }
    }

    fn expected_scope(&self) -> &'static str {
        let whole_case = self.object.0 == 'C';
        match self.order {
            Order::None => "refusal-no-authorisation",
            Order::Expired => "refusal-authorisation-expired",
            Order::NotYet => "refusal-authorisation-not-yet-valid",
            Order::OtherCase => "refusal-authorisation-of-other-case",
            Order::OtherExhibit => "refusal-exhibit-not-covered",
            Order::Valid | Order::OtherCategory if whole_case => "refusal-exhibit-not-covered",
            Order::OtherCategory => "refusal-category-not-covered",
            Order::Valid | Order::ValidAllExhibits => "allow",
        }
    }

    fn expected_second(&self) -> &'static str {
        match self.drafter {
            (None, _) => "refusal-drafter-unknown",
            (Some("other"), _) => "allow",
            (Some(_), UrgencyClass::Life) => "exception",
            (Some(_), _) => "refusal-same-person",
        }
    }
}

#[test]
fn an_order_holds_at_both_of_its_ends_and_not_a_moment_beyond() {
    let check = |now: i64, expected: &str| {
        let order = order(Order::Valid).expect("an order");
        assert_eq!(attach(&order, UtcMillis(now), &[DataCategory::Media]), expected, "at {now}");
    };
    check(999_989, "refusal-authorisation-not-yet-valid");
    check(999_990, "allow");
    check(1_000_010, "allow");
    check(1_000_011, "refusal-authorisation-expired");
}

#[test]
fn an_unstated_category_counts_as_every_category() {
    let mut order = order(Order::Valid).expect("an order");
    assert_eq!(attach(&order, NOW, &[]), "refusal-category-not-covered");
    order.categories = DataCategory::ALL.to_vec();
    assert_eq!(attach(&order, NOW, &[]), "allow");
}

#[test]
fn a_refusal_tells_a_person_what_would_be_needed() {
    let actor = Actor { name: "ruiz".into(), role: Role::Analyst };
    let check = |action, object: &Object<'_>, context: &Context<'_>, role, parts: &[&str]| {
        let actor = Actor { role, ..actor.clone() };
        let refusal = decide(&actor, action, object, context).check().expect_err("a refusal");
        let text = refusal.to_string();
        for part in parts {
            assert!(text.contains(part), "{part:?} is missing in {text:?}");
        }
    };
    let case = id::<CaseId>("ALC-1");
    let exhibit = Object::Evidence { case: &case, label: "E1" };
    let nothing = Context { now: NOW, assigned: true, ..Context::default() };
    check(Action::OpenCase, &Object::Unit, &nothing, Role::Analyst, &["analyst", "supervisor"]);
    let stranger = Context { assigned: false, ..nothing };
    let why = ["ruiz", "not assigned", "ALC-1", "supervisor can assign"];
    check(Action::ReadEvidence, &exhibit, &stranger, Role::Examiner, &why);
    check(Action::ReadEvidence, &exhibit, &nothing, Role::Examiner, &["court order"]);
    let expired = order(Order::Expired);
    let late = Context { authorisation: expired.as_ref(), ..nothing };
    let why = ["O-1", "expired at 1970-01-01", "new court order"];
    check(Action::ReadEvidence, &exhibit, &late, Role::Examiner, &why);
}

#[test]
fn refusal_words_are_usable_as_message_ids() {
    let actor = Actor { name: "me".into(), role: Role::Auditor };
    let decision = decide(&actor, Action::DumpFacts, &Object::Unit, &Context::default());
    let Decision::Deny(refusal) = decision else { panic!("allowed") };
    assert!(matches!(refusal, Refusal::Role { .. }));
    let good = |c: char| c.is_ascii_lowercase() || c == '-';
    assert!(refusal.word().starts_with("refusal-") && refusal.word().chars().all(good));
}

fn attach(order: &Authorisation, now: UtcMillis, categories: &[DataCategory]) -> &'static str {
    let case = id::<CaseId>("ALC-1");
    let actor = Actor { name: "me".into(), role: Role::Examiner };
    let context = Context {
        now,
        assigned: true,
        authorisation: Some(order),
        categories,
        ..Context::default()
    };
    let object = Object::Evidence { case: &case, label: "E1" };
    match decide(&actor, Action::AttachEvidence, &object, &context).check() {
        Ok(_) => "allow",
        Err(refusal) => refusal.word(),
    }
}

fn order(state: Order) -> Option<Authorisation> {
    let base = Authorisation {
        id: id::<AuthorisationId>("O-1"),
        case: id("ALC-1"),
        authority: "Court 1".into(),
        valid_from: NOW.plus_ms(-10),
        valid_until: NOW.plus_ms(10),
        categories: vec![DataCategory::Communications, DataCategory::Media],
        exhibits: vec!["E1".into(), "E2".into()],
        data_from: None,
        data_until: None,
    };
    match state {
        Order::None => None,
        Order::Valid => Some(base),
        Order::ValidAllExhibits => Some(Authorisation { exhibits: vec![], ..base }),
        Order::Expired => Some(Authorisation { valid_until: NOW.plus_ms(-1), ..base }),
        Order::NotYet => Some(Authorisation { valid_from: NOW.plus_ms(1), ..base }),
        Order::OtherCase => Some(Authorisation { case: id("ALC-2"), ..base }),
        Order::OtherExhibit => Some(Authorisation { exhibits: vec!["E2".into()], ..base }),
        Order::OtherCategory => {
            Some(Authorisation { categories: vec![DataCategory::Communications], ..base })
        }
    }
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a usable id")
}

static ROWS: LazyLock<Vec<Vec<&str>>> =
    LazyLock::new(|| TABLE.lines().skip(2).map(|line| line.split_whitespace().collect()).collect());
