//! A draft as lines in one language. Sentences come from the Fluent files; identifiers, times and
//! places stand as in the record.

use super::{Item, PreservationRequest};
use crate::losses::{Holder, What, second};
use crate::tips::day;
use amparo_text::Text;

/// One line of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The title.
    Title(String),
    /// A heading.
    Heading(String),
    /// A name and its value.
    Pair(String, String),
    /// A paragraph.
    Paragraph(String),
    /// A numbered thing to keep, and what is known about it.
    Item {
        /// Its number, from 1.
        number: usize,
        /// The identifier on one line.
        what: String,
        /// Event, place, date of loss, what is missing.
        details: Vec<String>,
    },
}

impl PreservationRequest {
    /// The lines of the draft.
    #[must_use]
    pub fn lines(&self, text: &Text) -> Vec<Line> {
        let say = |id: &str| text.get(id, &[]);
        let pair = |id: &str, value: String| Line::Pair(text.get(id, &[]), value);
        let days =
            self.asked_days.map_or_else(|| say("preservation-to-fill-in"), |n| n.to_string());
        let mut lines = vec![
            Line::Title(say("preservation-title")),
            Line::Paragraph(say("preservation-draft")),
            pair("preservation-addressee", self.addressee(text)),
            pair("preservation-tip", self.tip.to_string()),
            pair("preservation-from-country", self.from_country.clone()),
            pair("preservation-made", self.made_at.to_string()),
            pair("preservation-basis", self.law(text)),
            pair("preservation-asked-days", days),
        ];
        if let Some(renewed) = self.basis.as_ref().and_then(|basis| basis.renewed_days) {
            lines.push(pair("preservation-renewed-days", renewed.to_string()));
        }
        lines.push(Line::Paragraph(say(self.request_id())));
        lines.push(Line::Heading(say("preservation-items")));
        lines.extend(self.items.iter().zip(1..).map(|(item, number)| line(item, number, text)));
        lines.push(Line::Paragraph(say("preservation-no-notice")));
        lines.push(Line::Paragraph(say("preservation-limits")));
        lines
    }

    /// The draft as plain text.
    #[must_use]
    pub fn to_text(&self, text: &Text) -> String {
        let mut page = String::new();
        for line in self.lines(text) {
            let block = match line {
                Line::Title(title) => format!("{title}\n\n"),
                Line::Heading(heading) => format!("\n{heading}\n\n"),
                Line::Pair(name, value) => format!("{name}: {value}\n"),
                Line::Paragraph(paragraph) => format!("\n{paragraph}\n\n"),
                Line::Item { number, what, details } => {
                    let details: String = details.iter().map(|d| format!("   {d}\n")).collect();
                    format!("{number}. {what}\n{details}")
                }
            };
            page.push_str(&block);
        }
        while page.contains("\n\n\n") {
            page = page.replace("\n\n\n", "\n\n");
        }
        page
    }

    fn addressee(&self, text: &Text) -> String {
        match &self.addressee {
            Holder::Operator { country: Some(country) } => {
                text.get("preservation-operator", &[("country", country)])
            }
            Holder::Operator { country: None } => text.get("preservation-operator-unknown", &[]),
            Holder::Provider { name: Some(name) } => name.clone(),
            Holder::Provider { name: None } => text.get("preservation-provider-unknown", &[]),
        }
    }

    fn law(&self, text: &Text) -> String {
        match &self.basis {
            None => text.get("preservation-to-fill-in", &[]),
            Some(basis) => text.get("preservation-basis-confirm", &[("law", &basis.law)]),
        }
    }

    fn request_id(&self) -> &'static str {
        match self.addressee {
            Holder::Operator { .. } => "preservation-ask-operator",
            Holder::Provider { .. } => "preservation-ask-provider",
        }
    }
}

fn line(item: &Item, number: usize, text: &Text) -> Line {
    let mut details = Vec::new();
    let mut say = |id: &str, args: &[(&str, &str)]| details.push(text.get(id, args));
    if let What::IpEvent { port, at, event, .. } = &item.what {
        if let Some(event) = event {
            say("preservation-event", &[("event", event)]);
        }
        if port.is_none() {
            say("preservation-no-port", &[]);
        }
        match at {
            None => say("preservation-no-time", &[]),
            Some(at) if at.utc.is_none() => {
                say("preservation-no-zone", &[("time", &second(at))]);
            }
            Some(_) => {}
        }
    }
    if let What::Account { kind, .. } = &item.what {
        say("preservation-identifier-kind", &[("kind", kind.as_str())]);
    }
    say("preservation-evidence", &[("place", &item.evidence)]);
    let kept = item.kept_days.map(|days| days.to_string());
    match item.lost_from {
        None => match &kept {
            Some(days) => say("preservation-no-date", &[("days", days)]),
            None => say("preservation-any-day", &[]),
        },
        Some(at) if item.passed => say("preservation-passed", &[("date", &day(at))]),
        Some(at) => say("preservation-until", &[("date", &day(at))]),
    }
    Line::Item { number, what: item.what.line(), details }
}
