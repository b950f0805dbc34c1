//! The words by which the form is read: labels, headings and what surrounds them.

use crate::pdf::Line;
use crate::tip_parts::is_us_time;
use amparo_model::PartyRole;

/// What a label is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Priority,
    Generated,
    TotalFiles,
    Submitter,
    IncidentType,
    IncidentTime,
    IncidentNote,
    Platform,
    Escalation,
    Url,
    Note,
    Name,
    Phone,
    Email,
    ScreenName,
    DisplayName,
    UserId,
    Service,
    ProfileUrl,
    BirthDate,
    Age,
    AccessToChildren,
    Compromised,
    Group,
    DeviceId,
    Address,
    Estimate,
    Prior,
    Ip,
    Port,
    FileCount,
    FileName,
    OriginalName,
    SubmittalId,
    Hash(&'static str),
    Class,
    Relevance,
    Uploaded,
    FileUrl,
}

use Label::{
    AccessToChildren, Address, Age, BirthDate, Class, Compromised, DeviceId, DisplayName, Email,
    Escalation, Estimate, FileCount, FileName, FileUrl, Generated, Group, Hash, IncidentNote,
    IncidentTime, IncidentType, Ip, Name, Note, OriginalName, Phone, Platform, Port, Prior,
    Priority, ProfileUrl, Relevance, ScreenName, Service, SubmittalId, Submitter, TotalFiles,
    Uploaded, Url, UserId,
};

/// Labels in lower case, without their colon.
const LABELS: &[(&str, Label)] = &[
    ("priority level", Priority),
    ("date pdf generated", Generated),
    ("total uploaded files", TotalFiles),
    ("submitter", Submitter),
    ("incident type", IncidentType),
    ("primary incident type", IncidentType),
    ("incident time", IncidentTime),
    ("incident date/time", IncidentTime),
    ("incident time description", IncidentNote),
    ("incident date/time description", IncidentNote),
    ("description of incident time", IncidentNote),
    ("platform", Platform),
    ("reason for escalation", Escalation),
    ("escalate to high priority", Escalation),
    ("url", Url),
    ("webpage/url", Url),
    ("additional information", Note),
    ("name", Name),
    ("phone", Phone),
    ("mobile phone", Phone),
    ("home phone", Phone),
    ("work phone", Phone),
    ("business phone", Phone),
    ("recovery phone", Phone),
    ("phone number", Phone),
    ("email address", Email),
    ("email", Email),
    ("screen/user name", ScreenName),
    ("screen name", ScreenName),
    ("user name", ScreenName),
    ("display name", DisplayName),
    ("esp user id", UserId),
    ("esp service", Service),
    ("profile url", ProfileUrl),
    ("date of birth", BirthDate),
    ("approximate age", Age),
    ("age", Age),
    ("access to children", AccessToChildren),
    ("account compromised", Compromised),
    ("group identifier", Group),
    ("device id", DeviceId),
    ("address", Address),
    ("home address", Address),
    ("estimated location", Estimate),
    ("prior ct reports", Prior),
    ("ip address", Ip),
    ("port", Port),
    ("number of uploaded files", FileCount),
    ("filename", FileName),
    ("file name", FileName),
    ("original filename", OriginalName),
    ("original file name", OriginalName),
    ("submittal id", SubmittalId),
    ("md5", Hash("MD5")),
    ("sha1", Hash("SHA1")),
    ("sha-1", Hash("SHA1")),
    ("sha256", Hash("SHA256")),
    ("sha-256", Hash("SHA256")),
    ("pdq", Hash("PDQ")),
    ("image categorization by esp", Class),
    ("file relevance", Relevance),
    ("uploaded to esp", Uploaded),
    ("location of file", FileUrl),
];

impl Label {
    /// Labels that free texts use as well. Inside one, such a line stays text.
    pub(super) fn is_common(self) -> bool {
        matches!(
            self,
            Name | Phone
                | Email
                | Address
                | Age
                | BirthDate
                | DisplayName
                | Url
                | Platform
                | Port
                | Service
                | DeviceId
                | Group
        )
    }
}

/// The label at the start of a line, and what follows it.
pub(super) fn label(line: &Line) -> Option<(Label, String)> {
    let text = line.text();
    if let Some((before, after)) = text.split_once(':')
        && let Some(label) = known(before)
    {
        return Some((label, after.trim().to_owned()));
    }
    // Without a colon a label is told by the gap behind it, or by standing alone.
    let (first, rest) = line.cells.split_first()?;
    let label = known(&first.text)?;
    let gap = !rest.is_empty() || label == ProfileUrl;
    let rest: Vec<_> = rest.iter().map(|cell| cell.text.as_str()).collect();
    gap.then(|| (label, rest.join(" ")))
}

fn known(text: &str) -> Option<Label> {
    let text = text.trim().to_lowercase();
    LABELS.iter().find(|(name, _)| *name == text).map(|(_, label)| *label)
}

/// The parts of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Cover,
    A,
    B,
    C,
    D,
}

/// The section that the line opens.
pub(super) fn section(text: &str) -> Option<Section> {
    let rest = text.strip_prefix("Section ").or_else(|| text.strip_prefix("SECTION "))?;
    let mut letters = rest.chars();
    let section = match letters.next()? {
        'A' => Section::A,
        'B' => Section::B,
        'C' => Section::C,
        'D' => Section::D,
        _ => return None,
    };
    matches!(letters.next(), None | Some(':' | ' ' | '-' | '.')).then_some(section)
}

