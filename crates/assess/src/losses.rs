//! What a tip leads to and can be lost, line by line: who holds it, until when, and who says so.
//!
//! No date is a real answer: where no duty to keep is known, a record may be gone any day. A date
//! that has passed is shown as passed; the holder may still have it.

use crate::territory;
use crate::tips::{TipRules, after_days, content_loss, day, operator_country};
use amparo_model::{
    Capture, Identifier, IdentifierKind, Moment, Party, PartyRole, TipId, TipRevision, UtcMillis,
};
use serde::{Deserialize, Serialize};

/// Something that may be lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// Where it stands in the tip (`parties/0/captures/2`).
    pub place: String,
    /// What it is.
    pub what: What,
    /// Who holds it.
    pub holder: Holder,
    /// When the holder may delete it; none when no clock is known, or no time to count from.
    pub lost_from: Option<UtcMillis>,
    /// For how many days the holder keeps such records, where that is known.
    pub kept_days: Option<i64>,
    /// That date has passed; the holder may still have it.
    pub passed: bool,
    /// Id of the clock.
    pub clock: Option<String>,
    /// The law or study behind the clock.
    pub source: Option<String>,
    /// How sure the reading is.
    pub confidence: Option<String>,
}

/// What may be lost, as the tip states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Who used an address at a moment.
    IpEvent {
        /// The address.
        ip: String,
        /// The source port.
        port: Option<u16>,
        /// When.
        at: Option<Moment>,
        /// The event as written.
        event: Option<String>,
    },
    /// Content and records of an account.
    Account {
        /// Kind of the identifier.
        kind: IdentifierKind,
        /// As written.
        identifier: String,
    },
}

/// Who holds it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// The operator of an IP address; its country where known.
    Operator {
        /// ISO 3166-1 code.
        country: Option<String>,
    },
    /// The provider that reported, or whose service it is.
    Provider {
        /// As written; none where the tip does not say.
        name: Option<String>,
    },
}

impl What {
    /// The identifier on one line, exactly as it has to be asked for and the same in every
    /// language:
    /// `192.0.2.1:40000 2026-02-28T10:11:12Z`.
    #[must_use]
    pub fn line(&self) -> String {
        match self {
            Self::Account { identifier, .. } => identifier.clone(),
            Self::IpEvent { ip, port, at, .. } => {
                let address = match port {
                    Some(port) if ip.contains(':') => format!("[{ip}]:{port}"),
                    Some(port) => format!("{ip}:{port}"),
                    None => ip.clone(),
                };
                let at = at.as_ref().map(|at| format!(" {}", second(at))).unwrap_or_default();
                format!("{address}{at}")
            }
        }
    }
}

/// A time to the second in UTC; without a known zone as it was written.
#[must_use]
pub fn second(at: &Moment) -> String {
    let Some(utc) = at.utc else { return at.raw.clone() };
    let whole = UtcMillis(utc.0.div_euclid(1000).saturating_mul(1000));
    whole.to_string()
}

/// Everything of a tip that can be lost, in the order of the tip. `country` is that of the tip's
/// territory; it counts for addresses of which nobody says another.
#[must_use]
pub fn losses(
    tip: &TipRevision,
    country: Option<&str>,
    rules: &TipRules,
    now: UtcMillis,
) -> Vec<Loss> {
    let events = territory::captures(tip);
    let events = events.filter_map(|(place, capture)| event(tip, place, capture, country, rules));
    let mut losses: Vec<Loss> = events.chain(accounts(tip, rules)).collect();
    losses.iter_mut().for_each(|loss| loss.passed = loss.lost_from.is_some_and(|at| at <= now));
    losses
}

