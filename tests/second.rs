//! Second derivatives, and derivatives of several numbers, where loops and memory are: Hessians, products with
//! them, Jacobians, and higher derivatives of one number. All are compared with differences of what is one
//! order lower.
#![allow(clippy::useless_vec)]
#![allow(dead_code, missing_docs, clippy::needless_range_loop, clippy::many_single_char_names)]
#![allow(clippy::suboptimal_flops, clippy::assign_op_pattern, clippy::type_complexity)]

use deriv::derive_fn;

/// The derivative of `f` at `x` along the axis `i`, by differences of fourth order.
fn slope(f: &dyn Fn(&[f64]) -> Vec<f64>, x: &[f64], i: usize) -> Vec<f64> {
    let h = 1e-3;
    let at = |step: f64| {
        let mut x = x.to_vec();
        x[i] += step * h;
        f(&x)
    };
    let (a, b, c, d) = (at(-2.0), at(-1.0), at(1.0), at(2.0));
    (0..a.len()).map(|k| (a[k] - 8.0 * b[k] + 8.0 * c[k] - d[k]) / (12.0 * h)).collect()
}

/// `found`, row-major, is the Jacobian of `f` at `x`.
#[track_caller]
fn jacobian(f: &dyn Fn(&[f64]) -> Vec<f64>, x: &[f64], found: &[f64]) {
    let rows = f(x).len();
    assert_eq!(found.len(), rows * x.len());
    for i in 0..x.len() {
        for (row, expected) in slope(f, x, i).into_iter().enumerate() {
            let found = found[row * x.len() + i];
            let close = (found - expected).abs() <= 1e-8 * (1.0 + expected.abs());
            assert!(close, "entry ({row}, {i}): {found}, by differences {expected}");
        }
    }
}

fn points(n: usize) -> Vec<f64> {
    (0..n).map(|i| 0.7 + 0.3 * (1.7 * i as f64).sin()).collect()
}

// Hessians.

#[derive_fn(hessian, hvp)]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        sum += 100.0 * (x[i + 1] - x[i] * x[i]).powi(2) + (1.0 - x[i]).powi(2);
    }
    sum
}

#[test]
fn hessian_of_a_slice() {
    for n in [1, 2, 7] {
        let x = points(n);
        let gradient = |x: &[f64]| {
            let mut prime = vec![f64::NAN; x.len()];
            rosenbrock_prime(x, &mut prime);
            prime
        };
        let mut hessian = vec![f64::NAN; n * n];
        rosenbrock_hessian(&x, &mut hessian);
        jacobian(&gradient, &x, &hessian);
        for row in 0..n {
            let mut axis = vec![0.0; n];
            axis[row] = 1.0;
            let mut hvp = vec![f64::NAN; n];
            rosenbrock_hvp(&x, &axis, &mut hvp);
            // Two formulas, which round each in its own way.
            for (found, expected) in hvp.iter().zip(&hessian[row * n..]) {
                assert!((found - expected).abs() <= 1e-14 * expected.abs(), "{found} is {expected}");
            }
        }
    }
}

#[test]
#[should_panic(expected = "`hessian` has 3 elements where 4 are needed")]
fn hessian_of_another_length() {
    rosenbrock_hessian(&[1.0, 2.0], &mut [0.0; 3]);
}

/// Numbers, a slice of arrays, and an array in memory; the recurrence keeps values for the way back.
#[derive_fn(hessian)]
fn mixed(a: f64, m: &[[f64; 2]], w: [f64; 3], b: f64) -> f64 {
    let mut s = a * b;
    for i in 0..m.len() {
        s = (s * m[i][0]).sin() + m[i][1] * w[i % 3] * b;
    }
    s * s
}

