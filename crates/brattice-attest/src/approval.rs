//! The counting of approvals: which people said yes to this question, and why the others do not count.
//!
//! An approval is a signature over a digest, not a state in a platform: it is bound to the subjects, the
//! environment, the policy, the trust file, the provenance and an expiry, all through the request. People
//! are counted, not keys. The initiator of the build and whoever asked do not count. Any denial wins.
//!
//! What it is not: it does not say how many people are enough; the policy does.

use std::collections::BTreeSet;

use brattice_digest::Sha256;
use jiff::{SignedDuration, Timestamp};

use crate::node::Node;
use crate::statement::{Approval, ApprovalRequest, Decision};
use crate::trust::Trust;
use crate::verified::Verified;

/// The question that is to be decided now, as the caller knows it.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The artifact.
    pub node: Node,
    /// The environment.
    pub environment: &'a str,
    /// SHA-256 of the policy file in force.
    pub policy: Sha256,
    /// The trust file in force.
    pub trust: &'a Trust,
    /// SHA-256 of the bundle file of the provenance that is being judged.
    pub provenance: Sha256,
    /// The person who initiated the build.
    pub initiator: &'a str,
    /// Whoever has one of these roles may approve. None: nobody may.
    pub roles: &'a [String],
    /// How far ahead an approval may still reach. The statements hold no time of signing, only an end, so
    /// this bounds what is left of an approval's life, not what has passed of it.
    pub max_age: Option<SignedDuration>,
    /// The time of the verdict.
    pub now: Timestamp,
}

/// Why a request is not about the question. Its approvals are then not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestMismatch {
    /// Another artifact.
    #[error("request is about another subject")]
    Subject,
    /// Another environment.
    #[error("request is for another environment")]
    Environment,
    /// Another policy file than the one in force.
    #[error("request was made under another policy")]
    Policy,
    /// Another trust file than the one in force.
    #[error("request was made under another trust file")]
    Trust,
    /// Another build of the same artifact.
    #[error("request is about another provenance")]
    Provenance,
    /// Its time is over.
    #[error("request has expired")]
    Expired,
}

/// A person who said yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approver {
    /// The person.
    pub person: String,
    /// SHA-256 of the bundle file of the grant.
    pub grant: Sha256,
    /// When the grant lapses: the earlier end of grant and request.
    pub expires: Timestamp,
}

/// Somebody who said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The owner of the key.
    pub signer: String,
    /// SHA-256 of the bundle file of the denial.
    pub file: Sha256,
}

/// A grant or revocation that does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCounted {
    /// The owner of the key.
    pub signer: String,
    /// SHA-256 of the bundle file.
    pub file: Sha256,
    /// Why.
    pub reason: NotCountedReason,
}

/// Why a grant or revocation does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NotCountedReason {
    /// It answers another request.
    #[error("answers another request")]
    OtherRequest,
    /// Its subjects are not those of the request.
    #[error("is about other subjects than the request")]
    Subject,
    /// It names another environment than the request.
    #[error("names another environment than the request")]
    Environment,
    /// It names another policy than the request.
    #[error("names another policy than the request")]
    Policy,
    /// It names another trust file than the request.
    #[error("names another trust file than the request")]
    Trust,
    /// Its time is over.
    #[error("has expired")]
    Expired,
    /// It reaches further ahead than the policy allows.
    #[error("reaches further ahead than the policy allows")]
    TooLong,
    /// A service signed it.
    #[error("was signed by a service, not by a person")]
    NotAPerson,
    /// The person lacks the role.
    #[error("was signed by a person without the role")]
    Role,
    /// The person initiated the build.
    #[error("was signed by the initiator of the build")]
    Initiator,
    /// The person made the request.
    #[error("was signed by the person who made the request")]
    Requester,
    /// The person took it back.
    #[error("was revoked")]
    Revoked,
    /// The person used the nonce for two different answers.
    #[error("uses a nonce twice")]
    NonceReused,
    /// The person counts already.
    #[error("comes from a person who counts already")]
    SamePerson,
    /// The revocation names a grant of somebody else.
    #[error("revokes somebody else's grant")]
    NotTheGranter,
}

/// What the answers to one request amount to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// The people who count, by id.
    pub approvers: Vec<Approver>,
    /// Whoever said no. If anybody did, nobody's yes counts.
    pub denials: Vec<Denial>,
    /// The grants and revocations that do not count.
    pub not_counted: Vec<NotCounted>,
}

impl Outcome {
    /// Returns how many people count: none if anybody said no.
    pub fn count(&self) -> usize {
        if self.denials.is_empty() { self.approvers.len() } else { 0 }
    }
}

