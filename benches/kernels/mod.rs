//! Scalar functions from all over science, each with the derivative that an expert would write by
//! hand. What is by hand is written with care: shared parts once, closed forms where there are some.

#![allow(dead_code, reason = "of the functions, only the derivatives are measured")]

use deriv::derive_fn;
use std::f64::consts::{FRAC_1_SQRT_2, PI, TAU};
use std::hint::black_box;

pub mod callgrind;

/// A kernel, generated and by hand. Both are called at every input, `rounds` times.
pub struct Kernel {
    pub name: &'static str,
    pub generated: fn(rounds: usize),
    pub by_hand: fn(rounds: usize),
    /// The largest relative difference between the two.
    pub difference: fn() -> f64,
}

/// The numbers of a result, whatever its shape.
pub trait Numbers {
    fn numbers(&self, out: &mut Vec<f64>);
}

impl Numbers for f64 {
    fn numbers(&self, out: &mut Vec<f64>) {
        out.push(*self);
    }
}

impl<T: Numbers, const N: usize> Numbers for [T; N] {
    fn numbers(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|part| part.numbers(out));
    }
}

impl<A: Numbers, B: Numbers> Numbers for (A, B) {
    fn numbers(&self, out: &mut Vec<f64>) {
        self.0.numbers(out);
        self.1.numbers(out);
    }
}

pub fn difference(a: &impl Numbers, b: &impl Numbers) -> f64 {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    a.numbers(&mut left);
    b.numbers(&mut right);
    assert_eq!(left.len(), right.len());
    let relative = |(a, b): (&f64, &f64)| (a - b).abs() / a.abs().max(b.abs()).max(1e-3);
    left.iter().zip(&right).map(relative).fold(0.0, f64::max)
}

/// How many inputs there are.
pub const INPUTS: usize = 64;

/// Points of a box, spread evenly: a Kronecker sequence of square roots.
pub fn inputs<const N: usize>(ranges: [(f64, f64); N]) -> [[f64; N]; INPUTS] {
    const ROOTS: [f64; 6] = [
        std::f64::consts::SQRT_2,
        1.732050807568877,
        2.23606797749979,
        2.6457513110645907,
        3.3166247903554,
        3.605551275463989,
    ];
    std::array::from_fn(|k| {
        std::array::from_fn(|i| {
            let (low, high) = ranges[i];
            low + (high - low) * (k as f64 * ROOTS[i]).fract()
        })
    })
}

macro_rules! kernels {
    ($($name:literal, [$($x:ident in $low:literal .. $high:literal),+], $generated:expr, $by_hand:expr;)*) => {
        /// All kernels.
        pub const KERNELS: &[Kernel] = &[$({
            #[inline(never)]
            fn generated(rounds: usize) {
                let inputs = inputs([$(($low, $high)),+]);
                for _ in 0..rounds {
                    for &[$($x),+] in &inputs {
                        $(let $x = black_box($x);)+
                        black_box($generated);
                    }
                }
            }
            #[inline(never)]
            fn by_hand(rounds: usize) {
                let inputs = inputs([$(($low, $high)),+]);
                for _ in 0..rounds {
                    for &[$($x),+] in &inputs {
                        $(let $x = black_box($x);)+
                        black_box($by_hand);
                    }
                }
            }
            fn differ() -> f64 {
                let inputs = inputs([$(($low, $high)),+]);
                inputs.iter().map(|&[$($x),+]| difference(&$generated, &$by_hand)).fold(0.0, f64::max)
            }
            Kernel { name: $name, generated, by_hand, difference: differ }
        }),*];
    };
}

