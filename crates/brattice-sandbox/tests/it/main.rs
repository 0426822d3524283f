//! What a job must not be able to do, tried from within a real sandbox.
//!
//! Each attempt is first made without one: an attempt that fails anyway would prove nothing. Every test runs
//! as the calling user and, if that is root, as an ordinary user too.

mod support;

mod credentials;
mod filesystem;
mod lifecycle;
mod network;
mod outputs;
mod privileges;
mod processes;
mod toolchain;
