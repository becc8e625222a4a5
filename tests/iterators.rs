//! Iterators: which items, in which order, and what is made of them, in both modes against differences.
#![allow(dead_code, clippy::useless_vec)]
#![allow(missing_docs)]
#![allow(
    clippy::map_identity,
    clippy::manual_memcpy,
    clippy::ptr_arg,
    reason = "the styles are the people's"
)]

#[path = "programs/check.rs"]
#[allow(dead_code, reason = "for other tests")]
mod check;

use check::{array, curvature, map, scalar, slice, spread};
use deriv::derive_fn;

#[derive_fn(jvp, vjp, hvp)]
fn numbered(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (i, x) in x.iter().enumerate().skip(1).step_by(2) {
        s += (i as f64 * x).sin();
    }
    for (x, i) in x.iter().rev().zip(1..) {
        s += x * x / i as f64;
    }
    for ((i, a), b) in x.iter().enumerate().zip(x.iter().skip(2)) {
        s += a * b * (i + 1) as f64;
    }
    s
}

#[test]
fn numbers_of_items() {
    for n in 0..6 {
        slice(&[&spread(n, 1)], numbered, numbered_prime, numbered_jvp, numbered_vjp);
    }
    let gradient = |x: &[f64]| {
        let mut out = vec![0.0; x.len()];
        numbered_prime(x, &mut out);
        out
    };
    let hvp = |x: &[f64], v: &[f64]| {
        let mut out = vec![7.0; x.len()];
        numbered_hvp(x, v, &mut out);
        out
    };
    curvature(&[&spread(5, 2)], gradient, hvp);
}

#[derive_fn(jvp, vjp)]
fn pieces(x: &[f64], k: usize) -> f64 {
    let a: f64 = x.chunks(k).map(|c| c[0] * c.len() as f64 * c[c.len() - 1]).sum();
    let b: f64 = x.windows(k).enumerate().map(|(i, w)| w[0] * w[k - 1] + i as f64 * w[0]).sum();
    let mut c = 1.0;
    for (piece, i) in x.chunks_exact(k).zip(0..) {
        for (j, x) in piece.iter().enumerate() {
            c += x.exp() * (i * 10 + j) as f64;
        }
    }
    a + b * c
}

#[test]
fn chunks_and_windows() {
    for k in 1..4 {
        for n in [0, 1, 3, 7] {
            slice(
                &[&spread(n, 1)],
                |x| pieces(x, k),
                |x, out| pieces_prime(x, k, out),
                |x, v| pieces_jvp(x, k, v),
                |x, s, bar| pieces_vjp(x, k, s, bar),
            );
        }
    }
}

#[derive_fn(jvp, vjp)]
fn chosen(x: &[f64]) -> f64 {
    let positive: f64 = x.iter().filter(|x| **x > 0.0).map(|x| x.sqrt()).sum();
    let even = x.iter().enumerate().filter(|(i, _)| i % 2 == 0).fold(1.0, |p, (_, x)| p * (x + 3.0));
    let all: f64 = x.iter().flat_map(|a| x.iter().map(move |b| a * b * b)).sum();
    positive * even + all
}

#[test]
fn filters() {
    slice(&[&[], &[0.3, -1.0, 2.0], &spread(4, 2)], chosen, chosen_prime, chosen_jvp, chosen_vjp);
}

#[derive_fn(jvp, vjp)]
fn largest(x: &[f64]) -> f64 {
    let a = x.iter().copied().reduce(f64::max).unwrap_or(2.0);
    let b = x.iter().map(|x| x * x).min_by(|a, b| a.partial_cmp(b).unwrap()).unwrap_or(3.0);
    let c = x.iter().copied().max_by(f64::total_cmp).unwrap_or(1.0);
    let d = match x.is_empty() {
        true => 1.0,
        false => {
            let (i, y) = x.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
            y * (i + 1) as f64 * x[(i + 1) % x.len()]
        }
    };
    let e = x.iter().fold(f64::INFINITY, |a, b| a.min(*b)).min(10.0);
    a * b + c * d + e
}

#[test]
fn extremes() {
    slice(
        &[&[], &[0.3], &[0.3, -1.0, 2.0, 0.7], &[-3.0, -1.5]],
        largest,
        largest_prime,
        largest_jvp,
        largest_vjp,
    );
}

