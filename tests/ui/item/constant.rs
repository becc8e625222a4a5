use deriv::derive_fn;

#[derive_fn]
const HALF: f64 = 0.5;

fn main() {
    let _ = HALF;
}
