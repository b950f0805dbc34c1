//! A fixed, synthetic referral: two units, one alarm, eight transfers, two tips. Nothing in it
//! names anybody; phones, addresses and hosts come from documentation ranges.

use amparo_model::{
    Account, AccountKey, Alarm, Authorisation, AuthorisationId, Band, Bits256, Capture, Case,
    CaseId, Category, DataCategory, Direction, EvidenceId, EvidenceItem, EvidenceKind,
    HashAlgorithm, HashSetId, Hashes, Identifier, IdentifierKind, Located, Locator, Look, Match,
    MatchBasis, Md5, MessageState, Moment, Novelty, NoveltyStatement, Party as TipParty, PartyRole,
    Pdq, Place, Reason, Receipt, RecordedHash, ReferralId, Scheme, Sha1, Sha256, Stated, TipFile,
    TipId, TipRevision, Transfer, UtcMillis, View,
};
use amparo_referral::{
    Addressee, Answers, Authority, Child, ChildProtection, Confidence, DoNotAlert, DraftFacts,
    EvidenceStatus, Extract, FileFacts, Grading, LedgerRow, LocationBelief, Party, Sender,
    TechnicalEvent, TipFacts, UnitCard, UnitKeys, Victims,
};
use amparo_text::Lang;

pub const STORE: Sha256 = Sha256([0x5a; 32]);

pub fn at(text: &str) -> UtcMillis {
    UtcMillis::parse(text).unwrap()
}

pub fn now() -> UtcMillis {
    at("2026-03-02T08:30:00Z")
}

/// Keys and card of one of the units; the seed tells them apart.
pub fn unit(name: &str, country: &str, seed: u8) -> (UnitKeys, UnitCard) {
    let keys = UnitKeys::from_seeds(&[seed; 32], &[seed + 1; 32], name).unwrap();
    let card = keys.card(name, country, "+34 900 000 000", "unit@example.org").unwrap();
    (keys, card)
}

pub fn sender() -> (UnitKeys, UnitCard) {
    unit("Unidad de Protección del Menor", "ES", 10)
}

pub fn addressee() -> (UnitKeys, UnitCard) {
    unit("Unidad Especializada Niñez", "AR", 20)
}

fn authority(card: &UnitCard) -> Authority {
    Authority {
        unit: card.unit.clone(),
        country: card.country.clone(),
        phone_24_7: card.phone_24_7.clone(),
        mailbox: card.mailbox.clone(),
    }
}

pub fn facts() -> DraftFacts {
    let (ours, theirs) = (sender().1, addressee().1);
    DraftFacts {
        id: ReferralId::new("REF-2026-0001").unwrap(),
        at: now(),
        compared_at: now(),
        local_offset_minutes: 60,
        clock_source: "fixed clock of the tests".to_owned(),
        languages: vec![Lang::Es, Lang::En, Lang::Pt],
        sender: Sender { authority: authority(&ours), officer: "Duty officer".to_owned() },
        addressee: Addressee {
            authority: authority(&theirs),
            channel: "Liaison officer".to_owned(),
            copies: Vec::new(),
            age_recipient: theirs.age_recipient.clone(),
        },
        drafted_by: "lia".to_owned(),
        case: Case {
            id: CaseId::new("ALC-2026-0001").unwrap(),
            title: "Cloud account in Alicante province".to_owned(),
            opened_at: at("2026-02-27T09:00:00Z"),
            opened_by: "sol".to_owned(),
        },
        authorisations: vec![authorisation()],
        exhibits: vec![exhibit()],
        alarm: alarm(),
        owner: party("34600000001@s.whatsapp.net", &["Titular"], Some("+34600000001")),
        counterpart: party("5491100000001@s.whatsapp.net", &["Vecino Sur 🌙"], None),
        tips: tips(),
        ledger: (0..8).map(row).collect(),
        novelty: (0..8).map(novelty).collect(),
        events: events(),
        extracts: vec![extract()],
        software: "amparo 0.1.0".to_owned(),
        answers: answers(),
    }
}

