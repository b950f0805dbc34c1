//! Gathers from the store what a referral about one counterpart is drafted from.

use crate::{error::CliError, session::Session};
use amparo_model::{
    Account, AccountKey, Alarm, Case, CaseId, EvidenceItem, Identifier, IdentifierKind, Located,
    NoveltyStatement, PartyRole, Sha256, Stated, TipId, TipRevision, UtcMillis,
};
use amparo_referral::{
    Addressee, Answers, Authority, DraftFacts, Extract, FileFacts, LedgerRow, Party, Sender,
    TipFacts, UnitCard,
};
use amparo_store::{StoredFingerprint, StoredTransfer, TransferFilter};
use amparo_text::Lang;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Quotes are minimal: the strongest few, never the whole conversation.
const EXTRACTS_MAX: usize = 10;

/// What the officer decides before anything is gathered.
pub struct Wanted {
    /// The case.
    pub case: Case,
    /// About whom.
    pub counterpart: AccountKey,
    /// To whom.
    pub addressee: UnitCard,
    /// By which channel the file travels.
    pub channel: String,
    /// The officer in charge.
    pub officer: String,
    /// Languages of the documents, main one first.
    pub languages: Vec<Lang>,
    /// Minutes east of UTC.
    pub local_offset_minutes: i32,
    /// Tips that led here.
    pub tips: Vec<TipId>,
    /// What only a person can say.
    pub answers: Answers,
}

/// Gathers the facts.
///
/// # Errors
/// [`CliError::BadInput`] when the counterpart is not among the alarms of the case,
/// [`CliError::Unknown`] for a tip that does not exist.
pub async fn gather(session: &Session, wanted: Wanted) -> Result<DraftFacts, CliError> {
    let alarm = alarm(session, &wanted).await?;
    let case = &wanted.case.id;
    let filter = TransferFilter {
        case: Some(case.clone()),
        between: Some((alarm.owner.clone(), alarm.counterpart.clone())),
        ..TransferFilter::default()
    };
    let transfers = session.store.transfers(&filter).await?;
    let exhibits = exhibits(session, &wanted.case, &transfers).await?;
    let mut authorisations = session.store.authorisations(case).await?;
    authorisations.retain(|order| exhibits.iter().any(|item| item.authorisation == order.id));
    let files = Files::load(session, &wanted.case).await?;
    let ledger: Vec<LedgerRow> = transfers.into_iter().map(|stored| files.row(stored)).collect();
    let novelty = files.novelty_of(&ledger);
    Ok(DraftFacts {
        id: crate::commands::referral_draft::referral_id(session, &wanted)?,
        at: session.clock.now(),
        compared_at: compared_at(session, case).await?,
        local_offset_minutes: wanted.local_offset_minutes,
        clock_source: session.say.just("cli-clock-source"),
        languages: wanted.languages.clone(),
        sender: sender(session, &wanted),
        addressee: addressee(&wanted),
        drafted_by: session.actor.name.clone(),
        authorisations,
        exhibits,
        owner: party(session, &wanted.case, &alarm.owner, &[]).await?,
        counterpart: party(session, &wanted.case, &alarm.counterpart, &ledger).await?,
        tips: tips(session, &wanted.tips).await?,
        extracts: extracts(session, &wanted.case, &alarm.counterpart).await?,
        alarm,
        ledger,
        novelty,
        events: Vec::new(),
        software: concat!("amparo ", env!("CARGO_PKG_VERSION")).to_owned(),
        answers: wanted.answers,
        case: Case { opened_by: String::new(), ..wanted.case },
    })
}

async fn alarm(session: &Session, wanted: &Wanted) -> Result<Alarm, CliError> {
    let alarms = session.store.alarms(&wanted.case.id).await?;
    let of = |alarm: &Alarm| alarm.counterpart == wanted.counterpart;
    alarms.into_iter().find(of).ok_or_else(|| {
        let why = "is not among the alarms of this case; see `amparo alarms`";
        CliError::bad(&wanted.counterpart, why)
    })
}

