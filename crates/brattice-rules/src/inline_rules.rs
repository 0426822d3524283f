//! The rules about ignores themselves.

use brattice_finding::{Area, Kind, References, Rule, Severity};

/// Every rule about ignores.
pub const IGNORE_RULES: &[&Rule] = &[&UNUSED_IGNORE, &EXPIRED_IGNORE, &UNEXPLAINED_IGNORE, &MALFORMED_IGNORE];

const NO_REFERENCES: References = References { cwe: &[], cicd_sec: &["CICD-SEC-1"], atlas: &[], slsa: &[] };

/// An ignore comment that silences nothing.
pub static UNUSED_IGNORE: Rule = Rule {
    id: "unused-ignore",
    area: Area::Pipeline,
    class: "ignore",
    kind: Kind::Hardening,
    severity: Severity::Low,
    summary: "An ignore comment silences nothing",
    documentation: "\
## What it does
Finds `# brattice: ignore[RULE]` comments, or single rules in them, for which there is no finding.

## Why it matters
A leftover ignore silences the next finding that lands on its line, and nobody will have decided that.

## Example
```yaml
- run: echo ok  # brattice: ignore[template-injection] was needed once
```

## Use instead
```yaml
- run: echo ok
```

## When it is wrong
When the rule found something only under other settings: then name that rule in the settings, not inline.

## References
- OWASP CICD-SEC-1
",
    references: NO_REFERENCES,
};

/// An ignore whose last day has passed.
pub static EXPIRED_IGNORE: Rule = Rule {
    id: "expired-ignore",
    area: Area::Pipeline,
    class: "ignore",
    kind: Kind::Hardening,
    severity: Severity::Medium,
    summary: "An ignore has passed its last day and no longer holds",
    documentation: "\
## What it does
Finds ignores with `until=DATE`, inline and in the settings, whose day lies in the past. They silence nothing.

## Why it matters
A date on an ignore is a promise to look again. It has come due.

## Example
```yaml
- uses: acme/deploy@v1  # brattice: ignore[unpinned-uses] until=2025-01-31 waiting for a release
```

## Use instead
Repair the finding, or decide again and write a new day.

## When it is wrong
When the clock of the machine is wrong.

## References
- OWASP CICD-SEC-1
",
    references: NO_REFERENCES,
};

/// An ignore without a reason.
pub static UNEXPLAINED_IGNORE: Rule = Rule {
    id: "unexplained-ignore",
    area: Area::Pipeline,
    class: "ignore",
    kind: Kind::Hardening,
    severity: Severity::Info,
    summary: "An ignore gives no reason",
    documentation: "\
## What it does
Finds ignores that silence something without saying why. They hold all the same.

## Why it matters
Whoever meets the line next cannot tell a decision from a shortcut.

## Example
```yaml
- uses: acme/deploy@v1  # brattice: ignore[unpinned-uses]
```

## Use instead
```yaml
- uses: acme/deploy@v1  # brattice: ignore[unpinned-uses] our own action, protected tags
```

## When it is wrong
Never, but it is the least of findings.

## References
- OWASP CICD-SEC-1
",
    references: NO_REFERENCES,
};

/// A comment that addresses Brattice but cannot be understood.
pub static MALFORMED_IGNORE: Rule = Rule {
    id: "malformed-ignore",
    area: Area::Pipeline,
    class: "ignore",
    kind: Kind::Hardening,
    severity: Severity::Low,
    summary: "A comment addresses Brattice but cannot be understood",
    documentation: "\
## What it does
Finds `# brattice:` comments that are not of the form `ignore[RULE, …] until=YYYY-MM-DD reason`, or that name a
rule which does not exist. What cannot be understood silences nothing.

## Why it matters
The author believes that something is silenced, or was decided.

## Example
```yaml
- run: echo ok  # brattice: ignore template-injection
```

## Use instead
```yaml
- run: echo ok  # brattice: ignore[template-injection] fixed text
```

## When it is wrong
When the text is not meant for Brattice at all: put a word between `#` and `brattice:`.

## References
- OWASP CICD-SEC-1
",
    references: NO_REFERENCES,
};
