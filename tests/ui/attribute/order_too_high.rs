use deriv::derive_fn;

#[derive_fn(prime99)]
fn f(x: f64) -> f64 {
    x.sin()
}

fn main() {
    let _ = f_prime(1.0);
}
