//! What comes in by an environment variable, or by an input that a caller in this repository fills.
//!
//! What it is not: the outputs of steps and jobs, files and matrices are not followed.

use brattice_pipeline::context::{CharacterClass, Control, Entry, controlled};
use brattice_pipeline::expression::{Abstract, Read, Segment, evaluate};
use brattice_pipeline::github::Variable;
use brattice_pipeline::text::Text;

use super::chain::Way;
use super::reach::Scene;

/// Text of an event that a caller passes on.
pub(super) struct Passed<'a> {
    pub(super) way: &'a Way<'a>,
    /// What the caller reads.
    pub(super) read: Read,
    pub(super) class: CharacterClass,
    pub(super) entry: Entry,
}

/// Returns the contexts whose text can reach a value; `None` if one of its expressions cannot be read.
pub(super) fn reads(value: &Text) -> Option<Vec<Read>> {
    let mut reads = Vec::new();
    for placed in &value.expressions {
        let value = evaluate(placed.expr.as_ref().ok()?, &Abstract);
        if value.constant.is_none() && !value.is_plain {
            reads.extend(value.reads);
        }
    }
    Some(reads)
}

/// Returns an environment variable as the innermost level that has it sets it.
pub(super) fn variable<'a>(scene: &Scene<'a>, read: &Read) -> Option<&'a Variable> {
    let [_, Segment::Name(name)] = read.path.0.as_slice() else { return None };
    let levels = [&scene.step.variables, &scene.job.variables, &scene.file.pipeline.variables];
    levels.into_iter().flatten().find(|it| it.name.value.eq_ignore_ascii_case(name))
}

/// Returns the event texts that reach an input through the calls of this repository.
pub(super) fn into_input<'a>(scene: &Scene<'a>, read: &Read) -> Vec<Passed<'a>> {
    let mut passed = Vec::new();
    for way in scene.ways {
        // From the callee outwards, with the inputs that are still followed.
        let mut followed = vec![read.clone()];
        for link in way.links.iter().rev() {
            let (Some(call), pipeline) = (link.call, &link.file.pipeline) else { break };
            let mut outer = Vec::new();
            for read in followed.iter().flat_map(|it| arguments(&call.arguments, it)) {
                match controlled(&read, &pipeline.triggers, &pipeline.inputs) {
                    Control::Event { class, events } if class != CharacterClass::Harmless => {
                        let entry = events.iter().find(|(event, _)| *event == way.trigger.event);
                        passed.extend(entry.map(|(_, entry)| Passed { way, read, class, entry: *entry }));
                    }
                    Control::Input { called: true, .. } if !outer.contains(&read) => outer.push(read),
                    _ => {}
                }
            }
            followed = outer;
        }
    }
    passed
}

/// Returns what a call's arguments for an input read.
fn arguments(arguments: &[Variable], input: &Read) -> Vec<Read> {
    let is_named = |name: &str| match input.path.0.get(1) {
        Some(Segment::Name(input)) => name.eq_ignore_ascii_case(input),
        // The whole object, or one that is picked when the pipeline runs.
        _ => true,
    };
    let given = arguments.iter().filter(|it| is_named(&it.name.value)).filter_map(|it| it.value.as_ref());
    given.filter_map(reads).flatten().collect()
}
