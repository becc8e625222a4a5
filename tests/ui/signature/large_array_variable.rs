use deriv::derive_fn;

#[derive_fn]
fn f(x: [f64; 33]) -> f64 {
    x[0] * x[1]
}

fn main() {
    let _ = f_prime([1.0; 33]);
}
