use deriv::{Reals, derive_fn};

#[derive(Reals, Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
}

#[derive(Reals, Clone, Copy)]
struct Line {
    from: Point,
    to: Point,
}

#[derive_fn(wrt(p))]
fn swapped(p: Point) -> Point {
    Point { x: p.y, y: p.x }
}

#[derive_fn(wrt(line), jvp)]
fn from_start(line: Line, p: &Point) -> f64 {
    let mut line = line;
    for _ in 0..2 {
        line.to = *p;
    }
    line.from.x
}

fn main() {}
