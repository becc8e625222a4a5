//! Forms become nodes again: in reading order, and with as few operations as is known.

use super::form::{Coefficient, Factor, Sum, Term};
use super::{MANY, Simplifier, Strategy};
use crate::graph::Kind;
use crate::list::{List, PushAll, Sort};
use std::cmp::Reverse;
use std::rc::Rc;

/// Products with more factors than this are not searched for parts that are there already.
const SEARCHED: usize = 6;

impl<'g> Simplifier<'g> {
    /// The node for a sum in normal form.
    pub(super) fn build(&mut self, sum: Sum) -> u32 {
        if let Some(&known) = self.nodes.get(&sum) {
            return known;
        }
        if let [term] = &sum[..]
            && let Some(atom) = term.as_atom()
        {
            return atom;
        }
        let id = match &sum[..] {
            [] => self.graph.constant(0.0).id,
            [term] => self.build_product(term.clone()),
            _ => self.build_sum(&sum),
        };
        if self.graph.expr(id).as_constant().is_none() {
            self.note_parts(id, &sum);
        }
        self.enter(sum, id);
        id
    }

    /// What the node is made of, unless that is known.
    fn note_parts(&mut self, id: u32, sum: &[Term]) {
        if !self.parts.contains_key(&id) {
            self.parts.insert(id, Rc::new(sum.to_vec()));
        }
    }

    /// From now on the node is there for the sum.
    pub(super) fn enter(&mut self, sum: Sum, id: u32) {
        if let [term] = &sum[..] {
            for factor in &term.factors {
                self.in_products.insert(*factor);
            }
            if (2..=MANY).contains(&term.factors.len()) {
                self.products.entry(self.opened(term)).or_insert(id);
            }
        }
        self.nodes.insert(sum, id);
    }

    fn binary(&mut self, which: usize, a: u32, b: u32) -> u32 {
        let op = self.functions.operations[which].expect("arithmetic is in the table");
        self.graph.raw(op, &[self.graph.expr(a), self.graph.expr(b)]).id
    }

    fn mul(&mut self, a: u32, b: u32) -> u32 {
        self.binary(0, a, b)
    }

    fn div(&mut self, a: u32, b: u32) -> u32 {
        self.binary(1, a, b)
    }

    fn neg(&mut self, a: u32) -> u32 {
        (-self.graph.expr(a)).id
    }

    /// Terms in reading order, a positive one first if there is one.
    fn build_sum(&mut self, sum: &[Term]) -> u32 {
        let mut order: Vec<usize> = (0..sum.len()).list();
        let ranks = sum.iter().each(|term| self.term_rank(term));
        order.order_by(|&i, &j| ranks[i].cmp(&ranks[j]));
        if let Some(first) = order.iter().position(|&i| !sum[i].coefficient.is_negative()) {
            order[..=first].rotate_right(1);
        }
        let mut result = None;
        for i in order {
            let negative = sum[i].coefficient.is_negative();
            result = Some(match result {
                None => self.build(vec![sum[i].clone()]),
                Some(result) => {
                    let positive = Term { coefficient: sum[i].coefficient.abs(), ..sum[i].clone() };
                    let term = self.build(vec![positive]);
                    self.binary(if negative { 3 } else { 2 }, result, term)
                }
            });
        }
        result.unwrap_or_else(|| self.graph.constant(0.0).id)
    }

    /// Descending degree in the symbols, constants last.
    fn term_rank(&self, term: &Term) -> impl Ord + use<> {
        let degree = term.factors.iter().filter(|f| self.is_symbol(f.base)).map(|f| f.halves).sum::<i32>();
        let ranked = term.factors.iter().map(|f| (self.rank(f.base), f.base, Reverse(f.halves)));
        (term.is_constant(), Reverse(degree), ranked.list())
    }

    fn is_symbol(&self, id: u32) -> bool {
        let expr = self.graph.expr(id);
        matches!(expr.kind(), Kind::Symbol(_)) && !expr.is_fixed()
    }

