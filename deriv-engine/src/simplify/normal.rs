//! The algebra of forms: products, powers and roots of them, and what makes a sum shorter.

use super::form::{Coefficient, Factor, Sum, Term, collect, sum_cost};
use super::{LONG, MANY, Simplifier, Strategy};
use crate::graph::Expr;
use crate::list::{List, PushAll, Sort};

/// Polynomials of more terms than this are not multiplied out.
const SHORT: usize = 8;

/// What the terms of a sum may have in common.
#[derive(Clone, Copy, PartialEq)]
enum Common {
    /// Factors of all.
    Factors,
    /// All that some are divided by.
    Denominator,
    /// Factors of the products that they are made of, which may be there as a product.
    Product,
}

impl Simplifier<'_> {
    /// The sum times a number.
    pub(super) fn scale(&mut self, mut sum: Sum, by: Coefficient) -> Sum {
        for term in &mut sum {
            match term.coefficient.times(by) {
                Some(coefficient) => term.coefficient = coefficient,
                None => {
                    let number = self.graph.constant(by.value()).id;
                    term.factors.push(Factor { base: number, halves: 2 });
                }
            }
        }
        sum
    }

    /// The product of powers of sums; nothing where a zero is divided by.
    pub(super) fn product(&mut self, args: Vec<Sum>, exponents: &[(i32, i32)]) -> Option<Sum> {
        let constant = |sum: &Sum| sum.is_empty() || sum.len() == 1 && sum[0].is_constant();
        let long = (0..args.len()).only(|&i| !constant(&args[i]));
        // A number goes into a short sum.
        let distributed = match long[..] {
            [i] if exponents[i] == (1, 1) && args[i].len() > 1 && args[i].len() <= LONG => Some(i),
            _ => None,
        };
        let mut product = Term::constant(Coefficient::ONE);
        let mut sum = None;
        for (i, arg) in args.into_iter().enumerate() {
            if distributed == Some(i) {
                sum = Some(arg);
                continue;
            }
            let factor = self.as_product(arg);
            let factor = self.power(factor, f64::from(exponents[i].0))?;
            product = self.times(product, factor);
        }
        if product.coefficient.is_zero() {
            return Some(Sum::new());
        }
        match sum {
            Some(sum) if product.is_constant() => Some(self.scale(sum, product.coefficient)),
            Some(sum) => {
                let factor = self.as_product(sum);
                Some(vec![self.times(product, factor)])
            }
            None => Some(vec![product]),
        }
    }

    pub(super) fn times(&mut self, mut a: Term, b: Term) -> Term {
        match a.coefficient.times(b.coefficient) {
            Some(coefficient) => a.coefficient = coefficient,
            None => {
                let base = self.graph.constant(b.coefficient.value()).id;
                a.factors.push(Factor { base, halves: 2 });
            }
        }
        if a.factors.is_empty() {
            a.factors = b.factors;
        } else {
            a.factors.push_all(b.factors);
        }
        a
    }

    /// A whole power of a product; nothing where a zero is divided by, or the exponent is large. Powers
    /// are not spread over products, which could overflow where the product does not.
    pub(super) fn power(&mut self, base: Term, exponent: f64) -> Option<Term> {
        if exponent == 1.0 {
            return Some(base);
        }
        if exponent != exponent.round() || exponent.abs() > 1000.0 {
            return None;
        }
        if base.coefficient.is_zero() && exponent < 0.0 {
            return None;
        }
        let n = exponent as i32;
        if n == 0 || base.is_constant() && base.coefficient == Coefficient::ONE {
            return Some(Term::constant(Coefficient::ONE));
        }
        let base = base.collect();
        if n == -1 {
            let coefficient = base.coefficient.reciprocal()?;
            let factors = base.factors.iter().each(|f| Factor { base: f.base, halves: -f.halves });
            return Some(Term { coefficient, factors });
        }
        if self.strategy.has(Strategy::SHOW) && self.strategy.has(Strategy::EXPAND) {
            if base.factors.len() > 1 || base.coefficient != Coefficient::ONE {
                self.meets(Strategy::EXPAND);
            }
            let coefficient = base.coefficient.power(n)?;
            let spread = |f: &Factor| Some(Factor { base: f.base, halves: f.halves.checked_mul(n)? });
            return Some(Term { coefficient, factors: base.factors.iter().map(spread).list_all()? });
        }
        let size = base.coefficient.abs().value().powi(n);
        let moderate = (1e-9..1e9).contains(&size);
        let (coefficient, factor) = match base.factors[..] {
            [] => (base.coefficient, None),
            [factor] if moderate => (base.coefficient, Some(factor)),
            _ => {
                let negative = base.coefficient.is_negative();
                let sign = if negative { Coefficient::MINUS_ONE } else { Coefficient::ONE };
                let positive = Term { coefficient: base.coefficient.abs(), ..base };
                let node = self.build(vec![positive]);
                (sign, Some(Factor { base: node, halves: 2 }))
            }
        };
        let scale = coefficient.power(n)?;
        let factors = match factor {
            Some(factor) => vec![Factor { halves: factor.halves.checked_mul(n)?, ..factor }],
            None => Vec::new(),
        };
        Some(Term { coefficient: scale, factors })
    }

    /// The square root of a sum. It is not spread over products: both factors may be negative.
    pub(super) fn root(&mut self, arg: Sum) -> Sum {
        let arg = self.normal(arg);
        if let [term] = &arg[..] {
            let scale = exact_root(term.coefficient);
            if let (Some(scale), [factor]) = (scale, &term.factors[..]) {
                // (b^h/2)^1/2, where b^h/2 is not negative.
                let whole = factor.halves / 2;
                let power = match (factor.halves % 2 == 0, whole % 4) {
                    (true, 0) | (true, 1 | 3 | -1 | -3) => Some(vec![Term::power(factor.base, whole)]),
                    (true, _) => self.functions.abs.map(|abs| {
                        let size = self.apply(abs, vec![vec![Term::atom(factor.base)]]);
                        let size = self.as_product(size);
                        let power = self.power(size, f64::from(whole / 2));
                        power.into_iter().list()
                    }),
                    (false, _) => None,
                };
                if let Some(power) = power {
                    return self.scale(power, scale);
                }
            }
            if let (Some(scale), []) = (scale, &term.factors[..]) {
                return vec![Term::constant(scale)];
            }
        }
        vec![Term::power(self.build(arg), 1)]
    }

    /// The sum as one product: what its terms have in common, times the rest as a node.
    pub(super) fn as_product(&mut self, sum: Sum) -> Term {
        let mut sum = self.normal(sum);
        if sum.is_empty() {
            return Term::constant(Coefficient::new(0.0));
        }
        if sum.len() == 1 {
            return sum.remove(0);
        }
        let (scale, sum) = self.without_content(sum, &|_, _| true);
        let id = self.build(sum);
        Term { coefficient: scale, ..Term::atom(id) }
    }

    /// A common coefficient taken out of a sum, where that saves something or, if it neither saves nor costs,
    /// `evenly`; and the sign where there are only minuses or the negative is known.
    fn without_content(&self, sum: Sum, evenly: &dyn Fn(&Self, &Sum) -> bool) -> (Coefficient, Sum) {
        let none = Coefficient::ONE;
        if self.nodes.contains_key(&sum) {
            return (none, sum);
        }
        let negated: Sum = sum.iter().cloned().each(Term::negated);
        if self.nodes.contains_key(&negated) || sum.iter().all(|term| term.coefficient.is_negative()) {
            let (scale, sum) = self.without_content(negated, evenly);
            return (scale.negate(), sum);
        }
        let Some((common, reduced)) = content(&sum, self.strategy.has(Strategy::READ)) else {
            return (none, sum);
        };
        let (before, after) = (sum_cost(&sum), sum_cost(&reduced) + 1);
        if after < before || after == before && evenly(self, &sum) { (common, reduced) } else { (none, sum) }
    }

    /// The sum with like terms collected, laws applied and common factors taken out.
    pub(super) fn normal(&mut self, sum: Sum) -> Sum {
        let mut sum = collect(sum);
        if sum.is_empty() || sum.len() == 1 && sum[0].is_constant() {
            return sum;
        }
        for term in &mut sum {
            self.improve_product(term);
        }
        if self.strategy.has(Strategy::AVOID_OVERFLOW) && sum.len() <= LONG {
            sum = self.spread_exponentials(sum);
        }
        if self.strategy.has(Strategy::EXPAND) {
            sum = self.expanded(sum);
        }
        if sum.len() < 2 {
            return sum;
        }
        let mut sum = collect(sum);
        if sum.len() > LONG {
            return sum;
        }
        if self.strategy.has(Strategy::EXPAND) && sum.iter().all(|term| self.is_monomial(term)) {
            if sum.len() > 2 || !self.common_factors(&sum).is_empty() || content(&sum, true).is_some() {
                self.meets(Strategy::EXPAND);
            }
            return sum;
        }
        while self.merge_choices(&mut sum)
            || self.apply_sum_laws(&mut sum)
            || self.flatten_terms(&mut sum)
            || self.merge_alike(&mut sum)
        {
            sum = collect(sum);
        }
        if sum.len() < 2 {
            return sum;
        }
        sum = self.factored(sum);
        if sum.len() > 2 {
            sum = self.partly_factored(sum);
        }
        if sum.len() > 1 {
            let by_choice = |this: &Self, sum: &Sum| {
                sum.iter().all(|term| !term.is_constant()) && this.chooses(Strategy::EXTRACT)
            };
            let (scale, reduced) = self.without_content(sum.clone(), &by_choice);
            if scale.abs() != Coefficient::ONE {
                let id = self.build(reduced);
                return vec![Term { coefficient: scale, ..Term::atom(id) }];
            }
        }
        sum
    }

    /// Takes apart the products among the factors where that is not dearer, and applies the laws.
    fn improve_product(&mut self, term: &mut Term) {
        if term.factors.len() > LONG {
            return;
        }
        if term.as_atom().is_some() || term.is_constant() {
            return;
        }
        self.fold_constants(term);
        if let Some(choice) = self.masked_product(term).or_else(|| self.product_in_mask(term)) {
            *term = choice;
            return;
        }
        loop {
            let cost = term.cost();
            let melted = term.factors.iter().find_map(|factor| {
                let parts = self.parts.get(&factor.base)?;
                let [part] = &parts[..] else { return None };
                if factor.halves.abs() != 2 || part.as_atom() == Some(factor.base) {
                    return None;
                }
                let mut candidate = term.without(&[*factor]);
                let scale = if factor.halves < 0 { part.coefficient.reciprocal()? } else { part.coefficient };
                candidate.coefficient = candidate.coefficient.times(scale)?;
                let sign = factor.halves / 2;
                candidate
                    .factors
                    .push_all(part.factors.iter().map(|f| Factor { base: f.base, halves: f.halves * sign }));
                let candidate = candidate.collect();
                let lower = candidate.cost() < cost
                    || candidate.cost() == cost && candidate.coefficient.abs() == Coefficient::ONE;
                (lower && candidate != *term).then_some(candidate)
            });
            match melted {
                Some(candidate) => *term = candidate,
                None => break,
            }
        }
        self.gather_coefficients(term);
        while self.clear_fractions(term) {}
        self.apply_product_laws(term);
        self.balance_exponentials(term);
    }

    /// Where there is a coefficient, those of sums among the factors join it.
    fn gather_coefficients(&mut self, term: &mut Term) {
        for i in 0..term.factors.len() {
            let Factor { base, halves } = term.factors[i];
            if halves != 2 || term.coefficient.abs() == Coefficient::ONE || self.shared.contains(&base) {
                continue;
            }
            let Some(parts) = self.parts.get(&base).filter(|parts| (2..=LONG).contains(&parts.len())) else {
                continue;
            };
            let parts = parts.to_vec();
            let Some((common, reduced)) = content(&parts, self.strategy.has(Strategy::READ)) else {
                continue;
            };
            if let Some(coefficient) = term.coefficient.times(common) {
                term.coefficient = coefficient;
                term.factors[i].base = self.build(reduced);
            }
        }
        *term = std::mem::replace(term, Term::constant(Coefficient::ONE)).collect();
    }

    /// A product with a choice between something and zero is a choice between the product and zero: the
    /// other factors may be infinite where the choice is zero.
    fn masked_product(&mut self, term: &Term) -> Option<Term> {
        let (factor, (condition, yes, no)) = term.factors.iter().find_map(|&factor| {
            let choice = self.graph.expr(factor.base).as_choice()?;
            (factor.halves == 2 && (choice.1.is_zero() || choice.2.is_zero())).then_some((factor, choice))
        })?;
        let (sign, rest) = unsigned(term.without(&[factor]))?;
        let mut arm = |value: Expr<'_>| {
            if value.is_zero() {
                return self.graph.constant(0.0).id;
            }
            let value = self.of_node(value.id);
            let value = self.as_product(value);
            let product = self.times(rest.clone(), value);
            self.materialise(vec![product])
        };
        let (yes, no) = (arm(yes), arm(no));
        let choice = condition.select(self.graph.expr(yes), self.graph.expr(no)).id;
        Some(Term { coefficient: sign, ..Term::atom(choice) })
    }

    /// The same for a mask: what it is multiplied by is only looked at where it lets through.
    fn product_in_mask(&mut self, term: &Term) -> Option<Term> {
        let op = self.functions.mask?;
        let is_mask = |factor: &&Factor| factor.halves == 2 && self.graph.expr(factor.base).op() == Some(op);
        let factor = *term.factors.iter().find(is_mask)?;
        let node = self.graph.node(factor.base);
        let (sign, rest) = unsigned(term.without(&[factor]))?;
        let inner = self.of_node(node.args[1]);
        let inner = self.as_product(inner);
        let product = self.times(rest, inner);
        let product = self.materialise(vec![product]);
        let mask = self.graph.build(op, &[self.graph.expr(node.args[0]), self.graph.expr(product)]);
        Some(Term { coefficient: sign, ..Term::atom(mask.id) })
    }

    /// Choices on one condition become one.
    fn merge_choices(&mut self, sum: &mut Sum) -> bool {
        let choices: Vec<(usize, u32)> = (0..sum.len()).each_some(|i| match sum[i].factors[..] {
            [Factor { base, halves: 2 }] => Some((i, self.graph.expr(base).as_choice()?.0.id)),
            _ => None,
        });
        let same = |a: &(usize, u32)| choices.iter().find(|b| b.0 > a.0 && b.1 == a.1).map(|b| (a.0, b.0));
        let Some((i, j)) = choices.iter().find_map(same) else { return false };
        let [a, b] = [i, j].map(|i| (sum[i].coefficient, self.graph.expr(sum[i].factors[0].base)));
        let (Some((condition, a_yes, a_no)), Some((_, b_yes, b_no))) = (a.1.as_choice(), b.1.as_choice())
        else {
            return false;
        };
        let mut arm = |first: Expr<'_>, second: Expr<'_>| {
            let mut arms = self.spread(first.id);
            arms = self.scale(arms, a.0);
            let other = self.spread(second.id);
            arms.push_all(self.scale(other, b.0));
            self.materialise(arms)
        };
        let (yes, no) = (arm(a_yes, b_yes), arm(a_no, b_no));
        sum[i] = Term::atom(condition.select(self.graph.expr(yes), self.graph.expr(no)).id);
        sum.remove(j);
        true
    }

    /// A node as the sum that it is.
    pub(super) fn spread(&self, id: u32) -> Sum {
        match self.parts.get(&id) {
            Some(parts) if parts.len() <= LONG => parts.to_vec(),
            _ => self.of_node(id),
        }
    }

    /// Whole powers of constants, such as squares of their roots, go into the coefficient.
    fn fold_constants(&self, term: &mut Term) {
        for i in 0..term.factors.len() {
            let Factor { base, halves } = term.factors[i];
            if let Some(value) = self.graph.expr(base).as_constant()
                && halves % 2 == 0
                && value.is_finite()
                && value != 0.0
                && let Some(scale) = Coefficient::new(value).power(halves / 2)
                && let Some(coefficient) = term.coefficient.times(scale)
            {
                term.coefficient = coefficient;
                term.factors[i].halves = 0;
            }
        }
        term.factors.retain(|factor| factor.halves != 0);
    }

    /// Takes apart the sums among the terms, one or all, where their terms meet like ones.
    fn flatten_terms(&mut self, sum: &mut Sum) -> bool {
        let mut all = Sum::new();
        let mut opened = 0;
        for i in 0..sum.len() {
            let parts = match sum[i].factors[..] {
                [Factor { base, halves: 2 }] => self.parts.get(&base),
                _ => None,
            };
            let Some(parts) = parts.filter(|parts| (2..=LONG).contains(&parts.len())) else {
                all.push(sum[i].clone());
                continue;
            };
            let parts = parts.to_vec();
            let scaled = self.scale(parts, sum[i].coefficient);
            let rest = sum[..i].iter().chain(&sum[i + 1..]);
            let candidate = collect(rest.chain(&scaled).cloned().list());
            if candidate.len() <= sum.len() {
                *sum = candidate;
                return true;
            }
            all.push_all(scaled);
            opened += 1;
        }
        if opened > 1 && all.len() <= LONG {
            let candidate = collect(all);
            if candidate.len() <= sum.len() {
                *sum = candidate;
                return true;
            }
        }
        false
    }

    /// What all terms have in common taken out, where that is cheaper.
    fn factored(&mut self, sum: Sum) -> Sum {
        let mut best = (sum_cost(&sum), sum.clone());
        for common in self.common_factors(&sum) {
            self.factor_out(&sum, common, Common::Factors, &mut best);
        }
        if let Some(common) = denominator(&sum) {
            self.factor_out(&sum, common, Common::Denominator, &mut best);
        }
        if best.1 == sum && sum.len() < MANY {
            let opened: Sum = sum.iter().each(|term| self.opened(term));
            if opened != sum {
                for common in self.common_factors(&opened) {
                    if common.len() > 1 {
                        self.factor_out(&opened, common, Common::Product, &mut best);
                    }
                }
            }
        }
        best.1
    }

    /// The product with the products among its factors taken apart, unless these are many.
    pub(super) fn opened(&self, term: &Term) -> Term {
        let (mut closed, mut opened) = (term.factors.clone(), Vec::new());
        while let Some(factor) = closed.pop() {
            if closed.len() + opened.len() >= MANY {
                return term.clone();
            }
            let parts = self.parts.get(&factor.base).filter(|_| factor.halves == 2);
            match parts.map(|parts| &parts[..]) {
                Some([part]) if part.coefficient == Coefficient::ONE && part.as_atom().is_none() => {
                    closed.extend(&part.factors);
                }
                _ => opened.push(factor),
            }
        }
        Term { coefficient: term.coefficient, factors: opened }.collect()
    }

    /// Takes these factors out of the sum if that is cheaper than the best so far.
    fn factor_out(&mut self, sum: &Sum, common: Vec<Factor>, kind: Common, best: &mut (u32, Sum)) {
        let rest: Sum = collect(sum.iter().each(|term| term.without(&common)));
        let rest = self.flattened(rest);
        if kind == Common::Denominator && rest.len() >= sum.len() {
            // Nothing has cancelled over the common denominator.
            return;
        }
        // The numerator would overflow where the denominator does.
        let overflows = |f: &Factor| {
            let lowered = sum.iter().any(|term| term.halves(f.base) > f.halves);
            f.halves < 0 && lowered && self.is_exponential_sum(f.base)
        };
        if rest.len() > 1 && common.iter().any(overflows) {
            return;
        }
        let symbols = common.iter().all(|factor| self.is_leaf(factor.base));
        let (scale, rest) = match &rest[..] {
            [] => {
                *best = (0, Sum::new());
                return;
            }
            [term] => (term.coefficient, vec![term.monic()]),
            _ => self.without_content(rest, &|_, _| true),
        };
        let mut product = Term { coefficient: scale, factors: common };
        let price;
        if let [term] = &rest[..] {
            product.factors.extend(&term.factors);
            product = product.collect();
            price = product.cost();
        } else {
            let inner = sum_cost(&rest);
            let id = self.build(rest);
            product.factors.push(Factor { base: id, halves: 2 });
            product = product.collect();
            if kind == Common::Product {
                product = self.with_known_parts(product);
            }
            price = product.cost() + inner;
        }
        // Polynomials stay polynomials unless something is saved.
        if price < best.0 || price == best.0 && (!symbols || product.factors.len() == 1) {
            *best = (price, vec![product]);
        }
    }

    fn flattened(&mut self, mut sum: Sum) -> Sum {
        while self.apply_sum_laws(&mut sum) || self.flatten_terms(&mut sum) || self.multiply_out(&mut sum) {
            sum = collect(sum);
        }
        sum
    }

    /// What several terms have in common taken out of them, as long as that is cheaper.
    fn partly_factored(&mut self, mut sum: Sum) -> Sum {
        loop {
            let mut candidates: Vec<Factor> = sum.iter().flat(|term| term.factors.iter().copied());
            candidates.order();
            let mut best: Option<(usize, Factor)> = None;
            for group in candidates.chunk_by(|a, b| a == b) {
                let bigger = best.is_none_or(|(count, _)| group.len() > count);
                if group.len() > 1 && group.len() < sum.len() && bigger {
                    best = Some((group.len(), group[0]));
                }
            }
            let Some((_, factor)) = best else { return sum };
            let (with, mut without): (Sum, Sum) =
                sum.iter().cloned().partition(|t| t.factors.contains(&factor));
            let before = sum_cost(&with);
            let group = self.factored(with);
            if group.len() != 1 || group[0].cost() + 1 > before {
                return sum;
            }
            without.push_all(group);
            sum = collect(without);
        }
    }

    /// Candidates for what all terms have in common.
    fn common_factors(&self, sum: &[Term]) -> Vec<Vec<Factor>> {
        let Some((first, rest)) = sum.split_first() else { return Vec::new() };
        let mut least = Vec::new();
        let mut most = Vec::new();
        for &Factor { base, halves } in &first.factors {
            let exponents = rest.iter().map(|term| term.halves(base)).chain([halves]);
            let (low, high) = exponents.fold((halves, halves), |(low, high), e| (low.min(e), high.max(e)));
            if low > 0 {
                least.push(Factor { base, halves: low });
                most.push(Factor { base, halves: low });
            } else if high < 0 {
                // One denominator for all, or only what is in each.
                let near = high - low <= 4 && (high - low) % 2 == 0;
                let common = if near || self.is_sum(base) { low } else { high };
                least.push(Factor { base, halves: common });
                most.push(Factor { base, halves: high });
            } else if rest.iter().all(|term| term.halves(base) != 0) {
                least.push(Factor { base, halves: low });
            }
        }
        let mut candidates = Vec::new();
        if !most.is_empty() && most != least {
            candidates.push(most);
        }
        if !least.is_empty() {
            candidates.push(least);
        }
        candidates
    }

    /// Products of short polynomials multiplied out: a monomial times a sum always, sums times sums where
    /// that makes hardly more terms.
    fn expanded(&mut self, sum: Sum) -> Sum {
        if !sum.iter().any(|term| term.factors.iter().any(|f| f.halves > 0 && self.is_sum(f.base))) {
            return sum;
        }
        self.meets(Strategy::EXPAND);
        // `(1 - x)·(1 + x)` is exact near 1, and `1 - x²` is not.
        if self.strategy.has(Strategy::SHOW) {
            let all = self.expanded_up_to(&sum, SHORT as i32);
            let all = collect(all);
            if all.len() <= sum.len() + 1 {
                return all;
            }
        }
        self.expanded_up_to(&sum, 1)
    }

    /// Only terms of at most so many sums are multiplied out.
    fn expanded_up_to(&mut self, sum: &[Term], most: i32) -> Sum {
        let mut result = Sum::new();
        for term in sum {
            let sums: Vec<Factor> = term.factors.iter().copied().only(|f| self.is_sum(f.base));
            let mut product = vec![term.clone()];
            if sums.iter().map(|f| f.halves).sum::<i32>() <= 2 * most
                && sums.iter().all(|f| f.halves > 0 && f.halves % 2 == 0)
            {
                for factor in sums {
                    let parts = self.parts.get(&factor.base).map(|parts| parts.to_vec()).unwrap_or_default();
                    for _ in 0..factor.halves / 2 {
                        if product.len() * parts.len() <= SHORT {
                            product = self.distributed(&product, Factor { halves: 2, ..factor }, &parts);
                        }
                    }
                }
            }
            let is_polynomial = product.iter().all(|term| self.is_monomial(term));
            if is_polynomial { result.push_all(product) } else { result.push(term.clone()) }
        }
        result
    }

    /// A sum over a denominator that overflows is a sum of quotients: its terms overflow as well.
    fn spread_exponentials(&mut self, sum: Sum) -> Sum {
        let overflows =
            |this: &Self, f: &Factor| this.is_exponential_sum(f.base) || this.exponential(f.base).is_some();
        let mut result = Sum::new();
        for term in sum {
            let below = term.factors.iter().any(|f| {
                f.halves < 0 && self.is_exponential_sum(f.base) || self.exponential(f.base).is_some()
            });
            let large = |f: &&Factor| {
                let parts = self.parts.get(&f.base).filter(|parts| (2..=MANY).contains(&parts.len()));
                f.halves == 2
                    && parts.is_some_and(|parts| {
                        parts.iter().any(|part| part.factors.iter().any(|f| overflows(self, f)))
                    })
            };
            let factor = term.factors.iter().find(large).copied().filter(|_| below);
            let parts = factor.and_then(|f| self.parts.get(&f.base)).map(|parts| parts.to_vec());
            match (factor, parts) {
                (Some(factor), Some(parts)) => {
                    let mut terms = self.distributed(&[term], factor, &parts);
                    for term in &mut terms {
                        self.improve_product(term);
                    }
                    result.push_all(terms);
                }
                _ => result.push(term),
            }
        }
        result
    }

    /// The terms with one factor of each replaced by the sum that it is.
    fn distributed(&mut self, terms: &[Term], factor: Factor, parts: &[Term]) -> Sum {
        let mut result = Sum::new();
        for term in terms {
            let rest = term.without(&[factor]);
            result.push_all(parts.iter().map(|part| self.times(part.clone(), rest.clone()).collect()));
        }
        collect(result)
    }

    /// Everything multiplied out, where that makes the sum shorter.
    fn multiply_out(&mut self, sum: &mut Sum) -> bool {
        let mut all = Sum::new();
        for term in sum.iter() {
            let inner = term.factors.iter().find(|f| f.halves == 2 && self.is_sum(f.base)).copied();
            let parts = inner.and_then(|f| self.parts.get(&f.base)).filter(|parts| parts.len() <= SHORT);
            match (inner, parts.map(|parts| parts.to_vec())) {
                (Some(factor), Some(parts)) => {
                    let terms = self.distributed(std::slice::from_ref(term), factor, &parts);
                    all.push_all(terms);
                }
                _ => all.push(term.clone()),
            }
        }
        if all.len() == sum.len() || all.len() > SHORT {
            return false;
        }
        let mut all = collect(all);
        while self.apply_sum_laws(&mut all) {}
        let as_long = all.len() == sum.len();
        let simpler = as_long && (self.nodes.contains_key(&all) || sum_cost(&all) < sum_cost(sum));
        let shorter = all.len() < sum.len() || simpler;
        if shorter {
            *sum = all;
        }
        shorter
    }

    /// Products of a monomial and a sum multiplied out all the way down, if the strategy says so, to be factored anew. Where the
    /// terms of the sum are products, and so rounded, that loses no digits. A sum of single numbers may be exact where it
    /// vanishes, `x - m` or `x - floor(x)`, and two sums may vanish together: these stay.
    pub(super) fn multiplied_out(&mut self, mut sum: Sum) -> Sum {
        let (whole, mut opened) = (sum.clone(), 0);
        let most = LONG / self.before.roots.len();
        let mut done = Sum::new();
        while let Some(term) = sum.pop() {
            let mut sums = term.factors.iter().copied().only(|f| f.halves > 0 && self.is_sum(f.base));
            let (Some(factor), None) = (sums.pop(), sums.pop()) else {
                done.push(term);
                continue;
            };
            let parts = self.parts[&factor.base].to_vec();
            let is_linear = parts.iter().all(|part| match part.factors[..] {
                [] => true,
                [factor] => factor.halves == 2,
                _ => false,
            });
            if factor.halves != 2
                || is_linear
                || self.before.verbatim.get(factor.base as usize) == Some(&true)
            {
                done.push(term);
            } else if sum.len() + done.len() + parts.len() > most || !self.chooses(Strategy::REGROUP) {
                return whole;
            } else {
                sum.push_all(self.distributed(&[term], factor, &parts));
                opened += 1;
            }
        }
        if whole.len() + opened > 2 { done } else { whole }
    }

    /// Fractions in a sum go where they cancel: `x²·(1/x² + 1)` is `1 + x²`, and `(a/b + 1)/(a + b)` is
    /// `1/b`.
    fn clear_fractions(&mut self, term: &mut Term) -> bool {
        for factor in term.factors.clone() {
            let sign = factor.halves / 2;
            if factor.halves.abs() != 2 || self.shared.contains(&factor.base) {
                continue;
            }
            let Some(parts) = self.parts.get(&factor.base).filter(|p| (2..=MANY).contains(&p.len())) else {
                continue;
            };
            let parts = parts.to_vec();
            let mut below: Vec<Factor> =
                parts.iter().flat(|part| part.factors.iter().copied().only(|f| f.halves < 0));
            below.order();
            below.dedup_by_key(|f| f.base);
            if below.is_empty() || below.iter().any(|f| self.is_exponential_sum(f.base)) {
                continue;
            }
            let above: Sum = collect(parts.iter().each(|part| part.without(&below)));
            let rest = term.without(&[factor]);
            let cancels = below.iter().all(|f| rest.halves(f.base) * sign > 0);
            let known = self.nodes.get(&above).filter(|&&node| rest.halves(node) * sign < 0);
            if !cancels && known.is_none() {
                continue;
            }
            let power = Factor { base: self.build(above), halves: factor.halves };
            let moved = below.iter().map(|f| Factor { base: f.base, halves: f.halves * sign });
            let mut cleared = rest;
            cleared.factors.push_all(moved);
            cleared.factors.push(power);
            *term = cleared.collect();
            return true;
        }
        false
    }

    /// Whether it is a product of whole powers of variables.
    fn is_monomial(&self, term: &Term) -> bool {
        term.factors.iter().all(|f| f.halves > 0 && f.halves % 2 == 0 && self.is_leaf(f.base))
    }

    pub(super) fn is_sum(&self, id: u32) -> bool {
        self.parts.get(&id).is_some_and(|parts| parts.len() > 1)
    }

    fn is_leaf(&self, id: u32) -> bool {
        self.graph.node(id).args.is_empty()
    }
}

