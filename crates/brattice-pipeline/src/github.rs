//! GitHub Actions: workflows and actions as trees with spans.
//!
//! What it is for: every field that matters to an analysis, read tolerantly: each in all the forms that the
//! platform accepts, what is odd as `Unknown` with a [`SyntaxProblem`], what is absent as absent.
//!
//! What it is not: a validator. A key that is not known is passed over without a word.

mod action;
mod job;
mod matrix;
mod read;
mod step;
mod workflow;

use brattice_finding::{ProblemCode, Span};

use crate::text::{Spanned, Text};

pub use read::{JOBS_MAX, STEPS_MAX};

/// Something odd in a definition. Whatever is around it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxProblem {
    /// A stable code in kebab-case.
    pub code: ProblemCode,
    /// One sentence fragment for people.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Whether something that may run was not understood.
    pub incomplete: bool,
}

/// A workflow file.
#[derive(Debug, Clone, PartialEq)]
pub struct Workflow {
    /// Its bytes.
    pub span: Span,
    /// `name:`
    pub name: Option<Text>,
    /// The bytes of `on`, if it is there.
    pub on: Option<Span>,
    /// The events that start it.
    pub triggers: Vec<Trigger>,
    /// `permissions:`
    pub permissions: Option<Permissions>,
    /// `env:`
    pub variables: Vec<Variable>,
    /// `defaults.run.shell`
    pub default_shell: Option<Text>,
    /// The bytes of the key `jobs`, if it is there.
    pub jobs_key: Option<Span>,
    /// The jobs, in order.
    pub jobs: Vec<Job>,
}

/// An event that starts a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// The event's name.
    pub event: String,
    /// Where it is named.
    pub span: Span,
    /// `types:`; empty for the event's default.
    pub types: Vec<String>,
    /// `inputs:` of `workflow_dispatch` and `workflow_call`.
    pub inputs: Vec<Input>,
}

/// What may be given for an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InputKind {
    /// Any text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// One of a list, or the name of an environment.
    Choice,
}

/// An input of a workflow or action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub name: Spanned<String>,
    /// What may be given.
    pub kind: InputKind,
}

/// What the job token may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    /// The bytes of the value.
    pub span: Span,
    /// The bytes of key and value.
    pub entry: Span,
    /// What is granted.
    pub grant: Grant,
}

/// The forms of `permissions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// `read-all`
    ReadAll,
    /// `write-all`
    WriteAll,
    /// Scope by scope; what is not named is `none`. Empty for `{}`.
    Scopes(Vec<Scope>),
    /// Not understood.
    Unknown,
}

/// One scope of the job token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// `contents`, `id-token`, …
    pub name: String,
    /// What is granted.
    pub level: Level,
    /// The bytes of the entry.
    pub span: Span,
}

/// A level of access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// `none`
    None,
    /// `read`
    Read,
    /// Not understood.
    Unknown,
    /// `write`
    Write,
}

/// A named text: an entry of `env`, `with`, `outputs`, `secrets`.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: Spanned<String>,
    /// Its value; `None` where it is empty or no scalar.
    pub value: Option<Text>,
}

/// Where a job runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Runner {
    /// By labels, in all the forms of `runs-on`.
    Labels(Vec<Text>),
    /// No `runs-on`, or not understood.
    Unknown,
}

/// A container image.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// The image's name.
    pub name: Text,
    /// `container`, or the name of the service.
    pub role: String,
    /// The names written in the file that a computed name can be.
    pub choices: Vec<Spanned<String>>,
}

/// Whether the combinations of a job are known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Matrix {
    /// There is none.
    Absent,
    /// Every value is written in the file.
    Literal,
    /// The values of these keys, in lower case, are computed when the pipeline runs; the others are written
    /// in the file.
    Partly(Vec<String>),
    /// The keys themselves are computed when the pipeline runs.
    Computed,
}

impl Matrix {
    /// Returns whether every value of a key is written in the file.
    pub fn is_literal(&self, key: &str) -> bool {
        match self {
            Self::Literal => true,
            Self::Partly(computed) => !computed.contains(&key.to_ascii_lowercase()),
            Self::Absent | Self::Computed => false,
        }
    }
}

/// The secrets that a call of a reusable workflow passes.
#[derive(Debug, Clone, PartialEq)]
pub enum PassedSecrets {
    /// None.
    None,
    /// `secrets: inherit`
    Inherit(Span),
    /// By name.
    Named(Vec<Variable>),
}

/// A job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its key.
    pub id: Spanned<String>,
    /// The bytes of its value.
    pub span: Span,
    /// `name:`
    pub name: Option<Text>,
    /// `needs:`
    pub needs: Vec<Spanned<String>>,
    /// `if:`
    pub condition: Option<Text>,
    /// `runs-on:`
    pub runner: Runner,
    /// `environment:`, its name.
    pub environment: Option<Text>,
    /// `container:` and `services:`
    pub images: Vec<Image>,
    /// `strategy.matrix:`
    pub matrix: Matrix,
    /// `permissions:`
    pub permissions: Option<Permissions>,
    /// `env:`
    pub variables: Vec<Variable>,
    /// `outputs:`
    pub outputs: Vec<Variable>,
    /// `defaults.run.shell`
    pub default_shell: Option<Text>,
    /// `uses:` of a reusable workflow.
    pub uses: Option<Text>,
    /// `with:`
    pub arguments: Vec<Variable>,
    /// `secrets:`
    pub secrets: PassedSecrets,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its place in the list, from 0.
    pub index: usize,
    /// Its bytes.
    pub span: Span,
    /// `id:`
    pub id: Option<Text>,
    /// `name:`
    pub name: Option<Text>,
    /// `if:`
    pub condition: Option<Text>,
    /// `uses:`
    pub uses: Option<Text>,
    /// `with:`
    pub arguments: Vec<Variable>,
    /// `run:`
    pub run: Option<Text>,
    /// `shell:`
    pub shell: Option<Text>,
    /// `env:`
    pub variables: Vec<Variable>,
    /// `working-directory:`
    pub working_directory: Option<Text>,
    /// `continue-on-error:`
    pub continue_on_error: Option<Text>,
}

/// An action's definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Its bytes.
    pub span: Span,
    /// `name:`
    pub name: Option<Text>,
    /// `inputs:`
    pub inputs: Vec<Input>,
    /// `outputs:`, their values.
    pub outputs: Vec<Variable>,
    /// `runs:`
    pub runs: Runs,
}

/// What an action does.
#[derive(Debug, Clone, PartialEq)]
pub enum Runs {
    /// A list of steps.
    Composite(Vec<Step>),
    /// A container image, or a `Dockerfile`.
    Docker(Option<Text>),
    /// A program in JavaScript; the runtime's name.
    Node(Text),
    /// Not understood.
    Unknown,
}
