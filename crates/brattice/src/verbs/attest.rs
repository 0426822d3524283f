//! `attest`: SLSA provenance from a run record.

use std::collections::BTreeMap;

use brattice_attest::statement::{
    BUILD_TYPE, BuildDefinition, BuildMetadata, Builder, DigestRef, ExternalParameters, InternalParameters,
    Provenance, ResourceDescriptor, RunDetails, Statement,
};
use brattice_attest::{Node, NodeKind};
use brattice_digest::Sha256;
use brattice_runner::{RunRecord, WorkspaceKind};
use brattice_store::{Subject, SubjectRules};

use crate::cli::{AttestArgs, AttestType};
use crate::context::{Context, short};
use crate::evidence::{signing_key, subject, write_bundle};
use crate::exit::{Failure, NO, YES, chain};
use crate::ledger::Draft;
use crate::verbs::Done;

/// Runs `attest`.
pub(crate) fn attest(context: &Context<'_>, arguments: &AttestArgs) -> Result<Done, Failure> {
    match arguments.kind {
        AttestType::Provenance => provenance(context, arguments),
    }
}

fn provenance(context: &Context<'_>, arguments: &AttestArgs) -> Result<Done, Failure> {
    let key = signing_key(context, &arguments.key)?;
    let record_bytes = context.read(&arguments.record)?;
    let record = RunRecord::read(&record_bytes)
        .map_err(|error| Failure::usage(format!("{}: {}", arguments.record.display(), chain(&error))))?;
    if record.exit.code != 0 {
        return Err(Failure::no(format!(
            "the run ended with code {}; what it left is no product",
            record.exit.code
        )));
    }
    let (subject, manifest) = subject(context, &arguments.subject, SubjectRules::Strict, NO)?;
    require_products(&subject, &record)?;
    let builder = match &arguments.builder {
        Some(id) => id.clone(),
        None => builder_id(context, &key.public().key_id())?,
    };
    let node = manifest.node();
    let statement = Statement::new(
        vec![ResourceDescriptor::subject(subject.name(), node).with_names(manifest.names())],
        predicate(&record, &record_bytes, builder)?,
    );
    let bytes = statement.sign(&key).map_err(|error| Failure::usage(chain(&error)))?;
    subject.require_unchanged().map_err(|error| Failure::no(chain(&error)))?;
    let (path, evidence) = write_bundle(context, arguments.out.as_deref(), &bytes)?;
    context.terminal.success(&format!(
        "provenance of {} {} from {}: {}",
        node.kind,
        short(&node.sha256),
        arguments.record.display(),
        path.display()
    ));
    let run = record.invoker.as_ref().map(|it| it.invocation.sha256.to_hex()).unwrap_or_default();
    let draft =
        Draft::new("provenance").by(&key.public().key_id()).about(node.sha256).with(evidence).of_run(&run);
    Ok(Done { code: YES, draft: Some(draft) })
}

/// Refuses a subject of which any file is not, byte for byte, a product of the run.
fn require_products(subject: &Subject, record: &RunRecord) -> Result<(), Failure> {
    let products: BTreeMap<Vec<u8>, Sha256> =
        record.products.iter().map(|it| (it.path.as_bytes().to_vec(), it.sha256)).collect();
    for file in subject.files() {
        // The subject was copied out under some prefix: every file must be a product under one and the same.
        let shown = String::from_utf8_lossy(&file.path).into_owned();
        let found =
            products.iter().any(|(path, sha256)| *sha256 == file.sha256 && ends_with_path(path, &file.path));
        if !found {
            return Err(Failure::no(format!("`{shown}` is not a product of the run"))
                .hint("attest what the record's run made, before anything else touches it"));
        }
    }
    Ok(())
}

/// Whether a product's path is the file's path, or ends with it at a component.
fn ends_with_path(product: &[u8], file: &[u8]) -> bool {
    product == file || product.strip_suffix(file).is_some_and(|prefix| prefix.last() == Some(&b'/'))
}

fn predicate(record: &RunRecord, record_bytes: &[u8], builder: String) -> Result<Provenance, Failure> {
    let kind = match record.workspace.kind {
        WorkspaceKind::GitTree => NodeKind::GitTree,
        WorkspaceKind::Directory => NodeKind::Directory,
    };
    let node = Node { kind, sha256: record.workspace.sha256 };
    let uri = match &record.workspace.git_commit {
        Some(commit) => format!("git+file://workspace@{commit}"),
        None => "file://workspace".to_owned(),
    };
    let invocation = record.invoker.as_ref().map(|it| DigestRef { sha256: it.invocation.sha256 });
    let run = brattice_keys::random_nonce().map_err(|error| Failure::incomplete(chain(&error)))?;
    Ok(Provenance {
        build_definition: BuildDefinition {
            build_type: BUILD_TYPE.to_owned(),
            external_parameters: ExternalParameters { command: record.command.clone(), invocation },
            internal_parameters: InternalParameters {
                tier: record.tier.as_str().to_owned(),
                guarantees: record
                    .guarantees
                    .iter()
                    .map(|(name, hold)| (name.clone(), hold.as_str().to_owned()))
                    .collect(),
            },
            resolved_dependencies: vec![ResourceDescriptor::material(
                &uri,
                node,
                record.workspace.git_commit.clone(),
            )],
        },
        run_details: RunDetails {
            builder: Builder { id: builder },
            metadata: BuildMetadata {
                invocation_id: run,
                started_on: record.started,
                finished_on: record.ended,
            },
            byproducts: vec![ResourceDescriptor::byproduct("record", Sha256::of(record_bytes))],
        },
    })
}

/// The builder is who owns the key by the configured trust root; without one, the key itself.
fn builder_id(context: &Context<'_>, key: &brattice_attest::key::KeyId) -> Result<String, Failure> {
    let settings = context.user_settings(&crate::rules::registry())?.trust;
    let Some(file) = settings.file else { return Ok(key.to_string()) };
    let trust = crate::evidence::Governing::read(context, "trust", None, None, Some(&file.value))?.trust()?;
    Ok(trust.owner(key).map_or_else(|| key.to_string(), |it| it.id.clone()))
}
