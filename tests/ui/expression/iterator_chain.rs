use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    (1..4).map(|n| x.powi(n)).sum()
}

fn main() {
    let _ = f_prime(1.0);
}
