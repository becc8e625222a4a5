use deriv::derive_fn;

#[derive_fn(wrt())]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {
    let _ = f_prime(1.0);
}
