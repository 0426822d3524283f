//! One SARIF result and the locations in it.

use std::collections::HashMap;

use brattice_finding::{Edit, Finding, Fix, LineIndex, Location, RelativePath};
use serde_json::{Value, json};

use crate::Report;
use crate::sarif::{level, set};

/// The line indices of the files that fixes touch, made once per file.
#[derive(Default)]
pub(crate) struct Lines<'a> {
    of_file: HashMap<&'a RelativePath, LineIndex>,
}

pub(crate) fn result<'a>(
    report: &Report<'a>,
    finding: &'a Finding,
    rule_index: usize,
    lines: &mut Lines<'a>,
) -> Value {
    let mut result = json!({
        "ruleId": finding.rule.id,
        "ruleIndex": rule_index,
        "kind": "fail",
        "level": level(finding.kind, finding.severity, report.thresholds.fails(finding)),
        "message": {"text": message(finding)},
        "locations": [location_value(&finding.location)],
        "partialFingerprints": {"bratticeFingerprint/v1": finding.fingerprint.to_string()},
        "properties": {
            "tags": [finding.kind.as_str()],
            "severity": finding.severity.as_str(),
            "confidence": finding.confidence.as_str(),
        },
    });
    if !finding.path.is_empty() {
        let steps: Vec<Value> = finding
            .path
            .iter()
            .map(|step| {
                let mut location = location_value(&step.location);
                set(&mut location, "message", json!({"text": step.text}));
                json!({"location": location, "kinds": [step.role.as_str()]})
            })
            .collect();
        set(&mut result, "codeFlows", json!([{"threadFlows": [{"locations": steps}]}]));
    }
    let fixes: Vec<Value> = finding.fixes.iter().filter_map(|it| fix(report, it, lines)).collect();
    if !fixes.is_empty() {
        set(&mut result, "fixes", Value::Array(fixes));
    }
    result
}

fn message(finding: &Finding) -> String {
    let mut text = finding.message.clone();
    for help in &finding.help {
        text.push_str("\nHelp: ");
        text.push_str(help);
    }
    text
}

/// Makes a location. What is not a span of a text keeps its file, and its bytes if it has any.
pub(crate) fn location_value(location: &Location) -> Value {
    let artifact = json!({"uri": uri(location.path()), "uriBaseId": "%SRCROOT%"});
    let mut physical = json!({"artifactLocation": artifact});
    let mut symbol = None;
    match location {
        Location::Span(it) => {
            set(
                &mut physical,
                "region",
                json!({
                    "startLine": it.line,
                    "startColumn": it.column,
                    "endLine": it.end_line,
                    "endColumn": it.end_column,
                }),
            );
            symbol.clone_from(&it.symbol);
        }
        Location::Bytes { offset, length, .. } if *length > 0 => {
            set(&mut physical, "region", json!({"byteOffset": offset, "byteLength": length}));
        }
        Location::Commit { line, .. } => set(&mut physical, "region", json!({"startLine": line})),
        Location::Member { members, .. } => {
            let names: Vec<String> = members.iter().map(RelativePath::display).collect();
            symbol = Some(names.join("!"));
        }
        Location::Package { purl, .. } => symbol = Some(purl.clone()),
        Location::Layer { image, layer, .. } => symbol = Some(format!("{image}@{layer}")),
        Location::Bytes { .. } => {}
    }
    let mut value = json!({"physicalLocation": physical});
    if let Some(symbol) = symbol {
        set(&mut value, "logicalLocations", json!([{"fullyQualifiedName": symbol}]));
    }
    value
}

/// Makes a fix, or nothing if a text that it edits is not at hand.
fn fix<'a>(report: &Report<'a>, fix: &'a Fix, lines: &mut Lines<'a>) -> Option<Value> {
    let mut changes: Vec<(&RelativePath, Vec<Value>)> = Vec::new();
    for edit in &fix.edits {
        let replacement = replacement(report, edit, lines)?;
        match changes.iter_mut().find(|(path, _)| *path == &edit.path) {
            Some((_, replacements)) => replacements.push(replacement),
            None => changes.push((&edit.path, vec![replacement])),
        }
    }
    let changes: Vec<Value> = changes
        .into_iter()
        .map(|(path, replacements)| {
            let artifact = json!({"uri": uri(path), "uriBaseId": "%SRCROOT%"});
            json!({"artifactLocation": artifact, "replacements": replacements})
        })
        .collect();
    let text = format!("{} ({})", fix.title, fix.safety.as_str());
    (!changes.is_empty()).then(|| json!({"description": {"text": text}, "artifactChanges": changes}))
}

fn replacement<'a>(report: &Report<'a>, edit: &'a Edit, lines: &mut Lines<'a>) -> Option<Value> {
    let text = report.sources.get(&edit.path)?;
    let lines = lines.of_file.entry(&edit.path).or_insert_with(|| LineIndex::new(text));
    let (start, end) = (lines.position(text, edit.span.start), lines.position(text, edit.span.end));
    let region = json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    });
    Some(json!({"deletedRegion": region, "insertedContent": {"text": edit.text}}))
}

/// Writes a path as a relative URI reference (RFC 3986): every byte beyond the unreserved ones and `/` is
/// percent-encoded, a colon included, which would make the first name a scheme.
fn uri(path: &RelativePath) -> String {
    let mut uri = String::with_capacity(path.as_bytes().len());
    for &byte in path.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            for digit in [byte >> 4, byte & 15] {
                uri.push(char::from_digit(digit.into(), 16).unwrap_or('0').to_ascii_uppercase());
            }
            let at = uri.len() - 2;
            uri.insert(at, '%');
        }
    }
    uri
}
