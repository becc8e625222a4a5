//! Polynomials of one variable by Horner's rule, which takes a multiplication for each degree and no powers. It is as
//! accurate as the sum of powers, and computed from the inside out.

use crate::graph::{Expr, Graph};
use crate::hash::HashMap;
use crate::laws::operation;
use crate::list::{List, Sort};
use crate::ops::Op;

/// Polynomials of higher degrees are left as they are.
const HIGHEST: u32 = 32;

/// From this degree on there is something to gain.
const LOWEST: u32 = 3;

/// A polynomial in a node: exponents and coefficients, the highest first.
#[derive(Clone)]
struct Polynomial {
    base: Option<u32>,
    terms: Vec<(u32, f64)>,
}

/// The roots with all polynomials by Horner's rule, but for those in what `kept` is computed from.
pub(super) fn by_horner<'g>(roots: &[Expr<'g>], kept: &[Expr<'g>]) -> Vec<Expr<'g>> {
    let Some(graph) = roots.first().map(|root| root.graph()) else { return Vec::new() };
    let Some(ops) = Operations::new() else { return roots.to_vec() };
    let fixed = graph.reachable(kept);
    let reachable = graph.reachable(roots);
    let mut polynomials: HashMap<u32, Polynomial> = HashMap::default();
    let mut whole: HashMap<u32, Expr<'g>> = HashMap::default();
    for id in (0..reachable.len() as u32).filter(|&id| reachable[id as usize]) {
        let node = graph.expr(id);
        let Some(polynomial) = ops.polynomial(node, &polynomials) else { continue };
        let degree = polynomial.terms.first().map_or(0, |term| term.0);
        if polynomial.terms.len() > 2
            && degree >= LOWEST
            && !fixed.get(id as usize).is_some_and(|fixed| *fixed)
        {
            whole.insert(id, ops.nested(graph, &polynomial));
        }
        polynomials.insert(id, polynomial);
    }
    if whole.is_empty() { roots.to_vec() } else { graph.rewrite(roots, &whole, &|_| None) }
}

struct Operations {
    mul: Op,
    power: Op,
    add: Op,
    sub: Op,
}

impl Operations {
    fn new() -> Option<Self> {
        let [mul, power, add, sub] = ["mul", "powi", "add", "sub"].map(operation);
        Some(Self { mul: mul?, power: power?, add: add?, sub: sub? })
    }

    /// The node as a polynomial, its arguments being known.
    fn polynomial(&self, node: Expr<'_>, known: &HashMap<u32, Polynomial>) -> Option<Polynomial> {
        if let Some(value) = node.as_constant() {
            return Some(Polynomial { base: None, terms: vec![(0, value)] });
        }
        if !node.ty().is_real() {
            return None;
        }
        let atom = Polynomial { base: Some(node.id), terms: vec![(1, 1.0)] };
        let args = node.args();
        let of = |i: usize| known.get(&args[i].id);
        let made = match node.op() {
            Some(op) if op == self.mul => of(0).zip(of(1)).and_then(|(a, b)| a.times(b)),
            Some(op) if op == self.power => of(0).and_then(|a| a.power(args[1].as_constant()?)),
            Some(op) => match op.spec().linear {
                Some(&[sign]) => of(0).map(|a| a.scaled(sign)),
                Some(&[first, second]) => {
                    of(0).zip(of(1)).and_then(|(a, b)| a.scaled(first).plus(&b.scaled(second)))
                }
                _ => None,
            },
            None => None,
        };
        Some(made.unwrap_or(atom))
    }

    /// `((a·x + b)·x + c)·x + d`; where powers are left out, so are multiplications.
    fn nested<'g>(&self, graph: &'g Graph, polynomial: &Polynomial) -> Expr<'g> {
        let base = graph.expr(polynomial.base.unwrap_or_default());
        let mut result: Option<Expr<'g>> = None;
        let mut last = 0;
        for &(exponent, coefficient) in &polynomial.terms {
            let number = graph.constant(coefficient.abs());
            result = Some(match result {
                None => graph.constant(coefficient),
                Some(inner) => {
                    let product = self.product(self.power_of(base, last - exponent), inner);
                    graph.raw(if coefficient < 0.0 { self.sub } else { self.add }, &[product, number])
                }
            });
            last = exponent;
        }
        let result = result.unwrap_or(graph.constant(0.0));
        if last > 0 { self.product(self.power_of(base, last), result) } else { result }
    }

    fn product<'g>(&self, a: Expr<'g>, b: Expr<'g>) -> Expr<'g> {
        match b.as_constant() {
            Some(1.0) => a,
            Some(-1.0) => -a,
            Some(_) => a.graph().raw(self.mul, &[b, a]),
            None => a.graph().raw(self.mul, &[a, b]),
        }
    }

    fn power_of<'g>(&self, base: Expr<'g>, n: u32) -> Expr<'g> {
        match n {
            1 => base,
            2 => base.graph().raw(self.mul, &[base, base]),
            _ => base.graph().raw(self.power, &[base, base.graph().constant(f64::from(n))]),
        }
    }
}

impl Polynomial {
    fn scaled(&self, by: f64) -> Polynomial {
        Polynomial { base: self.base, terms: self.terms.iter().each(|&(n, c)| (n, c * by)) }
    }

    fn common_base(&self, other: &Polynomial) -> Option<Option<u32>> {
        match (self.base, other.base) {
            (Some(a), Some(b)) if a != b => None,
            (a, b) => Some(a.or(b)),
        }
    }

    /// The sum, of which no terms are alike: else it would have been written as one.
    fn plus(&self, other: &Polynomial) -> Option<Polynomial> {
        let base = self.common_base(other)?;
        let mut terms = [&self.terms[..], &other.terms].concat();
        terms.order_by(|a, b| b.0.cmp(&a.0));
        terms.windows(2).all(|pair| pair[0].0 != pair[1].0).then_some(Polynomial { base, terms })
    }

    /// The product with one term.
    fn times(&self, other: &Polynomial) -> Option<Polynomial> {
        let base = self.common_base(other)?;
        let (long, &[(n, c)]) =
            (if other.terms.len() == 1 { (self, &other.terms[..]) } else { (other, &self.terms[..]) })
        else {
            return None;
        };
        let terms = long.terms.iter().each(|&(m, d)| (m + n, c * d));
        (terms[0].0 <= HIGHEST).then_some(Polynomial { base, terms })
    }

    fn power(&self, n: f64) -> Option<Polynomial> {
        let &[(exponent, 1.0)] = &self.terms[..] else { return None };
        let whole = (1.0..=f64::from(HIGHEST)).contains(&n) && exponent * n as u32 <= HIGHEST;
        whole.then(|| Polynomial { base: self.base, terms: vec![(exponent * n as u32, 1.0)] })
    }
}
