//! Matrices are made several columns or rows at a time. They hold what one direction after the other gives.
#![allow(
    dead_code,
    clippy::needless_range_loop,
    clippy::manual_while_let_some,
    reason = "the styles are the people's"
)]

use deriv::derive_fn;

/// Changes what it is given: of several directions, each must find that as it was.
#[derive_fn(jvp, vjp)]
fn grow(y: &mut [f64], by: f64) -> f64 {
    for i in 0..y.len() {
        y[i] = y[i] * y[i] * by;
    }
    y[0] + by
}

#[derive_fn(value_and_prime, jvp, mode = forward)]
fn grown(a: f64, b: f64) -> f64 {
    let mut y = vec![a; 3];
    let first = grow(&mut y, b);
    let second = grow(&mut y[1..], a);
    first * y[0] + second * y[2]
}

#[test]
fn of_calls_that_change_their_arguments() {
    let (value, prime) = grown_value_and_prime(1.5, 0.75);
    assert_eq!(value, grown(1.5, 0.75));
    assert_eq!(prime, [grown_jvp(1.5, 0.75, 1.0, 0.0).1, grown_jvp(1.5, 0.75, 0.0, 1.0).1]);
}

/// With memory, branches that depend on it, a list, and calls.
#[derive_fn(value_and_prime, jvp)]
fn several<const N: usize>(x: [f64; N], scale: f64) -> [f64; 70] {
    let mut out = [0.0; 70];
    let mut list = Vec::new();
    for i in 0..70 {
        out[i] = x[i % N] * scale.powi(2);
        if out[i] > 0.5 {
            list.push(out[i].sin() * x[0]);
        }
    }
    let grown = grow(&mut out[3..], scale);
    out[0] += grown;
    while !list.is_empty() {
        let last = list.pop().unwrap();
        out[list.len()] += last * scale;
    }
    out
}

fn columns<const N: usize>() {
    let x: [f64; N] = std::array::from_fn(|i| 0.3 + 0.1 * i as f64);
    let (value, (by_x, by_scale)) = several_value_and_prime(x, 1.25);
    assert_eq!(value, several(x, 1.25));
    for column in 0..=N {
        let x_dot = std::array::from_fn(|i| if i == column { 1.0 } else { 0.0 });
        let scale_dot = if column == N { 1.0 } else { 0.0 };
        let along = several_jvp(x, 1.25, x_dot, scale_dot).1;
        for row in 0..70 {
            let found = if column == N { by_scale[row] } else { by_x[row][column] };
            assert!(
                (found - along[row]).abs() < 1e-12,
                "{N}, {row}, {column}: {found} and not {}",
                along[row]
            );
        }
    }
}

#[test]
fn of_symbolic_lengths() {
    columns::<1>();
    columns::<2>();
    columns::<3>();
    columns::<4>();
    columns::<7>();
    columns::<8>();
}

#[derive_fn(prime, jvp)]
fn field(a: f64, b: f64, c: f32) -> [f64; 80] {
    let mut out = [0.0; 80];
    for i in 0..80 {
        out[i] = (a * i as f64 + b).sin() * f64::from(c).exp();
        if i > 0 {
            out[i] += out[i - 1] / a;
        }
    }
    out
}

#[derive_fn(prime, jvp)]
fn seven(x: &[f64; 7]) -> ([f64; 65], f64) {
    let mut out = [1.0; 65];
    let mut product = 1.0;
    for i in 0..65 {
        product *= x[i % 7];
        out[i] = product.sqrt() + x[6 - i % 7];
    }
    (out, product)
}

#[derive_fn(prime, jvp)]
fn pairs(x: [f64; 2], y: [f64; 2]) -> [f64; 70] {
    let mut out = [0.0; 70];
    for i in 0..70 {
        out[i] = x[i % 2].sin() * y[i / 2 % 2];
    }
    out
}

#[derive_fn(prime, jvp)]
fn rows(x: [[f64; 2]; 2], y: f64) -> [[f64; 2]; 40] {
    let mut out = [[0.0; 2]; 40];
    for i in 0..40 {
        out[i][i % 2] = x[i % 2][i / 2 % 2] * y;
    }
    out
}

