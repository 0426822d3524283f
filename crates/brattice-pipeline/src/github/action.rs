//! Actions: `action.yml`.

use brattice_finding::Span;
use brattice_tree::{Node, NodeKind, Tree};

use super::read::{Reader, inputs, name_of};
use super::{Action, Runs, SyntaxProblem, Variable};
use crate::text::Text;

impl Action {
    /// Reads an action from its tree. Never fails: what is missing is empty, what is odd is a problem.
    pub fn read(tree: &Tree<'_>) -> (Self, Vec<SyntaxProblem>) {
        let mut reader = Reader::default();
        let span = tree.root().map_or(Span::at(0), Node::span);
        let mut action =
            Self { span, name: None, inputs: Vec::new(), outputs: Vec::new(), runs: Runs::Unknown };
        let Some(root) = tree.root().filter(|it| it.kind() == NodeKind::Mapping) else {
            reader.problem("not-an-action", "an action should be a mapping", span, true);
            return (action, reader.problems);
        };
        action.name = reader.text(root, "name");
        action.inputs = inputs(root);
        for entry in root.get("outputs").map(Node::merged_entries).unwrap_or_default() {
            let Some(name) = name_of(&entry) else { continue };
            action.outputs.push(Variable { name, value: entry.value.get("value").and_then(Text::of) });
        }
        action.runs = reader.runs(root);
        (action, reader.problems)
    }
}

impl Reader {
    fn runs(&mut self, root: Node<'_>) -> Runs {
        let Some(runs) = root.get("runs") else {
            self.problem("missing-runs", "the action has no `runs`", root.span(), true);
            return Runs::Unknown;
        };
        match self.text(runs, "using") {
            Some(using) if using.value == "composite" => Runs::Composite(self.steps(runs)),
            Some(using) if using.value == "docker" => Runs::Docker(self.text(runs, "image")),
            Some(using) if using.value.starts_with("node") => Runs::Node(using),
            // Steps are steps, whatever the word.
            _ if runs.get("steps").is_some() => Runs::Composite(self.steps(runs)),
            _ => {
                self.unexpected("runs.using", "`composite`, `docker` or a version of `node`", runs);
                Runs::Unknown
            }
        }
    }
}
