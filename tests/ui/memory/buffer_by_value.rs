use deriv::derive_fn;

#[derive_fn(vjp)]
fn f(x: &[f64], k: f64) -> f64 {
    k * x[0] * x[1]
}

fn main() {
    let gradient: (f64, f64) = f_vjp(&[1.0, 2.0], 3.0, 1.0, [0.0, 0.0]);
}
