use deriv::derive_fn;

#[derive_fn(hessian)]
fn f<const N: usize>(x: [f64; N], y: f64) -> f64 {
    x[0] * y
}

fn main() {
    let _ = f_prime([1.0], 2.0);
}
