//! A closure that is only asked for something changes an active value.

use deriv::derive_fn;

#[derive_fn]
fn passes(x: &[f64]) -> f64 {
    let mut total = 0.0;
    let any = x.iter().any(|v| {
        total += v;
        total > 1.0
    });
    if any { total } else { 0.0 }
}

fn main() {}
