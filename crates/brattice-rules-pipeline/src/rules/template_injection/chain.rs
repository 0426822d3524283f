//! The jobs and steps that an event passes on its way to a script: the script's own, and those that call it.

use std::cell::OnceCell;

use brattice_finding::Location;
use brattice_pipeline::expression::{Assumption, Constant, ContextPath, Domain as _, Expr, evaluate};
use brattice_pipeline::github::Trigger;
use brattice_pipeline::ir::{Call, Effective, Job, Step};
use brattice_pipeline::text::Text;

use super::outsider;
use super::reach::Scene;
use crate::{Caller, File, Repository, Start};

/// A place that is passed.
pub(super) struct Link<'a> {
    pub(super) file: &'a File<'a>,
    job: &'a Job,
    step: Option<&'a Step>,
    /// What it calls, unless it is the script's own place.
    pub(super) call: Option<&'a Call>,
    /// Whether the job names a secret, once somebody asked.
    secrets: OnceCell<bool>,
}

impl<'a> Link<'a> {
    fn conditions(&self) -> impl Iterator<Item = &'a Text> {
        let of_step = self.step.and_then(|it| it.condition.as_ref());
        self.job.condition.iter().chain(of_step)
    }

    fn names_a_secret(&self) -> bool {
        names_a_secret(self.job.span.slice(self.file.text))
    }
}

/// A way from an event into a file, looked up once for all that is judged in the file.
pub(super) struct Way<'a> {
    pub(super) start: &'a Start,
    pub(super) trigger: &'a Trigger,
    /// The calls, outermost first.
    pub(super) links: Vec<Link<'a>>,
}

impl<'a> Way<'a> {
    pub(super) fn of(repository: &'a Repository<'a>, start: &'a Start) -> Option<Self> {
        let trigger = repository.files().get(start.file_index)?.pipeline.triggers.get(start.trigger_index)?;
        let link = |caller: &Caller| {
            let file = repository.files().get(caller.file_index)?;
            let (job, step, call) = file.pipeline.calls().find(|(_, _, it)| it.uses.span == caller.span)?;
            Some(Link { file, job, step, call: Some(call), secrets: OnceCell::new() })
        };
        Some(Self { start, trigger, links: start.calls.iter().filter_map(link).collect() })
    }
}

/// The script's own place first, then its callers.
pub(super) struct Chain<'a> {
    own: Link<'a>,
    callers: &'a [Link<'a>],
    /// The link lives for one read only, its job for all of them.
    own_secrets: &'a OnceCell<bool>,
}

impl<'a> Chain<'a> {
    pub(super) fn of(scene: &Scene<'a>, way: &'a Way<'a>) -> Self {
        let own = Link {
            file: scene.file,
            job: scene.job,
            step: Some(scene.step),
            call: None,
            secrets: OnceCell::new(),
        };
        Self { own, callers: &way.links, own_secrets: scene.secrets }
    }

    fn links(&self) -> impl Iterator<Item = &Link<'a>> {
        std::iter::once(&self.own).chain(self.callers)
    }

    /// Returns whether the token may write: a callee holds at most what its caller grants.
    pub(super) fn may_write(&self) -> bool {
        self.links().all(|it| match it.file.pipeline.permissions_of(it.job) {
            Effective::Declared(permissions) => permissions.may_write(),
            Effective::Default => true,
        })
    }

    /// Returns whether one of the jobs names a secret other than its token.
    pub(super) fn uses_secrets(&self) -> bool {
        let names = |it: &Link<'_>| *it.secrets.get_or_init(|| it.names_a_secret());
        *self.own_secrets.get_or_init(|| self.own.names_a_secret()) || self.callers.iter().any(names)
    }

    pub(super) fn is_self_hosted(&self) -> bool {
        self.links().any(|it| it.job.is_self_hosted())
    }

    /// Returns whether nothing stands between the event and the script.
    pub(super) fn is_unconditional(&self) -> bool {
        self.links().all(|it| it.conditions().next().is_none() && it.job.environment.is_none())
    }

    /// Returns the conditions that ask who somebody is.
    pub(super) fn guards(&self) -> Vec<Location> {
        let mut guards = Vec::new();
        for link in self.links() {
            for condition in link.conditions().filter(|it| names_a_role(it)) {
                guards.push(link.file.location(condition.span, Some(link.file.symbol(link.job, link.step))));
            }
        }
        guards
    }

    /// Returns whether a condition is false under an event.
    pub(super) fn excludes(&self, event: &str) -> bool {
        self.is_false_under(&[event_name(event)])
    }

    /// Returns whether the conditions are false for everyone outside who writes what is read.
    pub(super) fn keeps_outsiders_out(&self, event: &str, path: &ContextPath) -> bool {
        let is_out = |mut facts: Vec<(String, Constant)>| {
            facts.push(event_name(event));
            self.is_false_under(&facts)
        };
        let mut outsiders = outsider::facts(path).into_iter().peekable();
        outsiders.peek().is_some() && outsiders.all(is_out)
    }

    fn is_false_under(&self, facts: &[(String, Constant)]) -> bool {
        let assumption = Assumption { facts };
        let is_false = |expr: &Expr| assumption.truth(&evaluate(expr, &assumption)) == Some(false);
        self.links().flat_map(Link::conditions).filter_map(whole_expression).any(is_false)
    }
}

fn event_name(event: &str) -> (String, Constant) {
    ("github.event_name".to_owned(), Constant::Text(event.to_owned()))
}

/// Returns whether a job's text names a secret other than its token.
fn names_a_secret(text: &str) -> bool {
    let mut named = text.split("secrets.").skip(1);
    text.contains("secrets: inherit")
        || text.contains("secrets[")
        || named.any(|it| !it.to_ascii_uppercase().starts_with("GITHUB_TOKEN"))
}

/// Words of conditions that ask who somebody is.
const ROLE_WORDS: [&str; 11] = [
    "author_association",
    "actor",
    "sender",
    "permission",
    "label",
    "login",
    "team",
    "assignee",
    "head.repo",
    "head_repository",
    "approved",
];

fn names_a_role(condition: &Text) -> bool {
    let text = condition.value.to_ascii_lowercase();
    // To keep a bot out keeps no person out.
    let only_bots = text.contains("[bot]") && text.contains("!=") && !text.contains("==");
    !only_bots && ROLE_WORDS.iter().any(|it| text.contains(it))
}

/// Returns the expression of a condition, unless text stands around it: then the condition is always true.
fn whole_expression(condition: &Text) -> Option<&Expr> {
    let [placed] = condition.expressions.as_slice() else { return None };
    let length = placed.range.len();
    let is_whole = length == condition.value.trim().len() || length == condition.value.len();
    placed.expr.as_ref().ok().filter(|_| is_whole)
}
