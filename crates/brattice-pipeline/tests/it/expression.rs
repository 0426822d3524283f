//! Expressions: what is found, what is refused, what is folded.

use brattice_pipeline::expression::{
    Abstract, Assumption, Constant, Domain as _, Expr, ExprKind, evaluate, interpolations, parse,
};
use proptest::prelude::{Strategy, proptest};

fn parsed(text: &str) -> Expr {
    parse(text, 0).unwrap_or_else(|error| panic!("{text}: {error} at {:?}", error.span))
}

/// Writes a tree with every operator's operands in brackets.
fn outline(expr: &Expr) -> String {
    let list = |it: &[Expr]| it.iter().map(outline).collect::<Vec<_>>().join(" ");
    match &expr.kind {
        ExprKind::Literal(it) => it.to_json(),
        ExprKind::Context(name) => name.clone(),
        ExprKind::Property(object, name) => format!("{}.{name}", outline(object)),
        ExprKind::Index(object, index) => format!("{}[{}]", outline(object), outline(index)),
        ExprKind::Star(object) => format!("{}.*", outline(object)),
        ExprKind::Call(name, arguments) => format!("{name}({})", list(arguments)),
        ExprKind::Not(operand) => format!("[! {}]", outline(operand)),
        ExprKind::Binary(operator, left, right) => {
            format!("[{operator:?} {} {}]", outline(left), outline(right))
        }
        ExprKind::And(operands) => format!("[&& {}]", list(operands)),
        ExprKind::Or(operands) => format!("[|| {}]", list(operands)),
    }
}

#[test]
fn precedence_access_and_literals() {
    for (text, expected) in [
        ("a || b && c == d", "[|| a [&& b [Equal c d]]]"),
        ("a == b != c", "[NotEqual [Equal a b] c]"),
        ("a < b == c > d", "[Equal [Less a b] [Greater c d]]"),
        ("!a.b && !(c || d)", "[&& [! a.b] [! [|| c d]]]"),
        ("a['it''s'].b[0].*.c[*]", "a[\"it's\"].b[0].*.c.*"),
        ("format('{0}', a, f())", "format(\"{0}\" a f())"),
        ("0x1F == 31 || 1.5e3 == -2", "[|| [Equal 31 31] [Equal 1500 -2]]"),
        ("true && null != NaN", "[&& true [NotEqual null NaN]]"),
        ("github.event.inputs.my-name", "github.event.inputs.my-name"),
        ("steps.a.outputs.true", "steps.a.outputs.true"),
        (" a\n", "a"),
    ] {
        assert_eq!(outline(&parsed(text)), expected, "{text}");
    }
}

#[test]
fn what_is_no_expression_is_refused_with_its_place() {
    for (text, start) in [
        ("", 0),
        ("a b", 2),
        ("a.", 1),
        ("a[0", 3),
        ("(a", 2),
        ("\"a\"", 0),
        ("'a", 0),
        ("a &", 2),
        ("f(a,)", 4),
        ("1x", 0),
        ("a = b", 2),
        ("a || ", 5),
    ] {
        let error = parse(text, 0).expect_err(text);
        assert_eq!(error.span.start, start, "{text}: {error}");
    }
    assert!(parse(&"(".repeat(10_000), 0).is_err());
    assert!(parse(&format!("a{}", ".b".repeat(5_000)), 0).is_err());
    assert!(parse(&"a".repeat(30_000), 0).is_err());
}

#[test]
fn interpolations_end_where_the_platform_ends_them() {
    let text = "é ${{ a }}-${{ '}}' }}${{ 'it''s }}' }} ${{ open";
    let found = interpolations(text);
    let shown: Vec<&str> = found.iter().map(|it| it.span.slice(text)).collect();
    assert_eq!(shown, ["${{ a }}", "${{ '}}' }}", "${{ 'it''s }}' }}", "${{ open"]);
    assert_eq!(found.iter().filter(|it| it.expr.is_err()).count(), 1);
    let Ok(expr) = &found[0].expr else { panic!() };
    assert_eq!(expr.span.slice(text), "a");
}

/// Shows the folded constant, or what can reach the text.
fn abstracted(text: &str) -> String {
    let value = evaluate(&parsed(text), &Abstract);
    if let Some(constant) = value.constant {
        return constant.to_json();
    }
    let reads: Vec<String> = value
        .reads
        .iter()
        .map(|it| format!("{}{}", it.path, if it.written_out { "!" } else { "" }))
        .collect();
    format!("<{}>", reads.join(" "))
}

