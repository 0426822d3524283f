//! `gate`: from evidence to a verdict, and to the command behind it.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;

use brattice_attest::graph::Graph;
use brattice_attest::key::SigningKey;
use brattice_attest::oms::Manifest;
use brattice_attest::statement::{
    DigestRef, ResourceDescriptor, Statement, VerificationResult, VerificationSummary, VsaPolicy, VsaVerifier,
};
use brattice_attest::trust::Trust;
use brattice_digest::Sha256;
use brattice_policy::{
    Collection, Decision, Facts, Policy, RequirementVerdict, Status, Verdict, collect, decide,
};
use brattice_store::{Subject, SubjectRules};

use crate::cli::GateArgs;
use crate::context::{Context, short};
use crate::evidence::{EvidenceFolder, Governing, make_parent, signing_key, subject, write_bundle};
use crate::exit::{Failure, NO, PENDING, USAGE, YES, chain};
use crate::ledger::{Draft, append, state};
use crate::private::run_on_copy;
use crate::terminal::one_line;
use crate::verbs::Done;

/// How much ignored evidence is told without `--explain`.
const IGNORED_SHOWN_MAX: usize = 5;

/// Runs `gate`.
pub(crate) fn gate(context: &Context<'_>, arguments: &GateArgs) -> Result<Done, Failure> {
    make_way_for_answers(context, arguments)?;
    let key = arguments.key.as_deref().map(|path| signing_key(context, path)).transpose()?;
    let (policy, trust) = governing(context, arguments)?;
    let (subject, manifest) = subject(context, &arguments.subject, SubjectRules::Strict, NO)?;
    let evidence = EvidenceFolder::read(context, &arguments.evidence)?;
    let graph = evidence.graph(&trust, context.now());
    let judgement = Judgement {
        context,
        arguments,
        policy: &policy,
        trust: &trust,
        graph: &graph,
        presented: evidence.digests(),
        subject: &subject,
        manifest: &manifest,
    };
    let (facts, mut verdict) = judgement.decide()?;
    if subject.require_unchanged().is_err() {
        deny(&mut verdict, "subject", "the subject changed while it was judged");
    }
    judgement.finish(key.as_ref(), &facts, verdict)
}

/// Removes what an earlier call wrote and makes sure of a place for the new. Whatever stops this call, no old
/// yes stands beside its exit code.
fn make_way_for_answers(context: &Context<'_>, arguments: &GateArgs) -> Result<(), Failure> {
    for path in [&arguments.verdict, &arguments.vsa].into_iter().flatten() {
        // Where an answer cannot be written, none is made.
        make_parent(&context.path(path))?;
        let path = &context.path(path);
        // Only what an earlier call can have written: never a device or a link.
        if fs::symlink_metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
            continue;
        }
        if let Err(error) = fs::remove_file(path)
            && error.kind() != ErrorKind::NotFound
        {
            return Err(Failure::usage(format!("cannot write {}: {error}", path.display())));
        }
    }
    Ok(())
}

/// Turns a verdict into a no for a reason that the policy knows nothing of.
fn deny(verdict: &mut Verdict, name: &str, reason: &str) {
    verdict.decision = Decision::Deny;
    verdict.requirements.retain(|it| it.name != name);
    verdict.requirements.push(RequirementVerdict {
        name: name.to_owned(),
        status: Status::Unmet,
        evidence: Vec::new(),
        reason: reason.to_owned(),
    });
}

fn exit_code(decision: Decision) -> u8 {
    match decision {
        Decision::Allow => YES,
        Decision::Deny => NO,
        Decision::Pending => PENDING,
    }
}

/// Reads policy and trust root. Neither comes from the work tree unless it is named.
fn governing(context: &Context<'_>, arguments: &GateArgs) -> Result<(Policy, Trust), Failure> {
    let settings = context.user_settings(&crate::rules::registry())?;
    let configured = |it: &Option<brattice_rules::Sourced<String>>| it.as_ref().map(|it| it.value.clone());
    let base = arguments.base.as_deref();
    let policy = configured(&settings.policy.file);
    let policy =
        Governing::read(context, "policy", arguments.policy.as_deref(), base, policy.as_deref())?.policy()?;
    let file = configured(&settings.trust.file);
    let trust = Governing::read(context, "trust", arguments.trust.as_deref(), base, file.as_deref())?;
    if let Some(pin) = settings.trust.sha256
        && pin.value != trust.sha256()
    {
        return Err(Failure::usage(format!(
            "the trust root has the digest {}, but {} is pinned in the configuration",
            trust.sha256(),
            pin.value
        ))
        .hint("look at what changed; then pin the new digest"));
    }
    Ok((policy, trust.trust()?))
}

struct Judgement<'a> {
    context: &'a Context<'a>,
    arguments: &'a GateArgs,
    policy: &'a Policy,
    trust: &'a Trust,
    graph: &'a Graph,
    presented: BTreeSet<Sha256>,
    subject: &'a Subject,
    manifest: &'a Manifest,
}

