//! What is printed, field by field, in one language. Sentences come from the Fluent files; values
//! come from the draft, as written.

use super::layout::Block;
use super::words::{
    basis_id, code_id, confidence_id, hash_row, moment, name_of, short, urgency_id, utc,
};
use crate::draft::{Ask, Draft, Statement};
use crate::facts::rule_sentence;
use crate::fields::field;
use crate::ledger::{LedgerRow, Party};
use amparo_model::{Sha256, UrgencyClass};
use amparo_text::Text;
use std::collections::BTreeSet;

/// Most places of evidence printed under one signal; all of them are in the record.
const MOST_PLACES: usize = 4;

/// The whole document.
pub(super) fn blocks(draft: &Draft, text: &Text, jsonld: &Sha256) -> Vec<Block> {
    let mut page = Printer { draft, text, blocks: Vec::new() };
    page.head();
    page.signals();
    page.asks();
    page.identity();
    page.handling();
    page.subjects();
    page.events();
    page.places_and_people();
    page.media();
    page.ledger();
    page.novelty();
    page.extracts();
    page.status();
    page.sources();
    page.end(jsonld);
    page.blocks
}

/// The left part of every footer.
pub(super) fn footer(draft: &Draft, text: &Text) -> String {
    let codes: Vec<&str> = draft.handling.codes.iter().map(|code| code.as_str()).collect();
    let version = draft.header.version.to_string();
    let version = text.get("referral-version", &[("version", &version)]);
    format!("{} · {version} · {}", draft.header.id, codes.join(" + "))
}

/// The title says "urgent" only when it is.
pub(super) fn title_id(draft: &Draft) -> &'static str {
    match draft.urgency.class {
        UrgencyClass::Ordinary => "referral-title-ordinary",
        _ => "referral-title",
    }
}

struct Printer<'a> {
    draft: &'a Draft,
    text: &'a Text,
    blocks: Vec<Block>,
}

