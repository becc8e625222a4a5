use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let pointer = &raw const x;
    unsafe { *pointer }
}

fn main() {
    let _ = f_prime(1.0);
}
