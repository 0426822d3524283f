//! From verified evidence to facts: what each statement says about the subject, and what says nothing.

use std::collections::{BTreeMap, BTreeSet};

use brattice_attest::approval::{Question, evaluate};
use brattice_attest::graph::{FROM_THE_FUTURE, Graph, NOT_UNDERSTOOD};
use brattice_attest::oms::Manifest;
use brattice_attest::statement::{Approval, Decision, Provenance, Scan, ScanOrigin};
use brattice_attest::trust::Trust;
use brattice_attest::{Node, Verified};
use brattice_digest::Sha256;
use brattice_ledger::Event;
use jiff::Timestamp;

use crate::facts::{
    ApprovalFact, ApprovalFacts, Facts, IgnoredFact, InitiatorFact, LedgerFact, NodeFact, ProvenanceFact,
    ScanFact, SignatureFact, SignerFact, Subject,
};
use crate::policy::Policy;
use crate::verdict::PolicyReference;

/// The log as the gate found it.
#[derive(Debug, Clone, Default)]
pub struct LedgerState {
    /// The log's origin.
    pub origin: String,
    /// Whether it verified; see [`LedgerFact::verified`].
    pub verified: bool,
    /// The number of records.
    pub size: u64,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// Its events, oldest first.
    pub events: Vec<Event>,
}

/// Everything that facts are made from.
#[derive(Debug, Clone, Copy)]
pub struct Collection<'a> {
    /// The verified evidence.
    pub graph: &'a Graph,
    /// The subject's name, for people.
    pub name: &'a str,
    /// The subject's files as they are.
    pub manifest: &'a Manifest,
    /// The environment.
    pub environment: &'a str,
    /// The policy in force.
    pub policy: &'a Policy,
    /// The trust root in force.
    pub trust: &'a Trust,
    /// The log, if one is configured.
    pub ledger: Option<&'a LedgerState>,
    /// SHA-256 of every evidence file that was presented.
    pub presented: &'a BTreeSet<Sha256>,
    /// The time of the decision.
    pub now: Timestamp,
}

/// Makes the facts about one subject for one environment.
pub fn collect(collection: &Collection<'_>) -> Facts {
    let Collection { graph, manifest, policy, now, .. } = *collection;
    let logged: BTreeSet<Sha256> = collection
        .ledger
        .iter()
        .filter(|it| it.verified)
        .flat_map(|it| it.events.iter())
        .flat_map(|it| it.evidence.iter().copied())
        .collect();
    let collector = Collector { collection, logged, node: manifest.node() };
    let mut ignored: Vec<IgnoredFact> = graph
        .problems()
        .iter()
        .map(|it| IgnoredFact { evidence: it.file, reason: format!("{}: {}", it.name, it.message) })
        .collect();
    let undecided = graph
        .problems()
        .iter()
        .filter_map(|it| {
            let why = match it.code {
                FROM_THE_FUTURE => "look at the clocks",
                NOT_UNDERSTOOD => "a trusted key signed what is not understood, and it may be a no",
                _ => return None,
            };
            Some(IgnoredFact { evidence: it.file, reason: format!("{why}: {}: {}", it.name, it.message) })
        })
        .collect();
    let signatures = collector.signatures(&mut ignored);
    let provenances: Vec<ProvenanceFact> =
        collector.provenances(&mut ignored).into_iter().map(|it| collector.provenance(it)).collect();
    let scans = collector.scans();
    let ledger = collection.ledger.map(|state| collector.ledger(state, &provenances));
    Facts {
        format: Facts::FORMAT.to_owned(),
        subject: Subject {
            name: collection.name.to_owned(),
            kind: collector.node.kind.as_str().to_owned(),
            sha256: collector.node.sha256,
        },
        environment: collection.environment.to_owned(),
        time: now.to_string(),
        policy: PolicyReference { sha256: policy.sha256, origin: policy.origin.as_str().to_owned() },
        trust: collection.trust.digest(),
        signatures,
        provenances,
        scans,
        ledger,
        ignored,
        undecided,
    }
}

struct Collector<'a> {
    collection: &'a Collection<'a>,
    logged: BTreeSet<Sha256>,
    node: Node,
}

