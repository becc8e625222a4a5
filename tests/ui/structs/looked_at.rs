use deriv::{Reals, derive_fn};

#[derive(Reals, Debug)]
struct Point {
    x: f64,
    axis: [f64; 3],
}

#[derive_fn(wrt(p))]
fn f(p: &Point) -> f64 {
    let axis = &p.axis;
    println!("{axis:?}");
    p.x * axis[0]
}

fn main() {}
