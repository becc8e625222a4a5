// Nested loops over a matrix in rows.
#[derive_fn(vjp, wrt(matrix, vector))]
fn quadratic_form(matrix: &[f64], vector: &[f64]) -> f64 {
    let n = vector.len();
    let mut total = 0.0;
    for i in 0..n {
        let mut row = 0.0;
        for j in 0..n {
            row += matrix[i * n + j] * vector[j];
        }
        total += vector[i] * row;
    }
    total
}

// An output: what it holds before is overwritten, so its adjoint is taken and cleared.
#[derive_fn(jvp, vjp)]
fn scaled(x: &[f64], factor: f64, out: &mut [f64]) {
    for i in 0..x.len() {
        out[i] = factor * x[i].sin();
    }
}

// A local list, written in place.
#[derive_fn]
fn diffused(start: &[f64], rate: f64) -> f64 {
    let mut heat = start.to_vec();
    for _ in 0..10 {
        for i in 1..heat.len() - 1 {
            heat[i] += rate * heat[i - 1] * heat[i + 1];
        }
    }
    heat[heat.len() / 2]
}

// A direction goes forwards through the gradient.
#[derive_fn(hvp)]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        sum += (1.0 - x[i]).powi(2) + 100.0 * (x[i + 1] - x[i].powi(2)).powi(2);
    }
    sum
}

// A matrix, row by row.
#[derive_fn(hessian)]
fn product(x: [f64; 3]) -> f64 {
    let mut all = 1.0;
    for k in 0..3 {
        all *= x[k];
    }
    all
}

// What each iteration writes anew, all of it, is its own: the loop is one for both sweeps, and the call one.
#[derive_fn(vjp)]
fn determinant(a: &[f64], n: usize) -> f64 {
    if n == 1 {
        return a[0];
    }
    let mut minor = vec![0.0; (n - 1) * (n - 1)];
    let (mut sum, mut sign) = (0.0, 1.0);
    for column in 0..n {
        for i in 1..n {
            for j in 0..n - 1 {
                let from = if j < column { j } else { j + 1 };
                minor[(i - 1) * (n - 1) + j] = a[i * n + from];
            }
        }
        sum += sign * determinant(&minor, n - 1) * a[column];
        sign = -sign;
    }
    sum
}

/// A stencil from one buffer to another: the way back gathers, and sums up in lanes.
#[derive_fn(wrt(rod, rate))]
fn heat(rod: &[f64], rate: f64, steps: usize) -> f64 {
    let n = rod.len();
    let (mut u, mut next) = (rod.to_vec(), rod.to_vec());
    for _ in 0..steps {
        for i in 1..n - 1 {
            next[i] = u[i] + rate * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
        }
        std::mem::swap(&mut u, &mut next);
    }
    u[n / 2]
}

/// Two statements write all of the slopes, once each: their adjoint is overwritten in each step, and never cleared.
/// Nothing is masked, as what divides is constant.
#[derive_fn(vjp)]
fn steps(x: &[f64], y: &mut [f64], steps: usize) {
    let n = x.len();
    let mut slope = vec![0.0; n];
    for _ in 0..steps {
        slope[0] = x[0];
        for i in 1..n {
            slope[i] = x[i] * y[i - 1] / 2.0;
        }
        for i in 0..n {
            y[i] += slope[i] / 6.0;
        }
    }
}
