//! The repair: hand the text over in an environment variable.

use std::fmt::Write as _;
use std::ops::Range;

use brattice_finding::{Edit, Fix, FixSafety, Severity};
use brattice_pipeline::context::CharacterClass;
use brattice_pipeline::ir::{Job, Script, Step};
use brattice_shell::{Context, Landing, Shell, landings};
use brattice_tree::Node;
use brattice_tree::patch::{Change, NewValue, Patch, Piece, Position, verify};

use super::Hit;
use super::names::{Names, wish};
use crate::{File, RepairBudget};

/// What can be done about one hit.
#[derive(Debug, Clone)]
pub(super) struct Repair {
    pub(super) fix: Option<Fix>,
    pub(super) help: Option<String>,
}

impl Repair {
    fn advice(hit: &Hit<'_>, landing: Option<Landing>, shell: Shell) -> Self {
        Self { fix: None, help: Some(help(hit, landing, shell)) }
    }
}

/// Each of a step's findings carries the whole step's repair; with more of them nobody would read it.
const HITS_MAX: usize = 50;

/// How one interpolation is replaced.
struct Plan {
    /// The index of the hit.
    index: usize,
    /// The variable's name.
    name: String,
    /// Whether the step has no such variable yet.
    is_new: bool,
    /// What stands in the script in the place of the interpolation.
    text: String,
    safety: FixSafety,
}

