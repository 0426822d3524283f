//! The evidence graph: which verified statement is about which node, and which node was made from which.
//!
//! Built from files that nobody vouches for. Every file becomes either a verified statement or a problem;
//! none is dropped in silence. Edges come only from provenance that a `builder` signed under its own name.
//!
//! Per (node, type, area, signer) the newest statement decides, so that an old pass cannot hide a new fail.
//! Two that differ at the same instant contradict each other, and neither counts.
//!
//! What it is not: it does not say which evidence is enough. It joins on (kind, sha256) and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use brattice_digest::{Sha256, strict_json};
use jiff::{SignedDuration, Timestamp};

use crate::bundle::Bundle;
use crate::node::{Node, NodeKind};
use crate::oms::ModelSignature;
use crate::statement::{
    Approval, ApprovalRequest, Invocation, Predicate, Provenance, Scan, VerificationSummary,
};
use crate::trust::{BUILDER_ROLE, Trust};
use crate::verified::{Authority, CLOCK_SKEW_MAX, Expectation, Verified, VerifyError, claimed_node};

/// The most evidence files that are looked at: a year of daily releases with ten statements each.
pub const EVIDENCE_FILES_MAX: usize = 10_000;

/// How long before the start of a build its invocation may have been signed. The two are minutes apart; an
/// invocation that somebody kept for later would make its signer the initiator of a build they never asked for.
pub const INVOCATION_AGE_MAX: SignedDuration = SignedDuration::from_hours(1);

/// The code of a problem: a trusted signer's statement is dated ahead of our clock. It does not count, but a
/// failing scan or a denial must not vanish because of a wrong clock.
pub const FROM_THE_FUTURE: &str = "from-the-future";

/// The code of a problem: a trusted key signed a scan or an answer that is not understood. It may say no.
pub const NOT_UNDERSTOOD: &str = "signed-but-not-understood";

/// One evidence file as found: a name for messages, and its bytes.
#[derive(Debug, Clone, Copy)]
pub struct EvidenceFile<'a> {
    /// Where it was found. Only messages use it.
    pub name: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
}

/// An evidence file, or a statement in one, that does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceProblem {
    /// The file's name.
    pub name: String,
    /// SHA-256 of the file.
    pub file: Sha256,
    /// A stable code: `not-a-bundle`, `unknown-statement`, `not-verified`, `from-the-future`,
    /// `signed-but-not-understood`, `not-the-builder`,
    /// `duplicate-file`, `conflicting-statements`, `too-many-files`.
    pub code: &'static str,
    /// One sentence for people, without the name.
    pub message: String,
}

/// A material of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// The node: the far end of an edge.
    pub node: Node,
    /// Where the builder had it from. Informative.
    pub uri: String,
    /// The commit, beside a git tree. Informative.
    pub git_commit: Option<String>,
}

impl Verified<Provenance> {
    /// Returns what this one build was made from. Materials of two provenances are never mixed: judge each
    /// provenance with its own.
    pub fn materials(&self) -> Vec<Material> {
        let dependencies = &self.predicate().build_definition.resolved_dependencies;
        dependencies
            .iter()
            .filter_map(|it| {
                // Verification refused a provenance with a dependency that is no node.
                let node = it.to_node().ok()?;
                let uri = it.uri.clone().unwrap_or_default();
                Some(Material { node, uri, git_commit: it.digest.git_commit.clone() })
            })
            .collect()
    }
}

/// Why a build has no initiator. Without one, no approval can count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InitiatorError {
    /// The provenance names no invocation.
    #[error("provenance names no invocation")]
    NotNamed,
    /// The invocation that the provenance names is not among the evidence, or did not verify.
    #[error("invocation {0} is not among the verified evidence")]
    NotFound(Sha256),
    /// The invocation asked for another command or another workspace, or later than the build began.
    #[error("invocation is not of this build: {0}")]
    OtherBuild(&'static str),
    /// A service signed the invocation.
    #[error("`{0}` signed the invocation and is not a person")]
    NotAPerson(String),
}