/// The last assessment of the case: everything that it rests on was compared by then, and nothing
/// that was compared later is in its list.
async fn compared_at(session: &Session, case: &CaseId) -> Result<UtcMillis, CliError> {
    let runs = session.store.alarm_runs(case).await?;
    Ok(runs.last().map_or_else(|| session.clock.now(), |run| run.at))
}

fn sender(session: &Session, wanted: &Wanted) -> Sender {
    let config = &session.config;
    Sender {
        authority: Authority {
            unit: config.unit.clone(),
            country: config.country.clone(),
            phone_24_7: config.contact.clone(),
            mailbox: config.mailbox.clone(),
        },
        officer: wanted.officer.clone(),
    }
}

fn addressee(wanted: &Wanted) -> Addressee {
    let card = &wanted.addressee;
    Addressee {
        authority: Authority {
            unit: card.unit.clone(),
            country: card.country.clone(),
            phone_24_7: card.phone_24_7.clone(),
            mailbox: card.mailbox.clone(),
        },
        channel: wanted.channel.clone(),
        copies: Vec::new(),
        age_recipient: card.age_recipient.clone(),
    }
}

async fn exhibits(
    session: &Session,
    case: &Case,
    transfers: &[StoredTransfer],
) -> Result<Vec<EvidenceItem>, CliError> {
    let named: BTreeSet<_> = transfers.iter().map(|stored| &stored.evidence).collect();
    let mut items = session.store.evidence_of_case(&case.id).await?;
    items.retain(|item| named.contains(&item.id));
    // Where it lies on this unit's disk and who attached it is nobody else's business.
    for item in &mut items {
        item.source.clear();
        item.attached_by.clear();
    }
    Ok(items)
}

/// An account with everything that the stores say of it.
async fn party(
    session: &Session,
    case: &Case,
    key: &AccountKey,
    ledger: &[LedgerRow],
) -> Result<Party, CliError> {
    let mut accounts: Vec<Located<Account>> = Vec::new();
    for (_, _, account) in session.store.accounts(&case.id).await? {
        if account.record().key == *key && !accounts.contains(&account) {
            accounts.push(account);
        }
    }
    let mut identifiers: Vec<Identifier> =
        accounts.iter().flat_map(|account| identifiers(account.record())).collect();
    for (_, _, contact) in session.store.contacts(&case.id).await? {
        let contact = contact.record();
        if contact.account.as_ref() == Some(key) {
            identifiers.extend(contact.phone.as_deref().map(phone));
        }
    }
    identifiers.sort();
    identifiers.dedup();
    let times = || ledger.iter().filter_map(|row| row.transfer.record().at.as_ref()?.utc);
    let (first_at, last_at): (Option<UtcMillis>, _) = (times().min(), times().max());
    Ok(Party { accounts, identifiers, addresses: Vec::new(), first_at, last_at })
}

fn identifiers(account: &Account) -> Vec<Identifier> {
    let key = &account.key;
    let named = |kind, raw: &str, norm: String| Identifier {
        kind,
        raw: raw.to_owned(),
        norm,
        verified: Stated::NotStated,
    };
    let mut found = vec![named(IdentifierKind::AccountId, &key.id, key.to_string())];
    found.extend(account.phone.as_deref().map(phone));
    if let Some(name) = &account.username {
        found.push(named(IdentifierKind::ScreenName, name, format!("{}:{name}", key.app)));
    }
    found
}

/// A telephone number as stored and as compared: digits, with `+` only where the store states the
/// country: a guessed country would be a false statement.
fn phone(raw: &str) -> Identifier {
    let digits: String = raw.chars().filter(char::is_ascii_digit).collect();
    let plus = if raw.trim_start().starts_with('+') { "+" } else { "" };
    Identifier {
        kind: IdentifierKind::Phone,
        raw: raw.to_owned(),
        norm: format!("{plus}{digits}"),
        verified: Stated::NotStated,
    }
}

async fn tips(session: &Session, wanted: &[TipId]) -> Result<Vec<TipFacts>, CliError> {
    let mut tips = Vec::new();
    for id in wanted {
        let newest = session.store.tip_revisions(id).await?.pop();
        let stored = newest.ok_or_else(|| CliError::unknown("tip", id))?;
        tips.push(TipFacts {
            object: stored.object,
            revision: stored.revision,
            imported_at: stored.imported_at,
            tip: without_third_parties(stored.tip.into_parts().0),
        });
    }
    Ok(tips)
}

