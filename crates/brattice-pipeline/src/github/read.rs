//! What every reader shares: the list of problems, and fields in their usual forms.

use brattice_finding::{ProblemCode, Span};
use brattice_tree::{Entry, Node, NodeKind};

use super::{Grant, Input, InputKind, Level, Permissions, Scope, SyntaxProblem, Variable};
use crate::text::{Spanned, Text};

/// The platform allows 256 combinations and far fewer jobs; aliases could name one job without end.
pub const JOBS_MAX: usize = 1_000;

/// Steps of a whole file. Aliases could repeat one list in every job.
pub const STEPS_MAX: usize = 20_000;

/// Collects problems while a file is read, and keeps its limits.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) problems: Vec<SyntaxProblem>,
    pub(super) steps: usize,
}

impl Reader {
    pub(super) fn problem(
        &mut self,
        code: ProblemCode,
        message: impl Into<String>,
        span: Span,
        incomplete: bool,
    ) {
        self.problems.push(SyntaxProblem { code, message: message.into(), span, incomplete });
    }

    /// Reports a value of the wrong kind.
    pub(super) fn unexpected(&mut self, field: &str, expected: &str, node: Node<'_>) {
        self.problem("unexpected-value", format!("`{field}` should be {expected}"), node.span(), true);
    }

    /// Reads a scalar; reports a collection.
    pub(super) fn text(&mut self, map: Node<'_>, field: &str) -> Option<Text> {
        let node = map.get(field)?;
        let text = Text::of(node);
        if text.is_none() && !node.is_null() {
            self.unexpected(field, "a text", node);
        }
        text.inspect(|it| self.check(it))
    }

    /// Reads `if:`.
    pub(super) fn condition(&mut self, map: Node<'_>) -> Option<Text> {
        let text = Text::of_condition(map.get("if")?)?;
        self.check(&text);
        Some(text)
    }

    /// Reports expressions that are none.
    pub(super) fn check(&mut self, text: &Text) {
        for placed in &text.expressions {
            if let Err(error) = &placed.expr {
                let message = format!("an expression cannot be read: {error}");
                self.problem("expression-syntax", message, placed.span, false);
            }
        }
    }

    /// Reads a mapping of names to texts. An expression in the place of the whole mapping gives nothing.
    pub(super) fn variables(&mut self, map: Node<'_>, field: &str) -> Vec<Variable> {
        let Some(node) = map.get(field) else { return Vec::new() };
        if node.kind() != NodeKind::Mapping {
            let computed = node.as_str().is_some_and(|it| it.contains("${{"));
            if !node.is_null() && !computed {
                self.unexpected(field, "a mapping", node);
            }
            return Vec::new();
        }
        let mut variables = Vec::new();
        for entry in node.merged_entries() {
            let Some(name) = name_of(&entry) else { continue };
            let value = Text::of(entry.value).inspect(|it| self.check(it));
            variables.push(Variable { name, value });
        }
        variables
    }

    /// Reads one text or a list of texts.
    pub(super) fn texts(&mut self, node: Node<'_>, field: &str) -> Vec<Text> {
        match node.kind() {
            NodeKind::Scalar => Text::of(node).into_iter().collect(),
            NodeKind::Sequence => node.items().filter_map(Text::of).collect(),
            NodeKind::Null => Vec::new(),
            NodeKind::Mapping | NodeKind::UnresolvedAlias => {
                self.unexpected(field, "a text or a list of texts", node);
                Vec::new()
            }
        }
    }

    pub(super) fn permissions(&mut self, map: Node<'_>) -> Option<Permissions> {
        let entry = entry_of(map, "permissions")?;
        let node = entry.value;
        let grant = match (node.kind(), node.as_str()) {
            (_, Some("read-all")) => Grant::ReadAll,
            (_, Some("write-all")) => Grant::WriteAll,
            // An empty value is read like an absent one by the platform.
            (NodeKind::Null, _) => return None,
            (NodeKind::Mapping, _) => Grant::Scopes(node.merged_entries().iter().filter_map(scope).collect()),
            _ => {
                self.unexpected("permissions", "`read-all`, `write-all` or a mapping", node);
                Grant::Unknown
            }
        };
        Some(Permissions { span: node.span(), entry: entry.span, grant })
    }

    pub(super) fn default_shell(&mut self, map: Node<'_>) -> Option<Text> {
        let run = map.get("defaults")?.get("run")?;
        self.text(run, "shell")
    }
}

/// Reads the declarations of inputs.
pub(super) fn inputs(map: Node<'_>) -> Vec<Input> {
    let Some(node) = map.get("inputs") else { return Vec::new() };
    let mut inputs = Vec::new();
    for entry in node.merged_entries() {
        let Some(name) = name_of(&entry) else { continue };
        let kind = match entry.value.get("type").and_then(Node::as_str) {
            Some("boolean") => InputKind::Boolean,
            Some("number") => InputKind::Number,
            Some("choice" | "environment") => InputKind::Choice,
            _ => InputKind::Text,
        };
        inputs.push(Input { name, kind });
    }
    inputs
}

/// Returns the entry of a key, merge keys carried out.
pub(super) fn entry_of<'t>(map: Node<'t>, key: &str) -> Option<Entry<'t>> {
    map.entry(key).or_else(|| map.merged_entries().into_iter().find(|it| it.key.as_str() == Some(key)))
}

pub(super) fn name_of(entry: &Entry<'_>) -> Option<Spanned<String>> {
    Some(Spanned { value: entry.key.as_str()?.to_owned(), span: entry.key.span() })
}

fn scope(entry: &Entry<'_>) -> Option<Scope> {
    let level = match entry.value.as_str() {
        Some("none") => Level::None,
        Some("read") => Level::Read,
        Some("write") => Level::Write,
        _ => Level::Unknown,
    };
    Some(Scope { name: entry.key.as_str()?.to_owned(), level, span: entry.span })
}
