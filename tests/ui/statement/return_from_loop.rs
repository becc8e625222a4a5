use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    for i in 0..10 {
        if x > i as f64 {
            return x * x;
        }
    }
    x
}

fn main() {
    let _ = f_prime(1.0);
}
