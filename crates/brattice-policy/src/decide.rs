//! The decision itself.
//!
//! One provenance must meet every demand with its own materials and its own approvals; two are never mixed.
//! So each provenance of the subject is judged alone, and the best judgement is the verdict.

use std::time::Duration;

use brattice_digest::Sha256;
use brattice_finding::Severity;
use jiff::Timestamp;

use crate::facts::{ApprovalFact, Facts, NodeFact, ProvenanceFact, ScanFact, SignerFact};
use crate::policy::{Approvals, Environment, LedgerRule, NodeKind, Policy, Requirement, StatementType};
use crate::verdict::{Decision, PolicyReference, RequirementVerdict, Status, Verdict};

/// How far the clocks of a signer and the gate may differ.
const CLOCK_SKEW: Duration = Duration::from_mins(5);

/// Decides. Fails closed: an environment that the policy does not list is a no.
pub fn decide(facts: &Facts, policy: &Policy) -> Verdict {
    let (decision, requirements) = match policy.environment(&facts.environment) {
        None => (
            Decision::Deny,
            vec![RequirementVerdict {
                name: "environment".to_owned(),
                status: Status::Unmet,
                evidence: Vec::new(),
                reason: unknown_environment(facts, policy),
            }],
        ),
        Some(environment) => judge(facts, environment),
    };
    Verdict {
        format: Verdict::FORMAT.to_owned(),
        subject: facts.subject.clone(),
        environment: facts.environment.clone(),
        decision,
        requirements,
        policy: PolicyReference { sha256: policy.sha256, origin: policy.origin.as_str().to_owned() },
    }
}

fn unknown_environment(facts: &Facts, policy: &Policy) -> String {
    let names: Vec<&str> = policy.environment_names().collect();
    format!("the policy has no environment `{}`; it has: {}", facts.environment, names.join(", "))
}

/// Judges every provenance alone and returns the best: allow before pending before deny, then most demands met.
fn judge(facts: &Facts, environment: &Environment) -> (Decision, Vec<RequirementVerdict>) {
    let candidates: Vec<Option<&ProvenanceFact>> =
        if facts.provenances.is_empty() { vec![None] } else { facts.provenances.iter().map(Some).collect() };
    candidates
        .into_iter()
        .map(|provenance| {
            let judge = Judge { facts, environment, provenance };
            let requirements = judge.requirements();
            (overall(&requirements), requirements)
        })
        .max_by_key(|(decision, requirements)| {
            let rank = match decision {
                Decision::Allow => 2,
                Decision::Pending => 1,
                Decision::Deny => 0,
            };
            (rank, requirements.iter().filter(|it| it.status == Status::Met).count())
        })
        .unwrap_or((Decision::Deny, Vec::new()))
}

fn overall(requirements: &[RequirementVerdict]) -> Decision {
    if requirements.iter().any(|it| it.status == Status::Unmet) {
        Decision::Deny
    } else if requirements.iter().any(|it| it.status == Status::Pending) {
        Decision::Pending
    } else {
        Decision::Allow
    }
}

/// What came of one demand.
type Outcome = Result<(Vec<Sha256>, String), String>;

/// One provenance (or none) against one environment.
struct Judge<'a> {
    facts: &'a Facts,
    environment: &'a Environment,
    provenance: Option<&'a ProvenanceFact>,
}

