//! `brattice.findings/1` as one line of JSON, and the escaping that JSON for a terminal needs.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use crate::Report;
use crate::text::first_hostile;
use crate::wire::FindingsReport;

pub(crate) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_value(&FindingsReport::of(report), out)?;
    out.write_all(b"\n")
}

/// Writes a value as JSON in which hostile characters are escaped: JSON itself allows C1 controls and
/// bidirectional marks raw, and standard output may be a terminal.
pub(crate) fn write_value<T: Serialize>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, HarmlessFormatter);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

struct HarmlessFormatter;

impl Formatter for HarmlessFormatter {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = first_hostile(rest) {
            writer.write_all(rest.get(..at).unwrap_or("").as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = rest.get(at + c.len_utf8()..).unwrap_or("");
        }
        writer.write_all(rest.as_bytes())
    }
}
