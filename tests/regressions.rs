//! Programs that were differentiated wrongly once, most of them random ones made small.
#![allow(
    dead_code,
    unused_variables,
    unused_mut,
    clippy::style,
    clippy::complexity,
    clippy::perf,
    reason = "they are as they were found"
)]

#[path = "programs/check.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod check;

use check::{scalar, slice, spread};
use deriv::derive_fn;

/// The bound of a loop is another variable where its adjoint runs.
#[derive_fn(jvp, vjp)]
fn declared_after(x: f64, n: usize) -> f64 {
    let mut y = x;
    for i in 0..n {
        y = (y * i as f64 + x).sin();
    }
    let n = 3;
    y * n as f64
}

#[derive_fn(jvp, vjp)]
fn declared_inside(x: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        for j in 0..n {
            y = (y * j as f64 + x).sin();
        }
        let n = 3;
        y *= n as f64;
    }
    y
}

#[derive_fn(jvp, vjp)]
fn parameter_declared_after(x: &[f64]) -> f64 {
    let mut y = 1.0;
    for i in 0..x.len() {
        y = (y * x[i]).sin();
    }
    let x = 3;
    y * x as f64
}

#[test]
fn names_declared_again() {
    for n in [0, 1, 2, 5] {
        scalar(
            &[0.3, -1.2],
            |x| declared_after(x, n),
            |x| declared_after_prime(x, n),
            |x, v| declared_after_jvp(x, n, v),
            |x, s| declared_after_vjp(x, n, s),
        );
        scalar(
            &[0.3, -1.2],
            |x| declared_inside(x, n),
            |x| declared_inside_prime(x, n),
            |x, v| declared_inside_jvp(x, n, v),
            |x, s| declared_inside_vjp(x, n, s),
        );
    }
    slice(
        &[&[], &spread(4, 1)],
        parameter_declared_after,
        parameter_declared_after_prime,
        parameter_declared_after_jvp,
        parameter_declared_after_vjp,
    );
}

/// The conversion of `n` is put before everything else while the loop is parsed for the first time.
#[derive_fn(jvp, vjp)]
fn parsed_twice(x: f64, n: usize) -> f64 {
    let mut a: [f64; 2] = [0.0; 2];
    a[1] -= x;
    let mut carried: f64 = a[0];
    a[1] = 0.5 * x;
    for i in 0..1 {
        for _ in 0..=2 {
            a[i] = if carried <= a[i] { a[i + 1] } else { 0.25 };
            if (n as f64) < a[i] {
                carried -= 0.0;
            }
        }
        carried -= 0.5;
    }
    a[0]
}

#[test]
fn what_stands_before_a_loop_stays() {
    scalar(
        &[0.3, -1.2],
        |x| parsed_twice(x, 2),
        |x| parsed_twice_prime(x, 2),
        |x, v| parsed_twice_jvp(x, 2, v),
        |x, s| parsed_twice_vjp(x, 2, s),
    );
}

#[derive_fn(hessian, jvp, vjp)]
fn called(x: f64, y: f64) -> f64 {
    (x * y).sin() + x
}

/// What a call's gradient is made of is needed on the way back of a loop.
#[derive_fn(hvp, jvp, vjp)]
fn calling(x: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        y = called(y.cos(), x) + y.sin();
    }
    y
}

#[test]
fn second_derivatives_of_calls_in_loops() {
    for n in [0, 1, 3] {
        scalar(
            &[0.3, -1.2],
            |x| calling(x, n),
            |x| calling_prime(x, n),
            |x, v| calling_jvp(x, n, v),
            |x, s| calling_vjp(x, n, s),
        );
        scalar(
            &[0.3, -1.2],
            |x| calling_prime(x, n),
            |x| calling_hvp(x, n, 1.0),
            |x, v| (calling_prime(x, n), calling_hvp(x, n, v)),
            |x, s| (calling_prime(x, n), calling_hvp(x, n, s)),
        );
    }
}

/// The adjoint of the arm begins with the square of what the branch yields, which is not known inside.
#[derive_fn(mode = reverse, jvp, vjp)]
fn squared_after(x: f64, n: usize) -> f64 {
    let mut y: f64 = 0.5;
    if n % 2 == 1 {
        for _ in (0..n).step_by(2) {
            y *= x;
        }
        y *= y.sin();
    }
    y * y
}

