//! Goes through the headers of a TAR archive, over damage too.

use super::header::{BLOCK, Block, checksum_fits, is_blank, is_ustar};
use super::member::{Extended, Member};
use super::sparse::{MAP_BLOCKS, decimal};
use crate::bytes::Bytes;
use crate::fault::Fault;
use crate::formats::input::Input;
use crate::found::{Found, Go, Kind, Report};
use amparo_model::UtcMillis;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

/// Longest extended header and long name that is read.
const EXTENDED: u64 = 1 << 20;
/// Extended headers in front of one member.
const IN_FRONT: u32 = 16;
/// Files whose further links are found; about 100 MB.
const LINKED: usize = 1 << 20;
/// Zeros behind the end mark after which nothing more is expected.
const BEHIND: u64 = 1 << 20;

/// What comes next.
enum Step {
    Member(Member),
    /// The mark of the end, or a block of it.
    Blank,
    /// The bytes end here.
    End,
}

/// A walk through an archive.
pub struct Walk<'w> {
    bytes: &'w Rc<dyn Bytes>,
    pub input: Input,
    /// Address and size of files, by a hash of their path that nobody can collide, for their
    /// further links.
    files: HashMap<u128, (u64, u64)>,
    /// The path that was listed last.
    latest: String,
}

impl<'w> Walk<'w> {
    pub fn new(bytes: &'w Rc<dyn Bytes>) -> Self {
        let input = Input::new(Rc::clone(bytes), u64::MAX);
        Self { bytes, input, files: HashMap::new(), latest: String::new() }
    }

    /// The member whose first header lies at `address`.
    ///
    /// # Errors
    /// [`Fault`] when there is none.
    pub fn member(&mut self, address: u64) -> Result<Member, Fault> {
        match self.step(address)? {
            Step::Member(member) => Ok(member),
            Step::Blank | Step::End => Err(Fault::Truncated { at: address }),
        }
    }

    /// Reports every member, and what was wrong with the bytes below: a compressed stream that was
    /// cut ends the archive.
    pub fn list(&mut self, report: &mut Report<'_>) {
        let mut is_stopped = false;
        self.list_members(&mut |found| {
            let go = report(found);
            is_stopped |= go == Go::Stop;
            go
        });
        if is_stopped {
            return;
        }
        for fault in self.bytes.complaints() {
            if report(Err(fault.problem(""))) == Go::Stop {
                return;
            }
        }
    }

    fn list_members(&mut self, report: &mut Report<'_>) {
        // Where the next header lies, the latest bytes of a member, where zeros began.
        let (mut at, mut end, mut blank_at) = (0_u64, 0_u64, None);
        loop {
            let step = self.step(at);
            let stop = match step {
                Ok(Step::Member(member)) => {
                    let behind = blank_at.take().filter(|blank| at - blank >= 2 * BLOCK);
                    end = member.data_end();
                    let next = member.next(&mut self.input);
                    at = match &next {
                        Ok(next) => *next,
                        // Behind what was read of it in vain.
                        Err(Fault::Limit { .. }) => end.saturating_add(MAP_BLOCKS * BLOCK),
                        Err(Fault::Truncated { at: there }) => at.saturating_add(BLOCK).max(*there),
                        Err(_) => at.saturating_add(BLOCK),
                    };
                    self.report(&member, behind.is_some(), next.err(), report)
                }
                Ok(Step::Blank) => {
                    let since = *blank_at.get_or_insert(at);
                    at = at.saturating_add(BLOCK);
                    if at - since > BEHIND { Go::Stop } else { Go::On }
                }
                Ok(Step::End) => {
                    if let Some((subject, fault)) = self.cut(at, end, blank_at.is_some()) {
                        report(Err(fault.problem(subject)));
                    }
                    Go::Stop
                }
                // What lies behind the end mark may be anything.
                Err(Fault::Damaged { .. }) if blank_at.is_some_and(|b| at - b >= 2 * BLOCK) => {
                    at = at.saturating_add(BLOCK);
                    if at - blank_at.unwrap_or(at) > BEHIND { Go::Stop } else { Go::On }
                }
                Err(fault) => self.resume(&mut at, &fault, report),
            };
            if stop == Go::Stop {
                return;
            }
        }
    }

    /// Reports a member with what is to be said of it.
    fn report(
        &mut self,
        member: &Member,
        is_behind: bool,
        fault: Option<Fault>,
        report: &mut Report<'_>,
    ) -> Go {
        let found = self.found(member);
        self.latest = String::from_utf8_lossy(&found.path).into_owned();
        if found.kind == Kind::File && !member.is_link() && self.files.len() < LINKED {
            self.files.insert(hash(&member.path), (member.address, found.size));
        }
        let behind = is_behind.then(|| Fault::damaged(member.address, "lies behind the end mark"));
        let part = (member.flag == b'M').then(|| Fault::unsupported("part of a split archive"));
        if member.flag != b'V' && report(Ok(found)) == Go::Stop {
            return Go::Stop;
        }
        for fault in [behind, part, fault].into_iter().flatten() {
            if report(Err(fault.problem(&self.latest))) == Go::Stop {
                return Go::Stop;
            }
        }
        Go::On
    }

    /// As an entry: a further link to a file that was seen shares its bytes.
    fn found(&self, member: &Member) -> Found {
        let found = member.found();
        match self.files.get(&hash(&member.link)) {
            Some(&(address, size)) if member.is_link() => {
                Found { kind: Kind::File, size, address, ..found }
            }
            _ => found,
        }
    }

