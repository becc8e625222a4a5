use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    dbg!(x)
}

#[derive_fn]
fn g(x: f64) -> bool {
    x > 0.0
}

#[derive_fn]
fn h(x: f64) -> f64 {
    f(x) * x
}

fn main() {
    let _ = (f_prime(1.0), h_prime(1.0));
}
