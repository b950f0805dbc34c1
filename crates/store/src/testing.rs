//! A private PostgreSQL cluster for tests: made in a temporary folder, reached by a socket in it,
//! gone when the test process is gone, however it ends.
//!
//! The server is kept by a supervising shell that waits for its standard input to close. A process
//! that ends, panics or is killed closes its pipes; the shell then stops the server and removes the
//! folder. PostgreSQL refuses to run as root, so root hands it to the user `postgres`.

use sqlx::{Connection, Executor};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

const SUPERVISOR: &str = include_str!("testing/cluster.sh");

/// The cluster could not be started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no PostgreSQL for the tests: {reason}; install it (Debian: apt-get install postgresql) or put \
     initdb and pg_ctl into PATH"
)]
pub struct NoCluster {
    reason: String,
}

/// A running cluster. Dropping it stops the server; so does the end of the process.
#[derive(Debug)]
pub struct Cluster {
    folder: String,
    supervisor: Child,
    databases: AtomicU32,
}

impl Cluster {
    /// The cluster of this process, started by whoever asks first.
    ///
    /// # Errors
    /// [`NoCluster`] when PostgreSQL is not installed or does not start.
    pub fn shared() -> Result<&'static Self, NoCluster> {
        static SHARED: OnceLock<Result<Cluster, NoCluster>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref().map_err(NoCluster::clone)
    }

    /// Starts a cluster of its own.
    ///
    /// # Errors
    /// [`NoCluster`] when PostgreSQL is not installed or does not start.
    pub fn start() -> Result<Self, NoCluster> {
        let failed = |error: std::io::Error| NoCluster { reason: error.to_string() };
        // A process group of its own, so that Ctrl-C reaches the tests first and the shell can
        // tidy up.
        let mut supervisor = Command::new("sh")
            .args(["-c", SUPERVISOR])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(failed)?;
        let mut answer = String::new();
        if let Some(out) = supervisor.stdout.take() {
            BufReader::new(out).read_line(&mut answer).map_err(failed)?;
        }
        match answer.trim().strip_prefix("ready ") {
            Some(folder) => {
                Ok(Self { folder: folder.to_owned(), supervisor, databases: AtomicU32::new(0) })
            }
            None => Err(refusal(supervisor)),
        }
    }

    /// Creates an empty database and returns its address.
    ///
    /// # Errors
    /// What PostgreSQL says.
    pub async fn fresh_database(&self) -> Result<String, sqlx::Error> {
        sqlx::any::install_default_drivers();
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::SeqCst));
        let mut connection = sqlx::AnyConnection::connect(&self.address("postgres")).await?;
        connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
        connection.close().await?;
        Ok(self.address(&name))
    }

    /// The folder that holds the cluster and its socket.
    #[must_use]
    pub fn folder(&self) -> &str {
        &self.folder
    }

    fn address(&self, database: &str) -> String {
        format!("postgres://amparo@localhost/{database}?host={}", self.folder)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        // Nothing can be done here about a shell that cannot be waited for.
        let _ = self.supervisor.wait();
    }
}

fn refusal(mut supervisor: Child) -> NoCluster {
    drop(supervisor.stdin.take());
    let mut reason = String::new();
    if let Some(mut err) = supervisor.stderr.take() {
        // What could not be read is missing from a message that says enough without it.
        let _ = err.read_to_string(&mut reason);
    }
    let _ = supervisor.wait();
    NoCluster { reason: reason.trim().to_owned() }
}
