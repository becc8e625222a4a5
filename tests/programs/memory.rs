//! Slices, arrays, local vectors and structs.

use crate::check::{array, map, slice, spread};
use deriv::derive_fn;

/// Horner's rule over coefficients that are variables too.
#[derive_fn(jvp, vjp)]
fn horner(coefficients: &[f64], x: f64) -> f64 {
    let mut sum = 0.0;
    for i in (0..coefficients.len()).rev() {
        sum = sum * x + coefficients[i];
    }
    sum
}

#[test]
fn slice_and_scalar() {
    map(
        &[&[0.7], &[1.0, -1.2], &[0.3, -2.0, 1.5, 0.9]],
        |p| {
            let (x, c) = p.split_last().unwrap();
            vec![horner(c, *x)]
        },
        |p, v| {
            let ((x, c), (x_dot, c_dot)) = (p.split_last().unwrap(), v.split_last().unwrap());
            let (value, tangent) = horner_jvp(c, *x, c_dot, *x_dot);
            (vec![value], vec![tangent])
        },
        |p, s| {
            let (x, c) = p.split_last().unwrap();
            let mut bar = vec![7.0; c.len()];
            let (value, by_x) = horner_vjp(c, *x, s[0], &mut bar);
            let mut prime = vec![7.0; c.len()];
            let slope = horner_prime(c, *x, &mut prime);
            crate::check::agree("vjp", &[s[0] * slope], &[by_x]);
            bar.push(by_x);
            (vec![value], bar)
        },
    );
}

/// Two slices, an index each.
#[derive_fn(jvp, vjp)]
fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for i in 0..a.len() {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    ab / (aa * bb).sqrt()
}

#[test]
fn two_slices() {
    map(
        &[&[0.7, 1.2, -0.3, 1.1], &spread(10, 5)],
        |p| {
            let (a, b) = p.split_at(p.len() / 2);
            vec![cosine(a, b)]
        },
        |p, v| {
            let ((a, b), (a_dot, b_dot)) = (p.split_at(p.len() / 2), v.split_at(p.len() / 2));
            let (value, tangent) = cosine_jvp(a, b, a_dot, b_dot);
            (vec![value], vec![tangent])
        },
        |p, s| {
            let (a, b) = p.split_at(p.len() / 2);
            let mut bars = vec![3.0; p.len()];
            let (a_bar, b_bar) = bars.split_at_mut(p.len() / 2);
            let value = cosine_vjp(a, b, s[0], a_bar, b_bar);
            (vec![value], bars)
        },
    );
}

/// The same slice element under two names, and at indices computed at run time.
#[derive_fn(jvp, vjp, wrt(x))]
fn table(x: &[f64], at: &[usize]) -> f64 {
    let mut product = 1.0;
    for k in 0..at.len() {
        let i = at[k];
        let j = (i + 1) % x.len();
        product *= 1.0 + 0.1 * x[i] * x[j] + x[at[k]];
    }
    product
}

#[test]
fn indices_from_a_table() {
    let at = [0, 2, 2, 1, 3];
    slice(
        &[&[0.3, 0.1, -0.2, 0.8]],
        |x| table(x, &at),
        |x, out| table_prime(x, &at, out),
        |x, v| table_jvp(x, &at, v),
        |x, s, bar| table_vjp(x, &at, s, bar),
    );
}

/// Prefix sums in a vector, read back.
#[derive_fn(jvp, vjp)]
fn prefix(x: &[f64]) -> f64 {
    let n = x.len();
    let mut sums = vec![0.0; n + 1];
    for i in 0..n {
        sums[i + 1] = sums[i] + x[i] * x[i];
    }
    let mut total = 0.0;
    for i in 0..n {
        total += x[i] * sums[i] / (1.0 + sums[n]);
    }
    total
}

#[test]
fn prefix_sums() {
    slice(&[&[], &[0.7], &spread(6, 1)], prefix, prefix_prime, prefix_jvp, prefix_vjp);
}

/// Pushed one by one.
#[derive_fn(jvp, vjp)]
fn orbit(x: f64, r: f64, n: usize) -> f64 {
    let mut path = Vec::with_capacity(n);
    let mut state = x;
    for _ in 0..n {
        state = r * state * (1.0 - state);
        path.push(state);
    }
    let mut mean = 0.0;
    for i in 0..path.len() {
        mean += path[i];
    }
    mean /= n as f64;
    let mut variance = 0.0;
    for i in 0..path.len() {
        variance += (path[i] - mean).powi(2);
    }
    (variance / n as f64).sqrt()
}

