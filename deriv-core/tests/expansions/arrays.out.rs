/// ```text
/// ∂norm/∂x[0] = x[0]/√(x[0]² + x[1]² + x[2]²)
/// ∂norm/∂x[1] = x[1]/√(x[0]² + x[1]² + x[2]²)
/// ∂norm/∂x[2] = x[2]/√(x[0]² + x[1]² + x[2]²)
/// ```
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn norm_prime(x: &[f64; 3]) -> [f64; 3] {
    let sqrt = ::core::primitive::f64::sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
    let t = 1.0 / sqrt;
    [x[0] * t, x[1] * t, x[2] * t]
}
/// `norm` and the cotangents of x for the given seed.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn norm_vjp(x: &[f64; 3], seed: f64) -> (f64, [f64; 3]) {
    let sqrt = ::core::primitive::f64::sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
    let t = seed / sqrt;
    (sqrt, [x[0] * t, x[1] * t, x[2] * t])
}

/// ```text
/// ∂mixed₀/∂k = m[0][0]
/// ∂mixed₀/∂m[0][0] = k
/// ∂mixed₀/∂m[0][1] = 0
/// ∂mixed₀/∂m[1][0] = 0
/// ∂mixed₀/∂m[1][1] = 0
/// ∂mixed₁/∂k = 0
/// ∂mixed₁/∂m[0][0] = 0
/// ∂mixed₁/∂m[0][1] = m[1][0]
/// ∂mixed₁/∂m[1][0] = m[0][1]
/// ∂mixed₁/∂m[1][1] = 0
/// ```
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn mixed_prime(k: f64, m: [[f64; 2]; 2]) -> ([f64; 2], [[[f64; 2]; 2]; 2]) {
    assert!(m[0] [0] > 0.0, "{m:?}");
    ([m[0][0], 0.0], [[[k, 0.0], [0.0, 0.0]], [[0.0, m[1][0]], [m[0][1], 0.0]]])
}
/// `mixed` and its derivative along the given tangents of k, m.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn mixed_jvp(
    k: f64,
    m: [[f64; 2]; 2],
    k_dot: f64,
    m_dot: [[f64; 2]; 2],
) -> ([f64; 2], [f64; 2]) {
    assert!(m[0] [0] > 0.0, "{m:?}");
    (
        [k * m[0][0], m[0][1] * m[1][0]],
        [
            k * m_dot[0][0] + m[0][0] * k_dot,
            m[0][1] * m_dot[1][0] + m[1][0] * m_dot[0][1],
        ],
    )
}

