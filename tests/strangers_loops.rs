//! Programs for which the macro was not designed, against differences.
#![allow(
    dead_code,
    clippy::assign_op_pattern,
    clippy::get_first,
    clippy::needless_range_loop,
    clippy::useless_vec,
    reason = "the styles are the people's, and some products alone are called"
)]

use deriv::{Reals, derive_fn};

fn grad(f: impl Fn(&[f64]) -> f64, x: &[f64]) -> Vec<f64> {
    let mut x = x.to_vec();
    (0..x.len()).map(|i| deriv::numeric::partial(&f, &mut x, i).value).collect()
}
#[track_caller]
fn close(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    for (p, q) in a.iter().zip(b) {
        assert!((p - q).abs() < 1e-6 * q.abs().max(1.0), "{a:?} {b:?}");
    }
}

// Softmax cross entropy, weights row-major
#[derive_fn(wrt(w), vjp, hvp)]
fn cross_entropy(w: &[f64], xs: &[[f64; 2]], labels: &[usize], classes: usize) -> f64 {
    let mut loss = 0.0;
    for (x, &label) in xs.iter().zip(labels) {
        let logits: Vec<f64> =
            (0..classes).map(|c| w[3 * c] * x[0] + w[3 * c + 1] * x[1] + w[3 * c + 2]).collect();
        let max = logits.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
        let norm = logits.iter().map(|z| (z - max).exp()).sum::<f64>().ln() + max;
        loss -= logits[label] - norm;
    }
    loss / xs.len() as f64
}
#[test]
fn softmax() {
    let w = [0.3, -0.2, 0.1, 0.5, 0.4, -0.3, -0.6, 0.2, 0.05];
    let xs = [[1.0, 2.0], [-0.5, 0.3], [0.2, -1.1]];
    let l = [0, 2, 1];
    let mut g = [0.0; 9];
    cross_entropy_prime(&w, &xs, &l, 3, &mut g);
    close(&g, &grad(|w| cross_entropy(w, &xs, &l, 3), &w));
    let mut g2 = [0.0; 9];
    assert_eq!(cross_entropy_vjp(&w, &xs, &l, 3, 2.0, &mut g2), cross_entropy(&w, &xs, &l, 3));
}

// Log-determinant by Cholesky, n at run time
#[derive_fn(vjp)]
fn log_det(a: &[f64], n: usize) -> f64 {
    let mut l = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let mut s = a[i * n + j];
            for k in 0..j {
                s -= l[i * n + k] * l[j * n + k];
            }
            if i == j {
                l[i * n + i] = s.sqrt();
            } else {
                l[i * n + j] = s / l[j * n + j];
            }
        }
    }
    let mut total = 0.0;
    for i in 0..n {
        total += l[i * n + i].ln();
    }
    2.0 * total
}
#[test]
fn factorised() {
    let a = [4.0, 1.0, 0.5, 1.0, 3.0, 0.2, 0.5, 0.2, 2.0];
    let mut g = [0.0; 9];
    log_det_prime(&a, 3, &mut g);
    close(&g, &grad(|a| log_det(a, 3), &a));
}

// Newton's method
#[derive_fn(vjp, jvp)]
fn newton(a: f64, b: f64) -> f64 {
    let mut x = a;
    let mut iterations = 0;
    loop {
        let f = x * x * x - b * x - a;
        let df = 3.0 * x * x - b;
        let step = f / df;
        x -= step;
        iterations += 1;
        if step.abs() < 1e-14 || iterations > 50 {
            break;
        }
    }
    x
}
#[test]
fn to_convergence() {
    close(&newton_prime(2.0, 0.5), &grad(|x| newton(x[0], x[1]), &[2.0, 0.5]));
}

// Interpolation in a table, with a search
#[derive_fn(wrt(x, ys), vjp)]
fn interpolate(x: f64, xs: &[f64], ys: &[f64]) -> f64 {
    let mut k = 0;
    while k + 2 < xs.len() && xs[k + 1] < x {
        k += 1;
    }
    let t = (x - xs[k]) / (xs[k + 1] - xs[k]);
    (1.0 - t) * ys[k] + t * ys[k + 1]
}
#[test]
fn looked_up() {
    let (xs, ys) = ([0.0, 1.0, 2.5, 4.0], [1.0, 3.0, 2.0, 5.0]);
    let mut g = [9.0; 4];
    let (v, dx) = interpolate_vjp(1.7, &xs, &ys, 1.0, &mut g);
    assert_eq!(v, interpolate(1.7, &xs, &ys));
    close(&[dx], &grad(|x| interpolate(x[0], &xs, &ys), &[1.7]));
    close(&g, &grad(|y| interpolate(1.7, &xs, y), &ys));
}

// Matrices as nested arrays
#[derive_fn(jvp, vjp)]
fn power_trace(m: [[f64; 2]; 2], n: u32) -> f64 {
    let mut p = [[1.0, 0.0], [0.0, 1.0]];
    for _ in 0..n {
        let mut q = [[0.0; 2]; 2];
        for i in 0..2 {
            for j in 0..2 {
                for k in 0..2 {
                    q[i][j] += p[i][k] * m[k][j];
                }
            }
        }
        p = q;
    }
    p[0][0] + p[1][1]
}
#[test]
fn nested_arrays() {
    let m = [[0.5, 0.3], [-0.2, 0.8]];
    let g = power_trace_prime(m, 5);
    let flat = |x: &[f64]| power_trace([[x[0], x[1]], [x[2], x[3]]], 5);
    close(&[g[0][0], g[0][1], g[1][0], g[1][1]], &grad(flat, &[0.5, 0.3, -0.2, 0.8]));
}

// Early return from a loop over a slice
#[derive_fn(vjp)]
fn first_big(x: &[f64], limit: f64) -> f64 {
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        sum += v * v;
        if sum > limit {
            return sum * (i as f64 + 1.0) * limit;
        }
    }
    -sum.sqrt()
}
#[test]
fn returned_early() {
    for limit in [0.5, 3.0, 100.0] {
        let x = [0.3, 0.9, 1.2, -0.4];
        let mut g = [0.0; 4];
        let d = first_big_prime(&x, limit, &mut g);
        close(&g, &grad(|x| first_big(x, limit), &x));
        close(&[d], &grad(|l| first_big(&x, l[0]), &[limit]));
    }
}

// State machine with match in a loop, f32
#[derive_fn(vjp)]
fn machine(x: f32, program: &[u8]) -> f32 {
    let mut acc = x;
    let mut saved = 1.0;
    for op in program {
        acc = match op {
            b'+' => acc + saved,
            b'*' => acc * saved,
            b's' => {
                saved = acc;
                acc * 0.5
            }
            b'r' => acc.sqrt(),
            _ => continue,
        };
    }
    acc
}
#[test]
fn a_machine() {
    let p = b"s+r?*s*+";
    let h = 1e-3;
    let n = (machine(1.3 + h, p) - machine(1.3 - h, p)) / (2.0 * h);
    assert!((machine_prime(1.3, p) - n).abs() < 2e-2 * n.abs(), "{} {n}", machine_prime(1.3, p));
    assert!((machine_vjp(1.3, p, 1.0).1 - machine_prime(1.3, p)).abs() < 1e-4);
}

// 8. `&mut` output, in and out
#[derive_fn(vjp, jvp)]
fn smooth(u: &mut [f64], alpha: f64) {
    let n = u.len();
    for i in 1..n {
        u[i] = (1.0 - alpha) * u[i] + alpha * u[i - 1];
    }
}
#[test]
fn in_and_out() {
    let u0 = [1.0, 2.0, -0.5, 0.7];
    let mut u = u0;
    let mut bar = [0.1, 0.2, 0.3, 0.4];
    let da = smooth_vjp(&mut u, 0.3, &mut bar);
    let f = |x: &[f64]| {
        let mut v = x[..4].to_vec();
        smooth(&mut v, x[4]);
        0.1 * v[0] + 0.2 * v[1] + 0.3 * v[2] + 0.4 * v[3]
    };
    let g = grad(f, &[1.0, 2.0, -0.5, 0.7, 0.3]);
    close(&bar, &g[..4]);
    close(&[da], &g[4..]);
}