/// A referral names no child and nobody who reported: whom the tip reports and its files go along,
/// everybody else and the notes of the report, which may name them, stay here.
fn without_third_parties(tip: TipRevision) -> TipRevision {
    let suspects = tip.parties.into_iter().filter(|party| party.role == PartyRole::Suspect);
    TipRevision {
        parties: suspects.map(|party| amparo_model::Party { notes: Vec::new(), ..party }).collect(),
        notes: Vec::new(),
        escalation: None,
        unknown: BTreeMap::new(),
        ..tip
    }
}

/// Phrases of the counterpart's own messages, quoted as the lexicon found them.
async fn extracts(
    session: &Session,
    case: &Case,
    counterpart: &AccountKey,
) -> Result<Vec<Extract>, CliError> {
    let mut extracts: Vec<Extract> = Vec::new();
    for (_, _, signal) in session.store.signals(&case.id).await? {
        let theirs = signal.account.as_ref() == Some(counterpart) && !signal.from_owner;
        let evidence = format!("{} {}", signal.locator.object, signal.locator.place);
        if !theirs || extracts.iter().any(|extract| extract.evidence == evidence) {
            continue;
        }
        extracts.push(Extract {
            from: counterpart.to_string(),
            at: signal.at.and_then(|at| at.utc),
            quote: signal.excerpt,
            translation: None,
            translator: None,
            evidence,
        });
    }
    extracts.truncate(EXTRACTS_MAX);
    Ok(extracts)
}

/// What is known of the files of a case.
struct Files {
    prints: HashMap<(String, String), StoredFingerprint>,
    novelty: HashMap<Sha256, NoveltyStatement>,
}

impl Files {
    async fn load(session: &Session, case: &Case) -> Result<Self, CliError> {
        let prints = session.store.fingerprints(&case.id).await?;
        let transfers = TransferFilter { case: Some(case.id.clone()), ..TransferFilter::default() };
        let transfers = session.store.transfers(&transfers).await?;
        let exchanged = transfers.iter().filter_map(StoredTransfer::object);
        let hashes: Vec<Sha256> =
            prints.iter().map(|print| print.hashes.sha256).chain(exchanged).collect();
        let novelty = session.store.novelty(&hashes).await?;
        Ok(Self {
            prints: prints
                .into_iter()
                .map(|print| ((print.evidence.to_string(), print.path.clone()), print))
                .collect(),
            novelty: novelty.into_iter().map(|said| (said.object, said)).collect(),
        })
    }

    fn row(&self, stored: StoredTransfer) -> LedgerRow {
        let object = stored.object();
        let path = stored.entry_path.clone();
        let key = path.map(|path| (stored.evidence.to_string(), path));
        let print = key.and_then(|key| self.prints.get(&key));
        LedgerRow {
            parser: format!("{} {}", stored.stage, stored.version),
            evidence: stored.evidence,
            transfer: stored.transfer,
            file: print.map(file_facts),
            novelty: object.and_then(|hash| self.novelty.get(&hash)).map(|said| said.novelty),
            receipts: stored.receipts,
        }
    }

    fn novelty_of(&self, ledger: &[LedgerRow]) -> Vec<NoveltyStatement> {
        let hashes: BTreeSet<Sha256> = ledger.iter().filter_map(LedgerRow::sha256).collect();
        hashes.iter().filter_map(|hash| self.novelty.get(hash).cloned()).collect()
    }
}

fn file_facts(print: &StoredFingerprint) -> FileFacts {
    let picture = print.picture.as_ref();
    let camera = picture.map(|p| [p.camera_make.as_deref(), p.camera_model.as_deref()]);
    let camera = camera.map(|parts| parts.into_iter().flatten().collect::<Vec<_>>().join(" "));
    FileFacts {
        path: print.path.clone(),
        hashes: print.hashes,
        pdq: picture.and_then(|picture| picture.pdq),
        camera: camera.filter(|camera| !camera.is_empty()),
        taken_at: picture.and_then(|picture| picture.taken_at.clone()),
    }
}
