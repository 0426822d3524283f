//! The analysis IR: what rules read, the same for every platform.
//!
//! What it is for: one [`Pipeline`] of triggers, jobs and steps, in which a step is a script or a call, a
//! call is parsed, and a shell is resolved.
//!
//! What it is not: it keeps no syntax that no rule needs, and it judges nothing.

use brattice_finding::Span;
use brattice_shell::Shell;

use crate::github::{
    self, Grant, Image, Input, Level, Matrix, PassedSecrets, Permissions, Runner, Runs, Scope, Trigger,
    Variable,
};
use crate::text::{Spanned, Text};

mod call;

pub use call::{ImageReference, Target};

/// What kind of definition a pipeline was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PipelineKind {
    /// A workflow.
    Workflow,
    /// An action made of steps, read as a pipeline of one nameless job.
    CompositeAction,
    /// An action that is a program or a container.
    ProgramAction,
}

/// A pipeline definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    /// What it was read from.
    pub kind: PipelineKind,
    /// Its bytes.
    pub span: Span,
    /// What starts it; empty for an action, which its callers start.
    pub triggers: Vec<Trigger>,
    /// Inputs of an action; those of a workflow stand with their triggers.
    pub inputs: Vec<Input>,
    /// What the job token may do, unless a job says otherwise.
    pub permissions: Option<Permissions>,
    /// Environment variables of all jobs.
    pub variables: Vec<Variable>,
    /// The bytes of the key `jobs`, if it is there.
    pub jobs_key: Option<Span>,
    /// The jobs, in order.
    pub jobs: Vec<Job>,
    /// The container image of a `docker` action.
    pub image: Option<Text>,
}

/// A job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its name in the file; empty for a composite action.
    pub id: Spanned<String>,
    /// Its bytes.
    pub span: Span,
    /// The condition it runs under.
    pub condition: Option<Text>,
    /// The jobs it waits for.
    pub needs: Vec<Spanned<String>>,
    /// Where it runs.
    pub runner: Runner,
    /// The protected environment it enters.
    pub environment: Option<Text>,
    /// Its container and services.
    pub images: Vec<Image>,
    /// Whether its combinations are known.
    pub matrix: Matrix,
    /// Its own permissions, which replace the pipeline's.
    pub permissions: Option<Permissions>,
    /// Its environment variables.
    pub variables: Vec<Variable>,
    /// Its outputs.
    pub outputs: Vec<Variable>,
    /// The reusable workflow that it calls in the place of steps.
    pub call: Option<Call>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
}

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its place in the job, from 0.
    pub index: usize,
    /// Its bytes.
    pub span: Span,
    /// Its id.
    pub id: Option<Text>,
    /// Its name.
    pub name: Option<Text>,
    /// The condition it runs under.
    pub condition: Option<Text>,
    /// Its environment variables.
    pub variables: Vec<Variable>,
    /// What it does.
    pub work: Work,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// It runs a script.
    Script(Script),
    /// It calls an action.
    Call(Call),
    /// Neither was found.
    Unknown,
}

/// A script and what reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// The script.
    pub text: Text,
    /// The shell; where none is set, the default of the runner.
    pub shell: Shell,
    /// Whether the shell is only a guess: set by an expression, or the runner is not known.
    pub shell_guessed: bool,
}

/// A call of an action or a reusable workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// What is called, as written.
    pub uses: Text,
    /// What is called, parsed.
    pub target: Target,
    /// The inputs that are given.
    pub arguments: Vec<Variable>,
    /// The secrets that are passed to a reusable workflow.
    pub secrets: PassedSecrets,
}

/// The permissions that hold for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effective<'p> {
    /// Declared by the job or the pipeline.
    Declared(&'p Permissions),
    /// Nothing is declared: the repository's setting holds, which the file does not tell.
    Default,
}

impl Permissions {
    /// Returns whether anything may be written.
    pub fn may_write(&self) -> bool {
        match &self.grant {
            Grant::ReadAll => false,
            Grant::WriteAll | Grant::Unknown => true,
            Grant::Scopes(scopes) => scopes.iter().any(|it| it.level >= Level::Unknown),
        }
    }

    /// Returns the scopes that grant writing.
    pub fn write_scopes(&self) -> impl Iterator<Item = &Scope> {
        let scopes: &[Scope] = match &self.grant {
            Grant::Scopes(scopes) => scopes,
            _ => &[],
        };
        scopes.iter().filter(|it| it.level == Level::Write)
    }
}

impl Pipeline {
    /// Lowers a workflow.
    pub fn from_workflow(workflow: github::Workflow) -> Self {
        let default_shell = workflow.default_shell;
        let lower = |it| lower_job(it, default_shell.as_ref());
        Self {
            kind: PipelineKind::Workflow,
            span: workflow.span,
            triggers: workflow.triggers,
            inputs: Vec::new(),
            permissions: workflow.permissions,
            variables: workflow.variables,
            jobs_key: workflow.jobs_key,
            jobs: workflow.jobs.into_iter().map(lower).collect(),
            image: None,
        }
    }

