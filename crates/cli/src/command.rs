//! The shape of a command, and the list of all of them.
//!
//! To add a command: write `commands/<words_of_its_name>.rs` with a `COMMAND` constant, its `Args`
//! and a `run` function that returns an [`crate::outcome::Outcome`], and one line in [`COMMANDS`].
//! The tests below and in `tests/` then ask for examples, order and help.

use crate::{commands, error::CliError, exit::Exit, globals::Globals, outcome::Reply};
use crate::{interrupt::Interrupt, page::Page, say::Say, session::Session};
use clap::ArgMatches;
use std::{future::Future, pin::Pin, sync::Arc};

/// What running a command gives.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<Reply, CliError>> + 'a>>;

/// One command as constant data.
pub struct Command {
    /// Its words, as typed: `case open`.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// Complete command lines, each of which works as shown.
    pub examples: &'static [&'static str],
    /// Left out of the help; for commands that only this program itself calls.
    pub hidden: bool,
    /// Adds its arguments.
    pub args: fn(clap::Command) -> clap::Command,
    /// Does it.
    pub run: Runner,
}

/// How a command is started.
pub enum Runner {
    /// Without an open data folder.
    Alone(for<'a> fn(&'a Edge, &'a ArgMatches) -> Running<'a>),
    /// With the data folder of `--data` open.
    InFolder(for<'a> fn(&'a mut Session, &'a ArgMatches) -> Running<'a>),
}

/// What a command has that runs without a data folder.
pub struct Edge {
    /// Options of every command.
    pub globals: Globals,
    /// Sentences.
    pub say: Say,
    /// Whether standard output is a terminal.
    pub terminal: bool,
    /// Set when the operator wants to stop.
    pub interrupt: Arc<Interrupt>,
}

impl Edge {
    /// An edge for a command that another one runs in-process.
    #[must_use]
    pub fn within(globals: Globals, say: Say, interrupt: &Arc<Interrupt>) -> Self {
        Self { globals, say, terminal: false, interrupt: Arc::clone(interrupt) }
    }

    /// An empty page in the right language and width.
    #[must_use]
    pub fn page(&self) -> Page<'_> {
        Page::new(&self.say, self.terminal)
    }
}

/// Ties a `run(&mut Session, Args)` to the registry.
#[macro_export]
macro_rules! in_folder {
    ($run:path, $args:ty) => {
        $crate::command::Runner::InFolder(|session, matches| {
            Box::pin(async move {
                let args = <$args as clap::FromArgMatches>::from_arg_matches(matches)?;
                let outcome = $run(session, args).await?;
                $crate::outcome::Reply::of(&outcome, session.page())
            })
        })
    };
}

/// Ties a `run(&Edge, Args)` to the registry.
#[macro_export]
macro_rules! alone {
    ($run:path, $args:ty) => {
        $crate::command::Runner::Alone(|edge, matches| {
            Box::pin(async move {
                let args = <$args as clap::FromArgMatches>::from_arg_matches(matches)?;
                let outcome = $run(edge, args).await?;
                $crate::outcome::Reply::of(&outcome, edge.page())
            })
        })
    };
}

/// All commands, sorted by name.
pub const COMMANDS: &[Command] = &[
    commands::alarms::COMMAND,
    commands::audit_checkpoint::COMMAND,
    commands::audit_show::COMMAND,
    commands::audit_verify::COMMAND,
    commands::authorisation_add::COMMAND,
    commands::authorisation_list::COMMAND,
    commands::case_assign::COMMAND,
    commands::case_list::COMMAND,
    commands::case_open::COMMAND,
    commands::custody_add::COMMAND,
    commands::custody_hash::COMMAND,
    commands::custody_show::COMMAND,
    commands::demo::COMMAND,
    commands::dump::COMMAND,
    commands::evidence_add::COMMAND,
    commands::evidence_list::COMMAND,
    commands::evidence_pause::COMMAND,
    commands::evidence_prioritise::COMMAND,
    commands::evidence_status::COMMAND,
    commands::fsck::COMMAND,
    commands::hashset_check::COMMAND,
    commands::hashset_export::COMMAND,
    commands::hashset_import::COMMAND,
    commands::hashset_list::COMMAND,
    commands::hashset_remove::COMMAND,
    commands::hashset_show::COMMAND,
    commands::hashset_update::COMMAND,
    commands::init::COMMAND,
    commands::launch::COMMAND,
    commands::ledger_between::COMMAND,
    commands::ledger_file::COMMAND,
    commands::ledger_of::COMMAND,
    commands::parsers::COMMAND,
    commands::partner_add::COMMAND,
    commands::partner_card::COMMAND,
    commands::partner_list::COMMAND,
    commands::places_import::COMMAND,
    commands::places_show::COMMAND,
    commands::referral_acknowledge::COMMAND,
    commands::referral_approve::COMMAND,
    commands::referral_check::COMMAND,
    commands::referral_draft::COMMAND,
    commands::referral_open::COMMAND,
    commands::referral_seal::COMMAND,
    commands::referral_status::COMMAND,
    commands::tips_access::COMMAND,
    commands::tips_alerts::COMMAND,
    commands::tips_days::COMMAND,
    commands::tips_decide::COMMAND,
    commands::tips_export::COMMAND,
    commands::tips_import::COMMAND,
    commands::tips_largest::COMMAND,
    commands::tips_list::COMMAND,
    commands::tips_override::COMMAND,
    commands::tips_preserve::COMMAND,
    commands::tips_queues::COMMAND,
    commands::tips_refresh::COMMAND,
    commands::tips_search::COMMAND,
    commands::tips_show::COMMAND,
    commands::user_add::COMMAND,
    commands::user_list::COMMAND,
    commands::verdict_add::COMMAND,
    commands::verdict_list::COMMAND,
    commands::verify_install::COMMAND,
    commands::worker::COMMAND,
];

