use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> Result<f64, String> {
    Ok(x)
}

fn main() {
    let _ = f_prime(1.0);
}
