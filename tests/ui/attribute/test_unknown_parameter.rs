use deriv::derive_fn;

#[derive_fn(test(y in -1.0..1.0))]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {
    let _ = f_prime(1.0);
}
