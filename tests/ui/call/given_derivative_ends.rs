use deriv::derive_fn;

fn g(x: f64) -> f64 {
    x * x
}

fn g_slope(x: f64) -> f64 {
    2.0 * x
}

#[derive_fn(prime2, derivative(g = g_slope))]
fn f(x: f64) -> f64 {
    2.0 * g(x)
}

fn main() {
    let _ = (f_prime(1.0), f_prime2(1.0));
}
