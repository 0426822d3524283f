//! The attacks that the example can be put under.

use std::fs;

use super::{require, stage::Stage};

/// An attack that a control must stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attack {
    /// A byte of the model changes after it was signed and approved.
    TamperedModel,
    /// The pipeline was never scanned.
    MissingScan,
    /// Alice approves what alice started.
    SelfApproval,
    /// The ledger is put back to an earlier state.
    RolledBackLedger,
}

impl Attack {
    /// Every attack.
    pub const ALL: [Self; 4] =
        [Self::TamperedModel, Self::MissingScan, Self::SelfApproval, Self::RolledBackLedger];

    /// Returns the word on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TamperedModel => "tampered-model",
            Self::MissingScan => "missing-scan",
            Self::SelfApproval => "self-approval",
            Self::RolledBackLedger => "rolled-back-ledger",
        }
    }
}

impl Stage<'_> {
    pub(super) fn tampered_model(&self, say: &mut dyn FnMut(&str)) -> anyhow::Result<()> {
        let card = self.model().join("card.json");
        let text = fs::read_to_string(&card)?.replace("accuracy", "Accuracy");
        fs::write(&card, text)?;
        say("attack    one letter of the approved model's card is changed");
        let refused = self.verify_model()?;
        require(refused.code == 1, "verify accepted a changed model")?;
        say(&format!("stopped   verify: {}", refused.first_error()));
        let verdict = self.expect_gate(1, "signed")?;
        say(&format!("stopped   gate denies: {verdict}"));
        Ok(())
    }

    pub(super) fn missing_scan(&self, say: &mut dyn FnMut(&str)) -> anyhow::Result<()> {
        let verdict = self.expect_gate(1, "pipeline")?;
        say(&format!("stopped   gate denies although bob approved: {verdict}"));
        Ok(())
    }

    pub(super) fn self_approval(&self, say: &mut dyn FnMut(&str)) -> anyhow::Result<()> {
        self.grant("alice")?;
        say("attack    alice grants the approval of the run that she started");
        let verdict = self.expect_gate(5, "approvals")?;
        say(&format!("stopped   gate still waits: {verdict}"));
        Ok(())
    }

    pub(super) fn rolled_back_ledger(&self, say: &mut dyn FnMut(&str)) -> anyhow::Result<()> {
        let copy = self.copy_ledger()?;
        self.grant("bob")?;
        say("approve   alice asked, bob granted: this model, this environment, this policy, 24 hours");
        self.restore_ledger(&copy)?;
        say("attack    the ledger is put back to before the approval");
        let verdict = self.expect_gate(1, "ledger")?;
        say(&format!("stopped   gate denies: {verdict}"));
        Ok(())
    }
}
