//! What expressions cost: on the shared graph, each node once.

use crate::graph::{Expr, Kind};
use crate::hash::HashSet;
use crate::ops::Syntax;
use crate::region::{Region, Stmt};

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
    for_each(roots, kept, |node, operations| total += node.cost_of(operations));
    total
}

impl Expr<'_> {
    /// What the node itself costs.
    pub(crate) fn own_cost(self) -> u64 {
        self.cost_of(None)
    }

    /// Whether it is a choice between the two that are compared: a minimum or a maximum, one instruction.
    fn is_extremum(self) -> bool {
        self.as_choice().is_some_and(|(condition, yes, no)| {
            let compared = condition.args();
            compared == [yes, no] || compared == [no, yes]
        })
    }

    fn cost_of(self, operations: Option<(u64, bool)>) -> u64 {
        match (self.kind(), operations) {
            (Kind::Op(_), Some((mults, division))) => mults + if division { 4 } else { 0 },
            (Kind::Op(_), None) if self.is_extremum() => 1,
            (Kind::Op(op), None) => u64::from(op.spec().cost),
            (Kind::Cast, _) => 1,
            (Kind::Call(_), _) => CALL,
            (Kind::Const(_) | Kind::Symbol(_) | Kind::Elem(_), _) => 0,
        }
    }
}

/// What a region costs: its nodes, and its statements. Neither knows how often it is run.
pub(crate) fn region_cost(region: &Region<'_>) -> u64 {
    let mut total = cost(&region.reads(), &[]);
    region.for_each(&mut |region| {
        for stmt in &region.body {
            total += match stmt {
                Stmt::Copy { .. }
                | Stmt::Bind { .. }
                | Stmt::Branch(_)
                | Stmt::Swap(..)
                | Stmt::Rows { .. }
                | Stmt::Forget { .. } => 0,
                Stmt::Load { .. } | Stmt::Loop(_) => 1,
                Stmt::LoadRun { leaves, .. } => leaves.len() as u64,
                Stmt::StoreRun { values, add, .. } => (1 + u64::from(*add)) * values.len() as u64,
                Stmt::Store { add, .. } => 1 + u64::from(*add),
                Stmt::Push { .. } | Stmt::Pop { .. } => 3,
                Stmt::Record { .. } | Stmt::Recall { .. } => 2,
                Stmt::Clear { .. } | Stmt::AddAll { .. } | Stmt::Restore { .. } | Stmt::Segments { .. } => 10,
                Stmt::Alloc { .. } | Stmt::Save { .. } => 20,
                Stmt::Call(_) => CALL,
            };
        }
    });
    total
}

/// The operations of all distinct nodes that `roots` are computed from.
///
/// ```
/// # use deriv_engine as deriv_core;
/// use deriv_core::{Graph, count};
/// let g = Graph::new();
/// let x = g.var("x");
/// let square = x * x;
/// let operations = count(&[square + 1.0, square.sin()]);
/// assert_eq!((operations.arithmetic, operations.calls), (2, 1));
/// ```
pub fn count(roots: &[Expr<'_>]) -> OperationCount {
    let mut total = OperationCount::default();
    for_each(roots, &[], |node, operations| match (node.kind(), operations) {
        (Kind::Op(_), Some((mults, division))) => total.arithmetic += mults + u64::from(division),
        // The comparison counts.
        (Kind::Op(_), None) if node.is_extremum() => {}
        (Kind::Op(op), None) => match op.spec().syntax {
            Syntax::Infix(..) | Syntax::Prefix(_) | Syntax::Choice | Syntax::Mask | Syntax::IntMethod => {
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

/// How many multiplications `x` to the power `n` takes by squaring.
pub(crate) fn multiplications(n: u32) -> u32 {
    n.checked_ilog2().map_or(0, |squares| squares + n.count_ones() - 1)
}

/// The powers that are computed on the way to `n`, itself included: the squares, and their products
/// from the smallest on. That is how compilers expand constant powers, and powers of one base share
/// what they have in common.
fn chain(n: u32) -> Vec<u32> {
    let mut powers = Vec::new();
    // The lowest product is a square, and so is one of two bits only if they are one.
    let mut product = n & n.wrapping_neg();
    for bit in 1..u32::BITS - n.leading_zeros() {
        let square = 1 << bit;
        powers.push(square);
        if n & square & !product != 0 {
            product |= square;
            powers.push(product);
        }
    }
    powers
}

/// Visits each node that neither is free nor made of constants alone, constant whole powers with the multiplications that they add and
/// whether they divide.
fn for_each<'g>(roots: &[Expr<'g>], kept: &[Expr<'g>], mut visit: impl FnMut(Expr<'g>, Option<(u64, bool)>)) {
    let Some(graph) = roots.first().map(|root| root.graph()) else { return };
    let free = graph.reachable(kept);
    let mut powers: HashSet<(u32, u32)> = HashSet::default();
    for id in graph.below(&[roots, kept].concat()) {
        let node = graph.expr(id);
        if node.is_fixed() {
            continue;
        }
        let power = constant_power(node);
        let mut added = 0;
        if let Some((base, n)) = power {
            for n in chain(n.unsigned_abs()) {
                added += u64::from(powers.insert((base, n)));
            }
        }
        if !free[id as usize] {
            visit(node, power.map(|(_, n)| (added, n < 0)));
        }
    }
}

/// The base and the exponent, for squares too.
fn constant_power(node: Expr<'_>) -> Option<(u32, i32)> {
    let graph = node.graph();
    let node = node.node();
    let Kind::Op(op) = node.kind else { return None };
    let spec = op.spec();
    let &[base, exponent] = &node.args[..] else { return None };
    if base == exponent && spec.monomial == Some(&[(1, 1), (1, 1)]) {
        return Some((base, 2));
    }
    if spec.monomial.is_some() || spec.name != "powi" {
        return None;
    }
    Some((base, graph.expr(exponent).as_constant()? as i32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_squares_and_their_products() {
        assert_eq!(chain(13), [2, 4, 5, 8, 13]);
        assert_eq!(chain(6), [2, 4, 6]);
        for n in 0..100 {
            assert_eq!(chain(n).len() as u32, multiplications(n));
        }
    }
}
