//! Buffers of the caller that an adjoint loop overwrites, as it comes to all of them first, and those that have to be
//! cleared; what is kept in them; lists that iterations fill and empty; sums that are there already; loops over many
//! slices; adjoints that vanish beside what has overflowed.
#![allow(clippy::needless_range_loop, reason = "as people write it")]

use deriv::derive_fn;

const X: [f64; 6] = [0.3, -1.1, 0.9, 1.7, -0.4, 0.2];

/// The buffer holds garbage before.
#[track_caller]
fn check(f: impl Fn(&[f64]) -> f64, g: impl Fn(&[f64], &mut [f64])) {
    for len in 0..=X.len() {
        let mut x = X[..len].to_vec();
        let mut gradient = vec![f64::NAN; len];
        g(&x, &mut gradient);
        for i in 0..len {
            let expected = deriv::numeric::partial(&f, &mut x, i).value;
            assert!((gradient[i] - expected).abs() < 1e-6, "{i} of {len}: {gradient:?}, {expected}");
        }
    }
}

#[derive_fn]
fn by_choice(x: &[f64], index: &[usize]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        // Looks at all elements, and adds to the adjoints of others.
        if x[i] > 0.0 {
            sum += x[index[i]] * x[index[i]];
        }
    }
    sum
}

#[derive_fn]
fn in_part(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        if x[i] > 0.0 {
            sum += x[i] * x[i];
        }
    }
    for i in 1..x.len() {
        sum += x[i] * x[i - 1];
    }
    sum
}

#[derive_fn(prime, hvp)]
fn twice(x: &[f64]) -> f64 {
    let largest = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 1.0;
    for i in 0..x.len() {
        sum += (x[i] - largest).exp() * x[i];
    }
    sum.sin() + x.iter().map(|x| x * x).sum::<f64>()
}

#[derive_fn]
fn up_to_exit(x: &[f64]) -> f64 {
    let mut product = 1.0;
    for i in 0..x.len() {
        if x[i] > 1.3 {
            break;
        }
        product *= x[i];
    }
    product
}

#[derive_fn(prime, wrt(x))]
fn rows(x: &[f64], columns: usize) -> f64 {
    let mut product = 1.0;
    for i in 0..x.len() / columns {
        let mut sum = 0.0;
        for j in 0..columns {
            sum += x[i * columns + j] * x[i * columns + j];
        }
        product *= sum + 1.0;
    }
    product
}

#[test]
fn overwritten_and_cleared() {
    let index = [2, 0, 0, 5, 1, 3];
    check(
        |x| by_choice(x, &index.map(|i| i % x.len())),
        |x, g| match x.len() {
            0 => {}
            n => by_choice_prime(x, &index.map(|i| i % n), g),
        },
    );
    check(in_part, in_part_prime);
    check(twice, twice_prime);
    check(up_to_exit, up_to_exit_prime);
    for columns in 1..4 {
        check(|x| rows(x, columns), |x, g| rows_prime(x, columns, g));
    }
}

#[test]
fn second_derivatives_into_garbage() {
    let direction = [0.5, -1.0, 0.2, 0.0, 0.7, 1.0];
    let mut product = [f64::NAN; X.len()];
    twice_hvp(&X, &direction, &mut product);
    let gradient = |step: f64| {
        let mut x = X;
        x.iter_mut().zip(direction).for_each(|(x, d)| *x += step * d);
        let mut gradient = [f64::NAN; X.len()];
        twice_prime(&x, &mut gradient);
        gradient
    };
    let (after, before) = (gradient(1e-6), gradient(-1e-6));
    for i in 0..X.len() {
        let expected = (after[i] - before[i]) / 2e-6;
        assert!((product[i] - expected).abs() < 1e-6, "{i}: {product:?}, {expected}");
    }
}

#[derive_fn]
fn product(x: &[f64]) -> f64 {
    let (mut product, mut sum) = (1.5, 0.0);
    for i in 0..x.len() {
        sum += x[i].sin() * product;
        product *= x[i];
    }
    product + sum
}

#[derive_fn]
fn from_both_ends(x: &[f64]) -> f64 {
    let mut product = 1.0;
    for i in 0..x.len() {
        product *= x[i] * x[x.len() - 1 - i] + 2.0;
    }
    product
}

#[derive_fn]
fn by_the_other_end(x: &[f64]) -> f64 {
    let mut product: f64 = 1.0;
    for (a, b) in x.iter().rev().zip(x) {
        let sign = if *a > 0.5 { 1.0 } else { -2.0 };
        product *= b * sign + 0.5;
    }
    product
}

#[derive_fn]
fn read_again(x: &[f64]) -> f64 {
    let mut product = 1.0;
    for (i, x) in x.iter().enumerate() {
        product *= x + i as f64;
    }
    let mut sum = 0.0;
    for x in x {
        sum += (x * product).sin();
    }
    sum * product
}

#[derive_fn]
fn of_rows(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        let mut product = 1.0;
        for j in 0..i {
            product *= x[j] + x[i].cos();
        }
        sum += product.sin();
    }
    sum
}

