//! Stage `alarm`: gathers the facts of a case and asks `assess` to rank the counterparts.

use crate::{Context, PipelineError};
use amparo_assess::alarm::{
    AlarmFacts, LastContact, SavedContact, SignalFact, TransferFact, alarms, is_visual,
};
use amparo_model::{AccountKey, Alarm, CaseId, Locator, NoveltyStatement, Sha256};
use amparo_store::{PictureFact, StoredTransfer, TransferFilter};
use std::collections::{BTreeMap, HashMap};

/// Ranks the counterparts of a case on what is known so far, records the list with what it rests on
/// (`processed`), and returns it.
///
/// # Errors
/// [`PipelineError::Store`] when the database does not answer.
pub async fn assess_case(
    context: &Context,
    case: &CaseId,
    processed: serde_json::Value,
) -> Result<Vec<Alarm>, PipelineError> {
    let facts = gather(context, case).await?;
    let now = context.clock.now();
    let ranked = alarms(&facts, &context.rules, now);
    context.store.put_alarms(case, &ranked, now, processed).await?;
    Ok(ranked)
}

async fn gather(context: &Context, case: &CaseId) -> Result<AlarmFacts, PipelineError> {
    let store = &context.store;
    let mut facts = AlarmFacts::default();
    let mut owner_of = HashMap::new();
    for (_, content, account) in store.accounts(case).await? {
        let account = account.into_parts().0;
        if account.is_owner {
            owner_of.insert(content, account.key.clone());
            facts.owners.push(account.key.clone());
        }
        let names = facts.names.entry(account.key).or_default();
        names.extend(account.names.into_iter().filter(|name| !name.is_empty()));
    }
    for contact in store.contacts(case).await? {
        let (contact, at) = contact.2.into_parts();
        if let (Some(account), Some(name)) = (contact.account, contact.name) {
            facts.contacts.insert(account, SavedContact { name, evidence: reference(&at) });
        }
    }
    for (_, content, chat) in store.chats(case).await? {
        if let Some(owner) = owner_of.get(&content) {
            let chat = chat.into_parts().0;
            facts.chat_kinds.insert((owner.clone(), chat.chat), chat.chat_kind);
        }
    }
    for (_, content, signal) in store.signals(case).await? {
        facts.signals.push(SignalFact {
            owner: owner_of.get(&content).cloned(),
            account: signal.account,
            from_owner: signal.from_owner,
            chat: signal.chat,
            rule: signal.rule,
            excerpt: signal.excerpt,
            at: signal.at.and_then(|at| at.wall_clock()),
            evidence: reference(&signal.locator),
        });
    }
    for count in store.message_counts(case).await? {
        let owner = owner_of.get(&count.content).cloned();
        let last = count.last_utc.zip(count.last_at);
        if let (Some(owner), Some(account), Some((at, place))) = (owner, count.account, last) {
            let last = LastContact { at, evidence: reference(&place) };
            let latest = facts.last_contact.entry((owner, account)).or_insert_with(|| last.clone());
            if *latest < last {
                *latest = last;
            }
        }
    }
    facts.transfers = transfer_facts(context, case).await?;
    tidy(&mut facts);
    Ok(facts)
}

async fn transfer_facts(
    context: &Context,
    case: &CaseId,
) -> Result<Vec<TransferFact>, PipelineError> {
    let transfers = context.store.transfers(&of_case(case)).await?;
    let objects: Vec<Sha256> = transfers.iter().filter_map(StoredTransfer::object).collect();
    let novelty: HashMap<Sha256, NoveltyStatement> =
        context.store.novelty(&objects).await?.into_iter().map(|s| (s.object, s)).collect();
    let pictures = context.store.pictures(case, &objects).await?;
    Ok(transfers
        .into_iter()
        .filter_map(|stored| {
            let object = stored.object();
            let statement = object.and_then(|object| novelty.get(&object));
            let picture = object.and_then(|object| pictures.get(&object));
            transfer_fact(stored, statement, picture)
        })
        .collect())
}

fn transfer_fact(
    stored: StoredTransfer,
    statement: Option<&NoveltyStatement>,
    picture: Option<&PictureFact>,
) -> Option<TransferFact> {
    let owner: AccountKey = stored.owner.clone()?;
    let object = stored.object();
    let (transfer, at) = stored.transfer.into_parts();
    let alerts = || statement.into_iter().flat_map(|s| &s.matches).filter(|m| m.alert);
    Some(TransferFact {
        owner,
        chat: transfer.chat,
        message: transfer.message,
        from: transfer.from,
        to: transfer.to,
        direction: transfer.direction,
        at: transfer.at.and_then(|at| at.wall_clock()),
        object,
        novelty: statement.map(|statement| statement.novelty),
        visual: is_visual(transfer.mime.as_deref(), transfer.file_name.as_deref()),
        unsure_because: statement.and_then(|s| s.unsure_because.clone()),
        alert_match: alerts().next().is_some(),
        is_distributed: alerts().any(|m| m.is_distributed == Some(true)),
        forwarded: transfer.forwarded,
        taken_at: picture.and_then(|p| p.taken_at.as_ref()?.wall_clock()),
        camera: picture.and_then(camera),
        evidence: reference(&at),
    })
}

fn of_case(case: &CaseId) -> TransferFilter {
    TransferFilter { case: Some(case.clone()), ..TransferFilter::default() }
}

/// Make, model and serial as far as the picture names them.
fn camera(picture: &PictureFact) -> Option<String> {
    let named = [&picture.camera_make, &picture.camera_model, &picture.camera_serial];
    let words: Vec<&str> = named.into_iter().flatten().map(String::as_str).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A reference anyone can follow: object, place.
fn reference(at: &Locator) -> String {
    format!("{} {}", at.object, at.place)
}

fn tidy(facts: &mut AlarmFacts) {
    facts.owners.sort();
    facts.owners.dedup();
    let mut names = BTreeMap::new();
    for (key, mut list) in std::mem::take(&mut facts.names) {
        list.sort();
        list.dedup();
        names.insert(key, list);
    }
    facts.names = names;
}