#[test]
fn pushed() {
    array(
        &[[0.3, 2.9], [0.8, 3.4]],
        |[x, r]| orbit(x, r, 6),
        |[x, r]| orbit_prime(x, r, 6),
        |[x, r], [v, w]| orbit_jvp(x, r, 6, v, w),
        |[x, r], s| orbit_vjp(x, r, 6, s),
    );
}

/// Two buffers that are swapped: a smoothing of the ends fixed.
#[derive_fn(jvp, vjp, wrt(x, rate))]
fn smoothed(x: &[f64], rate: f64, steps: usize) -> f64 {
    let mut u = x.to_vec();
    let mut next = x.to_vec();
    for _ in 0..steps {
        for i in 1..u.len() - 1 {
            next[i] = u[i] + rate * (u[i - 1] - 2.0 * u[i] + u[i + 1]) - 0.01 * u[i].powi(3);
        }
        std::mem::swap(&mut u, &mut next);
    }
    let mut energy = 0.0;
    for i in 0..u.len() {
        energy += 0.5 * u[i] * u[i];
    }
    energy
}

#[test]
fn swapped_buffers() {
    for steps in [0, 1, 2, 7] {
        map(
            &[&spread(6, 2), &[0.1, 0.5, 0.9, -1.0, 0.2]],
            |p| {
                let (rate, x) = p.split_last().unwrap();
                vec![smoothed(x, *rate, steps)]
            },
            |p, v| {
                let ((rate, x), (rate_dot, x_dot)) = (p.split_last().unwrap(), v.split_last().unwrap());
                let (value, tangent) = smoothed_jvp(x, *rate, steps, x_dot, *rate_dot);
                (vec![value], vec![tangent])
            },
            |p, s| {
                let (rate, x) = p.split_last().unwrap();
                let mut bar = vec![7.0; x.len()];
                let (value, by_rate) = smoothed_vjp(x, *rate, steps, s[0], &mut bar);
                bar.push(by_rate);
                (vec![value], bar)
            },
        );
    }
}

/// The logarithm of the determinant of a positive definite matrix, by Cholesky's factors.
#[derive_fn(jvp, vjp)]
fn log_determinant(a: [[f64; 3]; 3]) -> f64 {
    let mut l = [[0.0; 3]; 3];
    let mut sum = 0.0;
    for i in 0..3 {
        for j in 0..=i {
            let mut rest = a[i][j];
            for k in 0..j {
                rest -= l[i][k] * l[j][k];
            }
            if i == j {
                l[i][j] = rest.sqrt();
                sum += 2.0 * l[i][j].ln();
            } else {
                l[i][j] = rest / l[j][j];
            }
        }
    }
    sum
}

fn matrix<const N: usize>(x: &[f64]) -> [[f64; N]; N] {
    std::array::from_fn(|i| std::array::from_fn(|j| x[i * N + j]))
}

#[test]
fn cholesky() {
    map(
        &[&[4.0, 0.3, 0.2, 0.3, 3.0, -0.5, 0.2, -0.5, 2.0]],
        |x| vec![log_determinant(matrix(x))],
        |x, v| {
            let (value, tangent) = log_determinant_jvp(matrix(x), matrix(v));
            (vec![value], vec![tangent])
        },
        |x, s| {
            let (value, bar) = log_determinant_vjp(matrix(x), s[0]);
            let prime = log_determinant_prime(matrix(x)).map(|row| row.map(|x| s[0] * x));
            crate::check::agree("prime", prime.as_flattened(), bar.as_flattened());
            (vec![value], bar.as_flattened().to_vec())
        },
    );
}

/// A linear system by elimination with pivots, in place on copies.
#[derive_fn(jvp, vjp, wrt(a, b))]
fn solve(a: &[f64], b: &[f64], wanted: usize) -> f64 {
    let n = b.len();
    let mut m = vec![0.0; n * n];
    for i in 0..n * n {
        m[i] = a[i];
    }
    let mut x = vec![0.0; n];
    for i in 0..n {
        x[i] = b[i];
    }
    for k in 0..n {
        let mut pivot = k;
        for i in k + 1..n {
            if m[i * n + k].abs() > m[pivot * n + k].abs() {
                pivot = i;
            }
        }
        if pivot != k {
            for j in 0..n {
                m.swap(k * n + j, pivot * n + j);
            }
            x.swap(k, pivot);
        }
        for i in k + 1..n {
            let factor = m[i * n + k] / m[k * n + k];
            for j in k..n {
                m[i * n + j] -= factor * m[k * n + j];
            }
            x[i] -= factor * x[k];
        }
    }
    for i in (0..n).rev() {
        for j in i + 1..n {
            x[i] -= m[i * n + j] * x[j];
        }
        x[i] /= m[i * n + i];
    }
    x[wanted]
}

