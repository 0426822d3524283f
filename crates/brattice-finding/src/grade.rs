//! The grades and sorts of a finding: area, severity, confidence, kind; and where a setting came from.

use std::fmt;
use std::str::FromStr;

/// A word is not one of an enumeration's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseWordError {
    /// What was read.
    pub word: String,
    /// What would have been understood.
    pub expected: &'static [&'static str],
}

impl fmt::Display for ParseWordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not one of: {}", self.word, self.expected.join(", "))
    }
}

impl std::error::Error for ParseWordError {}

/// Declares an enumeration whose variants have one spelling everywhere: CLI, configuration, JSON, text.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// Every variant, in ascending order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The spelling of every variant, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word,)+];

            /// Returns the one spelling of this variant.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = ParseWordError;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(ParseWordError { word: word.to_owned(), expected: Self::WORDS }),
                }
            }
        }
    };
}

words! {
    /// What a finding is about. One area is one kind of scan evidence.
    Area {
        /// Pipeline definitions: workflows, actions.
        Pipeline = "pipeline",
        /// Source code.
        Code = "code",
        /// Secrets in files, history and logs.
        Secret = "secret",
        /// Dependencies and their advisories.
        Dependency = "dep",
        /// Model files.
        Model = "model",
        /// Cloud and service identities.
        Iam = "iam",
    }
}

words! {
    /// How bad it is if it is true.
    Severity {
        /// Worth knowing.
        Info = "info",
        /// Limited effect.
        Low = "low",
        /// A real weakness under conditions.
        Medium = "medium",
        /// Code execution, a secret or a token in reach of an outsider.
        High = "high",
        /// The same without any precondition.
        Critical = "critical",
    }
}

words! {
    /// How sure the rule is that it is true.
    Confidence {
        /// A guess from a pattern.
        Low = "low",
        /// Likely.
        Medium = "medium",
        /// Follows from what was read.
        High = "high",
    }
}

words! {
    /// The two kinds of finding.
    Kind {
        /// Advice: fails nothing unless `--fail-hardening` says so.
        Hardening = "hardening",
        /// Somebody named reaches an effect named, or the thing is wrong by itself.
        Exploit = "exploit",
    }
}

words! {
    /// Where a setting came from. Whatever comes from the tree under judgement is the attacker's in a pull
    /// request, so every setting carries this.
    Origin {
        /// Built in.
        Default = "default",
        /// The user's own configuration, or a path or flag given on the command line.
        Explicit = "explicit",
        /// The base ref of the change under judgement.
        Base = "base",
        /// The tree under judgement itself.
        Tree = "tree",
    }
}

#[cfg(test)]
mod tests {
    use super::{Area, Severity};

    #[test]
    fn words_read_back_and_order_is_ascending() {
        for &severity in Severity::ALL {
            assert_eq!(severity.as_str().parse(), Ok(severity));
        }
        assert!(Severity::Info < Severity::Critical);
        let error = "modle".parse::<Area>().unwrap_err();
        assert_eq!(error.to_string(), "`modle` is not one of: pipeline, code, secret, dep, model, iam");
    }
}
