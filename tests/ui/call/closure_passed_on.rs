use deriv::derive_fn;

fn twice(g: impl Fn(f64) -> f64, x: f64) -> f64 {
    g(g(x))
}

#[derive_fn]
fn f(x: f64) -> f64 {
    twice(|y| y * x, x)
}

fn main() {
    let _ = f_prime(1.0);
}
