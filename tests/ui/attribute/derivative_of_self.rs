use deriv::derive_fn;

fn g(x: f64) -> f64 {
    2.0 * x
}

fn slope(_: f64) -> f64 {
    2.0
}

#[derive_fn(derivative(g = slope, g = slope))]
fn f(x: f64) -> f64 {
    g(x)
}

fn main() {
    let _ = f_prime(1.0);
}
