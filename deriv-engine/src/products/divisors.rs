//! Divisions in a loop by what it does not change: a division takes as long as four multiplications or more, so there is
//! one before the loop, of 1, and multiplications inside.

use super::{Products, Slot};
use crate::graph::{Expr, Graph, Kind, Ty, ids};
use crate::hash::{HashMap, HashSet};
use crate::list::List;
use crate::ops::Op;
use crate::region::{Region, Stmt};
use crate::tidy::depends_on;

impl<'g> Products<'_, 'g> {
    /// Only for derivatives that are not differentiated again. What `fixed` is computed from stays as it is.
    pub(super) fn divide_before_loops(&self, region: &mut Region<'g>, fixed: &[Expr<'g>]) {
        let fixed = self.graph.reachable(fixed);
        let is_fixed = |node: Expr<'g>| fixed.get(node.id as usize).is_some_and(|fixed| *fixed);
        region.for_each_mut(&mut |region| {
            let divided = |stmt| match stmt {
                Stmt::Loop(looped) => {
                    let own = ids(&[looped.body.defines(), looped.params.clone()].concat());
                    let mut alone = Region { body: vec![Stmt::Loop(looped)], ..Region::default() };
                    self.divide_before(&mut alone, &own, &is_fixed);
                    alone.body
                }
                stmt => vec![stmt],
            };
            region.body = std::mem::take(&mut region.body).into_iter().flat_map(divided).list();
        });
    }

    /// Here, for one loop that defines its `own` leaves.
    fn divide_before(
        &self,
        looped: &mut Region<'g>,
        own: &HashSet<u32>,
        is_fixed: &dyn Fn(Expr<'g>) -> bool,
    ) {
        let mut roots = Vec::new();
        self.for_each_derivative(looped, &mut |slot| {
            if let Slot::Derivative(root) = slot {
                roots.push(*root);
            }
        });
        let inverted = |node: Expr<'g>| {
            let (above, below) = divided(node).filter(|_| !is_fixed(node))?;
            let before = depends_on(above, own) && !depends_on(below, own) && may_move(below);
            if before { inverse(self.graph, above, below) } else { None }
        };
        // Most loops have none: what was there before them need not be looked at.
        let oldest = own.iter().min().copied().unwrap_or(u32::MAX);
        let (mut stack, mut seen, mut found) = (roots.clone(), HashSet::default(), false);
        while let Some(node) = stack.pop() {
            if node.id > oldest && seen.insert(node.id) {
                found |= inverted(node).is_some();
                stack.extend(node.args());
            }
        }
        if !found {
            return;
        }
        let new = self.graph.rewrite(&roots, &HashMap::default(), &inverted);
        let mut new = new.into_iter();
        self.for_each_derivative(looped, &mut |slot| {
            if let Slot::Derivative(root) = slot {
                *root = new.next().unwrap_or(*root);
            }
        });
    }
}

/// What is divided and by what, if that has a reciprocal wherever it is not zero: a product may be too small for one, and
/// what is there to avoid overflow, too.
fn divided<'g>(node: Expr<'g>) -> Option<(Expr<'g>, Expr<'g>)> {
    let [above, below] = node.args()[..] else { return None };
    let spec = below.op().map(|op| op.spec());
    let small = spec.is_some_and(|spec| spec.scaled || spec.monomial.is_some());
    let is_division = node.op() == Op::infix("/") && below.as_constant().is_none();
    (is_division && !small).then_some((above, below))
}

/// Whether it is computed before a loop even where that makes no turn: not what could panic.
fn may_move(node: Expr<'_>) -> bool {
    let (mut stack, mut seen) = (vec![node], HashSet::default());
    while let Some(node) = stack.pop() {
        let args = node.args();
        let counts = node.ty() == Ty::Opaque && !args.is_empty();
        if counts || matches!(node.kind(), Kind::Call(_)) {
            return false;
        }
        stack.extend(args.iter().filter(|arg| seen.insert(arg.id)));
    }
    true
}

fn inverse<'g>(graph: &'g Graph, above: Expr<'g>, below: Expr<'g>) -> Option<Expr<'g>> {
    let reciprocal = graph.raw(Op::infix("/")?, &[graph.constant(1.0), below]);
    Some(graph.raw(Op::infix("*")?, &[above, reciprocal]))
}
