//! Functions that call themselves on parts of slices, and on lists of their own, against numeric derivatives.
#![allow(dead_code, reason = "of some functions not all products are called")]
#![allow(clippy::needless_range_loop, clippy::many_single_char_names, reason = "the styles are the people's")]

#[path = "programs/check.rs"]
#[allow(dead_code)]
mod check;

use check::{curvature, map, slice, spread};
use deriv::derive_fn;

/// The gradient and the Hessian times a vector as functions that return them.
macro_rules! second {
    ($points:expr, $prime:expr, $hvp:expr) => {
        curvature(
            $points,
            |x| {
                let mut out = vec![f64::NAN; x.len()];
                $prime(x, &mut out);
                out
            },
            |x, v| {
                let mut out = vec![f64::NAN; x.len()];
                $hvp(x, v, &mut out);
                out
            },
        )
    };
}

/// Divide and conquer.
#[derive_fn(jvp, vjp, hvp)]
fn sines(x: &[f64]) -> f64 {
    if let [x] = x {
        return x.sin();
    }
    let (left, right) = x.split_at(x.len() / 2);
    sines(left) + sines(right)
}

/// What the halves yield is multiplied, and read from the slice beside.
#[derive_fn(jvp, vjp, hvp, hessian)]
fn nested(x: &[f64], depth: usize) -> f64 {
    if depth == 0 || x.len() < 2 {
        return x.iter().map(|x| x * x).sum();
    }
    let middle = x.len() / 2;
    let left = nested(&x[..middle], depth - 1);
    let right = nested(&x[middle..], depth - 1);
    left * right + x[0] * nested(x, depth - 1)
}

/// Two slices, each of its own.
#[derive_fn(jvp, vjp)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    match a.len() {
        0 => 0.0,
        1 => a[0] * b[0],
        n => dot(&a[..n / 2], &b[..n / 2]) + dot(&a[n / 2..], &b[n / 2..]),
    }
}

/// Two parts of one slice, the same one twice, and a number.
#[derive_fn(jvp, vjp, hvp)]
fn parts(a: &[f64], b: &[f64], scale: f64) -> f64 {
    if a.len() < 2 {
        return a.iter().chain(b).map(|x| x * scale).sum::<f64>().sin();
    }
    let n = a.len();
    parts(&a[..n / 2], &a[n / 2..], scale * b[0]) * parts(&b[1..], &a[1..], 0.5)
        + parts(&a[1..], &a[1..], a[0])
}

#[test]
fn parts_of_slices() {
    let points: &[&[f64]] = &[&spread(7, 3), &[0.4], &spread(4, 1)];
    slice(points, sines, sines_prime, sines_jvp, sines_vjp);
    second!(points, sines_prime, sines_hvp);
    slice(
        points,
        |x| nested(x, 3),
        |x, out| nested_prime(x, 3, out),
        |x, v| nested_jvp(x, 3, v),
        |x, s, bar| nested_vjp(x, 3, s, bar),
    );
    second!(points, |x, out| nested_prime(x, 3, out), |x, v, out| nested_hvp(x, 3, v, out));
    let x = spread(4, 1);
    let (mut hessian, mut column) = ([f64::NAN; 16], [f64::NAN; 4]);
    nested_hessian(&x, 3, &mut hessian);
    nested_hvp(&x, 3, &[0.0, 1.0, 0.0, 0.0], &mut column);
    check::agree("hessian", &hessian[4..8], &column);
    let points: &[&[f64]] = &[&spread(10, 3), &spread(2, 1)];
    slice(
        points,
        |x| dot(&x[..x.len() / 2], &x[x.len() / 2..]),
        |x, out| {
            let ((a, b), (c, d)) = (x.split_at(x.len() / 2), out.split_at_mut(x.len() / 2));
            dot_prime(a, b, c, d);
        },
        |x, v| {
            let ((a, b), (c, d)) = (x.split_at(x.len() / 2), v.split_at(x.len() / 2));
            dot_jvp(a, b, c, d)
        },
        |x, s, bar| {
            let ((a, b), (c, d)) = (x.split_at(x.len() / 2), bar.split_at_mut(x.len() / 2));
            dot_vjp(a, b, s, c, d)
        },
    );
    let points: &[&[f64]] = &[&spread(8, 3)];
    slice(
        points,
        |x| parts(&x[..4], &x[4..], 0.7),
        |x, out| {
            let (c, d) = out.split_at_mut(4);
            parts_prime(&x[..4], &x[4..], 0.7, c, d);
        },
        |x, v| parts_jvp(&x[..4], &x[4..], 0.7, &v[..4], &v[4..], 0.0),
        |x, s, bar| {
            let (c, d) = bar.split_at_mut(4);
            parts_vjp(&x[..4], &x[4..], 0.7, s, c, d).0
        },
    );
    second!(
        points,
        |x: &[f64], out: &mut [f64]| {
            let (c, d) = out.split_at_mut(4);
            parts_prime(&x[..4], &x[4..], 0.7, c, d)
        },
        |x: &[f64], v: &[f64], out: &mut [f64]| {
            let (c, d) = out.split_at_mut(4);
            parts_hvp(&x[..4], &x[4..], 0.7, &v[..4], &v[4..], 0.0, c, d)
        }
    );
}

