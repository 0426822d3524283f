//! Finds the places where a needle may begin, three bytes at a time.
//!
//! Nearly every byte of a log begins some needle once there are a few dozen; three bytes in a row seldom do.
//! A bit per hash of three bytes lets ordinary text pass without a step of an automaton.

use crate::needle::{fold, is_line_end};

/// Bits in the table: 32 KiB, which stays in the first cache, and is 95 % empty for 2,000 secrets.
const BITS_LOG2: u32 = 18;

/// The bytes that are looked at together. No needle is shorter than four.
pub(crate) const WINDOW_BYTES: usize = 3;

/// The first bytes of all needles, folded: a superset of what either view can begin with.
pub(crate) struct Prefilter {
    bits: Box<[u64]>,
    /// Whether a byte, folded, begins a needle.
    first: [bool; 256],
}

impl Prefilter {
    pub(crate) fn new<'a>(needles: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut filter = Self { bits: vec![0; 1 << (BITS_LOG2 - 6)].into(), first: [false; 256] };
        for needle in needles {
            let [first, second, third, ..] = needle else { continue };
            let [first, second, third] = [*first, *second, *third].map(|it| FOLDED[usize::from(it)]);
            filter.first[usize::from(first)] = true;
            let (word, bit) = place(u32::from_be_bytes([0, first, second, third]));
            filter.bits[word] |= bit;
        }
        filter
    }

    /// Returns the first index from `from` on at which a needle may begin, or the length.
    pub(crate) fn next_candidate(&self, bytes: &[u8], from: usize) -> usize {
        let rest = bytes.get(from..).unwrap_or_default();
        // What was folded for one place is not folded again for the next.
        let folded = |byte: u8| u32::from(FOLDED[usize::from(byte)]);
        let Some((ahead, behind)) = rest.split_at_checked(WINDOW_BYTES - 1) else {
            return self.first_candidate(rest).map_or(bytes.len(), |index| from + index);
        };
        let mut window = ahead.iter().fold(0, |window, byte| window << 8 | folded(*byte));
        for (index, byte) in behind.iter().enumerate() {
            window = (window << 8 | folded(*byte)) & 0xff_ffff;
            let (word, bit) = place(window);
            // A line end may stand within wrapped base64: then the three bytes say nothing.
            let wrapped = window & 0xff == LINE_END || window >> 8 & 0xff == LINE_END;
            if self.bits[word] & bit != 0 || (wrapped && self.first[(window >> 16) as usize]) {
                return from + index;
            }
        }
        // Too few bytes are left to look at three.
        let found = self.first_candidate(rest.get(behind.len()..).unwrap_or_default());
        found.map_or(bytes.len(), |index| from + behind.len() + index)
    }

    fn first_candidate(&self, bytes: &[u8]) -> Option<usize> {
        bytes.iter().position(|byte| self.first[usize::from(FOLDED[usize::from(*byte)])])
    }
}

/// Every byte folded, and both line ends made one.
static FOLDED: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = if is_line_end(byte) { b'\n' } else { fold(byte) };
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

/// What both line ends are in a window.
const LINE_END: u32 = b'\n' as u32;

/// Multiplies by 2^32 over the golden ratio, whose upper bits spread well.
fn place(window: u32) -> (usize, u64) {
    let hash = window.wrapping_mul(0x9e37_79b9) >> (u32::BITS - BITS_LOG2);
    ((hash >> 6) as usize, 1 << (hash & 63))
}