impl Judgement<'_> {
    fn decide(&self) -> Result<(Facts, Verdict), Failure> {
        let ledger = state(self.context, self.trust)?;
        let facts = collect(&Collection {
            graph: self.graph,
            name: self.subject.name(),
            manifest: self.manifest,
            environment: &self.arguments.to,
            policy: self.policy,
            trust: self.trust,
            ledger: ledger.as_ref(),
            presented: &self.presented,
            now: self.context.now(),
        });
        let verdict = decide(&facts, self.policy);
        Ok((facts, verdict))
    }

    /// Tells the log, writes verdict and summary, says why, and only then runs the command.
    fn finish(&self, key: Option<&SigningKey>, facts: &Facts, mut verdict: Verdict) -> Result<Done, Failure> {
        let mut summary = self.summary(key, &verdict)?;
        let draft = draft(key, &verdict, summary.as_deref());
        let logged = append(self.context, "gate", exit_code(verdict.decision), &draft);
        // A decision that is not on the log is a no: nothing may run that nobody can prove, and no file may
        // say otherwise.
        if let Err(failure) = &logged
            && verdict.decision != Decision::Deny
        {
            deny(&mut verdict, "ledger", &failure.message);
            summary = self.summary(key, &verdict)?;
        }
        self.write(&verdict, summary.as_deref())?;
        self.explain(facts, &verdict)?;
        logged.map_err(|failure| Failure { code: NO, ..failure })?;
        let code = exit_code(verdict.decision);
        if code != YES || self.arguments.command.is_empty() {
            return Ok(Done { code, draft: None });
        }
        let code = run_on_copy(self.context, self.subject, &self.arguments.command)?;
        Ok(Done { code, draft: None })
    }

    fn write(&self, verdict: &Verdict, summary: Option<&[u8]>) -> Result<(), Failure> {
        if let Some(path) = &self.arguments.verdict {
            let path = self.context.path(path);
            let bytes = serde_json::to_vec_pretty(verdict).map_err(|error| Failure::no(chain(&error)))?;
            brattice_store::write_atomic(&path, &bytes, 0o644).map_err(|error| Failure::no(chain(&error)))?;
        }
        if let Some(bytes) = summary {
            write_bundle(self.context, self.arguments.vsa.as_deref(), bytes)?;
        }
        Ok(())
    }

    fn explain(&self, facts: &Facts, verdict: &Verdict) -> Result<(), Failure> {
        let terminal = self.context.terminal;
        let subject = &verdict.subject;
        terminal.line(&format!(
            "{}: {} {} for `{}`",
            verdict.decision.as_str(),
            subject.kind,
            short(&subject.sha256),
            one_line(&verdict.environment)
        ))?;
        let width = verdict.requirements.iter().map(|it| it.name.len()).max().unwrap_or(0);
        for requirement in &verdict.requirements {
            let mark = match requirement.status {
                Status::Met => "yes",
                Status::Unmet => "no ",
                Status::Pending => "...",
            };
            let line = format!("  {mark}  {:width$}  {}", requirement.name, requirement.reason);
            terminal.line(&one_line(&line))?;
        }
        // Why something does not count is what a person needs who expected a yes.
        let shown_max = if self.arguments.explain { usize::MAX } else { IGNORED_SHOWN_MAX };
        if verdict.decision != Decision::Allow || self.arguments.explain {
            for ignored in facts.ignored.iter().take(shown_max) {
                terminal.line(&one_line(&format!("  ignored  {}", ignored.reason)))?;
            }
            if let Some(more @ 1..) = facts.ignored.len().checked_sub(shown_max) {
                terminal.line(&format!("  ignored  {more} more; `--explain` tells them"))?;
            }
        }
        if self.arguments.explain {
            let text = serde_json::to_string_pretty(facts).map_err(|error| Failure::no(chain(&error)))?;
            terminal.line(&crate::terminal::harmless(&text))?;
        }
        Ok(())
    }

    /// Makes the signed summary, if one was asked for and something is decided.
    fn summary(&self, key: Option<&SigningKey>, verdict: &Verdict) -> Result<Option<Vec<u8>>, Failure> {
        let Some(key) = key.filter(|_| self.arguments.vsa.is_some() && verdict.decision != Decision::Pending)
        else {
            return Ok(None);
        };
        let result = if verdict.decision == Decision::Allow {
            VerificationResult::Passed
        } else {
            VerificationResult::Failed
        };
        let id = key.public().key_id();
        let verifier = self.trust.owner(&id).map_or_else(|| id.to_string(), |it| it.id.clone());
        let inputs: BTreeSet<Sha256> =
            verdict.requirements.iter().flat_map(|it| it.evidence.clone()).collect();
        let predicate = VerificationSummary {
            verifier: VsaVerifier { id: verifier },
            time_verified: self.context.now(),
            resource_uri: verdict.environment.clone(),
            policy: VsaPolicy {
                uri: "urn:brattice:policy".to_owned(),
                digest: DigestRef { sha256: self.policy.sha256 },
            },
            input_attestations: inputs
                .into_iter()
                .map(|it| ResourceDescriptor::byproduct("evidence", it))
                .collect(),
            verification_result: result,
            verified_levels: Vec::new(),
            slsa_version: None,
        };
        let subject = ResourceDescriptor::subject(self.subject.name(), self.manifest.node());
        let signed = Statement::new(vec![subject], predicate).sign(key);
        signed.map(Some).map_err(|error| Failure::new(USAGE, chain(&error)))
    }
}

/// What the log is told.
fn draft(key: Option<&SigningKey>, verdict: &Verdict, summary: Option<&[u8]>) -> Draft {
    let mut draft =
        Draft::new(verdict.decision.as_str()).about(verdict.subject.sha256).to(&verdict.environment);
    for digest in verdict.requirements.iter().flat_map(|it| &it.evidence) {
        draft = draft.with(*digest);
    }
    if let Some(bytes) = summary {
        draft = draft.with(Sha256::of(bytes));
    }
    match key {
        Some(key) => draft.by(&key.public().key_id()),
        None => draft,
    }
}
