//! The conditions of the danger rules, each a few lines over one tip.

use super::rules::TipRules;
use super::{TipContext, minor_suspect};
use crate::rule::Found;
use amparo_model::{PartyRole, Reason, Stated, TipFile, TipRevision, UtcMillis};
use std::collections::BTreeSet;

/// Every reason that holds, strongest first.
pub(super) fn weigh(
    tip: &TipRevision,
    context: &TipContext,
    rules: &TipRules,
    now: UtcMillis,
) -> Vec<Reason> {
    let mut signs = Signs { tip, rules, reasons: Vec::new() };
    signs.level();
    signs.parties();
    signs.incident(now);
    signs.files(context);
    signs.group(context);
    signs.viral(context);
    let mut reasons = signs.reasons;
    reasons.sort_by(|a, b| (b.points.abs(), &a.rule).cmp(&(a.points.abs(), &b.rule)));
    reasons
}

/// Signs of a child in danger: no number of viral files outweighs any of these.
const DANGER: [&str; 4] =
    ["originator_level_1", "access_stated", "live_material", "contact_incident"];

struct Signs<'a> {
    tip: &'a TipRevision,
    rules: &'a TipRules,
    reasons: Vec<Reason>,
}

impl Signs<'_> {
    fn add(&mut self, rule: &str, count: usize, args: &[(&str, String)], places: &[String]) {
        let tip = &self.tip.tip;
        let places: Vec<String> = places.iter().map(|place| format!("{tip} {place}")).collect();
        let found = Found::new(args).at(places.iter().map(String::as_str));
        self.reasons.extend(self.rules.danger(rule, count, found));
    }

    fn level(&mut self) {
        let level = self.tip.originator_level.as_deref().unwrap_or("—").trim().to_owned();
        let rule = match level.as_str() {
            "1" => "originator_level_1",
            "2" => "originator_level_2",
            "3" => "originator_level_3",
            "E" | "e" => "originator_level_e",
            _ => "originator_level_unknown",
        };
        self.add(rule, 1, &[("level", level)], &[]);
    }

    fn parties(&mut self) {
        let at = |number: usize| format!("parties/{number}");
        let parties = || self.tip.parties.iter().enumerate();
        let access: Vec<String> = parties()
            .filter(|(_, party)| party.access_to_children == Stated::Yes)
            .map(|(number, _)| at(number))
            .collect();
        let denied = parties().any(|(_, party)| party.access_to_children == Stated::No);
        let victims: Vec<String> = parties()
            .filter(|(_, party)| party.role == PartyRole::Victim)
            .filter(|(_, party)| party.name.is_some() || !party.identifiers.is_empty())
            .map(|(number, _)| at(number))
            .collect();
        if !access.is_empty() {
            self.add("access_stated", 1, &[], &access);
        } else if !denied {
            self.add("access_not_stated", 1, &[], &[]);
        }
        if !victims.is_empty() {
            self.add("victim_named", 1, &[("count", victims.len().to_string())], &victims);
        }
        if let Some((number, age)) = minor_suspect(self.tip, self.rules) {
            self.add("suspect_may_be_minor", 1, &[("age", age)], &[at(number)]);
        }
    }

    fn incident(&mut self, now: UtcMillis) {
        let kind = self.tip.incident_type.clone().unwrap_or_default();
        if self.rules.says("contact", &kind) {
            self.add("contact_incident", 1, &[("type", kind.clone())], &[]);
        }
        let live = self.files_saying("live");
        if self.rules.says("live", &kind) || !live.is_empty() {
            self.add("live_material", 1, &[("count", live.len().to_string())], &live);
        }
        match self.tip.incident_at.as_ref().and_then(amparo_model::Moment::wall_clock) {
            None => self.add("incident_time_unknown", 1, &[], &[]),
            Some(at) => {
                let days = now.0.saturating_sub(at.0).div_euclid(UtcMillis::DAY_MS);
                // A time after now is a wrong clock; it makes no incident old.
                if days <= self.rules.limits().recent_days {
                    self.add("recent_incident", 1, &[("days", days.max(0).to_string())], &[]);
                }
            }
        }
    }

    fn files(&mut self, context: &TipContext) {
        if self.tip.files.is_empty() {
            return;
        }
        let classes = self.tip.files.iter().filter_map(|f| f.industry_classification.as_deref());
        let best = classes.map(|class| class.trim().to_ascii_lowercase()).min();
        match best.as_deref() {
            Some(class @ ("a1" | "a2" | "b1" | "b2")) => {
                let rule = format!("industry_class_{class}");
                self.add(&rule, 1, &[("class", class.to_ascii_uppercase())], &[]);
            }
            _ => self.add("industry_class_not_stated", 1, &[], &[]),
        }
        let distinct = distinct_files(&self.tip.files);
        if distinct >= self.rules.limits().many_files {
            self.add("many_files", 1, &[("count", distinct.to_string())], &[]);
        }
        let listed = context.known_files.max(context.viral_files);
        let unlisted = context.files_looked_up.saturating_sub(listed);
        if unlisted > 0 {
            self.add("files_in_no_list", 1, &[("count", unlisted.to_string())], &[]);
        } else if context.files_looked_up == 0 {
            self.add("files_not_looked_up", 1, &[("count", distinct.to_string())], &[]);
        }
    }

    fn group(&mut self, context: &TipContext) {
        let others = context.group_size.saturating_sub(1);
        if others > 0 {
            self.add("same_group", others, &[("count", others.to_string())], &[]);
        }
    }

    fn viral(&mut self, context: &TipContext) {
        let distinct = distinct_files(&self.tip.files);
        let tagged = self.files_saying("viral").len();
        let viral = context.viral_files.max(context.known_files).max(tagged).min(distinct);
        if viral == 0 {
            return;
        }
        let args = [("count", viral.to_string()), ("total", distinct.to_string())];
        let danger = self.reasons.iter().any(|reason| DANGER.contains(&reason.rule.as_str()));
        let rule = match (danger, viral == distinct) {
            (true, _) => "viral_outweighed",
            (false, true) => "viral_all",
            (false, false) => "viral_some",
        };
        self.add(rule, viral, &args, &[]);
    }

    /// Places of the files one of whose tags says a word of the list.
    fn files_saying(&self, list: &str) -> Vec<String> {
        let says = |file: &TipFile| file.tags.iter().any(|tag| self.rules.says(list, tag));
        let files = self.tip.files.iter().enumerate().filter(|(_, file)| says(file));
        files.map(|(number, _)| format!("files/{number}")).collect()
    }
}

/// Files with different stated hashes; a file without a hash counts as one of its own.
fn distinct_files(files: &[TipFile]) -> usize {
    let hashed: BTreeSet<_> = files.iter().filter_map(|file| file.hashes.first()).collect();
    hashed.len() + files.iter().filter(|file| file.hashes.is_empty()).count()
}
