//! Checks an audit log against a checkpoint kept outside; shares no code with the writer.
