/// ```text
/// ∂rosenbrock/∂x = 400·x³ - 400·x·y + 2·x - 2
/// ∂rosenbrock/∂y = 200·(y - x²)
/// ```
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
pub fn rosenbrock_prime(x: f64, y: f64) -> [f64; 2] {
    let b = y - x * x;
    [x * (2.0 - 400.0 * b) - 2.0, 200.0 * b]
}
/// `rosenbrock` and its derivative by x, y, in one pass.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
pub fn rosenbrock_value_and_prime(x: f64, y: f64) -> (f64, [f64; 2]) {
    let a = 1.0 - x;
    let b = y - x * x;
    (a * a + 100.0 * b * b, [-400.0 * x * b - 2.0 * a, 200.0 * b])
}
/// The second derivatives of `rosenbrock` by x, y.
///
/// ```text
/// ∂²rosenbrock/∂x∂x = 1200·x² - 400·y + 2
/// ∂²rosenbrock/∂x∂y = -400·x
/// ∂²rosenbrock/∂y∂x = -400·x
/// ∂²rosenbrock/∂y∂y = 200
/// ```
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
pub fn rosenbrock_hessian(x: f64, y: f64) -> [[f64; 2]; 2] {
    let t = -400.0 * x;
    [[1200.0 * (x * x) - 400.0 * y + 2.0, t], [t, 200.0]]
}
/// `rosenbrock` and its derivative along the given tangents of x, y.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
pub fn rosenbrock_jvp(x: f64, y: f64, x_dot: f64, y_dot: f64) -> (f64, f64) {
    let a = 1.0 - x;
    let b = y - x * x;
    let t = 100.0 * b;
    (a * a + t * b, 2.0 * (t * (y_dot - 2.0 * x * x_dot) - x_dot * a))
}
/// `rosenbrock` and the cotangents of x, y for the given seed.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
pub fn rosenbrock_vjp(x: f64, y: f64, seed: f64) -> (f64, [f64; 2]) {
    let a = 1.0 - x;
    let b = y - x * x;
    let t = 100.0 * b;
    let t_2 = seed * (t + t);
    (a * a + t * b, [-2.0 * (seed * a + x * t_2), t_2])
}
/// The Hessian of `rosenbrock` by x, y, times the given tangents.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
pub fn rosenbrock_hvp(x: f64, y: f64, x_dot: f64, y_dot: f64) -> [f64; 2] {
    let t = 400.0 * x;
    [x_dot * (1200.0 * (x * x) - 400.0 * y + 2.0) - t * y_dot, 200.0 * y_dot - t * x_dot]
}

/// ```text
/// ∂polar₀/∂r = cos(theta)
/// ∂polar₀/∂theta = -r·sin(theta)
/// ∂polar₁/∂r = sin(theta)
/// ∂polar₁/∂theta = r·cos(theta)
/// ```
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn polar_prime(r: f64, theta: f64) -> ([f64; 2], [f64; 2]) {
    let (s, c) = ::core::primitive::f64::sin_cos(theta);
    ([c, -(r * s)], [s, r * c])
}
/// `polar` and its derivative along the given tangents of r, theta.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn polar_jvp(
    r: f64,
    theta: f64,
    r_dot: f64,
    theta_dot: f64,
) -> ((f64, f64), (f64, f64)) {
    let (s, c) = ::core::primitive::f64::sin_cos(theta);
    let t = r * c;
    let t_2 = r * s;
    ((t, t_2), (r_dot * c - theta_dot * t_2, theta_dot * t + r_dot * s))
}
/// `polar` and the cotangents of r, theta for the given seed.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn polar_vjp(r: f64, theta: f64, seed: (f64, f64)) -> ((f64, f64), [f64; 2]) {
    let (s, c) = ::core::primitive::f64::sin_cos(theta);
    ((r * c, r * s), [seed.1 * s + seed.0 * c, r * (seed.1 * c - seed.0 * s)])
}

/// cubic'(x) = 3·x²
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
const fn cubic_prime(x: f64) -> f64 {
    3.0 * (x * x)
}

