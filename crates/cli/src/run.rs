//! From the command line to the exit code: the only place that prints.

use crate::command::{self, Command, Edge, Runner};
use crate::commands::{launch, worker};
use crate::{error::CliError, exit::Exit, globals::Globals, outcome::Reply, safe, say::Say};
use crate::{interrupt::Interrupt, session::Session};
use clap::{ArgMatches, FromArgMatches};
use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

/// Runs one command line to its end and says how it ended.
pub fn main(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    let matches = match command::tree().try_get_matches_from(&args) {
        Ok(matches) => matches,
        Err(error) => return explain_usage(&error, args.iter().any(|arg| arg == "--json")),
    };
    let (edge, json) = match edge(&matches) {
        Ok(ready) => ready,
        Err(error) => return complain(&error, &Say::new(amparo_text::Lang::En), false),
    };
    let Some((command, inner)) = command::chosen(&matches) else { return Exit::Usage };
    if let Some(name) = worker::attempt(command, inner) {
        std::process::exit(i32::from(amparo_sandbox::escape::attempt(&name)));
    }
    if command.name == "worker" {
        return serve(&edge.say);
    }
    if let Some(request) = launch::request(command, inner) {
        return complain(
            &CliError::storage("launch", amparo_sandbox::launch(&request)),
            &edge.say,
            false,
        );
    }
    match on_runtime(command, &edge, inner) {
        Ok(reply) => print(&reply, &edge.say, json),
        Err(error) => complain(&error, &edge.say, json),
    }
}

/// Runs one command on an open edge; `demo` and tests use it as the binary does.
///
/// # Errors
/// Whatever the command itself refuses or fails on.
pub async fn dispatch(
    command: &'static Command,
    edge: &Edge,
    matches: &ArgMatches,
) -> Result<Reply, CliError> {
    match command.run {
        Runner::Alone(run) => run(edge, matches).await,
        Runner::InFolder(run) => {
            let mut session = Session::open(&edge.globals, Arc::clone(&edge.interrupt)).await?;
            session.terminal = edge.terminal;
            run(&mut session, matches).await
        }
    }
}

/// A worker confines itself, which must happen before any thread exists.
fn serve(say: &Say) -> Exit {
    match amparo_sandbox::serve_pipes() {
        Ok(()) => Exit::Ok,
        Err(error) => complain(&CliError::storage("worker", error), say, false),
    }
}

fn edge(matches: &ArgMatches) -> Result<(Edge, bool), CliError> {
    let globals = Globals::from_arg_matches(matches)?;
    let json = globals.json;
    let say = Say::new(globals.language()?);
    let terminal = std::io::stdout().is_terminal();
    Ok((Edge { globals, say, terminal, interrupt: Arc::default() }, json))
}

fn on_runtime(
    command: &'static Command,
    edge: &Edge,
    matches: &ArgMatches,
) -> Result<Reply, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::storage("runtime", error))?;
    runtime.block_on(async {
        let sentence = edge.say.just("cli-interrupted");
        let json = edge.globals.json;
        tokio::spawn(stop_when_interrupted(Arc::clone(&edge.interrupt), sentence, json));
        dispatch(command, edge, matches).await
    })
}

/// Everything acknowledged is already durable and everything else is repeated by the next run, so
/// stopping at once is safe; that is what the kill tests check.
async fn stop_when_interrupted(interrupt: Arc<Interrupt>, sentence: String, json: bool) {
    while asked_to_stop().await.is_ok() {
        if !interrupt.request() {
            let code = say_failed(Exit::Interrupted, "interrupted", &sentence, json);
            std::process::exit(i32::from(code));
        }
    }
}

/// Ctrl-C, or the signal by which a system that shuts down asks its programs to end.
async fn asked_to_stop() -> std::io::Result<()> {
    let mut end = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = end.recv() => Ok(()),
    }
}

fn print(reply: &Reply, say: &Say, json: bool) -> Exit {
    let text = if json { format!("{}\n", safe::json(&reply.json)) } else { reply.page.clone() };
    let mut out = std::io::stdout().lock();
    // A closed pipe (`amparo tips list | head`) is the reader's choice, not a failure.
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(&CliError::storage("stdout", error), say, false)
        }
        _ => reply.exit,
    }
}

fn complain(error: &CliError, say: &Say, json: bool) -> Exit {
    say_failed(error.exit(), error.word(), &error.sentence(say), json);
    error.exit()
}

/// Says why there is no answer, for scripts as one object; the code to end with.
fn say_failed(exit: Exit, kind: &str, sentence: &str, json: bool) -> u8 {
    if json {
        let object = serde_json::json!({
            "error": { "code": exit.code(), "kind": kind, "message": sentence }
        });
        let mut out = std::io::stdout().lock();
        drop(out.write_all(format!("{}\n", safe::json(&object)).as_bytes()));
    }
    to_stderr(sentence);
    exit.code()
}

/// Help and version are answers; anything else is a mistake, for scripts as one object too.
fn explain_usage(error: &clap::Error, json: bool) -> Exit {
    if !error.use_stderr() || !json {
        drop(error.print());
        return if error.use_stderr() { Exit::Usage } else { Exit::Ok };
    }
    let text = error.to_string();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    complain(&CliError::Usage(line), &Say::new(amparo_text::Lang::En), true)
}

fn to_stderr(line: &str) {
    drop(writeln!(std::io::stderr().lock(), "{line}"));
}
