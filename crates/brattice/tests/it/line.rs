//! The whole line from a repository to a deployment, with real keys, in a temporary directory.

use crate::place::{Ended, Place, has_sandbox};

/// Everybody who has a key here. `stranger` stands in no trust root; `bob-two` is bob's second key.
const KEYS: &[&str] =
    &["alice", "bob", "bob-two", "carol", "builder", "builder-two", "scanner", "robot", "stranger"];

/// A workflow with nothing to find.
pub(crate) const CLEAN_WORKFLOW: &str = "on: push
permissions: {}
jobs:
  train:
    runs-on: ubuntu-24.04
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
      - run: ./train.sh
";

/// The reference that is pinned in [`CLEAN_WORKFLOW`].
pub(crate) const PINNED: &str = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1";

/// What the job runs unless a test says otherwise: the same bytes every time.
pub(crate) const TRAIN: &str =
    "mkdir -p model && echo weights > model/weights.npz && echo '{}' > model/card.json";

const POLICY: &str = r#"format = "brattice.policy/1"
[environment.production]
require   = [{ name = "signed",   node = "model",    type = "signature",  by = "builder" },
             { name = "built",    node = "model",    type = "provenance", by = "builder", guarantees = ["filesystem", "network"] },
             { name = "pipeline", node = "git-tree", type = "scan", area = "pipeline", by = "scanner:pipeline", max_age = "7d", max_severity = "low", complete = true }]
approvals = { count = 1, roles = ["release"], max_age = "24h" }
ledger    = { origin = "digits.test/log", required = true }

[environment.staging]
require   = [{ name = "signed", node = "model", type = "signature", by = "builder" }]
approvals = { count = 1, roles = ["release"] }
"#;

/// A line: every step is a method, and a test takes the steps that its story needs.
pub(crate) struct Line {
    pub(crate) place: Place,
}

impl Line {
    /// Makes keys, repository, trust root, policy and log; `None` where no sandbox can be made.
    pub(crate) fn prepared() -> Option<Self> {
        if !has_sandbox() {
            return None;
        }
        let line = Self { place: Place::new() };
        for key in KEYS {
            line.place.brattice(&["-q", "keys", "new", &format!("keys/{key}.key")]).ends_with(0);
        }
        line.init_log("digits.test/log");
        line.place.write("repo/.github/workflows/train.yml", CLEAN_WORKFLOW);
        line.place.write("repo/train.sh", "#!/bin/sh\n");
        line.place.repository("repo");
        line.place.write("policy.toml", POLICY);
        line.trust(&[]);
        Some(line)
    }

    pub(crate) fn init_log(&self, origin: &str) {
        self.step(0, &["ledger", "init", "--origin", origin]);
    }

    /// Writes the trust root; `marks` adds fields such as `revoked_at` to the line of a key.
    pub(crate) fn trust(&self, marks: &[(&str, &str)]) {
        let ids = self.ids();
        let id = |key: &str| format!("\"{}\"", of(&ids, key));
        let trusted: Vec<&str> = KEYS.iter().copied().filter(|key| *key != "stranger").collect();
        let files: Vec<String> = trusted.iter().map(|key| public(key)).collect();
        let mut arguments = vec!["keys", "trust"];
        arguments.extend(files.iter().map(String::as_str));
        let printed = self.place.brattice(&arguments).ends_with(0).stdout;
        let keys: Vec<String> = printed
            .lines()
            .zip(&trusted)
            .map(|(entry, key)| {
                let entry = entry.trim_end_matches(',').trim_end_matches('}').trim_end();
                let mark = marks.iter().find(|(marked, _)| marked == key);
                format!("{entry}{} }}", mark.map(|(_, field)| format!(", {field}")).unwrap_or_default())
            })
            .collect();
        assert_eq!(keys.len(), trusted.len());
        let text = format!(
            r#"format = "brattice.trust/1"
key = [{}]
person = [
  {{ id = "alice", keys = [{}], roles = ["ml", "release"] }},
  {{ id = "bob", keys = [{}, {}], roles = ["release"] }},
  {{ id = "carol", keys = [{}], roles = ["ml", "release"] }},
]
service = [
  {{ id = "builder-1", keys = [{}], roles = ["builder"] }},
  {{ id = "builder-2", keys = [{}], roles = ["builder"] }},
  {{ id = "scan-1", keys = [{}], roles = ["scanner:pipeline"] }},
  {{ id = "robot-1", keys = [{}], roles = ["release"] }},
]
log = [{{ origin = "digits.test/log", key = "{}" }}]
"#,
            keys.join(",\n  "),
            id("alice"),
            id("bob"),
            id("bob-two"),
            id("carol"),
            id("builder"),
            id("builder-two"),
            id("scanner"),
            id("robot"),
            self.place.read("keys/log.key.pub").trim(),
        );
        self.place.write("trust.toml", &text);
    }

    /// Returns the id of a key.
    pub(crate) fn id(&self, key: &str) -> String {
        of(&self.ids(), key).to_owned()
    }

    /// Returns the id of every key by the name of its file.
    fn ids(&self) -> Vec<(String, String)> {
        let listed = self.place.brattice(&["keys", "list", "keys"]).ends_with(0).stdout;
        let rows = listed.lines().filter_map(|row| {
            let (id, name) = (row.split_whitespace().next()?, row.split_whitespace().last()?);
            Some((name.to_owned(), id.to_owned()))
        });
        rows.collect()
    }

    /// Runs one verb with the log.
    #[track_caller]
    pub(crate) fn step(&self, code: i32, arguments: &[&str]) -> Ended {
        let log = ["--ledger", "ledger", "--ledger-key", "keys/log.key"];
        self.place.brattice(&[&log, arguments].concat()).ends_with(code)
    }