/// The sign and the rest of a product, unless there is nothing but the sign.
fn unsigned(term: Term) -> Option<(Coefficient, Term)> {
    let sign = if term.coefficient.is_negative() { Coefficient::MINUS_ONE } else { Coefficient::ONE };
    let rest = Term { coefficient: term.coefficient.abs(), ..term };
    (!rest.is_constant() || rest.coefficient != Coefficient::ONE).then_some((sign, rest))
}

/// What some terms are divided by and others are not.
fn denominator(sum: &[Term]) -> Option<Vec<Factor>> {
    if sum.len() > 8 {
        return None;
    }
    let mut factors: Vec<Factor> =
        sum.iter().flat(|term| term.factors.iter().copied().only(|factor| factor.halves < 0));
    factors.order();
    factors.dedup_by_key(|factor| factor.base);
    let partial = factors.iter().any(|factor| sum.iter().any(|term| term.halves(factor.base) == 0));
    partial.then_some(factors)
}

/// The coefficient that all terms have in common, and the sum divided by it.
fn content(sum: &[Term], fractions: bool) -> Option<(Coefficient, Sum)> {
    let first = sum[0].coefficient.abs();
    let of_two = if fractions { Coefficient::common_fraction } else { Coefficient::common };
    let common = sum[1..].iter().try_fold(first, |common, term| of_two(common, term.coefficient))?;
    if common == Coefficient::ONE {
        return None;
    }
    let inverse = common.reciprocal()?;
    let reduce = |term: &Term| Some(Term { coefficient: term.coefficient.times(inverse)?, ..term.clone() });
    Some((common, sum.iter().map(reduce).list_all()?))
}

fn exact_root(coefficient: Coefficient) -> Option<Coefficient> {
    let (numerator, denominator) = coefficient.parts();
    let whole = |x: f64| x.sqrt() == x.sqrt().round();
    (coefficient.is_exact() && numerator > 0.0 && whole(numerator) && whole(denominator))
        .then(|| Coefficient::new(numerator.sqrt() / denominator.sqrt()))
}
