//! Reads `brattice.toml` with a span for every mistake.

use brattice_finding::{LineIndex, Location, Origin, RelativePath, Severity, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::inline::parse_date;
use crate::settings::{
    CheckSettings, ConfigError, ConfigErrors, IgnorePath, KEYS, LedgerSettings, PolicySettings, Settings,
    Sourced, TrustSettings,
};
use crate::{PathGlob, Registry, nearest};

/// The largest settings file that is read, in bytes. Written by hand; 1 MiB is thousands of entries.
pub const CONFIG_BYTES_MAX: usize = 1 << 20;

const TABLES: &[&str] = &["check", "ledger", "trust", "policy"];

/// Why `[ledger]`, `[trust]` and `[policy]` are refused from a repository.
const SENSITIVE: &str = "it says what may be trusted, so it cannot come from the repository under judgement, where a \
                         pull request could change it; put it into your user configuration or on the command line";

impl Settings {
    /// Reads a settings file. Unknown keys, wrong types and wrong values are all reported, each at its place.
    pub fn read(
        path: &RelativePath,
        text: &str,
        origin: Origin,
        registry: &Registry,
    ) -> Result<Self, ConfigErrors> {
        let mut reader =
            Reader { path, text, lines: LineIndex::new(text), origin, registry, errors: Vec::new() };
        if text.len() > CONFIG_BYTES_MAX {
            reader.error(0, format!("file has {} bytes, more than {CONFIG_BYTES_MAX}", text.len()));
            return Err(reader.finish());
        }
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                reader.error(at, format!("not TOML: {}", error.message().trim()));
                return Err(reader.finish());
            }
        };
        let settings = reader.settings(&table);
        if reader.errors.is_empty() { Ok(settings) } else { Err(reader.finish()) }
    }
}

struct Reader<'a> {
    path: &'a RelativePath,
    text: &'a str,
    lines: LineIndex,
    origin: Origin,
    registry: &'a Registry,
    errors: Vec<ConfigError>,
}

type Value<'i> = Spanned<DeValue<'i>>;