#[test]
fn elimination_with_pivots() {
    let systems: [&[f64]; 2] = [
        &[0.1, 2.0, -1.0, 3.0, 0.2, 0.4, 1.0, -1.5, 2.5, 0.3, 0.9, -0.7],
        &[4.0, 1.0, 0.5, 0.3, 3.0, 1.0, 2.0, -0.5, 5.0, 1.0, 2.0, 3.0],
    ];
    for wanted in 0..3 {
        map(
            &systems,
            |p| vec![solve(&p[..9], &p[9..], wanted)],
            |p, v| {
                let (value, tangent) = solve_jvp(&p[..9], &p[9..], wanted, &v[..9], &v[9..]);
                (vec![value], vec![tangent])
            },
            |p, s| {
                let mut bars = vec![7.0; 12];
                let (a_bar, b_bar) = bars.split_at_mut(9);
                let value = solve_vjp(&p[..9], &p[9..], wanted, s[0], a_bar, b_bar);
                (vec![value], bars)
            },
        );
    }
}

/// An array by value, changed in place.
#[derive_fn(jvp, vjp)]
fn rotated(mut p: [f64; 3], angle: f64) -> f64 {
    let (s, c) = angle.sin_cos();
    for i in 0..2 {
        let (a, b) = (p[i], p[i + 1]);
        p[i] = c * a - s * b;
        p[i + 1] = s * a + c * b;
    }
    p[0] * p[1] + p[2]
}

#[test]
fn array_and_scalar() {
    array(
        &[[0.3, -1.2, 0.8, 0.4]],
        |[x, y, z, t]| rotated([x, y, z], t),
        |[x, y, z, t]| {
            let ([by_x, by_y, by_z], by_t) = rotated_prime([x, y, z], t);
            [by_x, by_y, by_z, by_t]
        },
        |[x, y, z, t], [u, v, w, t_dot]| rotated_jvp([x, y, z], t, [u, v, w], t_dot),
        |[x, y, z, t], s| {
            let (value, ([by_x, by_y, by_z], by_t)) = rotated_vjp([x, y, z], t, s);
            (value, [by_x, by_y, by_z, by_t])
        },
    );
}

/// A slice of arrays: the area of a polygon, by the shoelace formula.
#[derive_fn(jvp, vjp)]
fn area(corners: &[[f64; 2]]) -> f64 {
    let n = corners.len();
    let mut twice = 0.0;
    for i in 0..n {
        let [x, y] = corners[i];
        let next = corners[(i + 1) % n];
        twice += x * next[1] - next[0] * y;
    }
    0.5 * twice.abs()
}

#[test]
fn slice_of_arrays() {
    map(
        &[&[0.0, 0.1, 2.0, 0.0, 1.5, 1.7, 0.2, 1.0]],
        |x| vec![area(x.as_chunks().0)],
        |x, v| {
            let (value, tangent) = area_jvp(x.as_chunks().0, v.as_chunks().0);
            (vec![value], vec![tangent])
        },
        |x, s| {
            let mut bar = vec![7.0; x.len()];
            let value = area_vjp(x.as_chunks().0, s[0], bar.as_chunks_mut().0);
            (vec![value], bar)
        },
    );
}

/// An array behind a reference, with its length as a parameter of the type.
#[derive_fn(jvp, vjp)]
fn norm<const N: usize>(x: &[f64; N]) -> f64 {
    let mut scale = 0.0_f64;
    for i in 0..N {
        scale = scale.max(x[i].abs());
    }
    let mut sum = 0.0;
    for i in 0..N {
        sum += (x[i] / scale).powi(2);
    }
    scale * sum.sqrt()
}

#[test]
fn const_generic() {
    array(
        &[[3.0, 4.0], [-0.2, 0.1]],
        |x| norm(&x),
        |x| norm_prime(&x),
        |x, v| norm_jvp(&x, &v),
        |x, s| norm_vjp(&x, s),
    );
    array(
        &[[3.0, 4.0, -1.0, 0.0, 2.5]],
        |x| norm(&x),
        |x| norm_prime(&x),
        |x, v| norm_jvp(&x, &v),
        |x, s| norm_vjp(&x, s),
    );
}

