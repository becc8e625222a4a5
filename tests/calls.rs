//! Calls of functions with arrays and slices, and of functions that return more than a number, against numeric
//! derivatives.
#![allow(dead_code, clippy::useless_vec)]
#![allow(clippy::needless_range_loop, clippy::many_single_char_names, reason = "the styles are the people's")]

#[path = "programs/check.rs"]
#[allow(dead_code)]
mod check;

use check::{array, curvature, map, slice, spread};
use deriv::derive_fn;

#[derive_fn(jvp, vjp, hvp)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `x` to the power of `y`, and its logarithm.
#[derive_fn(jvp, vjp, hvp)]
fn power(x: f64, y: f64) -> (f64, f64) {
    (x.powf(y), y * x.ln())
}

#[derive_fn(jvp, vjp, hvp, hessian)]
fn by_pattern(x: f64, y: f64) -> f64 {
    let (a, b) = power(x, y * x);
    a * b
}

#[derive_fn(jvp, vjp, hvp)]
fn by_field(x: f64, y: f64) -> f64 {
    let p = power(x, y);
    p.0 * p.1 + power(y, x).1
}

/// As a result.
#[derive_fn(jvp, vjp)]
fn passed_on(x: f64, y: f64) -> (f64, f64) {
    if x > y { power(x, y) } else { (y, x) }
}

/// Of one variable.
#[derive_fn(prime2)]
fn twice(x: f64) -> f64 {
    let (a, b) = power(x, 2.5);
    a / (1.0 + b * b) + dot(&[x, a][..], &[a, b][..])
}

fn product<const N: usize>(matrix: &[[f64; N]; N], v: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum()).collect()
}

#[test]
fn tuples() {
    let slope = (twice(0.7 + 1e-6) - twice(0.7 - 1e-6)) / 2e-6;
    check::close("prime", &[twice_prime(0.7)], &[slope]);
    curvature(&[&[0.7], &[1.6]], |x| vec![twice_prime(x[0])], |x, v| vec![twice_prime2(x[0]) * v[0]]);
    let points = [[0.7, 1.3], [2.0, 0.4]];
    let p = |x: [f64; 2]| by_pattern(x[0], x[1]);
    array(
        &points,
        p,
        |[x, y]| by_pattern_prime(x, y),
        |[x, y], [u, v]| by_pattern_jvp(x, y, u, v),
        |[x, y], s| by_pattern_vjp(x, y, s),
    );
    array(
        &points,
        |[x, y]| by_field(x, y),
        |[x, y]| by_field_prime(x, y),
        |[x, y], [u, v]| by_field_jvp(x, y, u, v),
        |[x, y], s| by_field_vjp(x, y, s),
    );
    for x in [[0.7, 1.3], [2.0, 0.4]] {
        map(
            &[&x],
            |x| {
                let (a, b) = passed_on(x[0], x[1]);
                vec![a, b]
            },
            |x, v| {
                let ((a, b), (c, d)) = passed_on_jvp(x[0], x[1], v[0], v[1]);
                (vec![a, b], vec![c, d])
            },
            |x, s| {
                let ((a, b), bars) = passed_on_vjp(x[0], x[1], (s[0], s[1]));
                (vec![a, b], bars.to_vec())
            },
        );
        curvature(
            &[&x],
            |x| by_pattern_prime(x[0], x[1]).to_vec(),
            |x, v| by_pattern_hvp(x[0], x[1], v[0], v[1]).to_vec(),
        );
        curvature(
            &[&x],
            |x| by_pattern_prime(x[0], x[1]).to_vec(),
            |x, v| product(&by_pattern_hessian(x[0], x[1]), v),
        );
        curvature(
            &[&x],
            |x| by_field_prime(x[0], x[1]).to_vec(),
            |x, v| by_field_hvp(x[0], x[1], v[0], v[1]).to_vec(),
        );
    }
}

#[derive_fn(jvp, vjp, hvp)]
fn normalized(v: [f64; 3]) -> [f64; 3] {
    let n = (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]).sqrt();
    [v[0] / n, v[1] / n, v[2] / n]
}

/// The elements by a pattern, by numbers and by an index; an array that is assigned, in a loop, and branches.
#[derive_fn(jvp, vjp, hvp, hessian)]
fn steps(v: [f64; 3], count: usize) -> f64 {
    let [a, b, c] = normalized(v);
    let n = normalized([a, b * b, c]);
    let mut u = normalized(v);
    for k in 0..count {
        u = normalized([u[0] + 0.1 * k as f64, u[1] * n[0], u[2]]);
    }
    let w: [f64; 3] = normalized(u);
    let w = if a > 0.5 { normalized(w) } else { w };
    let mut sum = a + n[2];
    for i in 0..3 {
        sum += w[i] * w[i] * (i + 1) as f64;
    }
    sum
}

