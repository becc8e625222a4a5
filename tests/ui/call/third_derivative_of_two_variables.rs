use deriv::derive_fn;

#[derive_fn(hessian)]
fn g(x: f64, y: f64) -> f64 {
    x * y
}

#[derive_fn(prime3)]
fn f(x: f64) -> f64 {
    g(x, x * x)
}

fn main() {
    let _ = (f_prime(1.0), f_prime3(1.0));
}
