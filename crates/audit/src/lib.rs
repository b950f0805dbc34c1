//! The append-only Merkle log of every act, with signed checkpoints.
