use deriv::derive_fn;

struct Point {
    x: f64,
    y: f64,
}

#[derive_fn]
fn f(point: Point) -> f64 {
    point.x * point.y
}

fn main() {
    let _ = f_prime(Point { x: 1.0, y: 2.0 });
}
