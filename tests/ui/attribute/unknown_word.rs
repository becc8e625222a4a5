use deriv::derive_fn;

#[derive_fn(gradient, prime2)]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {
    let _ = (f_prime(1.0), f_prime2(1.0));
}