/// Some numbers by reference, and one that is no variable.
#[derive_fn(jvp, vjp, hvp)]
fn mixed(a: &[f64; 2], scale: &f64, n: usize) -> f64 {
    (a[0] * scale).powi(n as i32) + a[1] / scale
}

#[derive_fn(jvp, vjp, hvp)]
fn references(a: &[f64; 2], s: f64) -> f64 {
    let pair = [a[1], s];
    mixed(a, &s, 3) * mixed(&pair, &a[0], 2) + mixed(&[s, 2.0], &1.5, 1)
}

#[test]
fn arrays() {
    let points = [[0.3, 0.8, -0.4], [1.3, 0.2, 0.5]];
    array(
        &points,
        |v| steps(v, 3),
        |v| steps_prime(v, 3),
        |v, d| steps_jvp(v, 3, d),
        |v, s| steps_vjp(v, 3, s),
    );
    array(
        &points,
        |[a, b, s]| references(&[a, b], s),
        |[a, b, s]| {
            let ([p, q], r) = references_prime(&[a, b], s);
            [p, q, r]
        },
        |[a, b, s], [u, v, w]| references_jvp(&[a, b], s, &[u, v], w),
        |[a, b, s], seed| {
            let (value, ([p, q], r)) = references_vjp(&[a, b], s, seed);
            (value, [p, q, r])
        },
    );
    for x in points {
        curvature(
            &[&x],
            |x| steps_prime([x[0], x[1], x[2]], 3).to_vec(),
            |x, v| steps_hvp([x[0], x[1], x[2]], 3, [v[0], v[1], v[2]]).to_vec(),
        );
        curvature(
            &[&x],
            |x| steps_prime([x[0], x[1], x[2]], 3).to_vec(),
            |x, v| product(&steps_hessian([x[0], x[1], x[2]], 3), v),
        );
        curvature(
            &[&x],
            |x| {
                let ([p, q], r) = references_prime(&[x[0], x[1]], x[2]);
                vec![p, q, r]
            },
            |x, v| {
                let ([p, q], r) = references_hvp(&[x[0], x[1]], x[2], &[v[0], v[1]], v[2]);
                vec![p, q, r]
            },
        );
    }
}

/// Slices of a variable, of a local list, of a constant, and an array as a slice.
#[derive_fn(jvp, vjp, hvp, wrt(x))]
fn slices(x: &[f64], data: &[f64]) -> f64 {
    let half = x.len() / 2;
    let mut list = vec![0.0; half];
    for i in 0..half {
        list[i] = x[i] * x[i + half];
    }
    let weights = [0.5, 0.25];
    let mut small = [0.0; 2];
    small[0] = x[0];
    small[1] = x[1] * x[1];
    dot(&x[..half], &x[half..2 * half]) * dot(&list, &data[..half])
        + dot(&small[..], &weights[..])
        + dot(data, data)
}

/// What is passed on changes afterwards, and in a loop.
#[derive_fn(jvp, vjp, hvp)]
fn overwritten(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let mut sum = 0.0;
    for k in 0..3 {
        let d = dot(&y, x);
        if d > 0.1 {
            sum += dot(&y, &y) * (k + 1) as f64;
        }
        y[0] = d * 0.5;
        y[1] += 0.1 * d;
    }
    sum * dot(&y, x)
}

#[test]
fn slices_and_lists() {
    let data = spread(4, 7);
    let points: &[&[f64]] = &[&spread(4, 3)];
    slice(
        points,
        |x| slices(x, &data),
        |x, out| slices_prime(x, &data, out),
        |x, v| slices_jvp(x, &data, v),
        |x, s, bar| slices_vjp(x, &data, s, bar),
    );
    curvature(
        points,
        |x| {
            let mut out = vec![1.0; 4];
            slices_prime(x, &data, &mut out);
            out
        },
        |x, v| {
            let mut out = vec![1.0; 4];
            slices_hvp(x, &data, v, &mut out);
            out
        },
    );
    let points: &[&[f64]] = &[&[0.5, 0.8, -0.3], &[-0.5, 0.1, 0.3]];
    slice(points, overwritten, overwritten_prime, overwritten_jvp, overwritten_vjp);
    curvature(
        points,
        |x| {
            let mut out = vec![1.0; 3];
            overwritten_prime(x, &mut out);
            out
        },
        |x, v| {
            let mut out = vec![1.0; 3];
            overwritten_hvp(x, v, &mut out);
            out
        },
    );
}

