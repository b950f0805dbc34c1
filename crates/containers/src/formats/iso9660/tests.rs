//! Named bad discs, each with what it must say.