/// Parts of a slice, with names of their own.
#[derive_fn(jvp, vjp, wrt(parameters))]
fn layers(parameters: &[f64], x: f64) -> f64 {
    let (first, rest) = parameters.split_at(4);
    let second = &rest[..4];
    let bias = rest[4];
    let mut sum = bias;
    for k in 0..4 {
        sum += second[k] * (first[k] * x).tanh();
    }
    sum
}

#[test]
fn parts_of_a_slice() {
    slice(
        &[&spread(9, 3)],
        |p| layers(p, 0.7),
        |p, out| layers_prime(p, 0.7, out),
        |p, v| layers_jvp(p, 0.7, v),
        |p, s, bar| layers_vjp(p, 0.7, s, bar),
    );
}

/// Bubble sort: which numbers change places depends on them.
#[derive_fn(jvp, vjp)]
fn trimmed_mean(x: &[f64]) -> f64 {
    let mut sorted = x.to_vec();
    let n = sorted.len();
    for i in 0..n {
        for j in 0..n - 1 - i {
            if sorted[j] > sorted[j + 1] {
                sorted.swap(j, j + 1);
            }
        }
    }
    let mut sum = 0.0;
    for i in 1..n - 1 {
        sum += sorted[i] * sorted[i];
    }
    sum / (n - 2) as f64
}

#[test]
fn sorting() {
    slice(
        &[&[0.5, -2.0, 1.5, 3.0, 0.1], &[3.0, 2.0, 1.0]],
        trimmed_mean,
        trimmed_mean_prime,
        trimmed_mean_jvp,
        trimmed_mean_vjp,
    );
}

/// Thomas' algorithm for three diagonals.
#[derive_fn(jvp, vjp)]
fn tridiagonal(right: &[f64], below: f64, above: f64) -> f64 {
    let n = right.len();
    let mut c = vec![0.0; n];
    let mut d = vec![0.0; n];
    c[0] = above / 2.5;
    d[0] = right[0] / 2.5;
    for i in 1..n {
        let pivot = 2.5 - below * c[i - 1];
        c[i] = above / pivot;
        d[i] = (right[i] - below * d[i - 1]) / pivot;
    }
    for i in (0..n - 1).rev() {
        d[i] -= c[i] * d[i + 1];
    }
    d[0] * d[n / 2]
}

#[test]
fn three_diagonals() {
    map(
        &[&[0.3, -1.2, 2.0, 0.7, 0.4, -0.9]],
        |p| vec![tridiagonal(&p[..4], p[4], p[5])],
        |p, v| {
            let (value, tangent) = tridiagonal_jvp(&p[..4], p[4], p[5], &v[..4], v[4], v[5]);
            (vec![value], vec![tangent])
        },
        |p, s| {
            let mut bar = vec![7.0; 4];
            let (value, [below, above]) = tridiagonal_vjp(&p[..4], p[4], p[5], s[0], &mut bar);
            bar.extend([below, above]);
            (vec![value], bar)
        },
    );
}

/// A cell is written three times, read between, and at last with a constant.
#[derive_fn(jvp, vjp)]
fn rewritten(x: [f64; 3]) -> f64 {
    let mut a = [0.0; 2];
    a[0] = x[0];
    a[1] = a[0] * x[1];
    a[0] = a[1] + x[2];
    let kept = a[0];
    a[0] = 2.0;
    a[1] *= a[1] * a[0] + a[1];
    kept * a[1] + a[0]
}

#[test]
fn overwritten_cells() {
    array(&[[0.3, -1.2, 0.8]], rewritten, rewritten_prime, rewritten_jvp, rewritten_vjp);
}

/// `a[i] = a[i] · a[i - 1]` reads what the iteration before wrote.
#[derive_fn(jvp, vjp)]
fn cascade(x: &[f64]) -> f64 {
    let mut a = x.to_vec();
    for _ in 0..2 {
        for i in 1..a.len() {
            a[i] = (a[i] * a[i - 1]).sin() + 0.5 * a[i];
        }
        a[0] *= 0.9;
    }
    a[x.len() - 1]
}

#[test]
fn reads_what_it_wrote() {
    slice(&[&[0.9], &[0.4, -0.8, 1.2, 0.7]], cascade, cascade_prime, cascade_jvp, cascade_vjp);
}

