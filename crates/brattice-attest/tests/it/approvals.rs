//! Approvals: who counts, and every way of not counting.

use brattice_attest::approval::{NotCountedReason, Outcome, Question, RequestMismatch, evaluate};
use brattice_attest::statement::{Approval, ApprovalRequest, Decision, DigestRef, ResourceDescriptor};
use brattice_attest::trust::Trust;
use brattice_attest::{Node, NodeKind, Verified};
use brattice_digest::Sha256;
use jiff::SignedDuration;

use crate::support::{
    ALICE, ALICE_SECOND, BOB, BUILDER, CAROL, DAVE, NOW, digest_of, model, node, request, signed, subject,
    time, trust, verify,
};

/// Dave built it and Alice asks, unless a test says otherwise.
struct Case {
    trust: Trust,
    roles: Vec<String>,
    initiator: &'static str,
    environment: &'static str,
    policy: Sha256,
    provenance: Sha256,
    node: Node,
    max_age: Option<SignedDuration>,
    now: &'static str,
}

/// Makes the question another one.
type Change = fn(&mut Case);

fn case() -> Case {
    Case {
        trust: trust(),
        roles: vec!["release".to_owned()],
        initiator: "dave",
        environment: "production",
        policy: digest_of("policy").sha256,
        provenance: Sha256::of(b"provenance"),
        node: model(),
        max_age: None,
        now: NOW,
    }
}

impl Case {
    fn evaluate(&self, request: &[u8], answers: &[&[u8]]) -> Result<Outcome, RequestMismatch> {
        let request: Verified<ApprovalRequest> = verify(request, model(), &self.trust).expect("is valid");
        let answers: Vec<Verified<Approval>> = answers.iter().map(|it| self.answer(it)).collect();
        let question = Question {
            node: self.node,
            environment: self.environment,
            policy: self.policy,
            trust: &self.trust,
            provenance: self.provenance,
            initiator: self.initiator,
            roles: &self.roles,
            max_age: self.max_age,
            now: time(self.now),
        };
        evaluate(&question, &request, &answers.iter().collect::<Vec<_>>())
    }

    fn answer(&self, bytes: &[u8]) -> Verified<Approval> {
        let other = node(NodeKind::Model, "another model");
        verify(bytes, model(), &self.trust)
            .or_else(|_| verify(bytes, other, &self.trust))
            .expect("the test's answer is valid")
    }

    /// The people who count, and the reasons of the others.
    fn count(&self, request: &[u8], answers: &[&[u8]]) -> (Vec<String>, Vec<NotCountedReason>) {
        let outcome = self.evaluate(request, answers).expect("the request is about the question");
        let reasons = outcome.not_counted.iter().map(|it| it.reason).collect();
        (outcome.approvers.into_iter().map(|it| it.person).collect(), reasons)
    }
}

fn asked() -> Vec<u8> {
    signed(subject(model()), request(Sha256::of(b"provenance"), &trust()), ALICE)
}

fn approval(request: &[u8], decision: Decision) -> Approval {
    Approval {
        decision,
        request: DigestRef { sha256: Sha256::of(request) },
        target: None,
        environment: "production".to_owned(),
        policy: digest_of("policy"),
        trust: DigestRef { sha256: trust().digest() },
        time: Some(time("2026-06-15T09:00:00Z")),
        expires: time("2026-06-15T18:00:00Z"),
        nonce: "b".repeat(32),
    }
}

fn grant(request: &[u8], signer: u8) -> Vec<u8> {
    signed(subject(model()), approval(request, Decision::Grant), signer)
}

fn changed_grant(signer: u8, change: impl FnOnce(&mut Approval)) -> Vec<u8> {
    let mut approval = approval(&asked(), Decision::Grant);
    change(&mut approval);
    signed(subject(model()), approval, signer)
}

fn revocation(target: &[u8], signer: u8) -> Vec<u8> {
    let mut approval = approval(&asked(), Decision::Revoke);
    approval.target = Some(DigestRef { sha256: Sha256::of(target) });
    signed(subject(model()), approval, signer)
}

fn only_reason(grant: &[u8]) -> NotCountedReason {
    let (people, reasons) = case().count(&asked(), &[grant]);
    assert_eq!((people.len(), reasons.len()), (0, 1));
    reasons[0]
}