fn answers() -> Answers {
    Answers {
        legal_basis: Some("Police-to-police exchange for the protection of a minor".to_owned()),
        grading: Some(Grading {
            scheme: "4x4".to_owned(),
            source: "A".to_owned(),
            information: "2".to_owned(),
        }),
        locations: Some(vec![LocationBelief {
            country: "AR".to_owned(),
            province: Some("Buenos Aires".to_owned()),
            town: None,
            because: "Country and area prefix of the telephone number".to_owned(),
            basis: amparo_referral::Basis::Inferred,
            confidence: Confidence::Low,
        }]),
        victims: Some(Victims {
            count: None,
            children: vec![Child {
                pseudonym: "V-0001".to_owned(),
                age_band: "unknown".to_owned(),
                sex: "unknown".to_owned(),
                relation_claimed: Some("lives in the same house, by his own words".to_owned()),
                identity_lead: None,
            }],
            special_handling: true,
        }),
        do_not_alert: Some(DoNotAlert {
            notes: "The owner is in custody; nobody has contacted the counterpart.".to_owned(),
            embargo_until: Some(at("2026-03-05T08:00:00Z")),
        }),
        evidence_status: Some(EvidenceStatus {
            owner_status: "under investigation".to_owned(),
            custody_reference: Some("ACTA-17".to_owned()),
            judicial_authority: Some("Juzgado de Instrucción 1".to_owned()),
            way_to_evidence: Some("letter rogatory".to_owned()),
        }),
        child_protection: Some(ChildProtection {
            contact: "to be named by the addressee".to_owned(),
            languages: vec!["es".to_owned()],
        }),
        ..Answers::default()
    }
}

fn authorisation() -> Authorisation {
    Authorisation {
        id: AuthorisationId::new("AUTO-77-2026").unwrap(),
        case: CaseId::new("ALC-2026-0001").unwrap(),
        authority: "Juzgado de Instrucción 1".to_owned(),
        valid_from: at("2026-03-01T00:00:00Z"),
        valid_until: at("2026-04-01T00:00:00Z"),
        categories: vec![DataCategory::Communications, DataCategory::Media],
        exhibits: Vec::new(),
        data_from: None,
        data_until: None,
    }
}

fn exhibit() -> EvidenceItem {
    EvidenceItem {
        id: EvidenceId::new("EV-0001").unwrap(),
        case: CaseId::new("ALC-2026-0001").unwrap(),
        authorisation: AuthorisationId::new("AUTO-77-2026").unwrap(),
        label: "TEL-01".to_owned(),
        kind: EvidenceKind::Folder,
        source: "devices/phone".to_owned(),
        attached_at: at("2026-03-02T08:00:00Z"),
        attached_by: "ana".to_owned(),
    }
}

fn alarm() -> Alarm {
    let reason = |rule: &str, points, args: &[(&str, &str)], evidence: &[&str]| Reason {
        rule: rule.to_owned(),
        points,
        args: args.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        evidence: evidence.iter().map(|place| format!("{STORE} {place}")).collect(),
    };
    Alarm {
        owner: AccountKey::new("whatsapp", "34600000001@s.whatsapp.net"),
        counterpart: AccountKey::new("whatsapp", "5491100000001@s.whatsapp.net"),
        names: vec!["Vecino Sur".to_owned()],
        band: Band::Top,
        points: 90,
        reasons: vec![
            reason("test_six_files_in_no_list", 50, &[("count", "6")], &["message#100"]),
            reason("test_claims_to_live_with_a_child", 40, &[], &["message#90"]),
            reason("test_combination", 10, &[], &[]),
            reason("test_one_file_is_known", -10, &[("count", "1")], &["message#106"]),
        ],
        rules_version: "test-1".to_owned(),
    }
}

