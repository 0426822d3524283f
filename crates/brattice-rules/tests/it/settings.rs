use brattice_finding::{Origin, RelativePath, Severity};
use brattice_rules::{Settings, config_reference};
use insta::assert_snapshot;

use crate::registry;

fn read(text: &str, origin: Origin) -> Result<Settings, String> {
    let path = RelativePath::from("brattice.toml");
    Settings::read(&path, text, origin, &registry()).map_err(|errors| errors.to_string())
}

fn refused(text: &str) -> String {
    read(text, Origin::Tree).unwrap_err()
}

#[test]
fn every_key_is_read_with_its_origin() {
    let text = r#"
[check]
fail-on = "high"
fail-hardening = "never"
select = ["loud-thing"]
ignore = ["quiet-thing"]
[[check.ignore-path]]
path = ".github/workflows/docs-*.yml"
rules = ["loud-thing"]
reason = "no secrets there"
until = "2027-01-31"
"#;
    let settings = read(text, Origin::Tree).unwrap();
    let fail_on = settings.check.fail_on.clone().unwrap();
    assert_eq!((fail_on.value, fail_on.origin), (Severity::High, Origin::Tree));
    assert_eq!(settings.check.fail_hardening.clone().unwrap().value, None);
    assert!(settings.check.selects("loud-thing") && !settings.check.selects("quiet-thing"));
    let path = |path: &str| RelativePath::from(path);
    let (before, after) = ("2027-01-31".parse().unwrap(), "2027-02-01".parse().unwrap());
    let of = |rule: &str, at: &str, day| settings.check.ignore_of(rule, &path(at), day);
    assert_eq!(
        of("loud-thing", ".github/workflows/docs-a.yml", before),
        Some((Origin::Tree, Some("no secrets there".to_owned())))
    );
    assert_eq!(of("loud-thing", ".github/workflows/docs-a.yml", after), None);
    assert_eq!(of("loud-thing", "docs-a.yml", before), None);
    assert_eq!(of("quiet-thing", "x", after), Some((Origin::Tree, None)));
    assert!(config_reference().contains("| `check.fail-on` |"));
}

#[test]
fn the_users_own_settings_lie_over_the_trees() {
    let tree = read("[check]\nfail-on = \"critical\"\nignore = [\"loud-thing\"]", Origin::Tree).unwrap();
    let own = read("[check]\nfail-on = \"low\"\n[ledger]\ndir = \"/l\"", Origin::Explicit).unwrap();
    let both = tree.overlaid_with(own);
    assert_eq!(both.check.thresholds().fail_on, Severity::Low);
    assert_eq!(both.check.fail_on.unwrap().origin, Origin::Explicit);
    assert_eq!(both.check.ignore.len(), 1);
    assert_eq!(both.ledger.dir.unwrap().value, "/l");
}

#[test]
fn mistakes_are_told_with_place_expectation_and_nearest_name() {
    assert_snapshot!(refused("[check]\nfail_on = \"hihg\"\nfail-on = \"hihg\"\nselect = [\"loud-thin\", 3]\n"), @r#"
    brattice.toml:2:1: unknown key `fail_on` in `[check]`
      |
    2 | fail_on = "hihg"
      | ^
      = expected: `fail-on`, `fail-hardening`, `select`, `ignore`, `ignore-path`
      = help: did you mean `fail-on`?
      = help: the configuration reference lists every key

    brattice.toml:3:11: `check.fail-on` cannot be `hihg`
      |
    3 | fail-on = "hihg"
      |           ^
      = expected: one of `info`, `low`, `medium`, `high`, `critical`
      = help: did you mean `high`?
      = help: `fail-on` is from which severity on an exploit fails; `medium` if nothing is said

    brattice.toml:4:11: there is no rule `loud-thin`
      |
    4 | select = ["loud-thin", 3]
      |           ^
      = help: did you mean `loud-thing`?
      = help: `brattice explain` lists the rules

    brattice.toml:4:24: `check.select` contains a value of type integer
      |
    4 | select = ["loud-thin", 3]
      |                        ^
      = expected: a list of rule names
      = help: `select` is the rules that run; all of them if nothing is said
    "#);
    assert_snapshot!(refused("[chek]\nx = 1\n"), @r#"
    brattice.toml:1:2: unknown key `chek` at the top
      |
    1 | [chek]
      |  ^
      = expected: `check`, `ledger`, `trust`, `policy`
      = help: did you mean `check`?
      = help: the configuration reference lists every key
    "#);
    assert_snapshot!(refused("[[check.ignore-path]]\npath = \"../x\"\nuntil = \"soon\"\n[[check.ignore-path]]\nrules = []\n"), @r#"
    brattice.toml:2:8: `check.ignore-path.path` must be relative to the root, without `..`
      |
    2 | path = "../x"
      |        ^
      = expected: a pattern over the whole path from the root, such as `.github/workflows/docs-*.yml`
      = help: `path` is which files; `*` stays within a name, `**` crosses directories

    brattice.toml:3:9: `check.ignore-path.until` is not a day
      |
    3 | until = "soon"
      |         ^
      = expected: a day such as `"2027-01-31"`
      = help: `until` is the last day on which it holds

    brattice.toml:4:1: `check.ignore-path.path` is missing
      |
    4 | [[check.ignore-path]]
      | ^
      = expected: a pattern over the whole path from the root, such as `.github/workflows/docs-*.yml`
      = help: `path` is which files; `*` stays within a name, `**` crosses directories
    "#);
    assert_snapshot!(refused("[check]\nfail-on = \n"), @r#"
    brattice.toml:2:11: not TOML: string values must be quoted, expected literal string
      |
    2 | fail-on = 
      |           ^
    "#);
    assert_snapshot!(refused("check = 1"), @r#"
    brattice.toml:1:1: `check` is of type integer, not a table
      |
    1 | check = 1
      | ^
    "#);
}

#[test]
fn what_says_whom_to_trust_is_refused_from_the_tree_and_the_base() {
    for origin in [Origin::Tree, Origin::Base] {
        for table in [
            "[ledger]\ndir = \"x\"",
            "[trust]\nfile = \"x\"",
            "[policy]\nfile = \"x\"",
            "trust = { sha256 = \"\" }",
        ] {
            let error = read(table, origin).unwrap_err();
            assert!(error.contains("is refused here") && error.contains("user configuration"), "{error}");
        }
    }
    assert!(read("[trust]\nsha256 = \"abc\"", Origin::Explicit).unwrap_err().contains("is not a SHA-256"));
}

#[test]
fn a_message_carries_no_control_character() {
    let error = refused("[check]\n\"a\\u001b[31m\" = 1 #\ttab\n");
    assert!(!error.chars().any(|c| c.is_control() && c != '\n'), "{error:?}");
}
