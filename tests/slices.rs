//! Parts of slices, copies, lists, structs and what else happens to memory, against numeric derivatives.
#![allow(dead_code, reason = "the styles are the people's, and some products alone are called")]
#![allow(
    clippy::manual_memcpy,
    clippy::manual_swap,
    clippy::needless_range_loop,
    clippy::many_single_char_names,
    clippy::redundant_slicing,
    clippy::useless_vec,
    reason = "the styles are the people's"
)]

#[path = "programs/check.rs"]
#[allow(dead_code)]
mod check;

use check::{array, curvature, map, slice, spread};
use deriv::derive_fn;

#[derive_fn(jvp, vjp, hvp, wrt(p))]
fn layers(p: &[f64], x: f64) -> f64 {
    let (first, rest) = p.split_at(4);
    let second = &rest[..4];
    let bias = rest[4];
    let mut sum = bias;
    for k in 0..second.len() {
        sum += second[k] * (first[k] * x).tanh();
    }
    sum
}

#[test]
fn parts_of_a_slice() {
    let points: &[&[f64]] = &[&spread(9, 3)];
    slice(
        points,
        |p| layers(p, 0.7),
        |p, out| layers_prime(p, 0.7, out),
        |p, v| layers_jvp(p, 0.7, v),
        |p, s, bar| layers_vjp(p, 0.7, s, bar),
    );
    curvature(
        points,
        |p| {
            let mut out = vec![1.0; 9];
            layers_prime(p, 0.7, &mut out);
            out
        },
        |p, v| {
            let mut out = vec![1.0; 9];
            layers_hvp(p, 0.7, v, &mut out);
            out
        },
    );
}

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

/// A new list in each step becomes the state.
#[derive_fn(jvp, vjp, hvp)]
fn moved(x: &[f64]) -> f64 {
    let n = x.len();
    let mut state = x.to_vec();
    for k in 0..3 {
        let mut next = vec![0.0; n];
        for i in 0..n {
            next[i] = state[i] * state[(i + 1) % n].sin() + k as f64;
        }
        state = next;
    }
    let last = state.clone();
    state[0] = 3.0;
    last[0] * last[n - 1] + state[0] * state[1 % n]
}

/// Rows that are copied, and rows that are borrowed.
#[derive_fn(jvp, vjp, hvp)]
fn rows(x: &[f64]) -> f64 {
    let mut a = [[0.0; 3]; 2];
    for i in 0..2 {
        let row = &mut a[i];
        for j in 0..3 {
            row[j] = x[(i + 2 * j) % x.len()] * x[j % x.len()];
        }
    }
    let kept = a[0];
    let mut changed = a[1];
    changed[1] *= kept[2];
    changed.reverse();
    a[1] = kept;
    a[0][0] = 0.5;
    let b = a;
    a = [[x[0]; 3]; 2];
    a.swap(0, 1);
    a[0].copy_from_slice(&b[1]);
    a[1].fill(x[0] * 2.0);
    a[1][1..].copy_from_slice(&changed[..2]);
    a[0][0] * kept[0]
        + changed[0] * changed[1]
        + b[0][0] * b[1][2]
        + a[1][0] * a[1][1] * a[1][2]
        + a[0][2].sin()
}

/// Bubble sort of a copy.
#[derive_fn(jvp, vjp, hvp)]
fn sorted(x: &[f64]) -> f64 {
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
    for i in 0..n {
        sum += sorted[i] * sorted[i] * (i + 1) as f64;
    }
    sum * sorted.last().unwrap() + *sorted.first().unwrap() * x.first().copied().unwrap()
}

/// Lists that grow.
#[derive_fn(jvp, vjp, hvp)]
fn pushed(x: &[f64]) -> f64 {
    let mut path = Vec::with_capacity(x.len());
    let mut stack = vec![x[0], 2.0];
    let mut state = 0.3;
    for i in 0..x.len() {
        state = x[i] * state * (1.0 - state);
        path.push(state);
        if i % 2 == 0 {
            stack.push(state * x[i]);
        } else {
            state += 0.1 * stack.pop().unwrap();
        }
    }
    path.push(path[0] * path.last().unwrap());
    let mut mean = 0.0;
    for i in 0..path.len() {
        mean += path[i];
    }
    mean /= path.len() as f64;
    let mut rest = 0.0;
    while_empty(&mut 0);
    for _ in 0..stack.len() {
        rest += stack.pop().unwrap().powi(2);
    }
    assert!(stack.is_empty() && path.len() > 1, "{path:?}");
    mean + rest
}

fn while_empty(_: &mut i32) {}

