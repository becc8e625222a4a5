use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    x.powi() + x.sin(2.0)
}

fn main() {
    let _ = f_prime(1.0);
}
