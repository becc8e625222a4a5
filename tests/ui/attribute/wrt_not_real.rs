use deriv::derive_fn;

#[derive_fn(wrt(n))]
fn f(x: f64, n: i32) -> f64 {
    x.powi(n)
}

fn main() {
    let _ = f_prime(1.0, 2);
}