kernels! {
    "Gaussian density, prime", [x in -3.0..3.0, m in -0.5..0.5, s in 0.5..2.0],
        gaussian_prime(x, m, s), gaussian_by_hand(x, m, s);
    "logistic, prime", [x in -5.0..5.0], logistic_prime(x), logistic_by_hand(x);
    "logistic, value and prime", [x in -5.0..5.0], logistic_value_and_prime(x), logistic_both_by_hand(x);
    "softplus, value and prime", [x in -5.0..5.0], softplus_value_and_prime(x), softplus_by_hand(x);
    "GELU (tanh), prime", [x in -3.0..3.0], gelu_prime(x), gelu_by_hand(x);
    "Planck's law, prime", [x in 0.1..9.0], planck_prime(x), planck_by_hand(x);
    "van der Waals, prime", [v in 0.1..9.0, t in 250.0..400.0], van_der_waals_prime(v, t), van_der_waals_by_hand(v, t);
    "Lennard-Jones, prime", [r in 0.9..3.0, e in 0.5..2.0, s in 0.8..1.2],
        lennard_jones_prime(r, e, s), lennard_jones_by_hand(r, e, s);
    "Lennard-Jones, prime2", [r in 0.9..3.0, e in 0.5..2.0, s in 0.8..1.2],
        lennard_jones_prime2(r, e, s), lennard_jones2_by_hand(r, e, s);
    "Butterworth magnitude, prime", [w in 0.1..5.0, c in 0.5..2.0],
        butterworth_prime(w, c), butterworth_by_hand(w, c);
    "Kepler's equation, value and prime", [a in 0.0..6.0, e in 0.0..0.9, m in 0.0..6.0],
        kepler_value_and_prime(a, e, m), kepler_by_hand(a, e, m);
    "Black-Scholes, price and three Greeks", [s in 80.0..120.0, v in 0.1..0.5, t in 0.2..2.0],
        black_scholes_value_and_prime(s, 100.0, 0.03, v, t), black_scholes_by_hand(s, 100.0, 0.03, v, t);
    "long rational function, prime", [x in -2.0..2.0], rational_prime(x), rational_by_hand(x);
    "sin(exp(cos(x²))), prime3", [x in -1.5..1.5], nested_prime3(x), nested_by_hand(x);
    "Rosenbrock, gradient", [x in -2.0..2.0, y in -1.0..3.0], rosenbrock_prime(x, y), rosenbrock_by_hand(x, y);
    "Rosenbrock, Hessian", [x in -2.0..2.0, y in -1.0..3.0],
        rosenbrock_hessian(x, y), rosenbrock_hessian_by_hand(x, y);
    "Himmelblau, gradient", [x in -5.0..5.0, y in -5.0..5.0], himmelblau_prime(x, y), himmelblau_by_hand(x, y);
    "Ackley, value and gradient", [x in -5.0..5.0, y in -5.0..5.0],
        ackley_value_and_prime(x, y), ackley_by_hand(x, y);
    "double pendulum, Jacobian", [a in -3.0..3.0, b in -3.0..3.0, v in -2.0..2.0, w in -2.0..2.0],
        double_pendulum_prime(a, b, v, w), double_pendulum_by_hand(a, b, v, w);
}

#[derive_fn(wrt(x))]
pub fn gaussian(x: f64, mean: f64, deviation: f64) -> f64 {
    let z = (x - mean) / deviation;
    (-0.5 * z * z).exp() / (deviation * TAU.sqrt())
}

pub fn gaussian_by_hand(x: f64, mean: f64, deviation: f64) -> f64 {
    let inverse = 1.0 / deviation;
    let z = (x - mean) * inverse;
    const C: f64 = -0.3989422804014327;
    C * inverse * inverse * z * (-0.5 * z * z).exp()
}

#[derive_fn(value_and_prime)]
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

pub fn logistic_by_hand(x: f64) -> f64 {
    let e = (-x).exp();
    let d = 1.0 + e;
    e / (d * d)
}

pub fn logistic_both_by_hand(x: f64) -> (f64, f64) {
    let e = (-x).exp();
    let y = 1.0 / (1.0 + e);
    (y, e * y * y)
}

#[derive_fn(value_and_prime)]
pub fn softplus(x: f64) -> f64 {
    (1.0 + x.exp()).ln()
}

pub fn softplus_by_hand(x: f64) -> (f64, f64) {
    let e = x.exp();
    let d = 1.0 + e;
    (d.ln(), e / d)
}

#[derive_fn]
pub fn gelu(x: f64) -> f64 {
    0.5 * x * (1.0 + ((2.0 / PI).sqrt() * (x + 0.044715 * x.powi(3))).tanh())
}

pub fn gelu_by_hand(x: f64) -> f64 {
    const C: f64 = 0.7978845608028654;
    let square = x * x;
    let t = (C * x * (1.0 + 0.044715 * square)).tanh();
    let slope = C * (1.0 + 3.0 * 0.044715 * square);
    0.5 * (1.0 + t) * (1.0 + x * slope * (1.0 - t))
}

#[derive_fn]
pub fn planck(x: f64) -> f64 {
    x.powi(3) / (x.exp() - 1.0)
}

pub fn planck_by_hand(x: f64) -> f64 {
    let e = x.exp();
    let d = 1.0 / (e - 1.0);
    x * x * d * (3.0 - x * e * d)
}

#[derive_fn(wrt(v))]
pub fn van_der_waals(v: f64, t: f64) -> f64 {
    const A: f64 = 1.36;
    const B: f64 = 0.0319;
    8.314 * t / (v - B) - A / (v * v)
}

pub fn van_der_waals_by_hand(v: f64, t: f64) -> f64 {
    let d = v - 0.0319;
    2.0 * 1.36 / (v * v * v) - 8.314 * t / (d * d)
}