/// Counts the answers to one request.
pub fn evaluate(
    question: &Question<'_>,
    request: &Verified<ApprovalRequest>,
    answers: &[&Verified<Approval>],
) -> Result<Outcome, RequestMismatch> {
    check_request(question, request)?;
    let mut answers = answers.to_vec();
    answers.sort_by_key(|it| (it.signer().id(), it.file()));
    answers.dedup_by_key(|it| it.file());
    let mut outcome = Outcome::default();
    let mut counted = BTreeSet::new();
    for answer in &answers {
        let (signer, file) = (answer.signer().id(), answer.file());
        let reason = match answer.predicate().decision {
            // Everything else about a denial may be wrong: whoever names this request and says no is heard,
            // until the request itself lapses.
            Decision::Deny if answer.predicate().request.sha256 == request.file() => {
                outcome.denials.push(Denial { signer, file });
                continue;
            }
            Decision::Deny => Some(NotCountedReason::OtherRequest),
            Decision::Revoke => stray_revocation(answer, &answers),
            Decision::Grant => match check_grant(question, request, answer, &answers) {
                Err(reason) => Some(reason),
                Ok(person) if counted.insert(person.to_owned()) => {
                    let expires = answer.predicate().expires.min(request.predicate().expires);
                    outcome.approvers.push(Approver { person: person.to_owned(), grant: file, expires });
                    None
                }
                Ok(_) => Some(NotCountedReason::SamePerson),
            },
        };
        if let Some(reason) = reason {
            outcome.not_counted.push(NotCounted { signer, file, reason });
        }
    }
    Ok(outcome)
}

fn check_request(
    question: &Question<'_>,
    request: &Verified<ApprovalRequest>,
) -> Result<(), RequestMismatch> {
    let asked = request.predicate();
    let checks = [
        (request.is_about(&question.node), RequestMismatch::Subject),
        (asked.environment == question.environment, RequestMismatch::Environment),
        (asked.policy.sha256 == question.policy, RequestMismatch::Policy),
        (asked.trust.sha256 == question.trust.digest(), RequestMismatch::Trust),
        (asked.provenance.sha256 == question.provenance, RequestMismatch::Provenance),
        (asked.expires > question.now, RequestMismatch::Expired),
    ];
    checks.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, mismatch)| Err(mismatch))
}

/// Returns the person whose yes this is.
fn check_grant<'a>(
    question: &Question<'_>,
    request: &Verified<ApprovalRequest>,
    grant: &'a Verified<Approval>,
    answers: &[&Verified<Approval>],
) -> Result<&'a str, NotCountedReason> {
    let (said, asked) = (grant.predicate(), request.predicate());
    let expires = said.expires.min(asked.expires);
    let too_long = question.max_age.is_some_and(|max_age| question.now.duration_until(expires) > max_age);
    let nodes = |nodes: &[Node]| nodes.iter().copied().collect::<BTreeSet<_>>();
    let person = grant.signer().person();
    let has_role = grant.signer().owner.as_ref().is_some_and(|owner| owner.has_any_role(question.roles));
    let checks = [
        (said.request.sha256 == request.file(), NotCountedReason::OtherRequest),
        (nodes(grant.nodes()) == nodes(request.nodes()), NotCountedReason::Subject),
        (said.environment == asked.environment, NotCountedReason::Environment),
        (said.policy == asked.policy, NotCountedReason::Policy),
        (said.trust == asked.trust, NotCountedReason::Trust),
        (expires > question.now, NotCountedReason::Expired),
        (!too_long, NotCountedReason::TooLong),
        (person.is_some(), NotCountedReason::NotAPerson),
        (has_role, NotCountedReason::Role),
        (person != Some(question.initiator), NotCountedReason::Initiator),
        (person != request.signer().person(), NotCountedReason::Requester),
        (!is_revoked(grant, answers), NotCountedReason::Revoked),
        (!reuses_nonce(grant, answers), NotCountedReason::NonceReused),
    ];
    if let Some((_, reason)) = checks.into_iter().find(|(holds, _)| !holds) {
        return Err(reason);
    }
    person.ok_or(NotCountedReason::NotAPerson)
}

/// A revocation holds for good, whatever else it says. One whose target is not at hand takes back every
/// grant of its signer: better to ask again than to miss the one that was meant.
fn is_revoked(grant: &Verified<Approval>, answers: &[&Verified<Approval>]) -> bool {
    answers
        .iter()
        .filter(|it| it.predicate().decision == Decision::Revoke && it.signer().id() == grant.signer().id())
        .filter_map(|it| it.predicate().target)
        .any(|target| target.sha256 == grant.file() || !answers.iter().any(|it| it.file() == target.sha256))
}

fn reuses_nonce(grant: &Verified<Approval>, answers: &[&Verified<Approval>]) -> bool {
    answers.iter().any(|other| {
        other.payload() != grant.payload()
            && other.predicate().decision == Decision::Grant
            && other.signer().id() == grant.signer().id()
            && other.predicate().nonce == grant.predicate().nonce
    })
}

fn stray_revocation(
    revocation: &Verified<Approval>,
    answers: &[&Verified<Approval>],
) -> Option<NotCountedReason> {
    let target = revocation.predicate().target?;
    let named = answers.iter().find(|it| it.file() == target.sha256)?;
    (named.signer().id() != revocation.signer().id()).then_some(NotCountedReason::NotTheGranter)
}