impl Judge<'_> {
    fn requirements(&self) -> Vec<RequirementVerdict> {
        let mut verdicts: Vec<RequirementVerdict> = self
            .environment
            .require
            .iter()
            .map(|requirement| {
                let outcome = match requirement.kind {
                    StatementType::Signature => self.signature(requirement),
                    StatementType::Provenance => self.provenance(requirement),
                    StatementType::Scan => self.scan(requirement),
                };
                verdict(&requirement.name, outcome)
            })
            .collect();
        if let Some(approvals) = &self.environment.approvals {
            verdicts.push(self.approvals(approvals));
        }
        if let Some(ledger) = &self.environment.ledger {
            verdicts.push(verdict("ledger", self.ledger(ledger)));
        }
        if let Some(undecided) = self.facts.undecided.first() {
            verdicts.push(verdict("undecided", Err(undecided.reason.clone())));
        }
        if verdicts.is_empty() {
            // An environment without a demand would let everything through.
            verdicts.push(verdict(
                "require",
                Err("the environment demands nothing; that is not a yes".to_owned()),
            ));
        }
        verdicts
    }

    fn signature(&self, requirement: &Requirement) -> Outcome {
        let found = self
            .facts
            .signatures
            .iter()
            .find(|it| has_role(&it.signer, &requirement.by) && self.counts(it.logged));
        match found {
            Some(found) => Ok((vec![found.evidence], format!("signed by {}", found.signer.owner))),
            None if self.facts.signatures.is_empty() => Err("no valid signature on this subject".to_owned()),
            None => Err(format!("no signature by the role `{}`{}", requirement.by, self.logged_note())),
        }
    }

    fn provenance(&self, requirement: &Requirement) -> Outcome {
        let provenance = self.provenance.ok_or("no valid provenance for this subject")?;
        if !has_role(&provenance.signer, &requirement.by) {
            return Err(format!(
                "the provenance is signed by {}, who lacks the role `{}`",
                provenance.signer.owner, requirement.by
            ));
        }
        if !self.counts(provenance.logged) {
            return Err("the provenance is not in the log".to_owned());
        }
        // A record is no signed statement: where a log is demanded, the log alone vouches for it.
        if self.environment.ledger.as_ref().is_some_and(|it| it.required || it.evidence)
            && !provenance.record_logged
        {
            return Err(
                "the log knows of no run with the record that the provenance was made from".to_owned()
            );
        }
        for guarantee in &requirement.guarantees {
            let state = provenance.guarantees.get(guarantee).map_or("missing", String::as_str);
            if state != "held" {
                return Err(format!("the guarantee `{guarantee}` of the run was {state}"));
            }
        }
        only("path", &provenance.mounts, requirement.mounts.as_ref())?;
        only("variable", &provenance.environment, requirement.environment.as_ref())?;
        self.fresh(&provenance.finished, requirement.max_age)?;
        Ok((vec![provenance.evidence], format!("built by {}", provenance.signer.owner)))
    }

    /// The nodes that a requirement is about: the subject, or materials of this one provenance.
    fn nodes(&self, kind: NodeKind) -> Vec<NodeFact> {
        let name = match kind {
            NodeKind::Model => {
                let subject = &self.facts.subject;
                return vec![NodeFact { kind: subject.kind.clone(), sha256: subject.sha256 }];
            }
            NodeKind::GitTree => "git-tree",
            NodeKind::PackageSet => "package-set",
            NodeKind::Image => "image",
        };
        self.provenance
            .map(|it| it.materials.iter().filter(|it| it.kind == name).cloned().collect())
            .unwrap_or_default()
    }

    fn scan(&self, requirement: &Requirement) -> Outcome {
        let nodes = self.nodes(requirement.node);
        if nodes.is_empty() {
            return Err(self.no_node(requirement.node));
        }
        let area = requirement.area.as_deref().unwrap_or_default();
        let mut evidence = Vec::new();
        // Every node of the kind must be scanned: a second git tree may not ride on the first one's scan.
        for node in &nodes {
            let scans: Vec<&ScanFact> = self
                .facts
                .scans
                .iter()
                .filter(|it| it.node == *node && it.area == area && has_role(&it.signer, &requirement.by))
                .collect();
            if scans.is_empty() {
                return Err(format!(
                    "no `{area}` scan of {} {} by the role `{}`",
                    node.kind,
                    short(&node.sha256),
                    requirement.by
                ));
            }
            // The newest of every signer must pass, so that a second scanner's pass cannot hide a fail. One
            // that is too old neither counts nor blocks.
            let mut stale = None;
            let mut passed = false;
            for scan in scans {
                if let Err(reason) = self.fresh(&scan.finished, requirement.max_age) {
                    stale = Some(reason);
                    continue;
                }
                self.whole(scan, requirement)?;
                evidence.push(scan.evidence);
                passed = true;
            }
            if !passed {
                return Err(stale.unwrap_or_else(|| "no scan counts".to_owned()));
            }
        }
        Ok((evidence, format!("`{area}` scan passed")))
    }

    fn no_node(&self, kind: NodeKind) -> String {
        let wanted = match kind {
            NodeKind::Model => "subject",
            NodeKind::GitTree => "git tree",
            NodeKind::PackageSet => "package set",
            NodeKind::Image => "image",
        };
        match self.provenance {
            None => format!("no provenance leads from this subject to a {wanted}"),
            Some(provenance) if provenance.materials.iter().any(|it| it.kind == "directory") => format!(
                "it was built from a work tree with modified, untracked or ignored files, so there is no {wanted} to judge"
            ),
            Some(_) => format!("its provenance names no {wanted}"),
        }
    }

    /// Whether one scan is whole and clean enough.
    fn whole(&self, scan: &ScanFact, requirement: &Requirement) -> Result<(), String> {
        if !self.counts(scan.logged) {
            return Err("the scan is not in the log".to_owned());
        }
        if !requirement.narrowed && !scan.narrowed.is_empty() {
            return Err(format!("the scan was narrowed: {}", scan.narrowed.join("; ")));
        }
        if requirement.complete && !scan.complete {
            return Err("the scan is incomplete".to_owned());
        }
        match scan.exit {
            0 | 1 => {}
            3 => return Err("the scan had nothing to examine".to_owned()),
            4 if !requirement.complete => {}
            other => return Err(format!("the scan ended with exit code {other}")),
        }
        if requirement.max_severity.is_none() && scan.exit == 1 {
            return Err("the scan failed".to_owned());
        }
        within("exploit", &scan.exploit, requirement.max_severity)?;
        within("hardening", &scan.hardening, requirement.max_hardening)
    }

    fn approvals(&self, rule: &Approvals) -> RequirementVerdict {
        let (status, evidence, reason) = match self.count_approvals(rule) {
            Ok((evidence, reason)) => (Status::Met, evidence, reason),
            Err((status, reason)) => (status, Vec::new(), reason),
        };
        RequirementVerdict { name: "approvals".to_owned(), status, evidence, reason }
    }

    fn count_approvals(&self, rule: &Approvals) -> Result<(Vec<Sha256>, String), (Status, String)> {
        let unmet = |reason: &str| (Status::Unmet, reason.to_owned());
        let provenance =
            self.provenance.ok_or_else(|| unmet("no provenance, so nothing that could be approved"))?;
        if provenance.initiator.person.is_none() {
            let why = provenance.initiator.problem.as_deref().unwrap_or("no signed invocation");
            return Err(unmet(&format!(
                "no approval can count, since nobody is known to have started the run: {why}"
            )));
        }
        if !self.counts(provenance.initiator.logged) {
            return Err(unmet("no approval can count, since the invocation is not in the log"));
        }
        if let Some(denial) = provenance.approvals.denied.first() {
            return Err(unmet(&format!("denied by {}", denial.person)));
        }
        let mut ignored: Vec<String> =
            provenance.approvals.ignored.iter().map(|it| it.reason.clone()).collect();
        let mut people: Vec<&ApprovalFact> = Vec::new();
        for grant in &provenance.approvals.granted {
            match self.approval_counts(grant, rule) {
                Err(reason) => ignored.push(reason),
                Ok(()) if people.iter().any(|it| it.person == grant.person) => {}
                Ok(()) => people.push(grant),
            }
        }
        if people.len() >= rule.count {
            let names: Vec<&str> = people.iter().map(|it| it.person.as_str()).collect();
            return Ok((
                people.iter().map(|it| it.evidence).collect(),
                format!("approved by {}", names.join(", ")),
            ));
        }
        ignored.sort();
        ignored.dedup();
        let mut reason = format!(
            "{} of {} approvals by the role {}",
            people.len(),
            rule.count,
            rule.roles.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(" or ")
        );
        if !ignored.is_empty() {
            reason = format!("{reason}; not counted: {}", ignored.join("; "));
        }
        Err((Status::Pending, reason))
    }

    fn approval_counts(&self, grant: &ApprovalFact, rule: &Approvals) -> Result<(), String> {
        let person = &grant.person;
        if !grant.roles.iter().any(|role| rule.roles.contains(role)) {
            return Err(format!("{person} has none of the roles"));
        }
        if !self.counts(grant.logged) {
            return Err(format!("the approval of {person} is not in the log"));
        }
        let now = self.now()?;
        let expires: Timestamp =
            grant.expires.parse().map_err(|_| format!("the approval of {person} has no valid expiry"))?;
        if expires <= now {
            return Err(format!("the approval of {person} has expired"));
        }
        match (&grant.time, rule.max_age) {
            (Some(time), max_age) => {
                self.fresh(time, max_age).map_err(|it| format!("the approval of {person}: {it}"))
            }
            (None, None) => Ok(()),
            // Without a time of its own an approval is bounded from the other end: by what is left of it.
            (None, Some(max_age)) => {
                let left = now.duration_until(expires);
                let max = jiff::SignedDuration::try_from(max_age).unwrap_or(jiff::SignedDuration::MAX);
                if left > max {
                    return Err(format!(
                        "the approval of {person} says no time and reaches further ahead than {}",
                        hours(max_age)
                    ));
                }
                Ok(())
            }
        }
    }

    fn ledger(&self, rule: &LedgerRule) -> Outcome {
        let Some(ledger) = &self.facts.ledger else {
            return if rule.required || rule.evidence {
                Err(format!("no log is configured, and `{}` is required", rule.origin))
            } else {
                Ok((Vec::new(), "no log is configured, and none is required".to_owned()))
            };
        };
        // A log that is not there has no name, and its own trouble says more.
        if ledger.origin != rule.origin && !ledger.origin.is_empty() {
            return Err(format!("the log is `{}`, not `{}`", ledger.origin, rule.origin));
        }
        if !ledger.verified || ledger.origin != rule.origin {
            return Err(ledger.problem.clone().unwrap_or_else(|| "the log was not verified".to_owned()));
        }
        Ok((Vec::new(), format!("the log `{}` verifies with {} records", ledger.origin, ledger.size)))
    }

    /// Whether a statement counts with regard to the log.
    fn counts(&self, logged: bool) -> bool {
        logged || !self.environment.ledger.as_ref().is_some_and(|it| it.evidence)
    }

    fn logged_note(&self) -> &'static str {
        if self.environment.ledger.as_ref().is_some_and(|it| it.evidence) {
            " that is in the log"
        } else {
            ""
        }
    }

    fn now(&self) -> Result<Timestamp, String> {
        self.facts.time.parse().map_err(|_| "the time of the decision is not a time".to_owned())
    }

    /// Whether a time is not in the future and not too long ago.
    fn fresh(&self, time: &str, max_age: Option<Duration>) -> Result<(), String> {
        let now = self.now()?;
        let then: Timestamp = time.parse().map_err(|_| format!("`{time}` is not a time"))?;
        let age = now.duration_since(then);
        if age < -jiff::SignedDuration::from_secs(CLOCK_SKEW.as_secs().cast_signed()) {
            return Err(format!("it is dated in the future, {time}"));
        }
        match max_age {
            Some(max_age)
                if age > jiff::SignedDuration::try_from(max_age).unwrap_or(jiff::SignedDuration::MAX) =>
            {
                Err(format!("it is of {time}, older than {}", hours(max_age)))
            }
            _ => Ok(()),
        }
    }
}

