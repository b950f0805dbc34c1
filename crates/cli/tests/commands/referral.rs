//! A referral from draft to receipt, between two units with their own keys.

use super::support::{CASE, Unit, count};

const COUNTERPART: &str = "telegram:user1000002";

/// Answers to everything that only a person can say.
const ANSWERS: &str = r#"{
    "urgency": "child_in_danger",
    "reason": "a counterpart states that he lives with the child and sent pictures in no list",
    "act_by": 1772467200000,
    "legal_basis": "example basis",
    "victims": { "count": 1, "special_handling": true, "children": [{
        "pseudonym": "V-0001", "age_band": "6-10", "sex": "unknown",
        "relation_claimed": "relative", "identity_lead": null }] },
    "grading": { "scheme": "4x4", "source": "B", "information": "2" },
    "do_not_alert": { "notes": "none", "embargo_until": null },
    "asks": ["identify", "locate_child"]
}"#;

/// Two units that know each other, and a draft in the first one.
struct Pair {
    alicante: Unit,
    plata: Unit,
    id: String,
}

impl Pair {
    fn new() -> Self {
        let (alicante, plata) = (Unit::with_case("Alicante"), Unit::new("La Plata"));
        for (from, to) in [(&alicante, &plata), (&plata, &alicante)] {
            let card = from.path("own.card.json");
            from.run("admin", &["partner", "card", &card]).ended(0);
            to.run("admin", &["partner", "add", &card]).ended(0);
        }
        let device = alicante.export();
        let add = ["evidence", "add", &device, "--case", CASE, "--authorisation", "O-1"];
        alicante.run("ines", &add).ended(0);
        let answers = alicante.write("answers.json", ANSWERS);
        let draft = [
            "referral",
            "draft",
            "--case",
            CASE,
            "--counterpart",
            COUNTERPART,
            "--to",
            "la-plata",
            "--from",
            &answers,
        ];
        let said = alicante.run("leo", &draft).ended(0).json();
        let id = said["referral"].as_str().unwrap().to_owned();
        Self { alicante, plata, id }
    }

    /// Approved by a second person and sealed; the path of the file.
    fn sealed(&self) -> String {
        let check = self.alicante.run("leo", &["referral", "check", &self.id]);
        assert_eq!(check.code, 0, "{}", check.stdout);
        self.alicante.run("sofia", &["referral", "approve", &self.id]).ended(0);
        let file = self.alicante.path("referral.age");
        self.alicante.run("leo", &["referral", "seal", &self.id, &file]).ended(0);
        file
    }

    fn state(&self) -> String {
        let said = self.alicante.run("leo", &["referral", "status", &self.id]).ended(0).json();
        said["referrals"][0]["state"].as_str().unwrap().to_owned()
    }
}

#[test]
fn from_draft_to_receipt() {
    let pair = Pair::new();
    let file = pair.sealed();
    pair.alicante.run("leo", &["referral", "status", &pair.id, "--sent"]).ended(0);
    assert_eq!(pair.state(), "sent");
    let opened = pair.plata.run("leo", &["referral", "open", &file]).ended(0).json();
    assert_eq!(opened["referral"], pair.id.as_str());
    assert!(count(&opened["draft"], "ledger") > 0, "{opened}");
    let receipt = pair.plata.path("receipt.txt");
    let answer = ["referral", "acknowledge", &pair.id, &receipt, "--state", "accepted"];
    pair.plata.run("leo", &answer).ended(0);
    let take = ["referral", "status", &pair.id, "--receipt", &receipt];
    pair.alicante.run("leo", &take).ended(0);
    assert_eq!(pair.state(), "accepted");
}

#[test]
fn the_sealed_file_is_kept_as_it_arrived_and_fsck_misses_it() {
    let pair = Pair::new();
    let file = pair.sealed();
    let sealed = std::fs::read(&file).unwrap();
    pair.plata.run("leo", &["referral", "open", &file]).ended(0);
    pair.plata.run("admin", &["fsck"]).ended(0);
    let objects = super::audit::files(&pair.plata.data().join("objects"));
    let kept = objects.iter().find(|path| std::fs::read(path).unwrap() == sealed);
    std::fs::remove_file(kept.unwrap()).unwrap();
    let said = pair.plata.run("admin", &["fsck"]).ended(1).json();
    assert_eq!(said["missing"].as_array().unwrap().len(), 1, "{said}");
}

