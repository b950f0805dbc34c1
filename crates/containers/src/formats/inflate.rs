//! Compressed bytes that can be read at any place, though they can only be unpacked in order.
//!
//! Reading in order goes on where the last reading ended. On the way the decoder's whole state is
//! kept every few MiB, so that going back or far ahead unpacks only from the nearest kept state on.
//! Nothing is unpacked to disk and nothing of the unpacked bytes is held. States are kept for the
//! decoders that can be cloned: DEFLATE here, the members of a gzip file, ZipCrypto.
//!
//! Facts: RFC 1950 (zlib), RFC 1951 (DEFLATE).

use super::input::Input;
use crate::bytes::Bytes;
use crate::fault::Fault;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Unpacked bytes between two kept states, at first.
const SPACING: u64 = 1 << 20;
/// Kept states; above it every second is dropped. One of DEFLATE is 43 KB, so all are 11 MB.
const KEPT: usize = 256;
/// Places that are read in turn, as when a listing goes on while its entries are looked into.
const LIVE: usize = 4;
/// Complaints about one stream; the next say nothing new.
const COMPLAINTS: usize = 16;
/// Unpacked at once while bytes are skipped.
const SKIPPED: usize = 128 << 10;

/// A decoder whose state can be kept.
pub trait Decoder: Clone {
    /// Puts the next unpacked bytes into `into`, which is not empty, and says how many: 0 only at
    /// the end. What is wrong although bytes can be given goes to `complain`.
    ///
    /// # Errors
    /// [`Fault`] when the next bytes cannot be had.
    fn decode(
        &mut self,
        input: &mut Input,
        into: &mut [u8],
        complain: &mut dyn FnMut(Fault),
    ) -> Result<usize, Fault>;
}

/// DEFLATE looks back this far.
const WINDOW: usize = 32 << 10;

/// DEFLATE, with or without zlib's frame.
#[derive(Clone)]
pub struct Inflate {
    core: Box<DecompressorOxide>,
    flags: u32,
    /// The latest unpacked bytes, in a ring.
    window: Vec<u8>,
    /// Where in it what was not given yet begins, and how much that is.
    ready: (usize, usize),
    at: u64,
    ended: Option<Result<(), Fault>>,
}

impl Inflate {
    /// DEFLATE as in ZIP and gzip, from byte `at` of the input on.
    pub fn raw(at: u64) -> Self {
        Self::new(at, inflate_flags::TINFL_FLAG_IGNORE_ADLER32)
    }

    /// A zlib stream, from byte `at` of the input on.
    pub fn zlib(at: u64) -> Self {
        let frame = inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER;
        Self::new(at, frame | inflate_flags::TINFL_FLAG_COMPUTE_ADLER32)
    }

    fn new(at: u64, flags: u32) -> Self {
        let (core, window) = (Box::default(), vec![0; WINDOW]);
        Self { core, flags, window, ready: (0, 0), at, ended: None }
    }

    /// Where the next compressed byte lies; once all was decoded, what lies behind the stream.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Gives what is ready.
    fn give(&mut self, into: &mut [u8]) -> usize {
        let (from, count) = self.ready;
        let given = count.min(into.len());
        let ready = self.window.get(from..from + given);
        if let (Some(into), Some(ready)) = (into.get_mut(..given), ready) {
            into.copy_from_slice(ready);
        }
        self.ready = (from + given, count - given);
        given
    }

    /// Unpacks up to the end of the ring.
    fn unpack(&mut self, packed: &[u8]) {
        let flags = match packed {
            [] => self.flags,
            _ => self.flags | inflate_flags::TINFL_FLAG_HAS_MORE_INPUT,
        };
        let from = self.ready.0 % WINDOW;
        let (status, used, made) =
            decompress(&mut self.core, packed, &mut self.window, from, flags);
        self.at += used as u64;
        self.ready = (from, made);
        self.ended = match status {
            TINFLStatus::Done => Some(Ok(())),
            TINFLStatus::NeedsMoreInput | TINFLStatus::HasMoreOutput => None,
            TINFLStatus::FailedCannotMakeProgress => Some(Err(Fault::Truncated { at: self.at })),
            TINFLStatus::Adler32Mismatch => {
                Some(Err(Fault::damaged(self.at, "the zlib checksum does not match")))
            }
            _ => Some(Err(Fault::damaged(self.at, "no DEFLATE data"))),
        };
    }
}

