//! Derivatives by differences, to compare with: [`derivative`], [`partial`], [`gradient`] and
//! [`hessian`].
//!
//! A central difference is in error by a power series in the square of its step. Differences over a
//! row of halved steps are therefore extrapolated to step zero, in Ridders' manner (*Accurate
//! computation of F'(x) and F'(x)F''(x)*, Advances in Engineering Software 4, 1982): of all
//! extrapolations the one is taken that its neighbours confirm best, and how far they are apart is
//! the estimate of its error. That costs some forty to eighty evaluations a derivative and gives
//! eleven to thirteen digits of a smooth function, so it is for tests, not for programs.
//!
//! Nothing here allocates. The function may be anything that can be called, and is called with points
//! around the one asked for; where that leaves its domain it should return NaN, as `f64`'s methods do.

use core::fmt;

/// A number and about how far it may be from the true one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Estimate {
    /// The number; NaN where no differences could be formed.
    pub value: f64,
    /// The estimate of its error, which is not a bound; infinite where nothing is known.
    pub error: f64,
}

impl Estimate {
    const UNKNOWN: Estimate = Estimate { value: f64::NAN, error: f64::INFINITY };

    fn or_better(self, other: impl FnOnce() -> Estimate) -> Estimate {
        let other = other();
        if other.error < self.error { other } else { self }
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ± {:.1e}", self.value, self.error)
    }
}

/// The derivative of `f` at `x`.
///
/// At a kink it is the mean of the slopes on both sides, as central differences are.
///
/// ```
/// let slope = deriv::numeric::derivative(f64::sin, 1.0);
/// assert!((slope.value - 1.0_f64.cos()).abs() < 1e-12);
/// assert!(slope.error < 1e-11);
/// ```
pub fn derivative(mut f: impl FnMut(f64) -> f64, x: f64) -> Estimate {
    over_scales(x, |step| first(|t| f(x + t), step, x.abs(), f64::EPSILON))
}

/// The derivative of `f` at `x` by `x[i]`. For slices of any length: `x` serves as scratch space and
/// is as before afterwards.
///
/// # Panics
///
/// If there is no `x[i]`.
///
/// ```
/// let norm = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
/// let mut x = vec![3.0, 4.0];
/// assert!((deriv::numeric::partial(norm, &mut x, 1).value - 0.8).abs() < 1e-11);
/// ```
pub fn partial(mut f: impl FnMut(&[f64]) -> f64, x: &mut [f64], i: usize) -> Estimate {
    let center = x[i];
    let slope = derivative(
        |moved| {
            x[i] = moved;
            f(x)
        },
        center,
    );
    x[i] = center;
    slope
}

/// The gradient of `f` at `x`.
///
/// ```
/// let product = |[x, y]: [f64; 2]| x * y;
/// let [by_x, by_y] = deriv::numeric::gradient(product, [2.0, 3.0]);
/// assert!((by_x.value - 3.0).abs() < 1e-11 && (by_y.value - 2.0).abs() < 1e-11);
/// ```
pub fn gradient<const N: usize>(mut f: impl FnMut([f64; N]) -> f64, x: [f64; N]) -> [Estimate; N] {
    core::array::from_fn(|i| {
        let moved = |to| {
            let mut at = x;
            at[i] = to;
            f(at)
        };
        derivative(moved, x[i])
    })
}

/// The second derivatives of `f` at `x`, by second differences: nine or ten digits of a smooth
/// function.
///
/// ```
/// let f = |[x, y]: [f64; 2]| x * x * y;
/// let [[xx, xy], [yx, yy]] = deriv::numeric::hessian(f, [2.0, 3.0]);
/// assert!((xx.value - 6.0).abs() < 1e-8 && yy.value.abs() < 1e-8);
/// assert!((xy.value - 4.0).abs() < 1e-8 && xy == yx);
/// ```
pub fn hessian<const N: usize>(mut f: impl FnMut([f64; N]) -> f64, x: [f64; N]) -> [[Estimate; N]; N] {
    let mut entries = [[Estimate::UNKNOWN; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let entry = over_scales(x[i].abs().max(x[j].abs()), |step| {
                extrapolate(step, |h| {
                    let mut at = |a: f64, b: f64| {
                        let mut at = x;
                        at[i] += a * h;
                        at[j] += b * h;
                        f(at)
                    };
                    let corners = [at(1.0, 1.0), at(1.0, -1.0), at(-1.0, 1.0), at(-1.0, -1.0)];
                    let [a, b, c, d] = corners;
                    let largest = corners.iter().fold(0.0_f64, |most, corner| most.max(corner.abs()));
                    ((a - b - c + d) / (4.0 * h * h), f64::EPSILON * largest / (h * h))
                })
            });
            entries[i][j] = entry;
            entries[j][i] = entry;
        }
    }
    entries
}