#[test]
fn kept_in_buffers_and_lists() {
    check(product, product_prime);
    check(from_both_ends, from_both_ends_prime);
    check(by_the_other_end, by_the_other_end_prime);
    check(read_again, read_again_prime);
    check(of_rows, of_rows_prime);
}

const WIDTH: usize = 6;

#[derive_fn]
fn of_array(x: &[f64; WIDTH]) -> f64 {
    let mut roots = [1.0; WIDTH];
    let mut product = 1.0;
    for i in 0..WIDTH {
        roots[i] = (x[i] * product).exp();
        product *= x[i] + roots[i];
    }
    product
}

#[test]
fn kept_in_an_array() {
    let f = |x: &[f64]| x.try_into().map_or(0.0, of_array);
    for (i, slope) in of_array_prime(&X).into_iter().enumerate() {
        let expected = deriv::numeric::partial(f, &mut X.to_vec(), i).value;
        assert!((slope - expected).abs() < 1e-6 * expected.abs().max(1.0), "{i}: {slope}, {expected}");
    }
}

#[derive_fn(prime, vjp)]
fn log_sum_exp(x: &[f64]) -> f64 {
    let largest = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = x.iter().map(|x| (x - largest).exp()).sum();
    largest + sum.ln()
}

#[derive_fn(prime, wrt(x, rate))]
fn weighted(x: &[f64], rate: f64, weights: &[f64]) -> f64 {
    let (mut sum, mut rest, mut more) = (0.0, 0.0, 1.0);
    for i in 0..x.len() {
        sum += weights[i] * (x[i] - rate).exp();
        rest -= (x[i] + 2.0 * rate).exp();
        more += (x[i] * x[i] - rate).exp();
        if more > 20.0 {
            break;
        }
    }
    sum * rest + more.ln() * rate
}

#[derive_fn(prime, wrt(x, rate))]
fn soft_mean(x: &[f64], rate: f64) -> f64 {
    let (mut sum, mut all) = (0.0, 0.0);
    for x in x {
        let share = (x * x - rate).exp();
        sum += share;
        all += share * x;
    }
    all / (sum + 1.0)
}

#[test]
fn sums_that_are_there() {
    check(log_sum_exp, log_sum_exp_prime);
    check(|x| soft_mean(x, 0.7), |x, g| _ = soft_mean_prime(x, 0.7, g));
    let expected = deriv::numeric::derivative(|rate| soft_mean(&X, rate), 0.7).value;
    assert!((soft_mean_prime(&X, 0.7, &mut [0.0; 6]) - expected).abs() < 1e-6, "{expected}");
    let mut shares = [f64::NAN; 4];
    log_sum_exp_vjp(&[1000.0, 1000.0, f64::NEG_INFINITY, -1e300], 3.0, &mut shares);
    assert_eq!(shares, [1.5, 1.5, 0.0, 0.0]);
    for rate in [0.3, -1.2] {
        let f = |x: &[f64], rate: f64| weighted(x, rate, &X);
        let slope = |x: &[f64], g: &mut [f64]| weighted_prime(x, rate, &X, g);
        check(|x| f(x, rate), |x, g| _ = slope(x, g));
        let expected = deriv::numeric::derivative(|rate| f(&X, rate), rate).value;
        assert!((slope(&X, &mut [0.0; 6]) - expected).abs() < 1e-6, "{expected}");
    }
}

/// Of the adjoints, four are written in one loop.
#[derive_fn(prime, wrt(x))]
fn many(x: &[f64], steps: usize) -> f64 {
    let n = x.len();
    let (mut a, mut b, mut c, mut d) = (vec![0.0; n], vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    for _ in 0..steps {
        for i in 0..n {
            a[i] = x[i] * x[i] + d[i];
        }
        for i in 0..n {
            b[i] = x[i] * a[i];
        }
        for i in 0..n {
            c[i] = x[i] * (a[i] + b[i]);
        }
        for i in 0..n {
            d[i] += 0.1 * (a[i] * x[i] + b[i] * c[i]);
        }
    }
    d.iter().sum()
}

#[test]
fn many_slices() {
    for steps in 0..4 {
        check(|x| many(x, steps), |x, g| many_prime(x, steps, g));
    }
}

#[derive_fn(vjp)]
fn saturated(x: &[f64], out: &mut [f64]) {
    for i in 0..x.len() {
        out[i] = x[i].exp().atan() + x[i].exp().tanh() + 1.0 / (1.0 + x[i].exp());
    }
}

#[test]
fn nothing_beside_what_overflows() {
    let x = [800.0, 750.0, -800.0];
    let (mut out, mut seed, mut gradient) = ([0.0; 3], [1.0; 3], [f64::NAN; 3]);
    saturated_vjp(&x, &mut out, &mut seed, &mut gradient);
    let mut alone = [0.0; 3];
    saturated(&x, &mut alone);
    assert_eq!(out, alone);
    assert_eq!(gradient, [0.0; 3]);
}
