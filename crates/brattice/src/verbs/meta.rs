//! The verbs about the tool itself: `explain`, `doctor`, `schema`, `completions`, `man`.

use clap::CommandFactory;
use clap_mangen::Man;

use crate::cli::{Cli, CompletionsArgs, ExplainArgs, ManArgs, SchemaArgs};
use crate::context::Context;
use crate::exit::{Failure, YES, chain};
use crate::schema::SCHEMAS;

/// `explain [RULE]`.
pub(crate) fn explain(context: &Context<'_>, arguments: &ExplainArgs) -> Result<u8, Failure> {
    let registry = crate::rules::registry();
    match &arguments.rule {
        None => {
            let width = registry.ids().map(str::len).max().unwrap_or(0);
            for rule in registry.rules() {
                context.terminal.line(&format!("{:width$}  {}", rule.id, rule.summary))?;
            }
        }
        Some(id) => {
            if let Some(text) = registry.explain(id) {
                context.terminal.data(text.as_bytes())?;
            } else {
                let failure = Failure::usage(format!("there is no rule `{id}`"));
                return Err(match registry.nearest(id) {
                    Some(near) => failure.hint(format!("did you mean `{near}`?")),
                    None => failure.hint("`brattice explain` lists the rules"),
                });
            }
        }
    }
    Ok(YES)
}

/// `schema [NAME]`.
pub(crate) fn schema(context: &Context<'_>, arguments: &SchemaArgs) -> Result<u8, Failure> {
    let Some(name) = &arguments.name else {
        for (name, _) in SCHEMAS {
            context.terminal.line(name)?;
        }
        return Ok(YES);
    };
    let Some((_, schema)) = SCHEMAS.iter().find(|(known, _)| known == name) else {
        return Err(Failure::usage(format!("there is no format `{name}`"))
            .hint("`brattice schema` lists the formats"));
    };
    let text = serde_json::to_string_pretty(&schema())
        .map_err(|error| Failure::new(crate::exit::INTERNAL, chain(&error)))?;
    context.terminal.line(&text)?;
    Ok(YES)
}

/// `completions SHELL`.
pub(crate) fn completions(context: &Context<'_>, arguments: &CompletionsArgs) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "brattice", &mut script);
    context.terminal.data(&script)?;
    Ok(YES)
}

/// `man [VERB] | --dir DIR`.
pub(crate) fn man(context: &Context<'_>, arguments: &ManArgs) -> Result<u8, Failure> {
    let mut command = Cli::command();
    command.build();
    let pages = pages(&command)?;
    if let Some(directory) = &arguments.dir {
        let directory = context.path(directory);
        for (name, page) in &pages {
            let path = directory.join(format!("{name}.1"));
            brattice_store::write_atomic(&path, page, 0o644)
                .map_err(|error| Failure::usage(chain(&error)))?;
        }
        context.terminal.success(&format!("wrote {} pages to {}", pages.len(), directory.display()));
        return Ok(YES);
    }
    let wanted = arguments.verb.as_ref().map_or("brattice".to_owned(), |verb| format!("brattice-{verb}"));
    match pages.into_iter().find(|(name, _)| *name == wanted) {
        Some((_, page)) => context.terminal.data(&page)?,
        None => return Err(Failure::usage("there is no such verb").hint("`brattice --help` lists the verbs")),
    }
    Ok(YES)
}

/// Renders a page for the program and one for each verb.
fn pages(command: &clap::Command) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let render = |command: &clap::Command, name: &str| {
        let mut page = Vec::new();
        Man::new(command.clone())
            .title(name.to_owned())
            .render(&mut page)
            .map_err(|error| Failure::new(crate::exit::INTERNAL, chain(&error)))?;
        Ok((name.to_owned(), page))
    };
    let mut pages = vec![render(command, "brattice")?];
    for verb in command.get_subcommands() {
        pages.push(render(verb, &format!("brattice-{}", verb.get_name()))?);
    }
    Ok(pages)
}

/// `doctor`.
pub(crate) fn doctor(context: &Context<'_>) -> Result<u8, Failure> {
    let state = context.state_directory()?.join("runs");
    crate::evidence::make_parent(&state)?;
    let mut all = true;
    for capability in brattice_sandbox::probe(&state) {
        let mark = if capability.available { "yes" } else { "no " };
        all &= capability.available;
        let line = format!("{mark}  {:30}  {}", capability.name, capability.detail);
        context.terminal.line(&crate::terminal::harmless(&line))?;
    }
    let git = crate::evidence::git(context);
    let detail = git.as_ref().map_or("not in `PATH`".to_owned(), |it| it.program().display().to_string());
    context.terminal.line(&format!(
        "{}  {:30}  {detail}",
        if git.is_some() { "yes" } else { "no " },
        "git"
    ))?;
    if !all {
        context.terminal.note("`brattice run` needs what is missing here; the other verbs do not");
    }
    Ok(if all { YES } else { crate::exit::NO })
}
