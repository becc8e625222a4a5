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

/// Of the last rows of a matrix with `n` columns: those columns of them whose bits are set.
#[derive_fn(vjp)]
fn minor(rows: &[f64], n: usize, columns: u32) -> f64 {
    let (top, below) = rows.split_at(n);
    if below.is_empty() {
        return top[columns.trailing_zeros() as usize];
    }
    let mut sum = 0.0;
    for (i, column) in (0..n).filter(|column| columns >> column & 1 == 1).enumerate() {
        let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
        sum += sign * top[column] * minor(below, n, columns ^ 1 << column);
    }
    sum
}

fn primal(input: &Input, output: &mut f64) {
    *output = minor(&input.a, input.ell, (1 << input.ell) - 1);
}

fn gradient(input: &Input, output: &mut Vec<f64>) {
    output.resize(input.a.len(), 0.0);
    minor_vjp(&input.a, input.ell, (1 << input.ell) - 1, 1.0, output);
}

/// The function of this name.
pub fn workload(function: &str, input: Value) -> Result<Box<dyn Workload>, Error> {
    match function {
        "primal" => run(input, primal),
        "gradient" => run(input, gradient),
        _ => no_function(function),
    }
}
