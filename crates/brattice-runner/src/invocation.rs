//! The statement of who asked for a run, made before the job starts.

use brattice_attest::key::SigningKey;
use brattice_attest::statement::{
    DigestRef, INVOCATION_FORMAT, Invocation, ResourceDescriptor, SignError, Statement,
};
use brattice_attest::{Node, NodeKind};
use brattice_store::WorkspaceIdentity;
use jiff::Timestamp;

/// Random bits of a nonce: enough that two runs never share one.
pub(crate) type Nonce = [u8; 16];

/// Signs the invocation and returns the bytes of its bundle file.
pub(crate) fn sign(
    key: &SigningKey,
    command: Vec<String>,
    workspace: &WorkspaceIdentity,
    time: Timestamp,
    nonce: Nonce,
) -> Result<Vec<u8>, SignError> {
    let kind = match workspace {
        WorkspaceIdentity::GitTree { .. } => NodeKind::GitTree,
        WorkspaceIdentity::Directory { .. } => NodeKind::Directory,
    };
    let sha256 = workspace.sha256();
    let subject = ResourceDescriptor::subject("workspace", Node { kind, sha256 });
    let invocation = Invocation {
        format: INVOCATION_FORMAT.to_owned(),
        command,
        workspace: DigestRef { sha256 },
        time,
        nonce: format!("{:032x}", u128::from_be_bytes(nonce)),
    };
    Statement::new(vec![subject], invocation).sign(key)
}
