//! Mutations of seeds, the same for the same number.

/// A small generator of numbers (SplitMix64): no secret, no statistics, only variety that repeats.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Starts at a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the next number.
    pub fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number below `limit`; 0 for a limit of 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let number = usize::try_from(self.next_number() >> 33).unwrap_or(0);
        number.checked_rem(limit).unwrap_or(0)
    }
}

/// A mutated input never grows beyond this; longer ones only repeat themselves.
const LENGTH_LIMIT: usize = 1 << 16;

/// Makes a new input from the seeds.
pub fn mutate(seeds: &[Vec<u8>], dictionary: &[&str], random: &mut Random) -> Vec<u8> {
    let mut input = seeds.get(random.below(seeds.len())).cloned().unwrap_or_default();
    for _ in 0..=random.below(6) {
        match random.below(7) {
            0 => flip(&mut input, random),
            1 => remove(&mut input, random),
            2 => duplicate_line(&mut input, random),
            3 => splice(&mut input, seeds, random),
            4 => truncate(&mut input, random),
            _ => insert_word(&mut input, dictionary, random),
        }
        input.truncate(LENGTH_LIMIT);
    }
    input
}

fn flip(input: &mut [u8], random: &mut Random) {
    let at = random.below(input.len());
    let bit = random.below(8);
    if let Some(byte) = input.get_mut(at) {
        *byte ^= 1 << bit;
    }
}

fn remove(input: &mut Vec<u8>, random: &mut Random) {
    let start = random.below(input.len());
    let end = (start + 1 + random.below(12)).min(input.len());
    if start < end {
        input.drain(start..end);
    }
}

fn duplicate_line(input: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(input.len());
    let is_break = |byte: &u8| *byte == b'\n';
    let start = input.iter().take(at).rposition(is_break).map_or(0, |it| it + 1);
    let end = input.iter().skip(at).position(is_break).map_or(input.len(), |it| at + it + 1);
    let line: Vec<u8> = input.get(start..end).unwrap_or(&[]).to_vec();
    input.splice(end..end, line);
}

fn splice(input: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Random) {
    let Some(other) = seeds.get(random.below(seeds.len())) else { return };
    let start = random.below(other.len());
    let end = (start + random.below(80)).min(other.len());
    let at = random.below(input.len());
    input.splice(at..at, other.get(start..end).unwrap_or(&[]).to_vec());
}

fn truncate(input: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(input.len());
    input.truncate(at);
}

fn insert_word(input: &mut Vec<u8>, dictionary: &[&str], random: &mut Random) {
    let word = dictionary.get(random.below(dictionary.len())).copied().unwrap_or("");
    let at = random.below(input.len() + 1);
    input.splice(at..at, word.bytes());
}