/// Headings inside section A.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heading {
    /// Contact data of the provider follows.
    Provider,
    Incident,
    Party(PartyRole),
    Files,
    /// A table of addresses and times follows.
    Sources,
    /// Free text of the provider follows.
    Notes,
}

/// The heading that the line is.
pub(super) fn heading(text: &str) -> Option<Heading> {
    let lower = text.trim().trim_end_matches(':').to_lowercase();
    Some(match lower.as_str() {
        "reporting electronic service provider (esp)"
        | "reporting electronic service provider"
        | "company information"
        | "relevant terms"
        | "point of contact"
        | "point of contact for law enforcement" => Heading::Provider,
        "incident information" => Heading::Incident,
        "uploaded file information" => Heading::Files,
        "source information" => Heading::Sources,
        "additional information submitted by the reporting esp"
        | "additional information from the reporting esp" => Heading::Notes,
        _ => Heading::Party(party(text)?.0),
    })
}

/// `Suspect`, `Suspect 1`, `Intended Recipient 2`: the part and the number.
pub(super) fn party(text: &str) -> Option<(PartyRole, usize)> {
    let text = text.trim();
    let (name, number) = match text.rsplit_once(' ') {
        Some((name, digits)) if digits.bytes().all(|b| b.is_ascii_digit()) => {
            (name, digits.parse().ok()?)
        }
        _ => (text, 1),
    };
    let role = match name.to_lowercase().as_str() {
        "suspect" => PartyRole::Suspect,
        "recipient" | "intended recipient" => PartyRole::Recipient,
        "victim" | "child victim" | "reported child victim" => PartyRole::Victim,
        _ => return None,
    };
    Some((role, number))
}

/// The report number in a line such as `CyberTipline Report #900000001`.
pub(super) fn report_number(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let at = lower.find("cybertipline report")? + "cybertipline report".len();
    let rest = lower.get(at..)?.trim_start_matches([' ', '#', ':']);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (digits.len() >= 5).then_some(digits)
}

/// `Contents`, `Table of Contents`.
pub(super) fn is_contents_heading(text: &str) -> bool {
    matches!(text.trim().to_lowercase().as_str(), "contents" | "table of contents")
}

/// A heading with dots and the number of a page.
pub(super) fn is_contents_line(text: &str) -> bool {
    let rest = text.trim_end_matches(|c: char| c.is_ascii_digit());
    rest.len() < text.len() && rest.trim_end().ends_with("...")
}

/// `Page 2`, `Page 2 of 9`, `2 / 9`.
pub(super) fn is_page_number(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    let rest = lower.strip_prefix("page ");
    let words: Vec<&str> = rest.unwrap_or(&lower).split_whitespace().collect();
    let number = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    match words.as_slice() {
        [one] => rest.is_some() && number(one),
        [one, "of" | "/", all] => number(one) && number(all),
        _ => false,
    }
}

/// Lines that may be equal on many pages and still say something.
pub(super) fn is_value(text: &str) -> bool {
    let labelled = text.split_once(':').is_some_and(|(before, _)| known(before).is_some());
    let question = text.starts_with("Did ") || text.starts_with("Were ");
    let answer = matches!(text, "Yes" | "No");
    labelled || question || answer || is_us_time(text) || heading(text).is_some()
}

/// A text and the remark in brackets at its end, such as `(Login)` or `(Verified 01-01-2024)`.
pub(super) fn remark(text: &str) -> (String, Option<String>) {
    let text = text.trim();
    let Some(open) = opening(text) else { return (text.to_owned(), None) };
    let (before, rest) = text.split_at(open);
    let inner = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or_default();
    (before.trim().to_owned(), Some(inner.trim().to_owned()))
}

/// Where the bracket opens that the last letter closes.
fn opening(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices().rev() {
        match letter {
            ')' => depth += 1,
            '(' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return (at > 0).then_some(at);
                }
            }
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_in_brackets_are_split_off() {
        let check = |text: &str, value: &str, inside: Option<&str>| {
            assert_eq!(remark(text), (value.to_owned(), inside.map(str::to_owned)), "{text}");
        };
        check("192.0.2.1 (Login)", "192.0.2.1", Some("Login"));
        check("192.0.2.1 (Login (Verified))", "192.0.2.1", Some("Login (Verified)"));
        check("+1 (555) 010-0001", "+1 (555) 010-0001", None);
        check("plain", "plain", None);
        check("(all)", "(all)", None);
        check("odd)", "odd)", None);
    }

    #[test]
    fn furniture_is_known() {
        assert!(is_page_number("Page 2 of 9"));
        assert!(is_page_number("2 / 9"));
        assert!(!is_page_number("12"));
        assert!(is_contents_line("Section A: Reported Information .... 4"));
        assert!(!is_contents_line("Filename: a...b"));
    }

    #[test]
    fn report_numbers_have_any_length() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(report_number(text).as_deref(), expect, "{text}");
        };
        check("CyberTipline Report 12345678", Some("12345678"));
        check("NCMEC CyberTipline Report #1234567890", Some("1234567890"));
        check("CyberTipline Report", None);
    }
}
