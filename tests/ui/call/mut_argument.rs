use deriv::derive_fn;

fn g(x: f64, calls: &mut u32) -> f64 {
    *calls += 1;
    x * x
}

fn g_prime(x: f64, calls: &mut u32) -> f64 {
    *calls += 1;
    2.0 * x
}

#[derive_fn]
fn f(x: f64) -> f64 {
    let mut calls = 0;
    g(x, &mut calls)
}

fn main() {
    let _ = f_prime(1.0);
}
