//! Hard floors: combinations that lift a tip to so many points whatever else is said. The points
//! that a floor adds stand with its own reason, so that the sum stays traceable.

use super::Signs;
use crate::rule::Found;

impl Signs<'_> {
    /// Highest first; a floor that lifts nothing any more is still shown.
    pub(super) fn floors(&mut self) {
        let holds = |rule: &String| self.reasons.iter().any(|reason| reason.rule == *rule);
        let reached = self.rules.floors().iter().filter(|floor| floor.all.iter().all(holds));
        let mut reached: Vec<_> = reached.collect();
        reached.sort_by(|a, b| (b.least, &a.id).cmp(&(a.least, &b.id)));
        let sum = self.reasons.iter().fold(0_i32, |sum, reason| sum.saturating_add(reason.points));
        let mut sum = sum;
        for floor in reached {
            let lifted = floor.least.saturating_sub(sum).max(0);
            sum = sum.saturating_add(lifted);
            let found = Found::new(&[("least", floor.least.to_string())]);
            let mut reason = found.into_reason(&floor.id);
            reason.points = lifted;
            self.reasons.push(reason);
        }
    }
}