/// In a loop, on a list that every turn fills anew.
#[derive_fn(jvp, vjp, hvp)]
fn determinant(a: &[f64], n: usize) -> f64 {
    if n == 1 {
        return a[0];
    }
    let mut minor = vec![0.0; (n - 1) * (n - 1)];
    let mut sum = 0.0;
    for column in 0..n {
        for i in 1..n {
            for j in 0..n - 1 {
                minor[(i - 1) * (n - 1) + j] = a[i * n + if j < column { j } else { j + 1 }];
            }
        }
        let sign = if column % 2 == 0 { 1.0 } else { -1.0 };
        sum += sign * a[column] * determinant(&minor, n - 1);
    }
    sum
}

/// What it is called on is overwritten afterwards, all of it or one element, depending on what comes back.
#[derive_fn(jvp, vjp, hvp)]
fn overwritten(x: &[f64], depth: usize) -> f64 {
    if depth == 0 || x.len() < 2 {
        return x.iter().map(|x| x.sin()).sum();
    }
    let mut y = x.to_vec();
    let mut sum = overwritten(&y, depth - 1);
    y[0] = sum * x[1];
    sum += overwritten(&y[..2], depth - 1) * x[0];
    for k in 0..2 {
        let part = overwritten(&y[k..], depth - 1);
        if part > 0.0 {
            y[k] = part * x[k] * 0.1;
            sum += overwritten(&y, depth - 1);
        } else {
            sum += y[1] * 0.5;
        }
    }
    y.iter().sum::<f64>() + sum
}

/// The derivatives by what comes back are known before it does, but not those by the list in which some is overwritten.
#[derive_fn(jvp, vjp, hvp)]
fn known(x: &[f64], depth: usize) -> f64 {
    if depth == 0 {
        return x.iter().map(|x| x.sin()).sum();
    }
    let mut y = x.to_vec();
    let first = known(&y, depth - 1);
    y[1] = x[0] * x[0];
    let second = known(&y[1..], 0);
    for k in 0..3 {
        y[k % 2] = x[1] * y[1];
    }
    first + second * 2.0 + known(&y, depth - 1) * 3.0 + y[0]
}

/// A list that grows, and shrinks again.
#[derive_fn(jvp, vjp, hvp)]
fn grown(x: &[f64], depth: usize) -> f64 {
    if depth == 0 || x.len() < 2 {
        return x.iter().map(|x| x * x * 0.3).sum();
    }
    let mut list = Vec::new();
    for x in x {
        list.push(x * 0.5);
        if list.len() % 2 == 0 {
            list.push(grown(&list, depth - 1));
        }
    }
    let sum = grown(&list, depth - 1);
    let last = list.pop().unwrap();
    sum * last + grown(&list, depth - 1)
}

/// While a condition holds, with what was there kept now and then.
#[derive_fn(jvp, vjp, checkpoint)]
fn steps(x: &[f64], depth: usize) -> f64 {
    let mut y = 0.1;
    let mut k = 0;
    while y < 1.0 && k < 4 {
        y = if depth > 0 { (y + steps(&x[k % 2..], depth - 1)).sin() + 0.3 } else { y + x[0] * x[0] * y };
        k += 1;
    }
    for i in 0..x.len() {
        y = (y * x[i]).cos() + y;
    }
    y
}

