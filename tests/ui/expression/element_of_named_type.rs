//! An alias of an array's type looks like the name of a struct.

use deriv::derive_fn;

type Vector = [f64; 3];

#[derive_fn(wrt(v))]
fn area(v: Vector, scale: f64) -> f64 {
    scale * v[0] * v[1]
}

fn main() {}