/// Statements of one type, with the newest of each signer where that decides.
#[derive(Debug)]
struct Shelf<P> {
    statements: Vec<Verified<P>>,
    newest: BTreeMap<(Node, String), BTreeMap<String, Newest>>,
}

/// The newest statement of one signer about one node.
#[derive(Debug, Clone, Copy)]
struct Newest {
    index: usize,
    conflict: bool,
}

impl<P> Default for Shelf<P> {
    fn default() -> Self {
        Self { statements: Vec::new(), newest: BTreeMap::new() }
    }
}

impl<P: Predicate> Shelf<P> {
    fn about(&self, node: &Node) -> Vec<&Verified<P>> {
        self.statements.iter().filter(|it| it.is_about(node)).collect()
    }

    fn by_file(&self, file: &Sha256) -> Option<&Verified<P>> {
        self.statements.iter().find(|it| it.file() == *file)
    }

    fn newest(&self, node: &Node, area: &str) -> Vec<&Verified<P>> {
        let signers = self.newest.get(&(*node, area.to_owned()));
        let decisive = signers.into_iter().flat_map(BTreeMap::values).filter(|it| !it.conflict);
        decisive.filter_map(|it| self.statements.get(it.index)).collect()
    }

    /// Finds the newest of each (node, area, signer); returns the statements that contradict another.
    fn index(&mut self, area_of: fn(&P) -> &str) -> BTreeSet<usize> {
        let mut conflicts = BTreeSet::new();
        for (index, statement) in self.statements.iter().enumerate() {
            for node in statement.nodes() {
                let key = (*node, area_of(statement.predicate()).to_owned());
                let signers = self.newest.entry(key).or_default();
                let newest =
                    signers.entry(statement.signer().id()).or_insert(Newest { index, conflict: false });
                let Some(other) = self.statements.get(newest.index).filter(|_| newest.index != index) else {
                    continue;
                };
                if statement.time() > other.time() {
                    *newest = Newest { index, conflict: false };
                } else if statement.time() == other.time() && statement.payload() != other.payload() {
                    newest.conflict = true;
                }
            }
        }
        let conflicting = self.newest.values().flat_map(BTreeMap::values).filter(|it| it.conflict);
        conflicts.extend(conflicting.map(|it| it.index));
        conflicts
    }
}

/// Verified evidence, joined.
#[derive(Debug, Default)]
pub struct Graph {
    signatures: Shelf<ModelSignature>,
    provenances: Shelf<Provenance>,
    invocations: Shelf<Invocation>,
    scans: Shelf<Scan>,
    requests: Shelf<ApprovalRequest>,
    approvals: Shelf<Approval>,
    summaries: Shelf<VerificationSummary>,
    problems: Vec<EvidenceProblem>,
}

