//! Linear least squares: how far a polynomial is from the sign function.

use super::{Error, Workload, no_function, run};
use deriv::derive_fn;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Input {
    x: Vec<f64>,
    n: usize,
}

/// Half of the sum of squares at `n` places from -1 to 1, for the polynomial with these coefficients.
#[derive_fn]
fn distance(coefficients: &[f64], n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        let t = -1.0 + 2.0 * i as f64 / (n - 1) as f64;
        let mut residual = sign(t);
        let mut power = 1.0;
        for coefficient in coefficients {
            residual -= coefficient * power;
            power *= t;
        }
        sum += residual * residual;
    }
    sum / 2.0
}

fn sign(t: f64) -> f64 {
    if t == 0.0 { 0.0 } else { t.signum() }
}

fn primal(input: &Input, output: &mut f64) {
    *output = distance(&input.x, input.n);
}

fn gradient(input: &Input, output: &mut Vec<f64>) {
    output.resize(input.x.len(), 0.0);
    distance_prime(&input.x, input.n, output);
}

/// The function of this name.
pub fn workload(function: &str, input: Value) -> Result<Box<dyn Workload>, Error> {
    match function {
        "primal" => run(input, primal),
        "gradient" => run(input, gradient),
        _ => no_function(function),
    }
}
