use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> bool {
    x > 0.0
}

fn main() {
    let _ = f_prime(1.0);
}