    /// What is wrong with an archive whose bytes end at `at`, behind the latest member's `end`, and
    /// with what of it.
    fn cut(&self, at: u64, end: u64, is_marked: bool) -> Option<(&str, Fault)> {
        let length = self.bytes.len();
        let fault = Fault::Truncated { at: length };
        if length < end {
            return Some((&self.latest, fault));
        }
        // Nothing tells an archive that was cut between two members from a careless writer's.
        (!is_marked && at > 0).then_some(("", fault))
    }

    /// Tells the damage and goes to the next header behind it.
    fn resume(&mut self, at: &mut u64, fault: &Fault, report: &mut Report<'_>) -> Go {
        if report(Err(fault.problem(""))) == Go::Stop {
            return Go::Stop;
        }
        let Fault::Damaged { at: damage, .. } = fault else { return Go::Stop };
        *at = (*at).max(*damage);
        loop {
            *at = at.saturating_add(BLOCK);
            match self.input.array(*at) {
                Ok(block) if is_ustar(&block) && checksum_fits(&block) => return Go::On,
                Ok(_) => {}
                Err(_) => return Go::Stop,
            }
        }
    }

    /// The next member, with the extended headers that lie in front of it.
    fn step(&mut self, address: u64) -> Result<Step, Fault> {
        let (mut at, mut latest, mut extended) = (address, address, Extended::default());
        for _ in 0..IN_FRONT {
            let block: Block = match self.input.array(at) {
                Ok(block) => block,
                Err(Fault::Truncated { .. }) => return Ok(Step::End),
                Err(fault) => return Err(fault),
            };
            if is_blank(&block) {
                return Ok(Step::Blank);
            }
            if !checksum_fits(&block) {
                return Err(Fault::damaged(at, "no header of a TAR member"));
            }
            let flag = block.get(156).copied();
            if !matches!(flag, Some(b'x' | b'X' | b'g' | b'L' | b'K')) {
                return Ok(Step::Member(self.build(block, at, address, extended)?));
            }
            let plain = Member::new(block, at, at, Extended::default())?;
            if plain.stored > EXTENDED {
                let why = format!("an extended header of {} bytes", plain.stored);
                return Err(Fault::damaged(at, why));
            }
            let length = usize::try_from(plain.stored).unwrap_or(0);
            let body = self.input.look(plain.data, length)?;
            let Some(body) = body.get(..length) else { return Ok(Step::End) };
            let string = || body.split(|byte| *byte == 0).next().unwrap_or_default().to_vec();
            match flag {
                Some(b'L') => extended.path = Some(string()),
                Some(b'K') => extended.link = Some(string()),
                Some(b'x' | b'X') => read_extended(body, &mut extended),
                _ => {}
            }
            (latest, at) = (at, plain.next(&mut self.input)?);
        }
        Err(Fault::damaged(latest, "nothing but extended headers"))
    }

    /// The member of this header. A further link has no bytes of its own, although some tools state
    /// the file's size: then a header follows at once. Others write the bytes again.
    fn build(
        &mut self,
        block: Block,
        at: u64,
        address: u64,
        extended: Extended,
    ) -> Result<Member, Fault> {
        let member = Member::new(block, at, address, extended)?;
        if !member.is_link_with_size() {
            return Ok(member);
        }
        let follows = match self.input.array(member.data) {
            Ok(next) => is_blank(&next) || checksum_fits(&next),
            Err(Fault::Truncated { .. }) => true,
            Err(fault) => return Err(fault),
        };
        Ok(if follows { member } else { member.with_own_bytes() })
    }
}

/// Reads the records of an extended header: length, blank, keyword, `=`, value, line end.
fn read_extended(mut body: &[u8], extended: &mut Extended) {
    while let Some(blank) = body.iter().take(20).position(|byte| *byte == b' ') {
        let length = body.get(..blank).and_then(decimal);
        let length = length.and_then(|length| usize::try_from(length).ok());
        let Some((record, rest)) = length.and_then(|length| body.split_at_checked(length)) else {
            return;
        };
        let Some(record) = record.get(blank + 1..).and_then(|record| record.strip_suffix(b"\n"))
        else {
            return;
        };
        body = rest;
        let Some(equals) = record.iter().position(|byte| *byte == b'=') else { continue };
        let (keyword, value) = record.split_at(equals);
        let value = value.get(1..).unwrap_or_default();
        match keyword {
            b"path" => extended.path = Some(value.to_vec()),
            b"linkpath" => extended.link = Some(value.to_vec()),
            b"size" => extended.size = decimal(value),
            b"mtime" => extended.modified_at = time(value),
            _ => {
                if let Some(keyword) = keyword.strip_prefix(b"GNU.sparse.") {
                    extended.sparse.take(keyword, value);
                }
            }
        }
    }
}

/// Seconds since the epoch with a fraction, which is cut to milliseconds.
fn time(value: &[u8]) -> Option<UtcMillis> {
    let text = std::str::from_utf8(value).ok()?;
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    let millis: i64 = millis.parse().ok()?;
    let whole = seconds.parse::<i64>().ok()?.checked_mul(1_000)?;
    let millis = if seconds.starts_with('-') { -millis } else { millis };
    whole.checked_add(millis).map(UtcMillis)
}

/// 128 bits of two hashes, so that no two paths are taken for one.
fn hash(path: &[u8]) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        path.hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}
