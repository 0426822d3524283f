//! SARIF 2.1.0, written piece by piece: a report of many results never stands in memory as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use brattice_finding::{Kind, Rule, Severity};
use serde_json::{Value, json};

use crate::Report;
use crate::json::write_value;
use crate::sarif_result::{Lines, location_value, result};

/// The most results of one run; GitHub code scanning refuses a file with more.
const RESULTS_MAX: usize = 25_000;

/// The most problems that are told; beyond it the log is unreadable and the count says enough.
const NOTIFICATIONS_MAX: usize = 1_000;

pub(crate) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let sorted = report.worst_first();
    let cut = sorted.len().saturating_sub(RESULTS_MAX);
    let rules: BTreeMap<&str, &'static Rule> =
        sorted.iter().take(RESULTS_MAX).map(|it| (it.rule.id, it.rule)).collect();
    let indices: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(index, id)| (*id, index)).collect();
    out.write_all(
        br#"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":"#,
    )?;
    write_value(&tool(report, rules.values().copied()), out)?;
    out.write_all(br#","columnKind":"unicodeCodePoints","automationDetails":"#)?;
    write_value(&json!({"id": "brattice/"}), out)?;
    out.write_all(br#","originalUriBaseIds":"#)?;
    write_value(&json!({"%SRCROOT%": {"description": {"text": "The root of the repository."}}}), out)?;
    let weaknesses = weaknesses(rules.values().copied());
    if !weaknesses.is_empty() {
        out.write_all(br#","taxonomies":"#)?;
        write_value(&taxonomies(&weaknesses), out)?;
    }
    out.write_all(br#","invocations":"#)?;
    write_value(&json!([invocation(report, cut)]), out)?;
    out.write_all(br#","results":["#)?;
    let mut lines = Lines::default();
    for (index, finding) in sorted.iter().take(RESULTS_MAX).enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        let rule_index = indices.get(finding.rule.id).copied().unwrap_or(0);
        write_value(&result(report, finding, rule_index, &mut lines), out)?;
    }
    out.write_all(b"]}]}\n")
}

fn tool(report: &Report<'_>, rules: impl Iterator<Item = &'static Rule> + Clone) -> Value {
    let mut driver = json!({
        "name": "brattice",
        "version": report.version,
        "semanticVersion": report.version,
        "properties": {"catalogue": report.catalogue},
    });
    if !weaknesses(rules.clone()).is_empty() {
        set(&mut driver, "supportedTaxonomies", json!([{"name": "CWE", "index": 0}]));
    }
    set(&mut driver, "rules", rules.map(rule).collect());
    json!({"driver": driver})
}

pub(crate) fn set(object: &mut Value, key: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

fn rule(rule: &'static Rule) -> Value {
    let mut tags = vec!["security", rule.area.as_str(), rule.class, rule.kind.as_str()];
    tags.extend(rule.references.cicd_sec);
    tags.extend(rule.references.atlas);
    tags.dedup();
    let mut properties = json!({"tags": tags, "precision": "high"});
    if let Some(score) = security_severity(rule) {
        set(&mut properties, "security-severity", json!(score));
    }
    let mut value = json!({
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": rule.documentation.trim(), "markdown": rule.documentation.trim()},
        "defaultConfiguration": {"level": level(rule.kind, rule.severity, false)},
        "properties": properties,
    });
    let relationships: Vec<Value> = rule
        .references
        .cwe
        .iter()
        .map(|id| {
            let target = json!({"id": id, "toolComponent": {"name": "CWE", "index": 0}});
            json!({"target": target, "kinds": ["superset"]})
        })
        .collect();
    if !relationships.is_empty() {
        set(&mut value, "relationships", Value::Array(relationships));
    }
    value
}

/// Returns the score by which GitHub ranks security findings; advice gets none, so that it is not ranked
/// among them.
fn security_severity(rule: &Rule) -> Option<&'static str> {
    (rule.kind == Kind::Exploit).then_some(match rule.severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "0.1",
    })
}

/// Returns the level: advice is a note unless it fails.
pub(crate) fn level(kind: Kind, severity: Severity, fails: bool) -> &'static str {
    match (kind, severity) {
        (Kind::Exploit, Severity::High | Severity::Critical) => "error",
        (Kind::Exploit, Severity::Medium) => "warning",
        _ if fails => "warning",
        _ => "note",
    }
}

fn weaknesses(rules: impl Iterator<Item = &'static Rule>) -> BTreeSet<&'static str> {
    rules.flat_map(|rule| rule.references.cwe).copied().collect()
}

fn taxonomies(weaknesses: &BTreeSet<&str>) -> Value {
    let taxa: Vec<Value> = weaknesses
        .iter()
        .map(|id| {
            let number = id.trim_start_matches("CWE-");
            json!({"id": id, "helpUri": format!("https://cwe.mitre.org/data/definitions/{number}.html")})
        })
        .collect();
    json!([{
        "name": "CWE",
        "organization": "MITRE",
        "shortDescription": {"text": "The MITRE Common Weakness Enumeration"},
        "isComprehensive": false,
        "taxa": taxa,
    }])
}

fn invocation(report: &Report<'_>, cut: usize) -> Value {
    let mut notifications = Vec::new();
    for input in report.inputs {
        for problem in &input.problems {
            let level = if problem.incomplete { "error" } else { "note" };
            let whole_file = brattice_finding::Location::file(&input.path);
            let place = problem.location.as_ref().unwrap_or(&whole_file);
            notifications.push(json!({
                "level": level,
                "message": {"text": problem.message},
                "descriptor": {"id": problem.code},
                "locations": [location_value(place)],
            }));
        }
    }
    // The ones that make the scan incomplete go first.
    notifications.sort_by_key(|it| it.get("level").and_then(Value::as_str) != Some("error"));
    notifications.truncate(NOTIFICATIONS_MAX);
    if cut > 0 {
        let text = format!("{cut} less severe results are left out; a run takes {RESULTS_MAX}");
        let descriptor = json!({"id": "results-cut"});
        notifications.push(json!({"level": "warning", "message": {"text": text}, "descriptor": descriptor}));
    }
    json!({
        "executionSuccessful": !report.verdict.incomplete,
        "exitCode": report.verdict.exit,
        "exitCodeDescription": report.verdict.why,
        "toolExecutionNotifications": notifications,
    })
}
