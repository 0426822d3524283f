//! The matrix of a job, and what a value can be that is picked from it.

use brattice_tree::{Node, NodeKind};

use super::{Matrix, STEPS_MAX};
use crate::expression::{Abstract, Constant, Expr, ExprKind, Segment, evaluate};
use crate::text::{Spanned, Text};

/// Reads which values of a job's matrix are written in the file.
pub(super) fn of(job: Node<'_>) -> Matrix {
    let Some(node) = job.get("strategy").and_then(|it| it.get("matrix")) else { return Matrix::Absent };
    // Aliases may name one value many times; what is left when this much was seen is called computed.
    let mut budget = STEPS_MAX;
    if node.kind() != NodeKind::Mapping {
        return if is_computed(node, &mut budget) { Matrix::Computed } else { Matrix::Literal };
    }
    let mut computed = Vec::new();
    let mut entries = node.merged_entries();
    // What is excluded adds no value.
    entries.retain(|it| it.key.as_str() != Some("exclude"));
    while let Some(entry) = entries.pop() {
        let Some(key) = entry.key.as_str() else { return Matrix::Computed };
        if key != "include" {
            if is_computed(entry.value, &mut budget) {
                computed.push(key.to_ascii_lowercase());
            }
            continue;
        }
        let combinations = entry.value.items();
        if combinations.len() == 0 && is_computed(entry.value, &mut budget) {
            return Matrix::Computed;
        }
        for combination in combinations {
            let values = combination.merged_entries();
            if values.is_empty() && is_computed(combination, &mut budget) {
                return Matrix::Computed;
            }
            for value in values.iter().filter(|it| is_computed(it.value, &mut budget)) {
                let Some(key) = value.key.as_str() else { return Matrix::Computed };
                computed.push(key.to_ascii_lowercase());
            }
        }
    }
    if computed.is_empty() { Matrix::Literal } else { Matrix::Partly(computed) }
}

fn is_computed(node: Node<'_>, budget: &mut usize) -> bool {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        let Some(left) = budget.checked_sub(1) else { return true };
        *budget = left;
        if node.as_str().is_some_and(|it| it.contains("${{")) {
            return true;
        }
        open.extend(node.items());
        open.extend(node.merged_entries().into_iter().map(|it| it.value));
    }
    false
}

/// Returns the texts written in the file that a value can be, if it is one expression: the literals that it
/// chooses between, and the values of the matrix that it picks.
pub(super) fn choices(job: Node<'_>, value: &Text) -> Vec<Spanned<String>> {
    let [placed] = value.expressions.as_slice() else { return Vec::new() };
    let (true, Ok(expr)) = (placed.range.len() == value.value.trim().len(), &placed.expr) else {
        return Vec::new();
    };
    let mut choices = Vec::new();
    let mut open = vec![expr];
    while let Some(expr) = open.pop().filter(|_| choices.len() < STEPS_MAX) {
        match &expr.kind {
            ExprKind::Literal(Constant::Text(text)) if !text.is_empty() => {
                choices.push(Spanned { value: text.clone(), span: value.span });
            }
            // An earlier operand is the value only if it counts as false.
            ExprKind::And(operands) => open.extend(operands.last()),
            ExprKind::Or(operands) => open.extend(operands.iter().rev()),
            ExprKind::Property(..) | ExprKind::Index(..) => picked(job, expr, &mut choices),
            _ => {}
        }
    }
    choices
}

/// Adds the literal values that `matrix.KEY` or `matrix.KEY.PART` picks.
fn picked(job: Node<'_>, expr: &Expr, choices: &mut Vec<Spanned<String>>) {
    let reads = evaluate(expr, &Abstract).reads;
    let [read] = reads.as_slice() else { return };
    let [Segment::Name(root), Segment::Name(key), parts @ ..] = read.path.0.as_slice() else { return };
    let Some(matrix) = job.get("strategy").and_then(|it| it.get("matrix")).filter(|_| root == "matrix")
    else {
        return;
    };
    let of_axis = values(matrix, key).flat_map(Node::items);
    let of_combinations =
        matrix.get("include").into_iter().flat_map(Node::items).flat_map(|it| values(it, key));
    for node in of_axis.chain(of_combinations).take(STEPS_MAX) {
        let part = parts.iter().try_fold(node, |node, part| match part {
            Segment::Name(name) => values(node, name).next(),
            _ => None,
        });
        let text = part.and_then(|it| Some((it.as_str()?, it.target().span())));
        if let Some((text, span)) = text.filter(|(text, _)| !text.is_empty() && !text.contains("${{")) {
            choices.push(Spanned { value: text.to_owned(), span });
        }
    }
}

/// Returns the values of a key, whose case does not matter.
fn values<'t>(node: Node<'t>, key: &str) -> impl Iterator<Item = Node<'t>> {
    let is_key =
        |it: &brattice_tree::Entry<'t>| it.key.as_str().is_some_and(|it| it.eq_ignore_ascii_case(key));
    node.merged_entries().into_iter().filter(is_key).map(|it| it.value)
}
