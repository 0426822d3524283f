//! What comes in by an environment variable, or by an input that a caller in this repository fills.
//!
//! What it is not: the outputs of steps and jobs, files and matrices are not followed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

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

/// A file whose variables and inputs are read this often, under all ways into it, is written to keep a judge
/// busy; what is left is told as not followed. The largest file known needs some hundred.
pub(super) const FOLLOWED_MAX: u32 = 100_000;

/// Takes so many values under every way from what may be followed, unless that is used up.
pub(super) fn afford(scene: &Scene<'_>, values: usize) -> bool {
    let cost = u32::try_from(values.saturating_mul(scene.ways.len()).saturating_add(1)).unwrap_or(u32::MAX);
    let left = scene.budget.get().checked_sub(cost);
    scene.budget.set(left.unwrap_or(0));
    left.is_some()
}

/// The values of a repository that were evaluated, by their address: many scripts read the same one.
pub(super) type Evaluated = RefCell<HashMap<*const Text, Option<Rc<[Read]>>>>;

/// Returns the contexts whose text can reach a value; `None` if one of its expressions cannot be read.
pub(super) fn reads(scene: &Scene<'_>, value: &Text) -> Option<Rc<[Read]>> {
    let mut evaluated = scene.evaluated.borrow_mut();
    evaluated.entry(std::ptr::from_ref(value)).or_insert_with(|| evaluate_reads(value).map(Rc::from)).clone()
}

fn evaluate_reads(value: &Text) -> Option<Vec<Read>> {
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
    for way in scene.ways.iter().filter(|it| !it.links.is_empty()) {
        // From the callee outwards, with the inputs that are still followed.
        let mut followed = vec![read.clone()];
        for link in way.links.iter().rev() {
            let (Some(call), pipeline) = (link.call, &link.file.pipeline) else { break };
            let mut outer = Vec::new();
            let given: Vec<Read> =
                followed.iter().flat_map(|it| arguments(scene, &call.arguments, it)).collect();
            if !afford(scene, given.len()) {
                return passed;
            }
            for read in given {
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
fn arguments(scene: &Scene<'_>, arguments: &[Variable], input: &Read) -> Vec<Read> {
    let is_named = |name: &str| match input.path.0.get(1) {
        Some(Segment::Name(input)) => name.eq_ignore_ascii_case(input),
        // The whole object, or one that is picked when the pipeline runs.
        _ => true,
    };
    let given = arguments.iter().filter(|it| is_named(&it.name.value)).filter_map(|it| it.value.as_ref());
    given.filter_map(|it| reads(scene, it)).flat_map(|it| it.to_vec()).collect()
}