    /// What is made of numbers comes first in a product, then symbols, calls and sums.
    fn rank(&self, id: u32) -> u32 {
        match self.graph.expr(id).kind() {
            _ if self.graph.expr(id).is_fixed() => 0,
            Kind::Symbol(_) => 1,
            _ => match self.parts.get(&id) {
                Some(parts) if parts.len() > 1 => 3,
                _ => 2,
            },
        }
    }

    fn build_product(&mut self, term: Term) -> u32 {
        let term = self.with_known_parts(term);
        let term = self.with_sign_inside(term);
        if let Some(atom) = term.as_atom() {
            return atom;
        }
        let mut above: Vec<Factor> = Vec::new();
        let mut below: Vec<Factor> = Vec::new();
        for &Factor { base, halves } in &term.factors {
            let side = if halves > 0 { &mut above } else { &mut below };
            side.push(Factor { base, halves: halves.abs() });
        }
        // What is there to avoid overflow is divided by as often as it stands there: its square or
        // its product with others could overflow.
        let is_scaled = |base: u32| self.graph.expr(base).op().is_some_and(|op| op.spec().scaled);
        let mut one_by_one: Vec<u32> = Vec::new();
        if below.iter().filter(|factor| is_scaled(factor.base)).map(|factor| factor.halves).sum::<i32>() > 2 {
            for factor in below.iter_mut().filter(|factor| is_scaled(factor.base)) {
                one_by_one.push_all((0..factor.halves / 2).map(|_| factor.base));
                factor.halves %= 2;
            }
            below.retain(|factor| factor.halves > 0);
        }
        let long = above.len() + below.len() > 2 || below.iter().any(|factor| factor.halves > 2);
        let quotient = match self.strategy.has(Strategy::AVOID_OVERFLOW) && long {
            true => self.build_in_turn(term.coefficient, above, below),
            false => self.build_quotient(term.coefficient, &above, &below),
        };
        one_by_one.into_iter().fold(quotient, |quotient, base| self.div(quotient, base))
    }

    /// The product, where what makes it smaller takes turns with what makes it larger: so it stays in
    /// the range of the numbers. Powers of a divisor are powers of its reciprocal.
    fn build_in_turn(&mut self, coefficient: Coefficient, above: Vec<Factor>, below: Vec<Factor>) -> u32 {
        let one = self.graph.constant(1.0).id;
        let mut divisors: Vec<(bool, u32)> = Vec::new();
        for Factor { base, halves } in below {
            let (unit, mut count) = match halves % 2 {
                0 => (base, halves / 2),
                _ => (self.square_root(base), halves),
            };
            if count == 1 {
                divisors.push((true, unit));
                continue;
            }
            let reciprocal = self.div(one, unit);
            let square = self.mul(reciprocal, reciprocal);
            if count % 2 != 0 || count == 2 {
                divisors.push((false, reciprocal));
                count -= 1;
            }
            let rest = if count == 1 { reciprocal } else { square };
            divisors.push_all((0..(count + 1) / 2).map(|_| (false, rest)));
        }
        let mut above = above.into_iter();
        let mut result = match above.next() {
            Some(first) => self.multiply(coefficient.value(), &[first]),
            None => self.graph.constant(coefficient.value()).id,
        };
        let mut divisors = divisors.into_iter();
        loop {
            let (over, under) = (above.next(), divisors.next());
            if over.is_none() && under.is_none() {
                return result;
            }
            if let Some((divides, by)) = under {
                result = if divides { self.div(result, by) } else { self.mul(result, by) };
            }
            if let Some(factor) = over {
                let power = self.multiply(1.0, &[factor]);
                result = self.mul(result, power);
            }
        }
    }

