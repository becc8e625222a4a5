use deriv::derive_fn;

fn g(x: f64) -> f64 {
    x
}

#[derive_fn(derivative(g))]
fn f(x: f64) -> f64 {
    g(x)
}

fn main() {
    let _ = f_prime(1.0);
}
