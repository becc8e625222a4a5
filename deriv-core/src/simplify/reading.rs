//! The form for people: among equal forms the one that is shortest in writing.

use super::guard::Guard;
use super::{Simplifier, Strategy};
use crate::graph::Expr;

/// Expressions of more nodes than this are shown as they are computed.
const LARGE: usize = 400;

/// How many characters longer a polynomial may be than the same with powers taken out.
const SLACK: usize = 1;

/// The expressions rewritten, each by itself, as people would write them: polynomials in descending
/// powers, fractions as fractions.
pub(crate) fn readable<'g>(roots: &[Expr<'g>]) -> Vec<Expr<'g>> {
    roots.iter().map(|&root| readable_root(root)).collect()
}

/// How many characters a fraction may be longer than the decimal it replaces.
const DECIMAL: usize = 4;

fn readable_root<'g>(root: Expr<'g>) -> Expr<'g> {
    let graph = root.graph();
    if !root.ty().is_real() || graph.reachable(&[root]).iter().filter(|&&used| used).count() > LARGE {
        return root;
    }
    let length = |expr: Expr<'_>| {
        let text = expr.to_string();
        text.chars().count() + DECIMAL * text.matches('.').count()
    };
    let guard = Guard::new(graph, &[root], false);
    let before = guard.lost_before();
    let mut best = (length(root) + 1 + SLACK, root);
    for strategy in Strategy::READING {
        let mut form = root;
        // What is taken apart in one pass meets its like in the next.
        for _ in 0..2 {
            form = Simplifier::run(&[form], &[], strategy, &[]).0[0];
        }
        let price = length(form) + if strategy.expand { 0 } else { SLACK };
        if price < best.0 && guard.lost(&[form]).is_some_and(|lost| lost <= before) {
            best = (price, form);
        }
    }
    best.1
}