#[test]
fn constants_fold_and_only_text_that_can_reach_the_result_does() {
    for (text, expected) in [
        ("'a' == 'A'", "true"),
        ("'1' == 1 && 'yes' || 'no'", "\"yes\""),
        ("null == 0", "true"),
        ("format('{0}-{{{1}}}', 'a', 2)", "\"a-{2}\""),
        ("contains('Hello', 'ell')", "true"),
        ("toJSON('a\"')", "\"\\\"a\\\\\\\"\\\"\""),
        ("!github.ref", "<>"),
        ("GitHub.Event['Issue'].title", "<github.event.issue.title>"),
        ("github.event.commits[0].message", "<github.event.commits.*.message>"),
        ("github.event[github.event_name].title", "<github.event.?.title>"),
        ("github.head_ref || github.ref_name", "<github.head_ref github.ref_name>"),
        ("github.head_ref && 'pr' || 'push'", "<>"),
        ("github.event_name == 'x' && github.head_ref || 'none'", "<github.head_ref>"),
        ("false && github.head_ref", "false"),
        ("true || github.head_ref", "true"),
        ("'' || github.head_ref", "<github.head_ref>"),
        ("format('{1}', github.head_ref, github.sha)", "<github.sha>"),
        ("format(github.head_ref, 'a')", "<github.head_ref>"),
        ("join(github.event.commits.*.message, github.actor)", "<github.event.commits.*.message!>"),
        ("toJSON(github.event)", "<github.event!>"),
        ("fromJSON(steps.a.outputs.b).c", "<steps.a.outputs.b.c>"),
        ("startsWith(github.head_ref, 'a')", "<>"),
        ("github.head_ref == 'a'", "<>"),
        ("hashFiles(github.head_ref)", "<>"),
    ] {
        assert_eq!(abstracted(text), expected, "{text}");
    }
}

#[test]
fn numbers_print_as_the_platform_prints_them() {
    for (number, expected) in [(1.0, "1"), (-0.0, "0"), (1.5, "1.5"), (f64::INFINITY, "Infinity")] {
        assert_eq!(Constant::Number(number).to_text(), expected);
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "a", ".", "[", "]", "(", ")", "'", "''", "*", "!", "==", "&&", "||", "<=", " ", "1", "0x", "-", ",",
        "format", "true", "${{", "}}", "é", "github",
    ]);
    proptest::collection::vec(piece, 0..30).prop_map(|it| it.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic_and_spans_nest(text in pieces(), any in ".{0,12}") {
        for text in [text.clone(), format!("${{{{{text}}}}}{any}")] {
            for found in interpolations(&text) {
                assert!(text.get(found.span.range()).is_some_and(|it| it.starts_with("${{")));
                if let Ok(expr) = &found.expr {
                    assert!(found.span.contains(expr.span));
                    let _ = evaluate(expr, &Abstract);
                }
            }
            if let Ok(expr) = parse(&text, 0) {
                assert!(!expr.span.slice(&text).is_empty());
            }
        }
    }
}

#[test]
fn an_assumed_context_folds_conditions() {
    let facts = [("github.event_name".to_owned(), Constant::Text("issues".to_owned()))];
    let assumption = Assumption { facts: &facts };
    for (text, expected) in [
        ("github.event_name == 'push'", Some(false)),
        ("github['event_name'] == 'Issues'", Some(true)),
        ("github.event_name == 'push' && github.actor == 'a'", Some(false)),
        ("github.actor == 'a' && github.event_name == 'push'", Some(false)),
        ("always() && (github.event_name == 'push' && github.actor || github.event_name == '')", Some(false)),
        ("github.actor == 'a' || github.event_name == 'issues'", Some(true)),
        ("github.event_name == 'issues' && github.actor == 'a'", None),
        ("!contains(github.event_name, 'pull')", Some(true)),
        ("github.event_name == 'issues' || github.actor == 'a'", Some(true)),
        ("github.actor == 'a'", None),
    ] {
        let value = evaluate(&parsed(text), &assumption);
        assert_eq!(assumption.truth(&value), expected, "{text}");
    }
}

#[test]
fn a_marked_text_is_equal_to_nothing_and_is_not_searched() {
    let facts = [
        ("github.event.issue.user.login".to_owned(), Constant::Text(Assumption::MARK.to_string())),
        ("github.event.issue.author_association".to_owned(), Constant::Text("NONE".to_owned())),
    ];
    let assumption = Assumption { facts: &facts };
    for (text, expected) in [
        ("github.event.issue.user.login == 'octocat'", Some(false)),
        ("github.event.issue.user.login != 'octocat'", Some(true)),
        ("github.event.issue.user.login > 'octocat'", None),
        ("startsWith(github.event.issue.user.login, 'octo')", None),
        ("contains('octocat', github.event.issue.user.login)", None),
        ("contains(format('<{0}>', github.event.issue.user.login), 'octo')", None),
        ("github.event.issue.author_association == 'OWNER'", Some(false)),
        ("contains('OWNER,MEMBER', github.event.issue.author_association)", Some(false)),
        ("contains(fromJSON(vars.ROLES), github.event.issue.author_association)", None),
    ] {
        let value = evaluate(&parsed(text), &assumption);
        assert_eq!(assumption.truth(&value), expected, "{text}");
    }
}
