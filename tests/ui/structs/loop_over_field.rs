use deriv::{Reals, derive_fn};

#[derive(Reals, Clone)]
struct Point {
    x: f64,
    axis: [f64; 3],
}

#[derive_fn(wrt(p))]
fn f(p: &Point) -> f64 {
    let mut sum = 0.0;
    for x in p.axis {
        sum += x;
    }
    sum
}

fn main() {}