/// The adjoint of the list is there after the whole forward sweep alone.
#[derive_fn(jvp, vjp)]
fn list_before_return(x: f64, n: usize) -> f64 {
    let mut list: Vec<f64> = Vec::new();
    list.push(x * x);
    if n % 2 == 1 {
        return x;
    }
    list[0]
}

#[test]
fn arms_and_what_follows() {
    for n in [0, 1, 2, 5] {
        scalar(
            &[0.3, -1.2],
            |x| squared_after(x, n),
            |x| squared_after_prime(x, n),
            |x, v| squared_after_jvp(x, n, v),
            |x, s| squared_after_vjp(x, n, s),
        );
        scalar(
            &[0.3, -1.2],
            |x| list_before_return(x, n),
            |x| list_before_return_prime(x, n),
            |x, v| list_before_return_jvp(x, n, v),
            |x, s| list_before_return_vjp(x, n, s),
        );
    }
}

/// A list of an innermost loop's own.
#[derive_fn(vjp, hvp)]
fn own_list(p: &[f64]) -> f64 {
    let mut s = 1.0;
    for i in (0..p.len()).rev() {
        let mut list = vec![0.25; p.len()];
        list[i] += list[0] * s * p[i];
        s += list[i] * p[0];
    }
    s
}

#[test]
fn lists_of_a_loops_own() {
    let p = [0.3, -0.7, 1.1];
    let mut prime = [f64::NAN; 3];
    own_list_prime(&p, &mut prime);
    for (i, prime) in prime.iter().enumerate() {
        let mut x = p;
        let slope = deriv::numeric::partial(own_list, &mut x, i).value;
        assert!((prime - slope).abs() < 1e-8, "{prime} {slope}");
    }
}

/// The inner condition is made of what the outer arm loads.
#[derive_fn(jvp, vjp)]
fn condition_in_an_arm(y: &[f64]) -> f64 {
    let mut product = 0.5;
    for j in 1..y.len() {
        if y[j] <= 0.1 {
        } else if (y[0] * j as f64).cos() > 0.2 {
            product = product * y[j];
        }
    }
    product
}

#[test]
fn scopes_of_what_is_kept() {
    slice(
        &[&[], &[0.7], &spread(6, 1), &[0.1, 0.5, 0.8, 1.1]],
        condition_in_an_arm,
        condition_in_an_arm_prime,
        condition_in_an_arm_jvp,
        condition_in_an_arm_vjp,
    );
}

/// The adjoint of the first branch does not come before that of the second one.
#[derive_fn(jvp, vjp)]
fn two_branches(x: &[f64], n: usize) -> f64 {
    let mut y = x.to_vec();
    if n == 1 {
        y[0] = 0.5;
        if x[1] > 0.2 {
            return x[1];
        }
    }
    y[0] += x[1];
    y[0] * y[1]
}

#[derive_fn(jvp, vjp)]
fn overwritten(x: f64, out: &mut [f64], n: usize) {
    if n == 1 {
        out[0] = 0.5 * x;
        if x > 0.2 {
            return;
        }
    }
    out[0] += x;
}

#[test]
fn adjoints_in_order() {
    for n in [0, 1] {
        slice(
            &[&[0.7, 0.1], &[0.7, 0.3]],
            |x| two_branches(x, n),
            |x, out| two_branches_prime(x, n, out),
            |x, v| two_branches_jvp(x, n, v),
            |x, s, bar| two_branches_vjp(x, n, s, bar),
        );
        for x in [0.1, 0.3] {
            let mut out_bar = [3.0];
            let bar = overwritten_vjp(x, &mut [0.0], n, &mut out_bar);
            let (kept, slope) = match (n, x > 0.2) {
                (1, true) => (0.0, 0.5),
                (1, false) => (0.0, 1.5),
                _ => (1.0, 1.0),
            };
            assert_eq!((bar, out_bar[0]), (3.0 * slope, 3.0 * kept), "{n} {x}");
        }
    }
}

/// A part that begins where the whole does is not as long.
#[derive_fn(jvp, vjp)]
fn lengths_of_parts(x: &[f64]) -> f64 {
    let alias = x;
    let part = &x[..alias.len() - 1];
    let x = &x[..part.len() - 1];
    x[0] * x.len() as f64 + part[part.len() - 1] * alias[alias.len() - 1]
}

#[test]
fn parts_from_the_beginning() {
    slice(
        &[&spread(5, 1)],
        lengths_of_parts,
        lengths_of_parts_prime,
        lengths_of_parts_jvp,
        lengths_of_parts_vjp,
    );
}