/// Patterns of slices.
#[derive_fn(jvp, vjp, hvp)]
fn patterns(x: &[f64]) -> f64 {
    let [a, .., b] = *x else { panic!() };
    let (head, tail) = x.split_first().unwrap();
    let (end, init) = x.split_last().unwrap();
    let mut sum = head * tail[0] + end * init[1];
    if let [first, second, rest @ ..] = x {
        sum += first * second * rest[0];
    }
    match &x[..] {
        [only] => only * a,
        [_, inner @ .., last] => sum * inner[0] + last * a * b,
        [] => 0.0,
    }
}

#[derive_fn(jvp, vjp, hvp)]
fn array_pattern(x: &[f64; 5]) -> f64 {
    let mut sum = 0.0;
    for i in 0..5 {
        sum += x[i] * x[(i + 1) % 5];
    }
    let [a, b, .., c] = *x;
    let [first, ..] = x;
    sum * a + b * c * first
}

macro_rules! slices {
    ($($name:ident: $f:ident $prime:ident $jvp:ident $vjp:ident $hvp:ident;)*) => {$(
        #[test]
        fn $name() {
            let points: [&[f64]; 2] = [&spread(6, 2), &[0.4, 0.1, 0.7, -1.3, 0.9]];
            slice(&points, $f, $prime, $jvp, $vjp);
            let with_buffer = |x: &[f64], f: &dyn Fn(&mut [f64])| {
                let mut out = vec![f64::NAN; x.len()];
                f(&mut out);
                out
            };
            curvature(
                &points,
                |x| with_buffer(x, &|out| $prime(x, out)),
                |x, v| with_buffer(x, &|out| $hvp(x, v, out)),
            );
        }
    )*};
}

slices! {
    lists_that_are_moved: moved moved_prime moved_jvp moved_vjp moved_hvp;
    rows_of_arrays: rows rows_prime rows_jvp rows_vjp rows_hvp;
    sorting: sorted sorted_prime sorted_jvp sorted_vjp sorted_hvp;
    pushed_and_popped: pushed pushed_prime pushed_jvp pushed_vjp pushed_hvp;
    patterns_of_slices: patterns patterns_prime patterns_jvp patterns_vjp patterns_hvp;
}

macro_rules! arrays {
    ($($name:ident: $f:ident $prime:ident $jvp:ident $vjp:ident $hvp:ident $points:expr;)*) => {$(
        #[test]
        fn $name() {
            let points = $points;
            array(&points, |x| $f(&x), |x| $prime(&x), |x, v| $jvp(&x, &v), |x, s| $vjp(&x, s));
            curvature(
                &points.each_ref().map(|x| x.as_slice()),
                |x| $prime(x.try_into().unwrap()).to_vec(),
                |x, v| $hvp(x.try_into().unwrap(), v.try_into().unwrap()).to_vec(),
            );
        }
    )*};
}

arrays! {
    patterns_of_arrays: array_pattern array_pattern_prime array_pattern_jvp array_pattern_vjp array_pattern_hvp
        [[0.3, -0.4, 1.0, 2.0, -1.5]];
}

#[derive(Clone, Copy)]
struct Particle {
    x: f64,
    v: f64,
}

struct Pair<T>(T, T);

impl Particle {
    const MASS: f64 = 1.3;
}

#[derive_fn(jvp, vjp, hvp)]
fn oscillator(at: &[f64; 3]) -> f64 {
    let &[x, v, stiffness] = at;
    let mut p = Particle { x, v };
    let mut extreme = Particle { v: 0.0, x: 0.0 };
    for k in 0..20 {
        let force = -stiffness * p.x - 0.1 * p.v;
        p.v += 0.1 * force / Particle::MASS;
        p.x += 0.1 * p.v;
        if p.x > extreme.x {
            extreme = p;
        } else if k == 3 {
            extreme = Particle { x: p.v, v: p.x };
        }
    }
    let Particle { x: last, .. } = p;
    let mut pair = Pair(p, extreme);
    pair.0.x *= 2.0;
    let Pair(Particle { v, .. }, Particle { x: highest, v: at }) = pair;
    last * highest + p.v + v * at + pair.0.x
}

#[derive_fn(jvp, vjp, hvp)]
fn closures(x: &[f64; 4]) -> f64 {
    let mut sum = 0.0;
    let mut table = [0.0; 3];
    let mut count = 0;
    let mut add = |y: f64| {
        sum += y * x[0];
        table[count % 3] += y;
        count += 1;
        sum * y
    };
    let mut all = add(x[1]);
    for i in 0..5 {
        all += add(x[i % 4]);
    }
    fn twice(f: impl Fn(f64) -> f64, x: f64) -> f64 {
        f(f(x))
    }
    let scale = x[3] * all;
    let apply = |f: &dyn Fn(f64) -> f64, v: f64| f(v) * scale;
    twice(|y| y * x[2], all) + sum * table[0] * table[1] + apply(&|v: f64| v.sin() * all, x[0])
}

