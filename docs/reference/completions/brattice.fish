# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_brattice_global_optspecs
    string join \n config= no-config ledger= ledger-key= color= v/verbose q/quiet h/help V/version
end

function __fish_brattice_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_brattice_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_brattice_using_subcommand
    set -l cmd (__fish_brattice_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c brattice -n "__fish_brattice_needs_command" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_needs_command" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_needs_command" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_needs_command" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_needs_command" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_needs_command" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_needs_command" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_needs_command" -s V -l version -d 'Print version'
complete -c brattice -n "__fish_brattice_needs_command" -f -a "check" -d 'Find what an outsider can do to a pipeline'
complete -c brattice -n "__fish_brattice_needs_command" -f -a "fix" -d 'Apply the repairs that `check` offers'
complete -c brattice -n "__fish_brattice_needs_command" -f -a "run" -d 'Run a command in a fresh, isolated sandbox'
complete -c brattice -n "__fish_brattice_needs_command" -f -a "sign" -d 'Sign a model file, a model directory or any file'
complete -c brattice -n "__fish_brattice_needs_command" -f -a "verify" -d 'Verify a signature and every file it covers'
complete -c brattice -n "__fish_brattice_needs_command" -f -a "attest" -d 'Write a signed statement about an artifact'
complete -c brattice -n "__fish_brattice_needs_command" -f -a "approve" -d 'Request, grant, deny and revoke approvals'
complete -c brattice -n "__fish_brattice_needs_command" -f -a "keys" -d 'Make and list keys, and write their lines for trust.toml'
complete -c brattice -n "__fish_brattice_needs_command" -f -a "gate" -d 'Decide from evidence whether an artifact may go to an environment'
complete -c brattice -n "__fish_brattice_needs_command" -f -a "ledger" -d 'Keep and verify the tamper-evident log'
complete -c brattice -n "__fish_brattice_needs_command" -f -a "explain" -d 'Tell what a rule finds, why it matters and what to do'
complete -c brattice -n "__fish_brattice_needs_command" -f -a "doctor" -d 'Tell what this machine offers for isolation'
complete -c brattice -n "__fish_brattice_needs_command" -f -a "schema" -d 'Print the JSON Schema of a published format'
complete -c brattice -n "__fish_brattice_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c brattice -n "__fish_brattice_needs_command" -f -a "man" -d 'Print a manual page'
complete -c brattice -n "__fish_brattice_using_subcommand check" -l only -d 'Examine only these areas' -r
complete -c brattice -n "__fish_brattice_using_subcommand check" -l skip -d 'Examine all but these areas' -r
complete -c brattice -n "__fish_brattice_using_subcommand check" -l select -d 'Apply only these rules' -r
complete -c brattice -n "__fish_brattice_using_subcommand check" -l ignore -d 'Apply all but these rules' -r
complete -c brattice -n "__fish_brattice_using_subcommand check" -l since -d 'Report only what the change since REF adds; configuration comes from REF' -r
complete -c brattice -n "__fish_brattice_using_subcommand check" -l fail-on -d 'Fail on exploit findings of this severity and above [default: medium]' -r
complete -c brattice -n "__fish_brattice_using_subcommand check" -l fail-hardening -d 'Fail on hardening findings of this severity and above [default: never]' -r
complete -c brattice -n "__fish_brattice_using_subcommand check" -l baseline -d 'Pass over the findings listed in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand check" -l write-baseline -d 'Write today\'s findings to FILE as the new baseline' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand check" -l format -d 'Print the report in this format' -r -f -a "full\t'Snippets with the path told in labels'
concise\t'A line a finding'
json\t'The `brattice.findings/1` document'
sarif\t'SARIF 2.1.0'
github\t'GitHub workflow annotations'"
complete -c brattice -n "__fish_brattice_using_subcommand check" -l output -d 'Also write the report in FORMAT to PATH (repeatable)' -r
complete -c brattice -n "__fish_brattice_using_subcommand check" -l attest -d 'Sign a scan statement about the examined tree and write its bundle to FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand check" -l key -d 'The private key of the scanner that signs the statement' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand check" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand check" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand check" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand check" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand check" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand check" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand check" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand fix" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand fix" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand fix" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand fix" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand fix" -l unsafe -d 'Apply the repairs that somebody should look at as well'
complete -c brattice -n "__fish_brattice_using_subcommand fix" -l dry-run -d 'Print the changes as a diff and write nothing'
complete -c brattice -n "__fish_brattice_using_subcommand fix" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand fix" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand fix" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand fix" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand run" -l workspace -d 'The directory that the command works on [default: .]' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand run" -l out -d 'Copy PATH out of the sandbox after the job (repeatable)' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand run" -l ro -d 'Show PATH to the job, read-only (repeatable)' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand run" -l env -d 'Set a variable, or pass one on by its name alone (repeatable)' -r
complete -c brattice -n "__fish_brattice_using_subcommand run" -l secret -d 'Pass a secret from the environment or a file; masked in the log (repeatable)' -r
complete -c brattice -n "__fish_brattice_using_subcommand run" -l timeout -d 'Stop the job after this time, such as 90s, 30m or 2h' -r
complete -c brattice -n "__fish_brattice_using_subcommand run" -l tier -d 'Run with fewer guarantees than tier A (none is offered yet)' -r -f -a "A\t'Every guarantee'"
complete -c brattice -n "__fish_brattice_using_subcommand run" -l record -d 'Write the run record to FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand run" -l key -d 'Sign the invocation with your private key; the bundle is written beside the record' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand run" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand run" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand run" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand run" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand run" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand run" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand run" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand sign" -l key -d 'The private key' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand sign" -l bundle -d 'Where to write the bundle [default: SUBJECT.sigstore.json]' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand sign" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand sign" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand sign" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand sign" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand sign" -l compat -d 'Leave out what the standard leaves out (`.git*` paths) instead of refusing nothing'
complete -c brattice -n "__fish_brattice_using_subcommand sign" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand sign" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand sign" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand sign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand verify" -l bundle -d 'The bundle [default: SUBJECT.sigstore.json]' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand verify" -l pub -d 'The public key that must have signed' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand verify" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand verify" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand verify" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand verify" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand verify" -l compat -d 'Follow the standard\'s rules on ignored paths instead of the strict ones'
complete -c brattice -n "__fish_brattice_using_subcommand verify" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand verify" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand verify" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand attest" -l type -d 'The kind of statement' -r -f -a "provenance\t'SLSA provenance v1 from a run record'"
complete -c brattice -n "__fish_brattice_using_subcommand attest" -l record -d 'The run record to make provenance from' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand attest" -l key -d 'The private key of the builder' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand attest" -l builder -d 'The builder\'s service id [default: the key id]' -r
complete -c brattice -n "__fish_brattice_using_subcommand attest" -l out -d 'Where to write the bundle [default: .brattice/evidence/SHA256.sigstore.json]' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand attest" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand attest" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand attest" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand attest" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand attest" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand attest" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand attest" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand attest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and not __fish_seen_subcommand_from request grant deny revoke show list" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand approve; and not __fish_seen_subcommand_from request grant deny revoke show list" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and not __fish_seen_subcommand_from request grant deny revoke show list" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and not __fish_seen_subcommand_from request grant deny revoke show list" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand approve; and not __fish_seen_subcommand_from request grant deny revoke show list" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and not __fish_seen_subcommand_from request grant deny revoke show list" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and not __fish_seen_subcommand_from request grant deny revoke show list" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and not __fish_seen_subcommand_from request grant deny revoke show list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and not __fish_seen_subcommand_from request grant deny revoke show list" -f -a "request" -d 'Ask for an approval of this artifact for an environment'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and not __fish_seen_subcommand_from request grant deny revoke show list" -f -a "grant" -d 'Say yes to a request, with your own key'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and not __fish_seen_subcommand_from request grant deny revoke show list" -f -a "deny" -d 'Say no to a request, with your own key'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and not __fish_seen_subcommand_from request grant deny revoke show list" -f -a "revoke" -d 'Take your own grant or denial back'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and not __fish_seen_subcommand_from request grant deny revoke show list" -f -a "show" -d 'Show what a request or decision says'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and not __fish_seen_subcommand_from request grant deny revoke show list" -f -a "list" -d 'List the requests and decisions under a directory'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from request" -l to -d 'The environment' -r
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from request" -l policy -d 'The policy in force' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from request" -l trust -d 'The trust root in force' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from request" -l provenance -d 'The provenance bundle of the artifact' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from request" -l key -d 'Your private key' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from request" -l expires -d 'How long an approval of it holds, such as 8h or 7d' -r
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from request" -l out -d 'Where to write the request' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from request" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from request" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from request" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from request" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from request" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from request" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from request" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from request" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from grant" -l key -d 'Your private key' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from grant" -l out -d 'Where to write the decision' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from grant" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from grant" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from grant" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from grant" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from grant" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from grant" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from grant" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from grant" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from deny" -l key -d 'Your private key' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from deny" -l out -d 'Where to write the decision' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from deny" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from deny" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from deny" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from deny" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from deny" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from deny" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from deny" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from deny" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from revoke" -l key -d 'The private key that signed it' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from revoke" -l out -d 'Where to write the revocation' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from revoke" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from revoke" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from revoke" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from revoke" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from revoke" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from revoke" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from show" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from show" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from show" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from show" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from show" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from list" -l evidence -d 'Where the evidence lies [default: .brattice/evidence]' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from list" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from list" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from list" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from list" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from list" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand approve; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and not __fish_seen_subcommand_from new list trust" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand keys; and not __fish_seen_subcommand_from new list trust" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand keys; and not __fish_seen_subcommand_from new list trust" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand keys; and not __fish_seen_subcommand_from new list trust" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand keys; and not __fish_seen_subcommand_from new list trust" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and not __fish_seen_subcommand_from new list trust" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and not __fish_seen_subcommand_from new list trust" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and not __fish_seen_subcommand_from new list trust" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and not __fish_seen_subcommand_from new list trust" -f -a "new" -d 'Make a key pair: FILE (private, mode 0600) and FILE.pub'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and not __fish_seen_subcommand_from new list trust" -f -a "list" -d 'List the keys in a directory with their ids'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and not __fish_seen_subcommand_from new list trust" -f -a "trust" -d 'Print the `key` line of a public key for trust.toml'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from new" -l algorithm -d 'The algorithm' -r -f -a "ecdsa-p256\t'ECDSA on NIST P-256 with SHA-256'
ed25519\t'Ed25519'"
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from new" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from new" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from new" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from new" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from new" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from new" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from new" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from list" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from list" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from list" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from list" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from list" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from trust" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from trust" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from trust" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from trust" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from trust" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from trust" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from trust" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand keys; and __fish_seen_subcommand_from trust" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand gate" -l to -d 'The environment' -r
complete -c brattice -n "__fish_brattice_using_subcommand gate" -l policy -d 'The policy [default: the user configuration\'s]' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand gate" -l trust -d 'The trust root [default: the user configuration\'s]' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand gate" -l base -d 'Read policy and trust root from this commit instead of the work tree' -r
complete -c brattice -n "__fish_brattice_using_subcommand gate" -l evidence -d 'A bundle, or a directory of bundles (repeatable) [default: .brattice/evidence]' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand gate" -l key -d 'The private key that signs the verification summary' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand gate" -l vsa -d 'Where to write the signed verification summary (VSA)' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand gate" -l verdict -d 'Where to write the verdict as JSON' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand gate" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand gate" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand gate" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand gate" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand gate" -l explain -d 'Tell how each requirement was judged, with the facts'
complete -c brattice -n "__fish_brattice_using_subcommand gate" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand gate" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand gate" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand gate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -f -a "init" -d 'Make an empty log and its key pair'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -f -a "append" -d 'Append a record read from a file, or from standard input with `-`'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -f -a "checkpoint" -d 'Print the newest checkpoint'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -f -a "verify" -d 'Re-derive the whole log and compare it with what is stored and remembered'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -f -a "prove" -d 'Write the proof that a record is in the log'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -f -a "verify-proof" -d 'Verify a proof offline'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -f -a "show" -d 'Print one record'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -f -a "status" -d 'Print size, root and what this machine remembers'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and not __fish_seen_subcommand_from init append checkpoint verify prove verify-proof show status tail" -f -a "tail" -d 'Print the newest records, a line each'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from init" -l origin -d 'The log\'s name, as in `example.org/log`' -r
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from init" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from init" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from init" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from init" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from init" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from append" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from append" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from append" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from append" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from append" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from append" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from append" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from append" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from checkpoint" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from checkpoint" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from checkpoint" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from checkpoint" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from checkpoint" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from checkpoint" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from checkpoint" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from checkpoint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l verifier -d 'The log\'s verifier key, or a file that holds it [default: from the private key]' -r
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l since -d 'A checkpoint that the log must extend' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from prove" -l out -d 'Where to write the proof [default: standard output]' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from prove" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from prove" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from prove" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from prove" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from prove" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from prove" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from prove" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from prove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify-proof" -l verifier -d 'The log\'s verifier key, or a file that holds it' -r
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify-proof" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify-proof" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify-proof" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify-proof" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify-proof" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify-proof" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify-proof" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from verify-proof" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from show" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from show" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from show" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from show" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from show" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from status" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from status" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from status" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from status" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from status" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from tail" -s n -l lines -d 'How many' -r
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from tail" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from tail" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from tail" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from tail" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from tail" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from tail" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from tail" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand ledger; and __fish_seen_subcommand_from tail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand explain" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand explain" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand explain" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand explain" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand explain" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand explain" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand explain" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand doctor" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand doctor" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand doctor" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand doctor" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand doctor" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand doctor" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand doctor" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand schema" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand schema" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand schema" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand schema" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand schema" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand schema" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand schema" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand completions" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand completions" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand completions" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand completions" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand completions" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand completions" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand completions" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brattice -n "__fish_brattice_using_subcommand man" -l dir -d 'Write every page into DIR instead' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand man" -l config -d 'Read configuration from FILE, or set one value with KEY=VALUE' -r
complete -c brattice -n "__fish_brattice_using_subcommand man" -l ledger -d 'Append what happens to the transparency log in DIR' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand man" -l ledger-key -d 'Sign the log\'s checkpoints with the Ed25519 key in FILE' -r -F
complete -c brattice -n "__fish_brattice_using_subcommand man" -l color -d 'Colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c brattice -n "__fish_brattice_using_subcommand man" -l no-config -d 'Read no configuration file at all'
complete -c brattice -n "__fish_brattice_using_subcommand man" -s v -l verbose -d 'Say more on standard error'
complete -c brattice -n "__fish_brattice_using_subcommand man" -s q -l quiet -d 'Say less on standard error; twice for errors only'
complete -c brattice -n "__fish_brattice_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
