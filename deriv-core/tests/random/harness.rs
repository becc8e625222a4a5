//! Runs every product of every generated function against the dual numbers and numeric derivatives.

use crate::oracle::{D, Dual};

/// The numbers in a result, from left to right.
pub trait Leaves<L> {
    fn leaves(&self, out: &mut Vec<L>);
}
impl Leaves<f64> for f64 {
    fn leaves(&self, out: &mut Vec<f64>) {
        out.push(*self);
    }
}
impl Leaves<f64> for f32 {
    fn leaves(&self, out: &mut Vec<f64>) {
        out.push(f64::from(*self));
    }
}
impl Leaves<D> for D {
    fn leaves(&self, out: &mut Vec<D>) {
        out.push(*self);
    }
}
impl<L, T: Leaves<L>, const N: usize> Leaves<L> for [T; N] {
    fn leaves(&self, out: &mut Vec<L>) {
        self.iter().for_each(|part| part.leaves(out));
    }
}
impl<L, A: Leaves<L>, B: Leaves<L>> Leaves<L> for (A, B) {
    fn leaves(&self, out: &mut Vec<L>) {
        self.0.leaves(out);
        self.1.leaves(out);
    }
}
impl<L, A: Leaves<L>, B: Leaves<L>, C: Leaves<L>> Leaves<L> for (A, B, C) {
    fn leaves(&self, out: &mut Vec<L>) {
        self.0.leaves(out);
        self.1.leaves(out);
        self.2.leaves(out);
    }
}
pub fn flat<L, T: Leaves<L>>(value: T) -> Vec<L> {
    let mut out = Vec::new();
    value.leaves(&mut out);
    out
}

pub type Run = fn(&[f64], &[f64], &[f64]) -> Vec<f64>;

pub enum Kind {
    Prime,
    ValueAndPrime,
    Higher(u32),
    Hessian,
    Jvp,
    Vjp,
    Hvp,
}

pub struct Case {
    pub name: &'static str,
    pub single: bool,
    /// It asks whether numbers are equal: where they are, its derivative is not that of the branch taken.
    pub equality: bool,
    pub vars: usize,
    pub run: fn(&[f64]) -> Vec<f64>,
    pub oracle: fn(&[D]) -> Vec<D>,
    pub products: &'static [(&'static str, Kind, Run)],
    /// The interpreter's inputs and what it makes of them: value, then derivative.
    pub interpreted: &'static [(&'static [f64], &'static [f64])],
}

/// All derivatives of one result up to the second order, and for one variable to the third.
#[derive(Clone)]
struct Truth {
    value: f64,
    gradient: Vec<f64>,
    hessian: Vec<Vec<f64>>,
    third: f64,
}

fn truth(case: &Case, at: &[f64]) -> Vec<Truth> {
    let n = case.vars;
    let mut out: Vec<Truth> = Vec::new();
    for i in 0..n {
        for j in i..n {
            let unit = |a: usize, b: usize| if a == b { 1.0 } else { 0.0 };
            let inputs: Vec<D> = (0..n)
                .map(|k| {
                    let zero = Dual { re: 0.0, eps: 0.0 };
                    let inner = Dual { re: Dual { re: at[k], eps: unit(k, 0) }, eps: Dual { re: unit(k, i), eps: 0.0 } };
                    Dual { re: inner, eps: Dual { re: Dual { re: unit(k, j), eps: 0.0 }, eps: zero } }
                })
                .collect();
            for (r, d) in (case.oracle)(&inputs).into_iter().enumerate() {
                if out.len() <= r {
                    out.push(Truth { value: d.re.re.re, gradient: vec![0.0; n], hessian: vec![vec![0.0; n]; n], third: 0.0 });
                }
                out[r].gradient[j] = d.eps.re.re;
                if n > 1 && i != j {
                    out[r].gradient[i] = d.re.eps.re;
                }
                out[r].hessian[i][j] = d.eps.eps.re;
                out[r].hessian[j][i] = d.eps.eps.re;
                if n == 1 {
                    out[r].third = d.eps.eps.eps;
                }
            }
        }
    }
    out
}

struct Random(u64);
impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
    fn within(&mut self, low: f64, high: f64) -> f64 {
        let value = low + (high - low) * self.unit();
        // The same number in f32.
        f64::from(value as f32)
    }
}

