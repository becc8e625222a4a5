use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let g = f64::sin;
    g(x)
}

fn main() {
    let _ = f_prime(1.0);
}
