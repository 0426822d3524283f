//! Who gets text into an expression, and what the job holds when it runs.

use std::cell::{Cell, OnceCell};

use brattice_finding::{Confidence, Kind, Location, Severity};
use brattice_pipeline::context::{CharacterClass, Control, Entry, controlled};
use brattice_pipeline::expression::{Abstract, Read, Segment, evaluate};
use brattice_pipeline::github::{Matrix, Trigger};
use brattice_pipeline::ir::{Job, PipelineKind, Step};
use brattice_pipeline::text::{Placed, Text};
use brattice_pipeline::trust::{Starter, how_started, starter};

use super::chain::{Chain, Way};
use super::flow;
use crate::{File, Repository, Start};

/// What an interpolation is looked at within.
pub(super) struct Scene<'a> {
    pub(super) repository: &'a Repository<'a>,
    pub(super) file: &'a File<'a>,
    pub(super) job: &'a Job,
    pub(super) step: &'a Step,
    pub(super) ways: &'a [Way<'a>],
    /// Whether the job names a secret.
    pub(super) secrets: &'a OnceCell<bool>,
    /// How many values may still be followed in this file.
    pub(super) budget: &'a Cell<u32>,
    pub(super) evaluated: &'a flow::Evaluated,
}

/// What is said of an interpolation.
#[derive(Debug, Clone)]
pub(super) struct Verdict {
    pub(super) kind: Kind,
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    /// The context, as the file writes it.
    pub(super) what: String,
    /// The context's path in its one spelling.
    pub(super) path: String,
    /// Who gets the text in.
    pub(super) who: String,
    /// What the job holds, as the end of a sentence; empty where it does not matter.
    pub(super) holding: &'static str,
    /// Where it comes in.
    pub(super) source: Option<(Location, String)>,
    /// The calls that it comes through.
    pub(super) calls: Vec<Location>,
    /// Conditions that may keep people out.
    pub(super) guards: Vec<Location>,
    /// The characters that it can have.
    pub(super) class: CharacterClass,
    /// Whether the value is there under every trigger that runs the step.
    pub(super) always_there: bool,
    /// Whether whoever writes it means it as text. A caller's input may hold a variable that the shell is
    /// to expand, and JSON loses its quotes in a script.
    pub(super) is_plain_text: bool,
}

/// A longer spelling hides the rest of the message.
const SPELLING_BYTES_MAX: usize = 80;

/// How far somebody gets, worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Member,
    Fork,
    Merged,
    Outsider,
}

/// Judges one interpolation by the worst context that can reach its text.
pub(super) fn judge(scene: &Scene<'_>, text: &Text, placed: &Placed) -> Option<Verdict> {
    let expr = placed.expr.as_ref().ok()?;
    let value = evaluate(expr, &Abstract);
    if value.constant.is_some() || value.is_plain {
        return None;
    }
    let verdicts = value.reads.iter().filter_map(|read| {
        let verdict = judge_read(scene, read)?;
        Some(Verdict { what: spelling(text, read), ..verdict })
    });
    verdicts.max_by_key(|it| (it.kind, it.severity, it.confidence))
}

/// Returns the context as the file writes it, or its path where that would not fit into a message.
fn spelling(text: &Text, read: &Read) -> String {
    let written = read.span.slice(&text.value);
    let fits =
        !written.is_empty() && written.len() <= SPELLING_BYTES_MAX && !written.contains(['\n', '\r', '`']);
    if fits { written.to_owned() } else { read.path.to_string() }
}

fn judge_read(scene: &Scene<'_>, read: &Read) -> Option<Verdict> {
    let pipeline = &scene.file.pipeline;
    match controlled(read, &pipeline.triggers, &pipeline.inputs) {
        Control::Event { class: CharacterClass::Harmless, .. } | Control::Harmless => None,
        Control::Event { class, events } => of_event(scene, read, class, &events),
        Control::Input { dispatched, called } => {
            let passed = if called { of_callers(scene, read) } else { None };
            Some(worse(passed, of_input(read, dispatched, called)))
        }
        Control::Unknown if read.path.root() == "env" => of_variable(scene, read),
        Control::Unknown => of_unknown(scene, read),
    }
}

fn worse(one: Option<Verdict>, other: Verdict) -> Verdict {
    let grade = |it: &Verdict| (it.kind, it.severity, it.confidence);
    one.filter(|it| grade(it) > grade(&other)).unwrap_or(other)
}