// Two-layer network with helper functions
#[derive_fn(vjp, jvp)]
fn dense(w: &[f64], x: &[f64], out: &mut [f64]) {
    let n = x.len();
    for (j, o) in out.iter_mut().enumerate() {
        let row = &w[j * (n + 1)..(j + 1) * (n + 1)];
        let mut z = row[n];
        for i in 0..n {
            z += row[i] * x[i];
        }
        *o = z.tanh();
    }
}
#[derive_fn(wrt(w1, w2), vjp)]
fn net(w1: &[f64], w2: &[f64], x: &[f64]) -> f64 {
    let mut h = vec![0.0; 3];
    dense(w1, x, &mut h);
    let mut y = [0.0; 1];
    dense(w2, &h, &mut y);
    y[0]
}
#[test]
fn a_network() {
    let w1: Vec<f64> = (0..9).map(|i| (i as f64 * 0.37).sin()).collect();
    let w2 = [0.3, -0.8, 0.5, 0.1];
    let x = [0.4, -1.2];
    let (mut g1, mut g2) = ([0.0; 9], [0.0; 4]);
    net_prime(&w1, &w2, &x, &mut g1, &mut g2);
    close(&g1, &grad(|w| net(w, &w2, &x), &w1));
    close(&g2, &grad(|w| net(&w1, w, &x), &w2));
}

// Generic numbers, slices
#[cfg(feature = "num-traits")]
#[derive_fn(vjp)]
fn horner<T: num_traits::Float>(c: &[T], x: T) -> T {
    let mut y = T::zero();
    for &a in c.iter().rev() {
        y = y * x + a;
    }
    y
}
#[cfg(feature = "num-traits")]
#[test]
fn generic() {
    let c = [1.0, -2.0, 0.5, 0.25];
    let mut g = [0.0; 4];
    let (v, dx) = horner_vjp(&c, 1.3, 1.0, &mut g);
    assert_eq!(v, horner(&c, 1.3));
    close(&g, &grad(|c| horner(c, 1.3), &c));
    close(&[dx], &grad(|x| horner(&c, x[0]), &[1.3]));
}

// In-place Gauss-Seidel with convergence test on active values
#[derive_fn(wrt(b), vjp)]
fn solve(a: &[f64], b: &[f64]) -> f64 {
    let n = b.len();
    let mut x = vec![0.0; n];
    for _sweep in 0..200 {
        let mut change: f64 = 0.0;
        for i in 0..n {
            let mut s = b[i];
            for j in 0..n {
                if j != i {
                    s -= a[i * n + j] * x[j];
                }
            }
            let new = s / a[i * n + i];
            change = change.max((new - x[i]).abs());
            x[i] = new;
        }
        if change < 1e-13 {
            break;
        }
    }
    x.iter().map(|v| v.powi(2)).sum()
}
#[test]
fn in_place() {
    let a = [4.0, 1.0, 0.5, 1.0, 3.0, 0.2, 0.5, 0.2, 2.0];
    let b = [1.0, -2.0, 0.5];
    let mut g = [0.0; 3];
    solve_prime(&a, &b, &mut g);
    close(&g, &grad(|b| solve(&a, b), &b));
}

// Windows, tuples in state, shadowing
#[derive_fn(vjp, hvp)]
fn roughness(x: &[f64]) -> f64 {
    let x = x.to_vec();
    let (mut worst, mut total) = (0.0_f64, 0.0);
    for w in x.windows(3) {
        let second = w[0] - 2.0 * w[1] + w[2];
        let second = second * second;
        worst = worst.max(second);
        total += second / (1.0 + w[1].abs());
    }
    worst + total
}
#[test]
fn windows() {
    let x = [0.3, 1.9, -0.4, 0.8, 2.2];
    let mut g = [0.0; 5];
    roughness_prime(&x, &mut g);
    close(&g, &grad(roughness, &x));
}

// A method, with a field.
struct Spline {
    knots: Vec<f64>,
    gain: f64,
}
impl Spline {
    #[derive_fn(vjp)]
    fn energy(&self, c: &[f64], t: f64) -> f64 {
        let mut e = 0.0;
        for (k, &ck) in self.knots.iter().zip(c) {
            let d = t - k;
            let w = if d.abs() < 1.0 { (1.0 - d * d).powi(3) } else { continue };
            e += w * ck * ck * self.gain;
        }
        e
    }
}
#[test]
fn of_a_method() {
    let s = Spline { knots: vec![0.0, 0.5, 1.2, 3.0], gain: 1.7 };
    let c = [0.3, -1.0, 0.8, 2.0];
    let mut g = [0.0; 4];
    let dt = s.energy_prime(&c, 0.7, &mut g);
    close(&g, &grad(|c| s.energy(c, 0.7), &c));
    close(&[dt], &grad(|t| s.energy(&c, t[0]), &[0.7]));
}
// A mixture, with a labelled loop and shadowed names.
#[derive_fn(wrt(mu, w), vjp)]
fn gmm(mu: &[f64], w: &[f64], data: &[f64]) -> f64 {
    let k = w.len();
    let total: f64 = w.iter().map(|w| w.exp()).sum();
    let mut ll = 0.0;
    'points: for &x in data {
        if x.is_nan() {
            continue 'points;
        }
        let mut best = f64::NEG_INFINITY;
        let mut terms = vec![0.0; 3];
        for j in 0..k {
            let z = x - mu[j];
            let z = w[j] - 0.5 * z * z;
            terms[j] = z;
            if z > best {
                best = z;
            }
        }
        let mut s = 0.0;
        for t in terms.iter().take(k) {
            s += (t - best).exp();
        }
        ll += best + s.ln();
    }
    ll - data.len() as f64 * total.ln()
}
#[test]
fn mixture() {
    let (mu, w, d) = ([0.1, 1.5, -2.0], [0.2, -0.3, 0.5], [0.4, f64::NAN, 1.0, -1.7]);
    let (mut a, mut b) = ([0.0; 3], [0.0; 3]);
    gmm_prime(&mu, &w, &d, &mut a, &mut b);
    close(&a, &grad(|m| gmm(m, &w, &d), &mu));
    close(&b, &grad(|w| gmm(&mu, w, &d), &w));
}
// Numbers of type f32, a fold of pairs, unusual formatting.
#[derive_fn(vjp)] #[rustfmt::skip]
fn variance( x : & [ f32 ] )->f32{let n=x.len()as f32;
  let(s,q)=x.iter().fold((0.0,0.0),|(s,q),v|(s+v,q+v*v));q/n-(s/n)*(s/n)}
