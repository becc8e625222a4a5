//! The form for people: among equal forms the one that is shortest in writing.

use super::guard::Guard;
use super::vanishing::shown;
use super::{Passes, Strategy, once};
use crate::graph::Expr;

/// Expressions of more nodes than this are shown as they are computed.
const LARGE: usize = 400;

/// How many characters longer the form that is written for people may be.
const SLACK: usize = 1;

/// How many characters a fraction may be longer than the decimal it replaces.
const DECIMAL: usize = 4;

/// The same for parentheses within parentheses.
const NESTED: usize = 3;

/// The expressions rewritten, each by itself, as people would write them: polynomials in descending
/// powers, fractions as fractions. What is only shown need not be the best to compute.
pub fn readable<'g>(roots: &[Expr<'g>]) -> Vec<Expr<'g>> {
    let mut forms: Vec<Expr<'g>> = Vec::new();
    for (i, &root) in roots.iter().enumerate() {
        // A Hessian has everything twice.
        let form = match roots[..i].iter().position(|known| *known == root) {
            Some(known) => forms[known],
            None => shortest(shown(root), &[Strategy::SHOWN]),
        };
        forms.push(form);
    }
    forms
}

/// The same for an expression that is computed, too: nothing in it is less exact than before.
pub(super) fn readable_and_exact(root: Expr<'_>) -> Expr<'_> {
    shortest(root, &Strategy::READING)
}

fn shortest<'g>(root: Expr<'g>, strategies: &[Strategy]) -> Expr<'g> {
    let graph = root.graph();
    let is_whole = root.as_constant().is_some_and(|value| value == value.round());
    if is_whole || !root.ty().is_real() || graph.below(&[root]).len() > LARGE {
        return root;
    }
    let shown = strategies[0].has(Strategy::SHOW);
    let mut guard = if shown { Guard::ordinary(graph, &[root]) } else { Guard::new(graph, &[root], false) };
    let mut is_sound = |form: Expr<'_>| match shown {
        true => guard.same(&[form]),
        false => guard.lost(&[form]).is_some_and(|lost| lost <= guard.lost_before()),
    };
    let mut best = (None, root);
    let mut passes = Passes::new(&[root], &[]);
    for &strategy in strategies {
        let Some(pass) = passes.run(strategy, &[]) else { continue };
        let mut form = pass.results[0];
        if form == root {
            continue;
        }
        if !shown || pass.met.has(Strategy::EXPAND) {
            // What is taken apart in one pass meets its like in the next.
            form = once(&[form], &[], strategy)[0];
        }
        let most = best.0.unwrap_or_else(|| length(root) + SLACK);
        let price = length(form);
        if price < most && is_sound(form) {
            best = (Some(price), form);
        }
    }
    best.1
}

/// The number of characters, more where it is hard to read.
fn length(expr: Expr<'_>) -> usize {
    let mut depth = 0_usize;
    let price = |c: char| match c {
        '.' => 1 + DECIMAL,
        '(' => {
            depth += 1;
            if depth > 1 { 1 + NESTED } else { 1 }
        }
        ')' => {
            depth = depth.saturating_sub(1);
            1
        }
        _ => 1,
    };
    expr.to_string().chars().map(price).sum()
}
