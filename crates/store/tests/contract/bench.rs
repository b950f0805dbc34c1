//! A store on one engine, empty, for one test.

use amparo_store::Store;
use amparo_store::testing::Cluster;

/// An empty database and a store on it; gone when dropped.
pub struct Bench {
    pub store: Store,
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Bench {
    pub async fn sqlite() -> Self {
        // A folder as people name them: none of its signs may be taken for a part of an address.
        let folder = tempfile::Builder::new().prefix("año #1 100%?").tempdir().unwrap();
        let url = format!("sqlite:{}/amparo.db", folder.path().display());
        Self { store: Store::open(&url).await.unwrap(), url, _folder: Some(folder) }
    }

    pub async fn postgres() -> Self {
        let cluster = Cluster::shared().unwrap_or_else(|error| panic!("{error}"));
        let url = cluster.fresh_database().await.unwrap();
        Self { store: Store::open(&url).await.unwrap(), url, _folder: None }
    }

    /// Another process's view of the same database.
    pub async fn second(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }
}
