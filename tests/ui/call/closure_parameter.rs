use deriv::derive_fn;

#[derive_fn]
fn f(x: f64, g: impl Fn(f64) -> f64) -> f64 {
    g(x) * x
}

fn main() {
    let _ = f_prime(1.0, |x| x);
}