/// What a product should give, in its own order.
fn expected(kind: &Kind, truth: &[Truth], vars: usize, dots: &[f64], seeds: &[f64]) -> Vec<f64> {
    let values = truth.iter().map(|t| t.value);
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    match kind {
        Kind::Prime => truth.iter().flat_map(|t| t.gradient.clone()).collect(),
        Kind::ValueAndPrime => values.chain(truth.iter().flat_map(|t| t.gradient.clone())).collect(),
        Kind::Higher(2) => truth.iter().map(|t| t.hessian[0][0]).collect(),
        Kind::Higher(_) => truth.iter().map(|t| t.third).collect(),
        Kind::Hessian => truth[0].hessian.concat(),
        Kind::Jvp => values.chain(truth.iter().map(|t| dot(&t.gradient, dots))).collect(),
        Kind::Vjp => values
            .chain((0..vars).map(|i| truth.iter().zip(seeds).map(|(t, s)| s * t.gradient[i]).sum()))
            .collect(),
        Kind::Hvp if truth.len() == 1 => (0..vars).map(|i| dot(&truth[0].hessian[i], dots)).collect(),
        Kind::Hvp => (0..vars)
            .map(|i| truth.iter().zip(seeds).map(|(t, s)| s * dot(&t.hessian[i], dots)).sum())
            .collect(),
    }
}

fn values(kind: &Kind, results: usize) -> usize {
    match kind {
        Kind::ValueAndPrime | Kind::Jvp | Kind::Vjp => results,
        _ => 0,
    }
}

fn first_order(kind: &Kind) -> bool {
    matches!(kind, Kind::Prime | Kind::ValueAndPrime | Kind::Jvp | Kind::Vjp)
}

