use deriv::derive_fn;

#[derive_fn]
static F: fn(f64) -> f64 = |x| x * x;

fn main() {
    let _ = F(1.0);
}