#[test]
fn gaps_are_named_by_field_and_block_approval() {
    let pair = Pair::new();
    let edit = ["referral", "draft", "--edit", &pair.id, "--set", "legal_basis="];
    pair.alicante.run("leo", &edit).ended(0);
    let said = pair.alicante.run("leo", &["referral", "check", &pair.id]).ended(1).json();
    let fields: Vec<u64> =
        said["gaps"].as_array().unwrap().iter().filter_map(|gap| gap["field"].as_u64()).collect();
    assert!(fields.contains(&7), "{said}");
    pair.alicante.run("sofia", &["referral", "approve", &pair.id]).ended(1);
    let bad = ["referral", "draft", "--edit", &pair.id, "--set", "legal_bases=x"];
    pair.alicante.run("leo", &bad).ended(3).says(&["legal_bases"]);
}

#[test]
fn whoever_drafted_it_cannot_approve_it_and_nothing_unapproved_is_sealed() {
    let pair = Pair::new();
    let file = pair.alicante.path("referral.age");
    pair.alicante.run("leo", &["referral", "seal", &pair.id, &file]).ended(3);
    let edit = ["referral", "draft", "--edit", &pair.id, "--set", "legal_basis=other basis"];
    pair.alicante.run("leo", &edit).ended(0);
    pair.alicante.run("leo", &["referral", "approve", &pair.id]).ended(4);
    assert!(!std::path::Path::new(&file).exists());
    // An approved referral that is edited becomes a new version, and needs approval again.
    pair.alicante.run("sofia", &["referral", "approve", &pair.id]).ended(0);
    let edited = pair.alicante.run("sofia", &edit).ended(0).json();
    assert_eq!(edited["version"], 2);
    pair.alicante.run("sofia", &["referral", "approve", &pair.id]).ended(4).says(&["sofia"]);
    pair.alicante.run("sergio", &["referral", "approve", &pair.id]).ended(0);
}

#[test]
fn a_flipped_byte_another_addressee_and_a_stranger_are_told_apart() {
    let pair = Pair::new();
    let file = pair.sealed();
    let open = |unit: &Unit, file: &str| unit.run("leo", &["referral", "open", file]).ended(3);
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes.len() - 40;
    bytes[at] ^= 1;
    let damaged = pair.plata.write("damaged.age", bytes);
    open(&pair.plata, &damaged).says(&["damaged.age", "changed or cut"]);
    open(&Unit::new("Elsewhere"), &file).says(&["another unit"]);
    let alien = pair.plata.write("alien.age", "not sealed at all");
    open(&pair.plata, &alien).says(&["alien.age"]);
    std::fs::remove_file(pair.plata.data().join("partners/alicante.json")).unwrap();
    open(&pair.plata, &file).says(&["unknown key"]);
    assert_eq!(count(&pair.plata.run("leo", &["referral", "status"]).json(), "referrals"), 0);
}

#[test]
fn a_receipt_is_believed_only_from_the_addressee_and_for_this_text() {
    let pair = Pair::new();
    let file = pair.sealed();
    pair.plata.run("leo", &["referral", "open", &file]).ended(0);
    let receipt = pair.plata.path("receipt.txt");
    let answer = ["referral", "acknowledge", &pair.id, &receipt, "--state", "accepted"];
    pair.plata.run("leo", &answer).ended(0);
    let edited = std::fs::read_to_string(&receipt).unwrap().replace("accepted", "refused");
    let edited = pair.alicante.write("edited.txt", edited);
    let take = |file: &str| {
        let args = ["referral", "status", &pair.id, "--receipt", file];
        pair.alicante.run("leo", &args)
    };
    take(&edited).ended(3).says(&["edited.txt"]);
    assert_eq!(pair.state(), "sealed");
    take(&receipt).ended(0);
    assert_eq!(pair.state(), "accepted");
}

#[test]
fn a_wrong_or_damaged_key_is_named() {
    let pair = Pair::new();
    let key = pair.alicante.data().join("keys/signing_key");
    std::fs::write(&key, "nonsense").unwrap();
    pair.alicante.run("sofia", &["referral", "approve", &pair.id]).ended(0);
    let file = pair.alicante.path("referral.age");
    let ran = pair.alicante.run("leo", &["referral", "seal", &pair.id, &file]);
    ran.ended(3).says(&["signing key"]);
    assert!(!std::path::Path::new(&file).exists());
}

#[test]
fn a_damaged_card_is_refused_and_a_known_unit_is_not_replaced_silently() {
    let pair = Pair::new();
    let bad = pair.alicante.write("bad.json", "{\"unit\": \"X\"}");
    pair.alicante.run("admin", &["partner", "add", &bad]).ended(3).says(&["bad.json"]);
    let other = Unit::new("La Plata");
    let card = other.path("card.json");
    other.run("admin", &["partner", "card", &card]).ended(0);
    pair.alicante.run("admin", &["partner", "add", &card]).ended(3).says(&["telephone"]);
    pair.alicante.run("admin", &["partner", "add", &card, "--replace"]).ended(0);
}