fn same_bits(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

#[derive(Default)]
pub struct Totals {
    pub compared: usize,
    pub numeric: usize,
    pub skipped: usize,
    pub failures: usize,
}

pub fn check(case: &Case, totals: &mut Totals) {
    let seed = case.name.bytes().fold(7u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut random = Random(seed);
    let nice = [0.0, 1.0, -1.0, 0.5, 2.0, -2.0];
    for round in 0..if case.equality { 7 } else { 9 } {
        let at: Vec<f64> = (0..case.vars)
            .map(|_| match round {
                0..6 => random.within(-2.5, 2.5),
                6 => random.within(0.0, 1.0),
                _ => nice[random.next() as usize % nice.len()],
            })
            .collect();
        check_at(case, &at, round >= 7, &mut random, totals);
    }
    for (at, expected) in case.interpreted {
        let mut found = (case.run)(at);
        let prime = &case.products[0];
        let known = found.len();
        found.extend((prime.2)(at, &[], &[]));
        for (i, (a, b)) in found.iter().zip(*expected).enumerate() {
            totals.compared += 1;
            // The modes differ where plain dual numbers give NaN.
            let close = b.is_nan() || (a - b).abs() <= 1e-9 * (1.0 + b.abs()) || b.abs() > 1e12;
            if !(same_bits(*a, *b) || (i >= known && close)) {
                totals.failures += 1;
                println!("MISMATCH {} at {at:?}: the interpreter finds {b:e} for entry {i}, compiled {a:e}", case.name);
            }
        }
    }
}

fn check_at(case: &Case, at: &[f64], nice: bool, random: &mut Random, totals: &mut Totals) {
    let value = (case.run)(at);
    let truths = truth(case, at);
    let dots: Vec<f64> = at.iter().map(|_| random.within(-2.0, 2.0)).collect();
    let seeds: Vec<f64> = value.iter().map(|_| random.within(-2.0, 2.0)).collect();
    if !case.single {
        for (a, b) in value.iter().zip(&truths) {
            if !same_bits(*a, b.value) {
                totals.failures += 1;
                println!("ORACLE {} at {at:?}: {a:e} but dual numbers {:e}", case.name, b.value);
            }
        }
    }
    // How far the truth moves when the inputs do, by a little more than rounding.
    let (step, tolerance) = if case.single { (3e-7, 1e-4) } else { (3e-15, 1e-9) };
    let moved: Vec<Vec<Truth>> = [1.0, -1.0, 0.37, -0.61]
        .iter()
        .enumerate()
        .map(|(k, way)| {
            let near: Vec<f64> = at
                .iter()
                .enumerate()
                .map(|(i, x)| x + way * step * x.abs().max(0.5) * if (i + k) % 2 == 0 { 1.0 } else { -0.8 })
                .collect();
            truth(case, &near)
        })
        .collect();
    for (name, kind, run) in case.products {
        let found = run(at, &dots, &seeds);
        let wanted = expected(kind, &truths, case.vars, &dots, &seeds);
        let near: Vec<Vec<f64>> =
            moved.iter().map(|moved| expected(kind, moved, case.vars, &dots, &seeds)).collect();
        if found.len() != wanted.len() {
            totals.failures += 1;
            println!("MISMATCH {} {name}: {} numbers instead of {}", case.name, found.len(), wanted.len());
            continue;
        }
        let exact = values(kind, value.len());
        for (i, (&a, &b)) in found.iter().zip(&wanted).enumerate() {
            if i < exact {
                totals.compared += 1;
                if !same_bits(a, value[i]) {
                    totals.failures += 1;
                    println!("VALUE {} {name} at {at:?}: {a:e} but f gives {:e}", case.name, value[i]);
                }
                continue;
            }
            let spread = near.iter().map(|near| (near[i] - b).abs()).fold(0.0, f64::max);
            let limit = tolerance * (b.abs() + if case.single { 1.0 } else { 1e-3 }) + 1000.0 * spread;
            // At points where functions have kinks the second order is anybody's guess.
            let defined = b.is_finite()
                && b.abs() < 1e30
                && !(case.single && matches!(kind, Kind::Higher(3)))
                && value.iter().all(|v| v.is_finite())
                && (spread.is_finite() || nice)
                && (!nice || first_order(kind));
            if !defined || (limit > 0.1 * b.abs() + if case.single { 1e-3 } else { 1e-6 } && !nice) {
                totals.skipped += 1;
                continue;
            }
            totals.compared += 1;
            let limit = if nice { 100.0 * (tolerance + 1e-8) * (1.0 + b.abs()) } else { limit };
            if !((a - b).abs() <= limit) {
                totals.failures += 1;
                println!("MISMATCH {} {name}[{i}] at {at:?} dots {dots:?} seeds {seeds:?}: {a:e} but dual numbers {b:e} (limit {limit:e})", case.name);
            }
        }
    }
    if !nice && !case.single {
        numeric(case, at, &truths, totals);
    }
}

/// Central differences with Richardson's extrapolation, where they settle.
fn numeric(case: &Case, at: &[f64], truths: &[Truth], totals: &mut Totals) {
    for i in 0..case.vars {
        let slope = |h: f64| -> Vec<f64> {
            let shifted = |h: f64| {
                let mut at = at.to_vec();
                at[i] += h;
                (case.run)(&at)
            };
            shifted(h).iter().zip(shifted(-h)).map(|(a, b)| (a - b) / (2.0 * h)).collect()
        };
        let (a, b, c) = (slope(1e-3), slope(5e-4), slope(2.5e-4));
        // Teeth of a remainder so narrow that these skip several are not skipped by this one.
        let narrow = slope(1e-7);
        for r in 0..a.len() {
            let (first, second) = ((4.0 * b[r] - a[r]) / 3.0, (4.0 * c[r] - b[r]) / 3.0);
            let best = (16.0 * second - first) / 15.0;
            let truth = truths[r].gradient[i];
            let scale = truth.abs() + 1e-2 + 1e-3 * truths[r].value.abs();
            // It settles, and so do the slopes themselves, as they don't where there is a step.
            let settled = (first - second).abs() <= 1e-6 * scale
                && (a[r] - c[r]).abs() <= 1e-2 * scale
                && (narrow[r] - best).abs() <= 1e-2 * scale.max(best.abs());
            if settled && truth.abs() < 1e8 {
                totals.numeric += 1;
                if !((best - truth).abs() <= 1e-5 * scale) {
                    totals.failures += 1;
                    println!("NUMERIC {} at {at:?}: result {r} by variable {i}: {best:e} but dual numbers {truth:e}", case.name);
                }
            }
        }
    }
}