#[test]
fn hessian_of_a_mix() {
    for rows in [0, 1, 4] {
        let n = 5 + 2 * rows;
        let split = |x: &[f64]| -> (f64, Vec<[f64; 2]>, [f64; 3], f64) {
            let m = (0..rows).map(|i| [x[1 + 2 * i], x[2 + 2 * i]]).collect();
            (x[0], m, x[1 + 2 * rows..][..3].try_into().unwrap(), x[n - 1])
        };
        let gradient = |x: &[f64]| {
            let (a, m, w, b) = split(x);
            let mut by_m = vec![[f64::NAN; 2]; rows];
            let (by_a, by_w, by_b) = mixed_prime(a, &m, w, b, &mut by_m);
            [&[by_a], &by_m.concat()[..], &by_w, &[by_b]].concat()
        };
        let x = points(n);
        let mut hessian = vec![f64::NAN; n * n];
        let (a, m, w, b) = split(&x);
        mixed_hessian(a, &m, w, b, &mut hessian);
        jacobian(&gradient, &x, &hessian);
    }
}

#[derive_fn(hessian)]
fn chain<const N: usize>(x: &[f64; N]) -> f64 {
    let mut product = 1.0;
    for i in 0..N {
        product *= x[i] + x[0].exp();
    }
    product
}

#[derive_fn(value_and_prime, jvp, vjp, hvp, hessian, test(m in -2.0..2.0, k in 0.5..1.5))]
fn grid(m: [[f64; 2]; 3], k: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..3 {
        for j in 0..2 {
            sum += (k * m[i][j]).cos() * m[2 - i][j];
        }
    }
    sum
}

/// Too many to be known number by number.
#[derive_fn(hessian)]
fn long(x: &[f64; 33]) -> f64 {
    x[0] * x[32] * x[1] + x[7].exp()
}

/// What is passed by value is written to.
#[derive_fn(hessian)]
fn running(mut x: [f64; 4]) -> f64 {
    let mut sum = 0.0;
    for i in 1..4 {
        x[i] = x[i] * x[i - 1];
        sum += x[i] * x[i];
    }
    sum
}

#[derive_fn(hessian)]
fn single(x: &[f32], scale: f32) -> f32 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += scale * x[i] * x[i];
    }
    sum
}

#[test]
fn hessians_of_arrays() {
    let x: [f64; 3] = points(3).try_into().unwrap();
    let gradient = |x: &[f64]| chain_prime::<3>(x.try_into().unwrap()).to_vec();
    jacobian(&gradient, &x, chain_hessian(&x).as_flattened());

    let x: [f64; 7] = points(7).try_into().unwrap();
    let split = |x: &[f64]| ([[x[0], x[1]], [x[2], x[3]], [x[4], x[5]]], x[6]);
    let gradient = |x: &[f64]| {
        let (m, k) = split(x);
        let (m, k) = grid_prime(m, k);
        [m.as_flattened(), &[k]].concat()
    };
    let (m, k) = split(&x);
    jacobian(&gradient, &x, grid_hessian(m, k).as_flattened());

    let x: [f64; 33] = points(33).try_into().unwrap();
    let gradient = |x: &[f64]| long_prime(x.try_into().unwrap()).to_vec();
    jacobian(&gradient, &x, long_hessian(&x).as_flattened());

    let x: [f64; 4] = points(4).try_into().unwrap();
    let gradient = |x: &[f64]| running_prime(x.try_into().unwrap()).to_vec();
    jacobian(&gradient, &x, running_hessian(x).as_flattened());

    let mut hessian = [f32::NAN; 9];
    single_hessian(&[2.0, 3.0], 5.0, &mut hessian);
    assert_eq!(hessian, [10.0, 0.0, 4.0, 0.0, 10.0, 6.0, 4.0, 6.0, 0.0]);
}

/// Early return, a branch, and a list of the function's own.
#[derive_fn(hessian, hvp)]
fn branching(x: &[f64], n: usize) -> f64 {
    if n > x.len() {
        return x[0] * x[0] * x[1];
    }
    let mut squares = vec![0.0; n];
    for i in 0..n {
        squares[i] = if x[i] > 0.75 { x[i] * x[i] } else { x[i].powi(3) };
    }
    let mut sum = 0.0;
    for i in 0..n {
        sum += squares[i] * squares[n - 1 - i];
    }
    sum
}

