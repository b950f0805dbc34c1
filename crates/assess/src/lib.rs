//! Tip urgency, novelty and the live-source alarm: pure functions over facts.