    fn build_quotient(&mut self, coefficient: Coefficient, above: &[Factor], below: &[Factor]) -> u32 {
        let (fixed, others): (Vec<Factor>, Vec<Factor>) =
            below.iter().partition(|factor| self.graph.expr(factor.base).is_fixed());
        if !self.strategy.has(Strategy::READ) && !fixed.is_empty() && above.len() + others.len() > 0 {
            // The compiler divides by what it knows.
            let factors = fixed.iter().each(|f| Factor { halves: -f.halves, ..*f });
            let (one, fixed) = (self.graph.constant(1.0).id, self.multiply(1.0, &fixed));
            let base = self.div(one, fixed);
            self.note_parts(base, &[Term { coefficient: Coefficient::ONE, factors }]);
            let above = above.iter().copied().chain([Factor { base, halves: 2 }]).list();
            return self.build_quotient(coefficient, &above, &others);
        }
        let (numerator, denominator) = coefficient.parts();
        // A third stays a division by three where there is a division anyway or nothing else to do.
        let (scale, divisor) = match (below.is_empty(), above.is_empty()) {
            _ if denominator == 1.0 => (numerator, 1.0),
            _ if self.strategy.has(Strategy::READ) && reads_as_fraction(coefficient, above, below) => {
                (numerator, denominator)
            }
            (true, false) if numerator.abs() == 1.0 && denominator.log2().fract() != 0.0 => {
                (numerator, denominator)
            }
            (false, false) if numerator == 1.0 || numerator == -1.0 && denominator.log2().fract() != 0.0 => {
                (numerator, denominator)
            }
            _ => (coefficient.value(), 1.0),
        };
        if below.is_empty() && divisor == 1.0 {
            return self.multiply(scale, above);
        }
        let bottom =
            if below.is_empty() { self.graph.constant(divisor).id } else { self.multiply(divisor, below) };
        let negative = scale == -1.0 && !above.is_empty() && !above.iter().any(|f| self.rank(f.base) == 0);
        let top = self.multiply(if negative { 1.0 } else { scale }, above);
        let quotient = self.div(top, bottom);
        if negative { self.neg(quotient) } else { quotient }
    }

    /// The product of a number and positive powers.
    fn multiply(&mut self, scale: f64, factors: &[Factor]) -> u32 {
        let mut factors = factors.iter().each(|factor| (self.rank(factor.base), *factor));
        factors.order();
        let bare = factors.is_empty();
        // The sign of what is made of numbers costs nothing.
        let fixed = factors.first().is_some_and(|(rank, _)| *rank == 0);
        let mut result = match scale.abs() == 1.0 && !bare {
            true => None,
            false => Some(self.graph.constant(scale).id),
        };
        for (_, Factor { base, halves }) in factors {
            if let Some(power) = self.functions.real_power.filter(|_| self.strategy.has(Strategy::SHOW))
                && halves % 2 != 0
                && halves > 1
                && !self.is_symbol(base)
            {
                let exponent = self.graph.constant(f64::from(halves) / 2.0);
                let power = self.graph.raw(power, &[self.graph.expr(base), exponent]).id;
                result = Some(result.map_or(power, |result| self.mul(result, power)));
                continue;
            }
            let whole = (halves / 2) as u32;
            let powers = [
                (whole > 0).then(|| self.whole_power(base, whole)),
                (halves % 2 != 0).then(|| self.square_root(base)),
            ];
            for power in powers.into_iter().flatten() {
                result = Some(match result {
                    Some(result) => self.mul(result, power),
                    None if fixed && scale == -1.0 => self.neg(power),
                    None => power,
                });
            }
        }
        let result = result.unwrap_or_else(|| self.graph.constant(1.0).id);
        if scale == -1.0 && !bare && !fixed { self.neg(result) } else { result }
    }

    fn whole_power(&mut self, base: u32, n: u32) -> u32 {
        if n == 1 {
            return base;
        }
        let key = vec![Term::power(base, 2 * n as i32)];
        if let Some(&known) = self.nodes.get(&key) {
            return known;
        }
        let id = match (n, self.functions.power) {
            (3.., Some(power)) => {
                self.graph.raw(power, &[self.graph.expr(base), self.graph.constant(f64::from(n))]).id
            }
            _ => (1..n).fold(base, |result, _| self.mul(result, base)),
        };
        self.note_parts(id, &key);
        self.enter(key, id);
        id
    }