#[test]
fn of_f32() {
    let x = [1.0f32, 2.5, -0.5, 3.0];
    let mut g = [0.0f32; 4];
    variance_prime(&x, &mut g);
    let m = x.iter().sum::<f32>() / 4.0;
    for i in 0..4 {
        assert!((g[i] - 2.0 * (x[i] - m) / 4.0).abs() < 1e-5, "{g:?}");
    }
}
// Two early returns, and a closure.
#[derive_fn(vjp, mode = reverse)]
fn gates(x: &[f64], y: f64) -> f64 {
    let soft = |z: f64| 1.0 / (1.0 + (-z).exp());
    let mut a = x.to_vec();
    a[0] *= y;
    if a[0] < -1.0 {
        return a[0] * soft(y);
    }
    a[1] += a[0] * a[0];
    if a[1] > 2.0 {
        return a[1] * a[0].sin();
    }
    for i in 0..a.len() {
        a[i] = a[i] * soft(a[0]);
    }
    a.iter().sum::<f64>() * y
}
#[test]
fn several_returns() {
    for x in [[0.4, 0.3], [-3.0, 0.1], [1.8, 0.9]] {
        let mut g = [0.0; 2];
        let dy = gates_prime(&x, 1.1, &mut g);
        close(&g, &grad(|x| gates(x, 1.1), &x));
        close(&[dy], &grad(|y| gates(&x, y[0]), &[1.1]));
    }
}
// A part of a slice, which hides the whole.
#[derive_fn(vjp, jvp)]
fn partly(x: &[f64]) -> f64 {
    let n = x.len();
    let x = &x[1..n - 1];
    let mut s = 0.0;
    for i in 0..x.len() {
        s += x[i] * x[x.len() - 1 - i] * (i as f64 + 1.0);
    }
    s / x.len() as f64
}
#[test]
fn a_part() {
    let x = [0.3, 1.0, -0.7, 2.0, 0.9];
    let mut g = [9.0; 5];
    partly_prime(&x, &mut g);
    close(&g, &grad(partly, &x));
}
// Calls with arrays.
#[derive_fn(vjp, jvp)]
fn rot(p: [f64; 2], a: f64) -> [f64; 2] {
    [p[0] * a.cos() - p[1] * a.sin(), p[0] * a.sin() + p[1] * a.cos()]
}
#[derive_fn(vjp, jvp)]
fn rot_twice(p: [f64; 2], a: f64) -> [f64; 2] {
    let q: [f64; 2] = rot(p, a);
    rot(q, a * a)
}
#[test]
fn rotations() {
    let (_, (pb, ab)) = rot_twice_vjp([0.4, -1.1], 0.7, [0.3, 0.8]);
    let f = |x: &[f64]| {
        let r = rot_twice([x[0], x[1]], x[2]);
        0.3 * r[0] + 0.8 * r[1]
    };
    close(&[pb[0], pb[1], ab], &grad(f, &[0.4, -1.1, 0.7]));
    let (jp, ja) = rot_twice_prime([0.4, -1.1], 0.7);
    close(&[0.3 * jp[0][0] + 0.8 * jp[1][0], 0.3 * ja[0] + 0.8 * ja[1]], &[pb[0], ab]);
}
// Arrays of arrays, and time that passes.
#[derive_fn(wrt(k, v0), vjp, checkpoint)]
fn verlet(k: f64, v0: &[f64; 2], steps: u32) -> f64 {
    let mut p = [[1.0, 0.0], [0.0, 1.0]];
    let mut v = [[0.0, v0[0]], [v0[1], 0.0]];
    let mut t = 0;
    while t < steps {
        for b in 0..2 {
            for d in 0..2 {
                let o = 1 - b;
                let f = -k * (p[b][d] - 0.5 * p[o][d]);
                v[b][d] += 0.05 * f;
            }
        }
        for b in 0..2 {
            for d in 0..2 {
                p[b][d] += 0.05 * v[b][d];
            }
        }
        t += 1;
    }
    p[0][0] * p[1][1] - p[0][1] * p[1][0]
}
#[test]
fn with_checkpoints() {
    let (dk, dv) = verlet_prime(1.3, &[0.4, -0.2], 25);
    close(&[dk], &grad(|k| verlet(k[0], &[0.4, -0.2], 25), &[1.3]));
    close(&dv, &grad(|v| verlet(1.3, &[v[0], v[1]], 25), &[0.4, -0.2]));
}
// Lists that are changed in place.
#[derive_fn(vjp, hvp)]
fn scans(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    for i in (0..y.len() - 1).rev().step_by(2) {
        y[i] += 0.5 * y[i + 1] * y[i];
    }
    for c in y.chunks_mut(2) {
        let m = c[0];
        for v in c.iter_mut() {
            *v = (*v - m).tanh() + *v;
        }
    }
    y.iter().enumerate().filter(|(i, _)| i % 3 != 1).map(|(i, v)| v * v * i as f64).sum()
}
#[test]
fn scans_of_lists() {
    let x = [0.3, 1.0, -0.7, 0.2, 0.9, -0.4, 0.8];
    let mut g = [9.0; 7];
    scans_prime(&x, &mut g);
    close(&g, &grad(scans, &x));
}
// A struct of the body, a helper with two results.
#[derive_fn(vjp, jvp)]
fn polar(x: f64, y: f64) -> (f64, f64) {
    (x.hypot(y), y.atan2(x))
}
struct Acc {
    sum: f64,
    peak: f64,
}
#[derive_fn(vjp)]
fn track(xs: &[f64], y: f64) -> f64 {
    let mut acc = Acc { sum: 0.0, peak: f64::MIN };
    for x in xs {
        let (r, th) = polar(*x, y);
        acc.sum += r * th;
        acc.peak = acc.peak.max(r - th);
    }
    acc.sum + acc.peak
}
#[test]
fn structs_and_pairs() {
    let x = [0.5, 2.0, -1.0];
    let mut g = [0.0; 3];
    let d = track_prime(&x, 0.8, &mut g);
    close(&g, &grad(|x| track(x, 0.8), &x));
    close(&[d], &grad(|y| track(&x, y[0]), &[0.8]));
}
// An iteration until nothing changes.
#[derive_fn(jvp, vjp)]
fn secant(a: f64, p: u8) -> f64 {
    let (mut x0, mut x1) = (a, a + 1.0);
    let root = loop {
        let f = |x: f64| match p {
            2 => x * x - a,
            3 => x * x * x - a,
            _ => x.exp() - a - 1.0,
        };
        let (f0, f1) = (f(x0), f(x1));
        if (f1 - f0).abs() < 1e-15 {
            break x1;
        }
        let x2 = x1 - f1 * (x1 - x0) / (f1 - f0);
        (x0, x1) = (x1, x2);
        if (x1 - x0).abs() < 1e-13 {
            break x1;
        }
    };
    root * a
}
#[test]
fn a_root() {
    for p in [2, 3, 7] {
        close(&[secant_prime(2.3, p)], &grad(|a| secant(a[0], p), &[2.3]));
    }
}
// What is not chosen may overflow.
#[derive_fn(jvp, vjp, mode = reverse)]
fn blows(x: f64) -> f64 {
    let mut z = x;
    let mut best = x;
    for _ in 0..6 {
        best = best.min(z);
        z = (z * z).exp();
    }
    best
}
#[test]
fn what_overflows() {
    assert_eq!(blows_jvp(2.0, 1.0), (2.0, 1.0));
    assert_eq!(blows_vjp(2.0, 1.0), (2.0, 1.0));
}
// Labelled break out of two loops with carried arrays
#[derive_fn(vjp)]
fn until(x: &[f64], stop: f64) -> f64 {
    let mut h = [1.0; 3];
    let mut total = 0.0;
    'outer: for i in 0..x.len() {
        for j in 0..3 {
            h[j] = h[j] * x[i] + h[(j + 1) % 3] * 0.1;
            total += h[j].abs();
            if total > stop {
                break 'outer;
            }
        }
        h.swap(0, 2);
    }
    total * h[1] + h[0]
}
#[test]
fn until_a_sum() {
    for s in [0.5, 4.0, 50.0] {
        let x = [0.9, -1.3, 0.4, 2.0];
        let mut g = [0.0; 4];
        let d = until_prime(&x, s, &mut g);
        close(&g, &grad(|x| until(x, s), &x));
        close(&[d], &grad(|t| until(&x, t[0]), &[s]));
    }
}
// Mutable closure
#[derive_fn(vjp)]
fn changing(x: &[f64]) -> f64 {
    let mut acc = 0.0;
    let mut last = 1.0;
    let mut push = |v: f64| {
        acc += v * last;
        last = v;
    };
    for v in x {
        push(*v);
        push(v * v);
    }
    acc + last
}
#[test]
fn a_closure_that_changes() {
    let x = [0.3, -1.0, 0.8];
    let mut g = [0.0; 3];
    changing_prime(&x, &mut g);
    close(&g, &grad(changing, &x));
}
// Nested arrays at run-time indices as variable
#[derive_fn(vjp, hvp)]
fn quad(m: &[[f64; 3]; 3], v: &[f64; 3], n: usize) -> f64 {
    let mut w = *v;
    for _ in 0..n {
        let mut u = [0.0; 3];
        for i in 0..3 {
            for j in 0..3 {
                u[i] += m[i][j] * w[j];
            }
        }
        let norm = u.iter().map(|x| x * x).sum::<f64>().sqrt();
        for i in 0..3 {
            w[i] = u[i] / norm;
        }
    }
    w[0] + 2.0 * w[1] - w[2]
}
#[test]
fn power_iteration() {
    let m = [[2.0, 0.3, 0.1], [0.2, 1.5, -0.4], [0.0, 0.6, 1.1]];
    let v = [1.0, 0.5, -0.2];
    let (gm, gv) = quad_prime(&m, &v, 3);
    let fm: Vec<f64> = m.concat();
    close(
        &gm.concat(),
        &grad(|x| quad(&[[x[0], x[1], x[2]], [x[3], x[4], x[5]], [x[6], x[7], x[8]]], &v, 3), &fm),
    );
    close(&gv, &grad(|x| quad(&m, &[x[0], x[1], x[2]], 3), &v));
}
// Hvp with an output
#[derive_fn(vjp, hvp, jvp)]
fn square_into(x: &[f64], out: &mut [f64]) {
    for i in 0..x.len() {
        out[i] = x[i] * x[i] * x[(i + 1) % x.len()];
    }
}
#[test]
fn an_output_twice() {
    let x = [0.5, -1.2, 0.7];
    let dot = [1.0, 0.3, -0.4];
    let seed = [0.2, 0.9, -0.5];
    let mut out = [0.0; 3];
    let mut h = [0.0; 3];
    let mut s = seed;
    square_into_hvp(&x, &mut out, &mut s, &dot, &mut [0.0; 3], &mut h);
    let g = |x: &[f64]| {
        let mut o = [0.0; 3];
        let mut s = seed;
        let mut b = [0.0; 3];
        square_into_vjp(x, &mut o, &mut s, &mut b);
        b
    };
    let e = 1e-5;
    let p: Vec<f64> = x.iter().zip(dot).map(|(a, d)| a + e * d).collect();
    let m: Vec<f64> = x.iter().zip(dot).map(|(a, d)| a - e * d).collect();
    let n: Vec<f64> = g(&p).iter().zip(g(&m)).map(|(a, b)| (a - b) / (2.0 * e)).collect();
    close(&h, &n);
}
// Early return in nested loop beside match on Option
#[derive_fn(vjp)]
fn lookup(x: f64, table: &[Option<f64>]) -> f64 {
    let mut y = x;
    for (i, entry) in table.iter().enumerate() {
        match entry {
            Some(k) if *k < 0.0 => return y * k,
            Some(k) => y = y.powi(2) + k * x,
            None if i > 3 => break,
            None => {}
        }
    }
    y.sin()
}
#[test]
fn a_table_of_options() {
    for t in [vec![Some(0.5), None, Some(-2.0)], vec![Some(0.5), None, None, None, None, Some(1.0)], vec![]] {
        close(&[lookup_prime(0.8, &t)], &grad(|x| lookup(x[0], &t), &[0.8]));
    }
}
// Generic const N, by value, mutated
#[derive_fn(vjp, jvp)]
fn norm_all<const N: usize>(mut x: [f64; N]) -> f64 {
    let s: f64 = x.iter().map(|v| v * v).sum();
    for v in x.iter_mut() {
        *v /= s.sqrt() + 1.0;
    }
    x.iter().product::<f64>() + x[0]
}
#[test]
fn an_array_by_value() {
    let x = [0.4, 1.1, -0.6];
    close(&norm_all_prime(x), &grad(|v| norm_all([v[0], v[1], v[2]]), &x));
}
// Simpson's rule through a helper with a callback-like match
#[derive_fn]
fn integrand(x: f64, p: f64) -> f64 {
    (-p * x * x).exp() * (1.0 + x).ln()
}
#[derive_fn(wrt(p, b), vjp)]
fn simpson(p: f64, b: f64, n: usize) -> f64 {
    let h = b / n as f64;
    let mut s = integrand(0.0, p) + integrand(b, p);
    for i in 1..n {
        let w = if i % 2 == 1 { 4.0 } else { 2.0 };
        s += w * integrand(i as f64 * h, p);
    }
    s * h / 3.0
}
#[test]
fn simpsons_rule() {
    close(&simpson_prime(0.7, 1.9, 10), &grad(|x| simpson(x[0], x[1], 10), &[0.7, 1.9]));
}
// Backtracking with bool state and while-let on a passive stack
#[derive_fn(vjp)]
fn tree(x: f64, y: f64, ops: &[i32]) -> f64 {
    let mut todo: Vec<i32> = ops.to_vec();
    let (mut a, mut b, mut flip) = (x, y, false);
    while let Some(op) = todo.pop() {
        if flip {
            (a, b) = (b, a * 0.9);
        }
        match op {
            0 => a *= b,
            1 => b += a.sin(),
            2 => flip = !flip,
            n => {
                if n > 9 {
                    todo.push(n - 10);
                }
                a -= 0.1 * n as f64 * b;
            }
        }
    }
    a + b * b
}
#[test]
fn a_stack_of_operations() {
    let o = [0, 13, 2, 1, 0, 11, 2, 1, 22];
    close(&tree_prime(0.6, -1.1, &o), &grad(|v| tree(v[0], v[1], &o), &[0.6, -1.1]));
}
// Bilinear sampling, indices from active values
#[derive_fn(wrt(u, v, img), vjp)]
fn sample(u: f64, v: f64, img: &[f64], w: usize) -> f64 {
    let (i, j) = (u.floor() as usize, v.floor() as usize);
    let (fu, fv) = (u - i as f64, v.fract());
    let at = |r: usize, c: usize| img[r * w + c];
    at(i, j) * (1.0 - fu) * (1.0 - fv)
        + at(i + 1, j) * fu * (1.0 - fv)
        + at(i, j + 1) * (1.0 - fu) * fv
        + at(i + 1, j + 1) * fu * fv
}
#[test]
fn bilinear_sampling() {
    let img: Vec<f64> = (0..20).map(|k| (k as f64).cos()).collect();
    let mut g = [0.0; 20];
    let d = sample_prime(1.3, 2.6, &img, 4, &mut g);
    close(&g, &grad(|m| sample(1.3, 2.6, m, 4), &img));
    close(&d, &grad(|x| sample(x[0], x[1], &img, 4), &[1.3, 2.6]));
}
// Recursion over a slice with split_at
#[derive_fn(vjp)]
fn tree_sum(x: &[f64]) -> f64 {
    if x.len() == 1 {
        return x[0].sin();
    }
    let (l, r) = x.split_at(x.len() / 2);
    let (a, b) = (tree_sum(l), tree_sum(r));
    a * b + a - 0.5 * b
}
#[test]
fn halves() {
    let x = [0.3, 1.0, -0.7, 2.0, 0.9];
    let mut g = [0.0; 5];
    tree_sum_prime(&x, &mut g);
    close(&g, &grad(tree_sum, &x));
}

