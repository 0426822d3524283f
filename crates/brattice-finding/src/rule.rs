//! What a rule is: its metadata and its documentation.

use crate::{Area, Kind, Severity};

/// Identifiers in public catalogues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct References {
    /// Common Weakness Enumeration, `CWE-94`.
    pub cwe: &'static [&'static str],
    /// OWASP Top 10 CI/CD Security Risks, `CICD-SEC-4`.
    pub cicd_sec: &'static [&'static str],
    /// MITRE ATLAS, `AML.T0010`.
    pub atlas: &'static [&'static str],
    /// Threats of the SLSA specification, `(E) build process`.
    pub slsa: &'static [&'static str],
}

/// The metadata of a rule. One static value per rule, in the rule's own file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The name, after the bad thing, in kebab-case: "allow template-injection" reads as English.
    pub id: &'static str,
    /// The area it belongs to.
    pub area: Area,
    /// The class of weakness it belongs to, such as `injection` or `permissions`.
    pub class: &'static str,
    /// The kind of its findings, unless a finding says otherwise.
    pub kind: Kind,
    /// The severity of its findings, unless a finding says otherwise.
    pub severity: Severity,
    /// One sentence that says what it finds.
    pub summary: &'static str,
    /// The documentation in Markdown, under the fixed headings (style guide, point 35).
    pub documentation: &'static str,
    /// Identifiers in public catalogues.
    pub references: References,
}
