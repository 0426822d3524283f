//! Names for the variables that a repair makes.

use std::collections::HashSet;

use brattice_pipeline::github::Variable;
use brattice_pipeline::ir::{Job, Script, Step};

use crate::File;

/// The names of variables that a step can see, and the ones given to it here.
pub(super) struct Names {
    /// In capitals: some systems do not tell case apart.
    taken: Vec<String>,
    /// Names that were given here.
    made: Vec<String>,
    /// Variables of the step by the text of their value.
    bound: Vec<(String, String)>,
    /// The words of the script: one of them may be a variable of its own.
    words: HashSet<String>,
}

impl Names {
    pub(super) fn of(file: &File<'_>, job: &Job, step: &Step, script: &Script) -> Self {
        let levels = [&file.pipeline.variables, &job.variables, &step.variables];
        let taken = levels.into_iter().flatten().map(|it| it.name.value.to_ascii_uppercase()).collect();
        let value = |it: &Variable| Some((it.value.as_ref()?.value.clone(), it.name.value.clone()));
        let bound = step.variables.iter().filter_map(value).filter(|(_, name)| is_plain(name)).collect();
        Self { taken, made: Vec::new(), bound, words: words(script) }
    }

    /// Returns the variable that holds an expression, and whether it has to be made.
    pub(super) fn bind(&mut self, source: &str, what: &str) -> (String, bool) {
        if let Some((_, name)) = self.bound.iter().find(|(value, _)| value == source) {
            return (name.clone(), self.made.contains(name));
        }
        let wish = wish(what);
        let mut name = wish.clone();
        let mut number = 1;
        while self.taken.contains(&name) || self.made.contains(&name) || self.words.contains(&name) {
            number += 1;
            name = format!("{wish}_{number}");
        }
        self.made.push(name.clone());
        self.bound.push((source.to_owned(), name.clone()));
        (name, true)
    }
}

/// Returns the words of a script, in capitals where the shell does not tell case apart, without what stands in its expressions.
fn words(script: &Script) -> HashSet<String> {
    let mut words = HashSet::new();
    let mut at = 0;
    let ends = script.text.expressions.iter().map(|it| it.range.clone());
    for range in ends.chain(std::iter::once(script.text.value.len()..script.text.value.len())) {
        let text = script.text.value.get(at..range.start).unwrap_or("");
        let split = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let tells_case = script.shell.is_posix();
        words.extend(split.map(|it| if tells_case { it.to_owned() } else { it.to_ascii_uppercase() }));
        at = range.end;
    }
    words
}

fn is_plain(name: &str) -> bool {
    name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// Makes a variable's name of the last parts of a context path: `github.event.issue.title` → `ISSUE_TITLE`.
pub(super) fn wish(what: &str) -> String {
    let parts: Vec<&str> =
        what.split('.').filter(|it| !matches!(*it, "github" | "event" | "*" | "?")).collect();
    let last: Vec<&str> = match parts.as_slice() {
        ["inputs", name, ..] => vec!["input", name],
        ["env", name] | [name] => vec![name],
        [.., object, name] => vec![object, name],
        [] => vec!["event"],
    };
    let name: String = last
        .join("_")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
        .collect();
    // Names of the platform and of the shell cannot be set, or mean something else.
    let reserved = ["GITHUB_", "RUNNER_", "BASH", "LD_"].iter().any(|it| name.starts_with(it))
        || matches!(name.as_str(), "PATH" | "HOME" | "CI" | "IFS" | "ENV" | "SHELL" | "PWD" | "USER" | "UID")
        || name.starts_with(|c: char| c.is_ascii_digit());
    if reserved { format!("VALUE_{name}") } else { name }
}