#[derive_fn(jvp, vjp)]
fn pair(x: f64) -> [f64; 2] {
    [x.sin(), x * x]
}

/// An array that a call returns, indexed at run time, is returned itself.
#[derive_fn(jvp, vjp)]
fn returned_by_a_call(x: f64, n: usize) -> [f64; 2] {
    let b = pair(x);
    if b[n % 2] > 0.5 {
        return b;
    }
    b
}

#[derive_fn(jvp, vjp)]
fn many(x: f64) -> [f64; 100] {
    let mut all = [x; 100];
    for i in 0..100 {
        all[i] *= i as f64;
    }
    all
}

#[derive_fn(jvp, vjp)]
fn many_by_a_call(x: f64) -> [f64; 100] {
    let all: [f64; 100] = many(x * x);
    all
}

#[test]
fn arrays_that_calls_return() {
    for (x, n) in [(0.3_f64, 0), (1.2, 1)] {
        let slopes = [x.cos(), 2.0 * x];
        assert_eq!(returned_by_a_call_prime(x, n), slopes);
        assert_eq!(returned_by_a_call_jvp(x, n, 1.0), (pair(x), slopes));
        assert_eq!(returned_by_a_call_vjp(x, n, [0.0, 3.0]), (pair(x), 6.0 * x));
        let mut seed = [0.0; 100];
        seed[7] = 1.0;
        check::close("vjp", &[many_by_a_call_vjp(x, seed).1], &[14.0 * x]);
        check::close("prime", &[many_by_a_call_prime(x)[7]], &[14.0 * x]);
    }
}

// An operand that is no variable is read before the next one changes it.
#[derive_fn(vjp)]
fn counted_on(x: f64) -> f64 {
    let mut n = 1;
    (n as f64) * {
        n += 1;
        x * n as f64
    }
}
#[test]
fn operands_are_read_in_order() {
    assert_eq!(counted_on_prime(3.0), 2.0);
}
/// One of the two is memory, and the other one is known number by number.
#[derive_fn(jvp, vjp)]
fn exchanged(x: f64) -> f64 {
    let mut a: [f64; 2] = [0.0; 2];
    a.iter_mut().for_each(|e| *e = x.cos());
    let mut b: [f64; 2] = [x, 3.0];
    std::mem::swap(&mut a, &mut b);
    b[0] * a[0] + 2.0 * b[1] * a[1]
}

/// What a window of a list that grows holds is no question of how long the list is.
#[derive_fn(jvp, vjp)]
fn windows_of_what_grows(x: &[f64]) -> f64 {
    let mut list: Vec<f64> = Vec::new();
    for i in 0..x.len() {
        list.push(x[i].sin());
    }
    let mut y = 0.5;
    for window in list.windows(2) {
        for e in window.iter().copied() {
            y = y * e + 1.0;
        }
    }
    y
}

/// Nothing active is passed to the call, and what it returns becomes active later.
#[derive_fn(jvp, vjp, hvp)]
fn written_after_the_call(x: f64, n: usize) -> f64 {
    let mut s = 0.5;
    let mut a = pair(s);
    a[n % 2] += x * x;
    s *= x;
    a[0] * a[1] + s
}

/// What the iterations read is overwritten after the loop, so they cannot be made again.
#[derive_fn(jvp, vjp, checkpoint = 2)]
fn read_before_it_changes(x: &[f64]) -> f64 {
    let mut a = x.to_vec();
    let mut y = 1.0;
    for i in 0..x.len() {
        y = (y * a[i]).sin();
    }
    for i in 0..x.len() {
        a[i] = 2.0;
    }
    y + a[0]
}

#[test]
fn found_by_the_interpreter() {
    scalar(&[0.3, -1.2], exchanged, exchanged_prime, exchanged_jvp, exchanged_vjp);
    slice(
        &[&spread(5, 1)],
        windows_of_what_grows,
        windows_of_what_grows_prime,
        windows_of_what_grows_jvp,
        windows_of_what_grows_vjp,
    );
    for n in [0, 1] {
        scalar(
            &[0.3, -1.2],
            |x| written_after_the_call(x, n),
            |x| written_after_the_call_prime(x, n),
            |x, v| written_after_the_call_jvp(x, n, v),
            |x, s| written_after_the_call_vjp(x, n, s),
        );
    }
    slice(
        &[&spread(5, 1)],
        read_before_it_changes,
        read_before_it_changes_prime,
        read_before_it_changes_jvp,
        read_before_it_changes_vjp,
    );
}