impl Collector<'_> {
    /// A signature counts only if every name in its manifest has its bytes: the root alone binds no names.
    fn signatures(&self, ignored: &mut Vec<IgnoredFact>) -> Vec<SignatureFact> {
        let mut facts = Vec::new();
        for signature in self.collection.graph.signatures_of(&self.node) {
            let evidence = signature.file();
            let same = signature
                .predicate()
                .manifest()
                .is_ok_and(|signed| signed.differences(self.collection.manifest).is_empty());
            if same {
                let signer = signer(signature.signer());
                facts.push(SignatureFact { evidence, signer, logged: self.logged.contains(&evidence) });
            } else {
                let reason = "the signed manifest names other files than the subject has".to_owned();
                ignored.push(IgnoredFact { evidence, reason });
            }
        }
        facts
    }

    /// A provenance that binds names must bind the names that are there.
    fn provenances(&self, ignored: &mut Vec<IgnoredFact>) -> Vec<&Verified<Provenance>> {
        let names = self.collection.manifest.names();
        let (same, other): (Vec<_>, Vec<_>) = self
            .collection
            .graph
            .provenances_of(&self.node)
            .into_iter()
            .partition(|it| it.subject_names(&self.node).is_none_or(|bound| bound == names));
        ignored.extend(other.iter().map(|it| IgnoredFact {
            evidence: it.file(),
            reason: "the provenance is of files with other names than the subject has".to_owned(),
        }));
        same
    }

    fn provenance(&self, provenance: &Verified<Provenance>) -> ProvenanceFact {
        let said = provenance.predicate();
        let evidence = provenance.file();
        let initiator = self.collection.graph.initiator(provenance);
        let named = said.build_definition.external_parameters.invocation.map(|it| it.sha256);
        let approvals = match &initiator {
            Ok(person) => self.approvals(provenance, person),
            Err(_) => ApprovalFacts::default(),
        };
        ProvenanceFact {
            evidence,
            signer: signer(provenance.signer()),
            finished: said.run_details.metadata.finished_on.to_string(),
            tier: said.build_definition.internal_parameters.tier.clone(),
            guarantees: said.build_definition.internal_parameters.guarantees.clone(),
            mounts: said.build_definition.external_parameters.mounts.clone(),
            environment: said.build_definition.external_parameters.environment.clone(),
            materials: provenance.materials().iter().map(|it| node_fact(&it.node)).collect(),
            initiator: InitiatorFact {
                person: initiator.as_ref().ok().map(|&it| it.to_owned()),
                evidence: named,
                logged: named.is_some_and(|it| self.logged.contains(&it)),
                problem: initiator.err().map(|it| it.to_string()),
            },
            approvals,
            logged: self.logged.contains(&evidence),
            record_logged: said
                .run_details
                .byproducts
                .iter()
                .any(|it| it.digest.sha256.is_some_and(|record| self.logged.contains(&record))),
        }
    }

    fn approvals(&self, provenance: &Verified<Provenance>, initiator: &str) -> ApprovalFacts {
        let Collection { graph, environment, policy, trust, now, .. } = *self.collection;
        let mut facts = ApprovalFacts::default();
        let Some(rule) = policy.environment(environment).and_then(|it| it.approvals.as_ref()) else {
            return facts;
        };
        let question = Question {
            node: self.node,
            environment,
            policy: policy.sha256,
            trust,
            provenance: provenance.file(),
            initiator,
            roles: &rule.roles,
            // The age is judged with the other rules of the policy, from the approval's own time.
            max_age: None,
            now,
        };
        let answers = graph.approvals();
        for request in graph.requests_for(&self.node) {
            let outcome = match evaluate(&question, request, &answers) {
                Ok(outcome) => outcome,
                Err(mismatch) => {
                    facts
                        .ignored
                        .push(IgnoredFact { evidence: request.file(), reason: mismatch.to_string() });
                    continue;
                }
            };
            for approver in outcome.approvers {
                facts.granted.push(self.approval(
                    approver.grant,
                    approver.person,
                    approver.expires.to_string(),
                ));
            }
            for other in outcome.not_counted {
                let answers_this = answers
                    .iter()
                    .any(|it| it.file() == other.file && it.predicate().request.sha256 == request.file());
                if answers_this {
                    let reason = format!("the answer of {} {}", other.signer, other.reason);
                    facts.ignored.push(IgnoredFact { evidence: other.file, reason });
                }
            }
        }
        facts.denied = self.denials();
        facts
    }

    /// Every no to this subject and environment, whichever request it answers and whenever that lapses: who asks
    /// again, asks for a moment only, or takes the request away, is not rid of it. Its own author lifts it.
    fn denials(&self) -> Vec<ApprovalFact> {
        let Collection { graph, environment, .. } = *self.collection;
        let answers = graph.approvals();
        let is_lifted = |denial: &Verified<Approval>| {
            answers.iter().any(|it| {
                it.predicate().decision == Decision::Revoke
                    && it.signer().id() == denial.signer().id()
                    && it.predicate().target.is_some_and(|target| target.sha256 == denial.file())
            })
        };
        answers
            .iter()
            // The digest alone: a no to these bytes is a no, whatever kind of thing they were taken for.
            .filter(|it| it.nodes().iter().any(|node| node.sha256 == self.node.sha256))
            .filter(|it| {
                it.predicate().decision == Decision::Deny && it.predicate().environment == environment
            })
            .filter(|it| !is_lifted(it))
            .map(|it| self.approval(it.file(), it.signer().id(), it.predicate().expires.to_string()))
            .collect()
    }

    fn approval(&self, evidence: Sha256, person: String, expires: String) -> ApprovalFact {
        let answer = self.collection.graph.approvals().into_iter().find(|it| it.file() == evidence);
        let roles = answer
            .and_then(|it| it.signer().owner.as_ref())
            .map(|owner| owner.roles.iter().cloned().collect())
            .unwrap_or_default();
        let time = answer.and_then(Verified::time).map(|it| it.to_string());
        ApprovalFact { evidence, person, roles, time, expires, logged: self.logged.contains(&evidence) }
    }

    /// The newest scans of the subject and of every material, in the areas that the policy asks about.
    fn scans(&self) -> Vec<ScanFact> {
        let Collection { graph, environment, policy, .. } = *self.collection;
        let areas: BTreeSet<&str> = policy
            .environment(environment)
            .iter()
            .flat_map(|it| it.require.iter())
            .filter_map(|it| it.area.as_deref())
            .collect();
        let mut nodes = BTreeSet::from([self.node]);
        for provenance in graph.provenances_of(&self.node) {
            nodes.extend(provenance.materials().iter().map(|it| it.node));
        }
        let mut facts = Vec::new();
        for node in &nodes {
            for area in &areas {
                facts.extend(graph.scans_of(node, area).into_iter().map(|it| self.scan(it, node)));
            }
        }
        facts
    }

    fn scan(&self, scan: &Verified<Scan>, node: &Node) -> ScanFact {
        let said = scan.predicate();
        let evidence = scan.file();
        ScanFact {
            evidence,
            signer: signer(scan.signer()),
            node: node_fact(node),
            area: said.area.clone(),
            finished: said.finished.to_string(),
            complete: said.coverage.complete && said.coverage.inputs > 0,
            narrowed: narrowed(said),
            exit: said.verdict.exit,
            exploit: said.counts.exploit.clone(),
            hardening: said.counts.hardening.clone(),
            logged: self.logged.contains(&evidence),
        }
    }

    fn ledger(&self, state: &LedgerState, provenances: &[ProvenanceFact]) -> LedgerFact {
        let withheld = if state.verified { self.withheld(&state.events, provenances) } else { None };
        LedgerFact {
            origin: state.origin.clone(),
            verified: state.verified && withheld.is_none(),
            size: state.size,
            problem: state.problem.clone().or(withheld),
        }
    }

    /// Evidence that the log knows and that was not presented. A pass must not look newest because the fail
    /// after it was left out of the folder, nor a denial vanish.
    fn withheld(&self, events: &[Event], provenances: &[ProvenanceFact]) -> Option<String> {
        let mut nodes: BTreeSet<Sha256> = BTreeSet::from([self.node.sha256]);
        nodes.extend(provenances.iter().flat_map(|it| it.materials.iter().map(|it| it.sha256)));
        let mut newest: BTreeMap<(&str, Sha256, &str), &Event> = BTreeMap::new();
        let mut must_be_there: Vec<&Event> = Vec::new();
        for event in events.iter().filter(|it| !it.evidence.is_empty()) {
            for subject in event.subject.iter().filter(|it| nodes.contains(&it.sha256)) {
                match (event.verb.as_str(), event.outcome.as_str()) {
                    (verb @ ("check" | "attest"), _) => {
                        newest.insert((verb, subject.sha256, event.actor.key.as_str()), event);
                    }
                    ("approve", "deny" | "revoke") => must_be_there.push(event),
                    _ => {}
                }
            }
        }
        must_be_there.extend(newest.values());
        // What cannot be used was not presented either: a statement that somebody spoilt is one left out.
        let spoilt: BTreeSet<Sha256> = self.collection.graph.problems().iter().map(|it| it.file).collect();
        let usable = |it: &Sha256| self.collection.presented.contains(it) && !spoilt.contains(it);
        let missing = must_be_there.into_iter().find(|event| !event.evidence.iter().all(usable))?;
        let (verb, outcome, time) = (&missing.verb, &missing.outcome, &missing.time);
        Some(format!("the log names evidence that was not presented: `{verb}` of {time} ({outcome})"))
    }
}

