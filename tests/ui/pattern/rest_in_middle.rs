use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let [first, middle @ .., last] = [x, x * x, x * x * x];
    first + middle[0] + last
}

fn main() {
    let _ = f_prime(1.0);
}
