//! Stores and exports of apps, one file per app and platform. To add one, see the crate's
//! documentation.

pub mod signal_desktop;
pub mod telegram_desktop;
pub mod whatsapp_android;
