//! Jobs.

use brattice_tree::{Entry, Node, NodeKind};

use super::read::{Reader, name_of};
use super::{Image, Job, Matrix, PassedSecrets, Runner};
use crate::text::{Spanned, Text};

impl Reader {
    pub(super) fn job(&mut self, entry: &Entry<'_>) -> Option<Job> {
        let id = name_of(entry)?;
        let node = entry.value;
        if node.kind() != NodeKind::Mapping {
            self.unexpected(&id.value, "a mapping", node);
            return None;
        }
        let needs = node.get("needs").map(|it| self.texts(it, "needs")).unwrap_or_default();
        Some(Job {
            id,
            span: node.span(),
            name: self.text(node, "name"),
            needs: needs.into_iter().map(|it| Spanned { value: it.value, span: it.span }).collect(),
            condition: self.condition(node),
            runner: self.runner(node),
            environment: self.environment(node),
            images: self.images(node),
            matrix: matrix(node),
            permissions: self.permissions(node),
            variables: self.variables(node, "env"),
            outputs: self.variables(node, "outputs"),
            default_shell: self.default_shell(node),
            uses: self.text(node, "uses"),
            arguments: self.variables(node, "with"),
            secrets: self.secrets(node),
            steps: self.steps(node),
        })
    }

    /// Reads `runs-on`: a label, a list of labels, or a mapping with `group` and `labels`.
    fn runner(&mut self, job: Node<'_>) -> Runner {
        let Some(node) = job.get("runs-on") else { return Runner::Unknown };
        if node.kind() == NodeKind::Mapping {
            let labels = node.get("labels").map(|it| self.texts(it, "labels"));
            let group = node.get("group").and_then(Text::of);
            return Runner::Labels(labels.into_iter().flatten().chain(group).collect());
        }
        Runner::Labels(self.texts(node, "runs-on"))
    }

    /// Reads `environment`: a name, or a mapping with `name`.
    fn environment(&mut self, job: Node<'_>) -> Option<Text> {
        let node = job.get("environment")?;
        if node.kind() == NodeKind::Mapping { self.text(node, "name") } else { Text::of(node) }
    }

    fn images(&mut self, job: Node<'_>) -> Vec<Image> {
        let mut images = Vec::new();
        let containers = job.get("container").map(|it| ("container".to_owned(), it));
        let services = job.get("services").map(Node::merged_entries).unwrap_or_default();
        let services = services.into_iter().filter_map(|it| Some((it.key.as_str()?.to_owned(), it.value)));
        for (role, node) in containers.into_iter().chain(services) {
            let image =
                if node.kind() == NodeKind::Mapping { self.text(node, "image") } else { Text::of(node) };
            // The platform takes an empty name for no container.
            images.extend(image.filter(|it| !it.value.is_empty()).map(|name| Image { name, role }));
        }
        images
    }

    fn secrets(&mut self, job: Node<'_>) -> PassedSecrets {
        match job.get("secrets") {
            None => PassedSecrets::None,
            Some(node) if node.as_str() == Some("inherit") => PassedSecrets::Inherit(node.span()),
            Some(_) => PassedSecrets::Named(self.variables(job, "secrets")),
        }
    }
}

fn matrix(job: Node<'_>) -> Matrix {
    let Some(node) = job.get("strategy").and_then(|it| it.get("matrix")) else { return Matrix::Absent };
    // Aliases may name one value many times; what is left when this much was seen is called computed.
    let mut budget = super::STEPS_MAX;
    if node.kind() != NodeKind::Mapping {
        return if is_computed(node, &mut budget) { Matrix::Computed } else { Matrix::Literal };
    }
    let mut computed = Vec::new();
    let mut entries = node.merged_entries();
    // What is excluded adds no value.
    entries.retain(|it| it.key.as_str() != Some("exclude"));
    while let Some(entry) = entries.pop() {
        let Some(key) = entry.key.as_str() else { return Matrix::Computed };
        if key != "include" {
            if is_computed(entry.value, &mut budget) {
                computed.push(key.to_ascii_lowercase());
            }
            continue;
        }
        let combinations = entry.value.items();
        if combinations.len() == 0 && is_computed(entry.value, &mut budget) {
            return Matrix::Computed;
        }
        for combination in combinations {
            let values = combination.merged_entries();
            if values.is_empty() && is_computed(combination, &mut budget) {
                return Matrix::Computed;
            }
            for value in values.iter().filter(|it| is_computed(it.value, &mut budget)) {
                let Some(key) = value.key.as_str() else { return Matrix::Computed };
                computed.push(key.to_ascii_lowercase());
            }
        }
    }
    if computed.is_empty() { Matrix::Literal } else { Matrix::Partly(computed) }
}

fn is_computed(node: Node<'_>, budget: &mut usize) -> bool {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        let Some(left) = budget.checked_sub(1) else { return true };
        *budget = left;
        if node.as_str().is_some_and(|it| it.contains("${{")) {
            return true;
        }
        open.extend(node.items());
        open.extend(node.merged_entries().into_iter().map(|it| it.value));
    }
    false
}
