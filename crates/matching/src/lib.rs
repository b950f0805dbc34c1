//! Look-up of known hashes, exact and by Hamming distance.
