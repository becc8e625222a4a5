/// ```text
/// ∂outer/∂x = y·other(x, y, 3)·inner′(x·y) + inner(x·y)·other′(x, y, 3)[0]
/// ∂outer/∂y = x·other(x, y, 3)·inner′(x·y) + inner(x·y)·other′(x, y, 3)[1]
/// ```
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn outer_prime(x: f64, y: f64) -> [f64; 2] {
    let t = x * y;
    let y_inner = inner(t);
    let d_other: [_; 2] = other_prime(x, y, 3);
    let t_2 = other(x, y, 3) * inner_prime(t);
    [
        (y * t_2 + y_inner * d_other[0]) as ::core::primitive::f64,
        (x * t_2 + y_inner * d_other[1]) as ::core::primitive::f64,
    ]
}
/// `outer` and its derivative by x, y, in one pass.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn outer_value_and_prime(x: f64, y: f64) -> (f64, [f64; 2]) {
    let t = x * y;
    let y_inner = inner(t);
    let y_other = other(x, y, 3);
    let d_other: [_; 2] = other_prime(x, y, 3);
    let t_2 = y_other * inner_prime(t);
    (
        y_inner * y_other,
        [
            (y * t_2 + y_inner * d_other[0]) as ::core::primitive::f64,
            (x * t_2 + y_inner * d_other[1]) as ::core::primitive::f64,
        ],
    )
}

/// nested'(x) = inner′(x)·inner′(inner(x))
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn nested_prime(x: f64) -> f64 {
    inner_prime(x) * inner_prime(inner(x))
}
/// The derivative of order 2 of `nested`.
///
/// nested''(x) = inner′(x)²·inner′′(inner(x)) + inner′(inner(x))·inner′′(x)
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn nested_prime2(x: f64) -> f64 {
    let y_inner = inner(x);
    let d_inner = inner_prime(x);
    d_inner * d_inner * inner_prime2(y_inner) + inner_prime(y_inner) * inner_prime2(x)
}

/// given'(x) = x·erfc′(x) + erfc(x)
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn given_prime(x: f64) -> f64 {
    x * minus_bell(x) + erfc(x)
}

