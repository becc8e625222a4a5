use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let mut n = 1;
    let z = f64::max(n as f64, { n += 1; x * n as f64 });
    z + x
}

fn main() {
    let _ = f_prime(1.0);
}
