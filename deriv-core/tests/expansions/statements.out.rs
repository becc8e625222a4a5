/// reassigned'(x) = 2·x·(cos(x²) + 1)
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn reassigned_prime(x: f64) -> f64 {
    let a = x * x;
    2.0 * x * (::core::primitive::f64::cos(a) + 1.0)
}

/// closures'(x) = -4·scale²·exp(-4·x) - scale·exp(-x)
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn closures_prime(x: f64, k: i32) -> f64 {
    fn square(u: f64) -> f64 {
        u * u
    }
    let scale = k as f64;
    -4.0 * (scale * scale) * ::core::primitive::f64::exp(-4.0 * x)
        - scale * ::core::primitive::f64::exp(-x)
}

/// observed'(x) = 2·ln(x)/x
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn observed_prime(x: f64) -> f64 {
    let y_2 = ::core::primitive::f64::ln(x);
    {
        let y = y_2;
        assert!(y.is_finite(), "ln({x}) is {y}");
    }
    2.0 * y_2 / x
}

