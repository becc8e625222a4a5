//! What expressions cost: on the shared graph, each node once.

use crate::graph::{Expr, Kind};
use crate::ops::Syntax;

/// How many operations it takes to compute some expressions, what they share counted once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OperationCount {
    /// Additions, subtractions, multiplications, divisions, negations, comparisons and choices. A
    /// constant whole power counts as the multiplications it takes.
    pub arithmetic: u64,
    /// Calls of functions.
    pub calls: u64,
}

/// What a call of an unknown function is taken to cost: about that of a transcendental one.
const CALL: u64 = 60;

/// What the distinct nodes of `roots` cost together, those that `kept` is computed from being free.
pub(crate) fn cost(roots: &[Expr<'_>], kept: &[Expr<'_>]) -> u64 {
    let mut total = 0;
    for_each(roots, kept, |node| {
        total += match (node.kind(), constant_power(node)) {
            (Kind::Op(_), Some((mults, division))) => u64::from(mults) + if division { 4 } else { 0 },
            (Kind::Op(op), None) => u64::from(op.spec().cost),
            (Kind::Cast, _) => 1,
            (Kind::Call(_), _) => CALL,
            (Kind::Const(_) | Kind::Symbol(_) | Kind::Elem(_), _) => 0,
        }
    });
    total
}

/// The operations of all distinct nodes that `roots` are computed from.
///
/// ```
/// use deriv_core::{Graph, count};
/// let g = Graph::new();
/// let x = g.var("x");
/// let square = x * x;
/// let operations = count(&[square + 1.0, square.sin()]);
/// assert_eq!((operations.arithmetic, operations.calls), (2, 1));
/// ```
pub fn count(roots: &[Expr<'_>]) -> OperationCount {
    let mut total = OperationCount::default();
    for_each(roots, &[], |node| match (node.kind(), constant_power(node)) {
        (Kind::Op(_), Some((mults, division))) => {
            total.arithmetic += u64::from(mults) + u64::from(division);
        }
        (Kind::Op(op), None) => match op.spec().syntax {
            Syntax::Infix(..) | Syntax::Prefix(_) | Syntax::Choice | Syntax::IntMethod => {
                total.arithmetic += 1
            }
            Syntax::Method | Syntax::Libm | Syntax::Special => total.calls += 1,
            Syntax::As => {}
        },
        (Kind::Call(_), _) => total.calls += 1,
        (Kind::Cast | Kind::Const(_) | Kind::Symbol(_) | Kind::Elem(_), _) => {}
    });
    total
}

/// The multiplications of a constant whole power, and whether a division follows.
fn constant_power(node: Expr<'_>) -> Option<(u32, bool)> {
    if node.op()?.spec().name != "powi" {
        return None;
    }
    let exponent = node.args()[1].as_constant()?;
    Some((multiplications(exponent.abs() as u32), exponent < 0.0))
}

/// How many multiplications `x` to the power `n` takes by squaring.
pub(crate) fn multiplications(n: u32) -> u32 {
    match n {
        0 => 0,
        _ => n.ilog2() + n.count_ones() - 1,
    }
}

fn for_each<'g>(roots: &[Expr<'g>], kept: &[Expr<'g>], mut visit: impl FnMut(Expr<'g>)) {
    let Some(graph) = roots.first().map(|root| root.graph()) else { return };
    let free = graph.reachable(kept);
    for (id, used) in graph.reachable(roots).into_iter().enumerate() {
        if used && !free[id] {
            visit(graph.expr(id as u32));
        }
    }
}