#[derive_fn(jvp, vjp, hvp)]
fn scalars_swapped(x: &[f64; 2]) -> f64 {
    let (mut a, mut b) = (x[0], x[1]);
    if a < b {
        std::mem::swap(&mut a, &mut b);
    }
    let before = std::mem::replace(&mut a, 3.0 * b);
    a / b.exp() + before * before
}

#[derive_fn(jvp, vjp, hvp)]
fn rotated(mut p: [f64; 4]) -> f64 {
    let (s, c) = p[3].sin_cos();
    for i in 0..3 {
        let (a, b) = (p[i], p[i + 1]);
        p[i] = c * a - s * b;
        p[i + 1] = s * a + c * b;
    }
    p[0] * p[1] + p[2] * p[3]
}

fn rotated_of(p: &[f64; 4]) -> f64 {
    rotated(*p)
}

#[derive_fn(jvp, vjp)]
fn symbolic<const N: usize>(x: &[f64; N]) -> f64 {
    let mut a = [x[0] * x[1]; N];
    let mut b = [[0.0; N]; 2];
    for i in 0..N {
        a[i] *= x[i];
        b[i % 2][i] = a[i] + x[N - 1 - i];
    }
    let mut pair = (a, b[1]);
    pair.0[0] = 2.0 * x[0];
    pair.1[N - 1] += 1.0;
    let copy = (pair.0, 1.0);
    pair.0[1] = 0.0;
    let mut product = 1.0;
    for i in 0..N {
        product *= 1.0 + 0.1 * (a[i] + pair.0[i] * copy.0[i] + pair.1[i] * b[0][i]);
    }
    product
}

/// Small loops with bounds that are literals.
#[derive_fn(jvp, vjp, hvp)]
fn small(x: &[f64; 3]) -> f64 {
    let mut l = [[0.0; 3]; 3];
    let mut sum = 0.0;
    for i in 0..3 {
        for j in 0..=i {
            let mut rest = x[i] * x[j] + if i == j { 3.0 } else { 0.2 };
            for k in 0..j {
                rest -= l[i][k] * l[j][k];
            }
            if i == j {
                l[i][j] = rest.sqrt();
                sum += (i as f64 + 2.0) * l[i][j].ln();
            } else {
                l[i][j] = rest / l[j][j];
            }
        }
    }
    for i in (0..x.len()).rev() {
        sum += x[i].powi(i as i32 + 1) * x[(i + 1) % 3];
    }
    sum
}

arrays! {
    structs: oscillator oscillator_prime oscillator_jvp oscillator_vjp oscillator_hvp [[0.3, -0.4, 1.1]];
    closures_that_assign: closures closures_prime closures_jvp closures_vjp closures_hvp
        [[0.3, -0.4, 1.1, 0.6]];
    exchanged_numbers: scalars_swapped scalars_swapped_prime scalars_swapped_jvp scalars_swapped_vjp
        scalars_swapped_hvp [[0.3, -0.4], [0.3, 0.4]];
    small_loops: small small_prime small_jvp small_vjp small_hvp [[0.3, -0.4, 0.9]];
}

#[test]
fn array_by_value() {
    let points = [[0.3, -0.4, 0.9, 1.2]];
    array(&points, |x| rotated_of(&x), rotated_prime, rotated_jvp, rotated_vjp);
    curvature(
        &[&points[0]],
        |x| rotated_prime(x.try_into().unwrap()).to_vec(),
        |x, v| rotated_hvp(x.try_into().unwrap(), v.try_into().unwrap()).to_vec(),
    );
}

#[test]
fn lengths_of_types() {
    array(
        &[[0.3, -0.4, 0.9], [1.0, 2.0, -0.7]],
        |x| symbolic(&x),
        |x| symbolic_prime(&x),
        |x, v| symbolic_jvp(&x, &v),
        |x, s| symbolic_vjp(&x, s),
    );
}

#[derive_fn(hessian)]
fn few(x: f64, y: f64) -> f64 {
    let powers = [x, x * y, y.sin()];
    let [first, middle @ .., last] = powers;
    let [a, b] = powers[1..] else { return 0.0 };
    let mut list = vec![x, y];
    list[0] *= a;
    first + middle[0] * last + b * list[0] * list[1]
}

#[test]
fn rests_of_patterns() {
    let points = [[0.3, 0.7]];
    array(
        &points,
        |[x, y]| few(x, y),
        |[x, y]| few_prime(x, y),
        |[x, y], [v, w]| {
            let [a, b] = few_prime(x, y);
            (few(x, y), a * v + b * w)
        },
        |[x, y], s| (few(x, y), few_prime(x, y).map(|p| p * s)),
    );
    curvature(
        &[&points[0]],
        |p| few_prime(p[0], p[1]).to_vec(),
        |p, v| few_hessian(p[0], p[1]).map(|row| row[0] * v[0] + row[1] * v[1]).to_vec(),
    );
}
