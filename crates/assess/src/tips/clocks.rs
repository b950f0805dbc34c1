//! How soon what a tip leads to is lost: traffic data at operators, content at the provider.

use super::rules::{Clock, TipRules};
use super::{after_days, day, days};
use crate::rule::Found;
use crate::territory;
use amparo_model::{Capture, Moment, PlaceOrigin, Reason, TipRevision, UtcMillis};
use serde::{Deserialize, Serialize};

/// How soon evidence is lost. Breaks ties between tips of equal danger; never added to danger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Perishability {
    /// Sum of the points.
    pub points: i32,
    /// The earliest known date of loss that still lies ahead.
    pub act_by: Option<UtcMillis>,
    /// What it rests on, strongest first.
    pub reasons: Vec<Reason>,
}

impl Perishability {
    /// Whole days until the earliest known loss.
    #[must_use]
    pub fn days_left(&self, now: UtcMillis) -> Option<i64> {
        self.act_by.map(|loss| days(now, loss))
    }
}

/// Assesses the clocks of a tip whose operators sit in `country`, unless the clearing house says
/// otherwise of an address.
pub(super) fn perishability(
    tip: &TipRevision,
    country: Option<&str>,
    rules: &TipRules,
    now: UtcMillis,
) -> Perishability {
    let mut clocks = Clocks { tip, country, rules, now, reasons: Vec::new(), losses: Vec::new() };
    clocks.captures();
    clocks.content();
    let act_by = clocks.losses.into_iter().filter(|loss| *loss > now).min();
    let mut reasons = clocks.reasons;
    let soon = act_by.filter(|loss| days(now, *loss) <= rules.limits().loss_soon_days);
    if let Some(loss) = soon {
        reasons.extend(rules.perishing("loss_soon", Found::new(&[("date", day(loss))])));
    }
    reasons.sort_by(|a, b| (b.points, &a.rule).cmp(&(a.points, &b.rule)));
    let points = reasons.iter().fold(0_i32, |sum, reason| sum.saturating_add(reason.points));
    Perishability { points, act_by, reasons }
}

/// When time alone changes it: at the end of the steep part, at a loss, and shortly before one.
pub(super) fn next_change(
    tip: &TipRevision,
    country: Option<&str>,
    rules: &TipRules,
    now: UtcMillis,
) -> Option<UtcMillis> {
    let mut moments = Vec::new();
    let soon = rules.limits().loss_soon_days + 1;
    for at in territory::captures(tip).filter_map(|(_, capture)| time(capture)) {
        moments.push(after_days(at, rules.limits().steep_days + 1));
    }
    for loss in capture_losses(tip, country, rules).chain(content_loss(tip, rules).map(|l| l.0)) {
        moments.extend([loss, after_days(loss, -soon).plus_ms(1)]);
    }
    moments.retain(|at| *at > now);
    moments.sort();
    moments.dedup();
    let today = perishability(tip, country, rules, now);
    moments.into_iter().find(|at| perishability(tip, country, rules, *at) != today)
}

/// The country of an operator: where the clearing house found the address, else that of the tip.
pub(crate) fn operator_country(
    tip: &TipRevision,
    capture: &Capture,
    country: Option<&str>,
    rules: &TipRules,
) -> Option<String> {
    let mut addresses = tip.parties.iter().flat_map(|party| &party.addresses);
    let own = addresses.find(|address| {
        let looked_up = address.origin == PlaceOrigin::IpLookup;
        looked_up && address.ip.is_some() && address.ip == capture.ip
    });
    let stated = own.and_then(|address| rules.names().country(address.country.as_deref()?));
    let table = || rules.places()?.country(capture.ip.as_deref()?).map(|place| place.country);
    stated.map(str::to_owned).or_else(table).or_else(|| country.map(str::to_owned))
}

