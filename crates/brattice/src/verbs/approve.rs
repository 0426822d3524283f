//! `approve request|grant|deny|revoke|show|list`.

use std::path::Path;

use brattice_attest::bundle::Bundle;
use brattice_attest::statement::{
    Approval, ApprovalRequest, Decision, DigestRef, Predicate, ResourceDescriptor, Statement,
    is_environment_name,
};
use brattice_digest::{Sha256, strict_json};
use brattice_keys::random_nonce;
use brattice_store::SubjectRules;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::cli::{ApproveArgs, ApproveCommand, DecideArgs, RequestArgs, RevokeArgs};
use crate::context::{Context, short};
use crate::evidence::{EvidenceFolder, Governing, signing_key, subject, write_new};
use crate::exit::{Failure, NOTHING, USAGE, YES, chain};
use crate::ledger::Draft;
use crate::terminal::{harmless, one_line};
use crate::verbs::Done;

/// Runs `approve`.
pub(crate) fn approve(context: &Context<'_>, arguments: &ApproveArgs) -> Result<Done, Failure> {
    match &arguments.command {
        ApproveCommand::Request(arguments) => request(context, arguments),
        ApproveCommand::Grant(arguments) => decide(context, arguments, Decision::Grant),
        ApproveCommand::Deny(arguments) => decide(context, arguments, Decision::Deny),
        ApproveCommand::Revoke(arguments) => revoke(context, arguments),
        ApproveCommand::Show { file } => show(context, file),
        ApproveCommand::List { evidence } => list(context, evidence),
    }
}

fn request(context: &Context<'_>, arguments: &RequestArgs) -> Result<Done, Failure> {
    let key = signing_key(context, &arguments.key)?;
    let settings = context.user_settings(&crate::rules::registry())?;
    let configured = |it: &Option<brattice_rules::Sourced<String>>| it.as_ref().map(|it| it.value.clone());
    let policy = Governing::read(
        context,
        "policy",
        arguments.policy.as_deref(),
        None,
        configured(&settings.policy.file).as_deref(),
    )?;
    let trust = Governing::read(
        context,
        "trust",
        arguments.trust.as_deref(),
        None,
        configured(&settings.trust.file).as_deref(),
    )?;
    let owner = trust.trust()?;
    if owner.owner(&key.public().key_id()).is_none() {
        context
            .terminal
            .warning("your key belongs to nobody in the trust root: the gate will not hear this request");
    }
    if policy.policy()?.environment(&arguments.to).is_none() {
        return Err(Failure::usage(format!("the policy has no environment `{}`", arguments.to)));
    }
    let provenance = context.read(&arguments.provenance)?;
    let (subject, manifest) = subject(context, &arguments.subject, SubjectRules::Strict, USAGE)?;
    let node = manifest.node();
    let expires = expiry(context.now(), arguments.expires)?;
    let predicate = ApprovalRequest {
        environment: arguments.to.clone(),
        policy: DigestRef { sha256: policy.sha256() },
        trust: DigestRef { sha256: trust.sha256() },
        provenance: DigestRef { sha256: Sha256::of(&provenance) },
        expires,
        nonce: nonce()?,
    };
    let statement = Statement::new(vec![ResourceDescriptor::subject(subject.name(), node)], predicate);
    let bytes = statement.sign(&key).map_err(|error| Failure::usage(chain(&error)))?;
    write_new(&context.path(&arguments.out), &bytes)?;
    context.terminal.success(&format!(
        "requested approval of {} {} for `{}` until {expires}: {}",
        node.kind,
        short(&node.sha256),
        arguments.to,
        arguments.out.display()
    ));
    let draft = Draft::new("request")
        .by(&key.public().key_id())
        .about(node.sha256)
        .to(&arguments.to)
        .with(Sha256::of(&bytes));
    Ok(Done { code: YES, draft: Some(draft) })
}

/// Takes over what the request says; the key says who decides.
fn decide(context: &Context<'_>, arguments: &DecideArgs, decision: Decision) -> Result<Done, Failure> {
    let key = signing_key(context, &arguments.key)?;
    let request_bytes = context.read(&arguments.request)?;
    let request = unverified::<ApprovalRequest>(&request_bytes, &arguments.request)?;
    let asked = &request.predicate;
    if !is_environment_name(&asked.environment) {
        return Err(Failure::usage(
            "the request names no plain environment; whoever wrote it means to deceive",
        ));
    }
    if decision == Decision::Grant && asked.expires <= context.now() {
        return Err(
            Failure::usage(format!("the request lapsed at {}", asked.expires)).hint("ask for a new one")
        );
    }
    let answer = Approval {
        decision,
        request: DigestRef { sha256: Sha256::of(&request_bytes) },
        target: None,
        environment: asked.environment.clone(),
        policy: asked.policy,
        trust: asked.trust,
        time: Some(context.now()),
        expires: asked.expires,
        nonce: nonce()?,
    };
    let word = if decision == Decision::Grant { "grant" } else { "deny" };
    sign_answer(context, &key, &request.subject, answer, &arguments.out, word)
}

