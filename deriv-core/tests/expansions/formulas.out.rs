/// polynomial'(x) = 6·x + 2
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn polynomial_prime(x: f64) -> f64 {
    6.0 * x + 2.0
}

/// ```text
/// ∂gaussian/∂x = -exp(-(x - mu)²/(2·sigma²))·(x - mu)/(√(2·π)·sigma³)
/// ∂gaussian/∂mu = exp(-(x - mu)²/(2·sigma²))·(x - mu)/(√(2·π)·sigma³)
/// ∂gaussian/∂sigma = exp(-(x - mu)²/(2·sigma²))·((x - mu)²/sigma² - 1)/(√(2·π)·sigma²)
/// ```
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn gaussian_prime(x: f64, mu: f64, sigma: f64) -> [f64; 3] {
    let sqrt = ::core::primitive::f64::sqrt(2.0 * std::f64::consts::PI);
    let t = 1.0 / sigma;
    let t_2 = sqrt * sigma;
    let t_3 = 1.0 / t_2;
    let t_4 = (x - mu) * t;
    let exp = ::core::primitive::f64::exp(-0.5 * (t_4 * t_4));
    let t_5 = t_4 * t;
    let t_6 = exp * t_5 * t_3;
    [-t_6, t_6, exp * (t_2 * (t_4 * t_5) - sqrt) * (t_3 * t_3)]
}

/// lennard_jones'(r) = (24 - 48/r⁶)/r⁷
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn lennard_jones_prime(r: f64) -> f64 {
    let t = 1.0 / r;
    let t_2 = t * t;
    let t_3 = t_2 * t_2;
    (24.0 - 48.0 * (t_2 * t_3)) * (t * t_2 * t_3)
}
/// `lennard_jones` and its derivative by r, in one pass.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn lennard_jones_value_and_prime(r: f64) -> (f64, f64) {
    let t = 1.0 / r;
    let s6 = ::core::primitive::f64::powi(t, 6);
    let t_2 = t * t;
    let t_3 = 6.0 * (t * (t_2 * t_2)) * (-t * t);
    let t_4 = s6 * t_3;
    (4.0 * (s6 * s6 - s6), 4.0 * (t_4 + t_4 + -t_3))
}

/// chain'(x) = -2·x·exp(cos(x²))·sin(x²)·cos(exp(cos(x²)))
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn chain_prime(x: f64) -> f64 {
    let t = x * x;
    let (sin, cos) = ::core::primitive::f64::sin_cos(t);
    let exp = ::core::primitive::f64::exp(cos);
    -2.0 * x * exp * sin * ::core::primitive::f64::cos(exp)
}
/// The derivative of order 2 of `chain`.
///
/// ```text
/// chain''(x) = 2·t1·t3
/// where t1 = exp(cos(x²))
///       t2 = sin(x²)²
///       t3 = cos(t1)·(2·x²·(sin(x²)² - cos(x²)) - sin(x²)) - 2·x²·t1·t2·sin(t1)
/// ```
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn chain_prime2(x: f64) -> f64 {
    let t = x * x;
    let (sin, cos) = ::core::primitive::f64::sin_cos(t);
    let exp = ::core::primitive::f64::exp(cos);
    let (sin_2, cos_2) = ::core::primitive::f64::sin_cos(exp);
    let t_2 = sin * sin;
    let t_3 = 2.0 * t;
    let t_4 = cos_2 * (t_3 * (t_2 - cos) - sin) - t_3 * exp * t_2 * sin_2;
    2.0 * exp * t_4
}

/// single'(x) = 1/(2·cosh(x/2)²)
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn single_prime(x: f32) -> f32 {
    let cosh = ::core::primitive::f32::cosh(0.5 * x);
    0.5 / (cosh * cosh)
}

