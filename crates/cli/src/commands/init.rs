//! `init`: a data folder with its keys, its log and its first person.

use crate::command::{Command, Edge};
use crate::config::{self, Config};
use crate::{alone, error::CliError, files, keys::Keys, outcome::Outcome, page::Page, session};
use amparo_audit::Act;
use amparo_evidence::ObjectStore;
use amparo_model::{Actor, Role};
use amparo_referral::UnitCard;
use amparo_store::Store;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// See the file's head.
pub const COMMAND: Command = Command {
    name: "init",
    about: "Make the data folder of a unit, with its keys and its first administrator",
    examples: &[
        "amparo init --unit \"Grupo de Alicante\" --country ES --contact \"+34 600 000 001\" \
         --mailbox guardia@example.org",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: alone!(run, Args),
};

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The unit's name, as partners know it
    #[arg(long)]
    pub unit: String,
    /// The unit's country, ISO 3166 alpha-2
    #[arg(long)]
    pub country: String,
    /// Telephone that somebody answers at any hour
    #[arg(long)]
    pub contact: String,
    /// Secure mailbox
    #[arg(long)]
    pub mailbox: String,
    /// PostgreSQL address; without it the database is a file in the folder
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// The first administrator, who adds everybody else [default: the one who acts]
    #[arg(long, value_name = "NAME")]
    pub admin: Option<String>,
    /// The first supervisor, added at once
    #[arg(long, value_name = "NAME")]
    pub supervisor: Option<String>,
    /// Keys that anybody can compute, for the demonstration and tests alone
    #[arg(long, value_name = "NUMBER", hide = true)]
    pub demo_seed: Option<u64>,
}

/// What was made.
#[derive(Debug, Serialize)]
pub struct Made {
    /// The data folder.
    pub folder: PathBuf,
    /// Who may act in it.
    pub users: Vec<Actor>,
    /// The unit's card, for partners.
    pub card: UnitCard,
    /// The public key that checks the audit log's checkpoints; keep it outside.
    pub log_key: String,
}

impl Outcome for Made {
    fn show(&self, page: &mut Page<'_>) {
        let folder = self.folder.display().to_string();
        page.say_line("cli-init-made", &[("folder", &folder), ("unit", &self.card.unit)]);
        for user in &self.users {
            let role = page.say().word("role", user.role.as_str());
            page.say_line("cli-user-added", &[("name", &user.name), ("role", &role)]);
        }
        page.say_line("cli-init-card", &[("fingerprint", &self.card.fingerprint())]);
        page.say_line("cli-init-log-key", &[("key", &self.log_key)]);
        page.say_line("cli-init-next", &[("folder", &folder)]);
    }
}

/// Makes it. The settings file comes last, so that a folder half made is none.
///
/// # Errors
/// [`CliError::BadInput`] when the folder is one already or a setting makes no sense.
pub async fn run(edge: &Edge, args: Args) -> Result<Made, CliError> {
    let folder = edge.globals.data.clone();
    if folder.join(config::FILE).exists() {
        return Err(CliError::bad(folder.display(), "is an Amparo data folder already"));
    }
    let config = Config {
        unit: args.unit,
        country: args.country,
        contact: args.contact,
        mailbox: args.mailbox,
        database: args.database,
        near_threshold: config::DEFAULT_NEAR_THRESHOLD,
        frames_min_percent: config::DEFAULT_FRAMES_MIN_PERCENT,
        turned: true,
    };
    config.check().map_err(|why| CliError::bad("init", why))?;
    let admin = match args.admin {
        Some(name) => name,
        None => edge.globals.actor_name()?,
    };
    let mut users = vec![Actor { name: admin, role: Role::Admin }];
    users.extend(args.supervisor.map(|name| Actor { name, role: Role::Supervisor }));
    fill(edge, &folder, &config, users, args.demo_seed).await
}

async fn fill(
    edge: &Edge,
    folder: &Path,
    config: &Config,
    users: Vec<Actor>,
    demo_seed: Option<u64>,
) -> Result<Made, CliError> {
    files::make_folder(folder)?;
    files::make_folder(&folder.join("partners"))?;
    let keys = match demo_seed {
        Some(seed) => Keys::make_for_demo(seed, folder, &config.unit)?,
        None => Keys::make(folder, &config.unit)?,
    };
    let log = session::open_log(folder, config, &keys)?;
    let act = Act {
        at: edge.globals.clock().now().0,
        actor: users.first().map(|user| user.name.clone()).unwrap_or_default(),
        role: Role::Admin.to_string(),
        action: "init".to_owned(),
        object: "unit".to_owned(),
        case: None,
        reason: edge.globals.reason.clone(),
        detail: serde_json::json!({ "users": users }),
    };
    log.append(&[act]).map_err(|error| CliError::storage("audit", error))?;
    ObjectStore::open(&folder.join("objects"))
        .map_err(|error| CliError::storage("objects", error))?;
    let store = Store::open(&config.database_url(folder)).await?;
    for user in &users {
        store.put_user(user).await?;
    }
    store.close().await;
    config.write(folder)?;
    let card = keys.card(config)?;
    Ok(Made { folder: folder.to_owned(), users, card, log_key: log.vkey() })
}
