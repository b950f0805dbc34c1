//! Tips as clearing houses send them, one file per form. To add one, see the crate's documentation.

pub mod ncmec_api_xml;
pub mod ncmec_le_json;
pub mod ncmec_le_pdf;
pub mod tip_package;
