//! Loops whose adjoints add to neighbouring elements, or sum up, iteration by iteration.
#![allow(clippy::needless_range_loop, reason = "as people write it")]

use deriv::derive_fn;

#[track_caller]
fn check(f: impl Fn(&[f64]) -> f64, g: impl Fn(&[f64], &mut [f64]), x: &[f64]) {
    let mut gradient = vec![f64::NAN; x.len()];
    g(x, &mut gradient);
    let mut x = x.to_vec();
    for i in 0..x.len() {
        let expected = deriv::numeric::partial(&f, &mut x, i).value;
        assert!(
            (gradient[i] - expected).abs() < 1e-6 * expected.abs().max(1.0),
            "{i}: {gradient:?}, {expected}"
        );
    }
}

const X: [f64; 9] = [0.3, -1.1, 0.9, 1.7, -0.4, 0.9, 0.2, -0.6, 1.3];

#[derive_fn(vjp, hvp)]
fn heat(x: &[f64]) -> f64 {
    let (rate, n) = (x[0], x.len());
    let (mut u, mut next) = (x.to_vec(), x.to_vec());
    for _ in 0..4 {
        for i in 1..n - 1 {
            next[i] = u[i] + rate * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
        }
        std::mem::swap(&mut u, &mut next);
    }
    u.iter().map(|u| u * u).sum::<f64>()
}

// Two coefficients, each with its sum.
#[derive_fn(vjp)]
fn advection(x: &[f64]) -> f64 {
    let (rate, speed, n) = (x[0], x[1], x.len());
    let (mut u, mut next) = (x.to_vec(), x.to_vec());
    for _ in 0..4 {
        for i in 2..n - 1 {
            next[i] = u[i] + rate * (u[i - 1] - 2.0 * u[i] + u[i + 1]) - speed * (u[i] - u[i - 2]);
        }
        std::mem::swap(&mut u, &mut next);
    }
    u.iter().map(|u| u * u).sum::<f64>()
}

// Two coefficients, more neighbours, and one of them twice.
#[derive_fn(vjp)]
fn two_sums(x: &[f64]) -> f64 {
    let (a, b) = (x[0], x[1]);
    let mut u = x.to_vec();
    let mut next = vec![0.0; x.len()];
    for _ in 0..3 {
        for i in 2..u.len() - 2 {
            next[i] = a * u[i - 2] * u[i + 1] + b * u[i + 2] - u[i] * u[i - 2];
        }
        for i in 0..u.len() {
            u[i] = next[i] + 0.5 * u[i];
        }
    }
    u.iter().sum::<f64>()
}

// Five coefficients: as many sums at a time.
#[derive_fn(vjp)]
fn five_sums(x: &[f64]) -> f64 {
    let mut u = x.to_vec();
    for _ in 0..2 {
        let v = u.clone();
        for i in 1..v.len() - 1 {
            u[i] = x[0] * v[i - 1] + x[1] * v[i] + x[2] * v[i + 1] + x[3] * v[i] * v[i] + x[4];
        }
    }
    u.iter().product::<f64>()
}

// In place, where the order counts.
#[derive_fn(vjp)]
fn in_place(x: &[f64]) -> f64 {
    let (rate, n) = (x[0], x.len());
    let mut u = x.to_vec();
    for _ in 0..3 {
        for i in 1..n - 1 {
            u[i] += rate * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
        }
    }
    u.iter().map(|u| u * u).sum::<f64>()
}

// What is kept belongs to several of the elements.
#[derive_fn(vjp)]
fn nonlinear(x: &[f64]) -> f64 {
    let n = x.len();
    let (mut u, mut next) = (x.to_vec(), x.to_vec());
    for _ in 0..3 {
        for i in 1..n - 1 {
            next[i] = (u[i - 1] * u[i + 1] + u[i]).tanh();
        }
        std::mem::swap(&mut u, &mut next);
    }
    u.iter().map(|u| u * u).sum::<f64>()
}