#[test]
fn in_loops() {
    let points: &[&[f64]] = &[&spread(16, 3)];
    slice(
        points,
        |x| determinant(x, 4),
        |x, out| determinant_prime(x, 4, out),
        |x, v| determinant_jvp(x, 4, v),
        |x, s, bar| determinant_vjp(x, 4, s, bar),
    );
    let points: &[&[f64]] = &[&spread(9, 3)];
    second!(points, |x, out| determinant_prime(x, 3, out), |x, v, out| determinant_hvp(x, 3, v, out));
    let points: &[&[f64]] = &[&spread(3, 3), &spread(4, 2), &[0.3, 0.8]];
    slice(
        points,
        |x| overwritten(x, 2),
        |x, out| overwritten_prime(x, 2, out),
        |x, v| overwritten_jvp(x, 2, v),
        |x, s, bar| overwritten_vjp(x, 2, s, bar),
    );
    second!(points, |x, out| overwritten_prime(x, 2, out), |x, v, out| overwritten_hvp(x, 2, v, out));
    slice(
        points,
        |x| known(x, 2),
        |x, out| known_prime(x, 2, out),
        |x, v| known_jvp(x, 2, v),
        |x, s, bar| known_vjp(x, 2, s, bar),
    );
    second!(points, |x, out| known_prime(x, 2, out), |x, v, out| known_hvp(x, 2, v, out));
    slice(
        points,
        |x| grown(x, 2),
        |x, out| grown_prime(x, 2, out),
        |x, v| grown_jvp(x, 2, v),
        |x, s, bar| grown_vjp(x, 2, s, bar),
    );
    second!(points, |x, out| grown_prime(x, 2, out), |x, v, out| grown_hvp(x, 2, v, out));
    slice(
        points,
        |x| steps(x, 1),
        |x, out| steps_prime(x, 1, out),
        |x, v| steps_jvp(x, 1, v),
        |x, s, bar| steps_vjp(x, 1, s, bar),
    );
}

/// Reads one slice and writes another, in halves.
#[derive_fn(jvp, vjp)]
fn prefixes(x: &[f64], out: &mut [f64]) -> f64 {
    if x.len() == 1 {
        out[0] *= x[0] * x[0];
        return out[0];
    }
    let middle = x.len() / 2;
    let (left, right) = out.split_at_mut(middle);
    let sum = prefixes(&x[..middle], &mut *left);
    for value in right.iter_mut() {
        *value *= sum;
    }
    sum * prefixes(&x[middle..], &mut *right) + x[0]
}

/// Several results, numbers, an array and a list by value.
#[derive_fn(jvp, vjp)]
fn several(x: &[f64], list: Vec<f64>, pair: [f64; 2], t: f64) -> (f64, f64) {
    if x.len() < 2 {
        return (list[0] * t + pair[0], pair[1].sin());
    }
    let half: Vec<f64> = list.iter().map(|y| y * t).collect();
    let (a, b) = several(&x[1..], half, [pair[1], x[0]], t * x[1]);
    let (c, d) = several(&x[..1], list, pair, a);
    (a * c, b + d * x[0])
}

#[test]
fn many_kinds_of_arguments() {
    let points: &[&[f64]] = &[&spread(8, 3)];
    map(
        points,
        |x| {
            let mut out = x[4..].to_vec();
            let value = prefixes(&x[..4], &mut out);
            [&[value][..], &out].concat()
        },
        |x, v| {
            let (mut out, mut dot) = (x[4..].to_vec(), v[4..].to_vec());
            let (value, tangent) = prefixes_jvp(&x[..4], &mut out, &v[..4], &mut dot);
            ([&[value][..], &out].concat(), [&[tangent][..], &dot].concat())
        },
        |x, s| {
            let (mut out, mut bar, mut x_bar) = (x[4..].to_vec(), s[1..].to_vec(), vec![f64::NAN; 4]);
            let value = prefixes_vjp(&x[..4], &mut out, s[0], &mut bar, &mut x_bar);
            ([&[value][..], &out].concat(), [x_bar, bar].concat())
        },
    );
    map(
        points,
        |x| {
            let (a, b) = several(&x[..3], x[3..5].to_vec(), [x[5], x[6]], x[7]);
            vec![a, b]
        },
        |x, v| {
            let (list, list_dot) = (x[3..5].to_vec(), v[3..5].to_vec());
            let ((a, b), (c, d)) =
                several_jvp(&x[..3], list, [x[5], x[6]], x[7], &v[..3], list_dot, [v[5], v[6]], v[7]);
            (vec![a, b], vec![c, d])
        },
        |x, s| {
            let (mut x_bar, mut list_bar) = (vec![f64::NAN; 3], vec![f64::NAN; 2]);
            let list = x[3..5].to_vec();
            let (value, (pair, t)) =
                several_vjp(&x[..3], list, [x[5], x[6]], x[7], (s[0], s[1]), &mut x_bar, &mut list_bar);
            (vec![value.0, value.1], [&x_bar[..], &list_bar, &pair, &[t]].concat())
        },
    );
}

