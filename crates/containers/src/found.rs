//! What a container lists.

use amparo_model::{Problem, UtcMillis};

/// What an entry is, as far as its container says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A plain file.
    File,
    /// A folder.
    Folder,
    /// A link, device, pipe or socket: named, never followed.
    Other,
    /// A volume of a medium: opened when something in it is recognised, else shown as a file.
    Volume,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Path inside this container, as stored, with `/` between folders and none in front. Names in
    /// UTF-16 are written as UTF-8, a lone half as the three bytes that WTF-8 gives it.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// Size in bytes as claimed.
    pub size: u64,
    /// Enough to open it again: a number that only this format understands (a record's number, an
    /// offset). Two entries of one container never share it unless they share their bytes.
    pub address: u64,
    /// The container still names it, and says that it is deleted.
    pub deleted: bool,
    /// Last modification that the container states. A local time without zone counts as none.
    pub modified_at: Option<UtcMillis>,
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    /// Next, please.
    On,
    /// Enough: return soon, no error.
    Stop,
}

/// Takes what a listing finds, one by one. A problem's subject is the path concerned, or empty for
/// the container itself; the caller puts the container's own path in front.
pub type Report<'r> = dyn FnMut(Result<Found, Problem>) -> Go + 'r;