#[derive_fn(vjp)]
fn on_a_grid(x: &[f64]) -> f64 {
    let mut u = [[0.0; 3]; 3];
    for i in 0..3 {
        for j in 0..3 {
            u[i][j] = x[3 * i + j];
        }
    }
    for _ in 0..3 {
        let v = u;
        for i in 0..3 {
            for j in 1..2 {
                u[i][j] =
                    v[i][j] + x[8] * (v[(i + 2) % 3][j] + v[(i + 1) % 3][j] + v[i][j - 1] + v[i][j + 1]);
            }
        }
    }
    u[0][1] * u[1][1] + u[2][1] * u[1][0]
}

// The same element under two names.
#[derive_fn(vjp)]
fn around(x: &[f64], n: usize) -> f64 {
    let mut u = x.to_vec();
    for _ in 0..3 {
        let v = u.clone();
        for i in 0..n {
            u[i] = v[(i + 1) % n] * 0.5 + v[(i + n - 1) % n] * x[0] - v[i % n];
        }
    }
    u.iter().map(|u| u * u).sum::<f64>()
}

// Sums alone, over what is known before and over what comes later.
#[derive_fn(vjp)]
fn scaled(x: &[f64], times: usize) -> f64 {
    let (a, b) = (x[0], x[1]);
    let mut u = x.to_vec();
    for _ in 0..times {
        for i in 0..u.len() {
            u[i] = a * u[i] + b * x[i] + 0.1;
        }
        if u[0] > 1.0 {
            u[0] *= 0.5;
        }
    }
    u.iter().map(|u| u * u * u).sum::<f64>()
}

#[test]
fn neighbours() {
    check(heat, heat_prime, &X);
    check(advection, advection_prime, &X);
    check(two_sums, two_sums_prime, &X);
    check(five_sums, five_sums_prime, &X);
    check(nonlinear, nonlinear_prime, &X);
    check(on_a_grid, on_a_grid_prime, &X);
    check(in_place, in_place_prime, &X);
}

#[test]
fn few_and_no_iterations() {
    for n in [1, 2, 3, 4, 9] {
        check(|x| around(x, n), |x, g| around_prime(x, n, g), &X);
    }
    for n in 2..6 {
        check(heat, heat_prime, &X[..n]);
        check(|x| scaled(x, n - 2), |x, g| scaled_prime(x, n - 2, g), &X[..n]);
    }
}

#[test]
fn along_a_direction() {
    let mut curvature = [0.0; 9];
    let direction: Vec<f64> = X.iter().map(|x| (3.0 * x).sin()).collect();
    heat_hvp(&X, &direction, &mut curvature);
    let slope = |t: f64| {
        let x: Vec<f64> = X.iter().zip(&direction).map(|(x, d)| x + t * d).collect();
        let mut gradient = [0.0; 9];
        heat_prime(&x, &mut gradient);
        gradient
    };
    let (up, down) = (slope(1e-5), slope(-1e-5));
    for i in 0..9 {
        let expected = (up[i] - down[i]) / 2e-5;
        assert!((curvature[i] - expected).abs() < 1e-6 * expected.abs().max(1.0), "{curvature:?}");
    }
}

// An element that is written three times: what is taken away is not seen again by the sums.
#[derive_fn(vjp)]
fn rewritten(x: &[f64]) -> f64 {
    let mut acc = x[0];
    let mut to = vec![0.0; x.len()];
    let mut sum = 0.0;
    for k in 1..3 {
        for i in 0..to.len() {
            to[i] = acc;
            to[i] = 0.5 * (x[2] + x[1] + acc) * x[i];
            to[i] -= acc * acc / (1.0 + x[1] * x[1]);
        }
        acc = 0.4 * to[k] + 0.5 * x[3];
        sum += to.iter().map(|t| t * t * acc).sum::<f64>();
    }
    sum
}

#[test]
fn elements_written_several_times() {
    check(rewritten, rewritten_prime, &X);
}
