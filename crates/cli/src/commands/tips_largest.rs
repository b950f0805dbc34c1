//! `tips largest`: who stores large amounts, by distinct files over all tips of a person or device.

use crate::commands::tips_search::rows;
use crate::session::{Deed, Session};
use crate::tip_rows::Tip;
use crate::{command::Command, error::CliError, in_folder, outcome::Outcome, page::Page, triage};
use amparo_authz::{Action, Object};
use serde::Serialize;

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "tips largest",
    about: "List who stores large amounts: most distinct files over all linked tips",
    examples: &["amparo tips largest --top 20 --json"],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: in_folder!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Only so many lines
    #[arg(long, default_value_t = 20)]
    pub top: usize,
}

/// The list.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// Lines, most files first.
    pub lines: Vec<Line>,
}

/// A person or device that several tips may concern.
#[derive(Debug, Serialize)]
pub struct Line {
    /// Distinct files under the line.
    pub files: i64,
    /// The tip that stands for it.
    pub tip: Tip,
}

impl Outcome for Listed {
    fn show(&self, page: &mut Page<'_>) {
        if self.lines.is_empty() {
            return page.say_line("cli-none-tips", &[]);
        }
        let row = |line: &Line| {
            let tip = &line.tip;
            let (danger, provider) = (tip.danger_points.to_string(), tip.provider.clone());
            let place = tip.place(page.say());
            vec![
                line.files.to_string(),
                tip.tip.to_string(),
                provider.unwrap_or_default(),
                danger,
                place,
            ]
        };
        let rows = self.lines.iter().map(row).collect();
        let heads = [
            "cli-head-files",
            "cli-head-tip",
            "cli-head-provider",
            "cli-head-danger",
            "cli-head-territory",
        ];
        page.table(&heads, rows);
    }
}

/// Lists them.
///
/// # Errors
/// [`CliError`] when refused or when the database fails.
pub async fn run(session: &mut Session, args: Args) -> Result<Listed, CliError> {
    session.act(&Deed::on(Action::ReadTips, Object::Unit, "tips")).await?;
    triage::refresh(session, 200).await?;
    let heads = session.store.largest_heads(args.top).await?;
    let mut lines = Vec::with_capacity(heads.len());
    for head in heads {
        let tip = rows(session, std::slice::from_ref(&head.tip)).await?.pop();
        lines.extend(tip.map(|tip| Line { files: head.files, tip }));
    }
    Ok(Listed { lines })
}
