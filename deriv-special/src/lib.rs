//! Special functions that derivatives need and `libm` lacks: [`digamma`], the derivative of
//! `lgamma`, and its own derivatives [`trigamma`] and [`polygamma`].
//!
//! They hold on the whole real line. The poles follow the limits: where both sides go to the same
//! infinity it is that one, at `0.0` and `-0.0` that of the zero's side, and otherwise NaN.
//!
//! | | at `0.0` | at `-0.0` | at -1, -2, … | at ∞ | at -∞ |
//! |---|---|---|---|---|---|
//! | `digamma`, `polygamma` of even order | -∞ | ∞ | NaN | ∞, order 2 and up 0 | NaN |
//! | `trigamma`, `polygamma` of odd order | ∞ | ∞ | ∞ | 0 | NaN |
//!
//! Equation numbers are those of the Digital Library of Mathematical Functions, <https://dlmf.nist.gov>.
#![no_std]

use core::f64::consts::{E, LN_2, PI, SQRT_2, TAU};

/// The digamma function, ψ(x) = Γ′(x)/Γ(x): the derivative of `lgamma`.
///
/// Within 4 units in the last place for x > 0, the neighbourhood of the zero at 1.46 included. For
/// x < 0 within 8, but beside what the two neighbouring poles and ψ(1 - x) contribute, which is not
/// small beside the result near the zero between the poles.
///
/// ```
/// assert_eq!(deriv_special::digamma(1.0), -0.5772156649015329); // Euler's constant
/// ```
pub fn digamma(x: f64) -> f64 {
    if x == 0.0 {
        -1.0 / x
    } else if x < 0.0 {
        // ψ(1-x) - ψ(x) = π·cot(πx): 5.5.4.
        digamma_positive(1.0 - x) - PI * cot_pi(x)
    } else {
        digamma_positive(x)
    }
}

/// [`digamma`] in single precision.
pub fn digammaf(x: f32) -> f32 {
    digamma(f64::from(x)) as f32
}

/// The trigamma function, ψ′(x): the second derivative of `lgamma`.
///
/// Within 4 units in the last place for x > 0, and 8 for x < 0.
///
/// ```
/// let exact = core::f64::consts::PI.powi(2) / 6.0;
/// assert!((deriv_special::trigamma(1.0) - exact).abs() < 1e-15);
/// ```
pub fn trigamma(x: f64) -> f64 {
    polygamma(1, x)
}

/// [`trigamma`] in single precision.
pub fn trigammaf(x: f32) -> f32 {
    trigamma(f64::from(x)) as f32
}

/// The polygamma function of order `n`, the `n`-th derivative of [`digamma`]: order 0 is `digamma`
/// itself, and NaN is what a negative order gives.
///
/// For x > 0 within 4 + `n`/2 units in the last place up to order 170; above, where nearly everything
/// overflows or vanishes, to about 11 digits. For x < 0 twice that, beside what the two neighbouring
/// poles contribute: that is not small beside the result near a zero, and NaN if it overflows.
///
/// ```
/// // ψ″(1) = -2·ζ(3)
/// assert!((deriv_special::polygamma(2, 1.0) + 2.404113806319188).abs() < 1e-14);
/// ```
pub fn polygamma(n: i32, x: f64) -> f64 {
    if n <= 0 {
        return if n == 0 { digamma(x) } else { f64::NAN };
    }
    // ψ⁽ⁿ⁾(x) = (-1)ⁿ⁺¹·n!·ζ(n+1, x): 25.11.12.
    let sign = if n % 2 == 0 { -1.0 } else { 1.0 };
    if x > 0.0 {
        return sign * factorial_zeta(n, x);
    }
    if x == 0.0 {
        return if sign > 0.0 { f64::INFINITY } else { -1.0 / x };
    }
    let offset = from_nearest_integer(x);
    if offset == 0.0 {
        return if sign > 0.0 { f64::INFINITY } else { f64::NAN };
    }
    // The sum of (x + k)⁻ⁿ⁻¹ over k from 0 is the one over all integers, which depends on the
    // fraction of x alone, less the one over the negative integers.
    let (fraction, rest) = if offset > 0.0 { (offset, 1.0 - offset) } else { (1.0 + offset, -offset) };
    let beyond = factorial_zeta(n, rest) - factorial_zeta(n, 1.0 - x);
    sign * (factorial_zeta(n, fraction) + sign * beyond)
}

