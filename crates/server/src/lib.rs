//! The read-only local page.
//!
//! This crate knows no SQL and decides nothing: it is handed finished content and shows it on an
//! address of this machine, without scripts and without anything from elsewhere. The full interface
//! grows here.

mod page;
mod serve;

pub use page::{Block, Card, Page, Section, Table, Tile, Tone, render};
pub use serve::{Content, File, ServeError, bind, serve};
