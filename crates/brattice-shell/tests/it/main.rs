//! Tests of where holes land: a table per shell, and properties over arbitrary scripts.

use std::ops::Range;

use brattice_shell::{Context, Landing, Shell, landings};
use proptest::prelude::{Strategy, proptest};

/// What stands for a pasted value; as long as a real interpolation, and as hostile to a lexer.
const HOLE: &str = "${{ x }}";

fn holes(script: &str) -> Vec<Range<usize>> {
    script.match_indices(HOLE).map(|(at, it)| at..at + it.len()).collect()
}

fn land(shell: Shell, script: &str) -> Landing {
    let found = landings(shell, script, &holes(script));
    assert_eq!(found.len(), 1, "{script}");
    found[0]
}

fn check(table: &[(&str, Context)]) {
    for (script, context) in table {
        assert_eq!(land(Shell::Bash, script).context, *context, "{script}");
    }
}

#[test]
fn quoting_of_words() {
    check(&[
        ("echo ${{ x }}", Context::Unquoted),
        ("echo a-${{ x }}-b", Context::Unquoted),
        ("echo \"${{ x }}\"", Context::DoubleQuoted),
        ("echo \"a \\\" ${{ x }}\"", Context::DoubleQuoted),
        ("echo '${{ x }}'", Context::SingleQuoted),
        ("echo \"it's ${{ x }}\"", Context::DoubleQuoted),
        ("echo 'say \"' ${{ x }}", Context::Unquoted),
        ("echo $'a\\'${{ x }}'", Context::AnsiQuoted),
        ("echo \"$'${{ x }}\"", Context::DoubleQuoted),
        ("echo $\"${{ x }}\"", Context::DoubleQuoted),
        ("echo it\\'s ${{ x }}", Context::Unquoted),
        ("echo $${{ x }}", Context::Unquoted),
        ("echo \\${{ x }}", Context::Unquoted),
        ("A=${{ x }}", Context::Unquoted),
        ("echo a#b ${{ x }}", Context::Unquoted),
        ("echo a # it's ${{ x }}", Context::Comment),
        ("# don't\necho ${{ x }}", Context::Unquoted),
        ("echo é\\é '${{ x }}'", Context::SingleQuoted),
    ]);
}

#[test]
fn substitutions_and_what_nests_in_them() {
    check(&[
        ("echo \"$(cmd ${{ x }})\"", Context::Unquoted),
        ("echo \"$(cmd '${{ x }}')\"", Context::SingleQuoted),
        ("echo \"$(cmd \"a\") ${{ x }}\"", Context::DoubleQuoted),
        ("echo \"`cmd ${{ x }}`\"", Context::Unquoted),
        ("echo \"`cmd` ${{ x }}\"", Context::DoubleQuoted),
        ("echo `cmd \"it` ${{ x }}", Context::Unquoted),
        ("diff <(cat ${{ x }}) b", Context::Unquoted),
        ("echo $((1 + ${{ x }}))", Context::Arithmetic),
        ("echo $(((1) + 2)) ${{ x }}", Context::Unquoted),
        ("if ((${{ x }} > 2)); then", Context::Arithmetic),
        ("echo ${A:-${{ x }}}", Context::ParameterExpansion),
        ("echo \"${A:-it's} ${{ x }}\"", Context::DoubleQuoted),
        ("echo \"${A:-\"b\"} ${{ x }}\"", Context::DoubleQuoted),
        ("a=(one ${{ x }})", Context::Unquoted),
    ]);
    assert_eq!(land(Shell::Bash, "a \"$(b \"`c ${{ x }}`\")\"").substitutions, 2);
}

#[test]
fn here_documents_end_where_they_end() {
    check(&[
        ("cat <<EOF\n${{ x }}\nEOF\n", Context::HeredocExpanding),
        ("cat <<'EOF'\n${{ x }}\nEOF\n", Context::HeredocLiteral),
        ("cat <<\\EOF\n${{ x }}\n", Context::HeredocLiteral),
        ("cat <<-\"EOF\"\n\tit's\n\tEOF\necho ${{ x }}", Context::Unquoted),
        ("cat <<EOF > ${{ x }}\na\nEOF\n", Context::Unquoted),
        ("cat <<EOF\nit's \"\nEOF\necho '${{ x }}'", Context::SingleQuoted),
        ("cat <<EOF\n EOF\n${{ x }}", Context::HeredocExpanding),
        ("cat <<A <<'B'\nA\n${{ x }}\nB\n", Context::HeredocLiteral),
        ("cat <<A <<'B'\nA\nB\necho ${{ x }}", Context::Unquoted),
        ("x=$(cat <<EOF\nit's\nEOF\n)\necho \"${{ x }}\"", Context::DoubleQuoted),
        ("cat <<EOF\n$(echo '${{ x }}')\nEOF", Context::SingleQuoted),
        ("cat <<< ${{ x }}", Context::Unquoted),
        ("echo $((1 << 2))\necho '${{ x }}'", Context::SingleQuoted),
        ("cat <<EOF\r\nit's\r\nEOF\r\necho \"${{ x }}\"", Context::DoubleQuoted),
    ]);
}

#[test]
fn compound_commands() {
    check(&[
        ("case ${{ x }} in a) b;; esac", Context::Unquoted),
        ("case $a in ${{ x }}) b;; esac", Context::CasePattern),
        ("case $a in x) b ${{ x }};; esac", Context::Unquoted),
        ("case $a in x) b;; (${{ x }}) c;; esac", Context::CasePattern),
        ("y=$(case $a in x) b;; esac) ${{ x }}", Context::CommandName),
        ("[[ ${{ x }} == a ]]", Context::Conditional),
        ("[[ \"${{ x }}\" == a ]]", Context::DoubleQuoted),
        ("[[ -n $a ]] && echo ${{ x }}", Context::Unquoted),
        ("[ ${{ x }} = a ]", Context::Unquoted),
        ("f() { echo ${{ x }}; }", Context::Unquoted),
        ("for i in ${{ x }}; do", Context::Unquoted),
    ]);
}

