use deriv::derive_fn;

#[derive_fn(mode = backward)]
fn f(x: f64, y: f64) -> f64 {
    x * y
}

fn main() {
    let _ = f_prime(1.0, 2.0);
}
