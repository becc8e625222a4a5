//! A determinant by minors, recursively.

use super::{Error, Workload, no_function, run};
use deriv::derive_fn;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Input {
    #[serde(rename = "A")]
    a: Vec<f64>,
    ell: usize,
}

/// Of the minor that the last rows have, from `row` on, and the columns whose bits are set.
#[derive_fn(vjp)]
fn minor(a: &[f64], n: usize, row: usize, columns: u32) -> f64 {
    if row == n {
        return 1.0;
    }
    let mut sum = 0.0;
    let mut sign = 1.0;
    for column in 0..n {
        if columns & 1 << column != 0 {
            sum += sign * a[row * n + column] * minor(a, n, row + 1, columns & !(1 << column));
            sign = -sign;
        }
    }
    sum
}

fn primal(input: &Input, output: &mut f64) {
    *output = minor(&input.a, input.ell, 0, (1 << input.ell) - 1);
}

fn gradient(input: &Input, output: &mut Vec<f64>) {
    output.resize(input.a.len(), 0.0);
    minor_vjp(&input.a, input.ell, 0, (1 << input.ell) - 1, 1.0, output);
}

/// The function of this name.
pub fn workload(function: &str, input: Value) -> Result<Box<dyn Workload>, Error> {
    match function {
        "primal" => run(input, primal),
        "gradient" => run(input, gradient),
        _ => no_function(function),
    }
}
