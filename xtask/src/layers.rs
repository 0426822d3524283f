//! The layers of the house, and the test that no crate reaches above its own.

use std::collections::BTreeMap;

use anyhow::{Context, bail};

/// Every crate and its layer; ARCHITECTURE.md tells what the layers are.
const LAYERS: &[(&str, u8)] = &[
    ("brattice-finding", 0),
    ("brattice-redact", 0),
    ("brattice-digest", 0),
    ("brattice-tree", 1),
    ("brattice-shell", 1),
    ("brattice-pipeline", 1),
    ("brattice-secret", 1),
    ("brattice-rules", 2),
    ("brattice-rules-pipeline", 2),
    ("brattice-attest", 2),
    ("brattice-policy", 2),
    ("brattice-ledger", 2),
    ("brattice-store", 3),
    ("brattice-keys", 3),
    ("brattice-sandbox", 3),
    ("brattice-runner", 3),
    ("brattice-scan", 3),
    ("brattice-report", 4),
    ("brattice", 4),
    // Outside the house: automation and tests.
    ("brattice-fuzz", 5),
    ("xtask", 5),
];

/// Reads `cargo metadata` and returns a line for each rule that is broken.
pub fn violations() -> anyhow::Result<Vec<String>> {
    let output = crate::cargo()
        .current_dir(crate::root())
        .args(["metadata", "--no-deps", "--format-version", "1", "--locked"])
        .output()
        .context("failed to start cargo")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let layers: BTreeMap<&str, u8> = LAYERS.iter().copied().collect();
    let mut problems = Vec::new();
    for package in metadata["packages"].as_array().context("no packages")? {
        let name = package["name"].as_str().context("no name")?;
        let Some(&layer) = layers.get(name) else {
            problems.push(format!("{name} is in no layer: add it to xtask/src/layers.rs"));
            continue;
        };
        for dependency in package["dependencies"].as_array().context("no dependencies")? {
            // Tests may use anything; what ships may not.
            if dependency["kind"] == "dev" {
                continue;
            }
            let used = dependency["name"].as_str().context("no name")?;
            if let Some(&used_layer) = layers.get(used)
                && used_layer > layer
            {
                problems.push(format!("{name} (layer {layer}) depends on {used} (layer {used_layer})"));
            }
            if layer <= 2 && ["tokio", "rustix", "libc", "getrandom"].contains(&used) {
                problems.push(format!(
                    "{name} (layer {layer}) depends on {used}: layers 0 to 2 do not touch the world"
                ));
            }
        }
    }
    Ok(problems)
}
