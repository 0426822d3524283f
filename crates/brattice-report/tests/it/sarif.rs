use std::io::Write;
use std::process::{Command, Stdio};

use brattice_finding::{Finding, FingerprintInput, Location, RelativePath, Severity};
use brattice_report::Format;
use serde_json::Value;

use crate::{INJECTION, Scan, UNPINNED, problem};

fn sarif(scan: &Scan) -> Value {
    serde_json::from_str(&scan.told(Format::Sarif)).unwrap()
}

#[test]
fn a_result_has_its_level_place_flow_fingerprint_and_fix() {
    let told = sarif(&Scan::of_workflow());
    let run = &told["runs"][0];
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "template-injection");
    assert_eq!(result["ruleIndex"], 0);
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "template-injection");
    assert_eq!(result["level"], "error");
    assert_eq!(run["results"][1]["level"], "note");
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!((region["startLine"].as_u64(), region["startColumn"].as_u64()), (Some(10), Some(17)));
    assert_eq!(result["codeFlows"][0]["threadFlows"][0]["locations"][0]["kinds"][0], "source");
    assert!(result["partialFingerprints"]["bratticeFingerprint/v1"].as_str().unwrap().len() == 32);
    let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["deletedRegion"], *region);
    assert_eq!(replacement["insertedContent"]["text"], "$TITLE");
    assert_eq!(run["taxonomies"][0]["taxa"][1]["id"], "CWE-94");
}

#[test]
fn the_worst_results_survive_the_cut() {
    let path = RelativePath::from("a.yml");
    let mut scan = Scan::of(&path, "");
    for index in 0..25_010 {
        let rule = if index % 5_000 == 4_999 { &INJECTION } else { &UNPINNED };
        let identity = FingerprintInput::new("", "");
        scan.findings.findings.push(Finding::new(rule, "m", Location::file(&path), identity));
    }
    scan.findings.findings[4_999].severity = Severity::Critical;
    let told = sarif(&scan);
    let results = told["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    assert!(results[..5].iter().all(|it| it["ruleId"] == "template-injection"));
    assert_eq!(results[0]["properties"]["severity"], "critical");
    let notifications = told["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notifications.last().unwrap()["descriptor"]["id"], "results-cut");
}

#[test]
fn a_path_becomes_a_relative_uri() {
    let path = RelativePath::new(*b"c:/a b/%#?\xff\xc3\xa9.yml");
    let mut scan = Scan::of(&path, "");
    scan.inputs[0].problems.push(problem("x"));
    let told = sarif(&scan);
    let notification = &told["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    let uri = &notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(*uri, "c%3A/a%20b/%25%23%3F%FF%C3%A9.yml");
}

/// Validates against the official schema, which is not ours to redistribute: `BRATTICE_SARIF_SCHEMA` names
/// the file, and Python's `jsonschema` judges. Without it this test has nothing to do, as with a corpus.
#[test]
#[expect(clippy::disallowed_methods, reason = "the test's own input is named by the environment")]
fn it_is_valid_against_the_official_schema() {
    let Some(schema) = std::env::var_os("BRATTICE_SARIF_SCHEMA") else {
        return;
    };
    let mut with_problem = Scan::of_workflow();
    with_problem.inputs[0].problems.push(problem("x"));
    let mut odd_places = Scan::of_workflow();
    let path = RelativePath::from("m.zip");
    let places = [
        Location::Bytes { path: path.clone(), offset: 3, length: 4 },
        Location::Member { path: path.clone(), members: vec![path.clone()], offset: 1 },
        Location::Commit { repository: "r".into(), commit: "c".into(), path: path.clone(), line: 1 },
        Location::Layer { image: "i".into(), layer: "l".into(), path: path.clone() },
        Location::Package { purl: "pkg:pypi/a".into(), path },
    ];
    for place in places {
        let finding = Finding::new(&INJECTION, "m", place, FingerprintInput::new("", ""));
        odd_places.findings.findings.push(finding);
    }
    for scan in [Scan::default(), Scan::of_workflow(), with_problem, odd_places] {
        let mut judge = Command::new("python3")
            .args(["-c", VALIDATOR])
            .arg(&schema)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        judge.stdin.take().unwrap().write_all(scan.told(Format::Sarif).as_bytes()).unwrap();
        let answer = judge.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&answer.stdout), "valid\n");
    }
}

const VALIDATOR: &str = "\
import json, jsonschema, sys
validator = jsonschema.Draft7Validator(json.load(open(sys.argv[1])))
errors = [error.message for error in validator.iter_errors(json.load(sys.stdin))]
print('\\n'.join(errors) or 'valid')
";
