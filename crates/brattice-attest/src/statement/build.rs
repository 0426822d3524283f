//! What was built, from what, by whom, and who asked for it, as it stands in JSON.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    BUILD_TYPE, DigestRef, INVOCATION_FORMAT, Predicate, ResourceDescriptor, StatementError, annotated_nodes,
    check_nonce, require, single_node,
};
use crate::node::{Node, NodeKind};

/// SLSA provenance v1 with build type [`BUILD_TYPE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// What was built from what.
    pub build_definition: BuildDefinition,
    /// By whom and when.
    pub run_details: RunDetails,
}

/// The inputs of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BuildDefinition {
    /// Always [`BUILD_TYPE`].
    pub build_type: String,
    /// What the invoker chose.
    pub external_parameters: ExternalParameters,
    /// What the builder guaranteed.
    pub internal_parameters: InternalParameters,
    /// The materials, each annotated with its node kind.
    #[serde(default)]
    pub resolved_dependencies: Vec<ResourceDescriptor>,
}

/// What the invoker chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExternalParameters {
    /// The command and its arguments.
    pub command: Vec<String>,
    /// SHA-256 of the bundle file of the signed invocation. Absent for an unsigned run: then nobody is the
    /// initiator and no approval can count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invocation: Option<DigestRef>,
    /// What the job could read beside its workspace and the toolchain. It is named and not hashed: no material.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<String>,
    /// The names of the variables that the job was given, without their values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environment: Vec<String>,
}

/// What the builder guaranteed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InternalParameters {
    /// The tier: `A` or `B`.
    pub tier: String,
    /// Guarantee to `held`, `approximate` or `missing`.
    #[serde(default)]
    pub guarantees: BTreeMap<String, String>,
}

/// By whom and when something was built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunDetails {
    /// The builder.
    pub builder: Builder,
    /// Times and the run's name.
    pub metadata: BuildMetadata,
    /// The run record and the like.
    #[serde(default)]
    pub byproducts: Vec<ResourceDescriptor>,
}

/// The builder: a service of the trust file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Builder {
    /// The service's id. Must be the owner of the key that signed.
    pub id: String,
}

/// Times and the run's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BuildMetadata {
    /// Names the run.
    pub invocation_id: String,
    /// When the job started.
    #[schemars(with = "String")]
    pub started_on: Timestamp,
    /// When the job ended.
    #[schemars(with = "String")]
    pub finished_on: Timestamp,
}

impl Predicate for Provenance {
    const TYPE: &'static str = "https://slsa.dev/provenance/v1";

    fn time(&self) -> Option<Timestamp> {
        Some(self.run_details.metadata.finished_on)
    }

    fn check(&self, subject: &[ResourceDescriptor]) -> Result<Vec<Node>, StatementError> {
        require("buildType", &self.build_definition.build_type, BUILD_TYPE)?;
        for material in &self.build_definition.resolved_dependencies {
            material.to_node()?;
        }
        let metadata = &self.run_details.metadata;
        if metadata.started_on > metadata.finished_on {
            return Err(StatementError::Inconsistent("build ends before it starts"));
        }
        annotated_nodes(subject)
    }
}

/// Who asked for a run, and for which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Invocation {
    /// Always [`INVOCATION_FORMAT`].
    pub format: String,
    /// The command and its arguments.
    pub command: Vec<String>,
    /// The workspace that it runs on: the identity of a `git-tree` or `directory`.
    pub workspace: DigestRef,
    /// When it was asked for.
    #[schemars(with = "String")]
    pub time: Timestamp,
    /// 128 random bits in hexadecimal.
    pub nonce: String,
}

impl Predicate for Invocation {
    const TYPE: &'static str = "urn:brattice:invocation:v1";

    fn time(&self) -> Option<Timestamp> {
        Some(self.time)
    }

    fn check(&self, subject: &[ResourceDescriptor]) -> Result<Vec<Node>, StatementError> {
        require("format", &self.format, INVOCATION_FORMAT)?;
        check_nonce(&self.nonce)?;
        let node = single_node(subject)?;
        if !matches!(node.kind, NodeKind::GitTree | NodeKind::Directory) {
            return Err(StatementError::Inconsistent("subject of an invocation is not a workspace"));
        }
        if node.sha256 != self.workspace.sha256 {
            return Err(StatementError::Inconsistent("subject of the invocation is not its workspace"));
        }
        Ok(vec![node])
    }
}
