//! `parsers`: which formats this version reads, as each parser declares it.

use crate::command::{Command, Edge};
use crate::{alone, error::CliError, outcome::Outcome, page::Page};
use amparo_parsers::{PARSERS, Spec, Tier};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "parsers",
    about: "List the formats this version reads, with what each parser cannot do",
    examples: &["amparo parsers", "amparo parsers --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: alone!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

/// All parsers.
#[derive(Debug, Serialize)]
pub struct Parsers {
    /// By id.
    pub parsers: Vec<Declared>,
}

/// What one parser says about itself.
#[derive(Debug, Serialize)]
pub struct Declared {
    /// Its id.
    pub id: &'static str,
    /// One sentence.
    pub title: &'static str,
    /// `tips`, `apps` or `hashsets`.
    pub family: &'static str,
    /// Version of its output.
    pub version: u32,
    /// How well its format facts are founded.
    pub tier: &'static str,
    /// Apps that write the format.
    pub apps: &'static [&'static str],
    /// Paths it claims.
    pub claims: &'static [&'static str],
    /// What it was tried on.
    pub tested_on: &'static [&'static str],
    /// What it does not read or cannot know.
    pub gaps: &'static [&'static str],
    /// Where the format facts come from.
    pub references: &'static [&'static str],
    /// How times are stored.
    pub time: &'static str,
}

impl Declared {
    fn of(spec: &'static Spec) -> Self {
        Self {
            id: spec.id,
            title: spec.title,
            family: spec.family.folder(),
            version: spec.version,
            tier: tier(spec.tier),
            apps: spec.apps,
            claims: spec.claims,
            tested_on: spec.tested_on,
            gaps: spec.gaps,
            references: spec.references,
            time: spec.time,
        }
    }
}

impl Outcome for Parsers {
    fn show(&self, page: &mut Page<'_>) {
        for parser in &self.parsers {
            let tier = page.say().word("tier", parser.tier);
            page.line(&format!("{} {} — {} [{tier}]", parser.id, parser.version, parser.title));
            page.say_line("cli-parser-claims", &[("claims", &parser.claims.join(", "))]);
            for gap in parser.gaps {
                page.say_line("cli-parser-gap", &[("gap", gap)]);
            }
            page.gap();
        }
    }
}

/// Lists them.
///
/// # Errors
/// None in this version.
pub async fn run(_: &Edge, _: Args) -> Result<Parsers, CliError> {
    Ok(Parsers { parsers: PARSERS.iter().map(|parser| Declared::of(parser.spec())).collect() })
}

fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Proven => "proven",
        Tier::FromVendorSource => "from_vendor_source",
        Tier::Unexercised => "unexercised",
    }
}
