use deriv::derive_fn;

use std::collections::HashMap;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let mut table = HashMap::new();
    table.insert(0, x[0]);
    table[&0] * x[0]
}

fn main() {
    f_prime(&[1.0], &mut [0.0]);
}
