use deriv::derive_fn;

#[derive_fn]
fn f(n: i32) -> f64 {
    n as f64
}

fn main() {
    let _ = f_prime(1);
}