/// Says in what way a scan is less than a whole one.
fn narrowed(scan: &Scan) -> Vec<String> {
    let scope = &scan.scope;
    let mut ways = Vec::new();
    if let Some(since) = &scope.since {
        ways.push(format!("only the change since {since}"));
    }
    if scope.baseline.is_some() {
        ways.push("with a baseline".to_owned());
    }
    if !scope.select.is_empty() {
        ways.push(format!("only the rules {}", scope.select.join(", ")));
    }
    if !scope.ignore.is_empty() {
        ways.push(format!("without the rules {}", scope.ignore.join(", ")));
    }
    if scan.config.origin == ScanOrigin::Tree {
        ways.push("with configuration from the tree itself".to_owned());
    }
    if !scan.suppressions.is_empty() {
        ways.push(format!("with {} suppressed", scan.suppressions.len()));
    }
    ways
}

fn signer(signer: &brattice_attest::Signer) -> SignerFact {
    SignerFact {
        key: signer.key.to_string(),
        owner: signer.id(),
        roles: signer.owner.as_ref().map(|it| it.roles.iter().cloned().collect()).unwrap_or_default(),
    }
}

fn node_fact(node: &Node) -> NodeFact {
    NodeFact { kind: node.kind.as_str().to_owned(), sha256: node.sha256 }
}