#[derive_fn(prime2, wrt(r))]
pub fn lennard_jones(r: f64, depth: f64, size: f64) -> f64 {
    let s6 = (size / r).powi(6);
    4.0 * depth * (s6 * s6 - s6)
}

pub fn lennard_jones_by_hand(r: f64, depth: f64, size: f64) -> f64 {
    let inverse = 1.0 / r;
    let s = size * inverse;
    let s2 = s * s;
    let s6 = s2 * s2 * s2;
    24.0 * depth * inverse * s6 * (1.0 - 2.0 * s6)
}

pub fn lennard_jones2_by_hand(r: f64, depth: f64, size: f64) -> f64 {
    let inverse = 1.0 / r;
    let s = size * inverse;
    let s2 = s * s;
    let s6 = s2 * s2 * s2;
    depth * inverse * inverse * s6 * (624.0 * s6 - 168.0)
}

#[derive_fn(wrt(w))]
pub fn butterworth(w: f64, cutoff: f64) -> f64 {
    1.0 / (1.0 + (w / cutoff).powi(8)).sqrt()
}

pub fn butterworth_by_hand(w: f64, cutoff: f64) -> f64 {
    let inverse = 1.0 / cutoff;
    let q = w * inverse;
    let q2 = q * q;
    let q4 = q2 * q2;
    let d = 1.0 + q4 * q4;
    -4.0 * q4 * q2 * q * inverse / (d * d.sqrt())
}

#[derive_fn(value_and_prime, wrt(anomaly))]
pub fn kepler(anomaly: f64, eccentricity: f64, mean: f64) -> f64 {
    anomaly - eccentricity * anomaly.sin() - mean
}

pub fn kepler_by_hand(anomaly: f64, eccentricity: f64, mean: f64) -> (f64, f64) {
    let (s, c) = anomaly.sin_cos();
    (anomaly - eccentricity * s - mean, 1.0 - eccentricity * c)
}

/// The price of a European call.
#[derive_fn(value_and_prime, wrt(spot, volatility, time))]
pub fn black_scholes(spot: f64, strike: f64, rate: f64, volatility: f64, time: f64) -> f64 {
    let spread = volatility * time.sqrt();
    let d1 = ((spot / strike).ln() + (rate + 0.5 * volatility * volatility) * time) / spread;
    let d2 = d1 - spread;
    let n1 = 0.5 * libm::erfc(-d1 * FRAC_1_SQRT_2);
    let n2 = 0.5 * libm::erfc(-d2 * FRAC_1_SQRT_2);
    spot * n1 - strike * (-rate * time).exp() * n2
}

/// With the textbook's Greeks, whose terms in the second density have cancelled.
pub fn black_scholes_by_hand(
    spot: f64,
    strike: f64,
    rate: f64,
    volatility: f64,
    time: f64,
) -> (f64, [f64; 3]) {
    let root = time.sqrt();
    let spread = volatility * root;
    let d1 = ((spot / strike).ln() + (rate + 0.5 * volatility * volatility) * time) / spread;
    let d2 = d1 - spread;
    let n1 = 0.5 * libm::erfc(-d1 * FRAC_1_SQRT_2);
    let n2 = 0.5 * libm::erfc(-d2 * FRAC_1_SQRT_2);
    let present = strike * (-rate * time).exp();
    let density = 0.3989422804014327 * spot * (-0.5 * d1 * d1).exp();
    let by_time = density * volatility / (2.0 * root) + rate * present * n2;
    (spot * n1 - present * n2, [n1, density * root, by_time])
}

#[derive_fn]
pub fn rational(x: f64) -> f64 {
    (x.powi(5) - 3.0 * x.powi(4) + 2.0 * x.powi(3) - x.powi(2) + 7.0 * x - 5.0)
        / (x.powi(4) + 2.0 * x.powi(2) + x.powi(6) + 3.0)
}

pub fn rational_by_hand(x: f64) -> f64 {
    let n = ((((x - 3.0) * x + 2.0) * x - 1.0) * x + 7.0) * x - 5.0;
    let n_prime = (((5.0 * x - 12.0) * x + 6.0) * x - 2.0) * x + 7.0;
    let q = x * x;
    let d = ((q + 1.0) * q + 2.0) * q + 3.0;
    let d_prime = ((6.0 * q + 4.0) * q + 4.0) * x;
    (n_prime * d - n * d_prime) / (d * d)
}

#[derive_fn(prime3)]
pub fn nested(x: f64) -> f64 {
    (x * x).cos().exp().sin()
}

