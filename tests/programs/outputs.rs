//! Functions that write their results into parameters.

use crate::check::{map, spread};
use deriv::derive_fn;

/// A function with an input and an output, both slices: `f`, `f_jvp`, `f_vjp`.
#[track_caller]
fn written(
    points: &[&[f64]],
    results: usize,
    f: impl Fn(&[f64], &mut [f64]),
    jvp: impl Fn(&[f64], &mut [f64], &[f64], &mut [f64]),
    vjp: impl Fn(&[f64], &mut [f64], &mut [f64], &mut [f64]),
) {
    let value = |x: &[f64]| {
        let mut out = vec![5.0; results];
        f(x, &mut out);
        out
    };
    map(
        points,
        value,
        |x, v| {
            // What was in an output that is only written does not matter, nor what goes with it.
            let (mut out, mut out_dot) = (vec![-3.0; results], vec![8.0; results]);
            jvp(x, &mut out, v, &mut out_dot);
            (out, out_dot)
        },
        |x, s| {
            let (mut out, mut out_bar, mut bar) = (vec![-3.0; results], s.to_vec(), vec![7.0; x.len()]);
            vjp(x, &mut out, &mut out_bar, &mut bar);
            // It was overwritten: what it held before had no part in it.
            assert_eq!(out_bar, vec![0.0; results]);
            (value(x), bar)
        },
    );
}

/// A function that works in place: `f`, `f_jvp`, `f_vjp`.
#[track_caller]
fn in_place(
    points: &[&[f64]],
    f: impl Fn(&mut [f64]),
    jvp: impl Fn(&mut [f64], &mut [f64]),
    vjp: impl Fn(&mut [f64], &mut [f64]),
) {
    let value = |x: &[f64]| {
        let mut out = x.to_vec();
        f(&mut out);
        out
    };
    map(
        points,
        value,
        |x, v| {
            let (mut out, mut out_dot) = (x.to_vec(), v.to_vec());
            jvp(&mut out, &mut out_dot);
            (out, out_dot)
        },
        |x, s| {
            let (mut out, mut bar) = (x.to_vec(), s.to_vec());
            vjp(&mut out, &mut bar);
            (value(x), bar)
        },
    );
}

#[derive_fn(jvp, vjp)]
fn convolution(x: &[f64], out: &mut [f64]) {
    const KERNEL: [f64; 3] = [0.25, 0.5, -0.3];
    for i in 0..out.len() {
        let mut sum = 0.0;
        for k in 0..KERNEL.len() {
            sum += KERNEL[k] * x[i + k];
        }
        out[i] = sum * sum;
    }
}

#[test]
fn written_once() {
    written(&[&spread(6, 1)], 4, convolution, convolution_jvp, convolution_vjp);
}

/// Zeroed first, then added to in an order that a table tells.
#[derive_fn(jvp, vjp)]
fn scattered(x: &[f64], out: &mut [f64]) {
    out.fill(0.0);
    for (i, x) in x.iter().enumerate() {
        out[(3 * i) % 4] += x.exp();
        out[i % 2] += 0.5 * x * x;
    }
}

#[test]
fn added_to() {
    written(&[&spread(6, 1)], 4, scattered, scattered_jvp, scattered_vjp);
}

/// Zipped with the output.
#[derive_fn(jvp, vjp)]
fn differences(x: &[f64], out: &mut [f64]) {
    for (out, w) in out.iter_mut().zip(x.windows(2)) {
        *out = (w[1] - w[0]).tanh();
    }
}

#[test]
fn zipped_with_windows() {
    written(&[&spread(5, 2)], 4, differences, differences_jvp, differences_vjp);
}

#[derive_fn(jvp, vjp)]
fn softmax(x: &mut [f64]) {
    let largest = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for x in x.iter_mut() {
        *x = (*x - largest).exp();
        sum += *x;
    }
    for x in x.iter_mut() {
        *x /= sum;
    }
}

#[test]
fn softmax_in_place() {
    in_place(&[&[0.4], &spread(4, 3)], softmax, softmax_jvp, softmax_vjp);
}

/// Gauss and Seidel's method: every cell reads what the one before has just become.
#[derive_fn(jvp, vjp)]
fn relaxation(x: &mut [f64]) {
    let n = x.len();
    for _ in 0..3 {
        for i in 1..n - 1 {
            x[i] = 0.5 * (x[i - 1] + x[i + 1]) + 0.1 * x[i] * x[i];
        }
    }
}

