use deriv::derive_fn;

#[derive_fn]
fn f() -> f64 {
    1.0
}

fn main() {
    let _ = f_prime();
}
