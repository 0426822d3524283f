//! Ignores that stand in a file: `# brattice: ignore[rule-a, rule-b] until=2027-01-31 reason`.

use brattice_finding::{LineIndex, Span};
use jiff::civil::Date;

/// The most ignore comments that are honoured in one file. Far above any file written by hand; each one is
/// compared with each finding of its file.
pub const INLINE_IGNORES_MAX: usize = 1000;

/// One ignore comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineIgnore {
    /// 1-based line on which the comment stands.
    pub line: u32,
    /// 1-based line whose findings it silences: its own, or for a comment alone on its line the next line
    /// that is not such a comment.
    pub target_line: u32,
    /// The comment from `#` to the end of the line.
    pub span: Span,
    /// The rules that it names.
    pub rules: Vec<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// The reason that its author gave.
    pub reason: Option<String>,
    /// The target line with white space folded and this comment left out: what the ignore was written for.
    pub target: String,
}

/// A comment that addresses us but cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MalformedIgnore {
    /// The comment from `#` to the end of the line.
    pub span: Span,
    /// What is wrong with it.
    pub problem: String,
}

/// The ignore comments of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InlineIgnores {
    /// Those that hold or held.
    pub ignores: Vec<InlineIgnore>,
    /// Those that cannot be understood, and those beyond [`INLINE_IGNORES_MAX`].
    pub malformed: Vec<MalformedIgnore>,
}

impl InlineIgnores {
    /// Reads the ignore comments of a file line by line. A comment of a script inside a block scalar counts:
    /// that is where the finding is.
    pub fn read(text: &str, lines: &LineIndex) -> Self {
        let mut result = Self::default();
        if !text.contains("brattice:") {
            return result;
        }
        for line_number in 1..=u32::try_from(lines.line_count()).unwrap_or(u32::MAX) {
            let Some(line_span) = lines.line_span(text, line_number) else { break };
            let line = line_span.slice(text);
            let Some((at, body)) = comment_body(line) else { continue };
            let start = line_span.start + u32::try_from(at).unwrap_or(u32::MAX);
            let span = Span::new(start, line_span.end);
            if result.ignores.len() >= INLINE_IGNORES_MAX {
                let problem = format!("this file has more than {INLINE_IGNORES_MAX} ignore comments");
                result.malformed.push(MalformedIgnore { span, problem });
                break;
            }
            match parse_body(body) {
                Ok((rules, until, reason)) => {
                    let code = line.get(..at).unwrap_or("");
                    let (target_line, target) = if code.trim().is_empty() {
                        next_target(text, lines, line_number)
                    } else {
                        (line_number, code.to_owned())
                    };
                    let target = target.split_whitespace().collect::<Vec<_>>().join(" ");
                    result.ignores.push(InlineIgnore {
                        line: line_number,
                        target_line,
                        span,
                        rules,
                        until,
                        reason,
                        target,
                    });
                }
                Err(problem) => result.malformed.push(MalformedIgnore { span, problem }),
            }
        }
        result
    }
}

/// Finds `# brattice:` behind the start of a line or white space; returns where `#` is and what follows.
fn comment_body(line: &str) -> Option<(usize, &str)> {
    let mut from = 0;
    loop {
        let at = from + line.get(from..)?.find('#')?;
        let before = line.get(..at)?;
        let after = line.get(at + 1..)?;
        let starts_comment = before.is_empty() || before.ends_with([' ', '\t']);
        if let Some(body) = after.trim_start().strip_prefix("brattice:").filter(|_| starts_comment) {
            return Some((at, body.trim()));
        }
        from = at + 1;
    }
}

/// Finds the line below that is not itself a lone ignore comment.
fn next_target(text: &str, lines: &LineIndex, line_number: u32) -> (u32, String) {
    let mut target = line_number.saturating_add(1);
    while let Some(span) = lines.line_span(text, target) {
        let line = span.slice(text);
        match comment_body(line) {
            Some((at, _)) if line.get(..at).is_some_and(|it| it.trim().is_empty()) => target += 1,
            Some((at, _)) => return (target, line.get(..at).unwrap_or("").to_owned()),
            None => return (target, line.to_owned()),
        }
    }
    (target, String::new())
}

type Parsed = (Vec<String>, Option<Date>, Option<String>);

/// Reads `ignore[rule, …] until=DATE reason`.
fn parse_body(body: &str) -> Result<Parsed, String> {
    let rest = body.strip_prefix("ignore").ok_or("expected `ignore[RULE]` after `brattice:`")?;
    let rest = rest.trim_start().strip_prefix('[').ok_or("expected `[` and the rules to ignore")?;
    let (names, rest) = rest.split_once(']').ok_or("expected `]` after the rules to ignore")?;
    let rules: Vec<String> =
        names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    if rules.is_empty() {
        return Err("names no rule".to_owned());
    }
    let mut reason = rest.trim();
    let mut until = None;
    if let Some(tail) = reason.strip_prefix("until=") {
        let (date, behind) = tail.split_once(char::is_whitespace).unwrap_or((tail, ""));
        until = Some(parse_date(date)?);
        reason = behind.trim();
    }
    let reason = reason.trim_start_matches(['-', ':', '–', '—']).trim();
    Ok((rules, until, (!reason.is_empty()).then(|| reason.to_owned())))
}

/// Reads a day as `2027-01-31`.
pub(crate) fn parse_date(word: &str) -> Result<Date, String> {
    let shape = word.len() == 10 && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date = if shape { word.parse().ok() } else { None };
    date.ok_or_else(|| format!("expected a day such as `2027-01-31`, not `{word}`"))
}
