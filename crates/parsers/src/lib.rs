//! One file per foreign format: bytes in, located records and problems out.
