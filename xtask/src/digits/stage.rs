//! One walk: its directories, its keys, and the calls of the binary.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, bail};

/// The policy of the example. Each new kind of evidence adds its row.
const POLICY: &str = r#"format = "brattice.policy/1"

[environment.production]
require = [
  { name = "signed",   node = "model",    type = "signature",  by = "builder" },
  { name = "built",    node = "model",    type = "provenance", by = "builder", guarantees = ["filesystem", "network", "processes", "environment"] },
  { name = "pipeline", node = "git-tree", type = "scan", area = "pipeline", by = "scanner:pipeline", max_age = "7d", max_severity = "low" },
]
approvals = { count = 1, roles = ["release"], max_age = "24h" }
ledger    = { origin = "digits.test/log", required = true, evidence = true }
"#;

/// The people and services: a name, whether it is a person, and the roles. Alice may release as well, but not
/// what she started herself.
const OWNERS: [(&str, &str, &str); 4] = [
    ("alice", "person", r#""ml", "release""#),
    ("bob", "person", r#""release""#),
    ("builder", "service", r#""builder""#),
    ("scanner", "service", r#""scanner:pipeline""#),
];

/// What a call of the binary gave.
pub(super) struct Called {
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Called {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Returns the first error, without its label.
    pub(super) fn first_error(&self) -> &str {
        self.stderr.lines().find_map(|it| it.strip_prefix("error: ")).unwrap_or("no reason was given")
    }
}

/// A walk through the line.
pub(super) struct Stage<'a> {
    brattice: &'a Path,
    python: &'a Path,
    base: PathBuf,
}

impl<'a> Stage<'a> {
    /// Clones the example into a repository of its own, makes keys, trust root, policy and ledger.
    pub(super) fn prepare(brattice: &'a Path, work: &Path, python: &'a Path) -> anyhow::Result<Self> {
        let base = work.join("line");
        if base.exists() {
            fs::remove_dir_all(&base).with_context(|| format!("failed to clear {}", base.display()))?;
        }
        fs::create_dir_all(&base)?;
        let stage = Self { brattice, python, base };
        stage.make_repository()?;
        for (name, _, _) in OWNERS {
            stage.succeed(&["keys", "new", &stage.text(&format!("keys/{name}.key"))])?;
        }
        stage.succeed(&["ledger", "init", "--origin", "digits.test/log"])?;
        fs::write(stage.base.join("policy.toml"), POLICY)?;
        fs::write(stage.base.join("trust.toml"), stage.trust()?)?;
        Ok(stage)
    }

    fn make_repository(&self) -> anyhow::Result<()> {
        let (from, repository) = (crate::root().join("examples/digits"), self.base.join("repository"));
        copy_tree(&from, &repository)?;
        // What an earlier run of the example by hand may have left is no part of the source.
        let _ = fs::remove_dir_all(repository.join("model"));
        for arguments in [
            &["init", "--quiet", "--initial-branch=main"][..],
            &["add", "--all"],
            &[
                "-c",
                "user.name=alice",
                "-c",
                "user.email=alice@digits.test",
                "commit",
                "--quiet",
                "--message=Train",
            ],
        ] {
            let status =
                Command::new("git").arg("-C").arg(&repository).args(arguments).status().context("git")?;
            if !status.success() {
                bail!("git {} failed", arguments.join(" "));
            }
        }
        Ok(())
    }

    fn trust(&self) -> anyhow::Result<String> {
        let mut trust = String::from("format = \"brattice.trust/1\"\nkey = [\n");
        let mut owners = [String::new(), String::new()];
        for (name, kind, role) in OWNERS {
            let line = self.succeed(&["keys", "trust", &self.text(&format!("keys/{name}.key.pub"))])?.stdout;
            let id = line.split('"').nth(1).context("`keys trust` printed no key id")?.to_owned();
            trust.push_str(&line);
            owners[usize::from(kind == "service")]
                .push_str(&format!("  {{ id = \"{name}\", keys = [\"{id}\"], roles = [{role}] }},\n"));
        }
        let log = fs::read_to_string(self.base.join("keys/log.key.pub"))?;
        let [people, services] = owners;
        trust.push_str(&format!(
            "]\nperson = [\n{people}]\nservice = [\n{services}]\nlog = [{{ origin = \"digits.test/log\", key = \"{}\" }}]\n",
            log.trim()
        ));
        Ok(trust)
    }

    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.succeed(&[
            "check",
            &self.text("repository"),
            "--attest",
            &self.evidence("scan"),
            "--key",
            &self.key("scanner"),
        ])?;
        Ok(())
    }

    /// Trains in the sandbox and returns the last line that the job printed.
    pub(super) fn train(&self) -> anyhow::Result<String> {
        let python = self.python.to_str().context("the path is not UTF-8")?;
        let program = format!("{python}/bin/python");
        let called = self.succeed(&[
            "run",
            "--workspace",
            &self.text("repository"),
            "--out",
            "model",
            "--ro",
            python,
            "--timeout",
            "10m",
            "--record",
            &self.text("evidence/run.json"),
            "--key",
            &self.key("alice"),
            "--",
            &program,
            "train.py",
            "--iterations",
            "200",
        ])?;
        Ok(called.stdout.lines().last().unwrap_or_default().to_owned())
    }

    pub(super) fn attest(&self) -> anyhow::Result<()> {
        let (record, out) = (self.text("evidence/run.json"), self.evidence("provenance"));
        self.succeed(&[
            "attest",
            &self.model_text(),
            "--type",
            "provenance",
            "--record",
            &record,
            "--key",
            &self.key("builder"),
            "--builder",
            "builder",
            "--out",
            &out,
        ])?;
        Ok(())
    }

    pub(super) fn sign(&self) -> anyhow::Result<()> {
        self.succeed(&[
            "sign",
            &self.model_text(),
            "--key",
            &self.key("builder"),
            "--bundle",
            &self.evidence("model"),
        ])?;
        let verified = self.verify_model()?;
        if verified.code != 0 {
            bail!("a fresh signature does not verify: {}", verified.stderr);
        }
        Ok(())
    }

    pub(super) fn verify_model(&self) -> anyhow::Result<Called> {
        let public = format!("{}.pub", self.key("builder"));
        self.call(&["verify", &self.model_text(), "--pub", &public, "--bundle", &self.evidence("model")])
    }

    pub(super) fn request(&self) -> anyhow::Result<()> {
        self.succeed(&[
            "approve",
            "request",
            &self.model_text(),
            "--to",
            "production",
            "--policy",
            &self.text("policy.toml"),
            "--trust",
            &self.text("trust.toml"),
            "--provenance",
            &self.evidence("provenance"),
            "--key",
            &self.key("alice"),
            "--out",
            &self.evidence("request"),
        ])?;
        Ok(())
    }

    pub(super) fn grant(&self, person: &str) -> anyhow::Result<()> {
        self.succeed(&[
            "approve",
            "grant",
            &self.evidence("request"),
            "--key",
            &self.key(person),
            "--out",
            &self.evidence("grant"),
        ])?;
        Ok(())
    }

    /// Asks the gate and demands an exit code and the requirement that is not met. Returns its line.
    pub(super) fn expect_gate(&self, code: i32, requirement: &str) -> anyhow::Result<String> {
        let called = self.gate(&[])?;
        let line = called.stdout.lines().find(|it| is_about(it, requirement));
        match line {
            Some(line) if called.code == code => {
                Ok(line.split_whitespace().skip(2).collect::<Vec<_>>().join(" "))
            }
            _ => bail!(
                "expected the gate to answer {code} because of `{requirement}`, but it answered {}:\n{}{}",
                called.code,
                called.stdout,
                called.stderr
            ),
        }
    }

    /// Gates and deploys; returns the number of files that arrived.
    pub(super) fn deploy(&self) -> anyhow::Result<usize> {
        let script = self.text("repository/deploy.sh");
        let called = self.gate(&["--", &script])?;
        if called.code != 0 {
            bail!("the gate did not allow: {}{}", called.stdout, called.stderr);
        }
        Ok(fs::read_dir(self.deploy_directory())?.count())
    }

    fn gate(&self, more: &[&str]) -> anyhow::Result<Called> {
        let (policy, trust, evidence) =
            (self.text("policy.toml"), self.text("trust.toml"), self.text("evidence"));
        let (model, key, vsa) = (self.model_text(), self.key("builder"), self.text("vsa.sigstore.json"));
        let verdict = self.text("verdict.json");
        let mut arguments = vec![
            "gate",
            &model,
            "--to",
            "production",
            "--policy",
            &policy,
            "--trust",
            &trust,
            "--evidence",
            &evidence,
            "--key",
            &key,
            "--vsa",
            &vsa,
            "--verdict",
            &verdict,
        ];
        arguments.extend(more);
        self.call(&arguments)
    }

    pub(super) fn verify_ledger(&self) -> anyhow::Result<String> {
        let called = self.succeed(&["ledger", "verify"])?;
        Ok(called.stderr.lines().find_map(|it| it.strip_prefix("ok: ")).unwrap_or_default().to_owned())
    }

    pub(super) fn copy_ledger(&self) -> anyhow::Result<PathBuf> {
        let copy = self.base.join("ledger.before");
        copy_tree(&self.base.join("ledger"), &copy)?;
        Ok(copy)
    }

    pub(super) fn restore_ledger(&self, copy: &Path) -> anyhow::Result<()> {
        let ledger = self.base.join("ledger");
        fs::remove_dir_all(&ledger)?;
        copy_tree(copy, &ledger)
    }

    pub(super) fn model(&self) -> PathBuf {
        self.base.join("repository/model")
    }

    /// Returns where the gate's command puts the model.
    pub(super) fn deploy_directory(&self) -> PathBuf {
        self.base.join("deployed")
    }

    fn model_text(&self) -> String {
        self.text("repository/model")
    }

    fn text(&self, path: &str) -> String {
        self.base.join(path).to_string_lossy().into_owned()
    }

    fn key(&self, name: &str) -> String {
        self.text(&format!("keys/{name}.key"))
    }

    fn evidence(&self, name: &str) -> String {
        self.text(&format!("evidence/{name}.sigstore.json"))
    }

    fn succeed(&self, arguments: &[&str]) -> anyhow::Result<Called> {
        let called = self.call(arguments)?;
        if called.code != 0 {
            bail!(
                "`brattice {}` ended with {}:\n{}{}",
                arguments.join(" "),
                called.code,
                called.stdout,
                called.stderr
            );
        }
        Ok(called)
    }

    /// Calls the binary with this walk's ledger, configuration and state.
    fn call(&self, arguments: &[&str]) -> anyhow::Result<Called> {
        let output = Command::new(self.brattice)
            .arg("--ledger")
            .arg(self.base.join("ledger"))
            .arg("--ledger-key")
            .arg(self.base.join("keys/log.key"))
            .args(arguments)
            .env("XDG_CONFIG_HOME", self.base.join("configuration"))
            .env("XDG_STATE_HOME", self.base.join("state"))
            .env("DEPLOY_DIR", self.deploy_directory())
            .env("NO_COLOR", "1")
            .output()
            .with_context(|| format!("failed to start {}", self.brattice.display()))?;
        Ok(Called::of(&output))
    }
}

/// Whether a line of the gate's answer says that this requirement is not met.
fn is_about(line: &str, requirement: &str) -> bool {
    let mut words = line.split_whitespace();
    matches!(words.next(), Some("no" | "...")) && words.next() == Some(requirement)
}

fn copy_tree(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
