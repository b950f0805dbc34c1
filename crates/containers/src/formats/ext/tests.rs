//! Named bad volumes, each with what it must say.