#[test]
fn hessian_with_branches() {
    for n in [0, 3, 5, 6] {
        let x = points(5);
        let gradient = |x: &[f64]| {
            let mut prime = vec![f64::NAN; x.len()];
            branching_prime(x, n, &mut prime);
            prime
        };
        let mut hessian = [f64::NAN; 25];
        branching_hessian(&x, n, &mut hessian);
        jacobian(&gradient, &x, &hessian);
    }
}

// Jacobians.

#[derive_fn(value_and_prime, jvp, vjp, hvp, test(x in -2.0..2.0))]
fn sum_and_product(x: [f64; 5]) -> (f64, f64) {
    let (mut sum, mut product) = (0.0, 1.0);
    for i in 0..5 {
        sum += x[i] * x[i];
        product *= x[i];
    }
    (sum, product)
}

#[derive_fn(value_and_prime)]
fn features(x: &[f64; 3], b: f64) -> [f64; 5] {
    let mut sum = 0.0;
    for i in 0..3 {
        sum += x[i].sin() * b;
    }
    [sum, sum * sum, b * x[1], x[1] + b, 3.0]
}

#[derive_fn(value_and_prime, jvp, vjp, hvp, mode = reverse, test(x in -2.0..2.0, b in 0.5..1.5))]
fn features_backwards(x: &[f64; 3], b: f64) -> [f64; 5] {
    let mut sum = 0.0;
    for i in 0..3 {
        sum += x[i].sin() * b;
    }
    [sum, sum * sum, b * x[1], x[1] + b, 3.0]
}

#[derive_fn(value_and_prime, jvp, vjp, hvp, test(m in -2.0..2.0))]
fn nested(m: [[f64; 2]; 3]) -> ([[f64; 2]; 2], f64) {
    let mut t = [1.0; 2];
    for i in 0..3 {
        for j in 0..2 {
            t[j] *= m[i][j] + 0.5 * m[i][1 - j];
        }
    }
    ([[t[0], t[1]], [t[0] * t[1], m[0][0]]], t[0] + t[1])
}

/// Several numbers as variables go forwards all at once; asked for, backwards one result after the other.
#[derive_fn(value_and_prime)]
fn orbit(x: f64, y: f64, steps: usize) -> [f64; 2] {
    let (mut x, mut y) = (x, y);
    for _ in 0..steps {
        (x, y) = (x - 0.1 * y * x, y + 0.1 * x.sin());
    }
    [x, y]
}

#[derive_fn(value_and_prime, jvp, vjp, hvp, mode = reverse, test(x in -2.0..2.0, y in 0.5..1.5, steps in 0..5))]
fn orbit_backwards(x: f64, y: f64, steps: usize) -> [f64; 2] {
    let (mut x, mut y) = (x, y);
    for _ in 0..steps {
        (x, y) = (x - 0.1 * y * x, y + 0.1 * x.sin());
    }
    [x, y]
}

/// The root has no slope where the sum is zero, which is nothing to the other result.
#[derive_fn]
fn root_and_sum(x: [f64; 4]) -> (f64, f64) {
    let mut sum = 0.0;
    for i in 0..4 {
        sum += x[i];
    }
    (sum.sqrt(), sum)
}

