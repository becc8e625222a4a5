use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> impl Iterator<Item = f64> {
    std::iter::once(x)
}

fn main() {
    let _ = f_prime(1.0);
}