#[derive_fn(jvp, vjp, wrt(a, b))]
fn loss(a: f64, b: f64, data: &[(f64, f64)], weights: &Vec<f64>, shift: &[i32]) -> f64 {
    let first: f64 = data.iter().map(|(x, y)| (a * x + b - y).powi(2)).sum();
    let second: f64 = data.iter().zip(weights).map(|(&(x, _), w)| w * (a * x).sin() * b).sum();
    let third = weights.iter().rev().fold(0.0, |acc, w| acc * a + w);
    let mut fourth = 1.0;
    for (&(x, y), &k) in data.iter().zip(shift) {
        fourth *= a * x + b * y + k as f64;
    }
    let local = vec![0.5, 1.5, -2.0];
    let fifth: f64 = local.iter().map(|l| (l * a).exp() * b).sum();
    let sixth: f64 = (1..=4).map(|k| a.powi(k) / k as f64).sum();
    let seventh = (1..5).rev().fold(b, |acc, k| a + acc / (k as f64 + acc * acc));
    first + second * third + fourth + fifth + sixth * seventh
}

#[test]
fn constants() {
    let data = [(0.1, 0.9), (0.7, 1.2), (-0.4, 2.0)];
    let weights = vec![0.3, 1.7, -0.2, 0.8];
    let shift = [1, -2, 3, 4];
    array(
        &[[0.7, -0.3], [1.2, 0.4]],
        |[a, b]| loss(a, b, &data, &weights, &shift),
        |[a, b]| loss_prime(a, b, &data, &weights, &shift),
        |[a, b], [u, v]| loss_jvp(a, b, &data, &weights, &shift, u, v),
        |[a, b], s| loss_vjp(a, b, &data, &weights, &shift, s),
    );
}

/// An iterator that has a name, and names that mean something else elsewhere.
#[derive_fn(jvp, vjp)]
fn named(x: &[f64], k: usize) -> f64 {
    let i = 3.0;
    let c = x[0];
    let scaled = x.iter().map(|x| x * c * i);
    let j = k + 1;
    let rest = scaled.clone().skip(j);
    let sum: f64 = rest.map(|k| k * k).sum();
    let inner = |c: f64| x.iter().enumerate().map(|(k, x)| x * c * k as f64).sum::<f64>();
    let twice: f64 = (0..k).map(|j| inner(j as f64) * x[j] + i).sum();
    sum + twice + inner(c)
}

#[test]
fn names() {
    for k in 0..3 {
        slice(
            &[&spread(4, 1)],
            |x| named(x, k),
            |x, out| named_prime(x, k, out),
            |x, v| named_jvp(x, k, v),
            |x, s, bar| named_vjp(x, k, s, bar),
        );
    }
}

#[derive_fn]
fn cube(x: f64) -> f64 {
    x * x * x
}

#[derive_fn(jvp, vjp)]
fn functions(x: &[f64]) -> f64 {
    let half = |x: f64| 0.5 * x;
    let a: f64 = x.iter().copied().map(f64::sin).map(cube).map(half).sum();
    let b = x.iter().copied().fold(1.0, f64::hypot);
    let c = x.iter().map(|x| (x.abs(), 1.0 + x * x)).fold((0.0, 1.0), |(p, q), (a, b)| (p + a * q, q / b));
    a * b + c.0 * c.1
}

#[test]
fn paths_and_tuples() {
    slice(&[&[], &spread(4, 3)], functions, functions_prime, functions_jvp, functions_vjp);
}

/// `y = a x + y`, and more that is written to.
#[derive_fn(jvp, vjp)]
fn update(a: f64, x: &[f64], y: &mut [f64]) {
    y.iter_mut().zip(x.iter()).for_each(|(y, x)| *y += a * x);
    for (i, y) in y.iter_mut().enumerate().rev() {
        *y = y.sin() * (i + 1) as f64;
    }
    for y in y.iter_mut().skip(1) {
        if *y > 0.5 {
            *y *= *y;
        }
    }
    for pair in y.chunks_exact_mut(2) {
        let t = pair[0];
        pair[0] = pair[1] * a;
        pair[1] = t;
    }
}

#[test]
fn places() {
    map(
        &[&spread(7, 2)],
        |p| {
            let mut y = p[4..].to_vec();
            update(p[0], &p[1..4], &mut y);
            y
        },
        |p, v| {
            let (mut y, mut y_dot) = (p[4..].to_vec(), v[4..].to_vec());
            update_jvp(p[0], &p[1..4], &mut y, v[0], &v[1..4], &mut y_dot);
            (y, y_dot)
        },
        |p, s| {
            let (mut y, mut y_bar) = (p[4..].to_vec(), s.to_vec());
            let mut x_bar = vec![7.0; 3];
            let a_bar = update_vjp(p[0], &p[1..4], &mut y, &mut y_bar, &mut x_bar);
            (y, [vec![a_bar], x_bar, y_bar].concat())
        },
    );
}

