//! The confined worker process and the narrow border it answers over.
//!
//! Every decoder of foreign bytes runs in a process that can do nothing but read its request,
//! compute and write its answer: no files, no network, no other processes, no descriptors but the
//! pipe. What comes back is checked as if an enemy had written it. No switch turns this off; where
//! the kernel cannot confine, nothing is decoded and the error says so. Programs found on the
//! machine, FFmpeg and libheif's converter, run in nearly the same confinement on one file each.
//!
//! Host side: [`Pool`] keeps [`Worker`]s and replaces those that die. Worker side: [`serve`].
//! Between them: frames (`frame.rs`) and the border that checks them (`border.rs`). Lists of known
//! hashes are larger than a worker's memory: it asks for their bytes piece by piece
//! ([`ListBytes`]). Containers are listed and read in the same manner ([`TreePool`]). Programs:
//! [`Tools`] on the host's side, [`launch`] on theirs (`program.rs`).
//!
//! What holds is tried: [`escape`] has the attempts of a worker that a hostile file has taken over.
//!
//! To add a kind of request: a frame kind for it and its answer in `frame.rs`, the check of the
//! answer in `border.rs` (which stays under 200 lines), its execution in `serve.rs`, and the call
//! in `worker.rs`. To let a worker use one more system call: a row in `confine/syscalls.rs`, with
//! the reason.

mod border;
mod confine;
mod error;
pub mod escape;
mod frame;
mod guard;
mod list;
mod outgoing;
mod pool;
mod program;
mod serve;
mod serve_list;
mod serve_tree;
mod tree;
mod violation;
mod worker;

pub use confine::{CannotConfine, Confinement, Namespaces, confine};
pub use error::{SandboxError, WorkerError};
pub use frame::{EntryPart, TreeEntry};
pub use list::ListBytes;
pub use pool::Pool;
pub use program::{Ended, INPUT, Input, Program, ProgramError, ProgramRequest, Tools, launch};
pub use serve::{ServeError, serve, serve_pipes};
pub use tree::{
    Found, NO_CONTAINER, Open, TreePool, TreeRoot, has_checksums, named_like_container,
};
pub use violation::Violation;
pub use worker::{Event, Patience, Worker, WorkerCommand};

pub use amparo_containers::MEDIUM_ADDRESS;
pub use amparo_media::container::{self, Container};
pub use amparo_media::video::{Frame, Frames, Sampling};
pub use amparo_media::{Picture, looks_like_picture};
