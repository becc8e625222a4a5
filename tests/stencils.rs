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

// Products of neighbours, which are all kept.
#[derive_fn(vjp, hvp)]
fn products(x: &[f64]) -> f64 {
    let (a, n) = (x[0], x.len());
    let (mut u, mut next) = (x.to_vec(), x.to_vec());
    for _ in 0..3 {
        for i in 1..n - 1 {
            next[i] = 0.5 * u[i] + a * u[i - 1] * u[i + 1] - 0.1 * u[i] * u[i + 1];
        }
        std::mem::swap(&mut u, &mut next);
    }
    u.iter().map(|u| u * u).sum::<f64>()
}

// Far neighbours on one side, and none on the other.
#[derive_fn(vjp)]
fn wide(x: &[f64]) -> f64 {
    let (mut u, mut next) = (x.to_vec(), vec![0.0; x.len()]);
    for _ in 0..3 {
        for i in 4..u.len() {
            next[i] = 0.3 * u[i - 4] + x[1] * u[i - 3] * u[i - 1];
        }
        std::mem::swap(&mut u, &mut next);
    }
    u.iter().zip(&next).map(|(u, v)| u * v + u * u).sum::<f64>()
}

// What is overwritten is not where the middle of the stencil is, and the range goes up to its end.
#[derive_fn(vjp)]
fn upwind(x: &[f64]) -> f64 {
    let n = x.len();
    let (mut u, mut next) = (x.to_vec(), x.to_vec());
    for _ in 0..5 {
        for i in 0..=n - 3 {
            next[i] = u[i + 1] - x[2] * (u[i + 2] - u[i + 1]);
        }
        std::mem::swap(&mut u, &mut next);
    }
    u.iter().map(|u| u * u).sum::<f64>()
}

// Two quantities, each made of both.
#[derive_fn(vjp)]
fn waves(x: &[f64], steps: usize) -> f64 {
    let (c, n) = (x[1], x.len());
    let (mut height, mut speed) = (x.to_vec(), vec![0.0; n]);
    let (mut height_next, mut speed_next) = (x.to_vec(), vec![0.0; n]);
    for _ in 0..steps {
        for i in 1..n - 1 {
            height_next[i] = height[i] - 0.1 * (speed[i + 1] - speed[i - 1]) * height[i];
            speed_next[i] = speed[i] - c * (height[i + 1] - height[i - 1]);
        }
        std::mem::swap(&mut height, &mut height_next);
        std::mem::swap(&mut speed, &mut speed_next);
    }
    height.iter().zip(&speed).map(|(h, v)| h * h + v).sum::<f64>()
}

// The range is another one each time, and so is where it begins.
#[derive_fn(vjp)]
fn shrinking(x: &[f64]) -> f64 {
    let n = x.len();
    let (mut u, mut next) = (x.to_vec(), x.to_vec());
    for t in 1..4 {
        for i in t..n - 1 {
            next[i] = x[0] * u[i - 1] + 0.5 * u[i + 1];
        }
        std::mem::swap(&mut u, &mut next);
    }
    for t in 1..4 {
        let end = n - t;
        for i in 1..end {
            next[i] = x[0] * u[i - 1] + 0.5 * u[i];
        }
        std::mem::swap(&mut u, &mut next);
    }
    u.iter().zip(&next).map(|(u, v)| u * u + v).sum::<f64>()
}

// Coefficients by place, and indices that are named.
#[derive_fn(vjp, wrt(x))]
fn weighted(x: &[f64], weights: &[f64]) -> f64 {
    let n = x.len();
    let mut u = x.to_vec();
    for _ in 0..3 {
        let old = u.clone();
        for i in 1..n - 1 {
            let (left, right) = (i - 1, i + 1);
            let weight = weights[i];
            u[i] = weight * old[left] + weights[right] * old[right] * x[3] + old[i];
        }
    }
    u.iter().map(|u| u * u).sum::<f64>()
}

// A grid in one list, and one in lists of lists.
#[derive_fn(vjp)]
fn plane(x: &[f64], width: usize, height: usize) -> f64 {
    let (mut u, mut next) = (x.to_vec(), x.to_vec());
    for _ in 0..3 {
        for i in 1..height - 1 {
            for j in 1..width - 1 {
                let at = i * width + j;
                next[at] = u[at]
                    + x[0] * (u[at - 1] + u[at + 1] - 4.0 * u[at])
                    + x[0] * (u[(i - 1) * width + j] + u[i * width + width + j]);
            }
        }
        std::mem::swap(&mut u, &mut next);
    }
    u.iter().map(|u| u * u).sum::<f64>()
}

#[derive_fn(vjp)]
fn rows(x: &[f64], width: usize, height: usize) -> f64 {
    let mut u = vec![[0.0; 8]; height];
    for i in 0..height {
        for j in 0..width {
            u[i][j] = x[i * width + j];
        }
    }
    let mut next = u.clone();
    for _ in 0..3 {
        for i in 1..height - 1 {
            for j in 1..width - 1 {
                next[i][j] = u[i][j] + x[0] * u[i][j - 1] * u[i][j + 1] - 0.3 * (u[i - 1][j] + u[i + 1][j]);
            }
        }
        std::mem::swap(&mut u, &mut next);
    }
    let mut sum = 0.0;
    for i in 0..height {
        for j in 0..width {
            sum += u[i][j] * u[i][j];
        }
    }
    sum
}

