//! Functions of one variable.

use deriv::derive_fn;
use std::f64::consts::{PI, TAU};

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

/// Even, so of the two sides it takes the one where the exponential does not overflow: at -800 the textbook's
/// `e / (1 + e)²` is NaN.
pub fn logistic_by_hand(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    let d = 1.0 + e;
    e / (d * d)
}

/// With the value's own exponential, which may be infinite.
pub fn logistic_both_by_hand(x: f64) -> (f64, f64) {
    let e = (-x).exp();
    let y = 1.0 / (1.0 + e);
    (y, if y == 0.0 { 0.0 } else { e * y * y })
}

#[derive_fn(value_and_prime)]
pub fn softplus(x: f64) -> f64 {
    (1.0 + x.exp()).ln()
}

/// The slope is one where the exponential is infinite.
pub fn softplus_by_hand(x: f64) -> (f64, f64) {
    let e = x.exp();
    let d = 1.0 + e;
    (d.ln(), if d == f64::INFINITY { 1.0 } else { e / d })
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

/// With `e / (e - 1)` as `1 + 1 / (e - 1)`, which is not NaN where the exponential is infinite.
pub fn planck_by_hand(x: f64) -> f64 {
    let d = 1.0 / (x.exp() - 1.0);
    x * x * d * (3.0 - x * (1.0 + d))
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
