//! Terms that are multiples of each other and do not look like it, as their exponentials differ.
//!
//! `s·exp(-a²/2)` and `k·exp(-b²/2)` are the same if `b² - a²` is `2·ln(k/s)`, which shows when `a` and `b` are
//! multiplied out. Of such terms one remains, or none, as it stands: so nothing overflows that did not before.

use super::form::{Coefficient, Factor, Sum, Term, collect};
use super::{LONG, Simplifier};
use crate::hash::HashMap;
use crate::list::{List, PushAll, Sort};
use std::rc::Rc;

/// How far coefficients may be apart that come of the same numbers, rounded on the way.
const ROUNDING: f64 = 1e-14;

/// How deeply products in products are taken apart.
const DEPTH: u32 = 8;

/// The logarithm of a product of exponentials, and what else the term is a product of.
struct Split {
    exponent: Vec<Rc<Sum>>,
    scale: Term,
}

impl Simplifier<'_> {
    /// Merges two terms that are alike, if there are any.
    pub(super) fn merge_alike(&mut self, sum: &mut Sum) -> bool {
        if !self.before.several_exponentials || sum.len() > LONG {
            return false;
        }
        let splits: Vec<(usize, Split)> = (0..sum.len()).each_some(|i| Some((i, self.split(&sum[i])?)));
        for (place, (i, first)) in splits.iter().enumerate() {
            for (j, second) in &splits[place + 1..] {
                let Some(ratio) = self.ratio(second, first) else { continue };
                let Some(factor) = ratio.plus(Coefficient::ONE) else { continue };
                let vanishes = factor.value().abs() < ROUNDING * ratio.value().abs().max(1.0);
                let factor = if vanishes { Coefficient::new(0.0) } else { factor };
                let Some(coefficient) = sum[*i].coefficient.times(factor) else { continue };
                sum[*i].coefficient = coefficient;
                sum.remove(*j);
                return true;
            }
        }
        false
    }

    /// A term with exponentials.
    fn split(&mut self, term: &Term) -> Option<Split> {
        let mut scale = self.melted(term, DEPTH)?;
        let is_exponential = |this: &Self, f: &Factor| f.halves % 2 == 0 && this.is_natural(f.base);
        let powers: Vec<Factor> = scale.factors.iter().copied().only(|f| is_exponential(self, f));
        if powers.is_empty() {
            return None;
        }
        scale = scale.without(&powers);
        let mut exponent = Vec::new();
        for power in powers {
            let factor = Coefficient::new(f64::from(power.halves / 2));
            let whole = self.exponent_of(power.base)?;
            exponent.push(match factor == Coefficient::ONE {
                true => whole,
                false => Rc::new(self.scale(whole.to_vec(), factor)),
            });
        }
        Some(Split { exponent, scale })
    }

    /// The number that one term is another's multiple by.
    fn ratio(&mut self, of: &Split, by: &Split) -> Option<Coefficient> {
        let rest = of.scale.without(&by.scale.factors);
        let mut scale =
            Term { coefficient: rest.coefficient.times(by.scale.coefficient.reciprocal()?)?, ..rest };
        let negated = by.exponent.iter().flat(|sum| sum.iter().cloned().map(Term::negated));
        let difference = of.exponent.iter().flat(|sum| sum.iter().cloned()).into_iter().joined(negated);
        for term in without_rounding(difference)? {
            let value = term.coefficient.value();
            if term.is_constant() {
                scale.coefficient = scale.coefficient.times(Coefficient::new(value.exp()))?;
                continue;
            }
            let [Factor { base, halves: 2 }] = term.factors[..] else { return None };
            let halves = (2.0 * value).round();
            if self.graph.expr(base).op() != self.functions.logarithm
                || (2.0 * value - halves).abs() > ROUNDING
            {
                return None;
            }
            let argument = Factor { base: self.graph.node(base).args[0], halves: halves as i32 };
            let power = Term { coefficient: Coefficient::ONE, factors: vec![argument] };
            scale = self.times(scale, self.melted(&power, DEPTH)?);
        }
        let scale = scale.collect();
        scale.is_constant().then_some(scale.coefficient)
    }

    fn is_natural(&self, id: u32) -> bool {
        self.functions.exponentials.first().is_some_and(|op| self.graph.expr(id).op() == Some(*op))
    }

    /// The product with the products among its factors taken apart.
    fn melted(&self, term: &Term, depth: u32) -> Option<Term> {
        let mut result = Term::constant(term.coefficient);
        for &factor in &term.factors {
            let parts = self.parts.get(&factor.base).filter(|parts| parts.len() == 1 && depth > 0);
            let power = parts.filter(|parts| factor.halves % 2 == 0 && parts[0].as_atom().is_none());
            match power {
                Some(parts) => {
                    let part = self.melted(&parts[0], depth - 1)?;
                    let n = factor.halves / 2;
                    result.coefficient = result.coefficient.times(part.coefficient.power(n)?)?;
                    let powers = part.factors.iter().map(|f| Factor { halves: f.halves * n, ..*f });
                    result.factors.push_all(powers);
                }
                None => result.factors.push(factor),
            }
        }
        result = result.collect();
        for i in 0..result.factors.len() {
            let Factor { base, halves } = result.factors[i];
            if let Some(value) = self.graph.expr(base).known_value().filter(|_| halves % 2 == 0) {
                let power = Coefficient::new(value).power(halves / 2)?;
                result.coefficient = result.coefficient.times(power)?;
                result.factors[i].halves = 0;
            }
        }
        Some(result.collect())
    }

    /// The exponent of an exponential, multiplied out.
    fn exponent_of(&mut self, id: u32) -> Option<Rc<Sum>> {
        if let Some(known) = self.exponents.get(&id) {
            return known.clone();
        }
        let exponent = self.multiplied(&[Term::atom(self.graph.node(id).args[0])], DEPTH).map(Rc::new);
        self.exponents.insert(id, exponent.clone());
        exponent
    }

    /// A sum with the sums in it multiplied out, all the way down.
    fn multiplied(&self, sum: &[Term], depth: u32) -> Option<Sum> {
        let mut result = Sum::new();
        for term in sum {
            let term = self.melted(term, DEPTH)?;
            let mut product = vec![Term::constant(term.coefficient)];
            for factor in term.factors {
                let parts = self.parts.get(&factor.base).filter(|parts| parts.len() > 1 && depth > 0);
                let (inner, count) = match parts {
                    Some(parts) if factor.halves > 0 && factor.halves % 2 == 0 => {
                        (self.multiplied(parts, depth - 1)?, factor.halves / 2)
                    }
                    _ => (vec![Term { coefficient: Coefficient::ONE, factors: vec![factor] }], 1),
                };
                for _ in 0..count {
                    if product.len() * inner.len() > LONG {
                        return None;
                    }
                    let mut terms = Sum::new();
                    for a in &product {
                        for b in &inner {
                            let factors = [&a.factors[..], &b.factors[..]].concat();
                            terms.push(Term { coefficient: a.coefficient.times(b.coefficient)?, factors });
                        }
                    }
                    product = collect(terms);
                }
            }
            result.push_all(product);
        }
        Some(collect(result))
    }
}

/// Like terms merged; what is nothing but rounding is zero.
fn without_rounding(terms: Sum) -> Option<Sum> {
    let mut terms: Sum = terms.into_iter().each(Term::collect);
    terms.order_by(|a, b| a.factors.cmp(&b.factors));
    let mut result = Sum::new();
    for like in terms.chunk_by(|a, b| a.factors == b.factors) {
        let mut total = Coefficient::new(0.0);
        let mut largest = 0.0_f64;
        for term in like {
            total = total.plus(term.coefficient)?;
            largest = largest.max(term.coefficient.value().abs());
        }
        if total.value().abs() > ROUNDING * largest {
            result.push(Term { coefficient: total, factors: like[0].factors.clone() });
        }
    }
    Some(result)
}

/// What the exponents of exponentials are, multiplied out.
pub(super) type Exponents = HashMap<u32, Option<Rc<Sum>>>;