// Numbers of another type.
#[derive_fn(vjp, value_and_prime)]
fn single(x: &[f32], rate: f32) -> f32 {
    let n = x.len();
    let (mut u, mut next) = (x.to_vec(), x.to_vec());
    for _ in 0..4 {
        for i in 1..n - 1 {
            next[i] = u[i] + rate * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
        }
        std::mem::swap(&mut u, &mut next);
    }
    u.iter().map(|u| u * u).sum::<f32>()
}

// Buffers that take turns, where nothing is gathered, or not all at once.
#[derive_fn(vjp)]
fn by_itself(x: &[f64]) -> f64 {
    let n = x.len();
    let (mut u, mut next) = (x.to_vec(), x.to_vec());
    for _ in 0..3 {
        for i in 1..n - 1 {
            next[i] = x[0] * u[i] + 0.5;
        }
        std::mem::swap(&mut u, &mut next);
    }
    for _ in 0..3 {
        for i in 1..n - 1 {
            next[i] = x[0] * u[i - 1] * u[1] + u[i];
        }
        std::mem::swap(&mut u, &mut next);
    }
    for _ in 0..3 {
        for i in 0..n / 2 {
            next[i] = x[1] * u[2 * i] + u[n / 2 + i] - 0.5 * u[n / 2 + i - 1] + u[i] * u[i + 1];
        }
        std::mem::swap(&mut u, &mut next);
    }
    u.iter().zip(&next).map(|(u, v)| u * u * v + v).sum::<f64>()
}

// Made as often as it takes, also not at all.
#[derive_fn(vjp)]
fn until(x: &[f64], limit: f64) -> f64 {
    let n = x.len();
    let (mut u, mut next) = (x.to_vec(), x.to_vec());
    let mut change = 1.0;
    while change > limit {
        for i in 1..n - 1 {
            next[i] = 0.5 * (u[i - 1] + u[i + 1]) + x[4] * u[i];
        }
        std::mem::swap(&mut u, &mut next);
        change *= 0.5;
    }
    u.iter().zip(&next).map(|(u, v)| u * u * v).sum::<f64>()
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
fn gathered() {
    let x: Vec<f64> = (0..37).map(|i| (1.7 * f64::from(i)).sin()).collect();
    let weights: Vec<f64> = (0..37).map(|i| (0.3 * f64::from(i)).cos()).collect();
    // As short as it can be, and on both sides of the width of a stencil.
    for n in [5, 6, 7, 8, 9, 10, 12, 13, 37] {
        check(heat, heat_prime, &x[..n]);
        check(advection, advection_prime, &x[..n]);
        check(two_sums, two_sums_prime, &x[..n]);
        check(five_sums, five_sums_prime, &x[..n]);
        check(nonlinear, nonlinear_prime, &x[..n]);
        check(products, products_prime, &x[..n]);
        check(by_itself, by_itself_prime, &x[..n]);
        check(wide, wide_prime, &x[..n]);
        check(upwind, upwind_prime, &x[..n]);
        for steps in 0..4 {
            check(|x| waves(x, steps), |x, g| waves_prime(x, steps, g), &x[..n]);
        }
        check(shrinking, shrinking_prime, &x[..n]);
        check(|x| weighted(x, &weights), |x, g| weighted_prime(x, &weights, g), &x[..n]);
        for limit in [2.0, 0.6, 0.2] {
            check(|x| until(x, limit), |x, g| _ = until_prime(x, limit, g), &x[..n]);
        }
    }
    for n in [3, 4] {
        check(heat, heat_prime, &x[..n]);
        check(products, products_prime, &x[..n]);
        check(upwind, upwind_prime, &x[..n]);
    }
    for (width, height) in [(2, 2), (3, 3), (3, 7), (7, 3), (4, 6), (5, 5), (8, 4), (6, 2)] {
        let x = &x[..width * height];
        check(|x| plane(x, width, height), |x, g| plane_prime(x, width, height, g), x);
        check(|x| rows(x, width, height), |x, g| rows_prime(x, width, height, g), x);
    }
}

#[test]
fn with_single_precision() {
    let x: Vec<f32> = (0..20).map(|i| (1.7 * i as f32).sin()).collect();
    let exact: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
    let mut gradient = vec![0.0; 20];
    let (value, by_rate) = single_value_and_prime(&x, 0.25, &mut gradient);
    assert_eq!(value, single(&x, 0.25));
    let double = |x: &[f64], rate: f64| {
        let (mut u, mut next) = (x.to_vec(), x.to_vec());
        for _ in 0..4 {
            for i in 1..x.len() - 1 {
                next[i] = u[i] + rate * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
            }
            std::mem::swap(&mut u, &mut next);
        }
        u.iter().map(|u| u * u).sum::<f64>()
    };
    let expected = deriv::numeric::derivative(|rate| double(&exact, rate), 0.25).value;
    assert!((f64::from(by_rate) - expected).abs() < 1e-4 * expected.abs().max(1.0));
    let mut at = exact.clone();
    for i in 0..20 {
        let expected = deriv::numeric::partial(|x: &[f64]| double(x, 0.25), &mut at, i).value;
        assert!((f64::from(gradient[i]) - expected).abs() < 1e-4 * expected.abs().max(1.0), "{i}");
    }
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
