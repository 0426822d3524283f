//! Steps.

use brattice_tree::{Node, NodeKind};

use super::Step;
use super::read::{Reader, STEPS_MAX};

impl Reader {
    /// Reads `steps` of a job or of `runs`. Steps that run side by side in a nested list are read in order.
    pub(super) fn steps(&mut self, parent: Node<'_>) -> Vec<Step> {
        let Some(list) = parent.get("steps") else { return Vec::new() };
        if list.kind() != NodeKind::Sequence {
            if !list.is_null() {
                self.unexpected("steps", "a list", list);
            }
            return Vec::new();
        }
        let mut steps = Vec::new();
        for node in list.items() {
            if let Some(group) = node.get("parallel") {
                group.items().for_each(|it| self.step(it, &mut steps));
            } else {
                self.step(node, &mut steps);
            }
        }
        steps
    }

    fn step(&mut self, node: Node<'_>, steps: &mut Vec<Step>) {
        self.steps += 1;
        if self.steps > STEPS_MAX {
            if self.steps == STEPS_MAX + 1 {
                self.problem("too-many-steps", "only the first steps were read", node.span(), true);
            }
            return;
        }
        if node.kind() != NodeKind::Mapping {
            if !node.is_null() {
                self.unexpected("steps", "a list of mappings", node);
            }
            return;
        }
        steps.push(Step {
            index: steps.len(),
            span: node.target().span(),
            id: self.text(node, "id"),
            name: self.text(node, "name"),
            condition: self.condition(node),
            uses: self.text(node, "uses"),
            arguments: self.variables(node, "with"),
            run: self.text(node, "run"),
            shell: self.text(node, "shell"),
            variables: self.variables(node, "env"),
            working_directory: self.text(node, "working-directory"),
            continue_on_error: self.text(node, "continue-on-error"),
        });
    }
}
