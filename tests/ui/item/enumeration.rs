use deriv::derive_fn;

#[derive_fn]
pub enum Shape {
    Round(f64),
}

fn main() {
    let _ = Shape::Round(1.0);
}