/// When the provider may delete what it reported, and the clock that says so.
pub(crate) fn content_loss<'a>(
    tip: &TipRevision,
    rules: &'a TipRules,
) -> Option<(UtcMillis, &'a Clock)> {
    let received = tip.received_at.as_ref().and_then(Moment::wall_clock)?;
    let clock = rules.clock("content", None, tip.provider.as_deref())?;
    Some((after_days(received, clock.days?), clock))
}

fn capture_losses(
    tip: &TipRevision,
    country: Option<&str>,
    rules: &TipRules,
) -> impl Iterator<Item = UtcMillis> {
    territory::captures(tip).filter_map(move |(_, capture)| {
        let country = operator_country(tip, capture, country, rules);
        let clock = rules.clock("ip", country.as_deref(), None)?;
        Some(after_days(time(capture)?, clock.days?))
    })
}

struct Clocks<'a> {
    tip: &'a TipRevision,
    country: Option<&'a str>,
    rules: &'a TipRules,
    now: UtcMillis,
    reasons: Vec<Reason>,
    losses: Vec<UtcMillis>,
}

impl Clocks<'_> {
    fn add(&mut self, rule: &str, args: &[(&str, String)], places: &[&str]) {
        let places: Vec<String> =
            places.iter().map(|place| format!("{} {place}", self.tip.tip)).collect();
        let found = Found::new(args).at(places.iter().map(String::as_str));
        self.reasons.extend(self.rules.perishing(rule, found));
    }

    fn captures(&mut self) {
        let captures: Vec<(String, &Capture)> = territory::captures(self.tip).collect();
        if captures.is_empty() {
            return self.add("no_capture", &[], &[]);
        }
        let timed = captures.iter().filter_map(|(place, c)| Some((time(c)?, place, *c)));
        if let Some((at, place, capture)) = timed.max_by_key(|(at, _, _)| *at) {
            self.latest(at, place, capture);
        }
        self.losses.extend(capture_losses(self.tip, self.country, self.rules));
        self.missing("capture_time_missing", &captures, |capture| time(capture).is_none());
        self.missing("port_missing", &captures, |c| c.ip.is_some() && c.port.is_none());
    }

    fn missing(
        &mut self,
        rule: &str,
        captures: &[(String, &Capture)],
        lacks: fn(&Capture) -> bool,
    ) {
        let places: Vec<&str> =
            captures.iter().filter(|(_, c)| lacks(c)).map(|(place, _)| place.as_str()).collect();
        if !places.is_empty() {
            self.add(rule, &[("count", places.len().to_string())], &places);
        }
    }

    /// The latest event is the one most likely still held.
    fn latest(&mut self, at: UtcMillis, place: &str, capture: &Capture) {
        if days(at, self.now) <= self.rules.limits().steep_days {
            self.add("capture_in_steep_part", &[("date", day(at))], &[place]);
        }
        let country = operator_country(self.tip, capture, self.country, self.rules);
        let clock = self.rules.clock("ip", country.as_deref(), None);
        let Some((clock, length)) = clock.and_then(|clock| Some((clock, clock.days?))) else {
            let country = country.unwrap_or_else(|| "—".to_owned());
            let args = [("country", country), ("date", day(at))];
            return self.add("no_clock_known", &args, &[place]);
        };
        let loss = after_days(at, length);
        let args = [("date", day(loss)), ("source", clock.cited().to_owned())];
        let rule = if loss > self.now { "capture_before_loss" } else { "capture_past_loss" };
        self.add(rule, &args, &[place]);
    }

    fn content(&mut self) {
        let Some((loss, clock)) = content_loss(self.tip, self.rules) else { return };
        if loss > self.now {
            let args = [("date", day(loss)), ("source", clock.cited().to_owned())];
            self.losses.push(loss);
            self.add("content_until", &args, &["received_at"]);
        }
    }
}

fn time(capture: &Capture) -> Option<UtcMillis> {
    capture.at.as_ref().and_then(Moment::wall_clock)
}
