//! Runs every product of every generated function with loops against dual numbers, and the products
//! against each other.

use crate::oracle::{Dual, Real};
use std::panic::catch_unwind;

/// Two orders, each along one direction.
pub type D = Dual<Dual<f64>>;

pub fn lit(value: f64) -> D {
    D::lift(value)
}

/// Numbers to be taken one after another.
pub struct Numbers<'a, T>(pub &'a [T]);

impl<'a, T: Copy> Numbers<'a, T> {
    pub fn one(&mut self) -> T {
        self.many(1)[0]
    }
    pub fn many(&mut self, n: usize) -> &'a [T] {
        let (taken, rest) = self.0.split_at(n);
        self.0 = rest;
        taken
    }
    pub fn fixed<const N: usize>(&mut self) -> [T; N] {
        let taken = self.many(N);
        std::array::from_fn(|i| taken[i])
    }
}

/// The numbers in a value, from left to right.
pub trait Flat<L> {
    fn flat(&self, out: &mut Vec<L>);
}
impl Flat<f64> for f64 {
    fn flat(&self, out: &mut Vec<f64>) {
        out.push(*self);
    }
}
impl Flat<D> for D {
    fn flat(&self, out: &mut Vec<D>) {
        out.push(*self);
    }
}
impl<L, T: Flat<L>, const N: usize> Flat<L> for [T; N] {
    fn flat(&self, out: &mut Vec<L>) {
        self.iter().for_each(|part| part.flat(out));
    }
}
macro_rules! tuples {
    ($(($($T:ident $i:tt),*))*) => {$(
        impl<L, $($T: Flat<L>),*> Flat<L> for ($($T,)*) {
            fn flat(&self, _out: &mut Vec<L>) {
                $(self.$i.flat(_out);)*
            }
        }
    )*};
}
tuples! { () (A 0, B 1) (A 0, B 1, C 2) (A 0, B 1, C 2, E 3) (A 0, B 1, C 2, E 3, F 4) }

pub fn flat<L, T: Flat<L>>(value: T) -> Vec<L> {
    let mut out = Vec::new();
    value.flat(&mut out);
    out
}

/// Values, and what the product adds to them.
pub type Both = (Vec<f64>, Vec<f64>);

pub struct Case {
    pub name: &'static str,
    /// How many numbers go in if `n` is this.
    pub inputs: fn(usize) -> usize,
    pub run: fn(usize, &[f64]) -> Vec<f64>,
    pub oracle: fn(usize, &[D]) -> Vec<D>,
    /// With a direction, or seeds.
    pub jvp: Option<fn(usize, &[f64], &[f64]) -> Both>,
    pub vjp: Option<fn(usize, &[f64], &[f64]) -> Both>,
    pub prime: Option<fn(usize, &[f64]) -> Vec<f64>>,
    pub value_and_prime: Option<fn(usize, &[f64]) -> Both>,
    pub hvp: Option<fn(usize, &[f64], &[f64], &[f64]) -> Vec<f64>>,
    pub hessian: Option<fn(usize, &[f64]) -> Vec<f64>>,
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
    fn numbers(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| 4.0 * ((self.next() >> 11) as f64 / (1u64 << 53) as f64) - 2.0).collect()
    }
}

#[derive(Default)]
pub struct Totals {
    pub compared: usize,
    pub skipped: usize,
}

/// What dual numbers find.
struct Truth {
    value: Vec<f64>,
    /// By variable, then result.
    columns: Vec<Vec<f64>>,
    /// The derivative along the direction, by result.
    along: Vec<f64>,
    /// The second derivatives along the direction and by each variable.
    second: Vec<Vec<f64>>,
}

impl Truth {
    fn new(case: &Case, n: usize, at: &[f64], direction: &[f64]) -> Self {
        let mut truth = Truth { value: vec![], columns: vec![], along: vec![], second: vec![] };
        let count = at.len();
        for i in 0..count.max(1) {
            let inputs: Vec<D> = (0..count)
                .map(|k| Dual {
                    re: Dual { re: at[k], eps: direction[k] },
                    eps: Dual { re: if i == k { 1.0 } else { 0.0 }, eps: 0.0 },
                })
                .collect();
            let found = (case.oracle)(n, &inputs);
            truth.value = found.iter().map(|d| d.re.re).collect();
            truth.along = found.iter().map(|d| d.re.eps).collect();
            if count > 0 {
                truth.columns.push(found.iter().map(|d| d.eps.re).collect());
                truth.second.push(found.iter().map(|d| d.eps.eps).collect());
            }
        }
        truth
    }