/// Some items are constants, and those are numbers where the code has references.
#[derive_fn(jvp, vjp)]
fn constants_among_items(x: f64, n: usize) -> f64 {
    let z: f64 = 3.0;
    let mut y = x;
    for i in 0..n {
        let items: [f64; 2] = [x.tanh(), if i % 2 == 0 { z } else { z.sin() }];
        y *= items.iter().fold(0.5, |sum, e| sum + z.cos().sin() * *e);
    }
    y
}

#[test]
fn constants_behind_references() {
    for n in [0, 1, 2, 3] {
        scalar(
            &[0.3, -1.2],
            |x| constants_among_items(x, n),
            |x| constants_among_items_prime(x, n),
            |x, v| constants_among_items_jvp(x, n, v),
            |x, s| constants_among_items_vjp(x, n, s),
        );
    }
}

// The index of a part that is used twice is a whole number in the adjoint, too.
#[derive_fn(vjp)]
fn of_the_rest(x: &[f64]) -> f64 {
    let (first, rest) = x.split_first().unwrap();
    let mut product = 1.0;
    for v in rest.iter().skip(1) {
        product *= v;
    }
    product * first
}
#[test]
fn indices_stay_whole() {
    let mut gradient = [0.0; 4];
    of_the_rest_prime(&[2.0, 3.0, 5.0, 7.0], &mut gradient);
    assert_eq!(gradient, [35.0, 0.0, 14.0, 10.0]);
}

// An array of which each number is known takes over one that is in memory, in a branch or a loop.
#[derive_fn(jvp, vjp)]
fn taken_over(x: f64, n: usize) -> f64 {
    let mut a = [x, 2.0 * x];
    for round in 0..2 {
        let mut next = [a[1]; 2];
        for i in 0..n {
            next[i % 2] += x * (i + round) as f64;
        }
        if n > 1 {
            a = next;
        }
    }
    a[0] * a[1]
}
#[test]
fn arrays_that_become_memory() {
    for n in 0..4 {
        let slope = (taken_over(1.5 + 1e-6, n) - taken_over(1.5 - 1e-6, n)) / 2e-6;
        assert!((taken_over_prime(1.5, n) - slope).abs() < 1e-6 * slope.abs().max(1.0), "{n}");
        assert!((taken_over_vjp(1.5, n, 1.0).1 - slope).abs() < 1e-6 * slope.abs().max(1.0), "{n}");
    }
}

// What a function only reads is passed on as `&`, and its derivative goes there.
#[derive_fn(vjp)]
fn double(y: &[f64], out: &mut [f64]) {
    for i in 0..y.len() {
        out[i] = 2.0 * y[i];
    }
}
#[derive_fn(vjp)]
fn doubled(y: &mut [f64], out: &mut [f64]) {
    double(&*y, &mut *out);
}
#[test]
fn read_only_parts_of_outputs() {
    let (mut y, mut out, mut y_bar, mut out_bar) = ([1.0, 2.0], [0.0; 2], [0.0; 2], [1.0, 1.0]);
    doubled_vjp(&mut y, &mut out, &mut y_bar, &mut out_bar);
    assert_eq!((y_bar, out_bar), ([2.0, 2.0], [0.0, 0.0]));
}

// A list of constants that is pushed to is memory for a call.
#[derive_fn(vjp, jvp)]
fn polynomial(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().fold(0.0, |sum, c| sum * x + c)
}
#[derive_fn]
fn with_constants(x: f64, n: usize) -> f64 {
    let mut c: Vec<f64> = Vec::new();
    for k in 0..n {
        c.push(k as f64);
    }
    x * polynomial(x, &c[..])
}
#[test]
fn lists_of_constants() {
    assert_eq!(with_constants_prime(2.0, 3), 6.0);
}