#[test]
fn jacobians() {
    let x: [f64; 5] = points(5).try_into().unwrap();
    let f = |x: &[f64]| {
        let (a, b) = sum_and_product(x.try_into().unwrap());
        vec![a, b]
    };
    let (by_sum, by_product): ([f64; 5], [f64; 5]) = sum_and_product_prime(x);
    jacobian(&f, &x, &[by_sum, by_product].concat());
    assert_eq!(sum_and_product_value_and_prime(x), (sum_and_product(x), (by_sum, by_product)));

    let x: [f64; 4] = points(4).try_into().unwrap();
    let f = |x: &[f64]| features(x[..3].try_into().unwrap(), x[3]).to_vec();
    let flat = |(by_x, by_b): ([[f64; 3]; 5], [f64; 5])| -> Vec<f64> {
        (0..5).flat_map(|i| [by_x[i][0], by_x[i][1], by_x[i][2], by_b[i]]).collect()
    };
    let (u, b) = ([x[0], x[1], x[2]], x[3]);
    jacobian(&f, &x, &flat(features_prime(&u, b)));
    jacobian(&f, &x, &flat(features_backwards_prime(&u, b)));
    assert_eq!(features_value_and_prime(&u, b), (features(&u, b), features_prime(&u, b)));
    let both = features_backwards_value_and_prime(&u, b);
    assert_eq!(both, (features(&u, b), features_backwards_prime(&u, b)));

    let x: [f64; 6] = points(6).try_into().unwrap();
    let matrix = |x: &[f64]| [[x[0], x[1]], [x[2], x[3]], [x[4], x[5]]];
    let f = |x: &[f64]| {
        let (t, sum) = nested(matrix(x));
        [t.as_flattened(), &[sum]].concat()
    };
    let (by_t, by_sum): ([[[[f64; 2]; 3]; 2]; 2], [[f64; 2]; 3]) = nested_prime(matrix(&x));
    jacobian(&f, &x, &[by_t.as_flattened().as_flattened().as_flattened(), by_sum.as_flattened()].concat());
    assert_eq!(nested_value_and_prime(matrix(&x)).0, nested(matrix(&x)));

    for steps in [0, 1, 9] {
        let f = |x: &[f64]| orbit(x[0], x[1], steps).to_vec();
        jacobian(&f, &[0.4, 0.9], orbit_prime(0.4, 0.9, steps).as_flattened());
        jacobian(&f, &[0.4, 0.9], orbit_backwards_prime(0.4, 0.9, steps).as_flattened());
        let both = orbit_backwards_value_and_prime(0.4, 0.9, steps);
        assert_eq!(both, (orbit(0.4, 0.9, steps), orbit_backwards_prime(0.4, 0.9, steps)));
    }

    assert_eq!(root_and_sum_prime([0.0; 4]), ([f64::INFINITY; 4], [1.0; 4]));
}

// Results that stay in memory.

#[derive_fn(value_and_prime, jvp, vjp, hvp)]
fn scaled<const N: usize>(x: &[f64; N]) -> [f64; N] {
    let mut y = [0.0; N];
    for i in 0..N {
        y[i] = x[i] * x[0].sin();
    }
    y
}

/// The array is read once more as the result.
#[derive_fn(value_and_prime, jvp, vjp, hvp)]
fn scan(x: [f64; 40], k: f64) -> ([f64; 40], f64) {
    let mut y = [1.0; 40];
    for i in 1..40 {
        y[i] = (y[i - 1] * x[i] * k).sin();
    }
    (y, y[39] * k)
}

#[derive_fn(value_and_prime)]
fn outer(a: f64, b: f64) -> [[f64; 6]; 6] {
    let mut m = [[0.0; 6]; 6];
    for i in 0..6 {
        for j in 0..6 {
            m[i][j] = (a * i as f64 - b * j as f64).cos();
        }
    }
    m
}

