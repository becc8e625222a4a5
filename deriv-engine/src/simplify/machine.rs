//! What compilers leave to us. What is divided by several times is divided by once: a division takes as long as
//! four multiplications or more. Whole powers are multiplications, as LLVM expands `powi` too late to arrange
//! what is around it.

use crate::graph::{Expr, Graph};
use crate::hash::HashMap;
use crate::laws::operation;

/// Divisors that divisions are parts of come in one of so many turns.
const TURNS: usize = 4;

/// Powers up to this are multiplications.
const LARGEST: f64 = 64.0;

/// The roots with one reciprocal for several divisions by the same, or by powers of it. What `kept` is computed
/// from stays as it is.
pub(super) fn share_divisors<'g>(roots: &[Expr<'g>], kept: &[Expr<'g>]) -> Vec<Expr<'g>> {
    let mut shared = roots.to_vec();
    for _ in 0..TURNS {
        let next = share_unchanged_divisors(&shared, kept);
        if next == shared {
            break;
        }
        shared = next;
    }
    shared
}

/// The same for divisors that stay as they are.
fn share_unchanged_divisors<'g>(roots: &[Expr<'g>], kept: &[Expr<'g>]) -> Vec<Expr<'g>> {
    let graph = roots[0].graph();
    let fixed = graph.reachable(kept);
    let is_fixed = |expr: Expr<'_>| fixed.get(expr.id as usize).is_some_and(|fixed| *fixed);
    let mut counts: HashMap<u32, u32> = HashMap::default();
    for (id, used) in graph.reachable(roots).into_iter().enumerate() {
        let node = graph.expr(id as u32);
        if used && let Some((_, base, _)) = quotient(node) {
            // Of what is computed anyway, reciprocals alone are of use.
            let is_reciprocal = is_fixed(node) && node.args()[0].as_constant() == Some(1.0);
            if is_reciprocal || !is_fixed(node) {
                *counts.entry(base.id).or_default() += 1;
            }
        }
    }
    if counts.values().all(|count| *count < 2) {
        return roots.to_vec();
    }
    let inverted = |node: Expr<'g>| {
        let (above, base, power) = quotient(node)?;
        if is_fixed(node) || counts.get(&base.id).is_none_or(|count| *count < 2) {
            return None;
        }
        let reciprocal = binary(graph, "div", graph.constant(1.0), base)?;
        let inverse = match power {
            1 => reciprocal,
            2 => binary(graph, "mul", reciprocal, reciprocal)?,
            _ => binary(graph, "powi", reciprocal, graph.constant(f64::from(power)))?,
        };
        if above.as_constant() == Some(1.0) { Some(inverse) } else { binary(graph, "mul", above, inverse) }
    };
    graph.rewrite(roots, &HashMap::default(), &inverted)
}

fn binary<'g>(graph: &'g Graph, name: &str, a: Expr<'g>, b: Expr<'g>) -> Option<Expr<'g>> {
    Some(graph.raw(operation(name)?, &[a, b]))
}

/// The roots with whole powers as the multiplications they are: by squaring from the smallest on, which is how
/// `powi` is computed too, to the bit.
pub(super) fn multiply_powers<'g>(roots: &[Expr<'g>], kept: &[Expr<'g>]) -> Vec<Expr<'g>> {
    let graph = roots[0].graph();
    let fixed = graph.reachable(kept);
    let multiplied = |node: Expr<'g>| {
        let is_power = node.op().is_some_and(|op| Some(op) == operation("powi"));
        if !is_power || fixed.get(node.id as usize).is_some_and(|fixed| *fixed) {
            return None;
        }
        let [base, exponent] = node.args()[..] else { return None };
        let mut left = exponent.as_constant().filter(|n| (2.0..=LARGEST).contains(n))? as u32;
        let (mut square, mut product) = (base, None);
        loop {
            if left & 1 == 1 {
                product = Some(match product {
                    Some(product) => binary(graph, "mul", product, square)?,
                    None => square,
                });
            }
            left >>= 1;
            if left == 0 {
                return product;
            }
            square = binary(graph, "mul", square, square)?;
        }
    };
    graph.rewrite(roots, &HashMap::default(), &multiplied)
}

/// What is divided, by what, and by which power of that.
fn quotient(node: Expr<'_>) -> Option<(Expr<'_>, Expr<'_>, u32)> {
    if node.op() != operation("div") {
        return None;
    }
    let [above, below] = node.args()[..] else { return None };
    // What is there to avoid overflow may itself be so small that its reciprocal overflows.
    let is_scaled = below.op().is_some_and(|op| op.spec().scaled);
    if below.as_constant().is_some() || is_scaled {
        return None;
    }
    let parts = below.args();
    let power = below.op().is_some_and(|op| Some(op) == operation("powi"));
    let square = below.op() == operation("mul") && parts[0] == parts[1];
    match power.then(|| parts[1].as_constant()).flatten() {
        Some(n) if (2.0..=100.0).contains(&n) => Some((above, parts[0], n as u32)),
        _ if square => Some((above, parts[0], 2)),
        _ => Some((above, below, 1)),
    }
}
