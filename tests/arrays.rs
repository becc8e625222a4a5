//! Arrays as variables: the shapes that the README's table promises, and their values, by the emitted
//! tests against numeric derivatives.
#![allow(dead_code, clippy::style, clippy::complexity, clippy::perf, reason = "the styles are the people's")]

use deriv::derive_fn;

const LOW: f64 = 0.25;

#[derive_fn(value_and_prime, hessian, jvp, vjp, hvp, test(x in LOW..2.0))]
fn norm(x: [f64; 3]) -> f64 {
    (x[0] * x[0] + x[1] * x[1] + x[2] * x[2]).sqrt()
}

#[derive_fn(value_and_prime, hessian, jvp, vjp, hvp, test(a in -1.0..1.0, x in 0.5..1.5, m in -1.0..1.0, s in 0.0..1.0))]
fn mixed(a: f64, x: &[f64; 2], m: [[f64; 2]; 2], s: &f64) -> f64 {
    let [u, v] = *x;
    assert!(x[0] > 0.0, "{x:?}");
    a * (m[0][0] * u + m[0][1] * v).sin() + m[1][0] * s + m[1][1] * u * v
}

#[derive_fn(value_and_prime, jvp, vjp, hvp, test(p in 0.1..2.0, k in 1.0..2.0))]
fn polar(p: [f64; 2], k: f64) -> ([f64; 2], f64) {
    ([k * p[0] * p[1].cos(), p[0] * p[1].sin()], k * p[0])
}

#[derive_fn(value_and_prime, jvp, vjp, hvp, test(x in 0.1..2.0))]
fn rotated(x: &[f64; 3]) -> [f64; 2] {
    [x[0] * x[1].cos() - x[2], x[0] * x[1].sin() * x[2]]
}

#[derive_fn(value_and_prime, jvp, vjp, hvp, test(x in 0.1..2.0, y in 0.1..2.0))]
fn oblong(x: f64, y: f64) -> [[f64; 2]; 3] {
    let row = |a: f64| [a * x, y.sin()];
    [row(x), [y, 1.0], row(2.0)]
}

#[derive_fn(value_and_prime, hessian, jvp, vjp, hvp, test(m in -2.0..2.0))]
fn determinant(m: &[[f64; 2]; 2]) -> f64 {
    m[0][0] * m[1][1] - m[0][1] * m[1][0]
}

#[derive_fn(value_and_prime, hessian, jvp, vjp, hvp, test(x in 0.5..2.0))]
fn single(x: [f32; 1]) -> f32 {
    x[0].ln() * x[0]
}

#[derive_fn(value_and_prime, jvp, vjp, hvp, test(x in 0.5..2.0, y in 0.5..2.0))]
fn of_two_types(x: [f32; 2], y: f64) -> f64 {
    f64::from(x[0]) * 0.0 + x[1] as f64 * y * y
}

#[derive_fn(value_and_prime, hessian, vjp, wrt(w), test(x in -1.0..1.0, w in -1.0..1.0))]
fn neuron(x: [f64; 2], w: [f64; 3]) -> f64 {
    (w[0] * x[0] + w[1] * x[1] + w[2]).tanh()
}

#[derive_fn(value_and_prime, hessian, jvp, vjp, hvp, test(x in -2.0..2.0))]
fn branches(x: [f64; 2]) -> f64 {
    let [a, b] = x;
    if a > b {
        return a * b;
    }
    let swap = |[a, b]: [f64; 2]| [b, a];
    let y = swap(x);
    match a < 0.0 {
        true => y[0].exp() * y[1],
        false => y[0] - y[1] * y[1],
    }
}

/// Passive code that looks at the whole array, below a passive variable of the same name.
#[derive_fn(value_and_prime, jvp, vjp, hvp, test(x in 0.5..2.0))]
fn looked_at(x: &[f64; 2]) -> f64 {
    let first = x[0];
    assert!(x.iter().all(|x| *x > 0.0), "{x:?}");
    let y = x;
    let x = 3;
    debug_assert_eq!(y.len() + 1, x);
    first * first * y[1]
}

#[derive_fn(value_and_prime, vjp, test(x in 0.5..2.0))]
fn given_back(x: [f64; 2]) -> [f64; 2] {
    x
}

#[derive_fn(jvp, vjp)]
const fn constant(x: [f64; 2], y: &[f64; 2]) -> f64 {
    x[0] * y[1] - x[1] * y[0]
}

#[derive_fn(jvp, vjp, hessian)]
fn unnamed(x: [f64; 2], _: &[f64; 2]) -> f64 {
    x[0] * x[1]
}

#[derive_fn(value_and_prime, hessian)]
fn no_numbers(x: f64, _none: [f64; 0]) -> f64 {
    x * x
}

