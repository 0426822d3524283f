//! The streaming masker itself.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::Arc;

use brattice_redact::{MASK, Secret};
use zeroize::Zeroize;

use crate::automaton::{Automaton, ROOT};
use crate::needle::{Rejected, fold, is_line_end, needles_of};
use crate::prefilter::{Prefilter, WINDOW_BYTES};

/// How many line-end bytes in a row may stand within wrapped base64: one line end, in either convention.
const LINE_END_BYTES_MAX: u8 = 2;

/// The secrets of a job, ready to be searched for.
#[derive(Clone)]
pub struct MaskSet {
    shared: Arc<Shared>,
    rejected: Vec<Rejected>,
}

struct Shared {
    names: Vec<String>,
    prefilter: Prefilter,
    raw: Automaton,
    folded: Automaton,
}

/// What a masker did. Names and numbers only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MaskCounts {
    /// Bytes that came in.
    pub bytes_in: u64,
    /// Bytes that went out.
    pub bytes_out: u64,
    /// How many masks were written.
    pub masked: u64,
    /// In how many of the masked places a value of this name stood.
    pub by_name: BTreeMap<String, u64>,
}

impl MaskSet {
    /// Registers secrets by name. Look at [`Self::rejected`]: those values are not masked.
    pub fn new(secrets: &[(String, Secret)]) -> Self {
        let (mut raw, mut folded) = (Vec::new(), Vec::new());
        let (mut names, mut rejected) = (Vec::new(), Vec::new());
        for ((name, secret), owner) in secrets.iter().zip(0_u32..) {
            names.push(name.clone());
            match needles_of(secret) {
                Ok(needles) => {
                    raw.extend(needles.raw.into_iter().map(|needle| (needle, owner)));
                    folded.extend(needles.folded.into_iter().map(|needle| (needle, owner)));
                }
                Err(reason) => rejected.push(Rejected { name: name.clone(), reason }),
            }
        }
        let prefilter = Prefilter::new(raw.iter().chain(&folded).map(|(needle, _)| needle.as_slice()));
        let shared = Shared { names, prefilter, raw: Automaton::new(&raw), folded: Automaton::new(&folded) };
        for (needle, _) in raw.iter_mut().chain(&mut folded) {
            needle.zeroize();
        }
        Self { shared: Arc::new(shared), rejected }
    }

    /// Returns the values that will not be masked, and why.
    pub fn rejected(&self) -> &[Rejected] {
        &self.rejected
    }

    /// Starts a masker for one stream.
    pub fn masker(&self) -> Masker {
        Masker {
            shared: Arc::clone(&self.shared),
            raw_state: ROOT,
            folded_state: ROOT,
            folded_offsets: VecDeque::new(),
            line_end_bytes: 0,
            held: Vec::new(),
            held_start: 0,
            spans: VecDeque::new(),
            masked_to: None,
            names_in_mask: BTreeSet::new(),
            counts: MaskCounts::default(),
        }
    }

    /// Masks one whole text.
    pub fn mask(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        let mut masker = self.masker();
        masker.push(bytes, &mut out);
        masker.finish(&mut out);
        out
    }

    /// Returns whether a text holds a registered secret in any form that is masked.
    pub fn occurs_in(&self, bytes: &[u8]) -> bool {
        let mut masker = self.masker();
        masker.push(bytes, &mut Vec::new());
        masker.finish(&mut Vec::new()).masked > 0
    }
}

impl fmt::Debug for MaskSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MaskSet").field("names", &self.shared.names).finish_non_exhaustive()
    }
}

/// A stretch of the stream to be masked, in bytes since its start.
struct MaskSpan {
    start: u64,
    end: u64,
    names: BTreeSet<u32>,
}

/// The masker of one stream.
pub struct Masker {
    shared: Arc<Shared>,
    raw_state: u32,
    folded_state: u32,
    /// Where in the stream the last bytes of the folded view stand, as many as its state is deep.
    folded_offsets: VecDeque<u64>,
    line_end_bytes: u8,
    /// Bytes that came in and did not go out yet.
    held: Vec<u8>,
    held_start: u64,
    /// What to mask in the held bytes: disjoint, not touching, in order.
    spans: VecDeque<MaskSpan>,
    /// Where the mask that was written last ends, as long as nothing was written behind it.
    masked_to: Option<u64>,
    names_in_mask: BTreeSet<u32>,
    counts: MaskCounts,
}

impl Masker {
    /// Starts a masker of its own for some secrets, and says which of them it will not mask.
    pub fn new(secrets: &[(String, Secret)]) -> (Self, Vec<Rejected>) {
        let set = MaskSet::new(secrets);
        (set.masker(), set.rejected)
    }

