//! Sums of products, as the simplifier computes with them: `Σ coefficient · Π base^(h/2)`.

use crate::list::{List, PushAll, Sort};
use std::hash::{Hash, Hasher};

/// A number in front of a product, as a fraction while that is exact: so thirds cancel.
#[derive(Clone, Copy)]
pub(super) struct Coefficient {
    numerator: f64,
    denominator: f64,
}

/// Whole numbers up to here are exact, and so are the products computed below.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Coefficient {
    pub const ONE: Self = Self { numerator: 1.0, denominator: 1.0 };
    pub const MINUS_ONE: Self = Self { numerator: -1.0, denominator: 1.0 };

    /// Binary fractions of a few bits become fractions, anything else stays as it is.
    pub fn new(value: f64) -> Self {
        let scaled = value * 1024.0;
        if scaled == scaled.round() && scaled.abs() < EXACT {
            return Self::fraction(scaled, 1024.0);
        }
        Self { numerator: value, denominator: 1.0 }
    }

    /// The fraction with a small denominator that the number is the nearest to, if its digits do not end.
    pub fn recovered(value: f64) -> Self {
        const LARGEST: u32 = 360;
        let is_short = format!("{value:e}").len() < 14;
        let fits = |&denominator: &f64| (value * denominator).round() / denominator == value;
        let mut denominators = (3..=LARGEST).map(f64::from);
        match denominators.find(fits).filter(|_| !is_short && value.abs() < 1e6) {
            Some(denominator) => Self::fraction((value * denominator).round(), denominator),
            None => Self::new(value),
        }
    }

    fn fraction(numerator: f64, denominator: f64) -> Self {
        let divisor = gcd(numerator.abs(), denominator.abs()) * denominator.signum();
        Self { numerator: numerator / divisor + 0.0, denominator: denominator / divisor }
    }

    pub fn value(self) -> f64 {
        self.numerator / self.denominator
    }

    /// Numerator and denominator; the denominator is positive.
    pub fn parts(self) -> (f64, f64) {
        (self.numerator, self.denominator)
    }

    pub fn is_zero(self) -> bool {
        self.numerator == 0.0
    }

    pub fn is_negative(self) -> bool {
        self.numerator < 0.0
    }

    /// Whether it is a fraction of whole numbers.
    pub fn is_exact(self) -> bool {
        self.numerator == self.numerator.round() && self.numerator.abs() < EXACT
    }

    /// Whether it is a half, a quarter and so on, of either sign.
    pub fn is_binary_fraction(self) -> bool {
        self.numerator.abs() == 1.0 && self.denominator > 1.0 && self.denominator.log2().fract() == 0.0
    }

    pub fn abs(self) -> Self {
        Self { numerator: self.numerator.abs(), ..self }
    }

    pub fn negate(self) -> Self {
        Self { numerator: -self.numerator + 0.0, ..self }
    }

    /// The product, unless it leaves the range in which it can be held to full precision.
    pub fn times(self, other: Self) -> Option<Self> {
        if self == Self::ONE {
            return Some(other);
        }
        if other == Self::ONE {
            return Some(self);
        }
        if self.is_exact() && other.is_exact() {
            let (a, b) = (
                Self::fraction(self.numerator, other.denominator),
                Self::fraction(other.numerator, self.denominator),
            );
            let (numerator, denominator) = (a.numerator * b.numerator, a.denominator * b.denominator);
            if numerator.abs() < EXACT && denominator < EXACT {
                return Some(Self::fraction(numerator, denominator));
            }
        }
        Self::checked(self.value() * other.value(), self.is_zero() || other.is_zero())
    }

    pub fn plus(self, other: Self) -> Option<Self> {
        if self.is_exact() && other.is_exact() {
            let numerator = self.numerator * other.denominator + other.numerator * self.denominator;
            let denominator = self.denominator * other.denominator;
            let parts = [self.numerator * other.denominator, other.numerator * self.denominator];
            if parts.iter().all(|part| part.abs() < EXACT) && numerator.abs() < EXACT && denominator < EXACT {
                return Some(Self::fraction(numerator, denominator));
            }
        }
        let sum = self.value() + other.value();
        Self::checked(sum, sum == 0.0)
    }

    pub fn reciprocal(self) -> Option<Self> {
        if self.is_zero() {
            return None;
        }
        if self.is_exact() {
            return Some(Self::fraction(self.denominator, self.numerator));
        }
        Self::checked(1.0 / self.value(), false)
    }

    pub fn power(self, n: i32) -> Option<Self> {
        let base = if n < 0 { self.reciprocal()? } else { self };
        (0..n.abs()).try_fold(Self::ONE, |power, _| power.times(base))
    }

    fn checked(value: f64, may_be_zero: bool) -> Option<Self> {
        let fits = value.is_finite() && value.abs() < 1e290 && (value.abs() > 1e-290 || may_be_zero);
        fits.then(|| Self::new(value))
    }

    /// The largest fraction that goes into both a whole number of times.
    pub fn common_fraction(self, other: Self) -> Option<Self> {
        let denominator = self.denominator / gcd(self.denominator, other.denominator) * other.denominator;
        if self.is_exact() && other.is_exact() && denominator < 1e4 {
            return Some(Self::fraction(gcd(self.numerator.abs(), other.numerator.abs()), denominator));
        }
        self.common(other)
    }

    /// The largest number that goes into both a whole number of times, if they are whole numbers.
    pub fn common(self, other: Self) -> Option<Self> {
        if self.is_exact() && other.is_exact() && self.denominator == 1.0 && other.denominator == 1.0 {
            return Some(Self::new(gcd(self.numerator.abs(), other.numerator.abs())));
        }
        (self.abs() == other.abs()).then(|| self.abs())
    }
}

