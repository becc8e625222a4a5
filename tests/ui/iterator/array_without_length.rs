use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let powers = std::array::from_fn(|i| x.powi(i as i32));
    let [a, b, c] = powers;
    a + b * c
}

fn main() {}
