//! Quotients of exponentials as machines like them. `1/(c + d/e)`, where `e` is an exponential, does not overflow as
//! `e/(c·e + d)` does, but takes two divisions, of which one waits for the other.

use super::exponential::EXPONENTIALS;
use crate::graph::{Expr, Ty};
use crate::laws::operation;
use crate::list::{List, PushAll};
use crate::ops::Op;

/// Numbers up to this vanish beside an exponential that is nearly infinite.
const MODERATE: f64 = 1e4;

/// Products of more factors than this are left as they are.
const MANY: usize = 16;

/// The sum `scale·exponential + rest`.
#[derive(Clone, Copy, PartialEq)]
struct Affine<'g> {
    exponential: Expr<'g>,
    scale: f64,
    rest: f64,
}

/// What is multiplied, and what that is divided by.
#[derive(Default)]
struct Quotient<'g> {
    above: Vec<Expr<'g>>,
    below: Vec<Expr<'g>>,
    negative: bool,
}

/// Products that are divided by `t = c·e + d`, with the one reciprocal `r` of that: what is more in them of quotients
/// `1/(c + d/e)` is `e·r`. Where the exponential is infinite, `r` is zero and so is the product: what it is multiplied
/// by has only to be a number.
pub(super) fn with_reciprocals<'g>(roots: &[Expr<'g>], _: &[Expr<'g>]) -> Vec<Expr<'g>> {
    match Operations::of(roots) {
        Some(ops) => roots.iter().each(|&root| ops.with_reciprocal(root).unwrap_or(root)),
        None => roots.to_vec(),
    }
}

/// `e/(c·e + d)` for `1/(c + d/e)`.
pub(super) fn with_quotients<'g>(roots: &[Expr<'g>], _: &[Expr<'g>]) -> Vec<Expr<'g>> {
    let Some(ops) = Operations::of(roots) else { return roots.to_vec() };
    let graph = roots[0].graph();
    let replace = |node: Expr<'g>| {
        let [above, below] = ops.args(node, ops.div)?[..] else { return None };
        let Affine { exponential, scale, rest } = ops.inverse_affine(below)?;
        if !(1.0 / MODERATE..=1.0).contains(&scale.abs()) || rest.abs() > MODERATE {
            return None;
        }
        let size = finite(exponential)?;
        let quotient = ops.quotient(size, size * scale + rest);
        Some(if above.as_constant() == Some(1.0) { quotient } else { ops.product(above, quotient) })
    };
    graph.rewrite(roots, &Default::default(), &replace)
}

