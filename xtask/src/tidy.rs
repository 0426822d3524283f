//! House rules that no lint states: file sizes, where `unsafe` may stand, no paths of a machine.

use std::path::Path;

use anyhow::Context;

/// The largest source file in lines: beyond it nobody finds their way.
const LINES_MAX: usize = 800;

/// Returns a line for each rule that is broken.
pub fn violations() -> anyhow::Result<Vec<String>> {
    let root = crate::root();
    let mut problems = Vec::new();
    for folder in ["crates", "xtask", "fuzz"] {
        visit(&root.join(folder), &mut |path| {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("failed to read {}", path.display()))?;
            let name = path.strip_prefix(&root).unwrap_or(path).display().to_string();
            let lines = text.lines().count();
            if lines > LINES_MAX {
                problems.push(format!("{name} has {lines} lines, more than {LINES_MAX}"));
            }
            let is_test = name.contains("/tests/");
            if text.contains(concat!("#[", "allow(")) {
                problems.push(format!("{name} allows a lint; `expect` it with a reason"));
            }
            for (number, line) in text.lines().enumerate() {
                let code = line.split("//").next().unwrap_or("");
                let is_unsafe =
                    code.contains(concat!("unsafe", " {")) || code.contains(concat!("unsafe", " fn"));
                if is_unsafe && !name.starts_with("crates/brattice-sandbox/") {
                    problems.push(format!("{name}:{} is unsafe outside the sandbox crate", number + 1));
                }
                if !is_test && code.contains(concat!("#[", "ignore")) {
                    problems.push(format!("{name}:{} ignores a test", number + 1));
                }
            }
            Ok(())
        })?;
    }
    Ok(problems)
}

fn visit(folder: &Path, each: &mut dyn FnMut(&Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            visit(&path, each)?;
        } else if path.extension().is_some_and(|it| it == "rs") {
            each(&path)?;
        }
    }
    Ok(())
}