/// Judges what callers in this repository pass as an input.
fn of_callers(scene: &Scene<'_>, read: &Read) -> Option<Verdict> {
    let verdicts = flow::into_input(scene, read).into_iter().filter_map(|it| {
        let chain = Chain::of(scene, it.way);
        if chain.excludes(&it.way.trigger.event) {
            return None;
        }
        let passed = of_way(scene, &it.read, &chain, it.way, it.entry);
        // A caller may pass a variable that the shell is to expand.
        Some(Verdict { class: it.class, path: read.path.to_string(), is_plain_text: false, ..passed })
    });
    verdicts.max_by_key(|it| (it.kind, it.severity, it.confidence))
}

/// Judges what an environment variable is set to. One that is set elsewhere is not followed.
fn of_variable(scene: &Scene<'_>, read: &Read) -> Option<Verdict> {
    let Some(variable) = flow::variable(scene, read) else { return of_unknown(scene, read) };
    let inner = flow::reads(scene, variable.value.as_ref()?).filter(|it| flow::afford(scene, it.len()));
    let Some(inner) = inner else { return of_unknown(scene, read) };
    let verdicts = inner.iter().filter_map(|it| match it.path.root() {
        // A variable that is made of others is not followed any further.
        "env" => of_unknown(scene, read),
        _ => judge_read(scene, it),
    });
    let worst = verdicts.max_by_key(|it| (it.kind, it.severity, it.confidence))?;
    // A step may set the variable anew, so what the script sees need not be this text.
    Some(Verdict { path: read.path.to_string(), is_plain_text: false, always_there: false, ..worst })
}

fn advice(read: &Read, severity: Severity, confidence: Confidence, who: &str) -> Verdict {
    Verdict {
        kind: Kind::Hardening,
        severity,
        confidence,
        what: String::new(),
        path: read.path.to_string(),
        who: who.to_owned(),
        holding: "",
        source: None,
        calls: Vec::new(),
        guards: Vec::new(),
        class: CharacterClass::FreeText,
        always_there: false,
        is_plain_text: false,
    }
}

fn of_input(read: &Read, dispatched: bool, called: bool) -> Verdict {
    let who = match (dispatched, called) {
        (true, true) => "a member who starts the workflow, or a workflow that calls it, writes it",
        (true, false) => "a member who starts the workflow writes it",
        (false, _) => "whoever calls this writes it",
    };
    let is_plain_text = !called && !read.written_out;
    Verdict { is_plain_text, ..advice(read, Severity::Low, Confidence::Medium, who) }
}

/// A value that is computed elsewhere. One that is written out in this file is no news.
fn of_unknown(scene: &Scene<'_>, read: &Read) -> Option<Verdict> {
    let known = match read.path.0.as_slice() {
        [Segment::Name(root), Segment::Name(key), ..] if root == "matrix" => scene.job.matrix.is_literal(key),
        [Segment::Name(root), ..] if root == "matrix" => scene.job.matrix == Matrix::Literal,
        _ => false,
    };
    (!known).then(|| {
        let who = "where its text comes from is not followed";
        advice(read, Severity::Info, Confidence::Low, who)
    })
}