    /// Scans the tree; `code` is what the scan itself says.
    #[track_caller]
    pub(crate) fn scan(&self, code: i32, name: &str, more: &[&str]) {
        let out = bundle(name);
        self.step(code, &[&["check", "repo", "--attest", &out, "--key", "keys/scanner.key"], more].concat());
        assert!(self.place.exists(&out));
    }

    /// Builds the model in the sandbox, as a person or nobody in particular.
    #[track_caller]
    pub(crate) fn build(&self, name: &str, who: Option<&str>) {
        let record = format!("evidence/{name}.json");
        let key = who.map(private);
        let mut arguments = vec!["run", "--workspace", "repo", "--out", "model", "--record", &record];
        if let Some(key) = &key {
            arguments.extend(["--key", key]);
        }
        self.step(0, &[&arguments[..], &["--", "sh", "-c", TRAIN]].concat());
    }

    /// States where the model comes from.
    #[track_caller]
    pub(crate) fn provenance(&self, name: &str, record: &str, who: &str) {
        let (record, key, out) = (format!("evidence/{record}.json"), private(who), bundle(name));
        self.step(
            0,
            &[
                "attest",
                "repo/model",
                "--type",
                "provenance",
                "--record",
                &record,
                "--key",
                &key,
                "--out",
                &out,
            ],
        );
    }

    #[track_caller]
    pub(crate) fn sign(&self, who: &str) {
        self.step(0, &["sign", "repo/model", "--key", &private(who), "--bundle", &bundle("model")]);
    }

    #[track_caller]
    pub(crate) fn request(&self, who: &str, more: &[&str]) {
        let (provenance, key, out) = (bundle("provenance"), private(who), bundle("request"));
        let to: &[&str] = if more.contains(&"--to") { &[] } else { &["--to", "production"] };
        let usual = [
            "approve",
            "request",
            "repo/model",
            "--policy",
            "policy.toml",
            "--trust",
            "trust.toml",
            "--provenance",
            &provenance,
            "--key",
            &key,
            "--out",
            &out,
        ];
        self.step(0, &[&usual[..], to, more].concat());
    }

    /// Answers the request: `grant` or `deny`.
    #[track_caller]
    pub(crate) fn answer(&self, word: &str, who: &str) {
        let (request, key, out) = (bundle("request"), private(who), bundle(&format!("{word}-{who}")));
        self.step(0, &["approve", word, &request, "--key", &key, "--out", &out]);
    }

    /// Everything up to the signed model.
    #[track_caller]
    pub(crate) fn built(&self) {
        self.scan(0, "scan", &[]);
        self.build("run", Some("alice"));
        self.provenance("provenance", "run", "builder");
        self.sign("builder");
    }

    /// Everything that a yes needs.
    #[track_caller]
    pub(crate) fn whole(&self) {
        self.built();
        self.approved();
    }

    /// Carol asks, bob says yes.
    #[track_caller]
    pub(crate) fn approved(&self) {
        self.request("carol", &[]);
        self.answer("grant", "bob");
    }

    /// Runs the gate with every output, and a command that leaves a mark.
    pub(crate) fn gate(&self, log: &[&str], more: &[&str]) -> Ended {
        let usual = [
            "gate",
            "repo/model",
            "--to",
            "production",
            "--policy",
            "policy.toml",
            "--trust",
            "trust.toml",
            "--evidence",
            "evidence",
            "--key",
            "keys/builder.key",
            "--vsa",
            "out/vsa.json",
            "--verdict",
            "out/verdict.json",
        ];
        let command = ["--", "sh", "-c", "cp -r \"$BRATTICE_SUBJECT\" deployed && exit 7"];
        self.place.brattice(&[log, &usual, more, &command].concat())
    }

    /// Runs the gate with the log and demands a refusal that leaves no yes anywhere.
    #[track_caller]
    pub(crate) fn refuses(&self, code: i32, reason: &str) {
        let log = ["--ledger", "ledger", "--ledger-key", "keys/log.key"];
        self.refuses_with(&log, &[], code, reason);
    }

    #[track_caller]
    pub(crate) fn refuses_with(&self, log: &[&str], more: &[&str], code: i32, reason: &str) {
        self.gate(log, more).ends_with(code).says(reason);
        assert!(!self.place.exists("deployed"), "the command ran");
        if self.place.exists("out/verdict.json") {
            let verdict = self.verdict();
            assert_ne!(verdict["decision"], "allow", "{verdict}");
        }
        if self.place.exists("out/vsa.json") {
            assert_eq!(self.summary(), "FAILED");
        }
    }

    /// Returns the verdict document.
    pub(crate) fn verdict(&self) -> serde_json::Value {
        serde_json::from_str(&self.place.read("out/verdict.json")).expect("it is JSON")
    }

    /// Returns what the signed summary says.
    pub(crate) fn summary(&self) -> String {
        let shown = self.place.brattice(&["approve", "show", "out/vsa.json"]).ends_with(0).stdout;
        let word = shown.split("\"verificationResult\": \"").nth(1).expect("it has a result");
        word.split('"').next().expect("the word ends").to_owned()
    }
}

fn of<'a>(ids: &'a [(String, String)], key: &str) -> &'a str {
    let name = format!("{key}.key.pub");
    ids.iter().find(|it| it.0 == name).map(|it| it.1.as_str()).expect("the key is listed")
}

/// The path of a private key.
pub(crate) fn private(who: &str) -> String {
    format!("keys/{who}.key")
}

/// The path of a public key.
pub(crate) fn public(who: &str) -> String {
    format!("keys/{who}.key.pub")
}

/// The path of a piece of evidence.
pub(crate) fn bundle(name: &str) -> String {
    format!("evidence/{name}.sigstore.json")
}