#[derive_fn(jvp, vjp)]
fn rows(a: &[[f64; 3]], w: [f64; 3]) -> f64 {
    let sums: Vec<f64> = a.iter().map(|row| row.iter().zip(w).map(|(a, w)| a * w).sum()).collect();
    let scaled: Vec<[f64; 2]> = sums.iter().map(|s| [s.sin(), s * s]).collect();
    let mut total = 0.0;
    for (row, [p, q]) in a.iter().zip(&scaled) {
        for x in row {
            total += x * p - q;
        }
    }
    let cubes = w.map(|w| w * w * w);
    total + cubes.iter().sum::<f64>() + scaled.len() as f64
}

#[test]
fn rows_and_lists() {
    map(
        &[&spread(9, 1)],
        |p| vec![rows(p[..6].as_chunks().0, [p[6], p[7], p[8]])],
        |p, v| {
            let (value, tangent) =
                rows_jvp(p[..6].as_chunks().0, [p[6], p[7], p[8]], v[..6].as_chunks().0, [v[6], v[7], v[8]]);
            (vec![value], vec![tangent])
        },
        |p, s| {
            let mut bar = vec![7.0; 6];
            let (value, w_bar) =
                rows_vjp(p[..6].as_chunks().0, [p[6], p[7], p[8]], s[0], bar.as_chunks_mut().0);
            bar.extend(w_bar);
            (vec![value], bar)
        },
    );
}

/// Small arrays stay numbers of their own, so that there is a Hessian.
#[derive_fn(hessian, jvp, vjp)]
fn small(x: [f64; 3], t: f64) -> f64 {
    let weights = [1.0, 0.5, 0.25];
    let a: f64 = x.iter().zip(weights).map(|(x, w)| w * x * t).sum();
    let b: f64 = x.iter().rev().zip(1..).map(|(x, k)| x.powi(k)).product();
    let mut c = 0.0;
    for (f, x) in [(2.0, x[0]), (3.0, x[1] * t)] {
        c += f * x * x;
    }
    for (i, y) in x.iter().enumerate().skip(1) {
        c += x[0] * y * i as f64;
    }
    let d = [a, b, t].into_iter().reduce(f64::max).unwrap();
    a * b + c + d
}

#[test]
fn arrays_of_numbers() {
    let split = |(x, t): ([f64; 3], f64)| [x[0], x[1], x[2], t];
    array(
        &[[0.3, 1.2, -0.7, 0.4]],
        |[a, b, c, t]| small([a, b, c], t),
        |[a, b, c, t]| split(small_prime([a, b, c], t)),
        |[a, b, c, t], [p, q, r, s]| small_jvp([a, b, c], t, [p, q, r], s),
        |[a, b, c, t], s| {
            let (value, bars) = small_vjp([a, b, c], t, s);
            (value, split(bars))
        },
    );
    let hessian = small_hessian([0.3, 1.2, -0.7], 0.4);
    let columns: Vec<Vec<f64>> = hessian.iter().map(|row| row.to_vec()).collect();
    curvature(
        &[&[0.3, 1.2, -0.7, 0.4]],
        |p| split(small_prime([p[0], p[1], p[2]], p[3])).to_vec(),
        |_, v| columns.iter().map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum()).collect(),
    );
}

#[derive_fn]
fn nothing(x: f64, n: usize) -> f64 {
    (0..n).map(|k| x * k as f64).sum()
}

#[derive_fn]
fn single(x: &[f32]) -> f32 {
    x.iter().map(|x| x * x).sum::<f32>() * x.iter().product::<f32>()
}

#[test]
fn empty_sums_and_single_precision() {
    let (value, prime) = (nothing(1.0, 0), nothing_prime(1.0, 0));
    assert!(value.is_sign_negative() && prime == 0.0);
    assert_eq!(nothing_prime(1.0, 4), 6.0);
    let mut out = [0.0; 2];
    single_prime(&[2.0, 3.0], &mut out);
    assert_eq!(out, [2.0 * 2.0 * 6.0 + 13.0 * 3.0, 2.0 * 3.0 * 6.0 + 13.0 * 2.0]);
    scalar(
        &[0.4],
        |x| nothing(x, 3),
        |x| nothing_prime(x, 3),
        |x, v| (nothing(x, 3), v * nothing_prime(x, 3)),
        |x, s| (nothing(x, 3), s * nothing_prime(x, 3)),
    );
}

