//! Files and git: the one door through which bytes of this machine come in and go out.
//!
//! What it is for: reading with a limit ([`read_bounded`]), writing so that a reader sees the old file or the
//! new one and never half of it ([`write_atomic`], [`create_new`]), walking a tree without ever leaving it
//! ([`Root`], [`walk()`]), hashing a file that may not change meanwhile ([`Root::hash`]), the state of a
//! workspace before a job ([`Snapshot`]) and reading git objects by git's plumbing ([`Repository`]).
//!
//! What it is not: it judges nothing and prints nothing, and it keeps no threads: the launcher of a sandbox
//! must be able to call it and still be single-threaded afterwards.

pub mod ledger;

mod beneath;
mod git;
mod objects;
mod read;
mod snapshot;
mod subject;
mod walk;
mod write;

pub use beneath::{Fence, FileKind, FileState, HashedFile, Root, Timestamp};
pub use git::{CommitId, Git, GitError, GitTreeMode, ObjectId, Repository, TreeEntry, work_tree_root};
pub use objects::Objects;
pub use read::{ReadError, read_bounded};
pub use snapshot::{Change, ChangeKind, Snapshot, SnapshotError, SnapshotFile, WorkspaceIdentity};
pub use subject::{Subject, SubjectError, SubjectFile, SubjectRules};
pub use walk::{Walk, WalkEntry, WalkLimits, WalkProblem, WalkProblemKind, walk};
pub use write::{WriteError, create_new, write_atomic};
