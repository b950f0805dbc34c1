//! The conditions of the danger rules, each a few lines over one tip.

mod floors;
mod marks;

use super::ages::Ages;
use super::rules::TipRules;
use super::{TipContext, day, incident, is_recent, latest_upload, level, words};
use crate::rule::Found;
use amparo_model::{PartyRole, Reason, Stated, TipFile, TipRevision, UtcMillis};
use std::collections::BTreeSet;

/// What weighing gives.
pub(super) struct Weighed {
    /// Every reason that holds, strongest first.
    pub(super) reasons: Vec<Reason>,
    /// One of them is a sign of a child in danger.
    pub(super) danger_sign: bool,
    /// The provider marks it as something between minors.
    pub(super) between_minors: bool,
}

/// Weighs one tip.
pub(super) fn weigh(
    tip: &TipRevision,
    context: &TipContext,
    rules: &TipRules,
    ages: &Ages,
    now: UtcMillis,
) -> Weighed {
    let mut signs = Signs { tip, rules, reasons: Vec::new() };
    signs.level();
    signs.parties();
    signs.ages(ages);
    signs.incident(now);
    signs.files(context);
    signs.marks();
    signs.words();
    signs.group(context);
    let danger_sign = signs.reasons.iter().any(|reason| rules.is_danger(&reason.rule));
    signs.viral(context, danger_sign);
    signs.lowering(danger_sign);
    signs.floors();
    let mut reasons = signs.reasons;
    reasons.sort_by(|a, b| (b.points.abs(), &a.rule).cmp(&(a.points.abs(), &b.rule)));
    let between_minors = reasons.iter().any(|reason| reason.rule == "annotation_between_minors");
    Weighed { reasons, danger_sign, between_minors }
}

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
        let places = self.tip.originator_level.as_ref().map(|_| "originator_level".to_owned());
        self.add(level::rule(&level), 1, &[("level", level.clone())], places.as_slice());
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
    }

    fn ages(&mut self, ages: &Ages) {
        let at = |number: usize| [format!("parties/{number}")];
        if let Some((number, age)) = ages.minors.first() {
            self.add("suspect_may_be_minor", 1, &[("age", age.clone())], &at(*number));
        }
        for (number, text) in &ages.unusable {
            self.add("age_unusable", 1, &[("text", text.clone())], &at(*number));
        }
        for (number, text) in &ages.disagreeing {
            self.add("ages_disagree", 1, &[("text", text.clone())], &at(*number));
        }
        for number in &ages.doubtful {
            self.add("age_doubtful", 1, &[], &at(*number));
        }
    }

    fn incident(&mut self, now: UtcMillis) {
        let kind = self.tip.incident_type.clone().unwrap_or_default();
        if self.rules.says("contact", &kind) {
            let places = ["incident_type".to_owned()];
            self.add("contact_incident", 1, &[("type", kind.clone())], &places);
        }
        let live = self.files_saying("live");
        if self.rules.says("live", &kind) || !live.is_empty() {
            self.add("live_material", 1, &[("count", live.len().to_string())], &live);
        }
        match incident(self.tip) {
            None => self.add("incident_time_unknown", 1, &[], &[]),
            Some(at) if is_recent(at, self.rules, now) => {
                let places = ["incident_at".to_owned()];
                self.add("recent_incident", 1, &[("date", day(at))], &places);
            }
            Some(_) => {}
        }
        if let Some((file, at)) =
            latest_upload(self.tip).filter(|f| is_recent(f.1, self.rules, now))
        {
            self.add("recent_upload", 1, &[("date", day(at))], &[format!("files/{file}")]);
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

    fn words(&mut self) {
        for (rule, said) in words::said(self.tip, self.rules) {
            let args = [("quote", said.quote), ("count", said.places.len().to_string())];
            self.add(&rule, 1, &args, &said.places);
        }
    }

    fn group(&mut self, context: &TipContext) {
        let others = context.group_size.saturating_sub(1);
        if others > 0 {
            self.add("same_group", others, &[("count", others.to_string())], &[]);
        }
        let named = self.tip.related.len();
        if named > 0 {
            let places = ["related".to_owned()];
            self.add("prior_reports", named, &[("count", named.to_string())], &places);
        }
    }

    fn viral(&mut self, context: &TipContext, danger_sign: bool) {
        let distinct = distinct_files(&self.tip.files);
        let tagged = self.files_saying("viral");
        let viral = context.viral_files.max(context.known_files).max(tagged.len()).min(distinct);
        if viral == 0 {
            return;
        }
        let args = [("count", viral.to_string()), ("total", distinct.to_string())];
        let rule = match (danger_sign, viral == distinct) {
            (true, _) => "viral_outweighed",
            (false, true) => "viral_all",
            (false, false) => "viral_some",
        };
        self.add(rule, viral, &args, &tagged);
    }

    /// Beside a sign of a child in danger nothing lowers the tip; what would have is still said.
    fn lowering(&mut self, danger_sign: bool) {
        let mut outweighed = false;
        for reason in self.reasons.iter_mut().filter(|reason| danger_sign && reason.points < 0) {
            reason.points = 0;
            outweighed = true;
        }
        if outweighed {
            self.add("lowering_outweighed", 1, &[], &[]);
        }
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
