//! Pipeline definitions: from text to one small analysis IR.
//!
//! What it is for: [`expression`] reads what stands between `${{` and `}}`; [`github`] reads workflows and
//! actions tolerantly into a tree with spans; [`ir`] is what rules read: triggers, jobs, steps, and what they
//! call; [`context`] and [`trust`] say who controls which value and who can start what.
//!
//! What it is not: it holds no rule and reports no finding. Odd input gives a problem beside the tree, never
//! a lost file.

pub mod context;
pub mod expression;
pub mod github;
pub mod ir;
pub mod text;
pub mod trust;