impl PartialEq for Coefficient {
    fn eq(&self, other: &Self) -> bool {
        self.numerator == other.numerator && self.denominator == other.denominator
    }
}

impl Eq for Coefficient {}

impl Hash for Coefficient {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.numerator + 0.0).to_bits().hash(state);
        self.denominator.to_bits().hash(state);
    }
}

fn gcd(mut a: f64, mut b: f64) -> f64 {
    while b != 0.0 {
        (a, b) = (b, a % b);
    }
    if a == 0.0 { 1.0 } else { a }
}

/// A node to the power `halves / 2`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Factor {
    pub base: u32,
    pub halves: i32,
}

/// A coefficient times a product of powers of nodes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Term {
    pub coefficient: Coefficient,
    pub factors: Vec<Factor>,
}

/// A sum of terms; none is zero.
pub(super) type Sum = Vec<Term>;

impl Term {
    pub fn constant(coefficient: Coefficient) -> Self {
        Self { coefficient, factors: Vec::new() }
    }

    pub fn atom(base: u32) -> Self {
        Self::power(base, 2)
    }

    pub fn power(base: u32, halves: i32) -> Self {
        Self { coefficient: Coefficient::ONE, factors: vec![Factor { base, halves }] }
    }

    /// The node it consists of, if it is nothing else.
    pub fn as_atom(&self) -> Option<u32> {
        match self.factors[..] {
            [Factor { base, halves: 2 }] if self.coefficient == Coefficient::ONE => Some(base),
            _ => None,
        }
    }

    pub fn is_constant(&self) -> bool {
        self.factors.is_empty()
    }

    pub fn negated(mut self) -> Self {
        self.coefficient = self.coefficient.negate();
        self
    }

    /// The same product with the coefficient 1.
    pub fn monic(&self) -> Self {
        Self { coefficient: Coefficient::ONE, factors: self.factors.clone() }
    }

    /// Like bases merged, in the order of their numbers.
    pub fn collect(mut self) -> Self {
        if !self.is_collected() {
            let mut merged: Vec<Factor> = Vec::with_capacity(self.factors.len());
            for factor in self.factors {
                match merged.binary_search_by(|known| known.base.cmp(&factor.base)) {
                    Ok(place) => merged[place].halves += factor.halves,
                    Err(place) => merged.insert(place, factor),
                }
            }
            merged.retain(|factor| factor.halves != 0);
            self.factors = merged;
        }
        self
    }

    fn is_collected(&self) -> bool {
        let mut least = 0;
        for factor in &self.factors {
            if factor.halves == 0 || factor.base < least {
                return false;
            }
            least = factor.base + 1;
        }
        true
    }

    /// The exponent of a node, in halves.
    pub fn halves(&self, base: u32) -> i32 {
        self.factors.iter().filter(|factor| factor.base == base).map(|factor| factor.halves).sum()
    }

    /// The quotient by a product of powers.
    pub fn without(&self, factors: &[Factor]) -> Self {
        let mut rest = self.clone();
        rest.factors.push_all(factors.iter().map(|f| Factor { base: f.base, halves: -f.halves }));
        rest.collect()
    }

    /// About how many operations it takes, its bases given.
    pub fn cost(&self) -> u32 {
        let mut above = 0;
        let mut below = 0;
        let mut cost = 0;
        for factor in &self.factors {
            cost += power_cost(factor.halves);
            *(if factor.halves > 0 { &mut above } else { &mut below }) += 1;
        }
        let scaled = self.coefficient.abs() != Coefficient::ONE;
        if below > 0 {
            cost += 4 + below - 1;
        }
        cost + u32::max(above, 1) - 1 + u32::from(scaled && above > 0)
    }
}

/// About how many operations a sum takes, its bases given.
pub(super) fn sum_cost(sum: &[Term]) -> u32 {
    sum.iter().map(|term| term.cost() + 1).sum::<u32>().saturating_sub(1)
}

fn power_cost(halves: i32) -> u32 {
    let whole = halves.unsigned_abs() / 2;
    let root = halves % 2 != 0;
    crate::cost::multiplications(whole) + if root { 5 + u32::from(whole > 0) } else { 0 }
}

/// Like terms merged, the rest in the order of their factors.
pub(super) fn collect(mut sum: Sum) -> Sum {
    if let [term] = &sum[..]
        && term.is_collected()
        && !term.coefficient.is_zero()
    {
        return sum;
    }
    if sum.len() < 2 {
        let term = sum.pop().map(Term::collect);
        sum.extend(term.filter(|term| !term.coefficient.is_zero()));
        return sum;
    }
    let mut terms: Sum = sum.into_iter().each(Term::collect);
    terms.order_by(|a, b| a.factors.cmp(&b.factors));
    let mut merged: Sum = Vec::with_capacity(terms.len());
    for term in terms {
        if let Some(last) = merged.last_mut()
            && last.factors == term.factors
            && let Some(coefficient) = last.coefficient.plus(term.coefficient)
        {
            last.coefficient = coefficient;
        } else {
            merged.push(term);
        }
    }
    merged.retain(|term| !term.coefficient.is_zero());
    merged
}