#[test]
fn people_with_the_role_count_until_the_earlier_expiry() {
    let request = asked();
    let outcome = case().evaluate(&request, &[&grant(&request, BOB), &grant(&request, CAROL)]).unwrap();
    let people: Vec<&str> = outcome.approvers.iter().map(|it| it.person.as_str()).collect();
    assert_eq!((people, outcome.count()), (vec!["bob", "carol"], 2));
    assert_eq!(outcome.approvers[0].expires, time("2026-06-15T18:00:00Z"));
    assert_eq!(outcome.approvers[0].grant, Sha256::of(&grant(&request, BOB)));
    let long = changed_grant(BOB, |it| it.expires = time("2027-01-01T00:00:00Z"));
    let outcome = case().evaluate(&request, &[&long]).unwrap();
    assert_eq!(outcome.approvers[0].expires, time("2026-06-16T00:00:00Z"));
}

#[test]
fn the_initiator_and_the_requester_do_not_count() {
    let request = asked();
    let mut own_build = case();
    own_build.initiator = "bob";
    let counted = own_build.count(&request, &[&grant(&request, BOB)]);
    assert_eq!(counted, (vec![], vec![NotCountedReason::Initiator]));
    for alice in [ALICE, ALICE_SECOND] {
        assert_eq!(only_reason(&grant(&request, alice)), NotCountedReason::Requester);
    }
}

#[test]
fn one_person_with_two_keys_counts_once() {
    let request = signed(subject(model()), request(Sha256::of(b"provenance"), &trust()), DAVE);
    let both = [grant(&request, ALICE), grant(&request, ALICE_SECOND)];
    let counted = case().count(&request, &[&both[0], &both[1]]);
    assert_eq!(counted, (vec!["alice".to_owned()], vec![NotCountedReason::SamePerson]));
    let counted = case().count(&request, &[&both[0], &both[0]]);
    assert_eq!(counted, (vec!["alice".to_owned()], vec![]));
}

#[test]
fn services_and_people_without_the_role_do_not_count() {
    let request = asked();
    assert_eq!(only_reason(&grant(&request, BUILDER)), NotCountedReason::NotAPerson);
    let mut case = case();
    case.initiator = "nobody";
    assert_eq!(case.count(&request, &[&grant(&request, DAVE)]), (vec![], vec![NotCountedReason::Role]));
    case.roles.clear();
    assert_eq!(case.count(&request, &[&grant(&request, BOB)]), (vec![], vec![NotCountedReason::Role]));
}

#[test]
fn a_request_about_another_question_is_not_looked_at() {
    let request = asked();
    let changes: [(Change, RequestMismatch); 7] = [
        (|it| it.node = node(NodeKind::Model, "another model"), RequestMismatch::Subject),
        (|it| it.node.kind = NodeKind::Directory, RequestMismatch::Subject),
        (|it| it.environment = "staging", RequestMismatch::Environment),
        (|it| it.policy = Sha256::of(b"a later policy"), RequestMismatch::Policy),
        (|it| it.provenance = Sha256::of(b"another build"), RequestMismatch::Provenance),
        (|it| it.now = "2026-06-16T00:00:00Z", RequestMismatch::Expired),
        (
            |it| {
                let text = format!("# changed\n{}", crate::support::trust_text(""));
                it.trust = Trust::parse(text.as_bytes()).expect("a comment changes the digest only");
            },
            RequestMismatch::Trust,
        ),
    ];
    for (change, expected) in changes {
        let mut case = case();
        change(&mut case);
        assert_eq!(case.evaluate(&request, &[&grant(&request, BOB)]), Err(expected));
    }
}

#[test]
fn a_grant_that_differs_from_its_request_does_not_count() {
    for (grant, expected) in [
        (changed_grant(BOB, |it| it.request = digest_of("x")), NotCountedReason::OtherRequest),
        (changed_grant(BOB, |it| it.environment = "staging".to_owned()), NotCountedReason::Environment),
        (changed_grant(BOB, |it| it.policy = digest_of("x")), NotCountedReason::Policy),
        (changed_grant(BOB, |it| it.trust = digest_of("x")), NotCountedReason::Trust),
        (changed_grant(BOB, |it| it.expires = time(NOW)), NotCountedReason::Expired),
    ] {
        assert_eq!(only_reason(&grant), expected);
    }
    let other = node(NodeKind::Model, "another model");
    let approval = || approval(&asked(), Decision::Grant);
    let elsewhere = signed(subject(other), approval(), BOB);
    assert_eq!(only_reason(&elsewhere), NotCountedReason::Subject);
    let more = vec![ResourceDescriptor::subject("a", model()), ResourceDescriptor::subject("b", other)];
    assert_eq!(only_reason(&signed(more, approval(), BOB)), NotCountedReason::Subject);
}

