use std::io::{self, Write};

use brattice_finding::{InputStatus, RelativePath};
use brattice_report::Format;
use brattice_report::wire::FindingsReport;
use brattice_rules::Thresholds;
use insta::assert_snapshot;
use serde_json::Value;

use crate::{Scan, problem};

#[test]
fn concise_is_one_line_per_finding() {
    assert_snapshot!(Scan::of_workflow().told(Format::Concise), @r#"
    .github/workflows/greet.yml:7:15 unpinned-uses medium tag `v1` can move
    .github/workflows/greet.yml:8:15 unpinned-uses medium branch `main` moves
    .github/workflows/greet.yml:10:17 template-injection high anyone who opens an issue runs commands in job `greet`
    1 exploit finding at or above `medium`; 1 file examined
    "#);
}

#[test]
fn github_gets_commands() {
    assert_snapshot!(Scan::of_workflow().told(Format::Github), @r#"
    ::error file=.github/workflows/greet.yml,line=10,endLine=10,col=17,endColumn=48,title=template-injection (high exploit)::anyone who opens an issue runs commands in job `greet`%0Ahelp: pass the title through `env` (safe fix)
    ::notice file=.github/workflows/greet.yml,line=7,endLine=7,col=15,endColumn=28,title=unpinned-uses (medium hardening)::tag `v1` can move%0Ahelp: pin it to a commit
    ::notice file=.github/workflows/greet.yml,line=8,endLine=8,col=15,endColumn=30,title=unpinned-uses (medium hardening)::branch `main` moves%0Ahelp: pin it to a commit
    brattice: 1 exploit finding at or above `medium`; 1 file examined
    "#);
}

#[test]
fn github_gets_ten_of_a_kind_at_most_and_no_property_can_be_forged() {
    let path = RelativePath::from("a,line=9::b%\n::error::x.yml");
    let mut scan = Scan::of(&path, "a\n");
    scan.inputs[0].status = InputStatus::Incomplete;
    for index in 0..25 {
        scan.inputs[0].problems.push(problem(&format!("{index}\n::warning::forged")));
    }
    let told = scan.told(Format::Github);
    let errors: Vec<&str> = told.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(errors.len(), 10);
    assert_eq!(
        errors[0],
        "::error file=a%2Cline=9%3A%3Ab%25\\n%3A%3Aerror%3A%3Ax.yml,title=yaml-syntax::0 ::warning::forged"
    );
    assert_eq!(errors[9], "::error title=brattice::and 16 more; the log or the SARIF report has all of them");
}

#[test]
fn json_is_the_published_format() {
    let mut scan = Scan::of_workflow();
    scan.findings.findings.drain(..2);
    let told: Value = serde_json::from_str(&scan.told(Format::Json)).unwrap();
    assert_snapshot!(serde_json::to_string_pretty(&told).unwrap(), @r#"
    {
      "findings": [
        {
          "area": "pipeline",
          "class": "injection",
          "confidence": "high",
          "fingerprint": "7a8629a35b0e00109349e88701d6bf02",
          "fixes": [
            {
              "edits": [
                {
                  "length": 31,
                  "offset": 156,
                  "path": ".github/workflows/greet.yml",
                  "text": "$TITLE"
                }
              ],
              "safety": "safe",
              "title": "pass the title through `env`"
            }
          ],
          "help": [],
          "kind": "exploit",
          "location": {
            "column": 17,
            "end_column": 48,
            "end_line": 10,
            "length": 31,
            "line": 10,
            "offset": 156,
            "path": ".github/workflows/greet.yml",
            "symbol": "jobs.greet",
            "type": "span"
          },
          "message": "anyone who opens an issue runs commands in job `greet`",
          "path": [
            {
              "location": {
                "column": 3,
                "end_column": 9,
                "end_line": 2,
                "length": 6,
                "line": 2,
                "offset": 6,
                "path": ".github/workflows/greet.yml",
                "symbol": "jobs.greet",
                "type": "span"
              },
              "role": "source",
              "text": "anyone opens an issue"
            },
            {
              "location": {
                "column": 17,
                "end_column": 48,
                "end_line": 10,
                "length": 31,
                "line": 10,
                "offset": 156,
                "path": ".github/workflows/greet.yml",
                "symbol": "jobs.greet",
                "type": "span"
              },
              "role": "sink",
              "text": "its title becomes shell code"
            }
          ],
          "proof": null,
          "references": {
            "atlas": [],
            "cicd_sec": [
              "CICD-SEC-4"
            ],
            "cwe": [
              "CWE-94"
            ],
            "slsa": []
          },
          "rule": "template-injection",
          "severity": "high"
        }
      ],
      "format": "brattice.findings/1",
      "inputs": [
        {
          "coverage": {
            "bytes": 189,
            "understood": 189
          },
          "kind": "github-workflow",
          "path": ".github/workflows/greet.yml",
          "problems": [],
          "status": "complete"
        }
      ],
      "suppressed": [],
      "tool": {
        "catalogue": "1-0123",
        "name": "brattice",
        "version": "1.2.3"
      },
      "verdict": {
        "exit": 1,
        "incomplete": false,
        "why": "1 exploit finding at or above `medium`; 1 file examined"
      }
    }
    "#);
}

#[test]
fn json_keeps_a_name_that_is_not_text() {
    let scan = Scan::of(&RelativePath::new(*b"a\xff.yml"), "");
    let told: Value = serde_json::from_str(&scan.told(Format::Json)).unwrap();
    assert_eq!(told["inputs"][0]["path"], "a\u{fffd}.yml");
    assert_eq!(told["inputs"][0]["path_base64"], "Yf8ueW1s");
}

#[test]
fn the_schema_names_every_field() {
    let schema = serde_json::to_string(&FindingsReport::schema()).unwrap();
    for field in
        ["brattice.findings/1", "end_column", "path_base64", "fingerprint", "cicd_sec", "not-checked"]
    {
        assert!(schema.contains(field), "{field}");
    }
}

#[test]
fn a_reader_that_went_away_is_no_error_and_a_full_disk_is() {
    struct Fails(io::ErrorKind);
    impl Write for Fails {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(self.0.into())
        }
    }
    let scan = Scan::of_workflow();
    for &format in Format::ALL {
        let write = |kind| scan.write(format, Thresholds::DEFAULT, false, &mut Fails(kind));
        assert!(write(io::ErrorKind::BrokenPipe).is_ok(), "{format:?}");
        assert!(write(io::ErrorKind::StorageFull).is_err(), "{format:?}");
    }
    assert_eq!("sarif".parse(), Ok(Format::Sarif));
    assert!("xml".parse::<Format>().is_err());
}