// Fold with tuple state, Welford welford_variance
#[derive_fn(vjp)]
fn welford_variance(x: &[f64]) -> f64 {
    let (n, _mean, m2) = x.iter().fold((0.0, 0.0, 0.0), |(n, mean, m2), &v| {
        let n = n + 1.0;
        let d = v - mean;
        let mean = mean + d / n;
        (n, mean, m2 + d * (v - mean))
    });
    m2 / (n - 1.0)
}
#[test]
fn welford() {
    let x = [0.3, 1.0, -0.7, 2.0, 0.9];
    let mut g = [0.0; 5];
    welford_variance_prime(&x, &mut g);
    close(&g, &grad(welford_variance, &x));
}
// Cubic spline tridiagonal solve (Thomas)
#[derive_fn(wrt(a, b, c, d), vjp)]
fn thomas(a: &[f64], b: &[f64], c: &[f64], d: &[f64]) -> f64 {
    let n = d.len();
    let mut cp = vec![0.0; n];
    let mut dp = vec![0.0; n];
    cp[0] = c[0] / b[0];
    dp[0] = d[0] / b[0];
    for i in 1..n {
        let m = 1.0 / (b[i] - a[i] * cp[i - 1]);
        cp[i] = c[i] * m;
        dp[i] = (d[i] - a[i] * dp[i - 1]) * m;
    }
    let mut x = vec![0.0; n];
    x[n - 1] = dp[n - 1];
    for i in (0..n - 1).rev() {
        x[i] = dp[i] - cp[i] * x[i + 1];
    }
    x.iter().enumerate().map(|(i, v)| (i as f64 + 1.0) * v * v).sum()
}
#[test]
fn tridiagonal() {
    let (a, b, c, d) =
        ([0.0, 0.3, -0.2, 0.4], [2.0, 1.7, 2.2, 1.9], [0.5, 0.4, 0.3, 0.0], [1.0, -1.0, 0.5, 2.0]);
    let (mut ga, mut gb, mut gc, mut gd) = ([0.0; 4], [0.0; 4], [0.0; 4], [0.0; 4]);
    thomas_prime(&a, &b, &c, &d, &mut ga, &mut gb, &mut gc, &mut gd);
    close(&ga, &grad(|v| thomas(v, &b, &c, &d), &a));
    close(&gb, &grad(|v| thomas(&a, v, &c, &d), &b));
    close(&gc, &grad(|v| thomas(&a, &b, v, &d), &c));
    close(&gd, &grad(|v| thomas(&a, &b, &c, v), &d));
}
// Convolution layer with padding and ReLU + max pooling
#[derive_fn(wrt(kernel, image), vjp)]
fn convolve(kernel: &[f64; 3], image: &[f64], bias: f64) -> f64 {
    let n = image.len();
    let mut out = vec![0.0; n];
    for i in 0..n {
        let mut s = bias;
        for (k, w) in kernel.iter().enumerate() {
            let at = i + k;
            if at >= 1 && at <= n {
                s += w * image[at - 1];
            }
        }
        out[i] = if s > 0.0 { s } else { 0.01 * s };
    }
    out.chunks(2).map(|pair| pair.iter().cloned().fold(f64::NEG_INFINITY, f64::max)).sum()
}
#[test]
fn convolution() {
    let k = [0.5, -1.0, 0.7];
    let im = [0.3, 1.0, -0.7, 2.0, 0.9];
    let mut gi = [0.0; 5];
    let gk = convolve_prime(&k, &im, 0.1, &mut gi);
    close(&gk, &grad(|v| convolve(&[v[0], v[1], v[2]], &im, 0.1), &k));
    close(&gi, &grad(|v| convolve(&k, v, 0.1), &im));
}
// HMM forward algorithm in log space, with buffers swapped
#[derive_fn(wrt(trans, emit), vjp)]
fn hmm(trans: &[[f64; 2]; 2], emit: &[[f64; 3]; 2], seen: &[usize]) -> f64 {
    let mut alpha = [emit[0][seen[0]] - 0.7, emit[1][seen[0]] - 0.7];
    for &o in &seen[1..] {
        let mut next = [0.0; 2];
        for (j, slot) in next.iter_mut().enumerate() {
            let terms: [f64; 2] = std::array::from_fn(|i| alpha[i] + trans[i][j]);
            let top = terms[0].max(terms[1]);
            *slot = top + terms.map(|t| (t - top).exp()).iter().sum::<f64>().ln() + emit[j][o];
        }
        alpha = next;
    }
    let top = alpha[0].max(alpha[1]);
    top + ((alpha[0] - top).exp() + (alpha[1] - top).exp()).ln()
}
#[test]
fn hidden_states() {
    let t = [[-0.3, -1.2], [-0.9, -0.5]];
    let e = [[-1.0, -0.4, -2.0], [-0.7, -1.5, -0.9]];
    let o = [0, 2, 1, 1, 0];
    let (gt, ge) = hmm_prime(&t, &e, &o);
    close(&gt.concat(), &grad(|v| hmm(&[[v[0], v[1]], [v[2], v[3]]], &e, &o), &t.concat()));
    close(&ge.concat(), &grad(|v| hmm(&t, &[[v[0], v[1], v[2]], [v[3], v[4], v[5]]], &o), &e.concat()));
}
// A method of a struct of arrays
#[derive(Clone, Copy, Reals)]
struct Layer {
    w: [[f64; 2]; 2],
    b: [f64; 2],
}
impl Layer {
    #[derive_fn(vjp, jvp)]
    fn apply(&self, x: [f64; 2]) -> [f64; 2] {
        let mut y: [f64; 2] = self.b;
        for i in 0..2 {
            for j in 0..2 {
                y[i] += self.w[i][j] * x[j];
            }
            y[i] = y[i].tanh();
        }
        y
    }
}
#[derive_fn(vjp)]
fn two_layers(l: &Layer, x: [f64; 2]) -> f64 {
    let h = l.apply(x);
    let o = l.apply(h);
    o[0] * o[1] + h[0]
}
#[test]
fn layers() {
    let l = Layer { w: [[0.5, -0.3], [0.8, 0.1]], b: [0.1, -0.2] };
    let x = [0.7, -1.1];
    let gx = two_layers_prime(&l, x);
    close(&gx, &grad(|v| two_layers(&l, [v[0], v[1]]), &x));
}
// Labelled continue & while with float condition, generic const matrices
#[derive_fn(vjp)]
fn jacobi<const N: usize>(m: &[[f64; N]; N], rhs: &[f64; N]) -> f64 {
    let mut x = [0.0; N];
    let mut turns = 0;
    loop {
        let mut next = [0.0; N];
        let mut change = 0.0;
        'rows: for i in 0..N {
            let mut s = rhs[i];
            for j in 0..N {
                if j == i {
                    continue;
                }
                s -= m[i][j] * x[j];
                if s.abs() > 1e6 {
                    continue 'rows;
                }
            }
            next[i] = s / m[i][i];
            change += (next[i] - x[i]).abs();
        }
        x = next;
        turns += 1;
        if change < 1e-12 || turns > 60 {
            break;
        }
    }
    x.iter().map(|v| v.powi(3)).sum::<f64>()
}
#[test]
fn jacobi_iterations() {
    let m = [[4.0, 1.0, -0.5], [0.3, 3.0, 0.7], [-0.2, 0.4, 5.0]];
    let r = [1.0, -2.0, 0.5];
    let (gm, gr) = jacobi_prime(&m, &r);
    close(
        &gm.concat(),
        &grad(|v| jacobi(&[[v[0], v[1], v[2]], [v[3], v[4], v[5]], [v[6], v[7], v[8]]], &r), &m.concat()),
    );
    close(&gr, &grad(|v| jacobi(&m, &[v[0], v[1], v[2]]), &r));
}
// Chunks_exact with destructuring, min by total_cmp, split_first
#[derive_fn(vjp)]
fn hull(points: &[f64]) -> f64 {
    let mut area = 0.0;
    let n = points.len() / 2;
    for (i, p) in points.chunks_exact(2).enumerate() {
        let [x, y] = [p[0], p[1]];
        let q = &points[2 * ((i + 1) % n)..];
        area += x * q[1] - y * q[0];
    }
    let lowest = points.iter().copied().min_by(f64::total_cmp).unwrap();
    let (first, rest) = points.split_first().unwrap();
    area / 2.0 + lowest * first + rest.iter().skip(1).step_by(2).product::<f64>()
}
#[test]
fn a_polygon() {
    let x = [0.3, 1.0, -0.7, 2.0, 0.9, -1.4];
    let mut g = [0.0; 6];
    hull_prime(&x, &mut g);
    close(&g, &grad(hull, &x));
}
// Adaptive step size with rejected steps
#[derive_fn]
fn adaptive(y0: f64, rate: f64, end: f64) -> f64 {
    let (mut t, mut y, mut h) = (0.0, y0, 0.5);
    let mut count = 0;
    while t < end && count < 200 {
        count += 1;
        let step = if t + h > end { end - t } else { h };
        let k1 = rate * y * (1.0 - y);
        let mid = y + 0.5 * step * k1;
        let k2 = rate * mid * (1.0 - mid);
        let error = step * (k2 - k1);
        if error.abs() > 0.05 {
            h *= 0.5;
            continue;
        }
        y += step * k2;
        t += step;
        if error.abs() < 0.01 {
            h *= 1.5;
        }
    }
    y
}
#[test]
fn adaptive_steps() {
    let p = adaptive_prime(0.2, 1.3, 2.7);
    close(&p, &grad(|v| adaptive(v[0], v[1], v[2]), &[0.2, 1.3, 2.7]));
}
// Mutable captures in closure over array, mem::replace
#[derive_fn(vjp)]
fn fibonacci_like(x: &[f64]) -> f64 {
    let mut state = (x[0], x[1]);
    let mut memo = [0.0; 8];
    let mut advance = |k: usize| {
        let old = std::mem::replace(&mut state.0, state.1);
        state.1 = old * x[k % x.len()] + state.0;
        memo[k] = state.1;
    };
    for k in 0..8 {
        advance(k);
    }
    memo.iter().rev().take(4).enumerate().map(|(i, m)| m / (i + 1) as f64).sum()
}
#[test]
fn a_recurrence() {
    let x = [0.3, 1.0, -0.7];
    let mut g = [0.0; 3];
    fibonacci_like_prime(&x, &mut g);
    close(&g, &grad(fibonacci_like, &x));
}
// Edit distance like dynamic programming with soft minimum, rows swapped
#[derive_fn(wrt(a, b, gamma), vjp)]
fn soft_dtw(a: &[f64], b: &[f64], gamma: f64) -> f64 {
    let soft = |x: f64, y: f64, z: f64| {
        let low = x.min(y).min(z);
        low - gamma
            * ((-(x - low) / gamma).exp() + (-(y - low) / gamma).exp() + (-(z - low) / gamma).exp()).ln()
    };
    let m = b.len();
    let mut row = vec![1e3; m + 1];
    row[0] = 0.0;
    for &p in a {
        let mut next = vec![1e3; m + 1];
        for j in 1..=m {
            let d = p - b[j - 1];
            next[j] = d * d + soft(row[j], row[j - 1], next[j - 1]);
        }
        row = next;
    }
    row[m]
}
#[test]
fn time_warping() {
    let (a, b) = ([0.3, 1.0, -0.7, 0.5], [0.1, 0.9, -0.5]);
    let (mut ga, mut gb) = ([0.0; 4], [0.0; 3]);
    let gg = soft_dtw_prime(&a, &b, 0.4, &mut ga, &mut gb);
    close(&ga, &grad(|v| soft_dtw(v, &b, 0.4), &a));
    close(&gb, &grad(|v| soft_dtw(&a, v, 0.4), &b));
    close(&[gg], &grad(|v| soft_dtw(&a, &b, v[0]), &[0.4]));
}