/// First words that gather several commands, sorted, each with its line in the help.
const GROUPS: &[(&str, &str)] = &[
    ("audit", "The log of every act: show it, keep a checkpoint, verify it"),
    ("authorisation", "Court orders and other authorisations with their scope"),
    ("case", "Cases of this unit"),
    ("custody", "Chain of custody of exhibits"),
    ("evidence", "Exhibits: attach, follow, list"),
    ("hashset", "Lists of known hashes"),
    ("ledger", "Who sent which file to whom, over every app"),
    ("partner", "Other units and their keys"),
    ("places", "Where IP addresses are, from a table on this machine"),
    ("referral", "Urgent referrals to another unit, from draft to receipt"),
    ("tips", "Tips from clearing houses"),
    ("user", "People of this unit"),
    ("verdict", "What people of this unit say a file is"),
];

const ABOUT: &str = "From the tip that arrives to the child who is safe.\n\n\
    Amparo helps police units that protect children: it reads tips and lawfully seized evidence, \
    keeps one ledger of who sent which file to whom, names counterparts who may be a live source \
    with reasons anyone can check, and seals urgent referrals for another unit.";

/// The whole command line.
#[must_use]
pub fn tree() -> clap::Command {
    let bare = clap::Command::new("amparo")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(Exit::help());
    // After the options: deriving them sets the description to that of their struct.
    let mut root = <Globals as clap::Args>::augment_args(bare)
        .about("From the tip that arrives to the child who is safe")
        .long_about(ABOUT);
    for command in COMMANDS.iter().filter(|command| !command.name.contains(' ')) {
        root = root.subcommand(leaf(command, command.name));
    }
    for (group, about) in GROUPS {
        root = root.subcommand(branch(group, about));
    }
    root
}

/// The command that was typed, with its arguments.
#[must_use]
pub fn chosen(matches: &ArgMatches) -> Option<(&'static Command, &ArgMatches)> {
    let (first, inner) = matches.subcommand()?;
    let (name, matches) = match inner.subcommand() {
        Some((second, innermost)) => (format!("{first} {second}"), innermost),
        None => (first.to_owned(), inner),
    };
    COMMANDS.iter().find(|command| command.name == name).map(|command| (command, matches))
}

fn branch(group: &'static str, about: &'static str) -> clap::Command {
    let empty = clap::Command::new(group).about(about).subcommand_required(true);
    COMMANDS.iter().fold(empty.arg_required_else_help(true), |branch, command| {
        match command.name.strip_prefix(group).and_then(|rest| rest.strip_prefix(' ')) {
            Some(rest) => branch.subcommand(leaf(command, rest)),
            None => branch,
        }
    })
}

fn leaf(command: &'static Command, name: &'static str) -> clap::Command {
    let examples: Vec<String> = command.examples.iter().map(|line| format!("  {line}")).collect();
    let after = format!("Examples:\n{}\n\n{}", examples.join("\n"), Exit::help());
    let bare = (command.args)(clap::Command::new(name)).hide(command.hidden);
    // After the arguments: deriving them sets the description to that of their struct.
    bare.about(command.about).long_about(None).after_help(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_sorted_and_each_file_is_listed() {
        assert!(COMMANDS.is_sorted_by_key(|command| command.name));
        assert!(GROUPS.is_sorted_by_key(|(group, _)| *group));
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands");
        let stem = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()
        };
        let mut files: Vec<String> = std::fs::read_dir(folder).unwrap().map(stem).collect();
        files.retain(|file| file != "mod");
        files.sort();
        let mut names: Vec<String> =
            COMMANDS.iter().map(|command| command.name.replace([' ', '-'], "_")).collect();
        names.sort();
        assert_eq!(files, names);
    }

    #[test]
    fn the_command_line_is_sound_and_every_example_parses() {
        tree().debug_assert();
        let mut wrong = Vec::new();
        for command in COMMANDS {
            assert!(!command.examples.is_empty(), "{} has no example", command.name);
            for example in command.examples {
                let words = split(example.split(" < ").next().unwrap());
                match tree().try_get_matches_from(&words) {
                    Ok(matches) => assert_eq!(chosen(&matches).unwrap().0.name, command.name),
                    Err(error) => wrong.push(format!("{example}: {error}")),
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// Words as a shell would split them, quotes respected.
    fn split(line: &str) -> Vec<String> {
        let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
        for c in line.chars() {
            match (quote, c) {
                (None, '"' | '\'') => quote = Some(c),
                (Some(open), _) if c == open => quote = None,
                (None, ' ') => words.push(std::mem::take(&mut word)),
                _ => word.push(c),
            }
        }
        words.push(word);
        words.retain(|word| !word.is_empty());
        words
    }
}
