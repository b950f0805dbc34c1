//! `tips search`: tips by any word in them, or by what identifies somebody.

use crate::session::{Deed, Session};
use crate::tip_rows::{Tip, tip_table};
use crate::tip_words::words_in;
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page};
use amparo_authz::{Action, Object};
use amparo_model::{HashAlgorithm, IdentifierKind, TipId};
use amparo_store::TipKey;
use serde::Serialize;
use std::collections::BTreeSet;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips search",
    about: "Find tips by words anywhere in them, or by an identifier, IP address or hash",
    examples: &[
        "amparo tips search luna example.org",
        "amparo tips search --by email user@example.org",
        "amparo tips search --by ip 192.0.2.7 --json",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Words, all of which a tip must have; the last one may be a beginning
    #[arg(required = true)]
    pub words: Vec<String>,
    /// The words are one identifier of this kind
    #[arg(long, value_enum)]
    pub by: Option<By>,
    /// Only so many tips, newest first
    #[arg(long, default_value_t = 50)]
    pub top: usize,
}

/// Kinds of identifiers that tips are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum By {
    /// An e-mail address
    Email,
    /// A telephone number
    Phone,
    /// PROVIDER:ID
    AccountId,
    /// PROVIDER:NAME
    ScreenName,
    /// A URL
    Url,
    /// A device id
    DeviceId,
    /// An IP address
    Ip,
    /// MD5, SHA-1 or SHA-256 of a reported file
    Hash,
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Found {
    /// There may be more.
    pub more: bool,
    /// The tips, most urgent first.
    pub tips: Vec<Tip>,
}

impl Outcome for Found {
    fn show(&self, page: &mut Page<'_>) {
        if self.tips.is_empty() {
            return page.say_line("cli-none-tips", &[]);
        }
        tip_table(&self.tips, page);
        let count = self.tips.len().to_string();
        let sentence = if self.more { "cli-tips-found-more" } else { "cli-tips-found" };
        page.say_line(sentence, &[("count", &count)]);
    }
}

/// Finds them.
///
/// # Errors
/// [`CliError`] when refused or when the database fails.
pub async fn run(session: &mut Session, args: Args) -> Result<Found, CliError> {
    let text = args.words.join(" ");
    // What was searched for is part of the act: it may name a person.
    let deed = Deed::on(Action::ReadTips, Object::Unit, "tips")
        .detail(serde_json::json!({ "search": text, "by": args.by }));
    session.act(&deed).await?;
    let mut ids = match args.by {
        None => session.store.tips_with_words(&words_in(&text), args.top + 1).await?,
        Some(kind) => by(session, kind, &text).await?,
    };
    ids.sort_by(|a, b| b.cmp(a));
    let more = ids.len() > args.top;
    ids.truncate(args.top);
    Ok(Found { more, tips: rows(session, &ids).await? })
}

/// The rows of these tips, most urgent first.
///
/// # Errors
/// [`CliError::Storage`].
pub async fn rows(session: &Session, ids: &[TipId]) -> Result<Vec<Tip>, CliError> {
    let mut lines = session.store.lines_of(ids).await?;
    lines.sort_by(|a, b| {
        (b.danger, b.perishability, &a.tip).cmp(&(a.danger, a.perishability, &b.tip))
    });
    lines.iter().map(|line| Tip::of(line, &session.say)).collect()
}

/// Tips that name it, whoever in them it belongs to.
async fn by(session: &Session, by: By, text: &str) -> Result<Vec<TipId>, CliError> {
    let text = text.trim();
    let Some(kind) = by.identifier() else {
        return Ok(session.store.key_holders(&keys(by, text)).await?);
    };
    let mut found = BTreeSet::new();
    for norm in norms(kind, text) {
        found.extend(session.store.tips_with_identifier(kind, &norm).await?);
    }
    Ok(found.into_iter().collect())
}

impl By {
    /// Addresses and hashes are no identifiers of a party.
    fn identifier(self) -> Option<IdentifierKind> {
        Some(match self {
            Self::Email => IdentifierKind::Email,
            Self::Phone => IdentifierKind::Phone,
            Self::AccountId => IdentifierKind::AccountId,
            Self::ScreenName => IdentifierKind::ScreenName,
            Self::Url => IdentifierKind::Url,
            Self::DeviceId => IdentifierKind::DeviceId,
            Self::Ip | Self::Hash => return None,
        })
    }
}

/// The forms in which the store may hold what was typed.
fn norms(kind: IdentifierKind, text: &str) -> Vec<String> {
    match kind {
        IdentifierKind::Email => vec![text.trim_end_matches('.').to_lowercase()],
        IdentifierKind::Phone => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            vec![format!("+{digits}"), digits]
        }
        IdentifierKind::ScreenName | IdentifierKind::DeviceId => vec![text.to_lowercase()],
        IdentifierKind::AccountId | IdentifierKind::Url | IdentifierKind::DisplayName => {
            vec![text.to_owned()]
        }
    }
}

/// The same for addresses and hashes.
fn keys(by: By, text: &str) -> Vec<TipKey> {
    let key = |kind: &str, value: String| TipKey { kind: kind.to_owned(), value, joins: false };
    if by == By::Ip {
        let ip = text.parse::<std::net::IpAddr>().map(|ip| ip.to_canonical().to_string());
        return vec![key("ip", ip.unwrap_or_else(|_| text.to_owned()))];
    }
    let hash = text.to_lowercase();
    let of = |algorithm| key("hash", format!("{algorithm} {hash}"));
    [HashAlgorithm::Md5, HashAlgorithm::Sha1, HashAlgorithm::Sha256].map(of).to_vec()
}
