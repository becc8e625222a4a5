/// ```text
/// ∂huber/∂x = x                                  if |x| ≤ delta
///           = (delta·signum(x) if x ≠ 0 else 0)  otherwise
/// ∂huber/∂delta = 0            if |x| ≤ delta
///               = |x| - delta  otherwise
/// ```
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn huber_prime(x: f64, delta: f64) -> [f64; 2] {
    let abs = ::core::primitive::f64::abs(x);
    let (dot, dot_2) = if abs <= delta {
        (x, 0.0)
    } else {
        let t = if x != 0.0 { delta * ::core::primitive::f64::signum(x) } else { 0.0 };
        (t, abs - delta)
    };
    [dot, dot_2]
}
/// `huber` and its derivative by x, delta, in one pass.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn huber_value_and_prime(x: f64, delta: f64) -> (f64, [f64; 2]) {
    let abs = ::core::primitive::f64::abs(x);
    let (y, dot, dot_2) = if abs <= delta {
        (0.5 * x * x, x, 0.0)
    } else {
        let t = if x != 0.0 { delta * ::core::primitive::f64::signum(x) } else { 0.0 };
        (delta * (abs - 0.5 * delta), t, abs - delta)
    };
    (y, [dot, dot_2])
}

/// ```text
/// tax'(income) = 0                    if income < 10000
///              = 0.30000000000000004  if income > 50000
///              = 0.2                  otherwise
/// ```
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn tax_prime(income: f64) -> f64 {
    if income < 10000.0 {
        0.0
    } else if income > 50000.0 {
        0.30000000000000004
    } else {
        0.2
    }
}

/// The derivative of `pick` by x.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn pick_prime(x: f64, n: u8) -> f64 {
    match n {
        0 => 0.0,
        1 | 2 => 1.0,
        n if x > 0.0 => {
            let n_2 = n as f64;
            n_2 / (2.0 * ::core::primitive::f64::sqrt(x))
        }
        _ => 2.0 * x,
    }
}

/// ```text
/// ∂safe/∂x = y/(2·√x)  if x > 0
///          = 0         otherwise
/// ∂safe/∂y = √x  if x > 0
///          = 1   otherwise
/// ```
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn safe_prime(x: f64, y: f64) -> [f64; 2] {
    let (partial, partial_2) = if x > 0.0 {
        let root = ::core::primitive::f64::sqrt(x);
        (y / (2.0 * root), root)
    } else {
        (0.0, 1.0)
    };
    [partial, partial_2]
}

/// ```text
/// ∂limited/∂x = ((1 if max(x, y) ≠ y else 0) if max(x, y) < 1 else 0) + (1 if x ≥ -1 and x ≤ 1 else 0)
/// ∂limited/∂y = ((0 if max(x, y) ≠ y else 1) if max(x, y) < 1 else 0)
/// ```
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn limited_prime(x: f64, y: f64) -> [f64; 2] {
    let max = ::core::primitive::f64::max(x, y);
    let t = max != y;
    let t_2 = if t { 1.0 } else { 0.0 };
    let t_3 = if t { 0.0 } else { 1.0 };
    let t_4 = max < 1.0;
    let t_5 = if t_4 { t_2 } else { 0.0 };
    let t_6 = if t_4 { t_3 } else { 0.0 };
    let t_7 = if x >= -1.0 && x <= 1.0 { 1.0 } else { 0.0 };
    [t_5 + t_7, t_6]
}

