//! Whole runs, each from a process of its own.

#![cfg(target_os = "linux")]

mod masking;
mod outcome;
mod record;
mod support;