#[derive(Clone, Copy)]
struct Particle {
    x: f64,
    v: f64,
}

impl Particle {
    fn mass() -> f64 {
        1.3
    }
}

/// A struct of the user's, built and read inside the body.
#[derive_fn(jvp, vjp)]
fn oscillator(x: f64, v: f64, stiffness: f64) -> f64 {
    let mut p = Particle { x, v };
    for _ in 0..20 {
        let force = -stiffness * p.x - 0.1 * p.v;
        p.v += 0.1 * force / Particle::mass();
        p.x += 0.1 * p.v;
    }
    let Particle { x, v } = p;
    0.5 * (stiffness * x * x + v * v)
}

#[test]
fn structs() {
    array(
        &[[1.0, 0.3, 2.0]],
        |[x, v, k]| oscillator(x, v, k),
        |[x, v, k]| oscillator_prime(x, v, k),
        |[x, v, k], [a, b, c]| oscillator_jvp(x, v, k, a, b, c),
        |[x, v, k], s| oscillator_vjp(x, v, k, s),
    );
}

/// Structs within arrays and copied whole.
#[derive_fn(jvp, vjp)]
fn pair(x: f64, y: f64) -> f64 {
    let mut both = [Particle { x, v: 0.0 }, Particle { x: y, v: 0.5 }];
    for step in 0..5 {
        let before = both[0];
        both[0].v -= 0.2 * (both[0].x - both[1].x);
        both[1].v += 0.2 * (before.x - both[1].x);
        both[0].x += 0.2 * both[0].v;
        both[1].x += 0.2 * both[1].v;
        if step == 2 {
            (both[0], both[1]) = (both[1], both[0]);
        }
    }
    both[0].x * both[1].x
}

/// A struct declared inside, with an array within.
#[derive_fn(jvp, vjp)]
fn distance_of_structs(x: f64, y: f64) -> f64 {
    struct Point {
        at: [f64; 2],
        weight: f64,
    }
    let points = [Point { at: [x, y], weight: 2.0 }, Point { at: [y, 1.0], weight: x }];
    let weighted = |one: &Point, other: &Point| {
        let d = one.at[0] - other.at[1];
        one.weight * d * d
    };
    weighted(&points[0], &points[1]) + weighted(&points[1], &points[0])
}

#[test]
fn structs_in_arrays() {
    array(
        &[[1.0, 0.3]],
        |[x, y]| pair(x, y),
        |[x, y]| pair_prime(x, y),
        |[x, y], [v, w]| pair_jvp(x, y, v, w),
        |[x, y], s| pair_vjp(x, y, s),
    );
    array(
        &[[1.0, 0.3]],
        |[x, y]| distance_of_structs(x, y),
        |[x, y]| distance_of_structs_prime(x, y),
        |[x, y], [v, w]| distance_of_structs_jvp(x, y, v, w),
        |[x, y], s| distance_of_structs_vjp(x, y, s),
    );
}

/// An index that depends on what is active, as a passive number.
#[derive_fn(jvp, vjp)]
fn interpolated(values: &[f64], at: f64) -> f64 {
    let at = at.clamp(0.0, (values.len() - 1) as f64);
    let i = (at as usize).min(values.len() - 2);
    let t = at - i as f64;
    values[i] * (1.0 - t) + values[i + 1] * t
}

#[test]
fn index_from_active() {
    map(
        &[&[0.5, 2.0, -1.0, 3.0, 1.3], &[0.5, 2.0, -1.0, 3.0, 0.7], &[0.5, 2.0, -1.0, 3.0, 7.7]],
        |p| vec![interpolated(&p[..4], p[4])],
        |p, v| {
            let (value, tangent) = interpolated_jvp(&p[..4], p[4], &v[..4], v[4]);
            (vec![value], vec![tangent])
        },
        |p, s| {
            let mut bar = vec![7.0; 4];
            let (value, by_at) = interpolated_vjp(&p[..4], p[4], s[0], &mut bar);
            bar.push(by_at);
            (vec![value], bar)
        },
    );
}

