//! One module per rule.

pub(crate) mod excessive_permissions;
pub(crate) mod template_injection;
pub(crate) mod unpinned_uses;
