//! Interpreters outside of the system directories.

use std::path::Path;

use crate::support::{for_each_user, skip};

#[expect(clippy::disallowed_methods, reason = "the search path of whoever runs the tests is the subject")]
fn callers_path() -> String {
    std::env::var("PATH").unwrap_or_default()
}

#[test]
fn the_caller_s_python_works_inside() {
    let path = callers_path();
    if !std::env::split_paths(&path).any(|it| it.join("python3").exists()) {
        return skip("there is no `python3`");
    }
    for_each_user(|place| {
        let place = place.with_search_path(&path);
        let code = "import sys, ssl, json; ssl.create_default_context(); print(sys.prefix)";
        let ran = place.run_command(&["python3", "-c", code]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let prefix = Path::new(ran.stdout.trim());
        assert!(prefix.exists(), "{ran:?}");
        // Of a home that holds the interpreter, nothing but the way to it is there.
        if let Ok(rest) = prefix.strip_prefix("/root") {
            let top = rest.components().next().unwrap().as_os_str().to_str().unwrap();
            let listed = place.run("ls -A /root");
            assert!(listed.stdout.lines().any(|it| it == top), "{listed:?}");
            assert!(!listed.stdout.contains(".bashrc"), "{listed:?}");
        }
    });
}

#[test]
fn a_virtual_environment_of_the_workspace_works_inside() {
    for_each_user(|place| {
        let made = place.control("/usr/bin/python3 -m venv --without-pip .venv", "");
        if made.code != 0 {
            return skip("there is no `python3 -m venv`");
        }
        let bin = place.workspace().join(".venv/bin");
        let place = place.with_search_path(bin.to_str().unwrap());
        let ran = place.run_command(&["python3", "-c", "import sys, json; print(sys.prefix)"]);
        assert_eq!(ran.stdout.trim(), place.workspace().join(".venv").to_str().unwrap(), "{ran:?}");
    });
}
