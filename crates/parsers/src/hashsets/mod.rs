//! Lists of known hashes.

pub mod csv_header;
pub mod hash_lines;
pub mod hashkeeper;
pub mod icse_csv;
pub mod ncmec_hash_xml;
pub mod nsrl_rds_2;
pub mod nsrl_rds_3;
pub mod vics;
