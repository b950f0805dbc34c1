//! Serving finished content on an address of this machine, read-only.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;

/// Nothing may be loaded but the page's own style; nothing may frame it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; \
                      base-uri 'none'; form-action 'none'";

/// What is served: one page, and files by name.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// HTML of `/`.
    pub index: String,
    /// Files of `/files/NAME`.
    pub files: BTreeMap<String, File>,
}

/// A file to take away.
#[derive(Debug, Clone)]
pub struct File {
    /// MIME type.
    pub mime: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// The page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Another program holds the port; choose another.
    #[error("port {port} of this machine is not free: {source}; choose another with --port")]
    Port {
        /// Port asked for.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// The connection broke.
    #[error("the local page stopped: {0}")]
    Stopped(std::io::Error),
}

/// Takes a port of the loopback address; 0 lets the system choose.
///
/// # Errors
/// [`ServeError::Port`] when it is taken.
pub async fn bind(port: u16) -> Result<(TcpListener, SocketAddr), ServeError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let taken = |source| ServeError::Port { port, source };
    let listener = TcpListener::bind(address).await.map_err(taken)?;
    let address = listener.local_addr().map_err(taken)?;
    Ok((listener, address))
}

/// Serves until `until` ends.
///
/// # Errors
/// [`ServeError::Stopped`] when the listener breaks.
pub async fn serve(
    listener: TcpListener,
    content: Content,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::Stopped)?;
    let router = Router::new()
        .route("/", get(index))
        .route("/files/{name}", get(file))
        .with_state(Arc::new(content))
        .layer(from_fn(move |request, next| only_for_this_machine(address, request, next)));
    let serving = axum::serve(listener, router).with_graceful_shutdown(until);
    serving.await.map_err(ServeError::Stopped)
}

/// A name that somebody else's server resolves to this machine must not reach the page: only
/// requests that name the address itself are answered.
async fn only_for_this_machine(address: SocketAddr, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let own = [address.to_string(), format!("localhost:{}", address.port())];
    match host {
        Some(host) if own.iter().any(|name| name == host) => next.run(request).await,
        _ => StatusCode::MISDIRECTED_REQUEST.into_response(),
    }
}

async fn index(State(content): State<Arc<Content>>) -> Response {
    respond("text/html; charset=utf-8", content.index.clone().into_bytes())
}

async fn file(State(content): State<Arc<Content>>, Path(name): Path<String>) -> Response {
    match content.files.get(&name) {
        Some(file) => respond(&file.mime, file.bytes.clone()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn respond(mime: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, mime.to_owned()),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin".to_owned()),
    ];
    (headers, bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    fn ask(address: SocketAddr, path: &str) -> String {
        ask_as(address, path, &address.to_string())
    }

    fn ask_as(address: SocketAddr, path: &str, host: &str) -> String {
        // The test talks to its own server on the loopback address.
        #[expect(clippy::disallowed_methods, reason = "the test's own server on loopback")]
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn serves_the_page_with_strict_headers_and_nothing_else() {
        let (listener, address) = bind(0).await.unwrap();
        assert!(address.ip().is_loopback());
        let content = Content { index: "<p>hello</p>".into(), ..Content::default() };
        let server = tokio::spawn(serve(listener, content, std::future::pending()));
        let check = |path: &'static str| tokio::task::spawn_blocking(move || ask(address, path));
        let page = check("/").await.unwrap();
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        assert!(page.to_lowercase().contains("content-security-policy: default-src 'none'"));
        assert!(page.ends_with("<p>hello</p>"));
        for path in ["/files/none", "/files/..%2f..%2fetc%2fpasswd", "/other"] {
            let answer = check(path).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        }
        let other = tokio::task::spawn_blocking(move || ask_as(address, "/", "example.org"));
        assert!(other.await.unwrap().starts_with("HTTP/1.1 421"));
        server.abort();
    }

    #[tokio::test]
    async fn a_taken_port_names_the_remedy() {
        let (_held, address) = bind(0).await.unwrap();
        let error = bind(address.port()).await.unwrap_err().to_string();
        assert!(error.contains("--port"), "{error}");
    }
}
