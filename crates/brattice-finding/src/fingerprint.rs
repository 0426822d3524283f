//! The identity of a finding across edits: no line number, no path.

use std::fmt;
use std::str::FromStr;

use brattice_digest::{ParseDigestError, Sha256, Sha256Hasher};

/// What goes into a fingerprint. Two findings with equal input differ by their ordinal alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FingerprintInput {
    /// Identity of the enclosing job and step (their ids or names, not their numbers).
    pub context: String,
    /// The matched text with white space folded.
    pub matched: String,
}

impl FingerprintInput {
    /// Makes the input from a context and the matched text, whose white space it folds.
    pub fn new(context: impl Into<String>, matched: &str) -> Self {
        let matched = matched.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { context: context.into(), matched }
    }

    /// Returns the fingerprint of the finding of `rule` that is the `ordinal`-th (from 0) with this input.
    pub fn fingerprint(&self, rule: &str, ordinal: u32) -> Fingerprint {
        let mut hasher = Sha256Hasher::new();
        let ordinal = ordinal.to_string();
        for part in ["brattice.fp/1", rule, &self.context, &self.matched, &ordinal] {
            // Length first, so that no two lists of parts give the same bytes.
            hasher.update(&(part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        let digest = hasher.finish();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.as_bytes()[..16]);
        Fingerprint(bytes)
    }
}

/// The first 16 bytes of a SHA-256; written as 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 32 {
            return Err(ParseDigestError);
        }
        // The same strict spelling as a whole digest: pad, parse, cut.
        let padded: Sha256 = format!("{text}{text}").parse()?;
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&padded.as_bytes()[..16]);
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::FingerprintInput;

    #[test]
    fn white_space_and_place_do_not_matter_but_rule_context_and_ordinal_do() {
        let input = FingerprintInput::new("job/step", "echo  ${{ x }}\n");
        let base = input.fingerprint("r", 0);
        assert_eq!(base, FingerprintInput::new("job/step", "echo ${{ x }}").fingerprint("r", 0));
        assert_ne!(base, input.fingerprint("r", 1));
        assert_ne!(base, input.fingerprint("q", 0));
        assert_ne!(base, FingerprintInput::new("job", "step echo ${{ x }}").fingerprint("r", 0));
        assert_eq!(base.to_string().parse(), Ok(base));
    }
}
