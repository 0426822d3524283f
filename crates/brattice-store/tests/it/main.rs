//! The store at its boundary: real files, real repositories, mostly what must be refused.

mod git;
mod support;
mod walk;