fn party(id: &str, names: &[&str], phone: Option<&str>) -> Party {
    let account = Account {
        key: AccountKey::new("whatsapp", id),
        is_owner: phone.is_some(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        phone: phone.map(str::to_owned),
        username: None,
    };
    let place = Place::Row { table: "jid".to_owned(), rowid: 7 };
    let phone = Identifier {
        kind: IdentifierKind::Phone,
        raw: format!("+{}", id.split('@').next().unwrap_or(id)),
        norm: format!("+{}", id.split('@').next().unwrap_or(id)),
        verified: Stated::NotStated,
    };
    Party {
        accounts: vec![Located::new(account, Locator::new(STORE, place))],
        identifiers: vec![phone],
        addresses: Vec::new(),
        first_at: Some(at("2026-02-20T18:00:00Z")),
        last_at: Some(at("2026-02-28T21:00:00Z")),
    }
}

fn hash(n: u8) -> Sha256 {
    Sha256([n + 1; 32])
}

/// Six files in no list, one known, one near a known one.
fn answer(n: u8) -> Novelty {
    match n {
        6 => Novelty::Known,
        7 => Novelty::NearKnown,
        _ => Novelty::Unseen,
    }
}

fn row(n: u8) -> LedgerRow {
    let counterpart = AccountKey::new("whatsapp", "5491100000001@s.whatsapp.net");
    let owner = AccountKey::new("whatsapp", "34600000001@s.whatsapp.net");
    let sent = at("2026-02-28T20:00:00Z").plus_ms(i64::from(n) * 60_000);
    let path = format!("Media/WhatsApp Images/IMG-20260228-WA000{n}.jpg");
    let transfer = Transfer {
        app: "whatsapp".to_owned(),
        chat: counterpart.id.clone(),
        message: (100 + u32::from(n)).to_string(),
        from: Some(counterpart),
        to: vec![owner.clone()],
        direction: Direction::Received,
        at: Some(Moment::from_unix_ms(sent.0)),
        path: Some(path.clone()),
        file_name: None,
        mime: Some("image/jpeg".to_owned()),
        size: Some(80_000 + u64::from(n)),
        recorded_hash: Some(RecordedHash {
            algorithm: HashAlgorithm::Sha256,
            value: hash(n).to_string(),
        }),
        caption: None,
        forwarded: n >= 6,
        state: MessageState::Live,
    };
    let place = Place::Row { table: "message".to_owned(), rowid: 100 + i64::from(n) };
    let view = if n == 5 { View::OnlyWithWal } else { View::Only };
    let receipt = Receipt {
        app: "whatsapp".to_owned(),
        message: (100 + u32::from(n)).to_string(),
        account: owner,
        delivered_at: Some(Moment::from_unix_ms(sent.0 + 1000)),
        read_at: Some(Moment::from_unix_ms(sent.0 + 60_000)),
        played_at: None,
        orphan: false,
    };
    LedgerRow {
        evidence: EvidenceId::new("EV-0001").unwrap(),
        parser: "whatsapp_android 1".to_owned(),
        transfer: Located::new(transfer, Locator { object: STORE, place, view }),
        // The last one was not found on the device: only the app's own hash is known.
        file: (n != 7).then(|| file(n, path)),
        novelty: Some(answer(n)),
        receipts: vec![receipt],
    }
}

fn file(n: u8, path: String) -> FileFacts {
    FileFacts {
        path,
        hashes: Hashes {
            size: 80_000 + u64::from(n),
            md5: Md5([n + 1; 16]),
            sha1: Sha1([n + 1; 20]),
            sha256: hash(n),
        },
        pdq: Some(Pdq { bits: Bits256([n; 32]), quality: 97 }),
        camera: (n < 6).then(|| "Example Cam 5".to_owned()),
        taken_at: Some(Moment::from_iso("2026-02-28T16:55:00")),
    }
}

fn novelty(n: u8) -> NoveltyStatement {
    let list = HashSetId::new("known-2026-02").unwrap();
    let basis = match answer(n) {
        Novelty::Known => {
            Some(MatchBasis::Exact { algorithm: HashAlgorithm::Sha256, recorded_by_app: true })
        }
        Novelty::NearKnown => {
            Some(MatchBasis::Near { distance: 12, threshold: 31, look: Look::AsShown })
        }
        _ => None,
    };
    let hit = |basis| Match {
        hash_set: list.clone(),
        dated: "2026-02-15".to_owned(),
        version: None,
        row: Place::Json { pointer: "/value/0".to_owned() },
        basis,
        category: Some(Category {
            scheme: Scheme {
                name: "VICS".to_owned(),
                realm: "US".to_owned(),
                version: "2.0".to_owned(),
            },
            code: "1".to_owned(),
            by: "Demo list".to_owned(),
            basis: amparo_model::Basis::List,
        }),
        series: None,
        is_distributed: Some(true),
        alert: true,
    };
    NoveltyStatement {
        object: hash(n),
        novelty: answer(n),
        against: vec![(list.clone(), "2026-02-15".to_owned())],
        threshold: 31,
        unsure_because: None,
        matches: basis.map(hit).into_iter().collect(),
    }
}

fn events() -> Vec<TechnicalEvent> {
    vec![TechnicalEvent {
        ip: "203.0.113.7".to_owned(),
        port: Some(40_001),
        at: Some(at("2026-02-26T22:10:05Z")),
        service: "Example Cloud".to_owned(),
        event: Some("UPLOAD".to_owned()),
        evidence: "tip ncmec/900000001".to_owned(),
    }]
}

fn extract() -> Extract {
    Extract {
        from: "whatsapp:5491100000001@s.whatsapp.net".to_owned(),
        at: Some(at("2026-02-28T19:50:00Z")),
        quote: "vivo con él, mañana te mando más".to_owned(),
        translation: Some("I live with him, tomorrow I send you more".to_owned()),
        translator: Some("officer lia".to_owned()),
        evidence: format!("{STORE} message#90"),
    }
}

fn tips() -> Vec<TipFacts> {
    let file = TipFile {
        file_name: Some("upload-0001.jpg".to_owned()),
        submittal_id: Some("900000001-1".to_owned()),
        hashes: vec![RecordedHash {
            algorithm: HashAlgorithm::Md5,
            value: "620f0b67a91f7f74151bc5be745b7110".to_owned(),
        }],
        viewed_by_provider: Stated::Yes,
        ..TipFile::default()
    };
    vec![tip("ncmec/900000001", vec![file]), tip("ncmec/900000002", Vec::new())]
}

fn tip(id: &str, files: Vec<TipFile>) -> TipFacts {
    let suspect = TipParty {
        role: PartyRole::Suspect,
        identifiers: vec![Identifier {
            kind: IdentifierKind::Email,
            raw: "Demo.User@example.com".to_owned(),
            norm: "demo.user@example.com".to_owned(),
            verified: Stated::Yes,
        }],
        captures: vec![Capture {
            address_raw: "203.0.113.7".to_owned(),
            ip: Some("203.0.113.7".to_owned()),
            port: Some(40_001),
            event: Some("UPLOAD".to_owned()),
            at: Some(Moment::from_iso("2026-02-26T22:10:05Z")),
            ..Capture::default()
        }],
        ..TipParty::default()
    };
    let n = if files.is_empty() { 0x72 } else { 0x71 };
    TipFacts {
        object: Sha256([n; 32]),
        revision: 1,
        imported_at: at("2026-03-01T10:00:00Z"),
        tip: TipRevision {
            received_at: Some(Moment::from_iso("2026-02-27T01:00:00Z")),
            provider: Some("Example Cloud".to_owned()),
            incident_at: Some(Moment::from_iso("2026-02-26T22:10:05Z")),
            originator_level: Some("E".to_owned()),
            parties: vec![suspect],
            files,
            ..TipRevision::new(TipId::new(id).unwrap())
        },
    }
}
