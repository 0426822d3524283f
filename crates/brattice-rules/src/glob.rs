//! Path patterns: `*` and `?` stay within a name, `**` crosses them, and a pattern is anchored at the root.

/// The longest pattern that is read: matching takes pattern × path steps.
const PATTERN_BYTES_MAX: usize = 1024;

/// A pattern over whole paths relative to the root, never over base names alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathGlob {
    pattern: String,
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Byte(u8),
    AnyByte,
    AnyInName,
    AnyPath,
    /// `**/`: nothing, or anything that ends in a slash.
    AnyDirectories,
}

impl PathGlob {
    /// Reads a pattern. Refused: an empty or absolute one, one with `..`, and one that is too long.
    pub fn new(pattern: &str) -> Result<Self, &'static str> {
        if pattern.is_empty() {
            return Err("is empty");
        }
        if pattern.len() > PATTERN_BYTES_MAX {
            return Err("is longer than 1,024 bytes");
        }
        if pattern.starts_with('/') || pattern.split('/').any(|part| part == "..") {
            return Err("must be relative to the root, without `..`");
        }
        let mut tokens = Vec::new();
        let mut rest = pattern.trim_start_matches("./").as_bytes();
        while let Some((&byte, tail)) = rest.split_first() {
            let (token, next) = if let Some(next) = rest.strip_prefix(b"**/") {
                (Token::AnyDirectories, next)
            } else if let Some(next) = rest.strip_prefix(b"**") {
                (Token::AnyPath, next)
            } else {
                match byte {
                    b'*' => (Token::AnyInName, tail),
                    b'?' => (Token::AnyByte, tail),
                    _ => (Token::Byte(byte), tail),
                }
            };
            tokens.push(token);
            rest = next;
        }
        Ok(Self { pattern: pattern.to_owned(), tokens })
    }

    /// Returns the pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.pattern
    }

    /// Returns whether the pattern matches a whole path. A table over both, so no pattern is exponential.
    pub fn matches(&self, path: &[u8]) -> bool {
        let width = path.len() + 1;
        // `reachable[i]`: the tokens so far match the first `i` bytes.
        let mut reachable = vec![false; width];
        if let Some(first) = reachable.first_mut() {
            *first = true;
        }
        for token in &self.tokens {
            let mut next = vec![false; width];
            let mut spreading = false;
            for (i, slot) in next.iter_mut().enumerate() {
                let here = reachable.get(i).copied().unwrap_or(false);
                let before = i.checked_sub(1).and_then(|at| path.get(at)).copied();
                let from_before = i.checked_sub(1).and_then(|at| reachable.get(at)).copied().unwrap_or(false);
                *slot = match token {
                    Token::Byte(byte) => from_before && before == Some(*byte),
                    Token::AnyByte => from_before && before.is_some_and(|it| it != b'/'),
                    Token::AnyInName => {
                        spreading = here || (spreading && before != Some(b'/'));
                        spreading
                    }
                    Token::AnyPath => {
                        spreading |= here;
                        spreading
                    }
                    Token::AnyDirectories => {
                        let after_directory = spreading && before == Some(b'/');
                        spreading |= here;
                        here || after_directory
                    }
                };
            }
            reachable = next;
        }
        reachable.last().copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::PathGlob;

    #[test]
    fn patterns_match_whole_paths() {
        for (pattern, path, expected) in [
            ("a.yml", "a.yml", true),
            ("a.yml", "x/a.yml", false),
            ("*.yml", "x/a.yml", false),
            ("**/*.yml", "x/y/a.yml", true),
            ("**/*.yml", "a.yml", true),
            ("**/a.yml", "ba.yml", false),
            ("x/**", "x/y/a.yml", true),
            ("x/**", "xy/a.yml", false),
            ("x/*/a.yml", "x/y/a.yml", true),
            ("x/*/a.yml", "x/y/z/a.yml", false),
            ("./x/?.yml", "x/a.yml", true),
            ("x?a.yml", "x/a.yml", false),
            ("**", "anything/at/all", true),
        ] {
            assert_eq!(
                PathGlob::new(pattern).unwrap().matches(path.as_bytes()),
                expected,
                "{pattern} {path}"
            );
        }
    }

    #[test]
    fn patterns_that_leave_the_root_are_refused_and_stars_cost_little() {
        for bad in ["", "/etc/passwd", "../x", "a/../b"] {
            assert!(PathGlob::new(bad).is_err(), "{bad}");
        }
        assert!(PathGlob::new(&"a".repeat(2000)).is_err());
        let stars = PathGlob::new(&"*a".repeat(400)).unwrap();
        assert!(!stars.matches("a".repeat(399).as_bytes()));
    }
}