#[test]
fn names_of_commands_and_assignments() {
    for (script, name) in [
        ("${{ x }} --help", true),
        ("./${{ x }}", true),
        ("a; \"${{ x }}\" b", true),
        ("if ${{ x }}; then", true),
        ("A=b ${{ x }}", true),
        ("sudo ${{ x }}", true),
        ("A=${{ x }}", false),
        ("> ${{ x }} cmd", false),
        ("echo ${{ x }}", false),
        ("a | ${{ x }}", true),
        ("echo a \\\n  ${{ x }}", false),
    ] {
        assert_eq!(land(Shell::Sh, script).command_name, name, "{script}");
    }
    assert!(land(Shell::Sh, "A=${{ x }}").assignment);
    assert!(land(Shell::Sh, "A=\"b ${{ x }}\"").assignment);
    assert!(!land(Shell::Sh, "export A=${{ x }}").assignment);
}

#[test]
fn a_second_interpreter_is_seen() {
    for (script, reevaluated) in [
        ("eval \"${{ x }}\"", true),
        ("bash -c \"echo ${{ x }}\"", true),
        ("sudo su - me -c \"echo ${{ x }}\"", true),
        ("python3 -c \"print('${{ x }}')\"", true),
        ("ssh host \"echo ${{ x }}\"", true),
        ("ssh host \"$(echo ${{ x }})\"", true),
        ("bash <<EOF\n${{ x }}\nEOF", true),
        ("python train.py --name \"${{ x }}\"", false),
        ("bash script.sh \"${{ x }}\"", false),
        ("eval a; echo \"${{ x }}\"", false),
        ("cat <<EOF\n${{ x }}\nEOF", false),
    ] {
        assert_eq!(land(Shell::Bash, script).reevaluated, reevaluated, "{script}");
    }
}

#[test]
fn powershell_strings() {
    for (script, context) in [
        ("Write-Host ${{ x }}", Context::Unquoted),
        ("Write-Host \"${{ x }}\"", Context::DoubleQuoted),
        ("Write-Host \"a `\" ${{ x }}\"", Context::DoubleQuoted),
        ("Write-Host '${{ x }}'", Context::SingleQuoted),
        ("$a = @\"\n\"it's ${{ x }}\n\"@", Context::HeredocExpanding),
        ("$a = @'\n${{ x }}\n'@", Context::HeredocLiteral),
        ("a # it's ${{ x }}", Context::Comment),
        ("a # it's\nb ${{ x }}", Context::Unquoted),
    ] {
        assert_eq!(land(Shell::PowerShell, script).context, context, "{script}");
    }
}

#[test]
fn shell_settings() {
    for (setting, shell) in [
        ("bash", Shell::Bash),
        ("bash -l {0}", Shell::Bash),
        ("/usr/bin/env bash -e {0}", Shell::Bash),
        ("C:\\Program\\bash.EXE {0}", Shell::Bash),
        ("sh", Shell::Sh),
        ("pwsh", Shell::PowerShell),
        ("cmd", Shell::Cmd),
        ("python3.12 {0}", Shell::Python),
        ("nu {0}", Shell::Other),
        ("", Shell::Other),
    ] {
        assert_eq!(Shell::from_setting(setting), shell, "{setting}");
    }
}

#[test]
fn holes_that_make_no_sense_are_unknown() {
    let backwards = Range { start: 7, end: 5 };
    let found = landings(Shell::Bash, "echo é", &[5..6, 0..1, 90..99, backwards]);
    assert_eq!(found.len(), 4);
    assert!(found[1..].iter().all(|it| it.context == Context::Unknown));
    assert_eq!(land(Shell::Cmd, "echo ${{ x }}").context, Context::Unknown);
}

#[test]
fn deep_nesting_is_flat() {
    let script = format!("echo {}{HOLE}", "\"$(".repeat(10_000));
    assert_eq!(landings(Shell::Bash, &script, &holes(&script)).len(), 1);
}

/// Pieces of scripts, so that random ones reach deep states.
fn scripts() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        HOLE,
        "'",
        "\"",
        "`",
        "$(",
        ")",
        "((",
        "))",
        "${",
        "}",
        "$'",
        "\\",
        "\n",
        " ",
        "<<EOF",
        "<<'E'",
        "EOF",
        "E\n",
        "#",
        "[[ ",
        " ]]",
        "case a in ",
        "esac",
        ";;",
        ";",
        "|",
        "&",
        ">",
        "<",
        "a",
        "é",
        "eval ",
        "A=",
        "\t",
        "@\"",
        "\n'@",
    ]);
    proptest::collection::vec(piece, 0..40).prop_map(|it| it.concat())
}

proptest! {
    #[test]
    fn every_hole_lands_and_what_follows_changes_nothing(script in scripts(), tail in scripts(), any in ".{0,20}") {
        for shell in [Shell::Bash, Shell::PowerShell] {
            let whole = format!("{script}{HOLE}\n{tail}{any}");
            let short = format!("{script}{HOLE}\n");
            let before = landings(shell, &short, &holes(&short));
            let after = landings(shell, &whole, &holes(&whole));
            assert_eq!(before.len(), holes(&short).len());
            assert_eq!(before.as_slice(), &after[..before.len()]);
        }
    }
}