impl Decoder for Inflate {
    fn decode(
        &mut self,
        input: &mut Input,
        into: &mut [u8],
        _complain: &mut dyn FnMut(Fault),
    ) -> Result<usize, Fault> {
        loop {
            let given = self.give(into);
            if given > 0 {
                return Ok(given);
            }
            // What came out before an error is sound and was given.
            match &self.ended {
                Some(ended) => return ended.clone().map(|()| 0),
                None => self.unpack(input.look(self.at, 1)?),
            }
        }
    }
}

/// What a decoder gives, as bytes.
pub struct Unpacked<D> {
    packed: Rc<dyn Bytes>,
    packed_end: u64,
    fresh: D,
    /// What was stated, or what one inflation found.
    length: OnceCell<u64>,
    stated: bool,
    most: u64,
    state: RefCell<State<D>>,
}

struct State<D> {
    /// The latest used first.
    live: Vec<Live<D>>,
    kept: BTreeMap<u64, D>,
    spacing: u64,
    complaints: Vec<Fault>,
}

struct Live<D> {
    decoder: D,
    at: u64,
    input: Input,
}

impl<D: Decoder> Unpacked<D> {
    /// What `decoder` makes of `packed` before `packed_end`. `length` is how long it is said to be:
    /// when the stream gives fewer, reading them is a fault, when it gives more, a complaint.
    pub fn stated(packed: Rc<dyn Bytes>, packed_end: u64, decoder: D, length: u64) -> Self {
        let this = Self::new(packed, packed_end, decoder, u64::MAX, true);
        // A fresh cell is empty, so this cannot fail.
        let _set = this.length.set(length);
        this
    }

    /// The same without a stated length: what can be unpacked is there, and what ends it too early
    /// is a complaint. The length is found by unpacking all once, when it is asked for. No more
    /// than `most` bytes are given.
    pub fn open_ended(packed: Rc<dyn Bytes>, decoder: D, most: u64) -> Self {
        Self::new(packed, u64::MAX, decoder, most, false)
    }

    fn new(packed: Rc<dyn Bytes>, packed_end: u64, fresh: D, most: u64, stated: bool) -> Self {
        let (live, kept, complaints) = (Vec::new(), BTreeMap::new(), Vec::new());
        let state = RefCell::new(State { live, kept, spacing: SPACING, complaints });
        Self { packed, packed_end, fresh, length: OnceCell::new(), stated, most, state }
    }

    /// The decoder that is nearest before `at`: one in use, or a copy of a kept one.
    fn nearest(&self, state: &mut State<D>, at: u64) -> Live<D> {
        let before = |(_, live): &(usize, &Live<D>)| live.at <= at;
        let in_use = state.live.iter().enumerate().filter(before);
        let in_use = in_use.max_by_key(|(_, live)| live.at).map(|(index, live)| (index, live.at));
        let kept = state.kept.range(..=at).next_back();
        if let Some((index, from)) = in_use
            && kept.is_none_or(|(kept, _)| *kept <= from)
        {
            return state.live.remove(index);
        }
        let (at, decoder) = kept.map_or((0, &self.fresh), |(at, decoder)| (*at, decoder));
        let input = Input::in_order(Rc::clone(&self.packed), self.packed_end);
        Live { decoder: decoder.clone(), at, input }
    }

    /// The next bytes of `live`, 0 at the end.
    fn advance(
        &self,
        state: &mut State<D>,
        live: &mut Live<D>,
        into: &mut [u8],
    ) -> Result<usize, Fault> {
        if live.at >= self.most {
            let what = format!("more than {} bytes unpacked", self.most);
            return self.ended_by(state, live.at, Fault::Limit { what });
        }
        // States can only be kept between two calls.
        let room = into.len().min(usize::try_from(state.spacing).unwrap_or(usize::MAX));
        let Some(into) = into.get_mut(..room) else { return Ok(0) };
        let mut complaints = Vec::new();
        let mut complain = |fault| complaints.push(fault);
        let decoded = live.decoder.decode(&mut live.input, into, &mut complain);
        complaints.into_iter().for_each(|fault| state.complain(fault));
        match decoded {
            Ok(0) => {
                let _known = self.length.set(live.at);
                Ok(0)
            }
            Ok(count) => {
                live.at += count as u64;
                state.keep(live);
                Ok(count)
            }
            Err(fault) => self.ended_by(state, live.at, fault),
        }
    }