// Scratch declared outside, filled through a helper and read by another one
#[derive_fn(vjp, jvp)]
fn scale(x: &[f64], by: f64, out: &mut [f64]) {
    for (o, v) in out.iter_mut().zip(x) {
        *o = v * by;
    }
}
#[derive_fn(vjp, jvp)]
fn norm2(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>()
}
#[derive_fn(vjp)]
fn helpers(x: &[f64]) -> f64 {
    let mut tmp = vec![0.0; x.len()];
    let mut s = 0.0;
    for k in 0..x.len() {
        scale(x, x[k], &mut tmp);
        s += norm2(&tmp) * x[k];
        tmp[k] = s;
    }
    s + tmp[0]
}
#[test]
fn buffers_of_helpers() {
    let x = [0.3, -0.8, 0.5];
    let mut g = [0.0; 3];
    helpers_prime(&x, &mut g);
    close(&g, &grad(helpers, &x));
}
// 2-D five-point stencil flattened, ping-pong buffers, f32
#[derive_fn(vjp)]
fn five_points(u0: &[f32], k: f32, w: usize) -> f32 {
    let h = u0.len() / w;
    let (mut u, mut v) = (u0.to_vec(), u0.to_vec());
    for _ in 0..3 {
        for y in 1..h - 1 {
            for x in 1..w - 1 {
                let c = y * w + x;
                v[c] = u[c] + k * (u[c - 1] + u[c + 1] + u[c - w] + u[c + w] - 4.0 * u[c]);
            }
        }
        std::mem::swap(&mut u, &mut v);
    }
    u.iter().map(|v| v * v).sum()
}
#[test]
fn a_grid_of_f32() {
    let u: Vec<f32> = (0..20).map(|i| ((i * 7 % 11) as f32) / 11.0).collect();
    let mut g = vec![0.0f32; 20];
    let d = five_points_prime(&u, 0.1, 5, &mut g);
    let f = |x: &[f64]| {
        let u: Vec<f32> = x[1..].iter().map(|v| *v as f32).collect();
        five_points(&u, x[0] as f32, 5) as f64
    };
    let at: Vec<f64> = std::iter::once(0.1).chain(u.iter().map(|v| *v as f64)).collect();
    for i in 0..21 {
        let (mut p, mut m) = (at.clone(), at.clone());
        p[i] += 1e-2;
        m[i] -= 1e-2;
        let e = (f(&p) - f(&m)) / 2e-2;
        let got = if i == 0 { d } else { g[i - 1] } as f64;
        assert!((got - e).abs() < 2e-2 * e.abs().max(1.0), "{i} {got} {e}");
    }
}
// Early return inside nested loops with a partially filled buffer
#[derive_fn(vjp)]
fn until_a_limit(x: &[f64], limit: f64) -> f64 {
    let n = x.len();
    let mut row = vec![1.0; n];
    let mut best = 0.0;
    for i in 0..n {
        for j in 0..n {
            row[j] = x[i] * x[j] + best;
            if row[j] > limit {
                return row[j] * best + row[0];
            }
        }
        best += row.iter().sum::<f64>() / n as f64;
    }
    best
}
#[test]
fn returned_from_within() {
    for l in [0.2, 1.5, 9.0] {
        let x = [0.9, -0.4, 1.3, 0.6];
        let mut g = [0.0; 4];
        let d = until_a_limit_prime(&x, l, &mut g);
        close(&g, &grad(|x| until_a_limit(x, l), &x));
        close(&[d], &grad(|t| until_a_limit(&x, t[0]), &[l]));
    }
}
// &self method with slices, shadowing
struct Model {
    rate: f64,
    order: usize,
}
impl Model {
    #[derive_fn(vjp, jvp)]
    fn predict(&self, w: &[f64], x: f64) -> f64 {
        let x = x * self.rate;
        let mut p = 1.0;
        let mut y = 0.0;
        for (i, w) in w.iter().enumerate() {
            if i > self.order {
                break;
            }
            let w = w.tanh();
            y += w * p;
            p *= x;
        }
        y
    }
    #[derive_fn(wrt(w), vjp)]
    fn loss(&self, w: &[f64], data: &[(f64, f64)]) -> f64 {
        data.iter()
            .map(|&(x, t)| {
                let e = self.predict(w, x) - t;
                e * e
            })
            .sum::<f64>()
            / data.len() as f64
    }
}
#[test]
fn a_model() {
    let m = Model { rate: 0.7, order: 2 };
    let w = [0.3, -0.9, 0.4, 2.0];
    let dt = [(0.1, 1.0), (-0.5, 0.3), (1.2, -0.4)];
    let mut g = [0.0; 4];
    m.loss_prime(&w, &dt, &mut g);
    close(&g, &grad(|w| m.loss(w, &dt), &w));
}
// Mixed-radix index, reversed loops, written in an odd layout
#[derive_fn(vjp)]
fn permuted(x: &[f64], a: usize, b: usize) -> f64 {
    let mut t = vec![0.0; a * b];
    let mut s = 0.;
    for k in 0..a {
        for j in (0..b).rev() {
            for i in 0..a {
                t[j * a + i] = x[i * b + j] * x[k]
            }
        }
        s += t.chunks_exact(a).map(|r| r.iter().product::<f64>()).sum::<f64>();
    }
    s
}
#[test]
fn permuted_indices() {
    let x = [0.9, -0.4, 1.3, 0.6, 0.2, -1.1];
    let mut g = [0.0; 6];
    permuted_prime(&x, 3, 2, &mut g);
    close(&g, &grad(|x| permuted(x, 3, 2), &x));
}
// Sums of several coefficients over a line with wrapped neighbours and skipping
#[derive_fn(vjp)]
fn wave(p: [f64; 3], u0: &[f64]) -> f64 {
    let n = u0.len();
    let mut old = u0.to_vec();
    let mut now = u0.to_vec();
    let mut new = vec![0.0; n];
    for step in 0..4 {
        if step == 2 {
            continue;
        }
        for i in 0..n {
            let (l, r) = (now[(i + n - 1) % n], now[(i + 1) % n]);
            new[i] = 2.0 * now[i] - old[i] + p[0] * (l - 2.0 * now[i] + r) - p[1] * (now[i] - old[i]) + p[2];
        }
        std::mem::swap(&mut old, &mut now);
        std::mem::swap(&mut now, &mut new);
    }
    now.iter().zip(&old).map(|(a, b)| a * b).sum()
}
#[test]
fn a_wave() {
    let p = [0.3, 0.1, 0.05];
    let u = [0.2, 0.9, -0.4, 0.3, 0.0];
    let mut g = [0.0; 5];
    let d = wave_prime(p, &u, &mut g);
    close(&g, &grad(|u| wave(p, u), &u));
    close(&d, &grad(|p| wave([p[0], p[1], p[2]], &u), &p));
}
// Operands with effects in order, match guards, tuple struct state
#[derive_fn]
fn counted(x: f64, ops: &[u8]) -> f64 {
    let mut n = 0u32;
    let mut acc = x;
    for op in ops {
        acc = match op {
            b'+' => {
                n += 1;
                acc + x * n as f64
            }
            b'*' if n > 1 => acc * (n as f64) * 0.5,
            b'*' => acc * x,
            b'!' => return acc.exp() * n as f64,
            _ => acc,
        }
    }
    acc * n as f64 - x
}
#[test]
fn operands_in_order() {
    for o in [&b"+*+*"[..], b"+*!+", b"**", b""] {
        close(&[counted_prime(0.7, o)], &grad(|x| counted(x[0], o), &[0.7]));
    }
}
// Local array by match that becomes memory
#[derive_fn(vjp, hvp)]
fn choose(x: &[f64], kind: i32) -> f64 {
    let mut w = [x[0], x[1], x[0] * x[1]];
    let mut other = [0.0; 3];
    for (i, o) in other.iter_mut().enumerate() {
        *o = x[i % x.len()].powi(2);
    }
    match kind {
        0 => w = other,
        1 => w[1] = other[2],
        _ => {}
    }
    for k in 0..3 {
        w[(k + 1) % 3] += w[k] * 0.5;
    }
    w.iter().product()
}
#[test]
fn arrays_chosen() {
    for k in 0..3 {
        let x = [0.9, -0.4];
        let mut g = [0.0; 2];
        choose_prime(&x, k, &mut g);
        close(&g, &grad(|x| choose(x, k), &x));
    }
}
// Windows with weights and running maximum, closures
#[derive_fn(vjp)]
fn blurred(x: &[f64], sigma: f64) -> f64 {
    let k = |d: f64| (-0.5 * (d / sigma).powi(2)).exp();
    let mut top = f64::MIN;
    for w in x.windows(3) {
        let v = (k(1.0) * w[0] + k(0.0) * w[1] + k(1.0) * w[2]) / (k(0.0) + 2.0 * k(1.0));
        if v > top {
            top = v;
        }
    }
    top
}
#[test]
fn smoothed() {
    let x = [0.2, 0.9, -0.4, 0.3, 1.0];
    let mut g = [0.0; 5];
    let d = blurred_prime(&x, 0.8, &mut g);
    close(&g, &grad(|x| blurred(x, 0.8), &x));
    close(&[d], &grad(|s| blurred(&x, s[0]), &[0.8]));
}
// LU in place on a copy, with row swaps, generic const
#[derive_fn(vjp)]
fn pivoted<const N: usize>(a: &[[f64; N]; N]) -> f64 {
    let mut m = *a;
    let mut d = 1.0;
    for c in 0..N {
        let mut p = c;
        for r in c + 1..N {
            if m[r][c].abs() > m[p][c].abs() {
                p = r;
            }
        }
        if p != c {
            m.swap(p, c);
            d = -d;
        }
        d *= m[c][c];
        for r in c + 1..N {
            let f = m[r][c] / m[c][c];
            for k in c..N {
                m[r][k] -= f * m[c][k];
            }
        }
    }
    d
}
#[test]
fn eliminated() {
    let a = [[0.2, 1.0, -0.3], [1.5, 0.4, 0.7], [-0.6, 0.8, 0.9]];
    let g = pivoted_prime(&a);
    close(
        &g.concat(),
        &grad(|v| pivoted(&[[v[0], v[1], v[2]], [v[3], v[4], v[5]], [v[6], v[7], v[8]]]), &a.concat()),
    );
}
// Tables, and where in them a number is: what tells that has no derivative, but may be asked of active values.
#[derive_fn(vjp)]
fn found_in_table(xs: &[f64], ys: &[f64], at: f64) -> f64 {
    let k = match xs.binary_search_by(|v| v.total_cmp(&at)) {
        Ok(i) => i,
        Err(i) => i.saturating_sub(1),
    };
    let k = k.min(xs.len() - 2);
    let t = (at - xs[k]) / (xs[k + 1] - xs[k]);
    ys[k] + t * (ys[k + 1] - ys[k])
}
#[derive_fn(vjp)]
fn looked_up_inside(xs: &[f64], ys: &[f64], at: f64) -> f64 {
    if !(xs[0]..xs[xs.len() - 1]).contains(&at) {
        return 0.0 * at;
    }
    let k = xs.partition_point(|&v| v <= at) - 1;
    let t = (at - xs[k]) / (xs[k + 1] - xs[k]);
    let sorted = xs.windows(2).all(|w| w[0] < w[1]);
    if sorted { ys[k] * (1.0 - t) + t * ys[k + 1] } else { 0.0 }
}
#[derive_fn(vjp)]
fn made_and_searched(x: f64, n: usize) -> f64 {
    let knots: Vec<f64> = (0..n).map(|i| x * i as f64).collect();
    let k = knots.partition_point(|v| *v < 2.0);
    let first = knots.iter().position(|v| *v > 1.0).unwrap_or(0);
    knots[k.min(n - 1)].powi(2) + knots[first]
}
#[test]
fn searched() {
    let (xs, ys) = ([0.0, 1.0, 2.5, 3.0], [1.0, 3.0, 2.0, 5.0]);
    let all = [&xs[..], &ys, &[1.7]].concat();
    for (prime, f) in [
        (
            found_in_table_prime as fn(&[f64], &[f64], f64, &mut [f64], &mut [f64]) -> f64,
            found_in_table as fn(&[f64], &[f64], f64) -> f64,
        ),
        (looked_up_inside_prime, looked_up_inside),
    ] {
        let (mut a, mut b) = ([0.0; 4], [0.0; 4]);
        let at = prime(&xs, &ys, 1.7, &mut a, &mut b);
        close(&[&a[..], &b, &[at]].concat(), &grad(|v| f(&v[..4], &v[4..8], v[8]), &all));
    }
    close(&[made_and_searched_prime(0.7, 5)], &grad(|v| made_and_searched(v[0], 5), &[0.7]));
}
// A natural spline: a system with three diagonals, and the search for a piece.
#[derive_fn(vjp, wrt(y))]
fn spline(x: &[f64], y: &[f64], at: f64) -> f64 {
    let n = x.len();
    let mut m = vec![0.0; n];
    let mut c = vec![0.0; n];
    let mut d = vec![0.0; n];
    for i in 1..n - 1 {
        let (h0, h1) = (x[i] - x[i - 1], x[i + 1] - x[i]);
        let rhs = 6.0 * ((y[i + 1] - y[i]) / h1 - (y[i] - y[i - 1]) / h0);
        let w = 2.0 * (h0 + h1) - h0 * c[i - 1];
        c[i] = h1 / w;
        d[i] = (rhs - h0 * d[i - 1]) / w;
    }
    for i in (1..n - 1).rev() {
        m[i] = d[i] - c[i] * m[i + 1];
    }
    let k = x.partition_point(|&v| v <= at).clamp(1, n - 1) - 1;
    let h = x[k + 1] - x[k];
    let (a, b) = ((x[k + 1] - at) / h, (at - x[k]) / h);
    a * y[k] + b * y[k + 1] + ((a * a * a - a) * m[k] + (b * b * b - b) * m[k + 1]) * h * h / 6.0
}
#[test]
fn interpolated() {
    let (x, y, mut g) = ([0.0, 1.0, 2.5, 3.0, 4.2], [1.0, 0.5, -0.2, 0.7, 1.1], [0.0; 5]);
    for at in [0.4, 2.7, 4.0] {
        spline_prime(&x, &y, at, &mut g);
        close(&g, &grad(|y| spline(&x, y, at), &y));
    }
}
// A transform in place, with bit reversal and butterflies.
#[derive_fn(vjp)]
fn band_energy(signal: &[f64]) -> f64 {
    let n = signal.len();
    let mut re = signal.to_vec();
    let mut im = vec![0.0; n];
    let bits = n.trailing_zeros();
    for i in 0..n {
        let j = i.reverse_bits() >> (usize::BITS - bits);
        if i < j {
            re.swap(i, j);
        }
    }
    let mut len = 2;
    while len <= n {
        let ang = -2.0 * std::f64::consts::PI / len as f64;
        for start in (0..n).step_by(len) {
            for k in 0..len / 2 {
                let (s, c) = (ang * k as f64).sin_cos();
                let (a, b) = (start + k, start + k + len / 2);
                let tr = re[b] * c - im[b] * s;
                let ti = re[b] * s + im[b] * c;
                re[b] = re[a] - tr;
                im[b] = im[a] - ti;
                re[a] += tr;
                im[a] += ti;
            }
        }
        len *= 2;
    }
    re[1..n / 2].iter().zip(&im[1..n / 2]).map(|(r, i)| (r * r + i * i).sqrt()).sum()
}
#[test]
fn transformed() {
    let signal: Vec<f64> = (0..16).map(|i| (i as f64 * 0.9).sin() + 0.1 * i as f64).collect();
    let mut g = [0.0; 16];
    band_energy_prime(&signal, &mut g);
    close(&g, &grad(band_energy, &signal));
}

