//! Every sentence a person reads, in Spanish, English and Portuguese.
