//! What is said about a hole.

/// The lexical context that a hole stands in; the innermost one, where several nest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// A word without quotes: split into fields, globbed.
    Unquoted,
    /// The first word of a command, without quotes: the name of what runs.
    CommandName,
    /// Between double quotes: expansions happen, splitting does not.
    DoubleQuoted,
    /// Between single quotes: nothing is expanded.
    SingleQuoted,
    /// Between `$'` and `'`.
    AnsiQuoted,
    /// In a here-document whose text is expanded.
    HeredocExpanding,
    /// In a here-document with a quoted delimiter.
    HeredocLiteral,
    /// In a comment.
    Comment,
    /// In `$(( … ))` or `(( … ))`, where names are evaluated again and again.
    Arithmetic,
    /// In `${ … }`.
    ParameterExpansion,
    /// In `[[ … ]]`, without quotes.
    Conditional,
    /// In a pattern of `case`, without quotes.
    CasePattern,
    /// Not known.
    Unknown,
}

/// Where one hole of a script lands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Landing {
    /// The innermost context.
    pub context: Context,
    /// Whether the word is a command's name, quoted or not.
    pub command_name: bool,
    /// Whether the word is an assignment's value, which is neither split nor globbed.
    pub assignment: bool,
    /// How many command substitutions enclose it.
    pub substitutions: u32,
    /// Whether another interpreter reads the text once more: `eval`, `bash -c`, `ssh`, a here-document fed
    /// to a shell. A variable in the place of the hole does not help there.
    pub reevaluated: bool,
}

impl Landing {
    pub(crate) const fn unknown() -> Self {
        Self::of(Context::Unknown)
    }

    pub(crate) const fn of(context: Context) -> Self {
        Self { context, command_name: false, assignment: false, substitutions: 0, reevaluated: false }
    }
}