/// Steps that suit functions whose length scale is 1 or `x`, whichever gives the better estimate.
fn over_scales(x: f64, mut estimate: impl FnMut(f64) -> Estimate) -> Estimate {
    let wide = estimate(0.25 * x.abs().max(1.0));
    if x == 0.0 || x.abs() >= 1.0 { wide } else { wide.or_better(|| estimate(0.25 * x.abs())) }
}

/// The derivative of `f` at 0, where `f(t)` rounds numbers of size `reach` to `epsilon`.
pub(crate) fn first(mut f: impl FnMut(f64) -> f64, step: f64, reach: f64, epsilon: f64) -> Estimate {
    extrapolate(step, |h| {
        let (above, below) = (f(h), f(-h));
        let slope = (above - below) / (2.0 * h);
        // Both values are rounded, and so is where they are computed.
        let rounded = above.abs() + below.abs() + slope.abs() * (reach + h);
        (slope, epsilon * rounded / h)
    })
}

/// The limit, for a step that goes to zero, of `quotient`, which is even in its step and comes with a
/// bound of what rounding does to it. `step` is the first one.
fn extrapolate(mut step: f64, mut quotient: impl FnMut(f64) -> (f64, f64)) -> Estimate {
    const ROWS: usize = 20;
    const ORDERS: usize = 6;
    let mut best = Estimate::UNKNOWN;
    // NaN stands for what is not known: nothing is better than the best with it.
    let mut previous = [f64::NAN; ORDERS];
    for _ in 0..ROWS {
        let mut current = [f64::NAN; ORDERS];
        let (plain, noise) = quotient(step);
        current[0] = plain;
        let mut weight = 1.0;
        for order in 1..ORDERS {
            weight *= 4.0;
            let (fine, coarse) = (current[order - 1], previous[order - 1]);
            current[order] = fine + (fine - coarse) / (weight - 1.0);
            let spread = (current[order] - fine).abs() + (current[order] - coarse).abs();
            let error = spread + 2.0 * noise;
            if error < best.error {
                best = Estimate { value: current[order], error };
            }
        }
        previous = current;
        step *= 0.5;
    }
    best
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    #[track_caller]
    fn close(estimate: Estimate, exact: f64, digits: i32) {
        let error = (estimate.value - exact).abs();
        let bound = 10.0_f64.powi(-digits) * exact.abs().max(1.0);
        assert!(error <= bound, "{estimate} is not {exact}");
        assert!(error <= 4.0 * estimate.error + 1e-15, "{estimate} is {error:e} from {exact}");
    }

    #[test]
    fn smooth_functions() {
        for x in [-3.0, -0.5, 0.0, 1e-3, 0.7, 2.0, 11.0] {
            close(derivative(f64::exp, x), x.exp(), 11);
            close(derivative(f64::sin, x), x.cos(), 11);
            close(derivative(|x| x * x * x, x), 3.0 * x * x, 11);
            close(derivative(|x: f64| (1.0 + x * x).recip(), x), -2.0 * x / (1.0 + x * x).powi(2), 11);
        }
    }

    #[test]
    fn near_the_edge_of_a_domain() {
        for x in [1e-9_f64, 1e-4, 0.01, 0.3, 50.0] {
            let slope = derivative(f64::ln, x);
            assert!((slope.value * x - 1.0).abs() < 1e-9, "{slope} at {x}");
        }
        assert_eq!(derivative(f64::ln, -1.0).error, f64::INFINITY);
    }

    #[test]
    fn kinks_and_jumps_beside_the_point() {
        close(derivative(f64::abs, 0.01), 1.0, 11);
        close(derivative(f64::abs, -1e-4), -1.0, 10);
        close(derivative(f64::floor, 1.01), 0.0, 11);
    }

    #[test]
    fn several_variables() {
        let f = |[x, y, z]: [f64; 3]| x.sin() * y + (y * z).exp();
        let [x, y, z] = [0.4_f64, -0.3, 1.2];
        let e = (y * z).exp();
        let found = gradient(f, [x, y, z]);
        for (found, exact) in found.into_iter().zip([x.cos() * y, x.sin() + z * e, y * e]) {
            close(found, exact, 11);
        }
        let exact = [
            [-x.sin() * y, x.cos(), 0.0],
            [x.cos(), z * z * e, e * (1.0 + y * z)],
            [0.0, e * (1.0 + y * z), y * y * e],
        ];
        for (found, exact) in hessian(f, [x, y, z]).into_iter().flatten().zip(exact.into_iter().flatten()) {
            close(found, exact, 8);
        }
    }

    #[test]
    fn slices_are_restored() {
        let mut x = [0.1, 0.2, 0.3];
        close(partial(|x| x[0] * x[1] * x[2], &mut x, 2), 0.02, 11);
        assert_eq!(x, [0.1, 0.2, 0.3]);
    }
}
