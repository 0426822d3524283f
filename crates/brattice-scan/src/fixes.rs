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

#[cfg(test)]
mod tests {
    use brattice_finding::Area;
    use brattice_rules::{Registry, Settings};

    use super::{FixPlan, plan_fixes};
    use crate::{ScanRequest, ScanResult, Target, scan};

    const TWO_IN_ONE_STEP: &str = "on: issues
permissions: {}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: |
          echo \"${{ github.event.issue.title }}\"
          echo \"${{ github.event.issue.title }} again\"
      - run: echo '${{ github.event.issue.body }}'
";

    fn scanned(text: &str) -> ScanResult {
        scan(&ScanRequest {
            target: Target::Bytes { name: "w.yml", bytes: text.as_bytes() },
            areas: &[Area::Pipeline],
            registry: &Registry::new(&[brattice_rules_pipeline::RULES]).unwrap(),
            own_settings: &Settings::default(),
            repository_settings: false,
            inline_ignores: true,
            baseline: None,
            since: None,
            git: None,
            today: jiff::civil::date(2026, 1, 1),
        })
        .unwrap()
    }

    fn only_text(plan: &FixPlan) -> &str {
        plan.texts.values().next().map_or("", String::as_str)
    }

    #[test]
    fn repairs_of_one_step_share_their_variable_and_leave_nothing_to_find() {
        let result = scanned(TWO_IN_ONE_STEP);
        let plan = plan_fixes(&result, false);
        let text = only_text(&plan);
        assert_eq!(text.matches("github.event.issue.title").count(), 1, "{text}");
        assert!(text.contains("echo '${{ github.event.issue.body }}'"), "quoted: not a safe repair\n{text}");
        assert!(plan.applied >= 1, "{plan:?}");
        // Whatever a first pass leaves because it overlaps, a second one takes; then nothing more changes.
        let again = plan_fixes(&scanned(text), false);
        let end = if again.texts.is_empty() { text } else { only_text(&again) };
        assert!(plan_fixes(&scanned(end), false).texts.is_empty(), "{end}");
        let left = scanned(end);
        let titles = left.findings.findings.iter().filter(|it| it.message.contains("issue.title"));
        assert_eq!(titles.count(), 0, "{end}");
    }

    #[test]
    fn unsafe_repairs_are_counted_and_left_out() {
        let result =
            scanned("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n");
        let plan = plan_fixes(&result, false);
        assert!(plan.texts.is_empty() && plan.unsafe_left == 1, "{plan:?}");
        let all = plan_fixes(&result, true);
        assert!(only_text(&all).contains("permissions:"), "{all:?}");
    }
}
