//! Tests of the readers at their border: text in, tree or verdict out.

mod context;
mod expression;
mod github;