fn of_event(
    scene: &Scene<'_>,
    read: &Read,
    class: CharacterClass,
    events: &[(&'static str, Entry)],
) -> Option<Verdict> {
    let mut verdicts = Vec::new();
    let mut others = 0;
    for way in scene.ways {
        let chain = Chain::of(scene, way);
        if way.trigger.event == "workflow_call" || chain.excludes(&way.trigger.event) {
            continue;
        }
        match events.iter().find(|(event, _)| *event == way.trigger.event) {
            Some((_, entry)) => verdicts.push(of_way(scene, read, &chain, way, *entry)),
            None => others += 1,
        }
    }
    let worst = verdicts.into_iter().max_by_key(|it| (it.kind, it.severity, it.confidence));
    let Some(verdict) = worst else { return unknown_caller(scene, read, class, events) };
    Some(Verdict { class, always_there: others == 0, ..verdict })
}

/// Judges text that comes in by one trigger.
fn of_way(scene: &Scene<'_>, read: &Read, chain: &Chain<'_>, way: &Way<'_>, entry: Entry) -> Verdict {
    let (trigger, start) = (way.trigger, way.start);
    let mut reach = reach_of(&trigger.event, entry);
    let kept_out = matches!(reach, Reach::Outsider | Reach::Fork)
        && chain.keeps_outsiders_out(&trigger.event, &read.path);
    if kept_out {
        // A run on a push still carries the words of a commit that was merged.
        let merged = trigger.event == "workflow_run" && !read.path.to_string().ends_with("head_branch");
        reach = if merged { Reach::Merged } else { Reach::Member };
    }
    let mut verdict = advice(read, Severity::Low, Confidence::High, "");
    verdict.is_plain_text = !read.written_out;
    verdict.source = source(scene, start, trigger);
    verdict.calls = calls(scene, start);
    grade(&mut verdict, reach, &trigger.event);
    if kept_out {
        verdict.guards = chain.guards();
        verdict.who = format!(
            "a condition lets {} through",
            if reach == Reach::Merged { "merged commits alone" } else { "only what a member writes" }
        );
    }
    match reach {
        Reach::Outsider => grade_outsider(chain, trigger, &mut verdict),
        Reach::Fork if chain.is_self_hosted() => {
            // Such a machine may outlive the job, and reach what the platform's own cannot.
            verdict.severity = Severity::Medium;
            verdict.holding = ", on a self-hosted runner";
        }
        Reach::Fork | Reach::Merged | Reach::Member => {}
    }
    verdict
}

fn reach_of(event: &str, entry: Entry) -> Reach {
    match (entry, starter(event)) {
        (Entry::Merged, _) => Reach::Merged,
        (Entry::PullRequest, _) | (Entry::Direct, Starter::Fork) => Reach::Fork,
        (Entry::Direct, Starter::Outsider) => Reach::Outsider,
        (Entry::Direct | Entry::Member, _) => Reach::Member,
    }
}

fn grade(verdict: &mut Verdict, reach: Reach, event: &str) {
    let (kind, severity, who) = match reach {
        Reach::Member => (Kind::Hardening, Severity::Low, "a member writes it".to_owned()),
        Reach::Fork => (
            Kind::Exploit,
            Severity::Low,
            "the author of a pull request writes it; from a fork the run holds no secret and a token that reads"
                .to_owned(),
        ),
        Reach::Merged => (
            Kind::Exploit,
            Severity::Medium,
            "an outsider writes it, and it comes in when a member merges the commit".to_owned(),
        ),
        Reach::Outsider => (Kind::Exploit, Severity::High, how_started(event).to_owned()),
    };
    verdict.kind = kind;
    verdict.severity = severity;
    verdict.who = who;
    if reach == Reach::Merged {
        verdict.confidence = Confidence::Medium;
    }
}

/// Weighs what the job holds against what stands in the way.
fn grade_outsider(chain: &Chain<'_>, trigger: &Trigger, verdict: &mut Verdict) {
    let (writes, secrets) = (chain.may_write(), chain.uses_secrets());
    verdict.holding = match (writes, secrets) {
        (true, true) => ", in a job with secrets and a token that may write",
        (true, false) => ", in a job whose token may write",
        (false, true) => ", in a job with secrets",
        (false, false) => ", in a job without secrets whose token only reads",
    };
    verdict.guards = chain.guards();
    let guarded = !verdict.guards.is_empty() || is_for_members(trigger);
    verdict.severity = match (writes || secrets, guarded, chain.is_unconditional()) {
        (false, true, _) => Severity::Low,
        (false, false, _) | (true, true, _) => Severity::Medium,
        (true, false, true) => Severity::Critical,
        (true, false, false) => Severity::High,
    };
    if guarded {
        verdict.confidence = Confidence::Medium;
    }
}

/// Types of events that only a member causes.
const MEMBER_TYPES: [&str; 12] = [
    "labeled",
    "unlabeled",
    "assigned",
    "unassigned",
    "milestoned",
    "demilestoned",
    "locked",
    "unlocked",
    "pinned",
    "unpinned",
    "transferred",
    "deleted",
];

fn is_for_members(trigger: &Trigger) -> bool {
    !trigger.types.is_empty() && trigger.types.iter().all(|it| MEMBER_TYPES.contains(&it.as_str()))
}

/// Event text in a definition whose callers are elsewhere.
fn unknown_caller(
    scene: &Scene<'_>,
    read: &Read,
    class: CharacterClass,
    events: &[(&'static str, Entry)],
) -> Option<Verdict> {
    let is_called = scene.file.pipeline.kind != PipelineKind::Workflow
        || scene.file.pipeline.triggers.iter().any(|it| it.event == "workflow_call");
    let has_callers = !scene.repository.callers(scene.file).is_empty();
    (is_called && !has_callers).then(|| {
        let members = events.iter().all(|(_, entry)| *entry == Entry::Member);
        let severity = if members { Severity::Low } else { Severity::Medium };
        let who = "whose text it is depends on the event that the caller runs on";
        Verdict { class, is_plain_text: !read.written_out, ..advice(read, severity, Confidence::Low, who) }
    })
}

fn source(scene: &Scene<'_>, start: &Start, trigger: &Trigger) -> Option<(Location, String)> {
    let file = scene.repository.files().get(start.file_index)?;
    let text = format!("`{}`: {}", trigger.event, how_started(&trigger.event));
    Some((file.location(trigger.span, None), text))
}

fn calls(scene: &Scene<'_>, start: &Start) -> Vec<Location> {
    let file = |index: usize| scene.repository.files().get(index);
    start.calls.iter().filter_map(|it| Some(file(it.file_index)?.location(it.span, None))).collect()
}
