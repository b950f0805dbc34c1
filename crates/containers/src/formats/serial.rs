//! Bytes from a decoder that can only go forward and whose state cannot be kept.
//!
//! What fits within [`Limits::held_bytes`](crate::Limits) is held in memory as far as it was
//! unpacked. Of more, the latest part is held; going back behind it begins anew, a few times.

use super::input::Input;
use crate::bytes::Bytes;
use crate::fault::Fault;
use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

/// Unpacked at once.
const PIECE: usize = 256 << 10;
/// How often the unpacking begins anew before jumping about in it is refused.
const RESTARTS: u32 = 16;

/// Other bytes as something that is read in order.
pub struct Reader {
    input: Input,
    at: u64,
}

impl Reader {
    /// Of `bytes`, those from `start` to `end`.
    pub fn new(bytes: Rc<dyn Bytes>, start: u64, end: u64) -> Self {
        Self { input: Input::in_order(bytes, end), at: start }
    }
}

impl Read for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let held = self.input.look(self.at, 1).map_err(io::Error::other)?;
        let count = held.len().min(into.len());
        if let (Some(into), Some(held)) = (into.get_mut(..count), held.get(..count)) {
            into.copy_from_slice(held);
        }
        self.at += count as u64;
        Ok(count)
    }
}

/// What such a reader's error means; `place` is where the packed bytes begin.
pub fn fault(error: &io::Error, place: u64) -> Fault {
    if let Some(fault) = error.get_ref().and_then(|inner| inner.downcast_ref::<Fault>()) {
        return fault.clone();
    }
    match error.kind() {
        io::ErrorKind::OutOfMemory => Fault::Limit { what: error.to_string() },
        io::ErrorKind::Unsupported => Fault::unsupported(error.to_string()),
        _ => Fault::damaged(place, error.to_string()),
    }
}

type Make = dyn Fn() -> Result<Box<dyn Read>, Fault>;

/// What a decoder gives, as bytes.
pub struct Serial {
    make: Box<Make>,
    place: u64,
    length: u64,
    /// How much of it is held.
    window: usize,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    reader: Option<Box<dyn Read>>,
    /// Where the held bytes begin; the reader is at their end.
    from: u64,
    held: Vec<u8>,
    begun: u32,
    fault: Option<Fault>,
}

impl Serial {
    /// What `make` begins to unpack, `length` bytes as stated; `place` is where the packed bytes
    /// begin, for faults. About `held` bytes may be held in memory.
    pub fn new(
        make: impl Fn() -> Result<Box<dyn Read>, Fault> + 'static,
        place: u64,
        length: u64,
        held: u64,
    ) -> Self {
        let window = if length <= held { length } else { held / 4 };
        let window = usize::try_from(window).unwrap_or(usize::MAX).max(PIECE);
        Self { make: Box::new(make), place, length, window, state: RefCell::default() }
    }

    /// Unpacks until the byte at `at` is held.
    fn reach(&self, state: &mut State, at: u64) -> Result<(), Fault> {
        if state.reader.is_none() || at < state.from {
            self.begin(state)?;
        }
        while at >= state.from + state.held.len() as u64 {
            if let Some(fault) = &state.fault {
                return Err(fault.clone());
            }
            if let Err(fault) = self.unpack(state) {
                state.fault = Some(fault);
            }
        }
        Ok(())
    }

    fn begin(&self, state: &mut State) -> Result<(), Fault> {
        if state.begun > RESTARTS {
            let what = "jumping about in packed data that can only be read in order".to_owned();
            return Err(Fault::Limit { what });
        }
        let begun = state.begun + 1;
        *state = State { begun, reader: Some((self.make)()?), ..State::default() };
        Ok(())
    }

    fn unpack(&self, state: &mut State) -> Result<(), Fault> {
        let end = state.from + state.held.len() as u64;
        let left = usize::try_from(self.length.saturating_sub(end)).unwrap_or(usize::MAX);
        let held = state.held.len();
        state.held.resize(held + left.min(PIECE), 0);
        let into = state.held.get_mut(held..).unwrap_or_default();
        let reader = state.reader.as_mut();
        let read = reader.map_or(Ok(0), |reader| reader.read(into));
        state.held.truncate(held + *read.as_ref().unwrap_or(&0));
        match read {
            Ok(0) => {
                let why = format!("the packed data end after {end} bytes, before they should");
                return Err(Fault::damaged(self.place, why));
            }
            Ok(_) => {}
            Err(error) => return Err(fault(&error, self.place)),
        }
        if state.held.len() > self.window.saturating_mul(2) {
            let gone = state.held.len() - self.window;
            state.held.drain(..gone);
            state.from += gone as u64;
        }
        Ok(())
    }
}

impl Bytes for Serial {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let room = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        let count = room.min(into.len());
        let mut state = self.state.borrow_mut();
        let mut filled = 0;
        while filled < count {
            let next = at + filled as u64;
            self.reach(&mut state, next)?;
            let skipped = usize::try_from(next - state.from).unwrap_or(usize::MAX);
            let held = state.held.get(skipped..).unwrap_or_default();
            let part = held.len().min(count - filled);
            if let (Some(into), Some(held)) =
                (into.get_mut(filled..filled + part), held.get(..part))
            {
                into.copy_from_slice(held);
            }
            filled += part;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Memory;

    /// `length` bytes that are copied, as if they were unpacked.
    fn copied(length: usize, stated: u64, held: u64) -> Serial {
        let bytes: Rc<dyn Bytes> = Rc::new(Memory((0..length).map(|at| at as u8).collect()));
        let make = move || Ok(Box::new(Reader::new(Rc::clone(&bytes), 0, u64::MAX)) as Box<_>);
        Serial::new(make, 77, stated, held)
    }

    fn at(bytes: &Serial, at: u64, length: usize) -> Result<Vec<u8>, Fault> {
        let mut into = vec![0; length];
        let read = bytes.read_at(at, &mut into)?;
        into.truncate(read);
        Ok(into)
    }

    #[test]
    fn what_fits_is_read_at_any_place_and_unpacked_once() {
        let bytes = copied(2 << 20, 2 << 20, 4 << 20);
        for place in [5, 1 << 20, 0, (2 << 20) - 1, 77].repeat(20) {
            assert_eq!(at(&bytes, place, 1).unwrap(), [place as u8]);
        }
        assert_eq!(bytes.state.borrow().begun, 1);
        assert_eq!(at(&bytes, (2 << 20) - 1, 5).unwrap(), [0xFF]);
    }

    #[test]
    fn what_does_not_fit_is_read_in_order_and_jumps_end() {
        let length = 8 << 20;
        let bytes = copied(length, length as u64, 1 << 20);
        for place in (0..length).step_by(100_000) {
            assert_eq!(at(&bytes, place as u64, 1).unwrap(), [place as u8]);
            assert!(bytes.state.borrow().held.len() <= 2 << 20);
        }
        assert_eq!(bytes.state.borrow().begun, 1);
        let refused = (0..100)
            .find_map(|_| at(&bytes, 0, 1).and_then(|_| at(&bytes, length as u64 - 1, 1)).err());
        assert!(matches!(refused, Some(Fault::Limit { .. })));
    }

    #[test]
    fn an_early_end_is_a_fault_of_what_is_missing_only() {
        let bytes = copied(1_000, 2_000, 1 << 20);
        assert_eq!(at(&bytes, 990, 10).unwrap().len(), 10);
        assert!(matches!(at(&bytes, 990, 11), Err(Fault::Damaged { at: 77, .. })));
        assert_eq!(at(&bytes, 0, 1).unwrap(), [0]);
    }
}
