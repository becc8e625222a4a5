use deriv::derive_fn;

#[derive_fn]
unsafe fn f(x: f64) -> f64 {
    x * x
}

fn main() {}
