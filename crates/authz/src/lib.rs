//! May this actor do this to that, here and now: one pure function.
