// An accumulation: one loop for both sweeps, which keeps nothing.
#[derive_fn]
fn sum_of_squares(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += x[i] * x[i];
    }
    sum
}

// Iterators are such loops.
#[derive_fn(value_and_prime, wrt(slope, offset))]
fn misfit(slope: f64, offset: f64, data: &[(f64, f64)]) -> f64 {
    data.iter().map(|&(x, y)| (slope * x + offset - y).powi(2)).sum::<f64>() / data.len() as f64
}

// Time steps: what a step begins with is kept, the rest is computed again.
#[derive_fn(vjp)]
fn pendulum(mut angle: f64, length: f64, steps: usize) -> f64 {
    let mut speed = 0.0;
    for _ in 0..steps {
        speed -= 0.01 * angle.sin() / length;
        angle += 0.01 * speed;
    }
    angle
}

// In forward mode tangents are carried along.
#[derive_fn(mode = forward)]
fn logistic_map(rate: f64) -> f64 {
    let mut x = 0.5;
    for _ in 0..20 {
        x = rate * x * (1.0 - x);
    }
    x
}

// How often this loop turns depends on the numbers.
#[derive_fn(vjp)]
fn square_root(x: f64) -> f64 {
    let mut root = x;
    while (root * root - x).abs() > 1e-12 * x {
        root = 0.5 * (root + x / root);
    }
    root
}

// Jumps, out of the inner and of the outer loop.
#[derive_fn]
fn first_crossing(x: &[f64], limit: f64) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        if x[i] < 0.0 {
            continue;
        }
        total += x[i].sqrt();
        if total > limit {
            return total - limit;
        }
    }
    0.0
}

/// Of what was not chosen there is no adjoint loop.
#[derive_fn(wrt(x))]
fn nearest(x: &[f64], points: &[f64]) -> f64 {
    let mut closest = f64::INFINITY;
    for point in points.chunks_exact(x.len()) {
        let distance: f64 = point.iter().zip(x).map(|(p, x)| (p - x) * (p - x)).sum();
        closest = closest.min(distance);
    }
    closest
}

// What is divided by stays as it is: in the derivative, there is one division before the loop.
#[derive_fn(vjp)]
fn skewness(x: &[f64], scale: f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        let r = (x[i] - 1.0) / scale;
        sum += r * r * r;
    }
    sum
}
