//! Functions of several variables.

use deriv::derive_fn;
use std::f64::consts::{PI, TAU};

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

/// The price of a European call.
#[derive_fn(value_and_prime, wrt(spot, volatility, time))]
pub fn black_scholes(spot: f64, strike: f64, rate: f64, volatility: f64, time: f64) -> f64 {
    let spread = volatility * time.sqrt();
    let d1 = ((spot / strike).ln() + (rate + 0.5 * volatility * volatility) * time) / spread;
    let d2 = d1 - spread;
    let n1 = 0.5 * libm::erfc(-d1 * std::f64::consts::FRAC_1_SQRT_2);
    let n2 = 0.5 * libm::erfc(-d2 * std::f64::consts::FRAC_1_SQRT_2);
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
    let n1 = 0.5 * libm::erfc(-d1 * std::f64::consts::FRAC_1_SQRT_2);
    let n2 = 0.5 * libm::erfc(-d2 * std::f64::consts::FRAC_1_SQRT_2);
    let present = strike * (-rate * time).exp();
    let density = 0.3989422804014327 * spot * (-0.5 * d1 * d1).exp();
    let by_time = density * volatility / (2.0 * root) + rate * present * n2;
    (spot * n1 - present * n2, [n1, density * root, by_time])
}

/// Wood's test function for optimisers.
#[derive_fn(hessian)]
pub fn wood(a: f64, b: f64, c: f64, d: f64) -> f64 {
    100.0 * (b - a * a).powi(2)
        + (1.0 - a).powi(2)
        + 90.0 * (d - c * c).powi(2)
        + (1.0 - c).powi(2)
        + 10.0 * (b + d - 2.0).powi(2)
        + 0.1 * (b - d).powi(2)
}

pub fn wood_by_hand(a: f64, b: f64, c: f64, d: f64) -> [f64; 4] {
    let first = 200.0 * (b - a * a);
    let second = 180.0 * (d - c * c);
    let sum = 20.0 * (b + d - 2.0);
    let difference = 0.2 * (b - d);
    [
        2.0 * (a - 1.0) - 2.0 * a * first,
        first + sum + difference,
        2.0 * (c - 1.0) - 2.0 * c * second,
        second + sum - difference,
    ]
}

pub fn wood_hessian_by_hand(a: f64, b: f64, c: f64, d: f64) -> [[f64; 4]; 4] {
    let (ab, cd, bd) = (-400.0 * a, -360.0 * c, 19.8);
    [
        [1200.0 * a * a - 400.0 * b + 2.0, ab, 0.0, 0.0],
        [ab, 220.2, 0.0, bd],
        [0.0, 0.0, 1080.0 * c * c - 360.0 * d + 2.0, cd],
        [0.0, bd, cd, 200.2],
    ]
}
