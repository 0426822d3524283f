#compdef brattice

autoload -U is-at-least

_brattice() {
    typeset -A opt_args
    typeset -a _arguments_options
    local ret=1

    if is-at-least 5.2; then
        _arguments_options=(-s -S -C)
    else
        _arguments_options=(-s -C)
    fi

    local context curcontext="$curcontext" state line
    _arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_brattice_commands" \
"*::: :->brattice" \
&& ret=0
    case $state in
    (brattice)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:brattice-command-$line[1]:"
        case $line[1] in
            (check)
_arguments "${_arguments_options[@]}" : \
'(--skip)*--only=[Examine only these areas]:AREA:_default' \
'*--skip=[Examine all but these areas]:AREA:_default' \
'*--select=[Apply only these rules]:RULE:_default' \
'*--ignore=[Apply all but these rules]:RULE:_default' \
'--since=[Report only what the change since REF adds; configuration comes from REF]:REF:_default' \
'--fail-on=[Fail on exploit findings of this severity and above \[default\: medium\]]:SEVERITY:_default' \
'--fail-hardening=[Fail on hardening findings of this severity and above \[default\: never\]]:SEVERITY|never:_default' \
'--baseline=[Pass over the findings listed in FILE]:FILE:_files' \
'(--since --attest)--write-baseline=[Write today'\''s findings to FILE as the new baseline]:FILE:_files' \
'--format=[Print the report in this format]:FORMAT:((full\:"Snippets with the path told in labels"
concise\:"A line a finding"
json\:"The \`brattice.findings/1\` document"
sarif\:"SARIF 2.1.0"
github\:"GitHub workflow annotations"))' \
'*--output=[Also write the report in FORMAT to PATH (repeatable)]:FORMAT=PATH:_default' \
'--attest=[Sign a scan statement about the examined tree and write its bundle to FILE]:FILE:_files' \
'--key=[The private key of the scanner that signs the statement]:FILE:_files' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::paths -- Files or directories to examine, or `-` for standard input \[default\: .\]:_files' \
&& ret=0
;;
(fix)
_arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'--unsafe[Apply the repairs that somebody should look at as well]' \
'--dry-run[Print the changes as a diff and write nothing]' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::paths -- Files or directories to repair \[default\: .\]:_files' \
&& ret=0
;;
(run)
_arguments "${_arguments_options[@]}" : \
'--workspace=[The directory that the command works on \[default\: .\]]:DIR:_files' \
'*--out=[Copy PATH out of the sandbox after the job (repeatable)]:PATH:_files' \
'*--ro=[Show PATH to the job, read-only (repeatable)]:PATH:_files' \
'*--env=[Set a variable, or pass one on by its name alone (repeatable)]:K=V|K:_default' \
'*--secret=[Pass a secret from the environment or a file; masked in the log (repeatable)]:NAME[=file:PATH]:_default' \
'--timeout=[Stop the job after this time, such as 90s, 30m or 2h]:TIME:_default' \
'--tier=[Run with fewer guarantees than tier A (none is offered yet)]:TIER:((A\:"Every guarantee"))' \
'--record=[Write the run record to FILE]:FILE:_files' \
'--key=[Sign the invocation with your private key; the bundle is written beside the record]:FILE:_files' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::command -- The command and its arguments:_default' \
&& ret=0
;;
(sign)
_arguments "${_arguments_options[@]}" : \
'--key=[The private key]:FILE:_files' \
'--bundle=[Where to write the bundle \[default\: SUBJECT.sigstore.json\]]:OUT:_files' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'--compat[Leave out what the standard leaves out (\`.git*\` paths) instead of refusing nothing]' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':subject -- The file or directory:_files' \
&& ret=0
;;
(verify)
_arguments "${_arguments_options[@]}" : \
'--bundle=[The bundle \[default\: SUBJECT.sigstore.json\]]:FILE:_files' \
'--pub=[The public key that must have signed]:FILE:_files' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'--compat[Follow the standard'\''s rules on ignored paths instead of the strict ones]' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':subject -- The file or directory:_files' \
'*::command -- Run this on a private copy of exactly the verified bytes (`$BRATTICE_SUBJECT`):_default' \
&& ret=0
;;
(attest)
_arguments "${_arguments_options[@]}" : \
'--type=[The kind of statement]:TYPE:((provenance\:"SLSA provenance v1 from a run record"))' \
'--record=[The run record to make provenance from]:FILE:_files' \
'--key=[The private key of the builder]:FILE:_files' \
'--builder=[The builder'\''s service id \[default\: the key id\]]:ID:_default' \
'--out=[Where to write the bundle \[default\: .brattice/evidence/SHA256.sigstore.json\]]:FILE:_files' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':subject -- The file or directory that the statement is about:_files' \
&& ret=0
;;
(approve)
_arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_brattice__subcmd__approve_commands" \
"*::: :->approve" \
&& ret=0

    case $state in
    (approve)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:brattice-approve-command-$line[1]:"
        case $line[1] in
            (request)