fn verdict(name: &str, outcome: Outcome) -> RequirementVerdict {
    let (status, evidence, reason) = match outcome {
        Ok((evidence, reason)) => (Status::Met, evidence, reason),
        Err(reason) => (Status::Unmet, Vec::new(), reason),
    };
    RequirementVerdict { name: name.to_owned(), status, evidence, reason }
}

/// Whether everything that was given to a run is on the policy's list, if it has one.
fn only(what: &str, given: &[String], allowed: Option<&Vec<String>>) -> Result<(), String> {
    let Some(allowed) = allowed else { return Ok(()) };
    match given.iter().find(|it| !allowed.contains(it)) {
        None => Ok(()),
        Some(other) => Err(format!("the run was given the {what} `{other}`, which the policy does not list")),
    }
}

fn has_role(signer: &SignerFact, role: &str) -> bool {
    signer.roles.iter().any(|it| it == role)
}

/// Whether no finding of a kind is above the highest severity allowed. Without a bound the kind is not judged
/// here. A severity that we do not know counts as the highest.
fn within(
    kind: &str,
    counts: &std::collections::BTreeMap<String, u64>,
    max: Option<Severity>,
) -> Result<(), String> {
    let Some(max) = max else { return Ok(()) };
    for (word, &count) in counts {
        let above = word.parse::<Severity>().map_or(true, |severity| severity > max);
        if above && count > 0 {
            return Err(format!(
                "{count} {kind} {} of severity {word}, above {max}",
                if count == 1 { "finding" } else { "findings" }
            ));
        }
    }
    Ok(())
}

fn short(digest: &Sha256) -> String {
    digest.to_hex()[..12].to_owned()
}

fn hours(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        s if s % 86_400 == 0 => format!("{}d", s / 86_400),
        s if s % 3_600 == 0 => format!("{}h", s / 3_600),
        s if s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}