    fn weighted(&self, columns: &[Vec<f64>], seeds: &[f64]) -> Vec<f64> {
        columns.iter().map(|column| column.iter().zip(seeds).map(|(a, b)| a * b).sum()).collect()
    }
}

fn same_bits(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()))
}

pub fn check(case: &Case, totals: &mut Totals) {
    let seed = case.name.bytes().fold(7u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut random = Random(seed);
    for n in [0, 1, 2, 3, 5] {
        for _ in 0..2 {
            let at = random.numbers((case.inputs)(n));
            let checked = catch_unwind(std::panic::AssertUnwindSafe(|| {
                check_at(case, n, &at, &mut random, totals);
            }));
            if checked.is_err() {
                println!("PANIC {} for n = {n} at {at:?}", case.name);
            }
        }
    }
}

fn check_at(case: &Case, n: usize, at: &[f64], random: &mut Random, totals: &mut Totals) {
    let name = case.name;
    let value = (case.run)(n, at);
    let direction = random.numbers(at.len());
    let seeds = random.numbers(value.len());
    let truth = Truth::new(case, n, at, &direction);
    if !same_bits(&value, &truth.value) {
        println!("ORACLE {name} for n = {n} at {at:?}: {value:?} but dual numbers {:?}", truth.value);
        return;
    }
    // How far the truth moves when the inputs do, by a little more than rounding.
    let near: Vec<Truth> = [3e-15, -2e-15]
        .iter()
        .map(|step| {
            let moved: Vec<f64> = at.iter().zip(&direction).map(|(x, d)| x + step * (0.7 + d)).collect();
            Truth::new(case, n, &moved, &direction)
        })
        .collect();
    let mut compare = |product: &str, found: &[f64], wanted: &dyn Fn(&Truth) -> Vec<f64>| {
        let here = wanted(&truth);
        if found.len() != here.len() {
            println!("MISMATCH {name} {product} for n = {n}: {} numbers instead of {}", found.len(), here.len());
            return;
        }
        let near: Vec<Vec<f64>> = near.iter().map(wanted).collect();
        let scale = here.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
        for (i, (a, b)) in found.iter().zip(&here).enumerate() {
            let spread = near.iter().map(|near| (near[i] - b).abs()).fold(0.0, f64::max);
            let limit = 1e-9 * (b.abs() + 1e-3 + 1e-3 * scale) + 1000.0 * spread;
            // Where some are huge, products of them may be infinite.
            if scale > 1e12 || !b.is_finite() || !limit.is_finite() || limit > 0.1 * b.abs() + 1e-6 {
                totals.skipped += 1;
                continue;
            }
            totals.compared += 1;
            if !((a - b).abs() <= limit) {
                println!(
                    "MISMATCH {name} {product}[{i}] for n = {n} at {at:?} direction {direction:?} seeds {seeds:?}: \
                     {found:?} but dual numbers {here:?}"
                );
                return;
            }
        }
    };
    let values = |product: &str, found: &[f64]| {
        if !same_bits(&value, found) {
            println!("VALUE {name} {product} for n = {n} at {at:?}: {found:?} but f gives {value:?}");
        }
    };
    let ones = vec![1.0; value.len()];
    if let Some(jvp) = case.jvp {
        let (found, tangents) = jvp(n, at, &direction);
        values("jvp", &found);
        compare("jvp", &tangents, &|truth| truth.along.clone());
    }
    if let Some(vjp) = case.vjp {
        let (found, cotangents) = vjp(n, at, &seeds);
        values("vjp", &found);
        compare("vjp", &cotangents, &|truth| truth.weighted(&truth.columns, &seeds));
    }
    if let Some(prime) = case.prime {
        compare("prime", &prime(n, at), &|truth| truth.weighted(&truth.columns, &ones));
    }
    if let Some(value_and_prime) = case.value_and_prime {
        let (found, prime) = value_and_prime(n, at);
        values("value_and_prime", &found);
        compare("value_and_prime", &prime, &|truth| truth.weighted(&truth.columns, &ones));
    }
    if let Some(hvp) = case.hvp {
        compare("hvp", &hvp(n, at, &seeds, &direction), &|truth| truth.weighted(&truth.second, &seeds));
    }
    if let Some(hessian) = case.hessian {
        let rows = hessian(n, at);
        let product = |row: &[f64]| row.iter().zip(&direction).map(|(a, b)| a * b).sum();
        let found: Vec<f64> = rows.chunks(at.len().max(1)).map(product).collect();
        compare("hessian", &found, &|truth| truth.weighted(&truth.second, &ones));
    }
}
