//! Random functions: what is simplified has the same value, to within rounding.

use super::helpers::{gradient, show, with_errors};
use crate::cost::cost;
use crate::graph::{Expr, Graph};
use crate::ops::{ArgKind, Op};
use crate::simplify::guard::Guard;
use crate::simplify::{Passes, Strategy, once, simplify};

/// Marsaglia's xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    fn real(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.below(1 << 30) as f64 / f64::from(1 << 30)
    }
}

/// A function of some operations, three quarters of them arithmetic.
fn function<'g>(g: &'g Graph, variables: &[Expr<'g>], size: usize, random: &mut Random) -> Expr<'g> {
    let arithmetic: Vec<Op> = Op::ALL
        .iter()
        .copied()
        .filter(|op| op.spec().linear.is_some() || op.spec().monomial.is_some() || op.spec().name == "powi")
        .collect();
    let others: Vec<Op> =
        Op::ALL.iter().copied().filter(|op| !op.spec().boolean && op.spec().name != "rem").collect();
    let mut pool = variables.to_vec();
    for value in [0.5, 2.0, -3.0, 0.1] {
        pool.push(g.constant(value));
    }
    while pool.len() < size {
        let ops = if random.below(4) > 0 { &arithmetic } else { &others };
        let op = ops[random.below(ops.len())];
        let recent = pool.len().min(6);
        let args: Vec<Expr<'g>> = op
            .spec()
            .args
            .iter()
            .map(|arg| match arg.kind {
                ArgKind::Int => g.constant([-3.0, -2.0, -1.0, 2.0, 3.0, 4.0][random.below(6)]),
                ArgKind::Bool => {
                    let (a, b) = (pool[random.below(pool.len())], pool[random.below(pool.len())]);
                    a.lt(b)
                }
                ArgKind::Real if random.below(2) == 0 => pool[pool.len() - 1 - random.below(recent)],
                ArgKind::Real => pool[random.below(pool.len())],
            })
            .collect();
        pool.push(g.raw(op, &args));
    }
    pool[pool.len() - 1]
}

#[test]
fn random_derivatives_keep_their_values() {
    let mut compared = 0;
    for seed in 1..=3000u64 {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let g = Graph::new();
        let variables = [g.var("x"), g.var("y"), g.var("z")];
        let size = 8 + random.below(14);
        let f = function(&g, &variables, size, &mut random);
        let roots = gradient(f, &variables);
        let kept = if seed % 2 == 0 { vec![f] } else { vec![] };
        let simple = simplify(&roots, &kept);
        let lost = Guard::new(&g, &roots, false).lost_before();
        assert!(lost > 0 || cost(&simple, &kept) <= cost(&roots, &kept), "{seed}");
        for point in 0..14 {
            let values: [f64; 3] = std::array::from_fn(|_| match point {
                0..6 => random.real(0.1, 3.0),
                6..9 => random.real(-3.0, 3.0),
                9 => [1e8, 1e-8, -1e8, 2.0][random.below(4)],
                10 => [1e30, 1e-30, -1e30, 1.0][random.below(4)],
                11 => [1e150, 1e-150, -1e150, 1.0][random.below(4)],
                12 => [1e100, 1e-50, -1e120, 3.0][random.below(4)],
                _ => [1e3, -1e3, 300.0, -50.0][random.below(4)],
            });
            let symbols: Vec<(Expr<'_>, f64)> = variables.into_iter().zip(values).collect();
            if !with_errors(&[f], &symbols)[0].0.is_finite() {
                continue;
            }
            let before = with_errors(&roots, &symbols);
            let after = with_errors(&simple, &symbols);
            for i in 0..3 {
                let ((a, error), (b, other)) = (before[i], after[i]);
                if !a.is_finite() || !error.is_finite() || !b.is_finite() && error > 0.01 * a.abs() {
                    continue;
                }
                let text = || {
                    format!(
                        "{seed} at {values:?}\n  f  {}\n  of {}\n  is {}",
                        show(f),
                        show(roots[i]),
                        show(simple[i])
                    )
                };
                assert!(b.is_finite(), "{a:e} is {b:e}, error {error:e}: {}", text());
                compared += 1;
                let difference = (a - b).abs();
                assert!(
                    difference <= 100.0 * (error + other),
                    "{a:e} is {b:e}, errors {error:e} {other:e}: {}",
                    text()
                );
                // At ordinary points the simplified form must not be the less accurate one either.
                assert!(
                    point >= 9 || difference <= 1000.0 * error,
                    "{a:e} is {b:e}, error {error:e}: {}",
                    text()
                );
            }
        }
    }
    assert!(compared > 80_000, "{compared}");
}

#[test]
fn passes_are_left_out_only_where_they_are_the_same() {
    let mut left_out = 0;
    for seed in 1..=300u64 {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let g = Graph::new();
        let variables = [g.var("x"), g.var("y"), g.var("z")];
        let f = function(&g, &variables, 8 + random.below(14), &mut random);
        let roots = gradient(f, &variables);
        let mut passes = Passes::new(&roots, &[f]);
        for strategy in Strategy::ALL {
            if passes.run(strategy, &[]).is_none() {
                left_out += 1;
                let results = once(&roots, &[f], strategy);
                assert!(passes.done.iter().any(|pass| pass.results == results), "{seed}");
            }
        }
    }
    assert!(left_out > 300, "{left_out}");
}
