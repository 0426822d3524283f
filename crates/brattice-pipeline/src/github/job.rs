//! Jobs.

use brattice_tree::{Entry, Node, NodeKind};

use super::read::{Reader, name_of};
use super::{Image, Job, PassedSecrets, Runner, matrix};
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
            matrix: matrix::of(node),
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
            images.extend(image.filter(|it| !it.value.is_empty()).map(|name| {
                let choices = matrix::choices(job, &name);
                Image { name, role, choices }
            }));
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