struct Tree {
    leaf: usize,
}

impl Tree {
    #[derive_fn(jvp, vjp, hvp)]
    pub fn sum(&self, x: &[f64]) -> f64 {
        if x.len() <= self.leaf {
            return x.iter().map(|x| x * x * x).sum();
        }
        let (left, right) = x.split_at(x.len() / 2);
        self.sum(left) * x[0] + self.sum(right)
    }

    /// Without a receiver.
    #[derive_fn(jvp, vjp, hvp)]
    pub fn product(x: &[f64]) -> f64 {
        if x.is_empty() { 1.0 } else { x[0] * Self::product(&x[1..]) + Self::product(&x[2.min(x.len())..]) }
    }

    /// Seen by nobody else.
    #[derive_fn(jvp, vjp)]
    fn own(&self, x: &[f64]) -> f64 {
        if x.len() <= self.leaf { x[0].sin() } else { x[0] * self.own(&x[1..]) }
    }

    /// The function outside of the same name, always.
    #[derive_fn(jvp, vjp)]
    fn sines(x: &[f64]) -> f64 {
        sines(x) * x[0]
    }

    /// And where it is another one for sure.
    #[derive_fn(jvp, vjp)]
    fn dot(&self, x: &[f64]) -> f64 {
        if x.len() > self.leaf { dot(x, x) } else { x[0] }
    }
}

trait Rule {
    const LEAST: usize;

    #[derive_fn(jvp, vjp)]
    fn apply(&self, x: &[f64]) -> f64 {
        if x.len() <= Self::LEAST { x[0].exp() } else { x[0] * self.apply(&x[1..]) + self.apply(&x[..1]) }
    }
}

impl Rule for Tree {
    const LEAST: usize = 1;
}

#[test]
fn methods() {
    let tree = Tree { leaf: 2 };
    let points: &[&[f64]] = &[&spread(7, 3), &spread(4, 2)];
    slice(
        points,
        |x| tree.sum(x),
        |x, o| tree.sum_prime(x, o),
        |x, v| tree.sum_jvp(x, v),
        |x, s, b| tree.sum_vjp(x, s, b),
    );
    second!(points, |x, out| tree.sum_prime(x, out), |x, v, out| tree.sum_hvp(x, v, out));
    slice(points, Tree::product, Tree::product_prime, Tree::product_jvp, Tree::product_vjp);
    second!(points, Tree::product_prime, Tree::product_hvp);
    slice(
        points,
        |x| tree.own(x),
        |x, o| tree.own_prime(x, o),
        |x, v| tree.own_jvp(x, v),
        |x, s, b| tree.own_vjp(x, s, b),
    );
    slice(points, Tree::sines, Tree::sines_prime, Tree::sines_jvp, Tree::sines_vjp);
    slice(
        points,
        |x| tree.dot(x),
        |x, o| tree.dot_prime(x, o),
        |x, v| tree.dot_jvp(x, v),
        |x, s, b| tree.dot_vjp(x, s, b),
    );
    slice(
        points,
        |x| tree.apply(x),
        |x, o| tree.apply_prime(x, o),
        |x, v| tree.apply_jvp(x, v),
        |x, s, b| tree.apply_vjp(x, s, b),
    );
}

mod other {
    use deriv::derive_fn;

    #[derive_fn(jvp, vjp)]
    pub fn cubes(x: &[f64]) -> f64 {
        x.iter().map(|x| x * x * x).sum()
    }

    #[derive_fn(jvp, vjp)]
    pub fn squares(x: &[f64]) -> f64 {
        x.iter().map(|x| x * x).sum()
    }
}

/// Another function by the same name.
#[derive_fn(jvp, vjp)]
fn cubes(x: &[f64]) -> f64 {
    if x.len() > 2 {
        #[allow(unused_imports, reason = "each product calls one of them")]
        use other::{cubes, cubes_jvp, cubes_vjp};
        return cubes(x) * x[0];
    }
    if x.len() == 2 { cubes(&x[1..]) * x[0] } else { x[0].sin() }
}