#[test]
fn gauss_seidel() {
    in_place(&[&spread(5, 4)], relaxation, relaxation_jvp, relaxation_vjp);
}

/// Elements change places, and one of them its value.
#[derive_fn(jvp, vjp)]
fn butterflies(x: &mut [f64]) {
    let n = x.len();
    let mut width = 1;
    while width < n {
        for start in (0..n).step_by(2 * width) {
            for i in start..start + width {
                let (a, b) = (x[i], x[i + width]);
                x[i] = a + b;
                x[i + width] = (a - b) * 0.7;
            }
        }
        width *= 2;
    }
    x.swap(0, n - 1);
    x[1] *= x[0];
}

#[test]
fn fast_transform() {
    in_place(&[&spread(8, 4)], butterflies, butterflies_jvp, butterflies_vjp);
}

/// An output that is an array, and a number as result beside it.
#[derive_fn(jvp, vjp)]
fn residuals(p: [f64; 2], out: &mut [f64; 3]) -> f64 {
    let mut sum = 0.0;
    for i in 0..3 {
        let r = p[0] * (p[1] * i as f64).exp() - 1.0;
        out[i] = r;
        sum += r * r;
    }
    sum
}

#[test]
fn output_and_result() {
    map(
        &[&[0.5, 0.3]],
        |x| {
            let mut out = [0.0; 3];
            let sum = residuals([x[0], x[1]], &mut out);
            vec![sum, out[0], out[1], out[2]]
        },
        |x, v| {
            let (mut out, mut dot) = ([4.0; 3], [5.0; 3]);
            let (sum, tangent) = residuals_jvp([x[0], x[1]], &mut out, [v[0], v[1]], &mut dot);
            (vec![sum, out[0], out[1], out[2]], vec![tangent, dot[0], dot[1], dot[2]])
        },
        |x, s| {
            let (mut out, mut out_bar) = ([4.0; 3], [s[1], s[2], s[3]]);
            let (sum, bar) = residuals_vjp([x[0], x[1]], &mut out, s[0], &mut out_bar);
            assert_eq!(out_bar, [0.0; 3]);
            let mut fresh = [0.0; 3];
            residuals([x[0], x[1]], &mut fresh);
            (vec![sum, fresh[0], fresh[1], fresh[2]], bar.to_vec())
        },
    );
}

/// Two outputs of which one is an accumulator that the caller keeps.
#[derive_fn(jvp, vjp)]
fn accumulate(x: &[f64], sums: &mut [f64], squares: &mut [f64]) {
    for i in 0..x.len() {
        sums[i] += x[i].sin();
        squares[i] = sums[i] * sums[i];
    }
}

#[test]
fn kept_between_calls() {
    map(
        // The slice, then the sums so far.
        &[&[0.5, 0.3, -0.2, 1.0]],
        |p| {
            let (mut sums, mut squares) = (p[2..].to_vec(), vec![0.0; 2]);
            accumulate(&p[..2], &mut sums, &mut squares);
            [sums, squares].concat()
        },
        |p, v| {
            let (mut sums, mut squares) = (p[2..].to_vec(), vec![0.0; 2]);
            let (mut sums_dot, mut squares_dot) = (v[2..].to_vec(), vec![9.0; 2]);
            accumulate_jvp(&p[..2], &mut sums, &mut squares, &v[..2], &mut sums_dot, &mut squares_dot);
            ([sums, squares].concat(), [sums_dot, squares_dot].concat())
        },
        |p, s| {
            let (mut sums, mut squares) = (p[2..].to_vec(), vec![0.0; 2]);
            accumulate(&p[..2], &mut sums, &mut squares);
            let value = [sums, squares].concat();
            let (mut sums, mut squares) = (p[2..].to_vec(), vec![0.0; 2]);
            let (mut sums_bar, mut squares_bar) = (s[..2].to_vec(), s[2..].to_vec());
            let mut bar = vec![7.0; 2];
            accumulate_vjp(&p[..2], &mut sums, &mut squares, &mut sums_bar, &mut squares_bar, &mut bar);
            bar.extend(sums_bar);
            (value, bar)
        },
    );
}
