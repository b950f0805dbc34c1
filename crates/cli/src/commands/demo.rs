//! `demo`: the reference case, end to end, on a synthetic world.

use crate::command::{Command, Edge};
use crate::demo::{script, show, summary::Summary, units::Step, units::Units};
use crate::{alone, error::CliError, files, outcome::Outcome, page::Page};
use amparo_scenario::{Params, Truth, build};
use amparo_server::File;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// See the module.
pub const COMMAND: Command = Command {
    name: "demo",
    about: "Show the reference case, end to end, on a synthetic, harmless world",
    examples: &[
        "amparo demo",
        "amparo demo --seed 7 --scale 2 --folder /tmp/demo",
        "amparo demo --no-serve --json",
    ],
    hidden: false,
    args: <Args as clap::Args>::augment_args,
    run: alone!(run, Args),
};

/// Marks a folder as a demonstration's, so that nothing else is ever emptied.
const MARK: &str = ".amparo-demo";

/// What the operator gives.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Which world
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How large; 200 is a million messages and 200,000 files
    #[arg(long, default_value_t = 1.0)]
    pub scale: f64,
    /// Where to put it all; a demonstration that lies there is replaced
    #[arg(long, default_value = "amparo-demo", value_name = "DIR")]
    pub folder: PathBuf,
    /// PostgreSQL address for the sending unit; it must be empty
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// End after the summary instead of serving the page
    #[arg(long)]
    pub no_serve: bool,
    /// Port of the local page; 0 lets the system choose
    #[arg(long, default_value_t = 8740)]
    pub port: u16,
}

/// The result: for scripts the summary itself.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Shown {
    summary: Summary,
}

impl Outcome for Shown {
    fn show(&self, page: &mut Page<'_>) {
        show::print(&self.summary, page);
    }
}

/// Makes the world, plays the story, and serves the page unless told otherwise.
///
/// # Errors
/// [`CliError`] when the folder holds something else, or when a step of the story fails.
pub async fn run(edge: &Edge, args: Args) -> Result<Shown, CliError> {
    let folder = prepare(edge, &args.folder)?;
    let quiet = edge.globals.json;
    let start = Instant::now();
    let truth = world(&folder.join("world"), &args)?;
    let mut units = Units::new(
        &folder,
        edge,
        truth.now,
        Box::new(move |step| {
            if !quiet {
                tell(step);
            }
        }),
    );
    units.note("world", start.elapsed().as_secs_f64());
    let summary = script::play(&mut units, &truth, args.database.as_deref()).await?;
    let shown = Shown { summary };
    if !args.no_serve {
        serve(edge, &shown, args.port).await?;
    }
    Ok(shown)
}

/// An empty folder with the mark. One that holds anything but a demonstration is left alone.
fn prepare(edge: &Edge, folder: &Path) -> Result<PathBuf, CliError> {
    let failed = |error: std::io::Error| CliError::storage(folder.display(), error);
    if folder.join(MARK).is_file() {
        std::fs::remove_dir_all(folder).map_err(failed)?;
    } else if folder.exists() && folder.read_dir().map_err(failed)?.next().is_some() {
        let name = folder.display().to_string();
        return Err(CliError::Usage(edge.say.get("page-demo-folder-taken", &[("folder", &name)])));
    }
    std::fs::create_dir_all(folder).map_err(failed)?;
    files::write(&folder.join(MARK), b"made by amparo demo\n")?;
    folder.canonicalize().map_err(failed)
}

fn world(folder: &Path, args: &Args) -> Result<Truth, CliError> {
    let params = Params { seed: args.seed, scale: args.scale };
    build(&params, folder, &mut |_| {}).map_err(|error| CliError::storage("world", error))
}

/// One line a step, on standard error, so that the result alone goes to standard output.
fn tell(step: &Step) {
    use std::io::Write;
    let line = match step.command.is_empty() {
        true => step.name.clone(),
        false => format!("{:>6} · {}", step.actor, step.command),
    };
    drop(writeln!(std::io::stderr().lock(), "{:7.2} s  {line}", step.seconds));
}

/// Prints the summary, then the address, and serves until interrupted.
async fn serve(edge: &Edge, shown: &Shown, port: u16) -> Result<(), CliError> {
    use std::io::Write;
    let content = show::content(&shown.summary, &edge.say, offered(&shown.summary)?);
    let bound = match amparo_server::bind(port).await {
        Ok(bound) => bound,
        // The page is worth another port; a fixed one is only a convenience.
        Err(_) => amparo_server::bind(0).await.map_err(|e| CliError::storage("page", e))?,
    };
    let (listener, address) = bound;
    let mut page = edge.page();
    shown.show(&mut page);
    page.say_line("page-demo-address", &[("address", &format!("http://{address}/"))]);
    let mut out = std::io::stdout().lock();
    drop(out.write_all(page.finish().as_bytes()).and_then(|()| out.flush()));
    drop(out);
    amparo_server::serve(listener, content, std::future::pending())
        .await
        .map_err(|error| CliError::storage("page", error))
}

fn offered(summary: &Summary) -> Result<BTreeMap<String, File>, CliError> {
    let file = |path: &Path, mime: &str| {
        let bytes = files::read(path, 64 << 20)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok::<_, CliError>((name, File { mime: mime.to_owned(), bytes }))
    };
    let files = [
        file(&summary.referral, "application/octet-stream")?,
        file(&summary.referral_pdf, "application/pdf")?,
        file(&summary.referral_jsonld, "application/ld+json")?,
    ];
    Ok(files.into_iter().collect())
}