// What is beside active values need not be a real number: the place of the best, a count, a state.
#[derive_fn(vjp)]
fn best_pair(x: &[f64]) -> f64 {
    let mut best = (0, x[0]);
    for (i, &v) in x.iter().enumerate().skip(1) {
        if v > best.1 {
            best = (i, v);
        }
    }
    best.1 * x[best.0] * (best.0 + 1) as f64
}
#[derive_fn(vjp)]
fn best_of_two(x: &[f64]) -> f64 {
    let (mut k, mut best) = (0, f64::MIN);
    for i in 0..x.len() {
        if x[i] > best {
            (k, best) = (i, x[i]);
        }
    }
    best * x[k]
}
#[derive_fn(vjp)]
fn best_folded(x: &[f64]) -> f64 {
    let (best, k) =
        x.iter().enumerate().fold((f64::MIN, 0), |(b, k), (i, &v)| if v > b { (v, i) } else { (b, k) });
    best * x[k]
}
#[derive_fn(vjp)]
fn counted_in_tuple(x: &[f64]) -> f64 {
    let mut s = (0.0, 0usize, false);
    for &v in x {
        s.0 += v * v;
        s.1 += 1;
        if v < 0.0 {
            s.2 = true;
        }
    }
    if s.2 { s.0 / s.1 as f64 } else { s.0 }
}
struct Statistics {
    sum: f64,
    count: usize,
    negative: bool,
}
#[derive_fn(vjp)]
fn counted_in_struct(x: &[f64]) -> f64 {
    let mut s = Statistics { sum: 0.0, count: 0, negative: false };
    for &v in x {
        s.sum += v * v;
        s.count += 1;
        if v < 0.0 {
            s.negative = true;
        }
    }
    if s.negative { s.sum / s.count as f64 } else { s.sum }
}
#[derive_fn(vjp)]
fn state_machine(x: &[f64]) -> f64 {
    let mut mode = 'a';
    let mut y = x[0];
    for v in x {
        (mode, y) = if y > 1.0 { ('b', y * v) } else { (mode, y + v * v) };
    }
    let mut state = (1, y);
    while state.0 < 4 {
        state = (state.0 + 1, state.1 * x[1] + state.0 as f64);
    }
    if mode == 'b' { state.1 } else { 2.0 * state.1 }
}
#[test]
fn beside_active_values() {
    type Pair = (fn(&[f64]) -> f64, fn(&[f64], &mut [f64]));
    let all: [Pair; 6] = [
        (best_pair, best_pair_prime),
        (best_of_two, best_of_two_prime),
        (best_folded, best_folded_prime),
        (counted_in_tuple, counted_in_tuple_prime),
        (counted_in_struct, counted_in_struct_prime),
        (state_machine, state_machine_prime),
    ];
    for (i, (f, prime)) in all.into_iter().enumerate() {
        for x in [[0.5, -0.3, 1.2], [0.7, 0.9, 0.4], [2.0, 1.0, 0.1]] {
            let mut g = [f64::NAN; 3];
            prime(&x, &mut g);
            println!("{i} at {x:?}");
            close(&g, &grad(f, &x));
        }
    }
}

