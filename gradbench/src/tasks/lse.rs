//! The logarithm of a sum of exponentials.

use super::{Error, Workload, no_function, run};
use deriv::derive_fn;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Input {
    x: Vec<f64>,
}

/// Shifted by the maximum, so that nothing overflows. As it is looked for by its index, nothing has to be kept of
/// the search for the way back.
#[derive_fn(vjp)]
pub(super) fn log_sum_exp(x: &[f64]) -> f64 {
    let mut largest = 0;
    for i in 1..x.len() {
        if x[i] > x[largest] {
            largest = i;
        }
    }
    let max = x[largest];
    let sum: f64 = x.iter().map(|x| (x - max).exp()).sum();
    sum.ln() + max
}

fn primal(input: &Input, output: &mut f64) {
    *output = log_sum_exp(&input.x);
}

fn gradient(input: &Input, output: &mut Vec<f64>) {
    output.resize(input.x.len(), 0.0);
    log_sum_exp_prime(&input.x, output);
}

/// The function of this name.
pub fn workload(function: &str, input: Value) -> Result<Box<dyn Workload>, Error> {
    match function {
        "primal" => run(input, primal),
        "gradient" => run(input, gradient),
        _ => no_function(function),
    }
}