// Arrays and lists of constants of which only the type tells what they hold.
#[derive_fn(vjp, jvp)]
fn inner(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}
#[derive_fn(wrt(x))]
fn along_a_row(x: f64, table: &[[f64; 2]]) -> f64 {
    let row: [f64; 2] = table[0];
    inner([x, x * x], row)
}
#[derive_fn(vjp, jvp)]
fn inner_of_slices(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
#[derive_fn]
fn weighted(x: &[f64]) -> f64 {
    let weights: Vec<f64> = (0..x.len()).map(|i| i as f64).collect();
    inner_of_slices(x, &weights)
}
#[derive_fn]
fn weighted_too(x: &[f64]) -> f64 {
    let weights = (0..x.len()).map(|i| i as f64).collect::<Vec<f64>>();
    inner_of_slices(x, &weights)
}
#[test]
fn constants_by_their_type() {
    assert_eq!(along_a_row_prime(2.0, &[[3.0, 4.0]]), 19.0);
    for prime in [weighted_prime, weighted_too_prime] {
        let mut gradient = [f64::NAN; 3];
        prime(&[1.0, 2.0, 3.0], &mut gradient);
        assert_eq!(gradient, [0.0, 1.0, 2.0]);
    }
}

// Nothing looks at the first part, which is an array.
#[derive_fn(vjp, jvp)]
fn two_arrays(b: [f64; 2]) -> ([f64; 2], [f64; 2]) {
    ([b[0] * 2.0, b[1]], [b[1].sin(), b[0] * b[1]])
}
#[derive_fn(vjp, jvp)]
fn second_of_two(x: f64, y: f64) -> f64 {
    let mut b = [x, y];
    (_, b) = two_arrays(b);
    b[0] * b[1]
}
#[test]
fn ignored_parts() {
    let (x, y) = (1.0_f64, 2.0_f64);
    let slopes = [y.sin() * y, y.cos() * x * y + y.sin() * x];
    let close = |a: f64, b: f64| (a - b).abs() < 1e-15;
    let prime = second_of_two_prime(x, y);
    assert!(close(prime[0], slopes[0]) && close(prime[1], slopes[1]));
    assert_eq!(second_of_two_vjp(x, y, 1.0).1, prime);
    assert!(close(second_of_two_jvp(x, y, 0.5, -1.0).1, 0.5 * slopes[0] - slopes[1]));
}

// What a condition looks at is a literal so far, of which it calls a method.
#[derive_fn(jvp, vjp)]
fn looks_at_a_literal(x: &[f64], out: &mut [f64]) {
    let mut u: f64 = 3.0;
    let mut turn = 0;
    while turn < 2 && (2.0 * u.atan()).sin() > 0.2 {
        out[turn] += x[turn];
        turn += 1;
    }
    u += x[0];
    out[0] *= u;
}
#[test]
fn literals_that_are_looked_at() {
    let (x, mut out, mut out_bar, mut x_bar) = ([0.5, 2.0], [1.0, 0.0], [1.0, 1.0], [0.0; 2]);
    looks_at_a_literal_vjp(&x, &mut out, &mut out_bar, &mut x_bar);
    assert_eq!((x_bar, out_bar), ([5.0, 1.0], [3.5, 1.0]));
}

// In a body that is parsed twice, a name is declared again after it was read.
#[derive_fn(jvp, vjp)]
fn named_later(n: usize, start: f64, to: &mut [f64]) {
    let mut bar: f64 = 3.0 + 0.2 * start;
    for _ in (0..3).rev().step_by(2) {
        if 3.0 > bar {
            bar = bar + 0.0;
        } else {
            to[n + 1] = (to[1] * to[1]).tanh();
        }
        let n = 1;
    }
}
#[derive_fn]
fn none_after_one(n: usize, mut x: [f64; 3]) -> f64 {
    for _ in 1..n + 2 {
        for _ in (0..n).step_by(2) {
            x[0] = 3.0;
            let mut other = x.clone();
            std::mem::swap(&mut x, &mut other);
        }
        let n = 2;
    }
    x[0]
}
#[test]
fn names_that_are_declared_later() {
    for n in 0..3 {
        let (mut to, mut to_dot) = ([0.1, 0.2, 0.3, 0.4], [0.0, 1.0, 0.0, 0.0]);
        named_later_jvp(n, 0.5, &mut to, 0.0, &mut to_dot);
        let mut to = [0.1, 0.2, 0.3, 0.4];
        let mut to_bar: [f64; 4] = [1.0, 10.0, 100.0, 1000.0];
        named_later_vjp(n, 0.5, &mut to, &mut to_bar);
        let forwards: f64 = to_dot[0] + 10.0 * to_dot[1] + 100.0 * to_dot[2] + 1000.0 * to_dot[3];
        assert!((to_bar[1] - forwards).abs() < 1e-12, "{to_bar:?} {to_dot:?}");
        assert_eq!(none_after_one_prime(n, [1.0; 3]), [if n == 0 { 1.0 } else { 0.0 }, 0.0, 0.0]);
    }
}

// The body is run for the value, and once more for each row of the derivative.
#[derive_fn(value_and_prime)]
fn declared_in_turns(mut x: [f64; 4], n: usize) -> [f64; 2] {
    let k = n + 1;
    x[k] *= x[n];
    let n = 0;
    x[n] += x[k];
    [x[n], x[k]]
}
#[derive_fn(value_and_prime)]
fn declared_in_a_row(x: &[f64], n: usize) -> f32 {
    let last = x[n];
    let n = 0;
    (x[n] * last) as f32
}
#[derive_fn(value_and_prime)]
fn nothing_of_it(y: &[f64]) -> f64 {
    let mut y: [f64; 3] = [0.0; 3];
    f64::sin(0.5) + y[2]
}
#[test]
fn names_that_are_declared_in_turns() {
    let jacobian = [[1.0, 0.0, 4.0, 3.0], [0.0, 0.0, 4.0, 3.0]];
    assert_eq!(declared_in_turns_value_and_prime([1.0, 2.0, 3.0, 4.0], 2), ([13.0, 12.0], jacobian));
    let mut gradient = [f32::NAN; 3];
    assert_eq!(declared_in_a_row_value_and_prime(&[1.0, 2.0, 3.0], 2, &mut gradient), 3.0);
    assert_eq!(gradient, [3.0, 0.0, 1.0]);
    let mut gradient = [f64::NAN; 5];
    nothing_of_it_value_and_prime(&[1.0; 5], &mut gradient);
    assert_eq!(gradient, [0.0; 5]);
}

// What is declared looks at a length that is known only in the iteration.
#[derive_fn(vjp, jvp)]
fn length_in_a_loop(y: f64, n: usize, x: &[f64], out: &mut [f64]) {
    for _ in 1..=x.len() + 1 {
        let rest = &out[0..n + 2];
        let j = rest.len() - 1;
        out[0] += 0.2 * y;
    }
}
#[test]
fn lengths_in_loops() {
    let (mut out, mut out_bar) = ([0.0; 4], [1.0; 4]);
    let slope = length_in_a_loop_vjp(1.0, 2, &[0.0; 2], &mut out, &mut out_bar, &mut [0.0; 2]);
    assert!((slope - 0.6).abs() < 1e-15);
}

// Copies of constants, which go on to a function that takes them for variables.
#[derive_fn(vjp, jvp)]
fn first_of_array(x: f64, a: &[f64; 3]) -> f64 {
    x * a[0]
}
#[derive_fn(vjp, jvp)]
fn first_of_slice(x: f64, a: &[f64]) -> f64 {
    x * a[0]
}
#[derive_fn(wrt(x))]
fn clone_of_constants(x: f64, y: [f64; 3]) -> f64 {
    let grid = y.clone();
    first_of_array(x, &grid)
}
#[derive_fn(wrt(x))]
fn list_of_constants(x: f64, y: &[f64]) -> f64 {
    let grid = y.to_vec();
    let again = grid.clone();
    first_of_slice(x, &again)
}
#[test]
fn copies_of_constants() {
    assert_eq!(clone_of_constants_prime(0.5, [2.0; 3]), 2.0);
    assert_eq!(list_of_constants_prime(0.5, &[3.0]), 3.0);
}

// A guard that looks at what its own pattern binds.
#[derive(Clone, Copy)]
enum Penalty {
    Square,
    Huber(f64),
}
#[derive_fn(vjp)]
fn penalty(k: f64, xs: &[f64], penalty: Penalty) -> f64 {
    let mut sum = 0.0;
    for &x in xs {
        let r = k * x;
        sum += match penalty {
            Penalty::Square => r * r,
            Penalty::Huber(d) if r.abs() < d => 0.5 * r * r,
            Penalty::Huber(d) => d * (r.abs() - 0.5 * d),
        };
    }
    sum
}
#[test]
fn guards_with_names_of_the_pattern() {
    let mut slopes = [0.0; 2];
    assert_eq!(penalty_prime(2.0, &[0.25, 3.0], Penalty::Huber(1.0), &mut slopes), 0.25 * 0.5 + 3.0);
    assert_eq!(slopes, [2.0 * 0.5, 2.0]);
    assert_eq!(
        penalty_prime(2.0, &[0.25, 3.0], Penalty::Square, &mut slopes),
        2.0 * (0.5 * 0.25 + 6.0 * 3.0)
    );
}
