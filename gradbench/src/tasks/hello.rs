//! Hello: a square, and its derivative.

use super::{Error, Workload, no_function, run};
use deriv::derive_fn;
use serde_json::Value;

#[derive_fn]
fn square(x: f64) -> f64 {
    x * x
}

/// The function of this name.
pub fn workload(function: &str, input: Value) -> Result<Box<dyn Workload>, Error> {
    match function {
        "square" => run(input, |&x: &f64, output: &mut f64| *output = square(x)),
        "double" => run(input, |&x: &f64, output: &mut f64| *output = square_prime(x)),
        _ => no_function(function),
    }
}
