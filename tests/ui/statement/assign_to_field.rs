use deriv::derive_fn;

struct Point {
    x: f64,
}

#[derive_fn]
fn f(x: f64) -> f64 {
    let mut point = Point { x: 0.0 };
    point.x = x * x;
    point.x
}

fn main() {
    let _ = f_prime(1.0);
}
