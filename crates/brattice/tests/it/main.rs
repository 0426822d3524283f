//! The binary from outside: arguments in, exit code, output and files out.
//!
//! Each test starts the real program in a directory of its own. What a crate decides is tested in that crate;
//! here stands what only the whole line can show, above all what it must refuse.

mod attest;
mod check;
mod cli;
mod exit_codes;
mod gate;
mod gate_evidence;
mod gate_people;
mod gate_tricks;
mod ledger;
mod line;
mod place;
