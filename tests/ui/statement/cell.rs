use deriv::derive_fn;

use std::cell::Cell;

#[derive_fn]
fn f(x: f64) -> f64 {
    let cell = Cell::new(x);
    cell.set(x * x);
    cell.get()
}

fn main() {
    let _ = f_prime(1.0);
}