    /// Lowers an action: a composite one as a pipeline of one nameless job.
    pub fn from_action(action: github::Action) -> Self {
        let mut pipeline = Self {
            kind: PipelineKind::ProgramAction,
            span: action.span,
            triggers: Vec::new(),
            inputs: action.inputs,
            permissions: None,
            variables: Vec::new(),
            jobs_key: None,
            jobs: Vec::new(),
            image: None,
        };
        match action.runs {
            Runs::Composite(steps) => {
                pipeline.kind = PipelineKind::CompositeAction;
                // Every script of an action must name its shell.
                let default = (Shell::Other, true);
                let steps = steps.into_iter().map(|it| lower_step(it, default)).collect();
                pipeline.jobs.push(nameless_job(action.span, action.outputs, steps));
            }
            Runs::Docker(image) => pipeline.image = image,
            Runs::Node(_) | Runs::Unknown => {}
        }
        pipeline
    }

    /// Returns the permissions that hold for a job.
    pub fn permissions_of<'p>(&'p self, job: &'p Job) -> Effective<'p> {
        match job.permissions.as_ref().or(self.permissions.as_ref()) {
            Some(permissions) => Effective::Declared(permissions),
            None => Effective::Default,
        }
    }

    /// Returns every call: those of jobs and those of steps.
    pub fn calls(&self) -> impl Iterator<Item = (&Job, Option<&Step>, &Call)> {
        self.jobs.iter().flat_map(|job| {
            let of_steps = job.steps.iter().filter_map(move |step| match &step.work {
                Work::Call(call) => Some((job, Some(step), call)),
                Work::Script(_) | Work::Unknown => None,
            });
            job.call.iter().map(move |call| (job, None, call)).chain(of_steps)
        })
    }
}

impl Job {
    /// Returns whether the job may run on a machine that outlives it, as far as labels tell.
    pub fn is_self_hosted(&self) -> bool {
        match &self.runner {
            Runner::Labels(labels) => labels.iter().any(|it| it.value.eq_ignore_ascii_case("self-hosted")),
            Runner::Unknown => false,
        }
    }
}

impl Step {
    /// Returns what names the step across edits: its id, else its name, else what it does.
    pub fn identity(&self) -> &str {
        let work = match &self.work {
            Work::Script(script) => script.text.value.lines().next(),
            // Without the version, which changes more often than the step.
            Work::Call(call) => call.uses.value.split('@').next(),
            Work::Unknown => None,
        };
        let named = self.id.as_ref().or(self.name.as_ref()).map(|it| it.value.as_str());
        named.or(work).unwrap_or("").trim()
    }
}

fn nameless_job(span: Span, outputs: Vec<Variable>, steps: Vec<Step>) -> Job {
    Job {
        id: Spanned { value: String::new(), span: Span::at(span.start) },
        span,
        condition: None,
        needs: Vec::new(),
        runner: Runner::Unknown,
        environment: None,
        images: Vec::new(),
        matrix: Matrix::Absent,
        permissions: None,
        variables: Vec::new(),
        outputs,
        call: None,
        steps,
    }
}

fn lower_job(job: github::Job, pipeline_shell: Option<&Text>) -> Job {
    let default = match job.default_shell.as_ref().or(pipeline_shell) {
        Some(setting) => shell_of(setting),
        None => runner_shell(&job.runner),
    };
    Job {
        call: job.uses.map(|uses| Call {
            target: Target::of(&uses),
            uses,
            arguments: job.arguments,
            secrets: job.secrets,
        }),
        steps: job.steps.into_iter().map(|it| lower_step(it, default)).collect(),
        id: job.id,
        span: job.span,
        condition: job.condition,
        needs: job.needs,
        runner: job.runner,
        environment: job.environment,
        images: job.images,
        matrix: job.matrix,
        permissions: job.permissions,
        variables: job.variables,
        outputs: job.outputs,
    }
}

fn lower_step(step: github::Step, default_shell: (Shell, bool)) -> Step {
    let work = match (step.run, step.uses) {
        (Some(text), _) => {
            let (shell, shell_guessed) = step.shell.as_ref().map_or(default_shell, shell_of);
            Work::Script(Script { text, shell, shell_guessed })
        }
        (None, Some(uses)) => Work::Call(Call {
            target: Target::of(&uses),
            uses,
            arguments: step.arguments,
            secrets: PassedSecrets::None,
        }),
        (None, None) => Work::Unknown,
    };
    Step {
        index: step.index,
        span: step.span,
        id: step.id,
        name: step.name,
        condition: step.condition,
        variables: step.variables,
        work,
    }
}

fn shell_of(setting: &Text) -> (Shell, bool) {
    match setting.literal() {
        Some(name) => (Shell::from_setting(name), false),
        None => (Shell::Bash, true),
    }
}

/// The default shell is bash, but PowerShell on Windows. A label that an expression gives may be either.
fn runner_shell(runner: &Runner) -> (Shell, bool) {
    let Runner::Labels(labels) = runner else { return (Shell::Bash, true) };
    if labels.iter().any(|it| it.value.to_ascii_lowercase().contains("windows") && !it.is_computed()) {
        return (Shell::PowerShell, false);
    }
    let known = |it: &Text| {
        let label = it.value.to_ascii_lowercase();
        !it.is_computed() && ["ubuntu", "macos", "linux"].iter().any(|name| label.contains(name))
    };
    (Shell::Bash, !labels.iter().any(known))
}
