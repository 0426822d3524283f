//! Files that are generated from the binary and committed: schemas, the reference, completions, man pages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// The shells whose completion scripts are committed.
const SHELLS: &[&str] = &["bash", "fish", "zsh"];

/// Returns every generated file by its path from the root of the workspace.
pub fn generate(brattice: &Path) -> anyhow::Result<BTreeMap<PathBuf, String>> {
    let mut files = BTreeMap::new();
    for name in print(brattice, &["schema"])?.lines() {
        let file = format!("docs/reference/schema/{}.json", name.replace('/', "-"));
        files.insert(PathBuf::from(file), print(brattice, &["schema", name])?);
    }
    for shell in SHELLS {
        let file = format!("docs/reference/completions/brattice.{shell}");
        files.insert(PathBuf::from(file), print(brattice, &["completions", shell])?);
    }
    let mut index = String::from("# Rules\n\nGenerated from the rules' own documentation.\n\n");
    for line in print(brattice, &["explain"])?.lines() {
        let Some((rule, summary)) = line.split_once(char::is_whitespace) else { continue };
        index.push_str(&format!("- [`{rule}`]({rule}.md): {}\n", summary.trim()));
        files.insert(
            PathBuf::from(format!("docs/reference/rules/{rule}.md")),
            print(brattice, &["explain", rule])?,
        );
    }
    files.insert(PathBuf::from("docs/reference/rules/README.md"), index);
    files.insert(PathBuf::from("docs/reference/cli.md"), command_reference(brattice)?);
    let pages = tempfile::tempdir()?;
    let directory = pages.path().to_str().context("temporary directory is not UTF-8")?;
    print(brattice, &["man", "--dir", directory])?;
    for entry in std::fs::read_dir(pages.path())? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|_| anyhow::anyhow!("name is not UTF-8"))?;
        files.insert(Path::new("docs/reference/man").join(name), std::fs::read_to_string(entry.path())?);
    }
    Ok(files)
}

/// Writes every generated file.
pub fn write(brattice: &Path) -> anyhow::Result<usize> {
    let files = generate(brattice)?;
    for (path, content) in &files {
        let path = crate::root().join(path);
        std::fs::create_dir_all(path.parent().context("no parent")?)?;
        std::fs::write(path, content)?;
    }
    for stale in stale(&files)? {
        let path = crate::root().join(&stale);
        if !files.contains_key(&stale) {
            std::fs::remove_file(path)?;
        }
    }
    Ok(files.len())
}

/// Returns the committed files that differ from what would be generated, or that nothing generates any more.
pub fn stale(files: &BTreeMap<PathBuf, String>) -> anyhow::Result<Vec<PathBuf>> {
    let root = crate::root();
    let mut stale: Vec<PathBuf> = files
        .iter()
        .filter(|(path, content)| std::fs::read_to_string(root.join(path)).ok().as_ref() != Some(content))
        .map(|(path, _)| path.clone())
        .collect();
    for folder in ["schema", "completions", "rules", "man"] {
        let folder = Path::new("docs/reference").join(folder);
        let Ok(entries) = std::fs::read_dir(root.join(&folder)) else { continue };
        for entry in entries {
            let path = folder.join(entry?.file_name());
            if !files.contains_key(&path) {
                stale.push(path);
            }
        }
    }
    Ok(stale)
}

/// Writes the help of every verb into one page.
fn command_reference(brattice: &Path) -> anyhow::Result<String> {
    let mut page = String::from("# Command line\n\nGenerated from the help texts.\n");
    let mut pending: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(verb) = pending.pop() {
        let mut arguments: Vec<&str> = verb.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = print(brattice, &arguments)?;
        let title =
            std::iter::once("brattice").chain(verb.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
        page.push_str(&format!("\n## `{title}`\n\n```text\n{}\n```\n", help.trim_end()));
        let mut children = Vec::new();
        let mut in_commands = false;
        for line in help.lines() {
            match line.strip_prefix("  ") {
                Some(rest) if in_commands && !rest.starts_with(' ') => {
                    let name = rest.split_whitespace().next().unwrap_or_default();
                    children.push(verb.iter().cloned().chain([name.to_owned()]).collect());
                }
                Some(_) => {}
                None if line.is_empty() && in_commands => in_commands = false,
                None => in_commands = line == "Commands:" || (in_commands && line.is_empty()),
            }
        }
        pending.extend(children.into_iter().rev());
    }
    Ok(page)
}

fn print(brattice: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(brattice)
        .args(arguments)
        // One width for every machine; no colour.
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .output()
        .with_context(|| format!("failed to start {}", brattice.display()))?;
    if !output.status.success() {
        bail!("`brattice {}` failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}