fn revoke(context: &Context<'_>, arguments: &RevokeArgs) -> Result<Done, Failure> {
    let key = signing_key(context, &arguments.key)?;
    let grant_bytes = context.read(&arguments.grant)?;
    let grant = unverified::<Approval>(&grant_bytes, &arguments.grant)?;
    // A denial is lifted in the same way, by its own author.
    if grant.predicate.decision == Decision::Revoke {
        return Err(Failure::usage(format!("{} is itself a revocation", arguments.grant.display())));
    }
    let answer = Approval {
        decision: Decision::Revoke,
        target: Some(DigestRef { sha256: Sha256::of(&grant_bytes) }),
        time: Some(context.now()),
        nonce: nonce()?,
        ..grant.predicate.clone()
    };
    sign_answer(context, &key, &grant.subject, answer, &arguments.out, "revoke")
}

fn sign_answer(
    context: &Context<'_>,
    key: &brattice_attest::key::SigningKey,
    subject: &[ResourceDescriptor],
    answer: Approval,
    out: &Path,
    word: &str,
) -> Result<Done, Failure> {
    let (environment, expires) = (answer.environment.clone(), answer.expires);
    let statement = Statement::new(subject.to_vec(), answer);
    let bytes = statement.sign(key).map_err(|error| Failure::usage(chain(&error)))?;
    write_new(&context.path(out), &bytes)?;
    let mut draft = Draft::new(word).by(&key.public().key_id()).to(&environment).with(Sha256::of(&bytes));
    for descriptor in subject {
        let node = descriptor.to_node().map_err(|error| Failure::usage(chain(&error)))?;
        context.terminal.success(&format!(
            "{word}: {} {} for `{}` until {expires}: {}",
            node.kind,
            short(&node.sha256),
            one_line(&environment),
            out.display()
        ));
        draft = draft.about(node.sha256);
    }
    Ok(Done { code: YES, draft: Some(draft) })
}

/// Prints a request or an answer as it stands, with its digest. Nothing is verified: the gate does that.
fn show(context: &Context<'_>, file: &Path) -> Result<Done, Failure> {
    let bytes = context.read(file)?;
    let bundle = Bundle::read(&bytes).map_err(|error| not_a_bundle(file, &error))?;
    let payload = strict_json(&bundle.envelope().payload)
        .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
    let text = serde_json::to_string_pretty(&payload).unwrap_or_default();
    context.terminal.line(&harmless(&text))?;
    context.terminal.line(&format!("file sha256:{}", bundle.file()))?;
    context.terminal.line(&format!("key  {}", one_line(bundle.hint().as_str().unwrap_or("none"))))?;
    context.terminal.note("nothing was verified; `brattice gate --explain` says what counts");
    Ok(Done { code: YES, draft: None })
}

fn list(context: &Context<'_>, evidence: &[std::path::PathBuf]) -> Result<Done, Failure> {
    let folder = EvidenceFolder::read(context, evidence)?;
    let mut found = 0;
    for (name, bytes) in folder.files() {
        let Ok(bundle) = Bundle::read(bytes) else { continue };
        let Ok(payload) = strict_json(&bundle.envelope().payload) else { continue };
        let kind = match payload.get("predicateType").and_then(Value::as_str) {
            Some(ApprovalRequest::TYPE) => "request",
            Some(Approval::TYPE) => {
                payload.pointer("/predicate/decision").and_then(Value::as_str).unwrap_or("answer")
            }
            _ => continue,
        };
        let text = |pointer: &str| payload.pointer(pointer).and_then(Value::as_str).unwrap_or("").to_owned();
        let environment = text("/predicate/environment");
        let line = format!("{kind:8}  {environment:12}  until {}  {name}", text("/predicate/expires"));
        context.terminal.line(&one_line(&line))?;
        found += 1;
    }
    Ok(Done { code: if found == 0 { NOTHING } else { YES }, draft: None })
}

/// Reads a statement without believing it: whoever answers a request takes over its words and signs them
/// under the own name; the gate compares both.
fn unverified<P: Predicate>(bytes: &[u8], path: &Path) -> Result<Statement<P>, Failure> {
    let bundle = Bundle::read(bytes).map_err(|error| not_a_bundle(path, &error))?;
    let value = strict_json(&bundle.envelope().payload)
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    let statement: Statement<P> = serde_json::from_value(value).map_err(|error| {
        Failure::usage(format!("{} is another kind of statement: {error}", path.display()))
    })?;
    if statement.predicate_type != P::TYPE {
        return Err(Failure::usage(format!("{} is another kind of statement", path.display())));
    }
    Ok(statement)
}

fn not_a_bundle(path: &Path, error: &brattice_attest::bundle::BundleError) -> Failure {
    Failure::usage(format!("{} is not a bundle: {}", path.display(), chain(error)))
}

fn nonce() -> Result<String, Failure> {
    random_nonce().map_err(|error| Failure::incomplete(chain(&error)))
}

fn expiry(now: Timestamp, lifetime: std::time::Duration) -> Result<Timestamp, Failure> {
    let too_long = || Failure::usage("`--expires` is too far in the future");
    let lifetime = SignedDuration::try_from(lifetime).map_err(|_| too_long())?;
    now.checked_add(lifetime).map_err(|_| too_long())
}
