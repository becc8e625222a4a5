//! Generated derivatives against dual numbers, in instructions: `cargo run --release --manifest-path
//! benches/peers/Cargo.toml`. Needs `valgrind`.
//!
//! The functions are the same, once more written over num-dual's trait of numbers.

#[macro_use]
#[path = "../../kernels/mod.rs"]
mod kernels;

use kernels::*;
use nalgebra::SVector;
use num_dual::{DualNum, first_derivative, gradient, hessian, second_derivative};
use std::error::Error;
use std::f64::consts::{PI, TAU};
use std::hint::black_box;

fn main() -> Result<(), Box<dyn Error>> {
    let rows = Vec::from_iter(KERNELS.iter().map(kernels::callgrind::Row::from));
    kernels::callgrind::run(&["generated", "num-dual"], &rows)
}

kernels! {
    "Gaussian density, prime", [x in -3.0..3.0, m in -0.5..0.5, s in 0.5..2.0],
        gaussian_prime(x, m, s), first_derivative(|x| gaussian_dual(x, m, s), x).1;
    "logistic, value and prime", [x in -5.0..5.0],
        logistic_value_and_prime(x), first_derivative(|x| (-x).exp().add_one().recip(), x);
    "softplus, value and prime", [x in -5.0..5.0],
        softplus_value_and_prime(x), first_derivative(|x| x.exp().add_one().ln(), x);
    "GELU (tanh), prime", [x in -3.0..3.0], gelu_prime(x), first_derivative(gelu_dual, x).1;
    "Planck's law, prime", [x in 0.1..9.0],
        planck_prime(x), first_derivative(|x| x.powi(3) / (x.exp() - 1.0), x).1;
    "van der Waals, prime", [v in 0.1..9.0, t in 250.0..400.0],
        van_der_waals_prime(v, t),
        first_derivative(|v| (v - 0.0319).recip() * (8.314 * t) - (v * v).recip() * 1.36, v).1;
    "Lennard-Jones, prime", [r in 0.9..3.0, e in 0.5..2.0, s in 0.8..1.2],
        lennard_jones_prime(r, e, s), first_derivative(|r| lennard_jones_dual(r, e, s), r).1;
    "Lennard-Jones, prime2", [r in 0.9..3.0, e in 0.5..2.0, s in 0.8..1.2],
        lennard_jones_prime2(r, e, s), second_derivative(|r| lennard_jones_dual(r, e, s), r).2;
    "Butterworth magnitude, prime", [w in 0.1..5.0, c in 0.5..2.0],
        butterworth_prime(w, c), first_derivative(|w| ((w / c).powi(8) + 1.0).sqrt().recip(), w).1;
    "Kepler's equation, value and prime", [a in 0.0..6.0, e in 0.0..0.9, m in 0.0..6.0],
        kepler_value_and_prime(a, e, m), first_derivative(|a| a - a.sin() * e - m, a);
    "long rational function, prime", [x in -2.0..2.0], rational_prime(x), first_derivative(rational_dual, x).1;
    "Rosenbrock, gradient", [x in -2.0..2.0, y in -1.0..3.0],
        [rosenbrock_prime(x, y)], gradient(|v| rosenbrock_dual(v[0], v[1]), &SVector::from([x, y])).1.data.0;
    "Rosenbrock, Hessian", [x in -2.0..2.0, y in -1.0..3.0],
        rosenbrock_hessian(x, y), hessian(|v| rosenbrock_dual(v[0], v[1]), &SVector::from([x, y])).2.data.0;
    "Himmelblau, gradient", [x in -5.0..5.0, y in -5.0..5.0],
        [himmelblau_prime(x, y)], gradient(|v| himmelblau_dual(v[0], v[1]), &SVector::from([x, y])).1.data.0;
    "Ackley, value and gradient", [x in -5.0..5.0, y in -5.0..5.0],
        ackley_value_and_prime(x, y), ackley_both(x, y);
}

trait AddOne {
    fn add_one(self) -> Self;
}

impl<D: DualNum<Primitive = f64> + Copy> AddOne for D {
    fn add_one(self) -> D {
        self + 1.0
    }
}

fn gaussian_dual<D: DualNum<Primitive = f64> + Copy>(x: D, mean: f64, deviation: f64) -> D {
    let z = (x - mean) / deviation;
    (z * z * -0.5).exp() / (deviation * TAU.sqrt())
}

fn gelu_dual<D: DualNum<Primitive = f64> + Copy>(x: D) -> D {
    x * 0.5 * (((x + x.powi(3) * 0.044715) * (2.0 / PI).sqrt()).tanh() + 1.0)
}

fn lennard_jones_dual<D: DualNum<Primitive = f64> + Copy>(r: D, depth: f64, size: f64) -> D {
    let s6 = (r.recip() * size).powi(6);
    (s6 * s6 - s6) * (4.0 * depth)
}

fn rational_dual<D: DualNum<Primitive = f64> + Copy>(x: D) -> D {
    (x.powi(5) - x.powi(4) * 3.0 + x.powi(3) * 2.0 - x.powi(2) + x * 7.0 - 5.0)
        / (x.powi(4) + x.powi(2) * 2.0 + x.powi(6) + 3.0)
}

fn rosenbrock_dual<D: DualNum<Primitive = f64> + Copy>(x: D, y: D) -> D {
    (-x + 1.0).powi(2) + (y - x * x).powi(2) * 100.0
}

fn himmelblau_dual<D: DualNum<Primitive = f64> + Copy>(x: D, y: D) -> D {
    (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2)
}

fn ackley_dual<D: DualNum<Primitive = f64> + Copy>(x: D, y: D) -> D {
    let radius = ((x * x + y * y) * 0.5).sqrt();
    let waves = ((x * TAU).cos() + (y * TAU).cos()) * 0.5;
    (radius * -0.2).exp() * -20.0 - waves.exp() + (1.0_f64.exp() + 20.0)
}

fn ackley_both(x: f64, y: f64) -> (f64, [f64; 2]) {
    let (value, gradient) = gradient(|v| ackley_dual(v[0], v[1]), &SVector::from([x, y]));
    (value, gradient.into())
}
