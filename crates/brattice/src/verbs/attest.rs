//! `attest`: SLSA provenance from a run record.

use std::collections::BTreeMap;

use brattice_attest::key::KeyId;
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
use crate::evidence::{Governing, signing_key, subject, write_bundle};
use crate::exit::{Failure, NO, YES, chain};
use crate::ledger::{Draft, require_run};
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
    require_run(context, Sha256::of(&record_bytes))?;
    let (subject, manifest) = subject(context, &arguments.subject, SubjectRules::Strict, NO)?;
    require_products(&subject, &record)?;
    let builder = builder_id(context, arguments.builder.as_deref(), &key.public().key_id())?;
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

/// Refuses a subject that is not, file by file, what the run put out: for a directory all products beneath
/// one place and nothing else, so that nobody puts one together from several places or leaves a part out.
fn require_products(subject: &Subject, record: &RunRecord) -> Result<(), Failure> {
    let products: BTreeMap<&[u8], Sha256> =
        record.products.iter().map(|it| (it.path.as_bytes(), it.sha256)).collect();
    let refused = Failure::no("the subject is not what the run put out")
        .hint("attest an output of the run as it is, before anything else touches it");
    let [first, ..] = subject.files() else { return Err(refused) };
    let places = products.keys().filter_map(|path| place_of(path, &first.path));
    for place in places {
        let there: BTreeMap<&[u8], Sha256> = products
            .iter()
            .filter_map(|(path, sha256)| Some((path.strip_prefix(place)?, *sha256)))
            .filter(|(path, _)| subject.is_directory() || *path == first.path)
            .collect();
        let files: BTreeMap<&[u8], Sha256> =
            subject.files().iter().map(|it| (it.path.as_slice(), it.sha256)).collect();
        if there == files {
            return Ok(());
        }
    }
    let file = subject.files().iter().find(|it| !products.values().any(|sha256| *sha256 == it.sha256));
    Err(match file {
        Some(file) => {
            refused.hint(format!("`{}` has bytes that no product has", String::from_utf8_lossy(&file.path)))
        }
        None => refused.hint("a file is missing, or lies under another name"),
    })
}

/// Returns the part of a product's path before the file's own, with its `/`; empty if they are one.
fn place_of<'a>(product: &'a [u8], file: &[u8]) -> Option<&'a [u8]> {
    let place = product.strip_suffix(file)?;
    (place.is_empty() || place.ends_with(b"/")).then_some(place)
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
            external_parameters: ExternalParameters {
                command: record.command.clone(),
                invocation,
                mounts: record.mounts.clone(),
                environment: record.environment.clone(),
            },
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

/// The builder is who owns the key by the configured trust root; without one, who it says it is, or the key.
fn builder_id(context: &Context<'_>, given: Option<&str>, key: &KeyId) -> Result<String, Failure> {
    let settings = context.user_settings(&crate::rules::registry())?.trust;
    let owner = match settings.file {
        None => None,
        Some(file) => {
            let trust = Governing::read(context, "trust", None, None, Some(&file.value))?.trust()?;
            trust.owner(key).map(|it| it.id.clone())
        }
    };
    match (given, owner) {
        (Some(given), Some(owner)) if given != owner && given != key.to_string() => {
            Err(Failure::usage(format!(
                "the key belongs to `{owner}` by the trust root, not to `{given}`: the gate would not hear it"
            ))
            .hint("leave `--builder` out"))
        }
        (Some(given), _) => Ok(given.to_owned()),
        (None, Some(owner)) => Ok(owner),
        (None, None) => Ok(key.to_string()),
    }
}