/// [`polygamma`] in single precision.
pub fn polygammaf(n: i32, x: f32) -> f32 {
    polygamma(n, f64::from(x)) as f32
}

/// ψ(x) for x > 0, or NaN.
fn digamma_positive(x: f64) -> f64 {
    if x < 1.0 {
        // 5.5.2. There is no cancellation: the result is below ψ(1).
        return digamma_from_1_to_2(1.0 + x) - 1.0 / x;
    }
    if x < 10.0 {
        // 5.5.2 again, downwards. Each subtraction is exact, and the terms are positive.
        let (mut x, mut sum) = (x, 0.0);
        while x > 2.0 {
            x -= 1.0;
            sum += 1.0 / x;
        }
        return digamma_from_1_to_2(x) + sum;
    }
    // 5.11.2: the sum of B₂ₖ/(2k·x²ᵏ).
    const COEFFICIENTS: [f64; 8] = [
        1.0 / 12.0,
        -1.0 / 120.0,
        1.0 / 252.0,
        -1.0 / 240.0,
        1.0 / 132.0,
        -691.0 / 32760.0,
        1.0 / 12.0,
        -3617.0 / 8160.0,
    ];
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    ln(x) - (0.5 * inverse + square * polynomial(&COEFFICIENTS, square))
}

/// ψ(x) for 1 ≤ x ≤ 2, as a rational function times the distance to the zero, so that the result is
/// accurate near the zero too. The function interpolates at Chebyshev points; its relative error is
/// 6e-18 (tests/reference/generate.py computes it).
fn digamma_from_1_to_2(x: f64) -> f64 {
    // The zero in two parts, as it has more digits than one number holds.
    const ZERO: f64 = 1.4616321449683622;
    const ZERO_REST: f64 = 9.549995429965697e-17;
    const NUMERATOR: [f64; 7] = [
        0.9510558760318328,
        1.0786473286494878,
        0.41869245850949033,
        0.06552136794893776,
        0.0035369185229135415,
        1.9227634434238662e-05,
        -2.1371909144303333e-07,
    ];
    const DENOMINATOR: [f64; 6] = [
        1.0,
        1.5795862133768737,
        0.8909108601153678,
        0.22226135682897646,
        0.023995076433558565,
        0.000857691360255349,
    ];
    let t = x - 1.5;
    (x - ZERO - ZERO_REST) * (polynomial(&NUMERATOR, t) / polynomial(&DENOMINATOR, t))
}

/// n!·ζ(n+1, a) for n ≥ 1 and a > 0: the first terms one by one, the others by the formula of Euler
/// and Maclaurin, 25.11.28.
fn factorial_zeta(n: i32, a: f64) -> f64 {
    // B₂ₖ/(2k)!
    const COEFFICIENTS: [f64; 12] = [
        1.0 / 12.0,
        -1.0 / 720.0,
        1.0 / 30240.0,
        -1.0 / 1209600.0,
        1.0 / 47900160.0,
        -691.0 / 1307674368000.0,
        1.0 / 74724249600.0,
        -3617.0 / 10670622842880000.0,
        43867.0 / 5109094217170944000.0,
        -174611.0 / 802857662698291200000.0,
        77683.0 / 14101100039391805440000.0,
        -236364091.0 / 1693824136731743669452800000.0,
    ];
    // What is one by one is below n + 13, where the formula converges fast enough. More than 64
    // terms are never needed: the larger n, the faster they fall.
    const MOST_TERMS: f64 = 64.0;
    if a == f64::INFINITY {
        return 0.0;
    }
    let order = f64::from(n);
    let terms = (order + 14.0 - a).clamp(0.0, MOST_TERMS) as i32;
    let b = a + f64::from(terms);
    let (mut sum, mut factor) = (0.5, (order + 1.0) / b);
    for (k, coefficient) in COEFFICIENTS.iter().enumerate() {
        sum += coefficient * factor;
        let next = order + 2.0 * (k as f64 + 1.0);
        factor *= (next / b) * ((next + 1.0) / b);
    }
    // Everything is relative to the first term, a⁻ⁿ⁻¹, so that no power overflows or vanishes.
    let ratio = a / b;
    let remote = power(ratio, n.unsigned_abs());
    sum *= remote * ratio;
    // The smallest terms come first.
    for k in (0..terms).rev() {
        sum += power(a / (a + f64::from(k)), n.unsigned_abs() + 1);
    }
    leading(n, a) * (order / a * sum + remote)
}

