//! The confined worker process and the narrow border it answers over.
