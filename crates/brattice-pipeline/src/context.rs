//! Who controls which value of a context, and which characters it can have.
//!
//! What it is for: [`controlled`] looks a context path up in a table: the events that fill it, who writes it
//! and its [`CharacterClass`]. A number, a hash or a login name is never an injection, whoever wrote it.
//! What it is not: data flow. An environment variable or a step's output is [`Control::Unknown`] here.

use crate::expression::{ContextPath, Read, Segment};
use crate::github::{Input, InputKind, Trigger};

mod table;

/// The characters that a value can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CharacterClass {
    /// Anything.
    FreeText,
    /// The name of a branch or tag: no blank, but `$`, quotes, `;` and backticks.
    RefName,
    /// Something that no shell can take for code: a number, a hash, a fixed word, a login or a path of names.
    Harmless,
}

/// What an outsider needs to get a value in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entry {
    /// Whoever fires the event writes it.
    Direct,
    /// It comes in when a member merges or pushes an outsider's commit.
    Merged,
    /// It comes from the author of a pull request; on a fork's the run holds nothing, though the event is
    /// the outsider's.
    PullRequest,
    /// A member wrote it.
    Member,
}

/// Who controls a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// Text of the event: the events of the table that fill it.
    Event {
        /// The characters it can have.
        class: CharacterClass,
        /// The events that fill it, and what an outsider needs in each.
        events: Vec<(&'static str, Entry)>,
    },
    /// An input: whoever dispatches or calls writes it.
    Input {
        /// Whether a hand can start the workflow with it.
        dispatched: bool,
        /// Whether another workflow passes it.
        called: bool,
    },
    /// Computed elsewhere in the pipeline; what comes in there is not followed.
    Unknown,
    /// Fixed, or of harmless characters.
    Harmless,
}

/// Says who controls what an expression reads. `triggers` and `inputs` are the definition's own; both empty
/// inputs and no trigger mean an action, whose inputs its callers write.
pub fn controlled(read: &Read, triggers: &[Trigger], inputs: &[Input]) -> Control {
    let path = &read.path;
    match path.root() {
        "github" => event_text(read),
        "inputs" => input(path.0.get(1), triggers, inputs),
        "steps" => step_value(path),
        "needs" => match path.0.get(2) {
            Some(Segment::Name(name)) if name == "result" => Control::Harmless,
            _ => Control::Unknown,
        },
        "env" | "matrix" | "jobs" => Control::Unknown,
        // `secrets` and `vars` are set by administrators; `runner`, `job`, `strategy` by the platform.
        _ => Control::Harmless,
    }
}

/// `steps.ID.outputs.NAME` is anything; `outcome` and `conclusion` are fixed words.
fn step_value(path: &ContextPath) -> Control {
    match path.0.get(2) {
        Some(Segment::Name(name)) if name == "outcome" || name == "conclusion" => Control::Harmless,
        _ => Control::Unknown,
    }
}

fn input(name: Option<&Segment>, triggers: &[Trigger], inputs: &[Input]) -> Control {
    let is_text = |inputs: &[Input]| match name {
        Some(Segment::Name(name)) => inputs
            .iter()
            .find(|it| it.name.value.eq_ignore_ascii_case(name))
            .is_none_or(|it| it.kind == InputKind::Text),
        _ => true,
    };
    let reached = |event: &str| triggers.iter().any(|it| it.event == event && is_text(&it.inputs));
    let is_action = triggers.is_empty() && is_text(inputs);
    match (reached("workflow_dispatch"), reached("workflow_call") || is_action) {
        (false, false) => Control::Harmless,
        (dispatched, called) => Control::Input { dispatched, called },
    }
}

fn event_text(read: &Read) -> Control {
    let path = strip(&read.path.0);
    // `github.event.inputs.NAME` is the older spelling of `inputs.NAME`, and always text.
    if let [Segment::Name(event), Segment::Name(inputs), ..] = path
        && event == "event"
        && (inputs == "inputs" || inputs == "client_payload")
    {
        return Control::Input { dispatched: true, called: false };
    }
    let mut class = CharacterClass::Harmless;
    let mut events: Vec<(&'static str, Entry)> = Vec::new();
    for row in table::ROWS {
        let reached = match matches(row.path, path) {
            Matched::Exactly => read.written_out || !read.list,
            // An object is only written out by a function.
            Matched::Inside => read.written_out,
            Matched::Not => false,
        };
        if reached {
            if class != CharacterClass::FreeText {
                class = row.class;
            }
            for event in row.events {
                if !events.contains(event) {
                    events.push(*event);
                }
            }
        }
    }
    if events.is_empty() { Control::Harmless } else { Control::Event { class, events } }
}

fn strip(path: &[Segment]) -> &[Segment] {
    path.get(1..).unwrap_or(&[])
}

enum Matched {
    /// The path names the row's value, or something in it.
    Exactly,
    /// The path names an object that holds the row's value.
    Inside,
    Not,
}

fn matches(pattern: &str, path: &[Segment]) -> Matched {
    let mut segments = path.iter();
    for part in pattern.split('.') {
        let same = match segments.next() {
            None => return Matched::Inside,
            Some(Segment::Name(name)) => name == part,
            // `*` takes the properties of an object as well as the elements of a list.
            Some(Segment::Element | Segment::Computed) => true,
        };
        if !same {
            return Matched::Not;
        }
    }
    Matched::Exactly
}