/// Returns the repair of each hit of a step. All that can be made safely are one fix; if some cannot, those
/// get a fix that makes all of them.
pub(super) fn of_step(
    file: &File<'_>,
    job: &Job,
    step: &Step,
    hits: &[Hit<'_>],
    budget: &mut RepairBudget,
) -> Vec<Repair> {
    let Some(script) = hits.first().and_then(|it| it.sink.script) else {
        return hits.iter().map(|hit| Repair::advice(hit, None, Shell::Other)).collect();
    };
    let landings = landings_of(script, hits);
    let mut repairs: Vec<Repair> = hits
        .iter()
        .zip(&landings)
        .map(|(hit, landing)| Repair::advice(hit, Some(*landing), script.shell))
        .collect();
    if hits.len() > HITS_MAX {
        return repairs;
    }
    let mut names = Names::of(file, job, step, script);
    let plan = |(index, (hit, landing)): (usize, (&Hit<'_>, &Landing))| {
        plan(index, hit, script, *landing, &mut names)
    };
    let plans: Vec<Plan> = hits.iter().zip(&landings).enumerate().filter_map(plan).collect();
    if plans.is_empty() || !budget.take() {
        return repairs;
    }
    let shared = file.has_aliases();
    let (safe, other): (Vec<&Plan>, Vec<&Plan>) =
        plans.iter().partition(|it| it.safety == FixSafety::Safe && !shared);
    let all: Vec<&Plan> = plans.iter().collect();
    for (group, made, safety) in [(&safe, &safe, FixSafety::Safe), (&other, &all, FixSafety::Unsafe)] {
        let fix = if group.is_empty() { None } else { make(file, step, script, hits, made, safety) };
        let Some(fix) = fix else { continue };
        for plan in group {
            if let Some(repair) = repairs.get_mut(plan.index) {
                *repair = Repair { fix: Some(fix.clone()), help: None };
            }
        }
    }
    repairs
}

/// Drops the names of branches that lie in a comment or in a here-document with a quoted end word. Nothing
/// expands there, and such a name has no line break to get out with.
pub(super) fn drop_enclosed(script: &Script, hits: &mut Vec<Hit<'_>>) {
    let is_name = |hit: &Hit<'_>| hit.verdict.class == CharacterClass::RefName;
    let posix = matches!(script.shell, Shell::Bash | Shell::Sh) && !script.shell_guessed;
    if !posix || !hits.iter().any(is_name) {
        return;
    }
    let mut landings = landings_of(script, hits).into_iter();
    hits.retain(|hit| {
        let Some(landing) = landings.next() else { return true };
        let encloses = matches!(landing.context, Context::Comment | Context::HeredocLiteral);
        !(is_name(hit) && encloses && !landing.reevaluated)
    });
}

/// Returns where each hit lands. The lexer is told of every expression, else it would read those that are no
/// hit as shell.
fn landings_of(script: &Script, hits: &[Hit<'_>]) -> Vec<Landing> {
    let ranges: Vec<_> = script.text.expressions.iter().map(|it| it.range.clone()).collect();
    let lands = landings(script.shell, &script.text.value, &ranges);
    let is_hit =
        |range: &Range<usize>| hits.binary_search_by_key(&range.start, |it| it.placed.range.start).is_ok();
    ranges.iter().zip(lands).filter(|(range, _)| is_hit(range)).map(|(_, land)| land).collect()
}

fn plan(index: usize, hit: &Hit<'_>, script: &Script, landing: Landing, names: &mut Names) -> Option<Plan> {
    let source = script.text.value.get(hit.placed.range.clone())?;
    let before = script.text.value.get(..hit.placed.range.start)?;
    let after = script.text.value.get(hit.placed.range.end..)?;
    // A mark right before would take the new dollar sign for its own.
    let escaped = before.ends_with(['\\', '$', '`']) && script.shell != Shell::PowerShell;
    // A repair of what is only a guess would be noise.
    let guess = hit.verdict.severity == Severity::Info;
    if guess || escaped || landing.command_name || landing.reevaluated || source.contains('\n') {
        return None;
    }
    let (text, safety): (fn(&str, &str) -> String, FixSafety) = match script.shell {
        Shell::Bash | Shell::Sh => posix(landing, hit)?,
        Shell::PowerShell => powershell(landing)?,
        Shell::Cmd | Shell::Python | Shell::Other => return None,
    };
    let (name, is_new) = names.bind(source, &hit.verdict.path);
    let certain = hit.verdict.is_plain_text && !script.shell_guessed;
    let safety = if certain { safety } else { FixSafety::Unsafe };
    Some(Plan { index, text: text(&name, after), name, is_new, safety })
}

/// How a variable is written in a context, given its name and what follows; and whether every benign run
/// behaves as before.
type Writing = (fn(&str, &str) -> String, FixSafety);

fn posix(landing: Landing, hit: &Hit<'_>) -> Option<Writing> {
    // A ref name has no blank and no wildcard, so that quotes change nothing, unless it is empty.
    let one_word = landing.substitutions == 0
        && (landing.assignment || (hit.verdict.class == CharacterClass::RefName && hit.verdict.always_there));
    Some(match landing.context {
        Context::DoubleQuoted => (bare, FixSafety::Safe),
        Context::Unquoted if one_word => (quoted, FixSafety::Safe),
        Context::Unquoted | Context::Conditional => (quoted, FixSafety::Unsafe),
        Context::HeredocExpanding => (bare, FixSafety::Unsafe),
        Context::SingleQuoted => (|name, _| format!("'\"${name}\"'"), FixSafety::Unsafe),
        Context::AnsiQuoted => (|name, _| format!("'\"${name}\"$'"), FixSafety::Unsafe),
        Context::CommandName
        | Context::HeredocLiteral
        | Context::Comment
        | Context::Arithmetic
        | Context::ParameterExpansion
        | Context::CasePattern
        | Context::Unknown => return None,
    })
}

fn bare(name: &str, after: &str) -> String {
    let joined = after.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '['));
    if joined { format!("${{{name}}}") } else { format!("${name}") }
}

fn quoted(name: &str, _: &str) -> String {
    format!("\"${name}\"")
}

fn powershell(landing: Landing) -> Option<Writing> {
    match landing.context {
        Context::Unquoted => Some((|name, _| format!("$env:{name}"), FixSafety::Unsafe)),
        Context::DoubleQuoted | Context::HeredocExpanding => {
            Some((|name, _| format!("${{env:{name}}}"), FixSafety::Unsafe))
        }
        _ => None,
    }
}

/// Makes one fix of several plans, if the repaired text reads as intended.
fn make(
    file: &File<'_>,
    step: &Step,
    script: &Script,
    hits: &[Hit<'_>],
    plans: &[&Plan],
    safety: FixSafety,
) -> Option<Fix> {
    let mapping = file.mapping_at(step.span)?;
    let run = mapping.get("run")?;
    let mut text = script.text.value.clone();
    // From the end, so that earlier ranges stay true.
    for plan in plans.iter().rev() {
        text.replace_range(hits.get(plan.index)?.placed.range.clone(), &plan.text);
    }
    let mut bindings: Vec<(String, NewValue)> = Vec::new();
    for plan in plans.iter().filter(|it| it.is_new) {
        let source = script.text.value.get(hits.get(plan.index)?.placed.range.clone())?;
        if bindings.iter().all(|(name, _)| *name != plan.name) {
            bindings.push((plan.name.clone(), NewValue::Text(source.to_owned())));
        }
    }
    let insertions = bind(mapping, bindings)?;
    let pieces = few_bytes(file, script, hits, plans, run, &text, &insertions)
        .or_else(|| whole_script(file, run, text, &insertions))?;
    let edits = pieces.into_iter().map(|(span, text)| Edit { path: file.path.clone(), span, text }).collect();
    Some(Fix { title: title(plans)?, safety, edits })
}

/// Replaces the interpolations alone, where the script's style takes their text as it is.
fn few_bytes(
    file: &File<'_>,
    script: &Script,
    hits: &[Hit<'_>],
    plans: &[&Plan],
    run: Node<'_>,
    text: &str,
    insertions: &[Insertion<'_>],
) -> Option<Vec<Piece>> {
    let mut pieces =
        if insertions.is_empty() { Vec::new() } else { apply(file, insertions).finish().ok()? };
    for plan in plans {
        let hit = hits.get(plan.index)?;
        // An alias or a folded line would have its source elsewhere, or in several places.
        let source = file.text.get(hit.placed.span.range())?;
        if Some(source) != script.text.value.get(hit.placed.range.clone()) {
            return None;
        }
        pieces.push((hit.placed.span, plan.text.clone()));
    }
    let replaced = Change::ReplaceScalar { scalar: run.id(), value: NewValue::Text(text.to_owned()) };
    let changes: Vec<Change> =
        insertions.iter().map(Insertion::change).chain(std::iter::once(replaced)).collect();
    verify(&file.tree, &pieces, &changes).ok().map(|_| pieces)
}

/// Writes the whole script anew, in another style if need be.
fn whole_script(
    file: &File<'_>,
    run: Node<'_>,
    text: String,
    insertions: &[Insertion<'_>],
) -> Option<Vec<Piece>> {
    apply(file, insertions).replace_scalar(run, NewValue::Text(text)).finish().ok()
}

/// A new entry of a mapping.
struct Insertion<'t> {
    mapping: Node<'t>,
    position: Position,
    key: String,
    value: NewValue,
}

impl Insertion<'_> {
    fn change(&self) -> Change {
        Change::InsertEntry {
            mapping: self.mapping.target().id(),
            position: self.position,
            key: self.key.clone(),
            value: self.value.clone(),
        }
    }
}

fn apply<'t>(file: &'t File<'_>, insertions: &[Insertion<'t>]) -> Patch<'t> {
    let patch = Patch::new(&file.tree);
    insertions
        .iter()
        .fold(patch, |patch, it| patch.insert_entry(it.mapping, it.position, &it.key, it.value.clone()))
}

