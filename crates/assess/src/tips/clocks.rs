//! How soon what a tip leads to is lost: traffic data at operators, content at the provider.

use super::rules::{Clock, TipRules};
use crate::rule::Found;
use amparo_model::{Capture, Moment, PartyRole, Reason, TipRevision, UtcMillis};

/// How soon evidence is lost. Breaks ties between tips of equal danger; never added to danger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Perishability {
    /// Sum of the points.
    pub points: i32,
    /// The earliest known date of loss that still lies ahead.
    pub act_by: Option<UtcMillis>,
    /// Whole days until then.
    pub days_left: Option<i64>,
    /// What it rests on, strongest first.
    pub reasons: Vec<Reason>,
}

/// Assesses the clocks of a tip whose operators sit in `country`.
pub(super) fn perishability(
    tip: &TipRevision,
    country: Option<&str>,
    rules: &TipRules,
    now: UtcMillis,
) -> Perishability {
    let mut clocks = Clocks { rules, now, reasons: Vec::new(), losses: Vec::new() };
    let captures: Vec<&Capture> = captures(tip).collect();
    clocks.captures(&captures, country);
    clocks.content(tip);
    let act_by = clocks.losses.into_iter().filter(|loss| *loss > now).min();
    let days_left = act_by.map(|loss| days(now, loss));
    let mut reasons = clocks.reasons;
    if let Some(left) = days_left.filter(|left| *left <= rules.limits().loss_soon_days) {
        reasons.extend(rules.perishing("loss_soon", Found::new(&[("days", left.to_string())])));
    }
    reasons.sort_by(|a, b| (b.points, &a.rule).cmp(&(a.points, &b.rule)));
    let points = reasons.iter().fold(0_i32, |sum, reason| sum.saturating_add(reason.points));
    Perishability { points, act_by, days_left, reasons }
}

struct Clocks<'a> {
    rules: &'a TipRules,
    now: UtcMillis,
    reasons: Vec<Reason>,
    losses: Vec<UtcMillis>,
}

impl Clocks<'_> {
    fn add(&mut self, rule: &str, args: &[(&str, String)]) {
        self.reasons.extend(self.rules.perishing(rule, Found::new(args)));
    }

    fn captures(&mut self, captures: &[&Capture], country: Option<&str>) {
        if captures.is_empty() {
            return self.add("no_capture", &[]);
        }
        let times: Vec<UtcMillis> = captures.iter().filter_map(|capture| time(capture)).collect();
        if let Some(latest) = times.iter().max() {
            self.age(*latest, &times, country);
        }
        let missing = captures.len() - times.len();
        if missing > 0 {
            self.add("capture_time_missing", &[("count", missing.to_string())]);
        }
        let no_port = captures.iter().filter(|c| c.ip.is_some() && c.port.is_none()).count();
        if no_port > 0 {
            self.add("port_missing", &[("count", no_port.to_string())]);
        }
    }

    /// The latest event is the one most likely still held; every event has its own loss date.
    fn age(&mut self, latest: UtcMillis, times: &[UtcMillis], country: Option<&str>) {
        let age = days(latest, self.now);
        let Some(clock) = self.clock("ip", country) else {
            let country = country.unwrap_or("—").to_owned();
            self.add("no_clock_known", &[("country", country), ("days", age.max(0).to_string())]);
            return self.steep(age);
        };
        let loss = |at: &UtcMillis| at.plus_ms(clock.days.saturating_mul(UtcMillis::DAY_MS));
        let last_loss = loss(&latest);
        let args = [("date", day(last_loss)), ("source", clock.source.clone())];
        self.losses.extend(times.iter().map(loss));
        self.steep(age);
        self.add(
            if last_loss > self.now { "capture_before_loss" } else { "capture_past_loss" },
            &args,
        );
    }

    fn steep(&mut self, age_days: i64) {
        if age_days <= self.rules.limits().steep_days {
            self.add("capture_in_steep_part", &[("days", age_days.max(0).to_string())]);
        }
    }

    fn content(&mut self, tip: &TipRevision) {
        let received = tip.received_at.as_ref().and_then(Moment::wall_clock);
        let (Some(received), Some(clock)) = (received, self.clock("content", None)) else { return };
        let loss = received.plus_ms(clock.days.saturating_mul(UtcMillis::DAY_MS));
        if loss > self.now {
            let args = [("date", day(loss)), ("source", clock.source.clone())];
            self.losses.push(loss);
            self.add("content_until", &args);
        }
    }

    fn clock(&self, kind: &str, country: Option<&str>) -> Option<Clock> {
        let fits = |clock: &&Clock| clock.kind == kind && clock.country.as_deref() == country;
        self.rules.clocks().iter().find(fits).cloned()
    }
}

/// IP events of the persons reported and of their files.
fn captures(tip: &TipRevision) -> impl Iterator<Item = &Capture> {
    let parties = tip.parties.iter().filter(|party| party.role == PartyRole::Suspect);
    parties.flat_map(|p| &p.captures).chain(tip.files.iter().flat_map(|file| &file.captures))
}

fn time(capture: &Capture) -> Option<UtcMillis> {
    capture.at.as_ref().and_then(Moment::wall_clock)
}

fn days(from: UtcMillis, upto: UtcMillis) -> i64 {
    upto.0.saturating_sub(from.0).div_euclid(UtcMillis::DAY_MS)
}

fn day(at: UtcMillis) -> String {
    at.to_string().get(..10).unwrap_or("—").to_owned()
}
