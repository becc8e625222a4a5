//! The laws applied to calls, products and sums.

use super::form::{Coefficient, Factor, Sum, Term, collect};
use super::{Simplifier, Strategy};
use crate::graph::Kind;
use crate::laws::{Ops, Product, Rule, Scale, Tree, products};
use crate::list::List;
use crate::ops::{ArgKind, Op, Parity};

/// Products longer than this are not searched for laws.
const LONG_PRODUCT: usize = 16;

/// How deeply laws may be applied within the right sides of laws.
const DEPTH: u32 = 8;

#[derive(Clone, Copy, PartialEq)]
enum Bound {
    Node(u32),
    Number(f64),
}

/// What the variables of a law stand for.
type Bindings = Vec<(char, Bound)>;

impl Simplifier<'_> {
    /// A call of a function, with what the laws make of it.
    pub(super) fn apply(&mut self, op: Op, mut args: Vec<Sum>) -> Sum {
        let spec = op.spec();
        for (arg, place) in args.iter_mut().zip(spec.args) {
            // Integers and truth values stay the nodes they are.
            if place.kind == ArgKind::Real {
                *arg = self.normal(std::mem::take(arg));
            }
        }
        let mut sign = Coefficient::ONE;
        if spec.parity != Parity::Neither
            && let [arg] = &mut args[..]
            && arg.iter().all(|term| term.coefficient.is_negative())
            && !arg.is_empty()
        {
            *arg = arg.drain(..).each(Term::negated);
            if spec.parity == Parity::Odd {
                sign = Coefficient::MINUS_ONE;
            }
        }
        let nodes: Vec<u32> = args.into_iter().each(|arg| self.build(arg));
        let exprs: Vec<_> = nodes.iter().each(|&id| self.graph.expr(id));
        let constants: Option<Vec<f64>> = exprs.iter().map(|expr| expr.as_constant()).list_all();
        if let Some(values) = constants {
            // The square root of two reads better than its digits.
            let value = op.evaluate(&values);
            if value.is_finite() && (value == value.round() && value.abs() < 1e9 || spec.cost == 1) {
                return self.number(sign.value() * value, self.graph.constant(sign.value() * value).id);
            }
        }
        let result = self.apply_call_laws(op, &nodes).unwrap_or_else(|| {
            let built = self.graph.build(op, &exprs);
            self.of_node(built.id)
        });
        self.scale(result, sign)
    }

    /// The form of a node that may have been there before.
    pub(super) fn of_node(&self, id: u32) -> Sum {
        if let Some(value) = self.graph.expr(id).as_constant() {
            return self.number(value, id);
        }
        match self.parts.get(&id) {
            Some(parts) if parts.len() == 1 => parts.to_vec(),
            _ => vec![Term::atom(id)],
        }
    }

    fn apply_call_laws(&mut self, op: Op, args: &[u32]) -> Option<Sum> {
        for rules in self.rules {
            for rule in rules.calls.get(&op).into_iter().flatten() {
                let mut bindings = Bindings::new();
                let (_, patterns) = rule.call()?;
                let fits =
                    patterns.iter().zip(args).all(|(pattern, &arg)| self.fits(pattern, arg, &mut bindings));
                if fits
                    && self.has_given(rule, &bindings)
                    && let Some(result) = self.evaluate(&rule.to, &bindings)
                {
                    return Some(result);
                }
            }
        }
        None
    }

    /// The functions that laws are about and factors call.
    fn calls(&self, terms: &[Term]) -> Ops {
        let mut calls = Ops::default();
        for term in terms {
            for factor in &term.factors {
                if let Some(op) = self.graph.expr(factor.base).op() {
                    calls = calls.with(op);
                }
            }
        }
        calls.and(self.called)
    }

    pub(super) fn apply_product_laws(&mut self, term: &mut Term) {
        if term.factors.len() > LONG_PRODUCT {
            return;
        }
        for _ in 0..LONG_PRODUCT {
            let calls = self.calls(std::slice::from_ref(term));
            if calls.is_empty() {
                return;
            }
            let fitting = |rule: &&Rule| rule.calls.is_subset(calls);
            let better = self.rules[0].products.iter().filter(fitting).find_map(|rule| {
                let mut bindings = Bindings::new();
                let rest = self.fits_product(&rule.from[0], term, &mut bindings, true)?;
                let replaced = term.without(&rest);
                let right = self.replacement(rule, &bindings, &replaced.factors)?;
                let [right] = <[Term; 1]>::try_from(right).ok()?;
                let coefficient = term.coefficient.times(right.coefficient)?;
                let factors = rest.into_iter().joined(right.factors);
                Some(Term { coefficient, factors }.collect())
            });
            match better {
                Some(better) => *term = better,
                None => break,
            }
        }
    }

    /// One law applied to two terms that differ in the factors of the law only. Of a number it takes a part.
    pub(super) fn apply_sum_laws(&mut self, sum: &mut Sum) -> bool {
        let calls = self.calls(sum);
        if calls.is_empty() {
            return false;
        }
        let rules = self.rules.iter().flat_map(|rules| &rules.sums);
        for rule in rules.filter(|rule| rule.calls.is_subset(calls)) {
            let [first, second] = &rule.from[..] else { continue };
            let (Scale::Number(a), Scale::Number(b)) = (first.scale, second.scale) else { continue };
            for i in 0..sum.len() {
                let mut bindings = Bindings::new();
                let Some(rest) = self.fits_product(first, &sum[i], &mut bindings, true) else { continue };
                let scale = Coefficient::new(sum[i].coefficient.value() / a);
                for j in (0..sum.len()).filter(|&j| j != i) {
                    let Some(other) = self.fits_product(second, &sum[j], &mut bindings.clone(), true) else {
                        continue;
                    };
                    let available = sum[j].coefficient.value() / b / scale.value();
                    let is_part = sum[j].is_constant() && available > 1.0;
                    if other != rest || available != 1.0 && !is_part {
                        continue;
                    }
                    let replaced = sum[i].without(&rest).factors;
                    let Some(right) = self.replacement(rule, &bindings, &replaced) else { continue };
                    let [right] = &right[..] else { continue };
                    let factors = rest.iter().chain(&right.factors).copied().list();
                    let Some(coefficient) = right.coefficient.times(scale) else { continue };
                    let left =
                        scale.times(Coefficient::new(-b)).and_then(|part| sum[j].coefficient.plus(part));
                    let Some(left) = left else { continue };
                    sum[i] = Term { coefficient, factors };
                    sum[j].coefficient = if is_part { left } else { Coefficient::new(0.0) };
                    *sum = collect(std::mem::take(sum));
                    return true;
                }
            }
        }
        false
    }

    /// The right side, unless it needs a new call while the old ones are needed all the same.
    fn replacement(&mut self, rule: &Rule, bindings: &Bindings, replaced: &[Factor]) -> Option<Sum> {
        if !self.has_given(rule, bindings) {
            return None;
        }
        let right = self.evaluate(&rule.to, bindings)?;
        let given = |factor: &Factor| self.is_given(factor.base);
        let new_call = !right.iter().flat_map(|term| &term.factors).all(given);
        let kept = replaced.iter().all(|factor| self.shared.contains(&factor.base));
        let same = matches!(&right[..], [term] if term.factors == replaced);
        let dearer = new_call
            && kept
            && rule.given.is_empty()
            && !self.strategy.has(Strategy::AVOID_OVERFLOW.and(Strategy::READ));
        (!same && !dearer).then_some(right)
    }

    /// Whether all calls are there without which the law saves nothing.
    fn has_given(&mut self, rule: &Rule, bindings: &Bindings) -> bool {
        rule.given.iter().all(|call| match self.evaluate(call, bindings).as_deref() {
            Some([term]) => term.as_atom().is_some_and(|id| self.is_given(id)),
            _ => false,
        })
    }

    /// Whether a node was there from the start.
    fn is_given(&self, id: u32) -> bool {
        self.before.given.get(id as usize).is_some_and(|given| *given)
    }

    /// Whether a node is what the pattern says.
    fn fits(&self, pattern: &Tree, id: u32, bindings: &mut Bindings) -> bool {
        match pattern {
            Tree::Variable(name @ ('n' | 'm')) => match self.graph.expr(id).as_constant() {
                Some(value) => bind(bindings, *name, Bound::Number(value)),
                None => false,
            },
            Tree::Variable(name) => bind(bindings, *name, Bound::Node(id)),
            Tree::Number(value) => self.graph.expr(id).as_constant() == Some(*value),
            Tree::Call(op, patterns) => {
                let node = self.graph.node(id);
                node.kind == Kind::Op(*op)
                    && patterns.iter().zip(node.args.iter()).all(|(p, &arg)| self.fits(p, arg, bindings))
            }
            _ => {
                let root = Term::power(id, 2);
                let parts = self.parts.get(&id).map(|parts| &parts[..]);
                match (products(pattern).as_deref(), parts.unwrap_or(&[root])) {
                    (Some([product]), [term]) => self.fits_product(product, term, bindings, false).is_some(),
                    _ => false,
                }
            }
        }
    }

    /// What remains of a product when the pattern's factors are taken out; with `part` something may.
    fn fits_product(
        &self,
        product: &Product,
        term: &Term,
        bindings: &mut Bindings,
        part: bool,
    ) -> Option<Vec<Factor>> {
        if !part {
            let fits = match product.scale {
                Scale::Number(value) => term.coefficient.value() == value,
                Scale::Variable(name) => {
                    let value = term.coefficient.value();
                    value != 1.0 && bind(bindings, name, Bound::Number(value))
                }
            };
            if !fits || term.factors.len() != product.factors.len() {
                return None;
            }
        }
        self.fits_factors(&product.factors, term, bindings, part)
    }

    /// Recursion over the pattern's factors, of which there are two at most.
    fn fits_factors(
        &self,
        patterns: &[(Tree, Scale)],
        term: &Term,
        bindings: &mut Bindings,
        part: bool,
    ) -> Option<Vec<Factor>> {
        let Some(((pattern, exponent), others)) = patterns.split_first() else {
            return Some(term.factors.clone());
        };
        for factor in &term.factors {
            let Factor { base, halves } = *factor;
            if pattern.function().is_some_and(|op| self.graph.expr(base).op() != Some(op)) {
                continue;
            }
            let mut trial = bindings.clone();
            let (fits, left) = match *exponent {
                Scale::Number(value) => {
                    let wanted = (value * 2.0) as i32;
                    let more = halves.signum() == wanted.signum() && halves.abs() > wanted.abs();
                    (halves == wanted || part && more, halves - wanted)
                }
                Scale::Variable(name) => {
                    let exponent = Bound::Number(f64::from(halves) / 2.0);
                    (halves != 2 && bind(&mut trial, name, exponent), 0)
                }
            };
            if !fits || !self.fits(pattern, base, &mut trial) {
                continue;
            }
            // The same factor is not taken twice: exp(a)·exp(b) is for two different ones.
            let rest = term.without(&[*factor]);
            if let Some(factors) = self.fits_factors(others, &rest, &mut trial, part) {
                *bindings = trial;
                let factors = factors.into_iter().joined([Factor { base, halves: left }]);
                return Some(Term { factors, ..rest }.collect().factors);
            }
        }
        None
    }

    /// The right side of a law.
    fn evaluate(&mut self, tree: &Tree, bindings: &Bindings) -> Option<Sum> {
        if self.depth >= DEPTH {
            return None;
        }
        self.depth += 1;
        let result = self.evaluate_inner(tree, bindings);
        self.depth -= 1;
        result
    }

    fn evaluate_inner(&mut self, tree: &Tree, bindings: &Bindings) -> Option<Sum> {
        Some(match tree {
            Tree::Number(value) => vec![Term::constant(Coefficient::new(*value))],
            Tree::Variable(name) => match bindings.iter().find(|(known, _)| known == name)?.1 {
                Bound::Node(id) => self.of_node(id),
                Bound::Number(value) => self.number(value, self.graph.constant(value).id),
            },
            Tree::Call(op, args) => {
                let args = args.iter().map(|arg| self.evaluate(arg, bindings)).list_all()?;
                if Some(*op) == self.functions.root {
                    return Some(self.root(args.into_iter().next()?));
                }
                self.apply(*op, args)
            }
            Tree::Sum(a, b) => {
                let (a, b) = (self.evaluate(a, bindings)?, self.evaluate(b, bindings)?);
                a.into_iter().joined(b)
            }
            Tree::Difference(a, b) => {
                let (a, b) = (self.evaluate(a, bindings)?, self.evaluate(b, bindings)?);
                a.into_iter().joined(b.into_iter().map(Term::negated))
            }
            Tree::Negative(a) => self.evaluate(a, bindings)?.into_iter().each(Term::negated),
            Tree::Product(a, b) => {
                let args = vec![self.evaluate(a, bindings)?, self.evaluate(b, bindings)?];
                self.product(args, &[(1, 1), (1, 1)])?
            }
            Tree::Quotient(a, b) => {
                let args = vec![self.evaluate(a, bindings)?, self.evaluate(b, bindings)?];
                self.product(args, &[(1, 1), (-1, 1)])?
            }
            Tree::Power(base, exponent) => {
                let exponent = match &self.evaluate(exponent, bindings)?[..] {
                    [] => 0.0,
                    [term] if term.is_constant() => term.coefficient.value(),
                    _ => return None,
                };
                let base = self.evaluate(base, bindings)?;
                let base = self.as_product(base);
                match self.power(base.clone(), exponent) {
                    Some(power) => vec![power],
                    // A half power is a power of the root.
                    None => {
                        let id = self.build(vec![base]);
                        let halves = exponent * 2.0;
                        if halves != halves.round() || halves.abs() > 1000.0 {
                            return None;
                        }
                        vec![Term::power(id, halves as i32)]
                    }
                }
            }
        })
    }
}

fn bind(bindings: &mut Bindings, name: char, value: Bound) -> bool {
    match bindings.iter().find(|(known, _)| *known == name) {
        Some((_, bound)) => *bound == value,
        None => {
            bindings.push((name, value));
            true
        }
    }
}
