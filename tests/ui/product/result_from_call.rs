use deriv::derive_fn;

fn pair(x: f64) -> (f64, f64) {
    (x, x * x)
}

#[derive_fn]
fn f(x: f64) -> (f64, f64) {
    pair(x)
}

fn main() {
    let _ = f_prime(1.0);
}
