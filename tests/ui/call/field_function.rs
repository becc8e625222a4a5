use deriv::derive_fn;

struct Model {
    g: fn(f64) -> f64,
}

#[derive_fn]
fn f(x: f64, model: &Model) -> f64 {
    (model.g)(x)
}

fn main() {
    let _ = f_prime(1.0, &Model { g: f64::sin });
}
