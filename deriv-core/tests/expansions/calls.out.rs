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

/// The derivative of `halves` by x.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn halves_prime(x: &[f64], x_prime: &mut [f64]) {
    ::core::assert!(
        x_prime.len() == x.len(), "`x_prime` has {} elements where {} are needed",
        x_prime.len(), x.len()
    );
    let x_in = x;
    let len = x.len();
    <[_]>::fill(&mut x_prime[..], 0.0);
    match x_in {
        [x] => {
            let x_2 = x_in[0];
            x_prime[0] += ::core::primitive::f64::cos(x_2);
        }
        _ => {
            let len_2 = x.len() / 2;
            let y_halves = __halves_vjp_onto(
                &x_in[0..len_2],
                1.0,
                &mut x_prime[0..len_2],
            );
            let t = ::core::primitive::usize::wrapping_sub(len, len_2);
            let t_2 = len_2 + t;
            let y_halves_2 = __halves_vjp_onto(
                &x_in[len_2..t_2],
                1.0,
                &mut x_prime[len_2..t_2],
            );
        }
    }
}
/// `halves` and the cotangents of x for the given seed.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn halves_vjp(x: &[f64], seed: f64, x_bar: &mut [f64]) -> f64 {
    ::core::assert!(
        x_bar.len() == x.len(), "`x_bar` has {} elements where {} are needed", x_bar
        .len(), x.len()
    );
    let x_in = x;
    let len = x.len();
    <[_]>::fill(&mut x_bar[..], 0.0);
    match x_in {
        [x] => {
            let x_2 = x_in[0];
            let (sin, cos) = ::core::primitive::f64::sin_cos(x_2);
            x_bar[0] += seed * cos;
            sin
        }
        _ => {
            let len_2 = x.len() / 2;
            let y_halves = __halves_vjp_onto(
                &x_in[0..len_2],
                seed,
                &mut x_bar[0..len_2],
            );
            let t = ::core::primitive::usize::wrapping_sub(len, len_2);
            let t_2 = len_2 + t;
            let y_halves_2 = __halves_vjp_onto(
                &x_in[len_2..t_2],
                seed,
                &mut x_bar[len_2..t_2],
            );
            y_halves + y_halves_2
        }
    }
}
#[doc(hidden)]
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn __halves_vjp_onto(x: &[f64], seed: f64, x_bar: &mut [f64]) -> f64 {
    ::core::assert!(
        x_bar.len() == x.len(), "`x_bar` has {} elements where {} are needed", x_bar
        .len(), x.len()
    );
    let x_in = x;
    let len = x.len();
    match x_in {
        [x] => {
            let x_2 = x_in[0];
            let (sin, cos) = ::core::primitive::f64::sin_cos(x_2);
            x_bar[0] += seed * cos;
            sin
        }
        _ => {
            let len_2 = x.len() / 2;
            let y_halves = __halves_vjp_onto(
                &x_in[0..len_2],
                seed,
                &mut x_bar[0..len_2],
            );
            let t = ::core::primitive::usize::wrapping_sub(len, len_2);
            let t_2 = len_2 + t;
            let y_halves_2 = __halves_vjp_onto(
                &x_in[len_2..t_2],
                seed,
                &mut x_bar[len_2..t_2],
            );
            y_halves + y_halves_2
        }
    }
}