#[test]
fn results_in_memory() {
    let x: [f64; 5] = points(5).try_into().unwrap();
    let f = |x: &[f64]| scaled::<5>(x.try_into().unwrap()).to_vec();
    let prime: [[f64; 5]; 5] = scaled_prime(&x);
    jacobian(&f, &x, prime.as_flattened());
    assert_eq!(scaled_value_and_prime(&x), (scaled(&x), prime));
    let seed = [0.3, -0.7, 1.1, 0.9, -0.2];
    let pulled = |x: &[f64]| scaled_vjp::<5>(x.try_into().unwrap(), seed).1.to_vec();
    jacobian(&|x| vec![f(x).iter().zip(seed).map(|(y, s)| y * s).sum()], &x, &pulled(&x));
    let axis = |i: usize| -> [f64; 5] { std::array::from_fn(|j| f64::from(u8::from(i == j))) };
    let tangents: Vec<f64> = (0..25).map(|i| scaled_jvp(&x, &axis(i % 5)).1[i / 5]).collect();
    jacobian(&f, &x, &tangents);
    let hessian: Vec<f64> = (0..5).flat_map(|i| scaled_hvp(&x, seed, &axis(i))).collect();
    jacobian(&pulled, &x, &hessian);

    let p: [f64; 41] = points(41).try_into().unwrap();
    let (x, k): ([f64; 40], f64) = (p[..40].try_into().unwrap(), p[40]);
    let at = |p: &[f64]| -> ([f64; 40], f64) { (p[..40].try_into().unwrap(), p[40]) };
    let f = |p: &[f64]| {
        let (x, k) = at(p);
        let (y, last) = scan(x, k);
        [&y[..], &[last]].concat()
    };
    let ((y_by_x, y_by_k), (last_by_x, last_by_k)) = scan_prime(x, k);
    let mut rows: Vec<f64> = (0..40).flat_map(|i| [&y_by_x[i][..], &[y_by_k[i]]].concat()).collect();
    rows.extend([&last_by_x[..], &[last_by_k]].concat());
    jacobian(&f, &p, &rows);
    let seed = points(41);
    let pulled = |p: &[f64]| {
        let (x, k) = at(p);
        let (x_bar, k_bar) = scan_vjp(x, k, at(&seed)).1;
        [&x_bar[..], &[k_bar]].concat()
    };
    jacobian(&|p| vec![f(p).iter().zip(&seed).map(|(y, s)| y * s).sum()], &p, &pulled(&p));
    let along = |t: &[f64]| {
        let mut p = p;
        p.iter_mut().zip(&seed).for_each(|(p, d)| *p += t[0] * d);
        pulled(&p)
    };
    let direction = at(&seed);
    let (x_hvp, k_hvp) = scan_hvp(x, k, at(&seed), direction.0, direction.1);
    jacobian(&along, &[0.0], &[&x_hvp[..], &[k_hvp]].concat());

    let f = |p: &[f64]| outer(p[0], p[1]).as_flattened().to_vec();
    let prime: [[[f64; 2]; 6]; 6] = outer_prime(0.3, 0.8);
    jacobian(&f, &[0.3, 0.8], prime.as_flattened().as_flattened());
    assert_eq!(outer_value_and_prime(0.3, 0.8), (outer(0.3, 0.8), prime));
}

// Gradients that are asked for forwards, or that have another type than the variable.

#[derive_fn(value_and_prime, mode = forward)]
fn forwards(a: f64, b: f64, x: &[f64]) -> f64 {
    let mut sum = a * b;
    for i in 0..x.len() {
        sum = (sum * x[i]).sin() + b * x[0];
    }
    sum
}

#[derive_fn(value_and_prime, mode = forward)]
fn forwards_in_arrays(x: [f64; 3], y: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..3 {
        sum += x[i] * x[2 - i] * y;
    }
    sum
}

#[derive_fn(value_and_prime)]
fn of_two_types(x: &[f32], y: [f32; 2], k: f64, n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        sum += f64::from(x[i]) * k * y[i % 2] as f64;
    }
    sum
}

#[test]
fn gradients_of_other_kinds() {
    let p = points(6);
    let f = |p: &[f64]| vec![forwards(p[0], p[1], &p[2..])];
    let mut by_x = [f64::NAN; 4];
    let by_numbers: [f64; 2] = forwards_prime(p[0], p[1], &p[2..], &mut by_x);
    jacobian(&f, &p, &[&by_numbers[..], &by_x].concat());
    let mut again = [f64::NAN; 4];
    let both = forwards_value_and_prime(p[0], p[1], &p[2..], &mut again);
    assert_eq!((both, again), ((f(&p)[0], by_numbers), by_x));

    let x = [p[0], p[1], p[2]];
    let f = |p: &[f64]| vec![forwards_in_arrays([p[0], p[1], p[2]], p[3])];
    let (by_x, by_y): ([f64; 3], f64) = forwards_in_arrays_prime(x, p[3]);
    jacobian(&f, &p[..4], &[&by_x[..], &[by_y]].concat());
    assert_eq!(forwards_in_arrays_value_and_prime(x, p[3]), (f(&p)[0], (by_x, by_y)));

    let mut by_x = [f64::NAN; 3];
    let (by_y, by_k): ([f64; 2], f64) = of_two_types_prime(&[2.0, 3.0, 5.0], [7.0, 11.0], 0.5, 3, &mut by_x);
    assert_eq!((by_x, by_y, by_k), ([3.5, 5.5, 3.5], [3.5, 1.5], 82.0));
}