/// The number, or the largest there is if that is smaller.
fn finite(exponential: Expr<'_>) -> Option<Expr<'_>> {
    let largest = match exponential.ty() {
        Ty::F64 => f64::MAX,
        Ty::F32 => f64::from(f32::MAX),
        _ => return None,
    };
    let largest = exponential.graph().constant(largest);
    Some(exponential.gt(largest).select(largest, exponential))
}

/// The same for people, who see exponentials.
pub(super) fn shown(root: Expr<'_>) -> Expr<'_> {
    fn plain(node: Expr<'_>) -> Option<Expr<'_>> {
        let (_, _, size) = node.as_choice()?;
        (finite(size) == Some(node)).then_some(size)
    }
    root.graph().rewrite(&[root], &Default::default(), &plain)[0]
}

/// The operations that are met here.
struct Operations {
    mul: Op,
    div: Op,
    neg: Op,
    exponentials: Vec<Op>,
}

impl Operations {
    /// If there are exponentials at all.
    fn of(roots: &[Expr<'_>]) -> Option<Self> {
        let [mul, div, neg] = ["mul", "div", "neg"].map(operation);
        let exponentials = EXPONENTIALS.into_iter().each_some(operation);
        let ops = Self { mul: mul?, div: div?, neg: neg?, exponentials };
        let graph = roots.first()?.graph();
        let reachable = graph.reachable(roots);
        let is_exponential = |id: usize| reachable[id] && ops.is_exponential(graph.expr(id as u32));
        (0..reachable.len()).any(is_exponential).then_some(ops)
    }

    fn args<'g>(&self, node: Expr<'g>, op: Op) -> Option<Vec<Expr<'g>>> {
        (node.op() == Some(op)).then(|| node.args())
    }

    fn product<'g>(&self, a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
        a.graph().raw(self.mul, &[a, b])
    }

    fn quotient<'g>(&self, a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
        a.graph().raw(self.div, &[a, b])
    }

    fn with_reciprocal<'g>(&self, root: Expr<'g>) -> Option<Expr<'g>> {
        let graph = root.graph();
        let Quotient { above, mut below, negative } = self.flat(root)?;
        let (place, sum) = (0..below.len()).find_map(|i| Some((i, self.affine(below[i])?)))?;
        let reciprocal = self.quotient(graph.constant(1.0), below.remove(place));
        let ratio = self.product(finite(sum.exponential)?, reciprocal);
        let is_inverse = |node: Expr<'g>| self.inverse_affine(node) == Some(sum);
        let replace = |node: Expr<'g>| {
            let [above, below] = self.args(node, self.div)?[..] else { return None };
            if !is_inverse(below) {
                return None;
            }
            Some(if above.as_constant() == Some(1.0) { ratio } else { self.product(above, ratio) })
        };
        let (inverse, below): (Vec<Expr<'g>>, Vec<Expr<'g>>) =
            below.iter().partition(|node| is_inverse(**node));
        let parts = above.iter().copied().chain(below.iter().copied()).list();
        let parts_now = graph.rewrite(&parts, &Default::default(), &replace);
        if parts_now == parts && inverse.is_empty() {
            return None;
        }
        let (above, below) = parts_now.split_at(above.len());
        let mut factors = above.to_vec();
        factors.push_all(inverse.iter().map(|_| ratio));
        factors.push(reciprocal);
        let product = factors.into_iter().reduce(|a, b| self.product(a, b))?;
        let product = match below.iter().copied().reduce(|a, b| self.product(a, b)) {
            Some(below) => self.quotient(product, below),
            None => product,
        };
        Some(if negative { -product } else { product })
    }

    /// The factors of a product.
    fn flat<'g>(&self, root: Expr<'g>) -> Option<Quotient<'g>> {
        let mut result = Quotient::default();
        let mut stack = vec![(root, false)];
        while let Some((node, inverse)) = stack.pop() {
            let args = node.args();
            match node.op() {
                Some(op) if op == self.mul => stack.push_all([(args[1], inverse), (args[0], inverse)]),
                Some(op) if op == self.div => stack.push_all([(args[1], !inverse), (args[0], inverse)]),
                Some(op) if op == self.neg => {
                    result.negative = !result.negative;
                    stack.push((args[0], inverse));
                }
                _ if node.as_constant() == Some(1.0) => {}
                _ if inverse => result.below.push(node),
                _ => result.above.push(node),
            }
            if result.above.len() + result.below.len() > MANY {
                return None;
            }
        }
        Some(result)
    }

    /// Whether it is `c·e + d`.
    fn affine<'g>(&self, node: Expr<'g>) -> Option<Affine<'g>> {
        let (variable, sign, rest) = offset(node)?;
        let (exponential, scale) = match self.args(variable, self.mul).as_deref() {
            Some(&[number, other]) => (other, number.as_constant()?),
            _ => (variable, 1.0),
        };
        self.is_exponential(exponential).then_some(Affine { exponential, scale: sign * scale, rest })
    }

    /// The same for `c + d/e`, times `e`.
    fn inverse_affine<'g>(&self, node: Expr<'g>) -> Option<Affine<'g>> {
        let (variable, sign, scale) = offset(node)?;
        let [number, exponential] = self.args(variable, self.div)?[..] else { return None };
        let rest = sign * number.as_constant()?;
        self.is_exponential(exponential).then_some(Affine { exponential, scale, rest })
    }

    fn is_exponential(&self, node: Expr<'_>) -> bool {
        node.op().is_some_and(|op| self.exponentials.contains(&op))
    }
}

/// What a number is added to, with its sign, and the number.
fn offset(node: Expr<'_>) -> Option<(Expr<'_>, f64, f64)> {
    let signs = node.op()?.spec().linear?;
    let ([a, b], &[first, second]) = (&node.args()[..], signs) else { return None };
    match (a.as_constant(), b.as_constant()) {
        (Some(number), _) => Some((*b, second, first * number)),
        (_, Some(number)) => Some((*a, first, second * number)),
        _ => None,
    }
}
