use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let future = async { x * x };
    drop(future);
    x
}

fn main() {
    let _ = f_prime(1.0);
}
