use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> (f64, f64) {
    if x > 0.0 {
        return (x, x);
    }
    let both = swap(x);
    both
}

fn swap(x: f64) -> (f64, f64) {
    (1.0, x)
}

fn main() {
    let _ = f_prime(1.0);
}
