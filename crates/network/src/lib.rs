//! Linking of tips and accounts: pure functions over facts.