#[test]
fn a_grant_replayed_on_another_request_does_not_count() {
    let mut again = request(Sha256::of(b"provenance"), &trust());
    again.nonce = "c".repeat(32);
    let again = signed(subject(model()), again, ALICE);
    let old = grant(&asked(), BOB);
    assert_eq!(case().count(&asked(), &[&old]), (vec!["bob".to_owned()], vec![]));
    assert_eq!(case().count(&again, &[&old]), (vec![], vec![NotCountedReason::OtherRequest]));
}

#[test]
fn a_nonce_used_twice_counts_for_neither() {
    let request = asked();
    let longer = changed_grant(BOB, |it| it.expires = time("2026-06-15T20:00:00Z"));
    let counted = case().count(&request, &[&grant(&request, BOB), &longer]);
    assert_eq!(counted, (vec![], vec![NotCountedReason::NonceReused; 2]));
    let carols = changed_grant(CAROL, |it| it.expires = time("2026-06-15T20:00:00Z"));
    let counted = case().count(&request, &[&grant(&request, BOB), &carols]);
    assert_eq!(counted.0, ["bob", "carol"], "a nonce is its signer's own");
    let fresh = changed_grant(BOB, |it| it.nonce = "d".repeat(32));
    let counted = case().count(&request, &[&grant(&request, BOB), &fresh]);
    assert_eq!(counted, (vec!["bob".to_owned()], vec![NotCountedReason::SamePerson]));
}

#[test]
fn any_denial_wins_whatever_else_it_says() {
    let request = asked();
    let denials = [
        signed(subject(model()), approval(&request, Decision::Deny), CAROL),
        signed(subject(model()), approval(&request, Decision::Deny), DAVE),
        signed(subject(model()), approval(&request, Decision::Deny), ALICE),
        {
            let mut late = approval(&request, Decision::Deny);
            late.expires = time("2026-06-15T11:00:00Z");
            "staging".clone_into(&mut late.environment);
            signed(subject(model()), late, CAROL)
        },
    ];
    for denial in &denials {
        let outcome = case().evaluate(&request, &[&grant(&request, BOB), denial]).unwrap();
        assert_eq!((outcome.count(), outcome.denials.len()), (0, 1));
        assert_eq!(outcome.approvers.len(), 1, "who would have counted is still told");
    }
    let elsewhere = {
        let mut other = approval(&request, Decision::Deny);
        other.request = digest_of("another request");
        signed(subject(model()), other, CAROL)
    };
    let outcome = case().evaluate(&request, &[&grant(&request, BOB), &elsewhere]).unwrap();
    assert_eq!(outcome.count(), 1);
    assert_eq!(outcome.not_counted[0].reason, NotCountedReason::OtherRequest);
}

#[test]
fn a_revocation_takes_back_ones_own_grant_and_nobody_elses() {
    let request = asked();
    let (bob, carol) = (grant(&request, BOB), grant(&request, CAROL));
    let counted = case().count(&request, &[&bob, &carol, &revocation(&bob, BOB)]);
    assert_eq!(counted, (vec!["carol".to_owned()], vec![NotCountedReason::Revoked]));
    let counted = case().count(&request, &[&bob, &carol, &revocation(&bob, CAROL)]);
    let both = vec!["bob".to_owned(), "carol".to_owned()];
    assert_eq!(counted, (both, vec![NotCountedReason::NotTheGranter]));
    // The one that was meant is not at hand: everything of this person's is taken back.
    let counted = case().count(&request, &[&bob, &revocation(b"lost", BOB)]);
    assert_eq!(counted, (vec![], vec![NotCountedReason::Revoked]));
    // A new grant after a revocation is a new answer.
    let again = changed_grant(BOB, |it| it.nonce = "d".repeat(32));
    let counted = case().count(&request, &[&bob, &again, &revocation(&bob, BOB)]);
    assert_eq!(counted, (vec!["bob".to_owned()], vec![NotCountedReason::Revoked]));
}

#[test]
fn a_person_revokes_with_any_of_their_keys() {
    let request = signed(subject(model()), request(Sha256::of(b"provenance"), &trust()), DAVE);
    let granted = grant(&request, ALICE);
    let counted = case().count(&request, &[&granted, &revocation(&granted, ALICE_SECOND)]);
    assert_eq!(counted, (vec![], vec![NotCountedReason::Revoked]));
}

#[test]
fn an_approval_may_not_reach_further_than_the_policy_allows() {
    let mut case = case();
    case.max_age = Some(SignedDuration::from_hours(6));
    let request = asked();
    assert_eq!(case.count(&request, &[&grant(&request, BOB)]).0, ["bob"]);
    let longer = changed_grant(BOB, |it| it.expires = time("2026-06-15T18:00:01Z"));
    assert_eq!(case.count(&request, &[&longer]), (vec![], vec![NotCountedReason::TooLong]));
}
