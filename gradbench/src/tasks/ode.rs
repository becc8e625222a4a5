//! An ordinary differential equation, by the method of Runge and Kutta.

use super::{Error, Workload, no_function, run};
use deriv::derive_fn;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Input {
    x: Vec<f64>,
    s: usize,
}

/// The slope of each component: that of the first is constant, the others follow those before them.
#[derive_fn(vjp)]
fn slope(x: &[f64], y: &[f64], slope: &mut [f64]) {
    slope[0] = x[0];
    for i in 1..x.len() {
        slope[i] = x[i] * y[i - 1];
    }
}

/// Where `y` is at time 2, if it starts at zero.
#[derive_fn(vjp)]
fn solve(x: &[f64], steps: usize, y: &mut [f64]) {
    let n = x.len();
    let h = 2.0 / steps as f64;
    let mut k1 = vec![0.0; n];
    let mut k2 = vec![0.0; n];
    let mut k3 = vec![0.0; n];
    let mut k4 = vec![0.0; n];
    let mut between = vec![0.0; n];
    y.fill(0.0);
    for _ in 0..steps {
        slope(x, &*y, &mut k1);
        for i in 0..n {
            between[i] = y[i] + h * k1[i] / 2.0;
        }
        slope(x, &between, &mut k2);
        for i in 0..n {
            between[i] = y[i] + h * k2[i] / 2.0;
        }
        slope(x, &between, &mut k3);
        for i in 0..n {
            between[i] = y[i] + h * k3[i];
        }
        slope(x, &between, &mut k4);
        for i in 0..n {
            y[i] += h * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]) / 6.0;
        }
    }
}

fn primal(input: &Input, output: &mut Vec<f64>) {
    output.resize(input.x.len(), 0.0);
    solve(&input.x, input.s, output);
}

/// Of the last component.
fn gradient(input: &Input, output: &mut Vec<f64>) {
    let n = input.x.len();
    output.resize(n, 0.0);
    let mut y = vec![0.0; n];
    let mut seed = vec![0.0; n];
    seed[n - 1] = 1.0;
    solve_vjp(&input.x, input.s, &mut y, &mut seed, output);
}

/// The function of this name.
pub fn workload(function: &str, input: Value) -> Result<Box<dyn Workload>, Error> {
    match function {
        "primal" => run(input, primal),
        "gradient" => run(input, gradient),
        _ => no_function(function),
    }
}