/// Puts the new variables into the step's `env`, which it may have to get first.
fn bind(step: Node<'_>, bindings: Vec<(String, NewValue)>) -> Option<Vec<Insertion<'_>>> {
    if bindings.is_empty() {
        return Some(Vec::new());
    }
    if let Some(mapping) = step.get("env").filter(|it| !it.is_null()) {
        let insertion = |(key, value)| Insertion { mapping, position: Position::End, key, value };
        return Some(bindings.into_iter().map(insertion).collect());
    }
    // An `env` without a value would be there twice.
    if step.get("env").is_some() {
        return None;
    }
    let index = step.entries().position(|it| it.key.as_str() == Some("run"))?;
    let (key, value) = ("env".to_owned(), NewValue::Mapping(bindings));
    Some(vec![Insertion { mapping: step, position: Position::Before(index), key, value }])
}

fn title(plans: &[&Plan]) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for plan in plans {
        if !names.contains(&plan.name.as_str()) {
            names.push(&plan.name);
        }
    }
    let (first, rest) = names.split_first()?;
    let mut title = format!("hand it over in the environment variable `{first}`");
    for name in rest {
        // Writing into a string cannot fail.
        let _ = write!(title, " and `{name}`");
    }
    Some(title)
}

/// Says what to do where no repair can be made.
fn help(hit: &Hit<'_>, landing: Option<Landing>, shell: Shell) -> String {
    let name = wish(&hit.verdict.path);
    let read = match (hit.sink.script, shell) {
        (None, _) if hit.sink.what.contains("JavaScript") => format!("read `process.env.{name}`"),
        (None, _) => {
            return format!(
                "check `{}` before this step, and pass on only what is known to be harmless",
                hit.verdict.what
            );
        }
        (Some(_), Shell::Python) => format!("read `os.environ[\"{name}\"]`"),
        (Some(_), Shell::PowerShell) => format!("read `$env:{name}`"),
        (Some(_), Shell::Cmd) => "use another shell, since `cmd` pastes variables as well".to_owned(),
        (Some(_), _) => match landing.map(|it| (it.context, it.reevaluated)) {
            Some((Context::Comment, _)) => return "remove the expression from the comment".to_owned(),
            Some((_, true)) => {
                format!("pass `\"${name}\"` as an argument, not as part of the code that is run")
            }
            Some((Context::CommandName, _)) => {
                return "choose the command from a fixed list with `case` instead of running the text"
                    .to_owned();
            }
            Some((Context::HeredocLiteral, _)) => {
                format!("read `${name}` in a here-document whose delimiter has no quotes")
            }
            Some((Context::Arithmetic, _)) => {
                format!("check that `${name}` is a number before computing with it")
            }
            _ => format!("read `\"${name}\"`"),
        },
    };
    format!("set `{name}` in the step's `env`, and {read}")
}
