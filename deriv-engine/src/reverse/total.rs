//! Sums that are there already. Where a loop adds up `exp(x - m)`, what it adds to the adjoint of `m` is, in all iterations
//! together, a multiple of the sum itself. So nothing is added up once more; and as the logarithm of a sum divides by
//! the sum, what a shift contributes to it is found to cancel.

use super::scatter::summand;
use super::{HashSet, Reverse};
use crate::graph::Expr;
use crate::region::Loop;
use crate::tidy::depends_on;

impl<'g> Reverse<'g> {
    /// What this term comes to in all iterations of a loop, if it is a multiple of what the loop itself adds up. What is `own`
    /// may be another in each iteration.
    pub(super) fn total(&self, looped: &Loop<'g>, own: &HashSet<u32>, term: Expr<'g>) -> Option<Expr<'g>> {
        let sums = looped.params.iter().zip(&looped.body.results).zip(&looped.results).zip(&looped.initial);
        sums.filter(|(_, initial)| initial.is_zero()).find_map(|(((param, next), sum), _)| {
            let (added, plus) = summand(*param, *next)?;
            let factor = self.without(term, added, 1).filter(|factor| !depends_on(*factor, own))?;
            let total = self.without(factor, *sum, -1).unwrap_or(factor * *sum);
            Some(if plus { total } else { -total })
        })
    }

    /// A product without one factor, which has this power in it.
    fn without(&self, product: Expr<'g>, factor: Expr<'g>, power: i32) -> Option<Expr<'g>> {
        let one = self.graph.constant(1.0);
        if product == factor && power == 1 {
            return Some(one);
        }
        // Each with the place of what it is an argument of, and which argument.
        let (mut parts, mut seen, mut at) = (vec![(product, 0, 0)], HashSet::default(), 0);
        while let Some(&(node, ..)) = parts.get(at) {
            let spec = node.op().map(|op| op.spec());
            let powers = spec.and_then(|spec| spec.monomial).unwrap_or_default();
            let is_negation = spec.is_some_and(|spec| spec.linear.is_some_and(|signs| signs.len() == 1));
            for (i, arg) in node.args().into_iter().enumerate() {
                let own = if is_negation { (1, 1) } else { powers.get(i).copied().unwrap_or((0, 1)) };
                if arg == factor && own == (power, 1) {
                    return Some(self.replaced(&parts, (at, i), one));
                }
                if own == (1, 1) && seen.insert(arg.id) {
                    parts.push((arg, at, i));
                }
            }
            at += 1;
        }
        None
    }

    /// The first of the parts, with another argument somewhere in it.
    fn replaced(
        &self,
        parts: &[(Expr<'g>, usize, usize)],
        (mut at, mut arg): (usize, usize),
        mut by: Expr<'g>,
    ) -> Expr<'g> {
        loop {
            let (node, of, which) = parts[at];
            let mut args = node.args();
            args[arg] = by;
            by = node.op().map_or(node, |op| self.graph.build(op, &args));
            if at == 0 {
                return by;
            }
            (at, arg) = (of, which);
        }
    }
}