_arguments "${_arguments_options[@]}" : \
'--to=[The environment]:ENV:_default' \
'--policy=[The policy in force]:FILE:_files' \
'--trust=[The trust root in force]:FILE:_files' \
'--provenance=[The provenance bundle of the artifact]:FILE:_files' \
'--key=[Your private key]:FILE:_files' \
'--expires=[How long an approval of it holds, such as 8h or 7d]:TIME:_default' \
'--out=[Where to write the request]:FILE:_files' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':subject -- The file or directory to be approved:_files' \
&& ret=0
;;
(grant)
_arguments "${_arguments_options[@]}" : \
'--key=[Your private key]:FILE:_files' \
'--out=[Where to write the decision]:FILE:_files' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':request -- The request:_files' \
&& ret=0
;;
(deny)
_arguments "${_arguments_options[@]}" : \
'--key=[Your private key]:FILE:_files' \
'--out=[Where to write the decision]:FILE:_files' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':request -- The request:_files' \
&& ret=0
;;
(revoke)
_arguments "${_arguments_options[@]}" : \
'--key=[The private key that signed it]:FILE:_files' \
'--out=[Where to write the revocation]:FILE:_files' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':grant -- The grant or denial to take back:_files' \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':file -- The bundle:_files' \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
'*--evidence=[Where the evidence lies \[default\: .brattice/evidence\]]:PATH:_files' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
        esac
    ;;
esac
;;
(keys)
_arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_brattice__subcmd__keys_commands" \
"*::: :->keys" \
&& ret=0

    case $state in
    (keys)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:brattice-keys-command-$line[1]:"
        case $line[1] in
            (new)
_arguments "${_arguments_options[@]}" : \
'--algorithm=[The algorithm]:ALGORITHM:((ecdsa-p256\:"ECDSA on NIST P-256 with SHA-256"
ed25519\:"Ed25519"))' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':file -- Where to write the private key:_files' \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::directory -- The directory:_files' \
&& ret=0
;;
(trust)
_arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::public_keys -- The public key files:_files' \
&& ret=0
;;
        esac
    ;;
esac
;;
(gate)
_arguments "${_arguments_options[@]}" : \
'--to=[The environment]:ENV:_default' \
'--policy=[The policy \[default\: the user configuration'\''s\]]:FILE:_files' \
'--trust=[The trust root \[default\: the user configuration'\''s\]]:FILE:_files' \
'--base=[Read policy and trust root from this commit instead of the work tree]:REF:_default' \
'*--evidence=[A bundle, or a directory of bundles (repeatable) \[default\: .brattice/evidence\]]:PATH:_files' \
'--key=[The private key that signs the verification summary]:FILE:_files' \
'--vsa=[Where to write the signed verification summary (VSA)]:OUT:_files' \
'--verdict=[Where to write the verdict as JSON]:OUT:_files' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'--explain[Tell how each requirement was judged, with the facts]' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':subject -- The file or directory to be deployed:_files' \
'*::command -- Run this after a yes, and only then:_default' \
&& ret=0
;;
(ledger)
_arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_brattice__subcmd__ledger_commands" \
"*::: :->ledger" \
&& ret=0

    case $state in
    (ledger)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:brattice-ledger-command-$line[1]:"
        case $line[1] in
            (init)