impl Reader<'_> {
    fn finish(mut self) -> ConfigErrors {
        self.errors.sort_by_key(|error| (error.line, error.column));
        ConfigErrors(self.errors)
    }

    fn error(&mut self, at: usize, message: String) -> Option<&mut ConfigError> {
        let position = self.lines.position(self.text, u32::try_from(at).unwrap_or(u32::MAX));
        let line = self.lines.line_span(self.text, position.line).map_or("", |span| span.slice(self.text));
        self.errors.push(ConfigError {
            path: self.path.clone(),
            line: position.line,
            column: position.column,
            source_line: line.to_owned(),
            message,
            expected: None,
            nearest: None,
            help: None,
        });
        self.errors.last_mut()
    }

    fn unknown_key(&mut self, at: usize, table: &str, name: &str, known: &[&str]) {
        let place = if table.is_empty() { "at the top".to_owned() } else { format!("in `[{table}]`") };
        let near = nearest(name, known.iter().copied());
        if let Some(error) = self.error(at, format!("unknown key `{}` {place}", name.escape_debug())) {
            error.expected = Some(known.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", "));
            error.nearest = near.map(str::to_owned);
            error.help = Some("the configuration reference lists every key".to_owned());
        }
    }

    fn wrong(&mut self, at: usize, table: &str, name: &str, found: &str) {
        let expected = KEYS.iter().find(|key| key.table == table && key.name == name);
        if let Some(error) = self.error(at, format!("`{table}.{name}` {found}")) {
            error.expected = expected.map(|key| key.expected.to_owned());
            error.help = expected.map(|key| format!("`{name}` is {}", key.meaning));
        }
    }

    /// Goes through one table, reports unknown keys, and hands each known one to `take`.
    fn table(
        &mut self,
        table: &str,
        entries: &DeTable<'_>,
        mut take: impl FnMut(&mut Self, &str, &Value<'_>),
    ) {
        let known: Vec<&str> = KEYS.iter().filter(|key| key.table == table).map(|key| key.name).collect();
        for (name, value) in entries {
            let key = name.get_ref().as_ref();
            if known.contains(&key) {
                take(self, key, value);
            } else {
                self.unknown_key(name.span().start, table, key, &known);
            }
        }
    }

    fn settings(&mut self, top: &DeTable<'_>) -> Settings {
        let mut settings = Settings::default();
        for (name, value) in top {
            let (key, at) = (name.get_ref().as_ref(), name.span().start);
            if !TABLES.contains(&key) {
                self.unknown_key(at, "", key, TABLES);
                continue;
            }
            let Some(entries) = value.get_ref().as_table() else {
                self.error(at, format!("`{key}` is of type {}, not a table", value.get_ref().type_str()));
                continue;
            };
            match key {
                "check" => settings.check = self.check(entries),
                _ if self.origin != Origin::Explicit => {
                    if let Some(error) = self.error(at, format!("`[{key}]` is refused here")) {
                        error.help = Some(SENSITIVE.to_owned());
                    }
                }
                "ledger" => settings.ledger = self.ledger(entries),
                "trust" => settings.trust = self.trust(entries),
                _ => settings.policy = self.policy(entries),
            }
        }
        settings
    }

    fn check(&mut self, entries: &DeTable<'_>) -> CheckSettings {
        let mut check = CheckSettings::default();
        self.table("check", entries, |reader, name, value| {
            let origin = reader.origin;
            match name {
                "fail-on" => {
                    check.fail_on = reader.severity(name, value, &[]).map(|it| Sourced::new(it, origin));
                }
                "fail-hardening" => {
                    check.fail_hardening = if value.get_ref().as_str() == Some("never") {
                        Some(Sourced::new(None, origin))
                    } else {
                        reader.severity(name, value, &["never"]).map(|it| Sourced::new(Some(it), origin))
                    };
                }
                "select" => {
                    check.select = reader.rules("check", name, value).map(|it| Sourced::new(it, origin));
                }
                "ignore" => {
                    let rules = reader.rules("check", name, value).unwrap_or_default();
                    check.ignore = rules.into_iter().map(|it| Sourced::new(it, origin)).collect();
                }
                _ => check.ignore_paths = reader.ignore_paths(value),
            }
        });
        check
    }

    fn ledger(&mut self, entries: &DeTable<'_>) -> LedgerSettings {
        let mut ledger = LedgerSettings::default();
        self.table("ledger", entries, |reader, name, value| {
            let text = reader.text_of("ledger", name, value).map(|it| Sourced::new(it, reader.origin));
            if name == "dir" { ledger.dir = text } else { ledger.key = text }
        });
        ledger
    }

    fn trust(&mut self, entries: &DeTable<'_>) -> TrustSettings {
        let mut trust = TrustSettings::default();
        self.table("trust", entries, |reader, name, value| {
            let Some(text) = reader.text_of("trust", name, value) else { return };
            if name == "file" {
                trust.file = Some(Sourced::new(text, reader.origin));
            } else if let Ok(digest) = text.parse() {
                trust.sha256 = Some(Sourced::new(digest, reader.origin));
            } else {
                reader.wrong(value.span().start, "trust", name, "is not a SHA-256");
            }
        });
        trust
    }

    fn policy(&mut self, entries: &DeTable<'_>) -> PolicySettings {
        let mut policy = PolicySettings::default();
        self.table("policy", entries, |reader, name, value| {
            policy.file = reader.text_of("policy", name, value).map(|it| Sourced::new(it, reader.origin));
        });
        policy
    }

    fn text_of(&mut self, table: &str, name: &str, value: &Value<'_>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            let found = format!("is of type {}", value.get_ref().type_str());
            self.wrong(value.span().start, table, name, &found);
        }
        text
    }

    /// Reads a severity; `also` are the other words that could have been meant.
    fn severity(&mut self, name: &str, value: &Value<'_>, also: &[&'static str]) -> Option<Severity> {
        let word = self.text_of("check", name, value)?;
        if let Ok(severity) = word.parse() {
            return Some(severity);
        }
        let near = nearest(&word, Severity::WORDS.iter().chain(also).copied()).map(str::to_owned);
        self.wrong(value.span().start, "check", name, &format!("cannot be `{}`", word.escape_debug()));
        if let Some(error) = self.errors.last_mut() {
            error.nearest = near;
        }
        None
    }

    fn rules(&mut self, table: &str, name: &str, value: &Value<'_>) -> Option<Vec<String>> {
        let Some(items) = value.get_ref().as_array() else {
            let found = format!("is of type {}", value.get_ref().type_str());
            self.wrong(value.span().start, table, name, &found);
            return None;
        };
        let mut rules = Vec::new();
        for item in items {
            let at = item.span().start;
            match item.get_ref().as_str() {
                Some(rule) if self.registry.get(rule).is_some() => rules.push(rule.to_owned()),
                Some(rule) => {
                    let near = self.registry.nearest(rule).map(str::to_owned);
                    if let Some(error) = self.error(at, format!("there is no rule `{}`", rule.escape_debug()))
                    {
                        error.nearest = near;
                        error.help = Some("`brattice explain` lists the rules".to_owned());
                    }
                }
                None => {
                    let found = format!("contains a value of type {}", item.get_ref().type_str());
                    self.wrong(at, table, name, &found);
                }
            }
        }
        Some(rules)
    }

    fn ignore_paths(&mut self, value: &Value<'_>) -> Vec<IgnorePath> {
        let Some(items) = value.get_ref().as_array() else {
            let found = format!("is of type {}", value.get_ref().type_str());
            self.wrong(value.span().start, "check", "ignore-path", &found);
            return Vec::new();
        };
        let mut entries = Vec::new();
        for item in items {
            if let Some(table) = item.get_ref().as_table() {
                entries.extend(self.ignore_path(item, table));
            } else {
                let found = format!("contains a value of type {}", item.get_ref().type_str());
                self.wrong(item.span().start, "check", "ignore-path", &found);
            }
        }
        entries
    }

    fn ignore_path(&mut self, item: &Value<'_>, entries: &DeTable<'_>) -> Option<IgnorePath> {
        let (mut path, mut rules, mut reason, mut until) = (None, None, None, None);
        let errors_before = self.errors.len();
        self.table("check.ignore-path", entries, |reader, name, value| {
            let at = value.span().start;
            if name == "rules" {
                rules = reader.rules("check.ignore-path", name, value);
                return;
            }
            let Some(text) = reader.text_of("check.ignore-path", name, value) else { return };
            match name {
                "path" => match PathGlob::new(&text) {
                    Ok(glob) => path = Some(glob),
                    Err(problem) => reader.wrong(at, "check.ignore-path", name, problem),
                },
                "reason" => reason = Some(text),
                _ => match parse_date(&text) {
                    Ok(date) => until = Some(date),
                    Err(_) => reader.wrong(at, "check.ignore-path", name, "is not a day"),
                },
            }
        });
        let range = item.span();
        if self.errors.len() > errors_before {
            return None;
        }
        for (missing, name) in [(path.is_none(), "path"), (rules.is_none(), "rules")] {
            if missing {
                self.wrong(range.start, "check.ignore-path", name, "is missing");
            }
        }
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let span = Span::new(offset(range.start), offset(range.end));
        let location = Location::span(self.path, self.text, &self.lines, span, None);
        Some(IgnorePath { path: path?, rules: rules?, reason, until, origin: self.origin, location })
    }
}
