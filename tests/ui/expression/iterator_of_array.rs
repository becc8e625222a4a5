use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    [x, x * x].iter().sum()
}

fn main() {
    let _ = f_prime(1.0);
}
