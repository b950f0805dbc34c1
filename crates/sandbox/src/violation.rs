//! The rules of the border, as the ways to break them.

use amparo_model::{RecordKind, Sha256};

/// A rule that a worker broke.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A frame kind that does not exist or has no place here.
    #[error("frame of kind {0}, which has no place here")]
    Kind(u8),
    /// A frame longer than allowed.
    #[error("frame of {0} bytes")]
    Length(usize),
    /// A body that is not what its kind promises.
    #[error("a body that cannot be read: {0}")]
    Body(String),
    /// A record or problem of an object that was not sent.
    #[error("names object {0}, which it was not given")]
    Object(Sha256),
    /// A record of a kind that the parser does not declare.
    #[error("a record of a kind that its parser does not emit: {0:?}")]
    Undeclared(RecordKind),
    /// A row of a list that cannot be read.
    #[error("a row of a list that cannot be read")]
    Row,
    /// Asks for bytes that the list does not have.
    #[error("asks for bytes outside the list")]
    Range,
    /// An entry of a container that cannot be.
    #[error("an impossible entry of a container")]
    Entry,
    /// More records, problems or bytes than the parser's limits.
    #[error("more {0} than its limits allow")]
    TooMuch(&'static str),
    /// A statement about a picture that cannot be.
    #[error("an impossible statement about a picture: {0}")]
    Picture(&'static str),
}
