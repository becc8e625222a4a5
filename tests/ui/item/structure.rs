use deriv::derive_fn;

#[derive_fn]
struct Point {
    x: f64,
    y: f64,
}

fn main() {
    let _ = Point { x: 1.0, y: 2.0 };
}