// Outputs.

/// The output is read before it is written to.
#[derive_fn(jvp, vjp, hvp)]
fn step(x: &[f64], k: f64, y: &mut [f64]) {
    for i in 0..x.len() {
        y[i] = y[i] * x[i].sin() + k * x[i] * x[i] * y[0];
    }
}

/// A result beside the output.
#[derive_fn(jvp, vjp, hvp)]
fn normalize(x: [f64; 3], y: &mut [f64; 3]) -> f64 {
    let mut square = 0.0;
    for i in 0..3 {
        square += x[i] * x[i];
    }
    let norm = square.sqrt();
    for i in 0..3 {
        y[i] = x[i] / norm;
    }
    norm
}

#[test]
fn outputs_that_are_inputs() {
    const N: usize = 3;
    let x0 = points(2 * N + 1);
    // By x, k and y; the value is y.
    let f = |p: &[f64]| {
        let mut y = p[N + 1..].to_vec();
        step(&p[..N], p[N], &mut y);
        y
    };
    let mut columns = Vec::new();
    for i in 0..2 * N + 1 {
        let mut axis = vec![0.0; 2 * N + 1];
        axis[i] = 1.0;
        let (mut y, mut y_dot) = (x0[N + 1..].to_vec(), axis[N + 1..].to_vec());
        step_jvp(&x0[..N], x0[N], &mut y, &axis[..N], axis[N], &mut y_dot);
        assert_eq!(y, f(&x0));
        columns.push(y_dot);
    }
    let by_columns: Vec<f64> = (0..N).flat_map(|row| columns.iter().map(move |c| c[row])).collect();
    jacobian(&f, &x0, &by_columns);
    // Seed times Jacobian, for a seed that is any.
    let seed = [0.7, -1.3, 0.4];
    let pulled = |p: &[f64]| {
        let (mut y, mut y_bar) = (p[N + 1..].to_vec(), seed.to_vec());
        let mut x_bar = vec![f64::NAN; N];
        let k_bar = step_vjp(&p[..N], p[N], &mut y, &mut y_bar, &mut x_bar);
        assert_eq!(y, f(p));
        [&x_bar[..], &[k_bar], &y_bar].concat()
    };
    let weighted = |p: &[f64]| vec![f(p).iter().zip(seed).map(|(y, seed)| y * seed).sum::<f64>()];
    jacobian(&weighted, &x0, &pulled(&x0));
    // The derivative of that along a direction.
    let direction = points(2 * N + 1);
    let along = |t: &[f64]| {
        let p: Vec<f64> = x0.iter().zip(&direction).map(|(x, d)| x + t[0] * d).collect();
        let mut all = pulled(&p);
        all.truncate(N + 1);
        all
    };
    let (mut y, mut y_bar, mut x_hvp) = (x0[N + 1..].to_vec(), seed.to_vec(), vec![f64::NAN; N]);
    let mut y_dot = direction[N + 1..].to_vec();
    let k_hvp =
        step_hvp(&x0[..N], x0[N], &mut y, &mut y_bar, &direction[..N], direction[N], &mut y_dot, &mut x_hvp);
    jacobian(&along, &[0.0], &[&x_hvp[..], &[k_hvp]].concat());
}

