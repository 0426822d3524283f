//! The top of a workflow file, and its triggers.

use brattice_tree::{Node, NodeKind, Tree};

use super::read::{JOBS_MAX, Reader, entry_of, inputs};
use super::{SyntaxProblem, Trigger, Workflow};
use crate::text::Text;

impl Workflow {
    /// Reads a workflow from its tree. Never fails: what is missing is empty, what is odd is a problem.
    pub fn read(tree: &Tree<'_>) -> (Self, Vec<SyntaxProblem>) {
        let mut reader = Reader::default();
        let root = tree.root();
        let mut workflow = Self {
            span: root.map_or(brattice_finding::Span::at(0), Node::span),
            name: None,
            on: None,
            triggers: Vec::new(),
            permissions: None,
            variables: Vec::new(),
            default_shell: None,
            jobs_key: None,
            jobs: Vec::new(),
        };
        if root.is_none_or(Node::is_null) {
            // The platform runs nothing of such a file either.
            reader.problem("empty-file", "the file is empty", workflow.span, false);
            return (workflow, reader.problems);
        }
        let Some(root) = root.filter(|it| it.kind() == NodeKind::Mapping) else {
            reader.problem("not-a-workflow", "a workflow should be a mapping", workflow.span, true);
            return (workflow, reader.problems);
        };
        workflow.name = reader.text(root, "name");
        // A YAML 1.1 writer may have turned the key `on` into `true`.
        if let Some(entry) = entry_of(root, "on").or_else(|| root.entry("true")) {
            workflow.on = Some(entry.span);
            workflow.triggers = reader.triggers(entry.value);
        } else {
            reader.problem("missing-trigger", "the workflow has no `on`", root.span(), false);
        }
        workflow.permissions = reader.permissions(root);
        workflow.variables = reader.variables(root, "env");
        workflow.default_shell = reader.default_shell(root);
        if let Some(entry) = root.entry("jobs") {
            workflow.jobs_key = Some(entry.key.span());
            let entries = entry.value.merged_entries();
            if entries.len() > JOBS_MAX {
                reader.problem("too-many-jobs", "only the first jobs were read", entry.key.span(), true);
            }
            workflow.jobs = entries.iter().take(JOBS_MAX).filter_map(|it| reader.job(it)).collect();
        } else {
            reader.problem("missing-jobs", "the workflow has no `jobs`", root.span(), true);
        }
        (workflow, reader.problems)
    }
}

impl Reader {
    /// Reads `on` in its three forms: a name, a list of names, a mapping.
    fn triggers(&mut self, node: Node<'_>) -> Vec<Trigger> {
        let plain = |text: Text| Trigger {
            event: text.value,
            span: text.span,
            types: Vec::new(),
            inputs: Vec::new(),
        };
        if node.kind() != NodeKind::Mapping {
            return self.texts(node, "on").into_iter().map(plain).collect();
        }
        let mut triggers = Vec::new();
        for entry in node.merged_entries() {
            let Some(event) = entry.key.as_str() else { continue };
            let types = entry.value.get("types").map(|it| self.texts(it, "types")).unwrap_or_default();
            triggers.push(Trigger {
                event: event.to_owned(),
                span: entry.key.span(),
                types: types.into_iter().map(|it| it.value).collect(),
                inputs: inputs(entry.value),
            });
        }
        triggers
    }
}