impl Graph {
    /// Verifies every file and joins what holds. The result does not depend on the order of the files.
    pub fn build(files: &[EvidenceFile<'_>], trust: &Trust, now: Timestamp) -> Self {
        let mut graph = Self::default();
        let mut sorted: Vec<(Sha256, &EvidenceFile<'_>)> =
            files.iter().map(|file| (Sha256::of(file.bytes), file)).collect();
        sorted.sort_by(|a, b| (a.0, a.1.name).cmp(&(b.0, b.1.name)));
        let mut seen: BTreeMap<Sha256, &str> = BTreeMap::new();
        for (number, (digest, file)) in sorted.iter().enumerate() {
            let mut problem = |code, message| {
                graph.problems.push(EvidenceProblem {
                    name: file.name.to_owned(),
                    file: *digest,
                    code,
                    message,
                });
            };
            if number >= EVIDENCE_FILES_MAX {
                problem("too-many-files", format!("more than {EVIDENCE_FILES_MAX} evidence files"));
            } else if let Some(first) = seen.insert(*digest, file.name) {
                problem("duplicate-file", format!("same bytes as `{first}`"));
            } else if let Err((code, message)) = graph.read(file.bytes, trust, now) {
                let problem = EvidenceProblem { name: file.name.to_owned(), file: *digest, code, message };
                graph.problems.push(problem);
            }
        }
        graph.index(&sorted);
        graph
    }

    fn read(&mut self, bytes: &[u8], trust: &Trust, now: Timestamp) -> Result<(), Refusal> {
        let bundle = Bundle::read(bytes).map_err(|error| ("not-a-bundle", error.to_string()))?;
        let payload = strict_json(&bundle.envelope().payload)
            .map_err(|error| ("unknown-statement", format!("payload is not strict JSON: {error}")))?;
        let predicate_type = payload.get("predicateType").and_then(|it| it.as_str()).unwrap_or_default();
        // What the unverified payload claims only chooses the question; `Verified` answers it.
        match predicate_type {
            ModelSignature::TYPE => add(&mut self.signatures, &bundle, trust, None, now),
            Provenance::TYPE => {
                add(&mut self.provenances, &bundle, trust, Some(BUILDER_ROLE), now)?;
                self.check_builder()
            }
            Invocation::TYPE => add(&mut self.invocations, &bundle, trust, None, now),
            Scan::TYPE => add(&mut self.scans, &bundle, trust, None, now),
            ApprovalRequest::TYPE => add(&mut self.requests, &bundle, trust, None, now),
            Approval::TYPE => add(&mut self.approvals, &bundle, trust, None, now),
            VerificationSummary::TYPE => add(&mut self.summaries, &bundle, trust, None, now),
            other => {
                let other: String = other.chars().take(128).collect();
                Err(("unknown-statement", format!("predicate type `{other}` is not known")))
            }
        }
    }

    /// A builder speaks for itself: the id in the statement must be the owner of the key, or the key.
    fn check_builder(&mut self) -> Result<(), Refusal> {
        let Some(newest) = self.provenances.statements.last() else { return Ok(()) };
        let (claimed, signer) = (&newest.predicate().run_details.builder.id, newest.signer().id());
        if *claimed == signer || *claimed == newest.signer().key.to_string() {
            return Ok(());
        }
        let claimed: String = claimed.chars().take(128).collect();
        self.provenances.statements.pop();
        Err(("not-the-builder", format!("`{signer}` signed as builder `{claimed}`")))
    }

    fn index(&mut self, files: &[(Sha256, &EvidenceFile<'_>)]) {
        let mut conflicting: Vec<Sha256> = Vec::new();
        let provenances = self.provenances.index(|_| "");
        conflicting
            .extend(provenances.iter().filter_map(|it| Some(self.provenances.statements.get(*it)?.file())));
        let scans = self.scans.index(|scan| &scan.area);
        conflicting.extend(scans.iter().filter_map(|it| Some(self.scans.statements.get(*it)?.file())));
        let summaries = self.summaries.index(|summary| &summary.resource_uri);
        conflicting
            .extend(summaries.iter().filter_map(|it| Some(self.summaries.statements.get(*it)?.file())));
        for file in conflicting {
            let name =
                files.iter().find(|(digest, _)| *digest == file).map_or("", |(_, it)| it.name).to_owned();
            let message = "contradicts another statement of the same signer at the same time".to_owned();
            self.problems.push(EvidenceProblem { name, file, code: "conflicting-statements", message });
        }
    }

    /// Returns the signatures over a model or a file.
    pub fn signatures_of(&self, node: &Node) -> Vec<&Verified<ModelSignature>> {
        self.signatures.about(node)
    }

    /// Returns the newest provenance of each builder of a node. Iterate: one of them must meet everything
    /// with its own materials.
    pub fn provenances_of(&self, node: &Node) -> Vec<&Verified<Provenance>> {
        self.provenances.newest(node, "")
    }

    /// Returns the newest scan of a node in an area by each signer.
    pub fn scans_of(&self, node: &Node, area: &str) -> Vec<&Verified<Scan>> {
        self.scans.newest(node, area)
    }

    /// Returns the newest verification summary of a node for an environment by each signer.
    pub fn summaries_of(&self, node: &Node, environment: &str) -> Vec<&Verified<VerificationSummary>> {
        self.summaries.newest(node, environment)
    }

    /// Returns the approval requests about a node.
    pub fn requests_for(&self, node: &Node) -> Vec<&Verified<ApprovalRequest>> {
        self.requests.about(node)
    }

    /// Returns every grant, denial and revocation.
    pub fn approvals(&self) -> Vec<&Verified<Approval>> {
        self.approvals.statements.iter().collect()
    }

    /// Returns the invocation in the file with this digest.
    pub fn invocation(&self, file: &Sha256) -> Option<&Verified<Invocation>> {
        self.invocations.by_file(file)
    }

    /// Returns what does not count, and why.
    pub fn problems(&self) -> &[EvidenceProblem] {
        &self.problems
    }

    /// Returns the person who initiated a build: the owner of the key that signed the invocation which the
    /// provenance names, if that invocation asked for this command on this workspace before the build began.
    pub fn initiator(&self, provenance: &Verified<Provenance>) -> Result<&str, InitiatorError> {
        let definition = &provenance.predicate().build_definition;
        let file = definition.external_parameters.invocation.ok_or(InitiatorError::NotNamed)?.sha256;
        let invocation = self.invocation(&file).ok_or(InitiatorError::NotFound(file))?;
        if invocation.predicate().command != definition.external_parameters.command {
            return Err(InitiatorError::OtherBuild("it asked for another command"));
        }
        let workspace = |it: &Material| {
            matches!(it.node.kind, NodeKind::GitTree | NodeKind::Directory) && invocation.is_about(&it.node)
        };
        if !provenance.materials().iter().any(workspace) {
            return Err(InitiatorError::OtherBuild("it asked for another workspace"));
        }
        let started = provenance.predicate().run_details.metadata.started_on;
        if started.duration_until(invocation.predicate().time) > CLOCK_SKEW_MAX {
            return Err(InitiatorError::OtherBuild("it was signed after the build began"));
        }
        if invocation.predicate().time.duration_until(started) > INVOCATION_AGE_MAX {
            return Err(InitiatorError::OtherBuild("it was signed long before the build began"));
        }
        invocation.signer().person().ok_or_else(|| InitiatorError::NotAPerson(invocation.signer().id()))
    }
}

/// A problem code and its message.
type Refusal = (&'static str, String);

/// Whether a trusted key signed this, as a scan or an answer: only these can say no.
fn can_be_a_no<P: Predicate>(bundle: &Bundle, trust: &Trust) -> bool {
    let key = trust.key_for_hint(bundle.hint()).filter(|key| key.revoked_at.is_none());
    [Scan::TYPE, Approval::TYPE].contains(&P::TYPE)
        && key.is_some_and(|key| bundle.envelope().verify(&key.public).is_ok())
}

fn add<P: Predicate>(
    shelf: &mut Shelf<P>,
    bundle: &Bundle,
    trust: &Trust,
    role: Option<&str>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let refuse = |error: VerifyError| {
        let code = match &error {
            // Signed by somebody who is trusted: what it says is not known to be wrong, only not yet so.
            VerifyError::Future(_) => FROM_THE_FUTURE,
            VerifyError::Shape(_) | VerifyError::Statement(_) if can_be_a_no::<P>(bundle, trust) => {
                NOT_UNDERSTOOD
            }
            _ => "not-verified",
        };
        (code, error.to_string())
    };
    let node = claimed_node::<P>(bundle).map_err(refuse)?;
    let expectation = Expectation { node, authority: Authority::Trust { trust, role }, now };
    shelf.statements.push(Verified::new(bundle, &expectation).map_err(refuse)?);
    Ok(())
}
