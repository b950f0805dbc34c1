//! This crate links what belongs together: pure functions over facts, no storage, no clock.
//!
//! [`link_tips`] joins tips that share a strong identifier. Every link names its reason; a key that
//! half the world shares joins nothing and is reported instead.
//!
//! To add a kind of link: a strong key in `keys.rs`, or a module of its own with its own reasons.

mod keys;
mod tips;
mod union;

pub use tips::{
    DEFAULT_MOST_SHARED, LinkReason, Linking, SharedKey, TipGroup, TipNode, link_tips,
    link_tips_with,
};
