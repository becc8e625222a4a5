//! Quotients of exponentials, which overflow above and below the line where the quotient does not.

use super::form::{Coefficient, Factor, Sum, Term, collect};
use super::{FUNCTIONS, LONG, Simplifier};
use crate::graph::{Expr, Graph};
use crate::hash::HashMap;
use crate::laws::operation;
use crate::list::{List, Sort};
use crate::ops::Op;

/// `f(-a)` is `1/f(a)`.
pub(super) const EXPONENTIALS: [&str; 2] = ["exp", "exp2"];

/// What grows like an exponential.
pub(super) const HYPERBOLIC: [&str; 3] = ["exp_m1", "cosh", "sinh"];

/// More exponentials than this are not searched for reciprocals of each other.
const MANY: usize = 64;

/// How deeply two expressions are compared.
const DEPTH: u32 = 6;

impl Simplifier<'_> {
    /// `exp(a)/(d + c·exp(a))` is ∞/∞ where `a` is large; `1/(c + d·exp(-a))` has a value everywhere. In
    /// powers of that quotient, one after the other is replaced.
    pub(super) fn balance_exponentials(&mut self, term: &mut Term) {
        for _ in 0..LONG {
            match self.balanced(term) {
                Some(balanced) => *term = balanced,
                None => return,
            }
        }
    }

    fn balanced(&mut self, term: &Term) -> Option<Term> {
        for exponential in term.factors.iter().filter(|f| f.halves % 2 == 0) {
            let Some(exp) = self.exponential(exponential.base) else { continue };
            let exponent = self.exponent(*exponential);
            for divisor in term.factors.iter().filter(|f| f.halves <= -2) {
                let parts = self.parts.get(&divisor.base).filter(|p| (2..=LONG).contains(&p.len()));
                let Some(parts) = parts.map(|parts| parts.to_vec()) else { continue };
                let inside = parts.iter().flat_map(|part| &part.factors).filter(|f| f.halves % 2 == 0);
                for factor in inside {
                    if self.exponential(factor.base) != Some(exp) {
                        continue;
                    }
                    let small = self.exponent(*factor);
                    let Some(rest) = quotient(&exponent, &small).filter(|_| !self.is_negative(&small)) else {
                        continue;
                    };
                    let inverse: Sum = small.into_iter().each(Term::negated);
                    let inverse = self.apply(exp, vec![inverse]);
                    let inverse = self.as_product(inverse);
                    let sum = parts.iter().each(|part| match part.factors.contains(factor) {
                        true => part.without(&[*factor]),
                        false => self.times(part.clone(), inverse.clone()),
                    });
                    let balanced = self.as_product(sum);
                    let balanced = self.power(balanced, -1.0)?;
                    let mut result = term.without(&[*exponential, Factor { halves: -2, ..*divisor }]);
                    if !rest.is_empty() {
                        let rest = self.apply(exp, vec![rest]);
                        let rest = self.as_product(rest);
                        result = self.times(result, rest);
                    }
                    return Some(self.times(result, balanced).collect());
                }
            }
        }
        None
    }

    /// The function, if a node is an exponential.
    pub(super) fn exponential(&self, id: u32) -> Option<Op> {
        self.graph.expr(id).op().filter(|op| self.functions.exponentials.contains(op))
    }

    /// The exponent of a power of an exponential.
    fn exponent(&mut self, power: Factor) -> Sum {
        let exponent = self.spread(self.graph.node(power.base).args[0]);
        collect(self.scale(exponent, Coefficient::new(f64::from(power.halves / 2))))
    }

    /// Whether a sum is never positive.
    fn is_negative(&self, sum: &[Term]) -> bool {
        let even = |f: &Factor| f.halves % 4 == 0 || self.graph.expr(f.base).op() == self.functions.abs;
        sum.iter().all(|term| term.coefficient.is_negative() && term.factors.iter().all(even))
    }

    /// Whether a node overflows before all else does: a hyperbolic function, or a sum with an exponential.
    pub(super) fn is_exponential_sum(&self, id: u32) -> bool {
        if self.graph.expr(id).op().is_some_and(|op| self.functions.hyperbolic.contains(&op)) {
            return true;
        }
        let part_is = |part: &Term| part.factors.iter().any(|f| self.exponential(f.base).is_some());
        self.parts.get(&id).is_some_and(|parts| parts.len() > 1 && parts.iter().any(part_is))
    }
}