/// Writes one output, reads and writes the other, and returns a number.
#[derive_fn(jvp, vjp)]
fn advance(x: &[f64], total: &mut [f64; 2], out: &mut [f64]) -> f64 {
    for i in 0..x.len() {
        out[i] = x[i].sin() * total[0];
        total[1] += x[i] * x[i];
    }
    total[0] *= total[1];
    total[0]
}

#[derive_fn(jvp, vjp)]
fn negate(out: &mut [f64]) {
    for value in out.iter_mut() {
        *value = -*value * *value;
    }
}

/// A scratch buffer that was passive so far, with its calls in a loop, in branches, on parts.
#[derive_fn(jvp, vjp)]
fn buffers(x: &[f64], rounds: usize) -> f64 {
    let mut scratch = vec![0.0; x.len()];
    let mut total = [1.0, 0.5];
    let mut sum = 0.0;
    for k in 0..rounds {
        let value = advance(x, &mut total, &mut scratch);
        sum += value * scratch[k % 2];
        if value > 1.2 {
            negate(&mut scratch[1..]);
        } else {
            negate(&mut scratch);
        }
        sum += dot(&scratch, x);
    }
    sum + total[0]
}

#[derive_fn(jvp, vjp)]
fn in_place(x: &mut [f64], rounds: usize) {
    for _ in 0..rounds {
        negate(&mut *x);
        let (left, right) = x.split_at_mut(1);
        negate(&mut *left);
        negate(&mut *right);
    }
}

#[test]
fn outputs() {
    let points: &[&[f64]] = &[&[0.5, 0.8, -0.3], &[-0.5, 0.1, 0.3]];
    slice(
        points,
        |x| buffers(x, 3),
        |x, out| buffers_prime(x, 3, out),
        |x, v| buffers_jvp(x, 3, v),
        |x, s, bar| buffers_vjp(x, 3, s, bar),
    );
    map(
        points,
        |x| {
            let mut x = x.to_vec();
            in_place(&mut x, 2);
            x
        },
        |x, v| {
            let (mut x, mut v) = (x.to_vec(), v.to_vec());
            in_place_jvp(&mut x, 2, &mut v);
            (x, v)
        },
        |x, s| {
            let (mut x, mut s) = (x.to_vec(), s.to_vec());
            in_place_vjp(&mut x, 2, &mut s);
            (x, s)
        },
    );
}

struct Layer {
    width: usize,
    slope: f64,
}

impl Layer {
    #[derive_fn(jvp, vjp, hvp)]
    fn sum(&self, weights: &[f64], x: f64) -> f64 {
        let mut sum = 0.0;
        for k in 0..self.width {
            let y = weights[k] * x;
            sum += y.tanh() + self.slope * y;
        }
        sum
    }

    /// Itself on what is left, as long as there is something.
    #[derive_fn(jvp, vjp, hvp)]
    fn chain(&self, weights: &[f64], x: f64) -> f64 {
        if weights.len() < self.width {
            return x;
        }
        let (first, rest) = weights.split_at(self.width);
        self.chain(rest, self.sum(first, x))
    }
}

#[test]
fn methods_and_recursion() {
    let layer = Layer { width: 2, slope: 0.1 };
    let points: &[&[f64]] = &[&spread(6, 5)];
    slice(
        points,
        |w| layer.chain(w, 0.7),
        |w, out| {
            layer.chain_prime(w, 0.7, out);
        },
        |w, v| layer.chain_jvp(w, 0.7, v, 0.0),
        |w, s, bar| layer.chain_vjp(w, 0.7, s, bar).0,
    );
    curvature(
        points,
        |w| {
            let mut out = vec![1.0; 6];
            layer.chain_prime(w, 0.7, &mut out);
            out
        },
        |w, v| {
            let mut out = vec![1.0; 6];
            layer.chain_hvp(w, 0.7, v, 0.0, &mut out);
            out
        },
    );
}

/// A symmetric product of matrices of any size.
#[derive_fn(jvp, vjp)]
fn squared<const N: usize>(a: &[[f64; N]; N]) -> [[f64; N]; N] {
    let mut out = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..N {
            for k in 0..N {
                out[i][j] += a[i][k] * a[k][j];
            }
        }
    }
    out
}

/// A matrix as it comes from a call, read, copied, changed and passed on.
#[derive_fn(jvp, vjp)]
fn matrices<const N: usize>(a: &[[f64; N]; N]) -> f64 {
    let b = squared(a);
    let mut c = squared(&b);
    c[0][1] *= a[0][0];
    let d = squared(&c);
    let mut sum = 0.0;
    for i in 0..N {
        for j in 0..N {
            sum += b[i][j] * d[j][i] * (i + 1) as f64;
        }
        for x in c[i].iter() {
            sum += x;
        }
    }
    sum
}

