use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let range = 0.0..x * x;
    range.end - range.start
}

fn main() {
    f_prime(1.0);
}
