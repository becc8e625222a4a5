use deriv::derive_fn;

struct Point {
    x: f64,
    y: f64,
}

fn point(x: f64) -> Point {
    Point { x, y: 1.0 }
}

#[derive_fn]
fn f(x: f64) -> f64 {
    let Point { x: a, y: b } = point(x);
    a * b
}

fn main() {
    let _ = f_prime(1.0);
}
