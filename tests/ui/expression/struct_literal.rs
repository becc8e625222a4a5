use deriv::derive_fn;

struct Point {
    x: f64,
    y: f64,
}

#[derive_fn]
fn f(x: f64) -> f64 {
    let point = Point { x, y: x * x };
    point.x + point.y
}

fn main() {
    let _ = f_prime(1.0);
}