_arguments "${_arguments_options[@]}" : \
'--origin=[The log'\''s name, as in \`example.org/log\`]:NAME:_default' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(append)
_arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':file -- The record:_files' \
&& ret=0
;;
(checkpoint)
_arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(verify)
_arguments "${_arguments_options[@]}" : \
'--verifier=[The log'\''s verifier key, or a file that holds it \[default\: from the private key\]]:KEY|FILE:_default' \
'--since=[A checkpoint that the log must extend]:FILE:_files' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(prove)
_arguments "${_arguments_options[@]}" : \
'--out=[Where to write the proof \[default\: standard output\]]:FILE:_files' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':index -- The record'\''s index:_default' \
&& ret=0
;;
(verify-proof)
_arguments "${_arguments_options[@]}" : \
'--verifier=[The log'\''s verifier key, or a file that holds it]:KEY|FILE:_default' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':proof -- The proof:_files' \
':record -- The record:_files' \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':index -- The record'\''s index:_default' \
&& ret=0
;;
(status)
_arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(tail)
_arguments "${_arguments_options[@]}" : \
'-n+[How many]:LINES:_default' \
'--lines=[How many]:LINES:_default' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
        esac
    ;;
esac
;;
(explain)
_arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::rule -- The rule; all are listed without one:_default' \
&& ret=0
;;
(doctor)
_arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(schema)
_arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::name -- The format; all are listed without one:_default' \
&& ret=0
;;
(completions)
_arguments "${_arguments_options[@]}" : \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':shell -- The shell:(bash elvish fish powershell zsh)' \
&& ret=0
;;
(man)
_arguments "${_arguments_options[@]}" : \
'()--dir=[Write every page into DIR instead]:DIR:_files' \
'*--config=[Read configuration from FILE, or set one value with KEY=VALUE]:FILE|KEY=VALUE:_default' \
'--ledger=[Append what happens to the transparency log in DIR]:DIR:_files' \
'--ledger-key=[Sign the log'\''s checkpoints with the Ed25519 key in FILE]:FILE:_files' \
'--color=[Colour the output]:WHEN:((auto\:"On a terminal, unless \`NO_COLOR\` is set"
always\:"Always"
never\:"Never"))' \
'(--config)--no-config[Read no configuration file at all]' \
'*-v[Say more on standard error]' \
'*--verbose[Say more on standard error]' \
'(-v --verbose)*-q[Say less on standard error; twice for errors only]' \
'(-v --verbose)*--quiet[Say less on standard error; twice for errors only]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::verb -- The verb; the page of the program itself without one:_default' \
&& ret=0
;;
        esac
    ;;
esac
}

(( $+functions[_brattice_commands] )) ||
_brattice_commands() {
    local commands; commands=(
'check:Find what an outsider can do to a pipeline' \
'fix:Apply the repairs that \`check\` offers' \
'run:Run a command in a fresh, isolated sandbox' \
'sign:Sign a model file, a model directory or any file' \
'verify:Verify a signature and every file it covers' \
'attest:Write a signed statement about an artifact' \
'approve:Request, grant, deny and revoke approvals' \
'keys:Make and list keys, and write their lines for trust.toml' \
'gate:Decide from evidence whether an artifact may go to an environment' \
'ledger:Keep and verify the tamper-evident log' \
'explain:Tell what a rule finds, why it matters and what to do' \
'doctor:Tell what this machine offers for isolation' \
'schema:Print the JSON Schema of a published format' \
'completions:Print the completion script of a shell' \
'man:Print a manual page' \
    )
    _describe -t commands 'brattice commands' commands "$@"
}
(( $+functions[_brattice__subcmd__approve_commands] )) ||
_brattice__subcmd__approve_commands() {
    local commands; commands=(
'request:Ask for an approval of this artifact for an environment' \
'grant:Say yes to a request, with your own key' \
'deny:Say no to a request, with your own key' \
'revoke:Take your own grant or denial back' \
'show:Show what a request or decision says' \
'list:List the requests and decisions under a directory' \
    )
    _describe -t commands 'brattice approve commands' commands "$@"
}
(( $+functions[_brattice__subcmd__approve__subcmd__deny_commands] )) ||
_brattice__subcmd__approve__subcmd__deny_commands() {
    local commands; commands=()
    _describe -t commands 'brattice approve deny commands' commands "$@"
}
(( $+functions[_brattice__subcmd__approve__subcmd__grant_commands] )) ||
_brattice__subcmd__approve__subcmd__grant_commands() {
    local commands; commands=()
    _describe -t commands 'brattice approve grant commands' commands "$@"
}
(( $+functions[_brattice__subcmd__approve__subcmd__list_commands] )) ||
_brattice__subcmd__approve__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'brattice approve list commands' commands "$@"
}
(( $+functions[_brattice__subcmd__approve__subcmd__request_commands] )) ||
_brattice__subcmd__approve__subcmd__request_commands() {
    local commands; commands=()
    _describe -t commands 'brattice approve request commands' commands "$@"
}
(( $+functions[_brattice__subcmd__approve__subcmd__revoke_commands] )) ||
_brattice__subcmd__approve__subcmd__revoke_commands() {
    local commands; commands=()
    _describe -t commands 'brattice approve revoke commands' commands "$@"
}
(( $+functions[_brattice__subcmd__approve__subcmd__show_commands] )) ||
_brattice__subcmd__approve__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'brattice approve show commands' commands "$@"
}
(( $+functions[_brattice__subcmd__attest_commands] )) ||
_brattice__subcmd__attest_commands() {
    local commands; commands=()
    _describe -t commands 'brattice attest commands' commands "$@"
}
(( $+functions[_brattice__subcmd__check_commands] )) ||
_brattice__subcmd__check_commands() {
    local commands; commands=()
    _describe -t commands 'brattice check commands' commands "$@"
}
(( $+functions[_brattice__subcmd__completions_commands] )) ||
_brattice__subcmd__completions_commands() {
    local commands; commands=()
    _describe -t commands 'brattice completions commands' commands "$@"
}
(( $+functions[_brattice__subcmd__doctor_commands] )) ||
_brattice__subcmd__doctor_commands() {
    local commands; commands=()
    _describe -t commands 'brattice doctor commands' commands "$@"
}
(( $+functions[_brattice__subcmd__explain_commands] )) ||
_brattice__subcmd__explain_commands() {
    local commands; commands=()
    _describe -t commands 'brattice explain commands' commands "$@"
}
(( $+functions[_brattice__subcmd__fix_commands] )) ||
_brattice__subcmd__fix_commands() {
    local commands; commands=()
    _describe -t commands 'brattice fix commands' commands "$@"
}
(( $+functions[_brattice__subcmd__gate_commands] )) ||
_brattice__subcmd__gate_commands() {
    local commands; commands=()
    _describe -t commands 'brattice gate commands' commands "$@"
}
(( $+functions[_brattice__subcmd__keys_commands] )) ||
_brattice__subcmd__keys_commands() {
    local commands; commands=(
'new:Make a key pair\: FILE (private, mode 0600) and FILE.pub' \
'list:List the keys in a directory with their ids' \
'trust:Print the \`key\` line of a public key for trust.toml' \
    )
    _describe -t commands 'brattice keys commands' commands "$@"
}
(( $+functions[_brattice__subcmd__keys__subcmd__list_commands] )) ||
_brattice__subcmd__keys__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'brattice keys list commands' commands "$@"
}
(( $+functions[_brattice__subcmd__keys__subcmd__new_commands] )) ||
_brattice__subcmd__keys__subcmd__new_commands() {
    local commands; commands=()
    _describe -t commands 'brattice keys new commands' commands "$@"
}
(( $+functions[_brattice__subcmd__keys__subcmd__trust_commands] )) ||
_brattice__subcmd__keys__subcmd__trust_commands() {
    local commands; commands=()
    _describe -t commands 'brattice keys trust commands' commands "$@"
}
(( $+functions[_brattice__subcmd__ledger_commands] )) ||
_brattice__subcmd__ledger_commands() {
    local commands; commands=(
'init:Make an empty log and its key pair' \
'append:Append a record read from a file, or from standard input with \`-\`' \
'checkpoint:Print the newest checkpoint' \
'verify:Re-derive the whole log and compare it with what is stored and remembered' \
'prove:Write the proof that a record is in the log' \
'verify-proof:Verify a proof offline' \
'show:Print one record' \
'status:Print size, root and what this machine remembers' \
'tail:Print the newest records, a line each' \
    )
    _describe -t commands 'brattice ledger commands' commands "$@"
}
(( $+functions[_brattice__subcmd__ledger__subcmd__append_commands] )) ||
_brattice__subcmd__ledger__subcmd__append_commands() {
    local commands; commands=()
    _describe -t commands 'brattice ledger append commands' commands "$@"
}
(( $+functions[_brattice__subcmd__ledger__subcmd__checkpoint_commands] )) ||
_brattice__subcmd__ledger__subcmd__checkpoint_commands() {
    local commands; commands=()
    _describe -t commands 'brattice ledger checkpoint commands' commands "$@"
}
(( $+functions[_brattice__subcmd__ledger__subcmd__init_commands] )) ||
_brattice__subcmd__ledger__subcmd__init_commands() {
    local commands; commands=()
    _describe -t commands 'brattice ledger init commands' commands "$@"
}
(( $+functions[_brattice__subcmd__ledger__subcmd__prove_commands] )) ||
_brattice__subcmd__ledger__subcmd__prove_commands() {
    local commands; commands=()
    _describe -t commands 'brattice ledger prove commands' commands "$@"
}
(( $+functions[_brattice__subcmd__ledger__subcmd__show_commands] )) ||
_brattice__subcmd__ledger__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'brattice ledger show commands' commands "$@"
}
(( $+functions[_brattice__subcmd__ledger__subcmd__status_commands] )) ||
_brattice__subcmd__ledger__subcmd__status_commands() {
    local commands; commands=()
    _describe -t commands 'brattice ledger status commands' commands "$@"
}
(( $+functions[_brattice__subcmd__ledger__subcmd__tail_commands] )) ||
_brattice__subcmd__ledger__subcmd__tail_commands() {
    local commands; commands=()
    _describe -t commands 'brattice ledger tail commands' commands "$@"
}
(( $+functions[_brattice__subcmd__ledger__subcmd__verify_commands] )) ||
_brattice__subcmd__ledger__subcmd__verify_commands() {
    local commands; commands=()
    _describe -t commands 'brattice ledger verify commands' commands "$@"
}
(( $+functions[_brattice__subcmd__ledger__subcmd__verify-proof_commands] )) ||
_brattice__subcmd__ledger__subcmd__verify-proof_commands() {
    local commands; commands=()
    _describe -t commands 'brattice ledger verify-proof commands' commands "$@"
}
(( $+functions[_brattice__subcmd__man_commands] )) ||
_brattice__subcmd__man_commands() {
    local commands; commands=()
    _describe -t commands 'brattice man commands' commands "$@"
}
(( $+functions[_brattice__subcmd__run_commands] )) ||
_brattice__subcmd__run_commands() {
    local commands; commands=()
    _describe -t commands 'brattice run commands' commands "$@"
}
(( $+functions[_brattice__subcmd__schema_commands] )) ||
_brattice__subcmd__schema_commands() {
    local commands; commands=()
    _describe -t commands 'brattice schema commands' commands "$@"
}
(( $+functions[_brattice__subcmd__sign_commands] )) ||
_brattice__subcmd__sign_commands() {
    local commands; commands=()
    _describe -t commands 'brattice sign commands' commands "$@"
}
(( $+functions[_brattice__subcmd__verify_commands] )) ||
_brattice__subcmd__verify_commands() {
    local commands; commands=()
    _describe -t commands 'brattice verify commands' commands "$@"
}

if [ "$funcstack[1]" = "_brattice" ]; then
    _brattice "$@"
else
    compdef _brattice brattice
fi
