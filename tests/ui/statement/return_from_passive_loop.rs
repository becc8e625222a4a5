use deriv::derive_fn;

#[derive_fn]
fn f(x: f64, n: u32) -> f64 {
    for i in 0..n {
        if i * i == n {
            return 0.0;
        }
    }
    x
}

fn main() {
    let _ = f_prime(1.0, 3);
}
