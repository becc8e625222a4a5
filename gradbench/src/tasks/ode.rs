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

/// Where `y` is at time 2, if it starts at zero. The slope of its first component is constant, and those of the others
/// follow what is before them.
#[derive_fn(vjp)]
fn solve(x: &[f64], steps: usize, y: &mut [f64]) {
    let n = x.len();
    let h = 2.0 / steps as f64;
    let mut k1 = vec![0.0; n];
    let mut k2 = vec![0.0; n];
    let mut k3 = vec![0.0; n];
    let mut k4 = vec![0.0; n];
    y.fill(0.0);
    for _ in 0..steps {
        k1[0] = x[0];
        k2[0] = x[0];
        k3[0] = x[0];
        k4[0] = x[0];
        for i in 1..n {
            k1[i] = x[i] * y[i - 1];
        }
        for i in 1..n {
            k2[i] = x[i] * (y[i - 1] + h * k1[i - 1] / 2.0);
        }
        for i in 1..n {
            k3[i] = x[i] * (y[i - 1] + h * k2[i - 1] / 2.0);
        }
        for i in 1..n {
            k4[i] = x[i] * (y[i - 1] + h * k3[i - 1]);
        }
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