#[derive_fn(jvp, vjp)]
fn squares(x: &[f64]) -> f64 {
    if x.len() > 2 {
        use other::*;
        return squares(x) * x[0];
    }
    if x.len() == 2 { squares(&x[1..]) * x[0] } else { x[0].sin() }
}

#[derive_fn(jvp, vjp)]
fn inner(x: &[f64]) -> f64 {
    #[derive_fn(jvp, vjp)]
    fn inner(x: &[f64]) -> f64 {
        x.iter().map(|x| x * x).sum()
    }
    if x.len() > 2 { inner(x) * x[0] } else { x[0].sin() }
}

#[derive_fn(jvp, vjp)]
fn closure(x: &[f64]) -> f64 {
    let closure = |y: &[f64]| y[0] * y[1];
    if x.len() > 2 { closure(x) * x[0] } else { x[0].sin() }
}

/// With a derivative by hand.
#[derive_fn(jvp, vjp = backwards)]
fn by_hand(x: &[f64]) -> f64 {
    if x.len() == 1 { x[0] * x[0] } else { x[0] * by_hand(&x[1..]) }
}

fn by_hand_vjp(x: &[f64], seed: f64, x_bar: &mut [f64]) -> f64 {
    backwards(x, seed, x_bar)
}

/// Mutual.
#[derive_fn(jvp, vjp)]
fn even(x: &[f64]) -> f64 {
    if x.is_empty() { 1.0 } else { x[0] * odd(&x[1..]) }
}

#[derive_fn(jvp, vjp)]
fn odd(x: &[f64]) -> f64 {
    if x.len() < 2 { 0.5 } else { x[0].sin() + even(&x[1..]) * odd(&x[2..]) }
}

#[derive_fn(jvp, vjp, mode = forward)]
fn forwards(x: &[f64]) -> f64 {
    if x.len() == 1 { x[0] * x[0] } else { x[0] * forwards(&x[1..]) }
}

#[test]
fn names() {
    let points: &[&[f64]] = &[&spread(5, 3), &spread(2, 2)];
    slice(points, cubes, cubes_prime, cubes_jvp, cubes_vjp);
    slice(points, squares, squares_prime, squares_jvp, squares_vjp);
    slice(points, inner, inner_prime, inner_jvp, inner_vjp);
    slice(points, closure, closure_prime, closure_jvp, closure_vjp);
    slice(points, by_hand, by_hand_prime, by_hand_jvp, backwards);
    slice(points, even, even_prime, even_jvp, even_vjp);
    slice(points, odd, odd_prime, odd_jvp, odd_vjp);
    slice(points, forwards, forwards_prime, forwards_jvp, forwards_vjp);
}

/// Arrays in slices, of any length, and of another type of numbers.
#[derive_fn(vjp)]
fn rows<const N: usize>(x: &[[f32; N]], scale: f32) -> f32 {
    match x {
        [] => scale,
        [row, rest @ ..] => row.iter().map(|x| x * scale).sum::<f32>() + rows(rest, row[0]),
    }
}

#[cfg(feature = "num-traits")]
#[derive_fn(vjp)]
fn generic<T: num_traits::Float>(x: &[T]) -> T {
    if x.len() == 1 {
        return x[0].sin();
    }
    let (left, right) = x.split_at(x.len() / 2);
    generic(left) * generic(right)
}

#[test]
fn types() {
    let x = [[0.5_f32, 2.0], [1.5, -1.0], [3.0, 0.25]];
    let mut bar = [[f32::NAN; 2]; 3];
    // 0.5·(0.5 + 2) + 0.5·(1.5 − 1) + 1.5·(3 + 0.25) + 3
    let (value, by_scale) = rows_vjp(&x, 0.5, 2.0, &mut bar);
    assert_eq!((value, by_scale), (1.25 + 0.25 + 4.875 + 3.0, 5.0));
    assert_eq!(bar, [[1.0 + 1.0, 1.0], [1.0 + 6.5, 1.0], [3.0 + 2.0, 3.0]]);
    #[cfg(feature = "num-traits")]
    {
        let x = [0.5, 1.5, -0.7];
        let mut bar = [f64::NAN; 3];
        let value = generic_vjp(&x, 2.0, &mut bar);
        assert_eq!(value, x[0].sin() * (x[1].sin() * x[2].sin()));
        check::agree("vjp", &bar[2..], &[2.0 * x[0].sin() * x[1].sin() * x[2].cos()]);
    }
}