/// (n-1)!/aⁿ.
fn leading(n: i32, a: f64) -> f64 {
    // 5.11.3, in powers of 1/n.
    const COEFFICIENTS: [f64; 4] = [1.0, 1.0 / 12.0, 1.0 / 288.0, -139.0 / 51840.0];
    if n > 170 {
        let order = f64::from(n);
        let (n, base) = (n.unsigned_abs(), order / (E * a));
        let correction = sqrt(TAU / order) * polynomial(&COEFFICIENTS, 1.0 / order);
        // In two steps, as the power alone may overflow.
        return correction * power(base, n / 2) * power(base, n - n / 2);
    }
    (1..n).fold(1.0 / a, |product, j| product * (f64::from(j) / a))
}

/// `base` to a positive whole power.
fn power(base: f64, exponent: u32) -> f64 {
    let (mut square, mut rest, mut product) = (base, exponent, 1.0);
    while rest > 0 {
        if rest % 2 == 1 {
            product *= square;
        }
        square *= square;
        rest /= 2;
    }
    product
}

/// The coefficients' polynomial, the constant one first.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// The cotangent of πx. Its own period is left out before π is multiplied with, which is exact.
fn cot_pi(x: f64) -> f64 {
    let offset = from_nearest_integer(x);
    if offset == 0.0 {
        f64::NAN
    } else if offset.abs() < 0.25 {
        let z = PI * offset;
        z_cot(z) / z
    } else {
        let z = PI * (0.5 - offset.abs());
        (z / z_cot(z)).copysign(offset)
    }
}

/// z·cot(z) for |z| ≤ π/4: the continued fraction 4.25.1.
fn z_cot(z: f64) -> f64 {
    let square = z * z;
    let tail = (1..10).rev().fold(0.0, |tail, k| square / (f64::from(2 * k + 1) - tail));
    1.0 - tail
}

/// The natural logarithm for x ≥ 1, or NaN.
fn ln(x: f64) -> f64 {
    if !x.is_finite() {
        return x;
    }
    // x = 2ᵏ·m with m near 1.
    let mut m = f64::from_bits((x.to_bits() & (u64::MAX >> 12)) | 1.0f64.to_bits());
    let mut k = (x.to_bits() >> 52) as i32 - 1023;
    if m > SQRT_2 {
        (m, k) = (m / 2.0, k + 1);
    }
    // 4.6.4.
    let s = (m - 1.0) / (m + 1.0);
    let series = (0..11).rev().fold(0.0, |sum, k| sum * (s * s) + 1.0 / f64::from(2 * k + 1));
    f64::from(k) * LN_2 + 2.0 * s * series
}

/// The square root of a number that is neither very large nor very small, by Newton's method.
fn sqrt(x: f64) -> f64 {
    // Half the exponent: within 7%.
    let guess = f64::from_bits((x.to_bits() + 1.0f64.to_bits()) / 2);
    (0..4).fold(guess, |root, _| (root + x / root) / 2.0)
}

fn from_nearest_integer(x: f64) -> f64 {
    // From there on, all numbers are integers.
    const INTEGERS: f64 = (1u64 << 52) as f64;
    let nearest = if x.abs() < INTEGERS { (x + 0.5f64.copysign(x)) as i64 as f64 } else { x };
    x - nearest
}