fn event(
    tip: &TipRevision,
    place: String,
    capture: &Capture,
    country: Option<&str>,
    rules: &TipRules,
) -> Option<Loss> {
    let country = operator_country(tip, capture, country, rules);
    let clock = rules.clock("ip", country.as_deref(), None);
    let at = capture.at.as_ref().and_then(Moment::wall_clock);
    Some(Loss {
        place,
        what: What::IpEvent {
            ip: capture.ip.clone()?,
            port: capture.port,
            at: capture.at.clone(),
            event: capture.event.clone(),
        },
        holder: Holder::Operator { country },
        lost_from: at.zip(clock.and_then(|clock| clock.days)).map(|(at, n)| after_days(at, n)),
        kept_days: clock.and_then(|clock| clock.days),
        passed: false,
        clock: clock.map(|clock| clock.id.clone()),
        source: clock.map(|clock| clock.source.clone()),
        confidence: clock.map(|clock| clock.confidence.clone()),
    })
}

/// One line for each account of a person reported, by its best identifier.
fn accounts(tip: &TipRevision, rules: &TipRules) -> Vec<Loss> {
    let found = content_loss(tip, rules);
    let parties = tip.parties.iter().enumerate();
    let accounts = parties.filter_map(|(number, party)| {
        let reported = matches!(party.role, PartyRole::Suspect | PartyRole::Associated);
        let (at, identifier) = best(party).filter(|_| reported)?;
        Some(Loss {
            place: format!("parties/{number}/identifiers/{at}"),
            what: What::Account { kind: identifier.kind, identifier: identifier.raw.clone() },
            holder: Holder::Provider {
                name: party.service.clone().or_else(|| tip.provider.clone()),
            },
            lost_from: found.map(|(loss, _)| loss),
            kept_days: found.and_then(|(_, clock)| clock.days),
            passed: false,
            clock: found.map(|(_, clock)| clock.id.clone()),
            source: found.map(|(_, clock)| clock.source.clone()),
            confidence: found.map(|(_, clock)| clock.confidence.clone()),
        })
    });
    accounts.collect()
}

fn best(party: &Party) -> Option<(usize, &Identifier)> {
    let order = |kind: IdentifierKind| match kind {
        IdentifierKind::AccountId => Some(0),
        IdentifierKind::ScreenName => Some(1),
        IdentifierKind::Url => Some(2),
        IdentifierKind::Email => Some(3),
        IdentifierKind::Phone | IdentifierKind::DeviceId | IdentifierKind::DisplayName => None,
    };
    let usable = party.identifiers.iter().enumerate().filter(|(_, i)| !i.raw.trim().is_empty());
    let ranked = usable.filter_map(|(at, found)| Some((order(found.kind)?, at, found)));
    ranked.min_by_key(|(order, at, _)| (*order, *at)).map(|(_, at, found)| (at, found))
}

/// One line of the list for the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayLine {
    /// The day (`2026-03-02`) on which the holder may delete it; none is any day.
    pub day: Option<String>,
    /// The tip.
    pub tip: TipId,
    /// Danger points of the tip.
    pub danger: i32,
    /// What.
    pub loss: Loss,
}

/// What may be lost within so many days, over many tips: by day, then most danger, then by tip.
/// Each loss comes with its tip and the tip's danger points. What may be gone any day stands first
/// within today's; what is past its date is no task for the day and is left out.
#[must_use]
pub fn day_list(
    losses: impl IntoIterator<Item = (TipId, i32, Loss)>,
    now: UtcMillis,
    days: i64,
) -> Vec<DayLine> {
    let end = after_days(now, days);
    let due = |loss: &Loss| loss.lost_from.is_none_or(|at| at > now && at <= end);
    let due = losses.into_iter().filter(|(_, _, loss)| due(loss));
    let mut lines: Vec<DayLine> = due
        .map(|(tip, danger, loss)| DayLine { day: loss.lost_from.map(day), tip, danger, loss })
        .collect();
    let today = day(now);
    lines.sort_by(|a, b| {
        let by_day = |line: &DayLine| {
            (line.day.clone().unwrap_or_else(|| today.clone()), line.day.is_some())
        };
        by_day(a)
            .cmp(&by_day(b))
            .then(b.danger.cmp(&a.danger))
            .then_with(|| (&a.tip, &a.loss.place).cmp(&(&b.tip, &b.loss.place)))
    });
    lines
}
