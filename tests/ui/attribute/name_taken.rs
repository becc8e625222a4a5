use deriv::derive_fn;

#[derive_fn(prime2 = f_prime, hessian = h, jvp = h)]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {
    let _ = f_prime(1.0);
}
