use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> i32 {
    x as i32
}

fn main() {
    let _ = f_prime(1.0);
}