#[test]
fn arrays_of_any_size() {
    let of = |x: &[f64]| [[x[0], x[1]], [x[2], x[3]]];
    let to = |a: [[f64; 2]; 2]| [a[0][0], a[0][1], a[1][0], a[1][1]];
    array(
        &[[0.5, -0.3, 0.8, 0.2]],
        |x| matrices(&of(&x)),
        |x| to(matrices_prime(&of(&x))),
        |x, v| matrices_jvp(&of(&x), &of(&v)),
        |x, s| {
            let (value, bar) = matrices_vjp(&of(&x), s);
            (value, to(bar))
        },
    );
}

#[derive_fn(jvp, vjp)]
fn norm(v: [f64; 2]) -> f64 {
    v[0].hypot(v[1])
}

#[derive_fn(jvp, vjp)]
fn unit(v: [f64; 2]) -> [f64; 2] {
    [v[0] / norm(v), v[1] / norm(v)]
}

/// What a call returns, gone through; items of iterators as arguments; nested arrays.
#[derive_fn(jvp, vjp)]
fn iterated(x: &[f64]) -> f64 {
    let mut sum: f64 = unit([x[0], x[1]]).iter().map(|v| v.powi(3)).sum();
    for v in unit([x[1], x[2]]) {
        sum *= v;
    }
    let rows: Vec<f64> = x.chunks_exact(2).map(|row| dot(row, &x[..2])).collect();
    let pairs = [[x[0], x[1]], [x[2], x[3]]];
    for pair in &pairs {
        sum += norm(*pair) * norm([pair[1], sum]);
    }
    sum + dot(&rows, &rows)
}

/// Rows of constants, of which the function called takes the derivative too.
#[derive_fn(jvp, vjp, wrt(w))]
fn regression(w: &[f64], data: &[f64], targets: &[f64]) -> f64 {
    let mut loss = 0.0;
    for (row, target) in data.chunks_exact(w.len()).zip(targets) {
        loss += (dot(row, w) - target).powi(2);
    }
    loss
}

/// A pair that a loop carries, and one that is assigned part by part.
#[derive_fn(jvp, vjp)]
fn carried(x: f64, y: f64) -> f64 {
    let mut p = (x, y);
    for _ in 0..3 {
        p = power(p.0 * 0.5 + 1.0, p.1 * 0.5);
    }
    let (mut a, mut b) = p;
    (a, b) = power(a + 1.0, b);
    a * b
}

#[test]
fn items() {
    slice(&[&[0.5, 0.8, -0.3, 1.2]], iterated, iterated_prime, iterated_jvp, iterated_vjp);
    let (data, targets) = (spread(6, 1), spread(3, 2));
    slice(
        &[&[0.4, -0.9]],
        |w| regression(w, &data, &targets),
        |w, out| regression_prime(w, &data, &targets, out),
        |w, v| regression_jvp(w, &data, &targets, v),
        |w, s, bar| regression_vjp(w, &data, &targets, s, bar),
    );
    array(
        &[[0.7, 1.3]],
        |[x, y]| carried(x, y),
        |[x, y]| carried_prime(x, y),
        |[x, y], [u, v]| carried_jvp(x, y, u, v),
        |[x, y], s| carried_vjp(x, y, s),
    );
}

/// The distance of the nearest of some points, by a loop and by a call, of which only the one chosen counts.
#[derive_fn(jvp, vjp, hvp, wrt(x))]
fn nearest(x: &[f64], points: &[f64]) -> f64 {
    let mut closest = f64::INFINITY;
    let mut farthest: f64 = 0.0;
    for (i, point) in points.chunks_exact(x.len()).enumerate() {
        let distance: f64 = point.iter().zip(x).map(|(p, x)| (p - x) * (p - x)).sum();
        closest = closest.min(distance.sqrt());
        let product = dot(x, &points[i..i + x.len()]);
        if product > farthest {
            farthest = product;
        }
    }
    // What is not chosen may have no derivative at all.
    let mut roots = 0.0;
    for x in x {
        roots += (x * 0.0).sqrt();
    }
    closest * farthest + roots.min(dot(x, x) - 100.0) + dot(x, points).max(-1e3) * roots.max(1.5)
}

#[test]
fn what_was_not_chosen() {
    let x = spread(3, 3);
    let points = spread(12, 1);
    slice(
        &[&x],
        |x| nearest(x, &points),
        |x, out| nearest_prime(x, &points, out),
        |x, v| nearest_jvp(x, &points, v),
        |x, s, bar| nearest_vjp(x, &points, s, bar),
    );
    curvature(
        &[&x],
        |x| {
            let mut out = vec![1.0; 3];
            nearest_prime(x, &points, &mut out);
            out
        },
        |x, v| {
            let mut out = vec![1.0; 3];
            nearest_hvp(x, &points, v, &mut out);
            out
        },
    );
}