#[test]
fn shapes() {
    let value: f64 = norm([2.0, 3.0, 6.0]);
    let prime: [f64; 3] = norm_prime([2.0, 3.0, 6.0]);
    assert_eq!((value, prime), (7.0, [2.0 / 7.0, 3.0 / 7.0, 6.0 / 7.0]));
    let hessian: [[f64; 3]; 3] = norm_hessian([2.0, 3.0, 6.0]);
    assert_eq!(hessian[0][1], hessian[1][0]);
    let tangents: (f64, f64) = norm_jvp([2.0, 3.0, 6.0], [7.0, 0.0, 0.0]);
    assert_eq!(tangents, (7.0, 2.0));

    let x = [1.0, 2.0];
    let m = [[0.0, 0.0], [1.0, 2.0]];
    let prime: (f64, [f64; 2], [[f64; 2]; 2], f64) = mixed_prime(3.0, &x, m, &5.0);
    assert_eq!(prime, (0.0, [4.0, 2.0], [[3.0, 6.0], [5.0, 2.0]], 1.0));
    let hessian: [[f64; 8]; 8] = mixed_hessian(3.0, &x, m, &5.0);
    assert_eq!(hessian[5][7], 1.0);
    let both: (f64, f64) = mixed_jvp(3.0, &x, m, &5.0, 0.0, &[1.0, 0.0], [[0.0; 2]; 2], &0.0);
    assert_eq!(both, (9.0, 4.0));
    let hvp: (f64, [f64; 2], [[f64; 2]; 2], f64) =
        mixed_hvp(3.0, &x, m, &5.0, 0.0, &[1.0, 0.0], [[0.0; 2]; 2], &1.0);
    assert_eq!(hvp, (0.0, [0.0, 2.0], [[3.0, 0.0], [1.0, 2.0]], 0.0));

    let prime: (([[f64; 2]; 2], [f64; 2]), ([f64; 2], f64)) = polar_prime([2.0, 0.0], 3.0);
    assert_eq!(prime, (([[3.0, 0.0], [0.0, 2.0]], [2.0, 0.0]), ([3.0, 0.0], 2.0)));
    let prime: [[[f64; 2]; 2]; 3] = oblong_prime(3.0, 0.0);
    assert_eq!(prime, [[[6.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 0.0]], [[2.0, 0.0], [0.0, 1.0]]]);
    let prime: [[f64; 3]; 2] = rotated_prime(&[2.0, 0.0, 5.0]);
    assert_eq!(prime, [[1.0, 0.0, -1.0], [0.0, 10.0, 0.0]]);
    let prime: [[f64; 2]; 2] = determinant_prime(&[[1.0, 2.0], [3.0, 4.0]]);
    assert_eq!(prime, [[4.0, -3.0], [-2.0, 1.0]]);
    let hessian: [[f64; 4]; 4] = determinant_hessian(&[[1.0, 2.0], [3.0, 4.0]]);
    assert_eq!(hessian, [[0., 0., 0., 1.], [0., 0., -1., 0.], [0., -1., 0., 0.], [1., 0., 0., 0.]]);
    let prime: [f32; 1] = single_prime([1.0]);
    assert_eq!((prime, single_hessian([1.0])), ([1.0], [[1.0_f32]]));
    // Rows have the result's type, cotangents the variables'.
    let prime: ([f64; 2], f64) = of_two_types_prime([1.0, 2.0], 3.0);
    let cotangents: (f64, ([f32; 2], f64)) = of_two_types_vjp([1.0, 2.0], 3.0, 1.0);
    assert_eq!((prime, cotangents), (([0.0, 9.0], 12.0), (18.0, ([0.0, 9.0], 12.0))));
    let prime: [f64; 3] = neuron_prime([1.0, 2.0], [0.0; 3]);
    assert_eq!(prime, [1.0, 2.0, 1.0]);
    const PRIME: ([f64; 2], [f64; 2]) = constant_prime([1.0, 2.0], &[3.0, 4.0]);
    assert_eq!(PRIME, ([4.0, -3.0], [-2.0, 1.0]));
    assert_eq!(unnamed_prime([1.0, 2.0], &[0.0; 2]), ([2.0, 1.0], [0.0, 0.0]));
    assert_eq!(unnamed_vjp([1.0, 2.0], &[0.0; 2], 1.0), (2.0, ([2.0, 1.0], [0.0, 0.0])));
    assert_eq!(no_numbers_prime(3.0, []), 6.0);
}

#[cfg(feature = "num-traits")]
mod generic {
    use deriv::derive_fn;
    use num_traits::Float;

    #[derive_fn(value_and_prime, hessian, jvp, vjp, hvp)]
    fn norm<T: Float>(x: &[T; 2], scale: T) -> T {
        scale * x[0].hypot(x[1])
    }

    struct Lens<T> {
        focus: T,
    }

    impl<T: Float> Lens<T> {
        #[derive_fn(jvp)]
        fn blur(&self, x: [T; 2]) -> T {
            x[0] * x[1] / self.focus
        }
    }

    #[test]
    fn values() {
        assert_eq!(norm_prime(&[3.0_f32, 4.0], 5.0), ([3.0, 4.0], 5.0));
        assert_eq!(norm_vjp(&[3.0, 4.0], 5.0, 2.0), (25.0, ([6.0, 8.0], 10.0)));
        assert_eq!(Lens { focus: 2.0 }.blur_prime([1.0, 4.0]), [2.0, 0.5]);
    }
}

#[derive_fn]
fn lengths(x: &[f64; 3], m: [[f64; 2]; 2]) -> f64 {
    let y = [x[0].sin(), x[1] * x[2]];
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] / x.len() as f64;
    }
    let n = m[0].len();
    sum + y[0] * y.len() as f64 + m[0][1] * n as f64
}

#[test]
fn lengths_of_arrays() {
    assert_eq!(lengths(&[0.0, 1.0, 2.0], [[1.0; 2]; 2]), 3.0);
    let (by_x, by_m) = lengths_prime(&[0.0, 1.0, 2.0], [[1.0; 2]; 2]);
    assert_eq!(by_x, [1.0 / 3.0 + 2.0, 1.0 / 3.0, 1.0 / 3.0]);
    assert_eq!(by_m, [[0.0, 2.0], [0.0, 0.0]]);
}
