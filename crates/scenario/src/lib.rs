//! A synthetic, harmless world from a seed number, for demo, tests and benchmarks.
