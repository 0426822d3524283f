//! Which repairs can be applied together, and the texts that they give.

use std::collections::BTreeMap;

use brattice_finding::{Edit, FixSafety, RelativePath, apply_edits};
use brattice_tree::Tree;

use crate::ScanResult;

/// The texts after every repair that could be applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FixPlan {
    /// The new text of every file that changes.
    pub texts: BTreeMap<RelativePath, String>,
    /// How many findings are repaired.
    pub applied: usize,
    /// How many findings have a repair that was left out because somebody should look at it.
    pub unsafe_left: usize,
    /// How many findings have a repair that touches what another one touches; a second run offers them again.
    pub overlapping: usize,
}

/// Takes the first allowed repair of each finding, as long as it touches nothing that an earlier one touches
/// and the file still reads without a new problem.
pub fn plan_fixes(result: &ScanResult, with_unsafe: bool) -> FixPlan {
    let mut plan = FixPlan::default();
    let mut taken: BTreeMap<&RelativePath, Vec<&Edit>> = BTreeMap::new();
    for finding in &result.findings.findings {
        let allowed = finding.fixes.iter().find(|it| with_unsafe || it.safety == FixSafety::Safe);
        let Some(fix) = allowed else {
            plan.unsafe_left += usize::from(!finding.fixes.is_empty());
            continue;
        };
        let mut texts = Vec::new();
        for path in fix.edits.iter().map(|it| &it.path).collect::<std::collections::BTreeSet<_>>() {
            let mut edits = taken.get(path).cloned().unwrap_or_default();
            // Two findings may ask for the very same edit, such as one new variable.
            let new = fix.edits.iter().filter(|it| it.path == *path);
            edits.extend(new.filter(|it| !edits.contains(it)).collect::<Vec<_>>());
            texts.push((path, fixed(result, path, &edits), edits));
        }
        if texts.iter().any(|(_, text, _)| text.is_none()) {
            plan.overlapping += 1;
            continue;
        }
        for (path, text, edits) in texts {
            plan.texts.extend(text.map(|text| (path.clone(), text)));
            taken.insert(path, edits);
        }
        plan.applied += 1;
    }
    plan
}

/// Applies the edits of one file; nothing if they overlap or the result reads worse than before.
fn fixed(result: &ScanResult, path: &RelativePath, edits: &[&Edit]) -> Option<String> {
    let before = result.sources.get(path)?;
    let after = apply_edits(before, edits).ok()?;
    (Tree::yaml(&after).problems().len() <= Tree::yaml(before).problems().len()).then_some(after)
}