/// What remains of one exponent without another, if that is simpler.
fn quotient(exponent: &[Term], other: &[Term]) -> Option<Sum> {
    let difference = exponent.iter().cloned().joined(other.iter().cloned().map(Term::negated));
    let rest = collect(difference);
    let multiple = rest.is_empty() || rest == other;
    (multiple || rest.len() < exponent.len()).then_some(rest)
}

/// `exp(-a)` is one division if there is `exp(a)`.
pub(super) fn share_reciprocals<'g>(roots: Vec<Expr<'g>>, kept: &[Expr<'g>]) -> Vec<Expr<'g>> {
    let graph = roots[0].graph();
    let Some(div) = operation("div") else { return roots };
    let ops = &FUNCTIONS.exponentials;
    let mut exponentials: Vec<Expr<'g>> = Vec::new();
    for id in graph.below(&[&roots, kept].concat()) {
        if graph.expr(id).op().is_some_and(|op| ops.contains(&op)) {
            exponentials.push(graph.expr(id));
        }
    }
    if exponentials.len() < 2 || exponentials.len() > MANY {
        return roots;
    }
    let fixed = graph.reachable(kept);
    // What is computed anyway comes first, then what has the simpler argument.
    let rank = |e: &Expr<'g>| (!fixed[e.id as usize], e.args()[0].id);
    exponentials.order_by(|a, b| rank(a).cmp(&rank(b)));
    let mut replaced: HashMap<u32, Expr<'g>> = HashMap::default();
    for (i, &first) in exponentials.iter().enumerate() {
        for &second in &exponentials[i + 1..] {
            let taken = replaced.contains_key(&first.id) || replaced.contains_key(&second.id);
            let same = first.op() == second.op() && first.ty() == second.ty();
            if !taken && same && !fixed[second.id as usize] && are_opposite(graph, first, second) {
                replaced.insert(second.id, graph.raw(div, &[graph.constant(1.0), first]));
            }
        }
    }
    if replaced.is_empty() {
        return roots;
    }
    graph.rewrite(&roots, &replaced, &|_| None)
}

/// Whether the arguments of two calls are each other's negatives, as far as that can be seen.
fn are_opposite(graph: &Graph, first: Expr<'_>, second: Expr<'_>) -> bool {
    let negation = |a: Expr<'_>, b: Expr<'_>| {
        a.op().is_some_and(|op| op.spec().linear == Some(&[-1.0])) && a.args()[0] == b
    };
    let (mut a, mut b) = (first.args()[0].id, second.args()[0].id);
    for _ in 0..DEPTH {
        let (x, y) = (graph.expr(a), graph.expr(b));
        if let (Some(x), Some(y)) = (x.as_constant(), y.as_constant()) {
            return x == -y;
        }
        if negation(x, y) || negation(y, x) {
            return true;
        }
        let (Some(op), true) = (x.op(), x.op() == y.op()) else { return false };
        let (xs, ys) = (x.args(), y.args());
        if op.spec().linear == Some(&[1.0, -1.0]) {
            return xs[0] == ys[1] && xs[1] == ys[0];
        }
        if op.spec().monomial.is_none() || xs.len() != 2 {
            return false;
        }
        (a, b) = match (xs[0] == ys[0], xs[1] == ys[1]) {
            (true, false) => (xs[1].id, ys[1].id),
            (false, true) => (xs[0].id, ys[0].id),
            _ => return false,
        };
    }
    false
}