    fn ended_by(&self, state: &mut State<D>, at: u64, fault: Fault) -> Result<usize, Fault> {
        if self.stated || matches!(fault, Fault::Source { .. }) {
            return Err(fault);
        }
        let _known = self.length.set(at);
        state.complain(fault);
        Ok(0)
    }

    /// Goes on until `at`; `false` when the bytes end before.
    fn skip(&self, state: &mut State<D>, live: &mut Live<D>, at: u64) -> Result<bool, Fault> {
        let mut skipped = vec![0; if live.at < at { SKIPPED } else { 0 }];
        while live.at < at {
            let count = usize::try_from(at - live.at).unwrap_or(usize::MAX).min(SKIPPED);
            let into = skipped.get_mut(..count).unwrap_or_default();
            if self.advance(state, live, into)? == 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Fills `into` from `at` on, as far as there is something.
    fn read(
        &self,
        state: &mut State<D>,
        live: &mut Live<D>,
        at: u64,
        into: &mut [u8],
    ) -> Result<usize, Fault> {
        let mut filled = 0;
        if self.skip(state, live, at)? {
            while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
                match self.advance(state, live, rest)? {
                    0 => break,
                    count => filled += count,
                }
            }
        }
        if self.stated && filled < into.len() {
            let why = format!("the packed data end after {} bytes, before they should", live.at);
            return Err(Fault::damaged(self.packed_end.min(self.packed.len()), why));
        }
        if self.stated && self.length.get() == Some(&live.at) {
            self.expect_end(state, live);
        }
        Ok(filled)
    }

    /// Complains when there is more than was stated.
    fn expect_end(&self, state: &mut State<D>, live: &Live<D>) {
        let input = Input::new(Rc::clone(&self.packed), self.packed_end);
        let mut ahead = Live { decoder: live.decoder.clone(), at: live.at, input };
        match self.advance(state, &mut ahead, &mut [0]) {
            Ok(0) => {}
            Ok(_) => state.complain(Fault::damaged(0, "holds more bytes than are stated")),
            Err(fault) => state.complain(fault),
        }
    }
}

impl<D: Decoder> State<D> {
    fn complain(&mut self, fault: Fault) {
        if self.complaints.len() < COMPLAINTS && !self.complaints.contains(&fault) {
            self.complaints.push(fault);
        }
    }

    fn keep(&mut self, live: &Live<D>) {
        let before = self.kept.range(..=live.at).next_back().map_or(0, |(at, _)| *at);
        if live.at - before < self.spacing {
            return;
        }
        self.kept.insert(live.at, live.decoder.clone());
        if self.kept.len() > KEPT {
            self.spacing *= 2;
            let mut second = false;
            self.kept.retain(|_, _| {
                second = !second;
                !second
            });
        }
    }
}

impl<D: Decoder> Bytes for Unpacked<D> {
    fn len(&self) -> u64 {
        if let Some(length) = self.length.get() {
            return *length;
        }
        let mut state = self.state.borrow_mut();
        let mut live = self.nearest(&mut state, u64::MAX);
        // An unreadable source leaves what was read before it.
        let _ended = self.skip(&mut state, &mut live, u64::MAX);
        *self.length.get_or_init(|| live.at)
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> Result<usize, Fault> {
        let length = self.length.get().copied().unwrap_or(u64::MAX);
        let room = usize::try_from(length.saturating_sub(at)).unwrap_or(usize::MAX);
        let room = room.min(into.len());
        let Some(into) = into.get_mut(..room).filter(|into| !into.is_empty()) else {
            return Ok(0);
        };
        let mut state = self.state.borrow_mut();
        let mut live = self.nearest(&mut state, at);
        let filled = self.read(&mut state, &mut live, at, into)?;
        state.live.insert(0, live);
        state.live.truncate(LIVE);
        Ok(filled)
    }

    fn complaints(&self) -> Vec<Fault> {
        self.state.borrow().complaints.clone()
    }
}

#[cfg(test)]
mod tests;
