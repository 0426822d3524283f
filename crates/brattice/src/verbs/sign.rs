//! `sign` and `verify`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use brattice_attest::bundle::Bundle;
use brattice_attest::oms::{Difference, Manifest, ModelSignature};
use brattice_attest::{Authority, Expectation, Verified};
use brattice_rules::plural;
use brattice_store::{Subject, SubjectRules};

use crate::cli::{SignArgs, VerifyArgs};
use crate::context::{Context, read_failure, short};
use crate::evidence::{BUNDLE_SUFFIX, public_key, signing_key, subject, write_bundle};
use crate::exit::{Failure, NO, USAGE, YES, chain};
use crate::ledger::Draft;
use crate::private::run_on_copy;
use crate::verbs::Done;

/// How many differences are told one by one.
const DIFFERENCES_SHOWN_MAX: usize = 20;

/// What the standard leaves out, as it is written into a bundle.
const COMPAT_IGNORED: [&str; 4] = [".git", ".gitattributes", ".github", ".gitignore"];

/// Runs `sign`.
pub(crate) fn sign(context: &Context<'_>, arguments: &SignArgs) -> Result<Done, Failure> {
    let key = signing_key(context, &arguments.key)?;
    let rules = rules(arguments.compat);
    let (subject, manifest) = subject(context, &arguments.subject, rules, USAGE)?;
    let ignored = if arguments.compat { COMPAT_IGNORED.map(str::to_owned).to_vec() } else { Vec::new() };
    let statement = ModelSignature::statement(subject.name(), &manifest, ignored);
    let bytes = statement.sign(&key).map_err(|error| Failure::usage(chain(&error)))?;
    subject.require_unchanged().map_err(|error| Failure::no(chain(&error)))?;
    let path = arguments.bundle.clone().unwrap_or_else(|| beside(&arguments.subject));
    let (path, evidence) = write_bundle(context, Some(&path), &bytes)?;
    context.terminal.success(&format!(
        "signed {} ({}) as {} {}: {}",
        subject.name(),
        plural(manifest.resources().len(), "file"),
        manifest.node().kind,
        short(&manifest.node().sha256),
        path.display()
    ));
    let draft = Draft::new("signed").by(&key.public().key_id()).about(manifest.node().sha256).with(evidence);
    Ok(Done { code: YES, draft: Some(draft) })
}

/// Runs `verify`.
pub(crate) fn verify(context: &Context<'_>, arguments: &VerifyArgs) -> Result<Done, Failure> {
    let key = public_key(context, &arguments.public_key)?;
    let rules = rules(arguments.compat);
    let (subject, actual) = subject(context, &arguments.subject, rules, NO)?;
    let bundle_path = arguments.bundle.clone().unwrap_or_else(|| beside(&arguments.subject));
    let bytes =
        match brattice_store::read_bounded(&context.path(&bundle_path), crate::context::DOCUMENT_BYTES_MAX) {
            Ok(bytes) => bytes,
            // Nothing vouches for the subject: that is a no, unless the user misspelt a path.
            Err(error) if error.is_not_found() && arguments.bundle.is_none() => {
                return Err(Failure::no(format!("there is no bundle for {}", arguments.subject.display()))
                    .hint(format!("expected {}; name another with `--bundle`", bundle_path.display())));
            }
            Err(error) => return Err(read_failure(&error)),
        };
    let signed = signed_manifest(&bytes, &key, context.now())?;
    let differences = signed.differences(&actual);
    if !differences.is_empty() {
        return Err(refused(&differences));
    }
    subject.require_unchanged().map_err(|error| Failure::no(chain(&error)))?;
    let digest = actual.node().sha256;
    context.terminal.success(&format!(
        "verified {} ({}): {} {digest}",
        subject.name(),
        plural(actual.resources().len(), "file"),
        actual.node().kind,
    ));
    let draft =
        Draft::new("verified").by(&key.key_id()).about(digest).with(brattice_digest::Sha256::of(&bytes));
    if arguments.command.is_empty() {
        return Ok(Done { code: YES, draft: Some(draft) });
    }
    crate::ledger::append(context, "verify", YES, &draft)?;
    let code = run(context, &subject, &arguments.command)?;
    Ok(Done { code, draft: None })
}

fn run(context: &Context<'_>, subject: &Subject, command: &[OsString]) -> Result<u8, Failure> {
    run_on_copy(context, subject, command)
}

/// Verifies the bundle against the key and returns the manifest that it signs.
fn signed_manifest(
    bytes: &[u8],
    key: &brattice_attest::key::PublicKey,
    now: jiff::Timestamp,
) -> Result<Manifest, Failure> {
    let refuse = |why: String| Failure::no(format!("the bundle does not verify: {why}"));
    let bundle = Bundle::read(bytes).map_err(|error| refuse(chain(&error)))?;
    // The manifest names the node; whether the files are those of the manifest is compared name by name.
    let node =
        brattice_attest::claimed_node::<ModelSignature>(&bundle).map_err(|error| refuse(chain(&error)))?;
    let expectation = Expectation { node, authority: Authority::Key(key), now };
    let verified =
        Verified::<ModelSignature>::new(&bundle, &expectation).map_err(|error| refuse(chain(&error)))?;
    verified.predicate().manifest().map_err(|error| refuse(chain(&error)))
}

fn refused(differences: &[Difference]) -> Failure {
    let mut failure = Failure::no(format!(
        "the files are not what was signed: {}",
        plural(differences.len(), "difference")
    ));
    for difference in differences.iter().take(DIFFERENCES_SHOWN_MAX) {
        failure = failure.hint(match difference {
            Difference::Missing(name) => format!("`{name}` was signed and is not there"),
            Difference::Unsigned(name) => format!("`{name}` is there and was not signed"),
            Difference::Changed(name) => format!("`{name}` has other bytes than those that were signed"),
        });
    }
    failure
}

fn rules(compat: bool) -> SubjectRules {
    if compat { SubjectRules::Compat } else { SubjectRules::Strict }
}

/// Returns `SUBJECT.sigstore.json`.
fn beside(subject: &Path) -> PathBuf {
    let mut name = subject.components().as_path().as_os_str().to_owned();
    name.push(BUNDLE_SUFFIX);
    PathBuf::from(name)
}
