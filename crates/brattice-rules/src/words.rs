//! Words for people: plurals in one place, and the name that was probably meant.

/// Writes a count with its noun: `1 finding`, `2 findings`, `2 entries`.
pub fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        return format!("1 {noun}");
    }
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{count} {stem}ies"),
        _ => format!("{count} {noun}s"),
    }
}

/// The longest name that [`nearest`] compares: distance is quadratic, and no name of ours is longer.
const NAME_CHARS_MAX: usize = 64;

/// Returns the known name that a misspelt one is closest to, if one is close enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(NAME_CHARS_MAX + 1).collect();
    if word.len() > NAME_CHARS_MAX {
        return None;
    }
    let limit = word.len() / 3 + 1;
    known
        .into_iter()
        .map(|name| (distance(&word, &name.chars().collect::<Vec<_>>()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Counts the insertions, deletions and replacements between two words.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (slot, to) in row.iter_mut().skip(1).zip(b) {
            let above = *slot;
            *slot = (diagonal + usize::from(from != to)).min(above + 1).min(left + 1);
            diagonal = above;
            left = *slot;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{nearest, plural};

    #[test]
    fn plurals_and_near_names() {
        assert_eq!(plural(1, "entry"), "1 entry");
        assert_eq!(plural(0, "entry"), "0 entries");
        assert_eq!(plural(2, "day"), "2 days");
        let known = ["fail-on", "fail-hardening", "select"];
        assert_eq!(nearest("fail_on", known), Some("fail-on"));
        assert_eq!(nearest("selct", known), Some("select"));
        assert_eq!(nearest("zzz", known), None);
        assert_eq!(nearest(&"s".repeat(10_000), known), None);
    }
}