// Elements that may be missing, and lists of indices in an order that active values tell.
#[derive_fn(vjp)]
fn ends(x: &[f64]) -> f64 {
    let y = *x.last().unwrap();
    let z = x.first().copied().unwrap_or(0.0);
    y * z + x.get(1).unwrap().sin()
}
#[derive_fn(vjp)]
fn padded(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        let l = if i > 0 { x[i - 1] } else { 0.0 };
        let r = x.get(i + 1).copied().unwrap_or(0.0);
        s += (l - 2.0 * x[i] + r).powi(2);
    }
    s
}
#[derive_fn(vjp)]
fn beyond(x: &[f64]) -> f64 {
    match x.get(5).copied() {
        Some(v) => v,
        None => x[0] * x[1],
    }
}
#[derive_fn(vjp)]
fn where_there_is_one(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..5 {
        if let Some(v) = x.get(i) {
            s += v * v * i as f64;
        }
    }
    s
}
#[derive_fn(vjp)]
fn or_the_first(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..5 {
        s += x.get(i).map_or(x[0], |v| v * v);
    }
    s
}
#[derive_fn(vjp)]
fn padded_copy(x: &[f64]) -> f64 {
    let u = x.to_vec();
    let mut w = vec![0.0; 3];
    for i in 0..3 {
        w[i] = u[i] * u.get(i + 1).copied().unwrap_or(u[0]);
    }
    w.iter().sum()
}
#[derive_fn(vjp)]
fn ranked(x: &[f64]) -> f64 {
    let mut idx: Vec<usize> = (0..x.len()).collect();
    idx.sort_unstable_by(|a, b| x[*b].partial_cmp(&x[*a]).unwrap());
    let mut s = 0.0;
    for (rank, &i) in idx.iter().enumerate() {
        s += x[i] * x[i] * (rank + 1) as f64;
    }
    s
}
#[derive_fn(vjp)]
fn retained(x: &[f64]) -> f64 {
    let mut keep: Vec<usize> = (0..x.len()).collect();
    keep.retain(|&i| x[i] > 0.0);
    keep.iter().map(|&i| x[i].sqrt()).sum::<f64>() / keep.len() as f64
}
#[derive_fn(vjp)]
fn copied_before(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let first = u.first().copied();
    u[0] = 7.0 * x[1];
    if let Some(v) = first { v * u[0] } else { 0.0 }
}
#[derive_fn(vjp)]
fn row_copied_before(x: &[f64]) -> f64 {
    let mut m = vec![[x[0], x[1]], [x[2], 1.0]];
    let first = m.first().copied().unwrap();
    m[0][0] = 5.0 * x[2];
    first[0] * m[0][0] + first[1]
}
#[derive_fn(vjp)]
fn ends_copied_before(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let a = u.get(0).copied();
    let b = u.last().cloned();
    u[0] = 3.0;
    u[2] = 1.0;
    a.unwrap() * b.unwrap() + u[1]
}
#[derive_fn(vjp)]
fn mapped_element(x: &[f64]) -> f64 {
    let r = x.get(1).map(|v| v * v).unwrap_or(x[0]);
    let q = x.get(9).map(|v| v * v).unwrap_or(x[0]);
    r + q * 2.0
}
#[derive_fn(vjp)]
fn matched_in_tuple(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..4 {
        s += match (x.get(i), i) {
            (Some(v), 0) => *v,
            (Some(v), _) => v * v,
            (None, _) => 1.0,
        };
    }
    s
}
#[derive_fn(vjp)]
fn mapped_reduction(x: &[f64]) -> f64 {
    let top = x.iter().copied().reduce(f64::max).map(|m| m * 2.0).unwrap_or(0.0);
    top * x[0]
}
#[test]
fn elements_that_may_be_missing() {
    type Pair = (fn(&[f64]) -> f64, fn(&[f64], &mut [f64]));
    let all: [Pair; 14] = [
        (ends, ends_prime),
        (padded, padded_prime),
        (beyond, beyond_prime),
        (where_there_is_one, where_there_is_one_prime),
        (or_the_first, or_the_first_prime),
        (padded_copy, padded_copy_prime),
        (ranked, ranked_prime),
        (retained, retained_prime),
        (copied_before, copied_before_prime),
        (row_copied_before, row_copied_before_prime),
        (ends_copied_before, ends_copied_before_prime),
        (mapped_element, mapped_element_prime),
        (matched_in_tuple, matched_in_tuple_prime),
        (mapped_reduction, mapped_reduction_prime),
    ];
    for (i, (f, prime)) in all.into_iter().enumerate() {
        for x in [[0.5, -0.3, 1.2], [2.0, 1.0, 0.1]] {
            let mut g = [f64::NAN; 3];
            prime(&x, &mut g);
            println!("{i} at {x:?}");
            close(&g, &grad(f, &x));
        }
    }
}
