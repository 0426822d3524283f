//! One definition, read.

use brattice_finding::{LineIndex, Location, Problem, RelativePath, Span};
use brattice_pipeline::github::{Action, SyntaxProblem, Workflow};
use brattice_pipeline::ir::{Job, Pipeline, Step};
use brattice_tree::{Node, NodeKind, Tree};

/// Every repair reads the whole file again to prove itself, so that a hostile file could ask for the square of
/// its size. Larger files, and more repairs of one rule in one file, get advice only.
const REPAIR_BYTES_MAX: usize = 256 * 1024;

/// See [`REPAIR_BYTES_MAX`]; more than a person applies in one sitting.
const REPAIRS_MAX: u32 = 100;

/// How many repairs one rule may still make in one file.
#[derive(Debug)]
pub(crate) struct RepairBudget(u32);

impl RepairBudget {
    pub(crate) fn of(file: &File<'_>) -> Self {
        Self(if file.text.len() <= REPAIR_BYTES_MAX { REPAIRS_MAX } else { 0 })
    }

    /// Takes one repair, if there is one left.
    pub(crate) fn take(&mut self) -> bool {
        let left = self.0.checked_sub(1);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// The kinds of file that the rules read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A workflow.
    Workflow,
    /// An action's definition.
    Action,
}

impl FileKind {
    /// Returns the name that a report gives to this kind of input.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Workflow => "github-workflow",
            Self::Action => "github-action",
        }
    }

    /// Tells the kind from where the platform looks for such files.
    pub fn of_path(path: &RelativePath) -> Option<Self> {
        let path = path.as_bytes();
        let name = path.rsplit(|it| *it == b'/').next().unwrap_or(path);
        let folder = path.strip_suffix(name).unwrap_or(b"");
        let is_yaml = name.ends_with(b".yml") || name.ends_with(b".yaml");
        if is_yaml && (folder == b".github/workflows/" || folder.ends_with(b"/.github/workflows/")) {
            return Some(Self::Workflow);
        }
        matches!(name, b"action.yml" | b"action.yaml").then_some(Self::Action)
    }

    /// Guesses the kind from what a tree holds, for a file that was named or piped in.
    pub fn of_tree(tree: &Tree<'_>) -> Option<Self> {
        let root = tree.root().filter(|it| it.kind() == NodeKind::Mapping)?;
        if root.get("jobs").is_some() && (root.get("on").is_some() || root.get("true").is_some()) {
            return Some(Self::Workflow);
        }
        root.get("runs").and_then(|it| it.get("using")).is_some().then_some(Self::Action)
    }
}

/// A workflow or action with its text, its tree and its IR.
#[derive(Debug)]
pub struct File<'t> {
    /// The path.
    pub path: RelativePath,
    /// What it was read as.
    pub kind: FileKind,
    /// The text.
    pub text: &'t str,
    /// The text's lines.
    pub lines: LineIndex,
    /// The tree, for repairs.
    pub tree: Tree<'t>,
    /// What rules read.
    pub pipeline: Pipeline,
    syntax: Vec<SyntaxProblem>,
}

impl<'t> File<'t> {
    /// Reads a definition. Never fails; [`File::problems`] says what could not be understood.
    pub fn read(path: RelativePath, kind: FileKind, text: &'t str) -> Self {
        let tree = Tree::yaml(text);
        let (pipeline, syntax) = match kind {
            FileKind::Workflow => {
                let (workflow, problems) = Workflow::read(&tree);
                (Pipeline::from_workflow(workflow), problems)
            }
            FileKind::Action => {
                let (action, problems) = Action::read(&tree);
                (Pipeline::from_action(action), problems)
            }
        };
        Self { path, kind, text, lines: LineIndex::new(text), tree, pipeline, syntax }
    }

    /// Returns what could not be understood, the tree's problems first.
    pub fn problems(&self) -> Vec<Problem> {
        let tree = self.tree.problems().iter();
        let tree = tree.map(|it| self.problem(it.code, it.message.to_owned(), it.span, it.incomplete));
        let syntax = self.syntax.iter();
        let syntax = syntax.map(|it| self.problem(it.code, it.message.clone(), it.span, it.incomplete));
        tree.chain(syntax).chain(self.further_document()).collect()
    }

    /// The platform takes one document a file. What stands behind it was not examined, and must not look as if
    /// it had been.
    fn further_document(&self) -> Option<Problem> {
        let further = self.tree.documents().skip(1).find(|it| !it.is_null())?;
        let message = "the file has several documents, of which only the first was examined".to_owned();
        Some(self.problem("several-documents", message, further.span(), true))
    }

    fn problem(&self, code: &'static str, message: String, span: Span, incomplete: bool) -> Problem {
        Problem { code, message, location: Some(self.location(span, None)), incomplete }
    }

    /// Returns a place in this file.
    pub fn location(&self, span: Span, symbol: Option<String>) -> Location {
        Location::span(&self.path, self.text, &self.lines, span, symbol)
    }

    /// Returns the name of a job or step for people: `jobs.train.steps[2]`.
    pub fn symbol(&self, job: &Job, step: Option<&Step>) -> String {
        let job = if job.id.value.is_empty() { "runs".to_owned() } else { format!("jobs.{}", job.id.value) };
        match step {
            Some(step) => format!("{job}.steps[{}]", step.index),
            None => job,
        }
    }

    /// Returns what identifies a job or step across edits, for a fingerprint.
    pub fn identity(job: &Job, step: Option<&Step>) -> String {
        format!("{}/{}", job.id.value, step.map_or("", Step::identity))
    }

    /// Returns the mapping node that has exactly this span.
    pub(crate) fn mapping_at(&self, span: Span) -> Option<Node<'_>> {
        self.tree
            .nodes()
            .find(|it| it.kind() == NodeKind::Mapping && it.span() == span && it.alias_name().is_none())
    }

    /// Returns whether the file shares values by anchors and aliases; an edit may then reach further.
    pub(crate) fn has_aliases(&self) -> bool {
        self.tree.nodes().any(|it| it.alias_name().is_some())
    }
}
