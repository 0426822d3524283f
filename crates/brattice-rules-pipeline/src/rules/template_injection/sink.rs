//! Where text is run as code.

use brattice_pipeline::ir::{Script, Step, Work};
use brattice_pipeline::text::Text;

/// A text of a step that something runs.
pub(super) struct Sink<'a> {
    pub(super) text: &'a Text,
    /// The script, where it is one; `None` for an action's input.
    pub(super) script: Option<&'a Script>,
    /// What it is, for people: `a bash script`.
    pub(super) what: String,
}

/// Inputs of actions that run them: the action, the input, the language. From the actions' documentation.
const INPUTS: [(&str, &str, &str); 14] = [
    ("actions/github-script", "script", "a JavaScript program"),
    ("addnab/docker-run-action", "run", "a shell script"),
    ("amadevus/pwsh-script", "script", "a PowerShell script"),
    ("appleboy/ssh-action", "script", "a shell script on another machine"),
    ("azure/cli", "inlinescript", "a shell script"),
    ("azure/powershell", "inlinescript", "a PowerShell script"),
    ("cardinalby/js-eval-action", "expression", "a JavaScript program"),
    ("jannekem/run-python-script-action", "script", "a Python program"),
    ("mikefarah/yq", "cmd", "a shell command"),
    ("nick-fields/retry", "command", "a shell script"),
    ("nick-invision/retry", "command", "a shell script"),
    ("reactivecircus/android-emulator-runner", "script", "a shell script"),
    ("tiyee/action-ssh", "command", "a shell script on another machine"),
    ("wandalen/wretry.action", "command", "a shell script"),
];

/// Returns the texts of a step that are run.
pub(super) fn of(step: &Step) -> Vec<Sink<'_>> {
    match &step.work {
        Work::Script(script) => {
            // Where the shell is a guess, so would be its name.
            let shell = if script.shell_guessed { "" } else { script.shell.as_str() };
            let what = if shell.is_empty() { "a script".to_owned() } else { format!("a {shell} script") };
            vec![Sink { text: &script.text, script: Some(script), what }]
        }
        Work::Call(call) => {
            let Some(name) = call.target.action_name() else { return Vec::new() };
            let mut sinks = Vec::new();
            for (_, input, language) in INPUTS.iter().filter(|(action, _, _)| *action == name) {
                let given = call.arguments.iter().filter(|it| it.name.value.eq_ignore_ascii_case(input));
                for text in given.filter_map(|it| it.value.as_ref()) {
                    sinks.push(Sink { text, script: None, what: (*language).to_owned() });
                }
            }
            sinks
        }
        Work::Unknown => Vec::new(),
    }
}