/// The chain rule for third derivatives (Faà di Bruno), step by step.
pub fn nested_by_hand(x: f64) -> f64 {
    let (s, c) = (x * x).sin_cos();
    let (u1, u2) = (2.0 * x, 2.0);
    // c(u)
    let c1 = -s * u1;
    let c2 = -c * u1 * u1 - s * u2;
    let c3 = s * u1 * u1 * u1 - 3.0 * c * u1 * u2;
    // e = exp(c)
    let e = c.exp();
    let e1 = e * c1;
    let e2 = e * (c1 * c1 + c2);
    let e3 = e * (c1 * c1 * c1 + 3.0 * c1 * c2 + c3);
    let (sine, cosine) = e.sin_cos();
    cosine * (e3 - e1 * e1 * e1) - 3.0 * sine * e1 * e2
}

#[derive_fn(hessian)]
pub fn rosenbrock(x: f64, y: f64) -> f64 {
    (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2)
}

pub fn rosenbrock_by_hand(x: f64, y: f64) -> [f64; 2] {
    let b = 200.0 * (y - x * x);
    [2.0 * (x - 1.0) - 2.0 * x * b, b]
}

pub fn rosenbrock_hessian_by_hand(x: f64, y: f64) -> [[f64; 2]; 2] {
    let xy = -400.0 * x;
    [[1200.0 * x * x - 400.0 * y + 2.0, xy], [xy, 200.0]]
}

#[derive_fn]
pub fn himmelblau(x: f64, y: f64) -> f64 {
    (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2)
}

pub fn himmelblau_by_hand(x: f64, y: f64) -> [f64; 2] {
    let a = 2.0 * (x * x + y - 11.0);
    let b = 2.0 * (x + y * y - 7.0);
    [2.0 * x * a + b, a + 2.0 * y * b]
}

#[derive_fn(value_and_prime)]
pub fn ackley(x: f64, y: f64) -> f64 {
    let radius = (0.5 * (x * x + y * y)).sqrt();
    let waves = 0.5 * ((TAU * x).cos() + (TAU * y).cos());
    -20.0 * (-0.2 * radius).exp() - waves.exp() + 1.0_f64.exp() + 20.0
}

pub fn ackley_by_hand(x: f64, y: f64) -> (f64, [f64; 2]) {
    let radius = (0.5 * (x * x + y * y)).sqrt();
    let (sx, cx) = (TAU * x).sin_cos();
    let (sy, cy) = (TAU * y).sin_cos();
    let bowl = (-0.2 * radius).exp();
    let waves = (0.5 * (cx + cy)).exp();
    let (by_radius, by_wave) = (2.0 * bowl / radius, PI * waves);
    let value = -20.0 * bowl - waves + 1.0_f64.exp() + 20.0;
    (value, [by_radius * x + by_wave * sx, by_radius * y + by_wave * sy])
}

/// The angular accelerations of two equal masses on two equal rods.
#[derive_fn]
pub fn double_pendulum(a: f64, b: f64, v: f64, w: f64) -> [f64; 2] {
    const G: f64 = 9.81;
    let (s, c) = (a - b).sin_cos();
    let d = 3.0 - (2.0 * (a - b)).cos();
    [
        (-3.0 * G * a.sin() - G * (a - 2.0 * b).sin() - 2.0 * s * (w * w + v * v * c)) / d,
        2.0 * s * (2.0 * v * v + 2.0 * G * a.cos() + w * w * c) / d,
    ]
}

pub fn double_pendulum_by_hand(a: f64, b: f64, v: f64, w: f64) -> [[f64; 4]; 2] {
    const G: f64 = 9.81;
    let (s, c) = (a - b).sin_cos();
    let (sa, ca) = a.sin_cos();
    let (sab, cab) = (a - 2.0 * b).sin_cos();
    let (vv, ww) = (v * v, w * w);
    // cos(2δ) = 1 - 2 sin²δ
    let inverse = 1.0 / (2.0 + 2.0 * s * s);
    let d_prime = 4.0 * s * c;
    let first = (-3.0 * G * sa - G * sab - 2.0 * s * (ww + vv * c)) * inverse;
    let second = 2.0 * s * (2.0 * vv + 2.0 * G * ca + ww * c) * inverse;
    // Both numerators by the difference of the angles, and what else depends on each of them.
    let first_delta = -2.0 * (c * ww + vv * (c * c - s * s)) - first * d_prime;
    let second_delta = 2.0 * (c * (2.0 * vv + 2.0 * G * ca) + ww * (c * c - s * s)) - second * d_prime;
    [
        [
            (first_delta - 3.0 * G * ca - G * cab) * inverse,
            (2.0 * G * cab - first_delta) * inverse,
            -4.0 * s * c * v * inverse,
            -4.0 * s * w * inverse,
        ],
        [
            (second_delta - 4.0 * G * s * sa) * inverse,
            -second_delta * inverse,
            8.0 * s * v * inverse,
            4.0 * s * c * w * inverse,
        ],
    ]
}