/// Dynamic programming over two rows: a soft distance of two sequences.
#[derive_fn(jvp, vjp)]
fn alignment(a: &[f64], b: &[f64]) -> f64 {
    let m = b.len();
    let mut row = vec![1e3_f64; m + 1];
    row[0] = 0.0;
    for i in 0..a.len() {
        let mut diagonal = row[0];
        row[0] = 1e3;
        for j in 0..m {
            let cost = (a[i] - b[j]).powi(2);
            let least = diagonal.min(row[j]).min(row[j + 1]);
            diagonal = row[j + 1];
            row[j + 1] = cost + least;
        }
    }
    row[m]
}

#[test]
fn dynamic_programming() {
    map(
        &[&[0.5, 2.0, -1.0, 0.9, 0.4, -1.3, 1.8]],
        |p| vec![alignment(&p[..4], &p[4..])],
        |p, v| {
            let (value, tangent) = alignment_jvp(&p[..4], &p[4..], &v[..4], &v[4..]);
            (vec![value], vec![tangent])
        },
        |p, s| {
            let mut bars = vec![7.0; p.len()];
            let (a_bar, b_bar) = bars.split_at_mut(4);
            let value = alignment_vjp(&p[..4], &p[4..], s[0], a_bar, b_bar);
            (vec![value], bars)
        },
    );
}

/// An array as result.
#[derive_fn(jvp, vjp)]
fn moments(x: &[f64]) -> [f64; 3] {
    let mut m = [0.0; 3];
    for i in 0..x.len() {
        let mut power = 1.0;
        for k in 0..3 {
            power *= x[i];
            m[k] += power;
        }
    }
    m
}

#[test]
fn array_result_of_slice() {
    map(
        &[&[], &[0.5, 2.0, -1.0]],
        |x| moments(x).to_vec(),
        |x, v| {
            let (value, tangent) = moments_jvp(x, v);
            (value.to_vec(), tangent.to_vec())
        },
        |x, s| {
            let mut bar = vec![7.0; x.len()];
            let value = moments_vjp(x, s.try_into().unwrap(), &mut bar);
            (value.to_vec(), bar)
        },
    );
}

/// The Jacobian of an array by an array.
#[derive_fn(jvp, vjp)]
fn lorenz(p: [f64; 3]) -> [f64; 3] {
    let [x, y, z] = p;
    [10.0 * (y - x), x * (28.0 - z) - y, x * y - 8.0 / 3.0 * z]
}

#[test]
fn jacobian() {
    let at = [1.0, 2.0, 20.0];
    assert_eq!(lorenz_prime(at), [[-10.0, 10.0, 0.0], [8.0, -1.0, -1.0], [2.0, 1.0, -8.0 / 3.0]]);
    map(
        &[&at],
        |x| lorenz([x[0], x[1], x[2]]).to_vec(),
        |x, v| {
            let (value, tangent) = lorenz_jvp([x[0], x[1], x[2]], [v[0], v[1], v[2]]);
            (value.to_vec(), tangent.to_vec())
        },
        |x, s| {
            let (value, bar) = lorenz_vjp([x[0], x[1], x[2]], [s[0], s[1], s[2]]);
            (value.to_vec(), bar.to_vec())
        },
    );
}

/// A tuple as result, of a number and an array.
#[derive_fn(jvp, vjp)]
fn polar(p: [f64; 2]) -> (f64, [f64; 2]) {
    let mut squares = 0.0;
    for i in 0..2 {
        squares += p[i] * p[i];
    }
    let r = squares.sqrt();
    (r, [p[0] / r, p[1] / r])
}

#[test]
fn tuple_result() {
    map(
        &[&[3.0, 4.0]],
        |x| {
            let (r, u) = polar([x[0], x[1]]);
            vec![r, u[0], u[1]]
        },
        |x, v| {
            let ((r, u), (r_dot, u_dot)) = polar_jvp([x[0], x[1]], [v[0], v[1]]);
            (vec![r, u[0], u[1]], vec![r_dot, u_dot[0], u_dot[1]])
        },
        |x, s| {
            let ((r, u), bar) = polar_vjp([x[0], x[1]], (s[0], [s[1], s[2]]));
            (vec![r, u[0], u[1]], bar.to_vec())
        },
    );
    let (by_r, by_u): ([f64; 2], [[f64; 2]; 2]) = polar_prime([3.0, 4.0]);
    crate::check::agree("prime", &by_r, &[0.6, 0.8]);
    crate::check::agree("prime", by_u.as_flattened(), &[0.128, -0.096, -0.096, 0.072]);
}

#[test]
#[should_panic]
fn a_buffer_of_another_length() {
    prefix_prime(&[1.0, 2.0, 3.0], &mut [0.0; 2]);
}
