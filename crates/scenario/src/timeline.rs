//! Small talk woven between planned messages, in the order of time, without holding it in memory.

use crate::calendar::{self, NOW};
use crate::chats::Chat;
use crate::events::{Body, Event};
use crate::phrases::small_talk;
use crate::rng::Stream;

/// All messages of some chats, planned and small talk, oldest first.
pub(crate) struct Timeline<'a> {
    chats: &'a [Chat],
    planned: std::iter::Peekable<std::vec::IntoIter<Event>>,
    stream: Stream,
    /// Which chat each share of the small talk goes to.
    shares: Vec<usize>,
    made: u64,
    fill: u64,
    next_fill: Option<Event>,
}

impl<'a> Timeline<'a> {
    /// Weaves `fill` lines of small talk into the planned messages, which need no order.
    pub(crate) fn new(chats: &'a [Chat], planned: Vec<Event>, fill: u64, stream: Stream) -> Self {
        let shares = chats
            .iter()
            .enumerate()
            .flat_map(|(number, chat)| (0..chat.weight).map(move |_| number))
            .collect();
        let planned = in_order(planned).into_iter().peekable();
        let mut timeline = Self { chats, planned, stream, shares, made: 0, fill, next_fill: None };
        timeline.next_fill = timeline.line();
        timeline
    }

    fn line(&mut self) -> Option<Event> {
        if self.made >= self.fill {
            return None;
        }
        let start = calendar::start_ms();
        let gap = (NOW.0 - start) / self.fill as i64;
        let slot = (NOW.0 - start) as i128 * i128::from(self.made) / i128::from(self.fill);
        let at = start + slot as i64 + self.stream.between(0, gap.max(1) - 1);
        self.made += 1;
        let number = self.stream.pick(&self.shares);
        let chat = self.chats.get(number)?;
        let from_owner = self.stream.chance(45);
        let from = (!from_owner).then(|| self.stream.pick(&chat.members));
        let text = small_talk(&mut self.stream, chat.tongue);
        let body = match self.stream.below(400) {
            0..4 => Body::Revoked,
            4 => Body::Unknown,
            _ => Body::Text(text),
        };
        let mut event = Event::new(at, number, from, body);
        event.forwarded = self.stream.chance(2);
        Some(event)
    }
}

impl Iterator for Timeline<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        let planned_at = self.planned.peek().map_or(i64::MAX, |event| event.at);
        if self.next_fill.as_ref().is_some_and(|fill| fill.at < planned_at) {
            let following = self.line();
            return std::mem::replace(&mut self.next_fill, following);
        }
        self.planned.next()
    }
}

/// Oldest first; events of one moment keep the order in which they were planned.
pub(crate) fn in_order(mut events: Vec<Event>) -> Vec<Event> {
    events.sort_by_key(|event| event.at);
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chats, people};

    #[test]
    fn messages_come_in_the_order_of_time_and_none_is_lost() {
        let people = people::contacts(1);
        let chats = chats::whatsapp(&people);
        let planned = vec![
            Event::text(NOW.0 - 1000, 0, None, "late"),
            Event::text(calendar::start_ms() + 1000, 0, None, "early"),
        ];
        let events: Vec<Event> =
            Timeline::new(&chats, planned, 500, Stream::new(1, "t", 0)).collect();
        assert_eq!(events.len(), 502);
        assert!(events.windows(2).all(|pair| pair[0].at <= pair[1].at));
    }
}
