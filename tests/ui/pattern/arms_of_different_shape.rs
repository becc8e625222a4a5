use deriv::derive_fn;

fn pair(x: f64) -> (f64, f64) {
    (x, x * x)
}

#[derive_fn]
fn f(x: f64) -> f64 {
    let point = if x > 0.0 {
        (x, 1.0)
    } else {
        pair(x)
    };
    point.0
}

fn main() {
    let _ = f_prime(1.0);
}