    /// Takes the next bytes and appends to `out` everything that is decided by now.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.counts.bytes_in += bytes.len() as u64;
        let first = self.held_start + self.held.len() as u64;
        self.held.extend_from_slice(bytes);
        let shared = Arc::clone(&self.shared);
        let mut index = 0;
        let mut candidate = None;
        loop {
            if let Some(live) = self.restart_index(&shared, first, index)
                && candidate.is_none_or(|candidate| live > candidate)
            {
                (self.raw_state, self.folded_state) = (ROOT, ROOT);
                self.folded_offsets.clear();
                index = shared.prefilter.next_candidate(bytes, live);
                candidate = Some(index);
            }
            let Some(byte) = bytes.get(index) else { break };
            self.step(&shared, *byte, first + index as u64);
            index += 1;
        }
        let end = first + bytes.len() as u64;
        let decided = end - shared.raw.depth(self.raw_state) as u64;
        let decided = self.folded_offsets.front().map_or(decided, |live| decided.min(*live));
        self.release(decided, out);
    }

    /// Ends the stream: appends what was held back and returns what was done.
    pub fn finish(mut self, out: &mut Vec<u8>) -> MaskCounts {
        let end = self.held_start + self.held.len() as u64;
        self.release(end, out);
        self.close_mask();
        std::mem::take(&mut self.counts)
    }

    /// Returns what was done so far.
    pub const fn counts(&self) -> &MaskCounts {
        &self.counts
    }

    /// Returns how many bytes are held back.
    pub fn held_bytes(&self) -> usize {
        self.held.len()
    }

    /// Returns the index of the earliest byte that could still become a match, if so few bytes could that the
    /// prefilter may look at them again, and all of them lie in this chunk.
    fn restart_index(&self, shared: &Shared, first: u64, index: usize) -> Option<usize> {
        let raw_depth = shared.raw.depth(self.raw_state);
        if raw_depth >= WINDOW_BYTES || shared.folded.depth(self.folded_state) >= WINDOW_BYTES {
            return None;
        }
        let live = first + index as u64 - raw_depth as u64;
        let live = self.folded_offsets.front().map_or(live, |folded| live.min(*folded));
        usize::try_from(live.checked_sub(first)?).ok()
    }

    fn step(&mut self, shared: &Shared, byte: u8, offset: u64) {
        self.raw_state = shared.raw.next(self.raw_state, byte);
        let length = shared.raw.longest_match(self.raw_state);
        if length > 0 {
            let mut names = BTreeSet::new();
            shared.raw.owners(self.raw_state, &mut |owner| _ = names.insert(owner));
            self.found(MaskSpan { start: offset + 1 - length as u64, end: offset + 1, names });
        }
        if is_line_end(byte) && self.folded_state != ROOT {
            self.line_end_bytes += 1;
            if self.line_end_bytes > LINE_END_BYTES_MAX {
                self.folded_state = ROOT;
                self.folded_offsets.clear();
            }
            return;
        }
        self.line_end_bytes = 0;
        self.folded_state = shared.folded.next(self.folded_state, fold(byte));
        self.folded_offsets.push_back(offset);
        let length = shared.folded.longest_match(self.folded_state);
        if length > 0 {
            let first = self.folded_offsets.len().saturating_sub(length);
            let start = self.folded_offsets.get(first).copied().unwrap_or(offset);
            let mut names = BTreeSet::new();
            shared.folded.owners(self.folded_state, &mut |owner| _ = names.insert(owner));
            self.found(MaskSpan { start, end: offset + 1, names });
        }
        let surplus = self.folded_offsets.len().saturating_sub(shared.folded.depth(self.folded_state));
        self.folded_offsets.drain(..surplus);
    }

    /// Adds a match. Matches come ordered by their ends, so that a new one swallows spans from the back.
    fn found(&mut self, mut span: MaskSpan) {
        while let Some(last) = self.spans.pop_back_if(|last| last.end >= span.start) {
            span.start = span.start.min(last.start);
            span.end = span.end.max(last.end);
            span.names.extend(last.names);
        }
        self.spans.push_back(span);
    }

    /// Writes everything before `decided`: no live match begins there any more.
    fn release(&mut self, decided: u64, out: &mut Vec<u8>) {
        let before = out.len();
        let mut position = self.held_start;
        while position < decided {
            let (start, end) = match self.spans.front() {
                Some(span) if span.start < decided => (span.start, span.end),
                _ => (decided, decided),
            };
            if position < start {
                self.close_mask();
                out.extend_from_slice(self.held_between(position, start));
                position = start;
            }
            if let Some(span) = self.spans.pop_front_if(|span| span.start < decided) {
                // A span that only continues the mask written last gets no second one.
                if self.masked_to.is_none() {
                    out.extend_from_slice(MASK.as_bytes());
                    self.counts.masked += 1;
                }
                self.masked_to = Some(end);
                self.names_in_mask.extend(&span.names);
                if end > decided {
                    self.spans.push_front(MaskSpan { start: decided, end, names: span.names });
                }
                position = end.min(decided);
            }
        }
        self.counts.bytes_out += (out.len() - before) as u64;
        if position == self.held_start {
            return;
        }
        let released = usize::try_from(position - self.held_start).unwrap_or(self.held.len());
        let kept = self.held.len().saturating_sub(released);
        self.held.copy_within(released.., 0);
        if let Some(gone) = self.held.get_mut(kept..) {
            gone.zeroize();
        }
        self.held.truncate(kept);
        self.held_start = position;
    }

    fn held_between(&self, start: u64, end: u64) -> &[u8] {
        let index = |offset: u64| usize::try_from(offset - self.held_start).unwrap_or(usize::MAX);
        self.held.get(index(start)..index(end)).unwrap_or_default()
    }

    /// Ends the mask that was written last: the next span gets a mask of its own.
    fn close_mask(&mut self) {
        self.masked_to = None;
        for owner in std::mem::take(&mut self.names_in_mask) {
            if let Some(name) = self.shared.names.get(owner as usize) {
                *self.counts.by_name.entry(name.clone()).or_default() += 1;
            }
        }
    }
}

impl Drop for Masker {
    fn drop(&mut self) {
        self.held.zeroize();
    }
}

impl fmt::Debug for Masker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Masker").field("counts", &self.counts).finish_non_exhaustive()
    }
}