#[test]
fn of_several_arrays() {
    let (by_x, by_y) = pairs_prime([0.5, 0.75], [1.5, 2.0]);
    for column in 0..4 {
        let unit = |from: usize| std::array::from_fn(|i| if i + from == column { 1.0 } else { 0.0 });
        let along = pairs_jvp([0.5, 0.75], [1.5, 2.0], unit(0), unit(2)).1;
        for row in 0..70 {
            let found = if column < 2 { by_x[row][column] } else { by_y[row][column - 2] };
            assert_eq!(found, along[row], "{row}, {column}");
        }
    }
    let x = [[0.5, 0.75], [1.5, 2.0]];
    let (by_x, by_y) = rows_prime(x, 3.0);
    for column in 0..5 {
        let unit =
            std::array::from_fn(|i| std::array::from_fn(|j| if 2 * i + j == column { 1.0 } else { 0.0 }));
        let along = rows_jvp(x, 3.0, unit, if column == 4 { 1.0 } else { 0.0 }).1;
        for (row, j) in (0..80).map(|row| (row / 2, row % 2)) {
            let found = if column < 4 { by_x[row][j][column / 2][column % 2] } else { by_y[row][j] };
            assert_eq!(found, along[row][j], "{row}, {j}, {column}");
        }
    }
}

#[test]
fn of_literal_lengths() {
    let prime = field_prime(0.5, 0.25, 0.125);
    for (column, dots) in [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)].into_iter().enumerate() {
        let along = field_jvp(0.5, 0.25, 0.125, dots.0, dots.1, dots.2).1;
        for row in 0..80 {
            assert!((prime[row][column] - along[row]).abs() < 1e-12, "{row}, {column}");
        }
    }
    let x = [0.9, 1.1, 1.2, 0.8, 1.05, 0.95, 1.0];
    let (by_x, of_product) = seven_prime(&x);
    for column in 0..7 {
        let (along, product) = seven_jvp(&x, &std::array::from_fn(|i| if i == column { 1.0 } else { 0.0 })).1;
        assert!((of_product[column] - product).abs() < 1e-12);
        for row in 0..65 {
            assert!((by_x[row][column] - along[row]).abs() < 1e-12, "{row}, {column}");
        }
    }
}

/// Forwards, where the last turn goes too far, with a `return`.
#[derive_fn(value_and_prime, jvp, mode = forward)]
fn product(x: &[f64], scale: f64, n: usize) -> f64 {
    let mut product = scale;
    for i in 0..n {
        product = (product * x[i]).sin() + x[i].max(scale);
        if product > 2.0 {
            return product * scale;
        }
    }
    product
}

#[test]
fn of_slices() {
    for n in 1..=9 {
        let x: Vec<f64> = (0..n).map(|i| 0.4 + 0.2 * i as f64).collect();
        let mut gradient = vec![f64::NAN; n];
        let (value, by_scale) = product_value_and_prime(&x, 0.9, n, &mut gradient);
        assert_eq!(value, product(&x, 0.9, n));
        gradient.push(by_scale);
        for column in 0..=n {
            let x_dot: Vec<f64> = (0..n).map(|i| if i == column { 1.0 } else { 0.0 }).collect();
            let along = product_jvp(&x, 0.9, n, &x_dot, if column == n { 1.0 } else { 0.0 }).1;
            assert!(
                (gradient[column] - along).abs() < 1e-12,
                "{n}, {column}: {} and not {along}",
                gradient[column]
            );
        }
    }
}

/// With scratch space, a list that is kept, and a maximum.
#[derive_fn(hessian, hvp)]
fn energy(x: &[f64], k: f64) -> f64 {
    let mut largest = x[0];
    let mut scratch = vec![0.0; x.len()];
    let mut sum = 0.0;
    for turn in 0..3 {
        for i in 0..x.len() {
            scratch[i] = x[i] * x[(i + turn) % x.len()] * k;
        }
        for i in 0..x.len() {
            sum = (sum * scratch[i]).sin() + scratch[i].exp();
        }
        largest = largest.max(sum);
    }
    sum * largest + k.powi(3)
}

#[test]
fn of_hessians() {
    for n in 1..=9 {
        let x: Vec<f64> = (0..n).map(|i| 0.2 + 0.07 * i as f64).collect();
        let size = n + 1;
        let mut hessian = vec![f64::NAN; size * size];
        energy_hessian(&x, 0.7, &mut hessian);
        for row in 0..size {
            let x_dot: Vec<f64> = (0..n).map(|i| if i == row { 1.0 } else { 0.0 }).collect();
            let mut along = vec![0.0; n];
            let last = energy_hvp(&x, 0.7, &x_dot, if row == n { 1.0 } else { 0.0 }, &mut along);
            along.push(last);
            for column in 0..size {
                let found = hessian[row * size + column];
                assert!(
                    (found - along[column]).abs() < 1e-11,
                    "{n}, {row}, {column}: {found} and not {}",
                    along[column]
                );
            }
        }
    }
}