#[test]
fn outputs_beside_a_result() {
    let x: [f64; 3] = points(3).try_into().unwrap();
    let seed = [0.3, 0.7, -1.3, 0.4];
    let f = |x: &[f64]| {
        let mut y = [f64::NAN; 3];
        let norm = normalize(x.try_into().unwrap(), &mut y);
        vec![seed[0] * norm + seed[1] * y[0] + seed[2] * y[1] + seed[3] * y[2]]
    };
    let pulled = |x: &[f64]| {
        let (mut y, mut y_bar) = ([f64::NAN; 3], [seed[1], seed[2], seed[3]]);
        let (_, x_bar) = normalize_vjp(x.try_into().unwrap(), &mut y, seed[0], &mut y_bar);
        assert_eq!(y_bar, [0.0; 3]);
        x_bar.to_vec()
    };
    jacobian(&f, &x, &pulled(&x));
    let mut hessian = Vec::new();
    for i in 0..3 {
        let (mut y, mut y_bar, mut axis) = ([f64::NAN; 3], [seed[1], seed[2], seed[3]], [0.0; 3]);
        axis[i] = 1.0;
        hessian.extend(normalize_hvp(x, &mut y, seed[0], &mut y_bar, axis, &mut [0.0; 3]));
    }
    jacobian(&pulled, &x, &hessian);
}

// Higher derivatives of numbers.

#[derive_fn(value_and_prime, prime2, prime3, prime4, hessian, hvp)]
#[allow(clippy::ptr_arg, reason = "people write so")]
fn series(x: f64, coefficients: &Vec<i32>) -> f64 {
    let (mut sum, mut power) = (0.0, 1.0);
    for c in coefficients.iter() {
        sum += f64::from(*c) * power;
        power *= x;
    }
    sum
}

#[derive_fn(prime2, prime3)]
fn remembered(x: f64) -> f64 {
    let mut values = vec![0.0; 4];
    values[0] = x;
    for i in 1..4 {
        values[i] = values[i - 1] * (values[i - 1] + x).sin();
    }
    values[3]
}

#[derive_fn(hessian, hvp)]
fn decay(a: f64, b: f64, steps: usize) -> f64 {
    let mut y = a;
    for _ in 0..steps {
        y = y + 0.1 * b * (1.0 - y * y);
    }
    y
}

#[derive_fn(hessian, hvp, mode = reverse, test(a in -1.0..1.0, b in 0.5..1.5, steps in 0..5))]
fn decay_backwards(a: f64, b: f64, steps: usize) -> f64 {
    let mut y = a;
    for _ in 0..steps {
        y = y + 0.1 * b * (1.0 - y * y);
    }
    y
}

#[test]
fn higher_derivatives() {
    let c = vec![3, 1, -4, 1, 5, -9];
    let x = [0.6];
    jacobian(&|x| vec![series(x[0], &c)], &x, &[series_prime(x[0], &c)]);
    jacobian(&|x| vec![series_prime(x[0], &c)], &x, &[series_prime2(x[0], &c)]);
    jacobian(&|x| vec![series_prime2(x[0], &c)], &x, &[series_prime3(x[0], &c)]);
    jacobian(&|x| vec![series_prime3(x[0], &c)], &x, &[series_prime4(x[0], &c)]);
    jacobian(&|x| vec![series_prime(x[0], &c)], &x, &[series_hessian(x[0], &c)]);
    jacobian(&|x| vec![series_prime(x[0], &c)], &x, &[series_hvp(x[0], &c, 1.0)]);
    jacobian(&|x| vec![remembered(x[0])], &x, &[remembered_prime(x[0])]);
    jacobian(&|x| vec![remembered_prime(x[0])], &x, &[remembered_prime2(x[0])]);
    jacobian(&|x| vec![remembered_prime2(x[0])], &x, &[remembered_prime3(x[0])]);
    for steps in [0, 1, 12] {
        let x = [0.3, 0.8];
        let gradient = |x: &[f64]| decay_prime(x[0], x[1], steps).to_vec();
        jacobian(&|x| vec![decay(x[0], x[1], steps)], &x, &decay_prime(x[0], x[1], steps));
        jacobian(&gradient, &x, decay_hessian(x[0], x[1], steps).as_flattened());
        jacobian(&gradient, &x, decay_backwards_hessian(x[0], x[1], steps).as_flattened());
        let by_rows = [decay_hvp(x[0], x[1], steps, 1.0, 0.0), decay_hvp(x[0], x[1], steps, 0.0, 1.0)];
        jacobian(&gradient, &x, by_rows.as_flattened());
    }
}
