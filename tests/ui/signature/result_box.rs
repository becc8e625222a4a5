use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> Box<f64> {
    Box::new(x)
}

fn main() {
    let _ = f_prime(1.0);
}
