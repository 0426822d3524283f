//! `cargo xtask digits`: the example repository, from source to a gated deployment, with real parts.
//!
//! Two identities take part: alice starts the run, bob approves. A builder and a scanner service hold keys of
//! their own. With an attack, the line is walked up to the place where a control must stop it.

mod attack;
mod environment;
mod stage;

use std::path::Path;

use anyhow::{Context, bail};

pub use attack::Attack;
pub use environment::python_environment;

use stage::Stage;

/// Walks the line and tells each step in a line. Fails unless the end is the one that is expected.
pub fn run(
    brattice: &Path,
    work: &Path,
    attack: Option<Attack>,
    say: &mut dyn FnMut(&str),
) -> anyhow::Result<()> {
    let python = python_environment(work, say)?;
    let stage = Stage::prepare(brattice, work, &python)?;
    say(
        "prepared  a fresh clone of examples/digits, keys for alice, bob, a builder and a scanner, and a ledger",
    );
    if attack == Some(Attack::MissingScan) {
        say("attack    nobody scans the pipeline");
    } else {
        stage.check()?;
        say(
            "check     the pipeline has no failing finding; the scanner signed a statement about the git tree",
        );
    }
    let accuracy = stage.train()?;
    say(&format!("run       trained in a sandbox without network, started by alice: {accuracy}"));
    stage.attest()?;
    say("attest    the builder signed provenance: model <- run <- git tree");
    stage.sign()?;
    say("sign      the builder signed the model (OpenSSF Model Signing v1.0), and the signature verifies");
    if attack != Some(Attack::MissingScan) {
        stage.expect_gate(5, "approvals")?;
        say("gate      pending: an approval is the only thing missing (exit 5)");
    }
    stage.request()?;
    match attack {
        Some(Attack::SelfApproval) => return stage.self_approval(say),
        Some(Attack::RolledBackLedger) => return stage.rolled_back_ledger(say),
        _ => {}
    }
    stage.grant("bob")?;
    say("approve   alice asked, bob granted: this model, this environment, this policy, 24 hours");
    match attack {
        Some(Attack::TamperedModel) => return stage.tampered_model(say),
        Some(Attack::MissingScan) => return stage.missing_scan(say),
        _ => {}
    }
    let deployed = stage.deploy()?;
    say(&format!(
        "gate      allowed on evidence; deployed {deployed} files to {}",
        stage.deploy_directory().display()
    ));
    let records = stage.verify_ledger()?;
    say(&format!("ledger    {records}"));
    Ok(())
}

/// Reads the word after `--attack`.
pub fn parse_attack(word: &str) -> anyhow::Result<Attack> {
    Attack::ALL
        .into_iter()
        .find(|it| it.as_str() == word)
        .with_context(|| format!("`{word}` is not one of: {}", Attack::ALL.map(Attack::as_str).join(", ")))
}

fn require(holds: bool, what: &str) -> anyhow::Result<()> {
    if holds { Ok(()) } else { bail!("the control did not hold: {what}") }
}