    fn square_root(&mut self, base: u32) -> u32 {
        let key = vec![Term::power(base, 1)];
        if let Some(&known) = self.nodes.get(&key) {
            return known;
        }
        let Some(root) = self.functions.root else { return self.graph.constant(f64::NAN).id };
        let id = self.graph.raw(root, &[self.graph.expr(base)]).id;
        self.note_parts(id, &key);
        self.enter(key, id);
        id
    }

    /// The largest parts of the product that are there already, in their place.
    pub(super) fn with_known_parts(&mut self, mut term: Term) -> Term {
        let whole = self.nodes.get(std::slice::from_ref(&term)).copied();
        if let Some(known) = whole {
            return Term::atom(known);
        }
        if term.coefficient.is_negative()
            && let Some(&known) = self.nodes.get(&vec![term.clone().negated()])
        {
            return Term::atom(known).negated();
        }
        if (2..=MANY).contains(&term.factors.len())
            && let Some(&known) = self.products.get(&self.opened(&term))
        {
            return Term::atom(known);
        }
        let scaled = term.coefficient.abs() != Coefficient::ONE;
        'search: while term.factors.len() <= SEARCHED {
            let count = term.factors.len();
            let candidates = term.factors.iter().copied().only(|factor| self.in_products.contains(factor));
            for part in subsets(&candidates) {
                let single = part.len() == 1;
                for coefficient in [term.coefficient.abs(), Coefficient::ONE] {
                    let with_scale = scaled && coefficient != Coefficient::ONE;
                    if single && !with_scale || part.len() == count && !with_scale && !scaled {
                        continue;
                    }
                    let key = vec![Term { coefficient, factors: part.clone() }];
                    let Some(&known) = self.nodes.get(&key) else { continue };
                    term = term.without(&part);
                    if with_scale {
                        let negative = term.coefficient.is_negative();
                        term.coefficient = if negative { Coefficient::MINUS_ONE } else { Coefficient::ONE };
                    }
                    term.factors.push(Factor { base: known, halves: 2 });
                    term = term.collect();
                    if with_scale {
                        break 'search;
                    }
                    continue 'search;
                }
            }
            break;
        }
        term
    }

    /// `-(a - b)·c` is `(b - a)·c`, where the difference is not needed elsewhere.
    fn with_sign_inside(&mut self, mut term: Term) -> Term {
        if term.coefficient != Coefficient::MINUS_ONE {
            return term;
        }
        for i in 0..term.factors.len() {
            let Factor { base, halves } = term.factors[i];
            let Some(parts) = self.parts.get(&base).filter(|parts| parts.len() > 1) else { continue };
            if halves.abs() != 2 || !parts.iter().any(|part| part.coefficient.is_negative()) {
                continue;
            }
            let negated: Sum = parts.iter().cloned().each(Term::negated);
            if self.shared.contains(&base) && !self.nodes.contains_key(&negated) {
                continue;
            }
            term.factors[i].base = self.build(negated);
            term.coefficient = Coefficient::ONE;
            return term.collect();
        }
        term
    }
}

/// All of them but the empty one, the largest first.
fn subsets(factors: &[Factor]) -> Vec<Vec<Factor>> {
    let mut subsets = Vec::new();
    for size in (1..=factors.len() as u32).rev() {
        for chosen in (1..1u32 << factors.len()).filter(|chosen| chosen.count_ones() == size) {
            subsets.push((0..factors.len()).filter(|i| chosen >> i & 1 == 1).each(|i| factors[i]));
        }
    }
    subsets
}

/// Whether `3·a/(2·b)` reads better than `1.5·a/b`: if there is a line anyway, or if the digits do not end.
fn reads_as_fraction(coefficient: Coefficient, above: &[Factor], below: &[Factor]) -> bool {
    let (numerator, denominator) = coefficient.parts();
    let endless = [2.0, 5.0].iter().fold(denominator, |rest: f64, &prime| {
        (0..60).fold(rest, |rest, _| if rest % prime == 0.0 { rest / prime } else { rest })
    });
    let small = numerator.abs() <= 100.0 && denominator <= 64.0;
    let line = !below.is_empty() || numerator.abs() == 1.0 && !above.is_empty();
    coefficient.is_exact() && (endless != 1.0 || line && small)
}
