//! Stages in first-look order, with progress and resume.