impl Printer<'_> {
    fn say(&self, id: &str) -> String {
        self.text.get(id, &[])
    }

    fn push(&mut self, block: Block) {
        self.blocks.push(block);
    }

    fn field(&mut self, number: u8) {
        let id = field(number).map(crate::fields::Field::title_id).unwrap_or_default();
        let title = self.say(&id);
        self.push(Block::Heading(Some(number), title));
    }

    fn part(&mut self, id: &str) {
        let title = self.say(id);
        self.push(Block::Heading(None, title));
    }

    fn pair(&mut self, name: &str, value: impl Into<String>) {
        let (name, value) = (self.say(name), value.into());
        let value = if value.trim().is_empty() { self.say("referral-not-stated") } else { value };
        self.push(Block::Pair(name, value));
    }

    fn none(&mut self) {
        let none = self.say("referral-none");
        self.push(Block::Note(none));
    }

    /// The draft writes "unknown" where a closed word is needed; people read their own language.
    fn word(&self, value: &str) -> String {
        if value == "unknown" { self.say("referral-not-stated") } else { value.to_owned() }
    }

    fn head(&mut self) {
        let draft = self.draft;
        self.push(Block::Title(self.say(title_id(draft))));
        let class = self.say(urgency_id(draft.urgency.class));
        let by = draft
            .urgency
            .act_by
            .map(|at| format!(" · {}: {}", self.say("referral-act-by"), utc(at)));
        self.push(Block::Banner(format!("{class}{}", by.unwrap_or_default())));
        self.pair("referral-reason", draft.urgency.reason.clone());
        self.push(Block::Note(self.say("referral-notice")));
    }

    fn signals(&mut self) {
        let draft = self.draft;
        self.field(6);
        draft.signals.iter().for_each(|signal| self.statement(signal));
        if !draft.counter_signals.is_empty() {
            self.push(Block::Paragraph(format!("{}:", self.say("referral-against"))));
            draft.counter_signals.iter().for_each(|signal| self.statement(signal));
        }
    }

    fn statement(&mut self, statement: &Statement) {
        let rendered = statement.rule.as_ref().and_then(|rule| rule_sentence(rule, self.text));
        let sentence = rendered.unwrap_or_else(|| statement.text.clone());
        let mut places: Vec<String> =
            statement.evidence.iter().take(MOST_PLACES).map(|place| short(place)).collect();
        let more = statement.evidence.len().saturating_sub(MOST_PLACES);
        if more > 0 {
            let count = more.to_string();
            places.push(self.text.get("referral-evidence-more", &[("count", &count)]));
        }
        let mut under = format!(
            "{} · {}",
            self.say(basis_id(statement.basis)),
            self.say(confidence_id(statement.confidence))
        );
        if !places.is_empty() {
            under.push_str(&format!(" · {}: {}", self.say("referral-evidence"), places.join("; ")));
        }
        self.push(Block::Item(sentence, under));
    }

    fn asks(&mut self) {
        let draft = self.draft;
        self.field(17);
        for ask in Ask::ALL.iter().filter(|ask| draft.asks.list.contains(ask)) {
            let sentence = self.say(ask.message_id());
            self.push(Block::Item(sentence, String::new()));
        }
        if let Some(other) = &draft.asks.other {
            self.push(Block::Item(other.clone(), String::new()));
        }
        self.field(18);
        if let Some(answer) = &draft.do_not_alert {
            self.push(Block::Paragraph(answer.notes.clone()));
            if let Some(until) = answer.embargo_until {
                self.pair("referral-embargo", utc(until));
            }
        }
    }

    /// Fields 1 to 4.
    fn identity(&mut self) {
        let draft = self.draft;
        self.field(1);
        let version = draft.header.version.to_string();
        let version = self.text.get("referral-version", &[("version", &version)]);
        self.push(Block::Paragraph(format!("{} · {version}", draft.header.id)));
        self.pair("referral-case", draft.case.id.as_str());
        self.field(2);
        self.authority(&draft.sender.authority);
        self.pair("referral-officer", draft.sender.officer.clone());
        self.field(3);
        self.authority(&draft.addressee.authority);
        self.pair("referral-channel", draft.addressee.channel.clone());
        if !draft.addressee.copies.is_empty() {
            self.pair("referral-copies", draft.addressee.copies.join("; "));
        }
        self.field(4);
        self.pair("referral-created", utc(draft.times.created_at));
        self.pair("referral-local-offset", draft.times.local_offset_minutes.to_string());
        self.pair("referral-clock", draft.times.clock_source.clone());
    }

    fn authority(&mut self, authority: &crate::Authority) {
        self.pair("referral-unit", format!("{} ({})", authority.unit, authority.country));
        self.pair("referral-phone", authority.phone_24_7.clone());
        self.pair("referral-mailbox", authority.mailbox.clone());
    }

    /// Fields 7 and 8.
    fn handling(&mut self) {
        let handling = &self.draft.handling;
        self.field(7);
        for code in &handling.codes {
            let other = handling.other.as_deref().unwrap_or("");
            let sentence = self.text.get(code_id(*code), &[("other", other)]);
            self.push(Block::Item(sentence, String::new()));
        }
        self.pair("referral-purpose", handling.purpose.clone());
        self.pair("referral-legal-basis", handling.legal_basis.clone());
        self.pair("referral-permitted-use", handling.permitted_use.clone());
        self.field(8);
        let grading = &self.draft.grading;
        self.pair("referral-scheme", grading.scheme.clone());
        self.pair("referral-source-grade", grading.source.clone());
        self.pair("referral-information-grade", grading.information.clone());
    }

    fn subjects(&mut self) {
        self.field(9);
        let draft = self.draft;
        draft.subjects.iter().for_each(|party| self.party(party));
    }

    fn party(&mut self, party: &Party) {
        for account in &party.accounts {
            let account = account.record();
            self.pair("referral-account", account.key.to_string());
            if !account.names.is_empty() {
                self.pair("referral-names", account.names.join("; "));
            }
        }
        for identifier in &party.identifiers {
            let written = format!("{} ({})", identifier.raw, identifier.kind.as_str());
            self.pair("referral-identifier", written);
        }
        if let (Some(first), Some(last)) = (party.first_at, party.last_at) {
            self.pair("referral-first-last", format!("{} – {}", utc(first), utc(last)));
        }
    }

    fn events(&mut self) {
        let draft = self.draft;
        self.field(10);
        if draft.events.is_empty() {
            return self.none();
        }
        let head = [
            "referral-ip",
            "referral-port",
            "referral-time",
            "referral-service",
            "referral-evidence",
        ];
        let missing = self.say("referral-not-stated");
        let rows = draft.events.iter().map(|event| {
            let what = format!("{} {}", event.service, event.event.as_deref().unwrap_or(""));
            vec![
                event.ip.clone(),
                event.port.map_or_else(|| missing.clone(), |port| port.to_string()),
                event.at.map_or_else(|| missing.clone(), utc),
                what,
                short(&event.evidence),
            ]
        });
        self.table(&[2.0, 1.0, 2.4, 2.4, 3.0], &head, rows.collect());
    }

    fn table(&mut self, widths: &[f32], head: &[&str], rows: Vec<Vec<String>>) {
        let head = head.iter().map(|id| self.say(id)).collect();
        self.push(Block::Table(widths.to_vec(), head, rows));
    }

    /// Fields 11 and 12.
    fn places_and_people(&mut self) {
        let draft = self.draft;
        self.field(11);
        if draft.locations.is_empty() {
            self.none();
        }
        for belief in &draft.locations {
            let parts = [Some(&belief.country), belief.province.as_ref(), belief.town.as_ref()];
            let place: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
            let under = format!(
                "{} · {} · {}",
                belief.because,
                self.say(basis_id(belief.basis)),
                self.say(confidence_id(belief.confidence))
            );
            self.push(Block::Item(place.join(", "), under));
        }
        self.field(12);
        let count = draft.victims.count;
        let count = count.map_or_else(|| self.say("referral-not-stated"), |n| n.to_string());
        self.pair("referral-count", count);
        for child in &draft.victims.children {
            self.push(Block::Item(child.pseudonym.clone(), String::new()));
            self.pair("referral-age-band", self.word(&child.age_band));
            self.pair("referral-sex", self.word(&child.sex));
            self.pair("referral-relation", child.relation_claimed.clone().unwrap_or_default());
            self.pair("referral-lead", child.identity_lead.clone().unwrap_or_default());
        }
    }

    fn media(&mut self) {
        let media = &self.draft.media;
        self.field(13);
        let numbers = [
            ("unseen", media.unseen.to_string()),
            ("known", media.known.to_string()),
            ("near", media.near_known.to_string()),
            ("unsure", media.unsure.to_string()),
        ];
        let args = numbers.each_ref().map(|(name, value)| (*name, value.as_str()));
        self.push(Block::Paragraph(self.text.get("referral-media-counts", &args)));
        if let (Some(first), Some(last)) = (media.first_at, media.last_at) {
            self.pair("referral-period", format!("{} – {}", utc(first), utc(last)));
        }
        if !media.cameras.is_empty() {
            self.pair("referral-cameras", media.cameras.join("; "));
        }
        self.pair("referral-obtainable", media.obtainable_from.clone());
    }

    fn ledger(&mut self) {
        let draft = self.draft;
        if draft.ledger.is_empty() {
            return;
        }
        self.part("referral-ledger-title");
        let head = [
            "referral-time",
            "referral-from",
            "referral-to",
            "referral-file",
            "referral-novelty",
            "referral-place",
        ];
        let rows = draft.ledger.iter().map(|row| self.ledger_row(row)).collect();
        self.table(&[1.7, 2.2, 2.1, 2.6, 1.6, 1.9], &head, rows);
        self.part("referral-hashes-title");
        let mut seen = BTreeSet::new();
        let once = draft.ledger.iter().filter(|row| row.sha256().is_some_and(|h| seen.insert(h)));
        let rows = once.map(hash_row).collect();
        let head = ["referral-file".to_owned()].map(|id| self.say(&id));
        let head = [head.as_slice(), &["SHA-256".to_owned(), "MD5".to_owned(), "PDQ".to_owned()]];
        self.push(Block::Table(vec![2.2, 3.3, 1.8, 3.3], head.concat(), rows));
    }

    fn ledger_row(&self, row: &LedgerRow) -> Vec<String> {
        let transfer = row.transfer.record();
        let missing = || self.say("referral-not-stated");
        let to: Vec<&str> = transfer.to.iter().map(|key| key.id.as_str()).collect();
        let novelty = row.novelty.map(|n| self.say(&format!("referral-novelty-{}", n.as_str())));
        vec![
            transfer.at.as_ref().map_or_else(missing, moment),
            transfer.from.as_ref().map_or_else(missing, |key| key.id.clone()),
            to.join(", "),
            name_of(row).unwrap_or_else(missing),
            novelty.unwrap_or_else(missing),
            short(&row.reference()),
        ]
    }

    fn novelty(&mut self) {
        let novelty = &self.draft.novelty;
        self.field(14);
        let lists: Vec<String> =
            novelty.against.iter().map(|(id, dated)| format!("{id} ({dated})")).collect();
        self.pair("referral-lists", lists.join("; "));
        self.pair("referral-algorithm", novelty.algorithm.clone());
        self.pair("referral-threshold", novelty.threshold.to_string());
        let who = format!("{}, {}", novelty.compared_by, utc(novelty.compared_at));
        self.pair("referral-compared", who);
        self.push(Block::Note(self.say("referral-novelty-note")));
    }

    /// Fields 15 and 16.
    fn extracts(&mut self) {
        let draft = self.draft;
        self.field(15);
        if draft.extracts.is_empty() {
            self.none();
        }
        for extract in &draft.extracts {
            let at = extract.at.map_or_else(|| self.say("referral-not-stated"), utc);
            let under = format!("{} · {at} · {}", extract.from, short(&extract.evidence));
            self.push(Block::Item(format!("«{}»", extract.quote), under));
            if let Some(translation) = &extract.translation {
                self.pair("referral-translation", translation.clone());
                let translator = extract.translator.clone().unwrap_or_default();
                self.pair("referral-translator", translator);
            }
        }
        self.field(16);
        if draft.network.is_empty() {
            self.none();
        }
        for link in &draft.network {
            let role = format!("{}: {}", self.say("referral-role"), link.role_hypothesis);
            let country = link.country.as_deref().unwrap_or("");
            self.push(Block::Item(format!("{} {country}", link.with), role));
        }
    }

    /// Fields 19 to 22.
    fn status(&mut self) {
        let draft = self.draft;
        self.field(19);
        for item in &draft.preservation {
            let expires = item.expires_at.map_or_else(|| self.say("referral-not-stated"), utc);
            let reference = item.reference.clone();
            let reference = reference.unwrap_or_else(|| self.say("referral-not-stated"));
            let args = [("reference", reference.as_str()), ("expires", expires.as_str())];
            let state = if item.made {
                self.text.get("referral-preservation-made", &args)
            } else {
                self.say("referral-preservation-needed")
            };
            self.push(Block::Item(format!("{}: {}", item.provider, item.target), state));
        }
        self.field(20);
        match &draft.evidence_status {
            None => self.none(),
            Some(status) => {
                self.pair("referral-owner-status", status.owner_status.clone());
                self.pair("referral-custody", status.custody_reference.clone().unwrap_or_default());
                let authority = status.judicial_authority.clone().unwrap_or_default();
                self.pair("referral-judicial", authority);
                self.pair("referral-way", status.way_to_evidence.clone().unwrap_or_default());
            }
        }
        self.field(21);
        match &draft.child_protection {
            None => self.none(),
            Some(contact) => {
                self.pair("referral-contact", contact.contact.clone());
                self.pair("referral-languages", contact.languages.join(", "));
            }
        }
        self.field(22);
        for item in &draft.attachments {
            let under = format!("{} · {} · SHA-256 {}", item.mime, item.size, item.sha256);
            self.push(Block::Item(item.name.clone(), under));
        }
        self.push(Block::Note(self.say("referral-package-note")));
    }

    /// Orders, exhibits and tips behind the facts.
    fn sources(&mut self) {
        let draft = self.draft;
        self.part("referral-authorisations");
        for order in &draft.authorisations {
            let period = format!("{} – {}", utc(order.valid_from), utc(order.valid_until));
            self.push(Block::Item(format!("{} · {}", order.id, order.authority), period));
        }
        self.part("referral-exhibits");
        for exhibit in &draft.exhibits {
            let line = format!("{} ({})", exhibit.label, exhibit.id);
            self.push(Block::Item(line, utc(exhibit.attached_at)));
        }
        self.part("referral-tips");
        for tip in &draft.tips {
            let provider = tip.tip.provider.as_deref().unwrap_or("");
            let under = format!("SHA-256 {}", tip.object);
            self.push(Block::Item(format!("{} · {provider}", tip.tip.tip), under));
        }
    }

    fn end(&mut self, jsonld: &Sha256) {
        let signers = &self.draft.signers;
        self.field(23);
        self.pair("referral-drafted-by", signers.drafted_by.clone());
        let at = signers.approved_at.map(utc).unwrap_or_default();
        let approved = signers.approved_by.as_deref().unwrap_or("");
        self.pair("referral-approved-by", format!("{approved} {at}"));
        self.pair("referral-jsonld-hash", jsonld.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use amparo_text::Lang;

    #[test]
    fn every_sentence_of_the_document_exists_in_every_language() {
        let novelties = ["known", "near_known", "unsure", "unseen"];
        for lang in Lang::ALL {
            let text = Text::new(lang);
            for novelty in novelties {
                assert!(text.has(&format!("referral-novelty-{novelty}")), "{lang} {novelty}");
            }
            for ask in Ask::ALL {
                assert!(text.has(ask.message_id()), "{lang} {ask:?}");
            }
        }
    }
}