#[derive_fn(jvp, vjp)]
fn joined(x: &[f64]) -> f64 {
    let there_and_back = x.iter().chain(x.iter().rev()).fold(1.0, |a, b| a * 0.5 + b);
    let all: f64 = x[..1].iter().chain(&x[1..]).map(|x| x * x).chain([1.0, x[0]]).sum();
    let positive: Vec<f64> = x.iter().copied().filter(|a| *a > 0.0).collect();
    let mean = positive.iter().sum::<f64>() / positive.len() as f64;
    let products: f64 = std::iter::zip(x, &x[1..]).map(|(a, b)| a * b * mean).sum();
    let mut weights: [f64; 20] = std::array::from_fn(|k| x[k % 2].powi(k as i32));
    weights[1] = mean * x[1];
    there_and_back * all + products + weights.iter().map(|w| w * w).sum::<f64>()
}

#[test]
fn chained_and_made() {
    slice(&[&[0.3, 1.2, -0.7, 0.4], &spread(5, 1)], joined, joined_prime, joined_jvp, joined_vjp);
}

#[derive_fn]
fn powers(x: f64, y: f64) -> [f64; 3] {
    let rows: [[f64; 2]; 3] =
        std::array::from_fn(|i| std::array::from_fn(|j| x.powi(i as i32) * y * (j + 1) as f64));
    std::array::from_fn(|i| rows[i][0] * rows[2 - i][1])
}

#[test]
fn arrays_from_functions() {
    for row in 0..3 {
        let entry = |[x, y]: [f64; 2]| powers(x, y)[row];
        let prime = |[x, y]: [f64; 2]| powers_prime(x, y)[row];
        let dot = |[a, b]: [f64; 2], [u, v]: [f64; 2]| a * u + b * v;
        array(
            &[[0.7, 1.3]],
            entry,
            prime,
            |p, v| (entry(p), dot(prime(p), v)),
            |p, s| (entry(p), prime(p).map(|d| s * d)),
        );
    }
}

#[derive_fn(jvp, vjp)]
fn perhaps(x: &[f64]) -> f64 {
    let a = if let Some(m) = x.iter().copied().reduce(f64::max) { m * m } else { 3.0 };
    let b = match x.iter().map(|x| x.sin()).min_by(|a, b| a.total_cmp(b)) {
        None => 2.0,
        Some(m) => m * a,
    };
    let Some((i, c)) = x.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)) else {
        return a * b;
    };
    a * b + c * x[i / 2]
}

#[test]
fn nothing_or_something() {
    slice(&[&[], &[0.3, 1.2, -0.7, 0.4], &spread(5, 1)], perhaps, perhaps_prime, perhaps_jvp, perhaps_vjp);
}

#[derive_fn(jvp, vjp)]
fn jumps(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 1.0;
    'rows: for (i, (a, b)) in x.iter().zip(y).enumerate() {
        if *a < 0.0 {
            continue;
        }
        for c in y.iter().skip(i) {
            if *c > 1.0 {
                break 'rows;
            }
            s += a * b * c;
            if s > 30.0 {
                return s * s;
            }
        }
        s = s.sqrt() * b;
    }
    for a in x.iter().filter(|a| **a > 0.0) {
        if s < 0.1 {
            break;
        }
        s *= a;
    }
    for pair in [[s, x[0]], [x[1], y[0]]] {
        if pair[0] > 5.0 {
            break;
        }
        s += pair[0] * pair[1];
    }
    s
}

#[test]
fn jumps_out_of_chains() {
    let points: [&[f64]; 4] = [
        &[0.3, -1.2, 0.7, 0.4, 0.2, 0.6],
        &[3.3, 9.2, 0.7, 0.9, 0.8, 0.6],
        &[0.3, 0.2, 0.7, 0.4, 1.2, 0.6],
        &[0.3, 0.2, 0.7, 0.4, 0.2, 1.6],
    ];
    map(
        &points,
        |p| vec![jumps(&p[..3], &p[3..])],
        |p, v| {
            let (value, tangent) = jumps_jvp(&p[..3], &p[3..], &v[..3], &v[3..]);
            (vec![value], vec![tangent])
        },
        |p, s| {
            let mut bars = vec![7.0; 6];
            let (x_bar, y_bar) = bars.split_at_mut(3);
            let value = jumps_vjp(&p[..3], &p[3..], s[0], x_bar, y_bar);
            (vec![value], bars)
        },
    );
}
