//! Secret values that cannot be printed by accident.
//!
//! What it is for: every secret that travels through Brattice does so as a [`Secret`]. Its `Debug` is a
//! mask, it has no `Display`, and its bytes are overwritten when it is dropped. Taking the raw value out is
//! one method with a name that can be searched for: [`Secret::expose`].
//!
//! What it is not: a matcher (that is the `secret` crate) or a vault.

use std::fmt;

use zeroize::Zeroizing;

/// What stands in the place of a secret in any output. Its length says nothing about the value's.
pub const MASK: &str = "***";

/// A secret value: bytes that mask themselves and are zeroed on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes ownership of a raw value.
    pub fn new(value: Vec<u8>) -> Self {
        Self(Zeroizing::new(value))
    }

    /// Hands out the raw value. Every call is a place to look at in review.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Returns the length of the raw value in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether the raw value is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value.into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::{MASK, Secret};

    #[test]
    fn debug_output_never_contains_the_value() {
        #[derive(Debug)]
        struct Holder {
            token: Option<Secret>,
        }
        let holder = Holder { token: Some(Secret::from("ghp_very_secret".to_owned())) };
        let printed = format!("{holder:#?}");
        assert!(printed.contains(MASK), "{printed}");
        assert!(!printed.contains("very_secret"), "{printed}");
        assert_eq!(holder.token.map(|it| it.len()), Some(15));
    }
}
